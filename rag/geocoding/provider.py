"""The geocoder that the settings name, as geopy offers it; its errors become ours here."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from geopy.adapters import URLLibAdapter
from geopy.exc import (
    GeocoderNotFound,
    GeocoderParseError,
    GeocoderQueryError,
    GeocoderRateLimited,
    GeocoderTimedOut,
    GeopyError,
)
from geopy.geocoders import SERVICE_TO_GEOCODER, get_geocoder_for_service

from rag.geocoding.answers import centre_of_location
from rag.geocoding.errors import GeocoderError
from rag.types import Centre

MOST_RESULTS = 5
_FEWEST_REST_SECONDS = 60.0
# Public servers of these geocoders require a user agent that names the application.
_NAMES_ITSELF = frozenset({"nominatim"})
# Arguments passed to each geocoder that accepts them.
_WANTED: Mapping[str, Any] = {
    "exactly_one": False,
    "limit": MOST_RESULTS,
    "language": "en",
    "addressdetails": True,
}


class Provider:
    """One geocoder of geopy, made once; it may be used from several threads."""

    def __init__(self, name: str, options: Mapping[str, Any]) -> None:
        """Makes the geocoder; asks nothing.

        Raises:
            ImproperlyConfigured: there is no such geocoder, or it takes other options.
        """
        self.name = name
        self._geocoder = _made(name, options)
        known = inspect.signature(self._geocoder.geocode).parameters
        self._arguments = {key: value for key, value in _WANTED.items() if key in known}

    def ask(self, words: str, timeout: float) -> tuple[Centre, ...]:
        """What the words name, the likeliest first; empty when nothing.

        Raises:
            GeocoderError: it could not be reached, refused, or answered nonsense.
        """
        try:
            found = self._geocoder.geocode(words, timeout=timeout, **self._arguments)
            return _centres(found)
        except GeocoderRateLimited as error:
            rest = max(float(error.retry_after or 0), _FEWEST_REST_SECONDS)
            raise GeocoderError("rate_limited", rest) from error
        except (GeocoderTimedOut, TimeoutError) as error:
            raise GeocoderError("timeout") from error
        except (GeocoderParseError, GeocoderQueryError) as error:
            raise GeocoderError("malformed") from error
        except (GeopyError, OSError, HTTPException) as error:
            raise GeocoderError("unavailable") from error
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            raise GeocoderError("malformed") from error  # JSON of another shape


def _made(name: str, options: Mapping[str, Any]) -> Any:
    try:
        kind = get_geocoder_for_service(name)
    except GeocoderNotFound:
        known = ", ".join(sorted(SERVICE_TO_GEOCODER))
        raise ImproperlyConfigured(f"GEOCODER {name!r} is unknown. Known are: {known}.") from None
    if name in _NAMES_ITSELF and not str(options.get("user_agent") or "").strip():
        raise ImproperlyConfigured(
            f"GEOCODER {name} needs the name of your application: "
            'GEOCODER_OPTIONS={"user_agent": "my-calendar/1.0 (me@example.org)"}.'
        )
    try:
        # The standard library's client; geopy would prefer requests where it is installed.
        return kind(**{"adapter_factory": URLLibAdapter, **options})
    except (TypeError, ValueError, AttributeError, GeopyError):  # its text may quote a key
        raise ImproperlyConfigured(
            f"GEOCODER_OPTIONS are not what GEOCODER {name} takes: {_taken(kind)}."
        ) from None


def _taken(kind: type) -> str:
    """The names of the options that a geocoder's class takes."""
    names = [name for name in inspect.signature(kind).parameters if name != "adapter_factory"]
    return ", ".join(names)


def _centres(found: object) -> tuple[Centre, ...]:
    if found is None:
        return ()
    locations = found if isinstance(found, Sequence) else [found]
    centres = [centre_of_location(location) for location in locations[:MOST_RESULTS]]
    return tuple({centre.label: centre for centre in reversed(centres)}.values())[::-1]
