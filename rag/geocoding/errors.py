"""What can go wrong with a geocoder; none of it ends a turn."""

from __future__ import annotations


class GeocoderError(Exception):
    """The geocoder did not answer as it should.

    `rest_seconds` says for how long it asked to be left alone; None when it did not.
    """

    def __init__(self, reason: str, rest_seconds: float | None = None) -> None:
        self.reason = reason
        self.rest_seconds = rest_seconds
        super().__init__(reason)


class GeocoderBusy(GeocoderError):
    """It was not asked: its turn would have come too late."""
