"""Reads events in named fields, as spreadsheets and plain JSON give them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from core.text import fold_name
from core.zones import zone_or_none
from events.ingestion.records import BrokenEntry, RawEvent, RawPlace
from events.ingestion.times import parse_clock, parse_moment

# Our field → the names, without blanks and case, that feeds give it.
_SYNONYMS: dict[str, tuple[str, ...]] = {
    "uid": ("externalid", "uid", "id", "eventid", "guid", "identifier"),
    "title": ("title", "name", "summary", "subject", "eventname", "eventtitle", "event", "what"),
    "start": (
        *("starttime", "start", "startdate", "startdatetime", "startsat", "startat", "dtstart"),
        *("begin", "begins", "datetime", "eventdate", "date", "when", "eventstart"),
    ),
    "start_clock": ("starttime", "time", "eventtime", "timestart"),
    "end": (
        *("endtime", "end", "enddate", "enddatetime", "endsat", "endat", "dtend"),
        *("finish", "ends", "eventend", "until"),
    ),
    "end_clock": ("endtime", "timeend"),
    "timezone": ("timezone", "tz", "zone", "timezoneid"),
    "all_day": ("allday", "alldayevent", "isallday", "wholeday"),
    "description": ("description", "details", "body", "notes", "summarytext", "about"),
    "url": ("url", "link", "website", "eventurl", "permalink", "moreinfo", "webpage"),
    "room": ("roomname", "room", "hall", "stage"),
    "location": ("location", "place", "where", "eventlocation", "venuename", "venue", "address"),
    "venue": ("venuename", "venue", "locationname", "placename"),
    "street": ("streetaddress", "street", "address1", "addressline1", "venueaddress", "address"),
    "city": ("city", "town", "addresslocality", "locality", "venuecity"),
    "state": ("state", "region", "province", "addressregion", "venuestate"),
    "postal_code": ("postalcode", "zip", "zipcode", "postcode", "venuezip"),
    "country": ("country", "addresscountry", "countrycode"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lng", "lon", "long"),
    "virtual": ("isvirtual", "virtual", "isonline", "online"),
    "mode": ("eventattendancemode", "attendancemode", "format"),
    "status": ("eventstatus", "status"),
    "price": ("price", "cost", "fee", "admission", "ticketprice", "tickets"),
    "min_price": ("minprice", "pricefrom", "lowprice"),
    "free": ("isfree", "free", "isaccessibleforfree"),
    "age_range": ("agerange", "ages", "age", "typicalagerange", "agegroup"),
    "audience": ("audiencetags", "audience"),
    "keywords": ("metadatatags", "tags", "keywords", "categories", "category", "topics", "type"),
    "organizer": ("organizer", "organiser", "host", "presenter", "presentedby"),
    "series_id": ("seriesid", "series"),
    "online_url": ("onlineurl", "meetingurl", "streamurl", "virtualurl", "zoomlink"),
}
# The same in German, French, Spanish, Italian, Portuguese and Dutch, without accents.
_FOREIGN: dict[str, tuple[str, ...]] = {
    "title": (
        *("titel", "titre", "titulo", "titolo", "bezeichnung", "veranstaltung", "evenement"),
        *("evento", "nombre", "nome", "nom", "naam", "intitule"),
    ),
    "start": (
        *("beginn", "startdatum", "anfang", "datum", "debut", "datedebut", "datededebut", "inicio"),
        *("fechainicio", "fechadeinicio", "fecha", "inizio", "datainizio", "data", "datainicio"),
        *("aanvang", "begindatum"),
    ),
    "start_clock": (
        *("uhrzeit", "startzeit", "zeit", "heure", "heuredebut", "hora", "horainicio", "ora"),
        *("orainizio", "tijd", "begintijd"),
    ),
    "end": (
        *("ende", "enddatum", "fin", "datefin", "datedefin", "fechafin", "fechadefin", "fine"),
        *("datafine", "fim", "datafim", "einde", "einddatum"),
    ),
    "end_clock": ("endzeit", "heurefin", "horafin", "orafine", "horafim", "eindtijd"),
    "timezone": ("zeitzone", "fuseauhoraire", "zonahoraria", "fusoorario", "tijdzone"),
    "all_day": ("ganztagig", "ganztaegig", "journeeentiere", "todoeldia", "tuttoilgiorno"),
    "description": ("beschreibung", "descripcion", "descrizione", "descricao", "beschrijving"),
    "url": ("webseite", "lien", "enlace", "sitioweb", "siteweb", "sito", "ligacao"),
    "room": ("raum", "saal", "salle", "sala", "zaal"),
    "location": (
        "ort",
        "veranstaltungsort",
        "lieu",
        "lugar",
        "luogo",
        "local",
        "plaats",
        "locatie",
    ),
    "venue": ("veranstaltungsort", "lieu", "recinto", "sede"),
    "street": ("strasse", "adresse", "rue", "direccion", "calle", "indirizzo", "via", "endereco"),
    "city": ("stadt", "ville", "ciudad", "citta", "cidade", "stad", "commune"),
    "postal_code": ("plz", "postleitzahl", "codepostal", "codigopostal", "cap", "postcode"),
    "country": ("land", "pays", "pais", "paese"),
    "price": ("preis", "eintritt", "prix", "tarif", "precio", "prezzo", "preco", "prijs"),
    "free": ("kostenlos", "gratuit", "gratis", "gratuito"),
    "keywords": ("kategorie", "categorie", "categoria", "schlagworte", "etiquetas"),
    "organizer": ("veranstalter", "organisateur", "organizador", "organizzatore", "organisator"),
}
_SYNONYMS |= {name: (*_SYNONYMS[name], *words) for name, words in _FOREIGN.items()}
_WORDS = re.compile(r"\s*[,;|]\s*")
_MODES = {"offline": "offline", "online": "online", "mixed": "mixed", "virtual": "online"}
_MODES |= {"inperson": "offline", "hybrid": "mixed", "onsite": "offline"}


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """A field's name without case, accents, blanks and marks."""
    return fold_name(name).replace(" ", "")


def event_from_fields(record: Mapping[str, Any]) -> RawEvent:
    """One record whose field names are any of the known synonyms.

    Raises:
        BrokenEntry: no start, or one that cannot be read.
    """
    fields = {plain_name(str(name)): value for name, value in record.items()}
    start, end = _span(fields)
    return RawEvent(
        uid=_text(fields, "uid"),
        title=_text(fields, "title"),
        start=start,
        end=end,
        zone=zone_or_none(_text(fields, "timezone")) or "",
        location=_text(fields, "location"),
        place=_place(fields),
        online_url=_text(fields, "online_url"),
        room=_text(fields, "room"),
        description=_text(fields, "description"),
        url=_text(fields, "url"),
        status=_text(fields, "status"),
        attendance_mode=_mode(fields),
        price=_text(fields, "price"),
        min_price=_min_price(fields),
        age_range=_text(fields, "age_range"),
        audience=_list(fields, "audience"),
        keywords=_list(fields, "keywords"),
        organizer=_text(fields, "organizer"),
        series_id=_text(fields, "series_id"),
    )


def _raw(fields: Mapping[str, Any], name: str) -> Any:
    """The first synonym that holds something; for an object its own name."""
    for synonym in _SYNONYMS[name]:
        value = fields.get(synonym)
        if isinstance(value, dict):
            value = value.get("name") or value.get("title")
        if value is not None and value != "" and value != []:
            return value
    return None


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = _raw(fields, name)
    if isinstance(value, list):
        return ", ".join(str(each) for each in value if isinstance(each, str | int | float))
    return "" if value is None else str(value).strip()


def _list(fields: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = _raw(fields, name)
    if isinstance(value, list):
        return tuple(str(each).strip() for each in value if isinstance(each, str))
    return tuple(word for word in _WORDS.split(str(value or "").strip("{}[] ")) if word)


def _flag(fields: Mapping[str, Any], name: str) -> bool | None:
    value = _raw(fields, name)
    if isinstance(value, bool) or value is None:
        return value
    return str(value).strip().casefold() in {"true", "yes", "y", "1", "x"}


def _span(fields: Mapping[str, Any]) -> tuple[date | datetime, date | datetime | None]:
    start = _moment(fields, "start", "start_clock")
    if start is None:
        written = _text(fields, "start")
        raise BrokenEntry(
            f"the start {written[:60]!r} cannot be read" if written else "the start is missing"
        )
    end = _moment(fields, "end", "end_clock", default_day=start)
    if _flag(fields, "all_day"):
        return _whole_days(start, end, _text(fields, "timezone"))
    if end is not None and not isinstance(end, datetime):
        end += timedelta(days=1)  # people write the last day; ours is half-open
    return start, end


def _whole_days(
    start: date | datetime, end: date | datetime | None, zone: str
) -> tuple[date, date | datetime | None]:
    """Days of an event that is marked as all day; its end midnight is already half-open."""
    if isinstance(end, date) and not isinstance(end, datetime):
        end += timedelta(days=1)
    if not isinstance(start, datetime):
        return start, end
    known = zone_or_none(zone)
    local = start.astimezone(ZoneInfo(known)) if start.tzinfo and known else start
    return local.date(), end


def _moment(
    fields: Mapping[str, Any], name: str, clock_name: str, default_day: date | None = None
) -> date | datetime | None:
    """A moment in one field, or a date in one and a clock time in another."""
    clock = None
    for synonym in _SYNONYMS[clock_name]:
        clock = clock or parse_clock(str(fields.get(synonym) or ""))
    for synonym in _SYNONYMS[name]:
        moment = parse_moment(str(fields.get(synonym) or ""))
        if moment is None:
            continue
        if isinstance(moment, datetime) or clock is None:
            return moment
        return datetime.combine(moment, clock)
    if clock is not None and default_day is not None:
        day = default_day.date() if isinstance(default_day, datetime) else default_day
        return datetime.combine(day, clock)
    return None


def _place(fields: Mapping[str, Any]) -> RawPlace | None:
    """The venue's fields; those of a nested venue or location object count as well."""
    nested = dict(fields)
    for outer in ("venue", "location", "place"):
        if isinstance(fields.get(outer), dict):
            nested |= {plain_name(str(key)): value for key, value in fields[outer].items()}
            nested.setdefault("venuename", fields[outer].get("name"))
            nested.pop(outer)
    place = RawPlace(
        name=_text(nested, "venue"),
        street_address=_text(nested, "street"),
        city=_text(nested, "city"),
        state=_text(nested, "state"),
        postal_code=_text(nested, "postal_code"),
        country=_text(nested, "country"),
        latitude=_number(nested, "latitude"),
        longitude=_number(nested, "longitude"),
    )
    return place if place.city or place.latitude is not None else None


def _number(fields: Mapping[str, Any], name: str) -> float | None:
    try:
        return float(str(_raw(fields, name)).strip())
    except ValueError:
        return None


def _mode(fields: Mapping[str, Any]) -> str:
    named = _MODES.get(plain_name(_text(fields, "mode")), "")
    return named or ("online" if _flag(fields, "virtual") else "")


def _min_price(fields: Mapping[str, Any]) -> Decimal | None:
    written = _text(fields, "min_price").lstrip("$€£ ")
    try:
        price = Decimal(written)
    except InvalidOperation:
        return Decimal(0) if _flag(fields, "free") else None
    return price if price.is_finite() and price >= 0 else None
