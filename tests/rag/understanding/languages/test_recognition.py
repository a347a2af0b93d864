"""Which language a message is in: English unless another one is sure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.understanding.languages.recognition import hear, in_english, in_language
from tests.rag.understanding.languages.test_messages import HERE, MESSAGES

SMALL = HERE / "small"
ENGLISH = [
    line
    for line in (HERE / "english.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
EVERYDAY = [
    json.loads(line)["text"]
    for line in (HERE.parent / "everyday_messages.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("message", ENGLISH)
def test_english_with_foreign_names_stays_english(message: str) -> None:
    assert hear(message).language == "en"
    assert hear(message).text == message


def test_everyday_messages_are_english_but_those_that_are_not() -> None:
    heard = {each: hear(each).language for each in EVERYDAY}

    assert {each: code for each, code in heard.items() if code != "en"} == {
        "konzerte am 5.12. in Berlin": "de",
        "gibt es konzerte in Hamburg am 12.12.?": "de",
        "am 24. dezember": "de",
        "münchen weihnachtsmarkt": "de",
        "Wien konzert": "de",
        "Wo kann man am Samstag in Berlin tanzen": "de",
        "que faire à Lyon ce weekend": "fr",
    }


def test_each_message_is_heard_in_its_language() -> None:
    wrong = [row["text"] for code, row in MESSAGES if hear(row["text"]).language != code]

    assert wrong == []


@pytest.mark.parametrize(
    ("message", "before", "language"),
    [
        ("jazz", "de", "de"),
        ("Boston", "es", "es"),
        ("online", "fr", "fr"),
        ("am Samstag", "de", "de"),
        ("only free ones", "de", "en"),
        ("what about Saturday?", "es", "en"),
        ("what time does it start", "fr", "en"),
        ("kostenlose Konzerte", "es", "de"),
        ("danke, tschüss", "en", "de"),
        ("", "de", "de"),
        ("?", "en", "en"),
        ("2026-12-05", "es", "es"),
    ],
)
def test_conversation_goes_on_in_its_language(message: str, before: str, language: str) -> None:
    assert hear(message, before=before).language == language


@pytest.mark.parametrize(
    ("message", "english"),
    [
        # Two words in one, with the letters that join them.
        ("Theaterstücke am Freitagabend", "theater plays friday evening"),
        ("Weihnachtsmärkte", "christmas markets"),
        ("fuer Anfaenger", "for beginners"),
        # Accents tell words apart, and may be left out where they do not.
        ("jazz ou blues", "jazz or blues"),
        ("où est le deuxième ?", "where is the second one?"),
        ("manana por la noche", "tomorrow evening"),
        # Numbers, clocks and days change their places.
        ("el 5 de diciembre a las 8 de la noche", "december 5 at 8 pm"),
        ("vom 5. bis 7. Dezember ab 20 Uhr", "december 5 to 7 after 20:00"),
        ("vendredi prochain à 20h30", "next friday at 20:30"),
        ("um halb acht", "at 7:30"),
        # Names stay, with their little words, as do abbreviations of states and quotations.
        ("¿cuánto cuesta Banda El Recodo?", "how much is Banda El Recodo?"),
        ("conciertos en La Habra", "concerts in La Habra"),
        ("concerts à Cambridge, MA", "concerts in Cambridge, MA"),
        ('wann ist "Die Stadt"?', 'when is "Die Stadt"?'),
        # What stands between the parts of a phrase.
        ("füge das Konzert zu meinem Kalender hinzu", "add the concert to my calendar"),
    ],
)
def test_message_is_brought_into_english(message: str, english: str) -> None:
    code = next(each for each in ("de", "fr", "es") if hear(message, before=each).language == each)

    assert in_english(message, code) == english


@pytest.mark.parametrize(
    ("english", "code", "said"),
    [
        ("live music", "es", "música en vivo"),
        ("jazz concerts", "fr", "jazz concerts"),
        ("christmas market tours", "es", "mercado navideño visitas"),
        ("pottery", "tlh", "pottery"),
    ],
)
def test_topic_is_said_in_the_language(english: str, code: str, said: str) -> None:
    assert in_language(english, code) == said


@pytest.mark.parametrize(
    ("message", "english"),
    [
        ("montru al mi senpagajn koncertojn en Boston", "show me free concerts in Boston"),
        ("koncertoj por infanoj la sekvan vendredon", "concerts for kids next friday"),
        ("koncertoj sabato vespere", "concerts saturday evening"),
        ("metu Jazz Night en mian kalendaron", "add Jazz Night to my calendar"),
    ],
)
def test_language_is_added_by_a_file(message: str, english: str) -> None:
    heard = hear(message, folder=SMALL)

    assert (heard.language, heard.text) == ("eo", english)
    assert hear("free concerts in Boston", folder=SMALL).language == "en"


def test_files_of_a_folder_are_its_languages(tmp_path: Path) -> None:
    assert hear("kostenlose Konzerte am Freitag", folder=tmp_path).language == "en"
