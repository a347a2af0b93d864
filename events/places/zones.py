"""What a time zone tells: its country, the order of day and month there, and the language."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

# Countries that write the month before the day: 12/5 is the 5th of December.
_MONTH_FIRST = frozenset({"US", "CA", "PH", "PR", "GU", "VI", "AS", "MP", "FM", "MH", "PW"})


def zone_or_none(name: str | None) -> ZoneInfo | None:
    """The zone of an IANA name; None for no name or an unknown one."""
    return _zone(name) if name else None


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, malformed, or a folder of zones
        return None


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    table = files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {row[2]: row[0] for row in rows}


def country_of_zone(name: str | None) -> str | None:
    """The country code of a zone ("America/New_York" → "US"); None for UTC and the like."""
    return _countries().get(name or "")


def writes_day_first(country_code: str | None) -> bool:
    """Whether 12/5 is the 12th of May there; an unknown country has the American order."""
    return country_code is not None and country_code not in _MONTH_FIRST


# Names of Postgres' text-search configurations. English is used beside every other one, since
# calendars everywhere hold English titles too.
ENGLISH = "english"

_ZONES_BY_LANGUAGE = {
    "arabic": "Africa/Algiers Africa/Cairo Africa/Casablanca Africa/Tripoli Africa/Tunis"
    " Asia/Amman Asia/Baghdad Asia/Beirut Asia/Dubai Asia/Kuwait Asia/Qatar Asia/Riyadh",
    "armenian": "Asia/Yerevan",
    "catalan": "Europe/Andorra",
    "danish": "Europe/Copenhagen",
    "dutch": "America/Paramaribo Europe/Amsterdam",
    "finnish": "Europe/Helsinki Europe/Mariehamn",
    "french": "Africa/Abidjan Africa/Dakar America/Guadeloupe America/Martinique Europe/Brussels"
    " Europe/Luxembourg Europe/Monaco Europe/Paris Indian/Reunion Pacific/Noumea Pacific/Tahiti",
    "german": "Europe/Berlin Europe/Busingen Europe/Vaduz Europe/Vienna Europe/Zurich",
    "greek": "Asia/Nicosia Europe/Athens",
    "hungarian": "Europe/Budapest",
    "indonesian": "Asia/Jakarta Asia/Makassar",
    "italian": "Europe/Rome Europe/San_Marino Europe/Vatican",
    "lithuanian": "Europe/Vilnius",
    "nepali": "Asia/Kathmandu",
    "norwegian": "Europe/Oslo",
    "portuguese": "Africa/Luanda Africa/Maputo America/Bahia America/Fortaleza America/Manaus"
    " America/Recife America/Sao_Paulo Atlantic/Azores Atlantic/Madeira Europe/Lisbon",
    "romanian": "Europe/Bucharest Europe/Chisinau",
    "russian": "Asia/Novosibirsk Asia/Vladivostok Asia/Yekaterinburg Europe/Minsk Europe/Moscow"
    " Europe/Samara",
    "serbian": "Europe/Belgrade",
    "spanish": "America/Argentina/Buenos_Aires America/Argentina/Cordoba America/Asuncion"
    " America/Bogota America/Cancun America/Caracas America/Costa_Rica America/El_Salvador"
    " America/Guatemala America/Guayaquil America/Havana America/La_Paz America/Lima"
    " America/Managua America/Mexico_City America/Monterrey America/Montevideo America/Panama"
    " America/Puerto_Rico America/Santiago America/Santo_Domingo America/Tegucigalpa"
    " America/Tijuana Atlantic/Canary Europe/Madrid",
    "swedish": "Europe/Stockholm",
    "turkish": "Europe/Istanbul",
}
_LANGUAGE = {
    zone: language for language, zones in _ZONES_BY_LANGUAGE.items() for zone in zones.split()
}


def language_of_zone(timezone: str) -> str:
    """The text-search configuration for an IANA zone.

    >>> language_of_zone("Europe/Vienna"), language_of_zone("America/New_York")
    ('german', 'english')
    """
    return _LANGUAGE.get(timezone, ENGLISH)
