"""Conversations in Spanish, German and French over real HTTP, answered without a model."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chat_service.llm import wish_wording
from chat_service.llm.builtin.finding import builtin_answer
from chat_service.llm.phrases import languages, phrases_of
from events.models import Event, Venue
from tests.chat_service.samples import NEWTON_MA, NOW, local, numbered, retrieval, wishes
from tests.chat_service.test_acts import Talk, talk
from tests.factories import make_event

__all__ = ["talk"]


@pytest.fixture
def concert(committed: None) -> Iterator[Event]:
    event = make_event(
        "Concert by the Quiet Streetcar Quintet",
        metadata_tags=["music", "concert"],
        min_price=15,
        price="$15",
        organizer="Corner Club",
        starts_in=timedelta(days=1),
    )
    yield event
    Event.objects.filter(pk__in=[event.pk]).delete()
    Venue.objects.filter(pk__in=[event.venue_id]).delete()


CONVERSATIONS = {
    "es": [
        ("conciertos cerca de Newton, MA en los próximos 3 días", "sobre «conciertos»"),
        ("¿cuánto cuesta?", "$15 es el precio de"),
        ("¿quién lo organiza?", "Corner Club organiza"),
        ("gracias", "¡De nada!"),
    ],
    "de": [
        ("Konzerte in der Nähe von Newton, MA in den nächsten 3 Tagen", "zu „Konzerte“"),
        ("Was kostet das?", "$15 ist der Preis von"),
        ("Wer veranstaltet es?", "Corner Club veranstaltet"),
        ("vielen Dank", "Gern geschehen!"),
    ],
    "fr": [
        ("concerts près de Newton, MA dans les 3 prochains jours", "sur « concerts »"),
        ("combien ça coûte ?", "$15 est le prix de"),
        ("et qui l'organise ?", "Corner Club organise"),
        ("merci", "Je vous en prie !"),
    ],
}


@pytest.mark.parametrize("language", CONVERSATIONS)
def test_conversation_stays_in_its_language(talk: Talk, concert: Event, language: str) -> None:
    for message, expected in CONVERSATIONS[language]:
        assert expected in talk.say(message)
        assert talk.first["constraints"]["language"] == language

    assert "You are welcome!" in talk.say("thanks a lot")
    assert talk.first["constraints"]["language"] == "en"


def test_next_messages_are_in_the_language(talk: Talk, concert: Event) -> None:
    talk.say("Konzerte in der Nähe von Newton, MA")

    assert talk.last["follow_up_questions"] == [
        "Und dieses Wochenende?",
        "Nur kostenlose?",
        "Etwas für Kinder?",
    ]


WISHED = {
    "en": "free events for kids about “live music” near Newton, MA tomorrow (Sat 21 Nov)",
    "es": (
        "eventos gratis para niños sobre «música en vivo» cerca de Newton, MA mañana (sáb 21 nov)"
    ),
    "de": (
        "Veranstaltungen (kostenlos) für Kinder zu „Livemusik“ in der Nähe von Newton, MA "
        "morgen (Sa. 21. Nov.)"
    ),
    "fr": (
        "événements gratuits pour les enfants sur « musique live » près de Newton, MA "
        "demain (sam. 21 nov.)"
    ),
}


@pytest.mark.parametrize("language", WISHED)
def test_wishes_are_said_in_the_language(language: str) -> None:
    wished = wishes(
        place=NEWTON_MA,
        max_price=0.0,
        audience="kids",
        query="live music",
        date_from=local(21),
        date_to=local(22),
        language=language,
    )

    assert wish_wording.wished_events(wished, NOW, phrases_of(language)) == WISHED[language]


@pytest.mark.parametrize("language", [each for each in languages() if each != "en"])
def test_answer_holds_no_english_frame(language: str) -> None:
    found = retrieval(wishes(language=language, query="jazz"), *numbered(6))
    english = builtin_answer(found, "jazz", NOW, phrases_of("en"))
    text = builtin_answer(found, "jazz", NOW, phrases_of(language))

    assert text.count("\n") == english.count("\n")
    assert [word for word in (" best ", "match", "Why", "within", " pm") if word in text] == []
