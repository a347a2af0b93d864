"""Constraints as the JSON object of the contract, and back."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, time
from typing import Any, cast, get_args

from rag.types import (
    AgeRange,
    Centre,
    CentreKind,
    Constraints,
    Mended,
    MoreLike,
    Order,
    Source,
    TimePattern,
)

_SOURCES = frozenset(get_args(Source))
_KINDS = get_args(CentreKind)
_CURRENCY_CODE = re.compile(r"[A-Z]{3}")


def constraints_to_json(constraints: Constraints) -> dict[str, Any]:
    """The contract's `constraints` object; times as RFC 3339, an absent wish as null.

    Beyond the contract it carries `names`, `timezone`, `alternatives` and
    `unknown_place`, so that it can be read back without loss.
    """
    return {
        "place": centre_to_json(constraints.place) if constraints.place else None,
        "date_from": constraints.date_from.isoformat() if constraints.date_from else None,
        "date_to": constraints.date_to.isoformat() if constraints.date_to else None,
        "is_virtual": constraints.is_virtual,
        "max_distance_miles": constraints.max_distance_miles,
        "max_price": constraints.max_price,
        "currency": constraints.currency,
        "age": asdict(constraints.age) if constraints.age else None,
        "audience": constraints.audience,
        "times": [_pattern_to_json(pattern) for pattern in constraints.times],
        "any_of": list(constraints.any_of),
        "none_of": list(constraints.none_of),
        "order": constraints.order,
        "query": constraints.query,
        "names": list(constraints.names),
        "more_like": _more_like_to_json(constraints.more_like),
        "not_event_ids": list(constraints.not_event_ids),
        "sources": dict(constraints.sources),
        "timezone": constraints.timezone,
        "alternatives": [centre_to_json(centre) for centre in constraints.alternatives],
        "unknown_place": constraints.unknown_place,
        "beside": constraints.beside,
        "mended": [asdict(mended) for mended in constraints.mended],
        "language": constraints.language,
    }


def constraints_from_json(stored: object) -> Constraints | None:
    """The constraints of a stored object; None when it is not one (any more)."""
    if not isinstance(stored, Mapping):
        return None
    try:
        return _constraints(stored)
    except (TypeError, ValueError, KeyError, OverflowError):
        return None


def _constraints(stored: Mapping[str, Any]) -> Constraints:
    sources = _typed(stored.get("sources"), dict) or {}
    return Constraints(
        place=centre_from_json(stored["place"]) if stored.get("place") is not None else None,
        date_from=_moment(stored.get("date_from")),
        date_to=_moment(stored.get("date_to")),
        is_virtual=_typed(stored.get("is_virtual"), bool),
        max_distance_miles=_number(stored.get("max_distance_miles")),
        max_price=_number(stored.get("max_price")),
        currency=_currency(stored.get("currency")),
        age=_ages(stored.get("age")),
        audience=_typed(stored.get("audience"), str),
        times=tuple(_pattern(_typed(each, dict) or {}) for each in stored.get("times") or ()),
        any_of=_texts(stored.get("any_of")),
        none_of=_texts(stored.get("none_of")),
        order=_order(stored.get("order") or "relevance"),
        query=_typed(stored.get("query"), str) or "",
        names=_texts(stored.get("names")),
        more_like=_more_like(stored.get("more_like")),
        not_event_ids=tuple(_event_id(each) for each in stored.get("not_event_ids") or ()),
        timezone=_typed(stored.get("timezone"), str) or "UTC",
        sources={str(k): v for k, v in sources.items() if v in _SOURCES},
        alternatives=tuple(centre_from_json(other) for other in stored.get("alternatives") or ()),
        unknown_place=_typed(stored.get("unknown_place"), str),
        beside=_typed(stored.get("beside"), str) or "",
        language=_typed(stored.get("language"), str) or "en",
        mended=tuple(
            Mended(_typed(each["typed"], str), _typed(each["read"], str))
            for each in (_typed(one, dict) or {} for one in stored.get("mended") or ())
        ),
    )


def centre_to_json(centre: Centre) -> dict[str, Any]:
    """One place as it stands in `constraints`."""
    return {
        "label": centre.label,
        "lat": centre.lat,
        "lng": centre.lng,
        "location_id": centre.location_id,
        "timezone": centre.timezone,
        "country_code": centre.country_code,
        "region_code": centre.region_code,
        "region": centre.region,
        "population": centre.population,
        "kind": centre.kind,
    }


def centre_from_json(stored: Mapping[str, Any]) -> Centre:
    """The place of a stored object.

    Raises:
        TypeError, ValueError, KeyError: it is none.
    """
    lat, lng = _number(stored["lat"]), _number(stored["lng"])
    kind = stored.get("kind") or "place"
    if lat is None or lng is None or kind not in _KINDS or abs(lat) > 90 or abs(lng) > 180:
        raise ValueError("a centre needs a point on the globe and a known kind")
    return Centre(
        label=_typed(stored["label"], str) or "",
        lat=lat,
        lng=lng,
        location_id=_whole(stored.get("location_id")),
        timezone=_typed(stored.get("timezone"), str),
        country_code=_typed(stored.get("country_code"), str),
        region_code=_typed(stored.get("region_code"), str),
        region=_typed(stored.get("region"), str),
        population=_whole(stored.get("population")),
        kind=cast(CentreKind, kind),
    )


def _pattern_to_json(pattern: TimePattern) -> dict[str, Any]:
    """Midnight stands for the whole day's start and for its end alike."""
    return {
        "weekdays": list(pattern.weekdays),
        "nth": list(pattern.nth) or None,
        "from": f"{pattern.starts or time():%H:%M}",
        "to": f"{pattern.ends or time():%H:%M}",
    }


def _pattern(stored: Mapping[str, Any]) -> TimePattern:
    weekdays = tuple(_whole(day) for day in stored.get("weekdays") or ())
    nth = tuple(_whole(place) for place in stored.get("nth") or ())
    if not set(weekdays) <= set(range(1, 8)) or not set(nth) <= {1, 2, 3, 4, 5, -1}:
        raise ValueError("a pattern has weekdays from 1 to 7, the nth from 1 to 5 or -1")
    starts, ends = (time.fromisoformat(_typed(stored[name], str)) for name in ("from", "to"))
    is_whole_day = starts == ends == time()
    bounds = (None, None) if is_whole_day else (starts, ends)
    return TimePattern(weekdays, nth, *bounds)  # type: ignore[arg-type] # both are checked


def _ages(stored: object) -> AgeRange | None:
    """Conversations of earlier versions hold one number."""
    if not isinstance(stored, Mapping):
        age = _whole(stored)
        return None if age is None else AgeRange(age, age)
    least, most = _whole(stored.get("min")), _whole(stored.get("max"))
    return None if least is None and most is None else AgeRange(least, most)


def _texts(stored: Any) -> tuple[str, ...]:
    return tuple(_typed(each, str) for each in stored or ())


def _order(stored: Any) -> Order:
    if stored not in get_args(Order):
        raise ValueError("an order is relevance, start, distance or price")
    return cast(Order, stored)


def _more_like_to_json(model: MoreLike | None) -> dict[str, Any] | None:
    return None if model is None else {"event_id": model.event_id, "title": model.title}


def _more_like(stored: Mapping[str, Any] | None) -> MoreLike | None:
    if stored is None:
        return None
    return MoreLike(_event_id(stored["event_id"]), _typed(stored["title"], str) or "")


def _event_id(value: Any) -> int:
    event_id = _whole(value)
    if event_id is None or not 0 < event_id < 2**63:
        raise ValueError("an event's id is a positive number")
    return event_id


def _typed(value: Any, wanted: type) -> Any:
    if value is not None and not isinstance(value, wanted):
        raise TypeError(f"expected {wanted.__name__}")
    return value


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError("expected a finite number")
    return value


def _currency(value: Any) -> str | None:
    code: str | None = _typed(value, str)
    if code is not None and not _CURRENCY_CODE.fullmatch(code):
        raise ValueError("a currency is an ISO 4217 code")
    return code


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        raise TypeError("expected a whole number")
    whole: int | None = _typed(value, int)
    return whole


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    moment = datetime.fromisoformat(_typed(value, str))
    if moment.tzinfo is None:
        raise ValueError("a stored moment needs an offset")
    return moment
