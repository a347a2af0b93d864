"""The sentences of the built-in answerer, and what a language's file must hold."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from chat_service.llm import phrases
from chat_service.llm.phrases import (
    Phrases,
    SentencesError,
    check_sentences,
    languages,
    names_in,
    own_sentences,
    phrases_of,
    read_sentences,
)
from chat_service.tools.builtin.wishes import Audience
from rag.service import read_audience
from rag.types import WhyNot

REFERENCE = {"find.nothing": "I know no {wished}.", "talk.thanks": "You are welcome!"}


def test_every_language_goes_with_the_reference() -> None:
    assert "en" in languages()
    reference = phrases_of("en").templates
    for language in languages():
        check_sentences(own_sentences(language), reference)


def test_sentence_that_a_language_lacks_is_said_in_the_reference(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "en.toml").write_text('[talk]\nhello = "Hello!"\nthanks = "You are welcome!"')
    (tmp_path / "nl.toml").write_text('[talk]\nhello = "Hallo!"')
    monkeypatch.setattr(phrases, "_FOLDER", tmp_path)
    phrases_of.cache_clear()
    say = phrases_of("nl")
    phrases_of.cache_clear()
    assert (say("talk.hello"), say("talk.thanks")) == ("Hallo!", "You are welcome!")


def test_language_without_a_file_is_said_in_the_reference() -> None:
    assert phrases_of("tlh") is phrases_of("en")


@pytest.mark.parametrize(
    ("templates", "problem"),
    [
        ({"talk.thanks": "De nada."}, "find.nothing is missing"),
        ({**REFERENCE, "talk.hey": "¡Hola!"}, "talk.hey is not known"),
        (
            {**REFERENCE, "find.nothing": "No hay {eventos}."},
            "find.nothing names ['eventos'] instead of ['wished']",
        ),
        (
            {**REFERENCE, "find.nothing": "No hay nada."},
            "find.nothing names [] instead of ['wished']",
        ),
    ],
)
def test_file_that_does_not_go_with_the_reference_is_refused(
    templates: dict[str, str], problem: str
) -> None:
    with pytest.raises(SentencesError) as refused:
        check_sentences(templates, REFERENCE)
    assert str(refused.value) == problem


def test_sentences_are_read_by_section_and_key() -> None:
    assert read_sentences('[a]\nb = "c {d}"') == {"a.b": "c {d}"}
    assert names_in("{event} is at {place}, {event}.") == {"event", "place"}


def test_point_of_an_abbreviation_ends_the_sentence_too() -> None:
    say = Phrases("de", {"a.nothing": "Nichts am {day}.", "a.more": "Mehr {day}..."})
    assert say("a.nothing", day="Fr. 4. Dez.") == "Nichts am Fr. 4. Dez."
    assert say("a.nothing", day="Freitag") == "Nichts am Freitag."
    assert say("a.nothing", day="…usw...") == "Nichts am …usw...."
    assert say("a.more", day="bald") == "Mehr bald..."


def test_number_chooses_the_form() -> None:
    say = phrases_of("en")
    assert say.counted("count.plain", 1) == "1 upcoming event."
    assert say.counted("count.plain", 7) == "7 upcoming events."
    assert say.joined(["a", "b", "c"], "or") == "a, b or c"


def test_every_reason_wish_and_audience_has_its_words() -> None:
    known = phrases_of("en").templates
    keys = {f"why_not.{reason.value}" for reason in WhyNot}
    keys |= {f"audience.{name}" for name in get_args(Audience)}
    assert keys <= known.keys()


def test_names_of_days_and_months_are_whole() -> None:
    for language in languages():
        say = phrases_of(language)
        assert len(say.words("date.weekdays")) == 7
        assert len(say.words("date.months")) == 12


def test_tools_know_the_audiences_that_are_understood() -> None:
    assert all(read_audience(name).value == name for name in get_args(Audience))
