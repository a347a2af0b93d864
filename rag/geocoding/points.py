"""What imports ask of the configured geocoder: the point of a location line."""

from __future__ import annotations

from events.ingestion.locations.locate import Geocode
from rag.geocoding.geocoder import Geocoder, configured_geocoder


def configured_geocode() -> Geocode | None:
    """For `ImportOptions.geocode`; None when no geocoder is configured.

    Raises:
        ImproperlyConfigured: the settings name none that works.
    """
    geocoder = configured_geocoder()
    return None if geocoder is None else geocode_by(geocoder)


def geocode_by(geocoder: Geocoder) -> Geocode:
    """Asks this geocoder at its own pace; an answer that is kept is not asked for again."""

    def geocode(line: str) -> tuple[float, float] | None:
        found = geocoder.find(line)
        return (found[0].lat, found[0].lng) if found else None

    return geocode
