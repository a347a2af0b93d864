"""Reads venue, room and street from a location line whose town was cut off."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from events.places.regions import state_code

# Longer notes than this are sentences, not the name of a place.
_LONGEST_NAME = 110
_MOST_WORDS = 14

_SUFFIX = (
    r"(?:street|st|avenue|ave|av|road|rd|boulevard|blvd|drive|dr|lane|ln|way|place|pl|plaza|plz"
    r"|court|ct|circle|cir|parkway|pkwy|highway|hwy|terrace|ter|square|sq|trail|extension|pike"
    r"|loop|alley|row)"
)
_STREET = re.compile(
    r"(?<!\d)\d{1,5}[a-z]?\s+"
    r"(?:(?:(?:old|us|u\.s\.|state|county|interstate|[a-z]{2})\s+)*"
    r"(?:us|nc|ca|nj|state|county|hwy|highway|rte?|route|road|rd|sr|cr|fm)\.?[- ]?\d+[a-z]?\b"
    r"(?:\s+(?:north|south|east|west|[nsew])\b)?"
    rf"|(?:[\w.'’-]+\s+){{0,4}}?{_SUFFIX}\b\.?(?:\s+[nsew]{{1,2}}\b\.?)?)"
    r"(?:,?\s+(?:suite|ste|unit|apt|building|bldg)\.?\s*[\w-]+|,?\s*#\s*[\w-]+)?",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"(?:^|\s+)[-–—>](?:\s+|$)|\s*\|\s*|:\s+(?=\d)")
_TOWN_STATE = re.compile(r"(.*?)\s*\b([A-Z]{2})\b\s*(\d{5}(?:-\d{4})?)?$")
_TOWN_POSTAL = re.compile(r"(\D*?)\s*(\d{5})$")
_ENDS_AS_ADDRESS = re.compile(
    r"\b[A-Z]{2}\s+\d{5}(?:-\d{4})?$|^[A-Z][a-z]+(?: [A-Z][a-z]+)*\s+\d{5}$"
)
# How calendars name bookable rooms: building, floor, room, (seats), [features].
_RESOURCE = re.compile(r"([A-Za-z][\w ]*?)-\d+-(.+)")
_FEATURES = re.compile(r"\s*(?:\(\d+\))?\s*(?:\[[^\]]*\])?$")
_CAPACITY = re.compile(r"\s*\(\d+\)$")
_VICINITY = re.compile(r"^(?:downtown|greater|central)\s+|\s+area$", re.IGNORECASE)
_PARENTHESES = re.compile(r"^(.*\S)\s*\(([^()]+)\)$")
_AT = re.compile(r"^(.+?)\s+at\s+(?:the\s+)?(.+)$", re.IGNORECASE)
_MEET = re.compile(r"^(?:meet(?:ing)?|we meet|held)\s+(?:at|in)\s+(?:the\s+)?", re.IGNORECASE)

_ROOM_WORDS = (
    r"(?:room|rooms|auditorium|area|lab|stage|mainstage|lobby|lounge|classroom|kitchen"
    r"|gym|gymnasium|studio|patio|lot|lawn|chambers?|chapel|sanctuary|nursery|desk|ballrooms?"
    r"|grounds|floor|meadow|taproom|courtyard|gallery|quad|suite|courtroom|pavilion|theat(?:er|re)"
    r"|concourse|study|pool|field|hall|place|den|upstairs|downstairs|outdoors?)"
)
_ROOM = re.compile(rf"\b{_ROOM_WORDS}\b", re.IGNORECASE)
_ROOM_END = re.compile(rf"\b{_ROOM_WORDS}(?:\s+[\w#]{{1,4}})?(?:\s*\([^()]*\))?$", re.IGNORECASE)
_NO_VENUE = re.compile(
    r".|n/?a|none|(?:location |venue |place )?tb[adc]\b.*"
    r"|(?:location |venue )?to be (?:announced|determined|confirmed)\b.*"
    r"|off-?\s?site\b(?!.* at ).*|(?:at )?various\b.*|varies\b.*"
    r"|multiple (?:locations|parks|venues).*|(?:special|upcoming) events?:?"
    r"|(?:address|location) (?:revealed|provided|sent|shared)\b.*"
    r"|see (?:description|website|below)\b.*|contact (?:us|the|for|host|organi)\b.*"
    r"|in[- ]person|offline|\W*|##.*|[A-Z]{2}",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"\$\s?\d|\w@\w|\(?\b\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b|\b\d{1,2}(?::\d{2})?\s*[ap]\.?m\b"
    r"|\bif you\b|\bplease\b|\bto view\b|\bcontact hosts?\b|\bwe meet\b|^volunteer\b"
    r"|\bregistered participants\b",
    re.IGNORECASE,
)
_CIVIC = re.compile(
    r"(?:(?:free|public|regional|community|branch|municipal|memorial|senior|recreation|welcome"
    r"|performing|fine|civic|historical|elementary|middle|high|farmers[’']?|art|arts|cultural) )*"
    r"(?:library|school|center|market|museum|theat(?:er|re)|town hall|city hall|art gallery)\b",
    re.IGNORECASE,
)
# "Lake Sonoma" is not Sonoma.
_PART_OF_A_NAME = re.compile(r"Lake|Mount|Mt\.?|Port|Fort|New|Old|Saint|St\.?|San")


@dataclass(frozen=True, slots=True)
class VenueText:
    """The parts of a line; `town` is a town that it names itself, as written.

    `locality` stands where a town's name would, but the place table does not
    know it: a village, good for the address and not for coordinates.
    """

    name: str = ""
    room: str = ""
    street: str = ""
    town: str = ""
    locality: str = ""
    postal_code: str = ""


def read_venue(text: str, is_town: Callable[[str], bool]) -> VenueText:
    """Takes a line apart; `is_town` says whether words name a town nearby.

    Prices, phone numbers, sentences and "TBA" are no venue.
    """
    text = text.strip(" *#,;") if not text.startswith("##") else ""
    if _NO_VENUE.fullmatch(text):
        return VenueText()
    bare = _VICINITY.sub("", text)
    if is_town(bare):
        return VenueText(town=bare)
    if match := _RESOURCE.fullmatch(_FEATURES.sub("", text)):
        return VenueText(name=match[1].strip(), room=match[2].strip())
    text = _MEET.sub("", text)
    if _is_note(text):
        return VenueText()
    found = _from_segments(_segments(text), is_town)
    return _with_town_in_name(_with_room_in_name(found, is_town), is_town)


# A street elsewhere: its number stands before or behind its name, or a word says that it is one.
_STREET_ABROAD = re.compile(
    r"\d+\s?[a-z]?(?:\s?[-–/]\s?\d+\s?[a-z]?)?$|^\d+[a-z]?(?:\s?[-–/]\s?\d+)?,?\s+\D"
    r"|\b(?:street|road|avenue|lane|rue|avenue|boulevard|place|quai|calle|plaza|avenida|av|paseo|via"
    r"|viale|piazza|corso|rua|avenida|praça|straat|laan|gade|gatan|vej|ul|ulica|aleja|platz)\b"
    r"|(?:straße|strasse|str|gasse|platz|weg|allee|ufer|damm|straat|laan|plein|gracht|gatan|vägen"
    r"|gata|gade|vej|katu|tie|utca|tér)\b",
    re.IGNORECASE,
)
_OF_A_BUILDING = re.compile(
    r"^(?:suite|unit|floor|level|apt|room|raum|saal|salle|sala)\b", re.IGNORECASE
)


def read_venue_abroad(text: str) -> VenueText:
    """Name, street and room of an address outside North America, parted by commas."""
    text = text.strip(" *#,;")
    if _NO_VENUE.fullmatch(text) or _is_note(text):
        return VenueText()
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or all(_NO_VENUE.fullmatch(part) for part in parts):
        return VenueText()
    streets = [part for part in parts if _STREET_ABROAD.search(part)]
    others = [part for part in parts if part not in streets]
    if not others:
        # "Marienplatz 8", and "Kulturhaus 12, Ringstr. 4" where the first is a name.
        street = streets[-1]
        return VenueText(name=streets[0] if len(streets) > 1 else "", street=street)
    rooms = [part for part in others[1:] if _OF_A_BUILDING.match(part) or _ROOM_END.search(part)]
    return VenueText(name=others[0], room=", ".join(rooms), street=streets[-1] if streets else "")


def _is_note(text: str) -> bool:
    if _NOTE.search(text):
        return True
    return len(text) > _LONGEST_NAME or len(text.split()) > _MOST_WORDS


def _segments(text: str) -> list[str]:
    parts = (part.strip(' ,;:“”"') for part in _SEPARATOR.split(text))
    return [_CAPACITY.sub("", part) for part in parts if part]


def _from_segments(segments: list[str], is_town: Callable[[str], bool]) -> VenueText:
    found = VenueText()
    names: list[str] = []
    for position, segment in enumerate(segments):
        if street := _STREET.search(segment):
            names.append(segment[: street.start()].strip(" ,:-"))
            found = replace(found, street=street[0].strip())
            found = _with_town(found, segment[street.end() :].strip(" .,"), is_town)
        elif is_town(segment):
            found = replace(found, town=segment)
            # "West Orange - Computer Lab": the branch goes by its town's name.
            if position == 0 and any(_ROOM.search(other) for other in segments[1:2]):
                names.append(segment)
        elif _ENDS_AS_ADDRESS.search(segment) or (found.street and not _ROOM.search(segment)):
            found = _with_town(found, segment, is_town)
        else:
            names.append(segment)
    return _named(found, [name for name in names if name and not _NO_VENUE.fullmatch(name)])


def _with_town(found: VenueText, text: str, is_town: Callable[[str], bool]) -> VenueText:
    """Reads what follows a street: "Leicester NC 28748", "Davis", "Building 2 Davis CA"."""
    postal = ""
    has_state = False
    if (match := _TOWN_STATE.fullmatch(text)) and state_code(match[2]):
        text, postal, has_state = match[1], match[3] or "", True
    elif match := _TOWN_POSTAL.fullmatch(text):
        text, postal = match[1], match[2]
    found = replace(found, postal_code=postal or found.postal_code)
    words = text.split()
    for count in (3, 2, 1):
        town = " ".join(words[-count:]).strip(" .,")
        if len(words) >= count and is_town(town):
            return replace(found, town=town)
    is_name = text[:1].isupper() and not any(mark.isdigit() for mark in text) and len(words) <= 3
    if is_name and (has_state or found.street):
        return replace(found, locality=text)
    return found


def _named(found: VenueText, names: list[str]) -> VenueText:
    """The first name is the venue; a second one its room, when it sounds like one."""
    if not names:
        return found
    if len(names) == 1:
        return replace(found, name=names[0])
    if all(_ROOM.search(name) for name in names[1:]) or found.street:
        return replace(found, name=names[0], room=", ".join(names[1:]))
    return replace(found, name=" - ".join(names))


def _with_room_in_name(found: VenueText, is_town: Callable[[str], bool]) -> VenueText:
    """Splits "Meeting Room at Windsor Library" and "Community Theatre (Mainstage)"."""
    if (match := _AT.fullmatch(found.name)) and _is_room_part(match[1]):
        room = match[1]
        if _NO_VENUE.fullmatch(room):
            bare = _with_town_in_name(VenueText(name=match[2]), is_town)
            return replace(found, name="", town=found.town or bare.town)
        found = replace(found, name=match[2], room=_without_aside(room))
    if match := _PARENTHESES.fullmatch(found.name):
        name, aside = match[1], match[2].strip()
        if is_town(aside):
            return replace(found, name=name, town=found.town or aside)
        is_word = " " not in aside and not aside.isupper() and not found.room
        if not found.room and (is_word or _ROOM.search(aside)) and "location" not in aside.lower():
            return replace(found, name=name, room=aside)
    return found


def _is_room_part(text: str) -> bool:
    if text.casefold().startswith(("near ", "behind ", "outside ", "across ")):
        return False
    return bool(_ROOM_END.search(text) or _NO_VENUE.fullmatch(text))


def _without_aside(room: str) -> str:
    match = _PARENTHESES.fullmatch(room)
    return match[1] if match else room


def _with_town_in_name(found: VenueText, is_town: Callable[[str], bool]) -> VenueText:
    """A town at the edge of the venue's own name.

    "Petaluma Regional Library": a library, school or town hall is in the town
    that its name begins with. "HopMonk Tavern Novato": a name that ends with a
    town tells this house from its sisters elsewhere.
    """
    if found.town or found.locality:
        return found
    words = re.sub(r"-(?=[A-Z][a-z]+$)", " ", found.name).split()
    if words and state_code(words[-1]):
        words.pop()
    for count in (3, 2, 1):
        first, rest = " ".join(words[:count]), " ".join(words[count:])
        if rest and is_town(first) and _CIVIC.match(rest):
            return replace(found, town=first)
    for count in (3, 2, 1):
        last = " ".join(words[-count:])
        if len(words) <= count + 1 or not is_town(last):
            continue
        if not _PART_OF_A_NAME.fullmatch(words[-count - 1]):
            return replace(found, town=last)
    return found
