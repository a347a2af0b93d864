"""A search that is followed: its dates become a rule, and later the rule becomes dates again."""

from rag.feeds.describe import describe_rule, describe_search, followed_ids
from rag.feeds.reading import rule_of, rule_of_dates, rule_of_words
from rag.feeds.rules import DateRule, rule_from_json, rule_to_json, windows_of

__all__ = [
    "DateRule",
    "describe_rule",
    "describe_search",
    "followed_ids",
    "rule_from_json",
    "rule_of",
    "rule_of_dates",
    "rule_of_words",
    "rule_to_json",
    "windows_of",
]
