"""Which language a time zone's events are most likely written in.

Names are those of Postgres's text-search configurations. English is used
beside every other one, since calendars everywhere hold English titles too.
"""

from __future__ import annotations

ENGLISH = "english"

_ZONES = {
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
_LANGUAGE = {zone: language for language, zones in _ZONES.items() for zone in zones.split()}


def language_of_zone(timezone: str) -> str:
    """The text-search configuration for an IANA zone.

    >>> language_of_zone("Europe/Vienna"), language_of_zone("America/New_York")
    ('german', 'english')
    """
    return _LANGUAGE.get(timezone, ENGLISH)
