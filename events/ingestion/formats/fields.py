"""Reads events in named fields, as spreadsheets and plain JSON give them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from core.text import fold_name
from events.ingestion.formats.field_times import (
    UNKNOWN_STYLE,
    DateStyle,
    FieldTimes,
    TimeFields,
    read_times,
    texts_of,
)
from events.ingestion.records import RawEvent, RawPlace
from events.ingestion.written.day_order import day_comes_first
from events.ingestion.written.numbers import amounts_in, currency_of, read_degrees
from events.places.zone_names import place_zone

# Our field → the names, without blanks and case, that feeds give it.
_SYNONYMS: dict[str, tuple[str, ...]] = {
    "uid": ("externalid", "uid", "id", "eventid", "guid", "identifier"),
    "title": ("title", "name", "summary", "subject", "eventname", "eventtitle", "event", "what"),
    "start": (
        *("starttime", "start", "startdate", "startdatetime", "startsat", "startat", "dtstart"),
        *("starts", "datestart", "fromdate", "datefrom", "dates"),
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
    "currency": ("currency", "pricecurrency", "currencycode", "waehrung", "wahrung", "devise"),
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
_FOREIGN_NAMES = frozenset(name for names in _FOREIGN.values() for name in names).difference(
    *_SYNONYMS.values()
)
# A single one may be a word of English, too ("local", "land").
_ENOUGH_FOREIGN = 2
_SYNONYMS |= {name: (*_SYNONYMS[name], *words) for name, words in _FOREIGN.items()}
_TOWN_OR_PLACE = ("ort", "lieu", "lugar", "luogo", "local", "plaats", "localite", "localidad")
_WORDS = re.compile(r"\s*[,;|]\s*")
_MODES = {"offline": "offline", "online": "online", "mixed": "mixed", "virtual": "online"}
_MODES |= {"inperson": "offline", "hybrid": "mixed", "onsite": "offline"}


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """A field's name without case, accents, blanks and marks."""
    return fold_name(name).replace(" ", "")


def event_from_fields(record: Mapping[str, Any], style: DateStyle = UNKNOWN_STYLE) -> RawEvent:
    """One record whose field names are any of the known synonyms; `style` is its file's.

    Raises:
        BrokenEntry: no start, or one that cannot be read.
    """
    fields = {plain_name(str(name)): value for name, value in record.items()}
    times = _times(fields, style)
    price = _text(fields, "price")
    return RawEvent(
        uid=_text(fields, "uid"),
        title=_text(fields, "title"),
        start=times.start,
        end=times.end,
        day_first=times.day_first,
        note=times.note,
        zone=place_zone(_text(fields, "timezone")),
        location=_text(fields, "location"),
        place=_place(fields),
        online_url=_text(fields, "online_url"),
        room=_text(fields, "room"),
        description=_text(fields, "description"),
        url=_text(fields, "url"),
        status=_text(fields, "status"),
        attendance_mode=_mode(fields),
        price=price,
        min_price=_min_price(fields),
        currency=currency_of(_text(fields, "currency")),
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


def _times(fields: Mapping[str, Any], style: DateStyle) -> FieldTimes:
    texts = {
        name: texts_of(fields, _SYNONYMS[name])
        for name in ("start", "start_clock", "end", "end_clock")
    }
    zone, is_all_day = _text(fields, "timezone"), bool(_flag(fields, "all_day"))
    return read_times(TimeFields(**texts, timezone=zone, is_all_day=is_all_day), style)


def style_of(
    names: Iterable[str], records: Iterable[Mapping[str, Any]], today: date | None
) -> DateStyle:
    """How a file writes dates: by all its records, else by the language of its names."""
    dates = (*_SYNONYMS["start"], *_SYNONYMS["end"])
    found = day_comes_first(
        text
        for record in records
        for text in texts_of({plain_name(str(name)): record[name] for name in record}, dates)
    )
    foreign = {plain_name(name) for name in names} & _FOREIGN_NAMES
    if found is None and len(foreign) >= _ENOUGH_FOREIGN:
        found = True  # in none of these languages does the month come first
    return DateStyle(found, today)


def _place(fields: Mapping[str, Any]) -> RawPlace | None:
    """The venue's fields; those of a nested venue or location object count as well."""
    nested = dict(fields)
    for outer in ("venue", "location", "place"):
        if isinstance(fields.get(outer), dict):
            nested |= {plain_name(str(key)): value for key, value in fields[outer].items()}
            nested.setdefault("venuename", fields[outer].get("name"))
            nested.pop(outer)
    city, name = _text(nested, "city"), _text(nested, "venue")
    if not city and _text(nested, "postal_code"):
        # Beside a postal code these words mean the town: PLZ, Ort.
        city = next((str(nested[each]) for each in _TOWN_OR_PLACE if nested.get(each)), "")
        name = "" if name == city else name
    place = RawPlace(
        name=name,
        street_address=_text(nested, "street"),
        city=city,
        state=_text(nested, "state"),
        postal_code=_text(nested, "postal_code"),
        country=_text(nested, "country"),
        latitude=_number(nested, "latitude"),
        longitude=_number(nested, "longitude"),
    )
    return place if place.city or place.latitude is not None else None


def _number(fields: Mapping[str, Any], name: str) -> float | None:
    return read_degrees(str(_raw(fields, name)))


def _mode(fields: Mapping[str, Any]) -> str:
    named = _MODES.get(plain_name(_text(fields, "mode")), "")
    return named or ("online" if _flag(fields, "virtual") else "")


def _min_price(fields: Mapping[str, Any]) -> Decimal | None:
    amounts = [amount.value for amount in amounts_in(_text(fields, "min_price"))]
    if not amounts:
        return Decimal(0) if _flag(fields, "free") else None
    return min(amounts)
