"""Words a merge decision for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from events.merging.comparison import Verdict
from events.models.event_fields import EVENT_FIELDS

_LABELS = {field.name: field.label for field in EVENT_FIELDS if field.label}


def reasons_of(verdict: Verdict, via: int | None = None) -> dict[str, Any]:
    """The features and their points, as they are kept with a decision.

    `via` is the copy through which the two belong together, when it is not
    their own likeness.
    """
    features = asdict(verdict.features)
    contrast = features["title_contrast"]
    features["title_contrast"] = list(contrast) if contrast else None
    return features | {"points": verdict.points, "via": via}


def sentence(reasons: Mapping[str, Any]) -> str:
    """Words what spoke for and against a merge: "same page; titles 0.93 alike; same start"."""
    if not reasons:
        return ""
    said = [*_links(reasons), _titles(reasons), _times(reasons), *_places(reasons)]
    if (text := reasons.get("text_likeness")) is not None:
        said.append(f"descriptions {text:.2f} alike")
    if reasons.get("same_publisher"):
        said.append("same publisher")
    if reasons.get("via"):
        said.append(f"by way of event {reasons['via']}")
    return "; ".join(said)


def taken_over(gave: Mapping[str, Any]) -> str:
    """Names what the shown event took over from a copy: "the end, the price"."""
    return ", ".join(dict.fromkeys(_LABELS.get(name, name) for name in gave))


def _links(reasons: Mapping[str, Any]) -> list[str]:
    if reasons.get("same_page"):
        return ["same URL"]
    if reasons.get("same_listing"):
        return ["same URL of a whole calendar"]
    return ["other pages of one site"] if reasons.get("other_page_of_one_site") else []


def _titles(reasons: Mapping[str, Any]) -> str:
    titles = f"titles {reasons['title_likeness']:.2f} alike"
    if contrast := reasons.get("title_contrast"):
        titles += f", but {contrast[0]} against {contrast[1]}"
    return titles


def _times(reasons: Mapping[str, Any]) -> str:
    if reasons.get("hour_unknown"):
        return "same day, one without an hour"
    minutes = reasons["minutes_apart"]
    return f"{minutes} min apart" if minutes else "same start"


def _places(reasons: Mapping[str, Any]) -> list[str]:
    same = reasons.get("same_venue")
    parts = [] if same is None else ["same venue" if same else "other venues"]
    if (metres := reasons.get("metres_apart")) is not None:
        parts.append(f"{metres} m apart" if metres < 10_000 else f"{metres / 1000:.0f} km apart")
    if reasons.get("other_room"):
        parts.append("other rooms")
    return parts
