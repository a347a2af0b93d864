"""A scripted Nominatim over real HTTP: its /search, and the ways it fails.

The shape follows its published JSON format (`format=json&addressdetails=1`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.http_server import LoopbackServer, Request, Response

Place = Mapping[str, Any]


def place(name: str, lat: float, lng: float, *, kind: str = "tourism", **address: str) -> Place:
    """One result; degrees are strings there."""
    parts = [name, *(v for k, v in address.items() if k not in ("country_code", "state_code"))]
    code = {"ISO3166-2-lvl4": address.pop("state_code")} if "state_code" in address else {}
    return {
        "place_id": 88715228,
        "licence": "Data © OpenStreetMap contributors, ODbL 1.0.",
        "osm_type": "way",
        "osm_id": 123,
        "lat": str(lat),
        "lon": str(lng),
        "class": "tourism",
        "type": "attraction",
        "place_rank": 30,
        "importance": 0.6,
        "addresstype": kind,
        "name": name,
        "display_name": ", ".join(parts),
        "address": {**address, **code},
        "boundingbox": [str(lat), str(lat), str(lng), str(lng)],
    }


LOUVRE = place(
    "Louvre Museum", 48.8611, 2.3380,
    road="Rue Saint-Honoré", city="Paris", state="Ile-de-France", postcode="75001",
    country="France", country_code="fr",
)  # fmt: skip
FANEUIL_HALL = place(
    "Faneuil Hall", 42.3600, -71.0560,
    city="Boston", state="Massachusetts", state_code="US-MA", postcode="02109",
    country="United States", country_code="us",
)  # fmt: skip
MAIN_STREET = place(
    "", 35.5951, -82.5515, kind="place",
    house_number="123", road="Main Street", city="Asheville", state="North Carolina",
    state_code="US-NC", postcode="28801", country="United States", country_code="us",
)  # fmt: skip
CENTRAL_PARKS = (
    place("Central Park", 40.7825, -73.9655, city="New York", state_code="US-NY"),
    place("Central Park", 37.3440, -121.9780, city="Santa Clara", state_code="US-CA"),
)


@dataclass(frozen=True, slots=True)
class Failure:
    """How a search fails: late (seconds), with a status, or with a body of another shape."""

    delay: float = 0.0
    status: int = 200
    body: object = ()
    retry_after: int | None = None


class FakeNominatim(LoopbackServer):
    """One Nominatim: knows `places` by the words asked for; `failure` comes before them."""

    def __init__(self) -> None:
        super().__init__(self._handle)
        self.places: dict[str, Sequence[Place]] = {
            "Louvre": [LOUVRE],
            "Faneuil Hall": [FANEUIL_HALL],
            "Faneuil Hall, Boston, MA": [FANEUIL_HALL],
            "123 Main St, Asheville, NC": [MAIN_STREET],
            "Central Park": CENTRAL_PARKS,
        }
        self.failure: Failure | None = None
        self.delay = 0.0
        self.requests: list[Request] = []

    @property
    def asked(self) -> list[str]:
        """The words of each search, oldest first."""
        return [self.parameters(request)["q"] for request in self.requests]

    @property
    def options(self) -> dict[str, Any]:
        """What a client of geopy is told to reach it."""
        domain = self.address.removeprefix("http://")
        agent = "superschedules-tests/1.0"
        return {"domain": domain, "scheme": "http", "user_agent": agent, "proxies": {}}

    @staticmethod
    def parameters(request: Request) -> dict[str, str]:
        """The query string of a request."""
        return {key: values[0] for key, values in parse_qs(urlsplit(request.path).query).items()}

    async def _handle(self, request: Request, response: Response) -> None:
        self.requests.append(request)
        await asyncio.sleep(self.delay)
        if self.failure is not None:
            await self._fail(self.failure, response)
        elif urlsplit(request.path).path == "/search":
            await response.send_json(200, self.places.get(self.parameters(request)["q"], []))
        else:
            await response.send_json(404, {"error": "not found"})

    async def _fail(self, failure: Failure, response: Response) -> None:
        await asyncio.sleep(failure.delay)
        headers = [] if failure.retry_after is None else [f"Retry-After: {failure.retry_after}"]
        if isinstance(failure.body, str):
            await response.send_text(failure.status, failure.body)
        else:
            await response.send_json(failure.status, failure.body, *headers)
