"""Describes a followed search and its dates in words. Pure."""

from __future__ import annotations

from rag.feeds.date_rules import DateRule
from rag.feeds.rule_recognition import WEEKEND
from rag.types import Constraints
from rag.understanding.dates.clock import MIDNIGHT
from rag.understanding.wishes.prices import currency_sign

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LONGEST_QUERY = 100


def describe_search(constraints: Constraints, rule: DateRule) -> str:
    """The wishes as a short line: "live music, free, within 20 miles of Asheville, NC, …"."""
    wishes = [constraints.query[:_LONGEST_QUERY]]
    if constraints.more_like is not None:
        wishes.append(f"like {constraints.more_like.title[:_LONGEST_QUERY]}")
    if constraints.audience and constraints.audience not in constraints.query:
        wishes.append(f"for {constraints.audience}")
    if constraints.age is not None:
        wishes.append(f"age {constraints.age}")
    if constraints.max_price is not None:
        price = constraints.max_price
        sign = currency_sign(constraints.currency)
        wishes.append(f"up to {sign}{price:g}" if price > 0 else "free")
    if constraints.is_virtual:
        wishes.append("online")
    elif constraints.place is not None:
        miles = constraints.max_distance_miles
        label = constraints.place.label or "here"
        wishes.append(f"within {miles:g} miles of {label}" if miles else f"near {label}")
    dates = describe_rule(rule)
    text = ", ".join(wish for wish in (*wishes, dates) if wish) or "all events"
    return text[0].upper() + text[1:]


def describe_rule(rule: DateRule) -> str:
    """A rule's dates in words; empty when none were named."""
    if rule == WEEKEND:
        return "every weekend"
    if rule.kind == "weekly":
        first, last = rule.begins // MIDNIGHT, (rule.ends - 1) // MIDNIGHT
        days = _DAYS[first % 7] if first == last else f"{_DAYS[first % 7]} to {_DAYS[last % 7]}"
        return f"every {days}{_hours(rule)}"
    if rule.kind == "daily":
        return f"every day{_hours(rule)}"
    if rule.kind == "window":
        return _window(rule)
    if rule.kind in ("week", "month"):
        names = {0: f"this {rule.kind}", 1: f"next {rule.kind}"}
        return names.get(rule.offset, f"{rule.offset} {rule.kind}s from now")
    if rule.kind == "fixed":
        return _fixed(rule)
    return ""


def _window(rule: DateRule) -> str:
    first, last = rule.begins // MIDNIGHT, (rule.ends - 1) // MIDNIGHT
    if first == last:
        names = {0: "today", 1: "tomorrow"}
        return names.get(first, f"in {first} days") + _hours(rule)
    return f"the next {last + 1} days"


def _hours(rule: DateRule) -> str:
    begins, ends = rule.begins % MIDNIGHT, rule.ends % MIDNIGHT
    if begins == ends == 0:
        return ""
    return f" {begins // 60:02}:{begins % 60:02}–{ends // 60:02}:{ends % 60:02}"


def _fixed(rule: DateRule) -> str:
    if rule.start is None:
        return f"until {rule.end:%Y-%m-%d}" if rule.end else ""
    if rule.end is None:
        return f"from {rule.start:%Y-%m-%d}"
    return f"{rule.start:%Y-%m-%d} to {rule.end:%Y-%m-%d %H:%M}"
