"""The tree of a conversation: edit, regenerate, switch, compare, prefer."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from events.models import ChatMessage, ChatSession
from tests.conftest import Person
from tests.fakes.ollama import Gate, Reply
from tests.serving import Sent, Service, read_stream, stream_turn
from tests.streams.reading import messages_of, start


def post_stream(person: Person, path: str, body: dict[str, Any] | None = None) -> list[Sent]:
    with person.client.stream("POST", path, json=body) as response:
        assert response.status_code == 200, response.read()
        return list(read_stream(response))


def texts(person: Person, session: int) -> list[str]:
    return [message["content"] for message in messages_of(person.client, session)]


@pytest.fixture
def talk(service: Service, ann: Person) -> int:
    """A session of two turns."""
    service.ollama.reply = Reply(tokens=["answer one"])
    session: int = stream_turn(ann.client, "question one")[0].chunk["session_id"]
    service.ollama.reply = Reply(tokens=["answer two"])
    stream_turn(ann.client, "question two", session_id=session)
    return session


def test_regenerated_answer_is_a_sibling_and_current(
    service: Service, ann: Person, talk: int
) -> None:
    old = messages_of(ann.client, talk)[3]
    service.ollama.reply = Reply(tokens=["better two"])
    last = post_stream(ann, f"/chat/messages/{old['id']}/regenerate")[-1].chunk
    assert texts(ann, talk) == ["question one", "answer one", "question two", "better two"]
    new = messages_of(ann.client, talk)[3]
    assert (new["id"], new["parent_id"]) == (last["message_id"], old["parent_id"])
    listed = ann.client.get(f"/chat/messages/{new['id']}/siblings").json()
    assert [(one["id"], one["is_current"]) for one in listed] == [
        (old["id"], False),
        (new["id"], True),
    ]
    siblings = [message["sibling_ids"] for message in messages_of(ann.client, talk)]
    assert ([len(ids) for ids in siblings], siblings[3]) == ([1, 1, 1, 2], [old["id"], new["id"]])
    sent = service.ollama.chats[-1].json["messages"]
    assert [message["content"] for message in sent[1:-1]] == ["question one", "answer one"]
    assert "question two" in sent[-1]["content"]


def test_edited_message_begins_a_branch_that_history_follows(
    service: Service, ann: Person, talk: int
) -> None:
    first = messages_of(ann.client, talk)[0]
    service.ollama.reply = Reply(tokens=["other answer"])
    post_stream(ann, f"/chat/messages/{first['id']}/edit", {"content": "other question"})
    assert texts(ann, talk) == ["other question", "other answer"]
    edited = messages_of(ann.client, talk)[0]
    assert edited["sibling_ids"] == [first["id"], edited["id"]]
    stream_turn(ann.client, "and then?", session_id=talk)
    sent = [message["content"] for message in service.ollama.chats[-1].json["messages"]]
    assert sent[1:-1] == ["other question", "other answer"]
    history = ann.client.get(f"/chat/sessions/{talk}/history").json()
    assert history[0]["content"] == "other question"
    assert ann.client.get(f"/chat/sessions/{talk}").json()["session"]["message_count"] == 4
    assert ChatMessage.objects.filter(session_id=talk).count() == 8


def test_switch_shows_the_other_branch_to_its_end(service: Service, ann: Person, talk: int) -> None:
    before = texts(ann, talk)
    first = messages_of(ann.client, talk)[0]["id"]
    post_stream(ann, f"/chat/messages/{first}/edit", {"content": "free jazz in Newton, MA"})
    after = texts(ann, talk)
    edited = messages_of(ann.client, talk)[0]["id"]
    assert ann.client.post(f"/chat/messages/{first}/switch").json() == {"status": "switched"}
    assert texts(ann, talk) == before
    context = ann.client.get(f"/chat/sessions/{talk}").json()["session"]["context"]
    assert context["constraints"]["place"] is None
    ann.client.post(f"/chat/messages/{edited}/switch")
    assert texts(ann, talk) == after
    context = ann.client.get(f"/chat/sessions/{talk}").json()["session"]["context"]
    assert context["constraints"]["place"]["label"] == "Newton, MA"


def test_edit_forgets_the_wishes_that_came_after(service: Service, ann: Person) -> None:
    session = stream_turn(ann.client, "jazz in Newton, MA")[0].chunk["session_id"]
    stream_turn(ann.client, "and in Boston, MA?", session_id=session)
    second = messages_of(ann.client, session)[2]["id"]
    chunk = post_stream(ann, f"/chat/messages/{second}/edit", {"content": "free ones?"})[0].chunk
    assert chunk["constraints"]["place"]["label"] == "Newton, MA"
    assert chunk["constraints"]["sources"]["place"] == "session"


def test_lines_that_were_never_linked_branch_like_others(service: Service, ann: Person) -> None:
    session = ChatSession.objects.create(user=ann.user, title="old")
    old = [
        ChatMessage.objects.create(session=session, user=ann.user, role=role, content=content)
        for role, content in [("user", "q1"), ("assistant", "a1"), ("user", "q2")]
    ]
    alone = [[message.pk] for message in old]
    assert [one["sibling_ids"] for one in messages_of(ann.client, session.pk)] == alone
    service.ollama.reply = Reply(tokens=["a2"])
    post_stream(ann, f"/chat/messages/{old[2].pk}/edit", {"content": "q2, again"})
    assert texts(ann, session.pk) == ["q1", "a1", "q2, again", "a2"]
    siblings = ann.client.get(f"/chat/messages/{old[2].pk}/siblings").json()
    assert [one["content"] for one in siblings] == ["q2", "q2, again"]
    assert len(ann.client.get(f"/chat/messages/{old[0].pk}/siblings").json()) == 1


def test_branching_is_refused_while_an_answer_is_written(
    service: Service, ann: Person, talk: int
) -> None:
    question, answer = messages_of(ann.client, talk)[2:]
    gate = Gate()
    service.ollama.reply = Reply(tokens=["slow"], gate=gate)
    generation, _ = start(ann.client, "third", session_id=talk)
    detail = ann.client.get(f"/chat/sessions/{talk}").json()
    assert detail["running_generation_id"] == generation
    for path, body in [
        (f"{answer['id']}/regenerate", None),
        (f"{question['id']}/edit", {"content": "x"}),
        (f"{answer['id']}/switch", None),
        (f"{answer['id']}/prefer", None),
    ]:
        refused = ann.client.post(f"/chat/messages/{path}", json=body)
        assert refused.status_code == 409, path
        assert refused.json()["fields"] == {"generation_id": generation}
    gate.release()


def test_wrong_and_foreign_messages_are_refused(
    service: Service, ann: Person, ben: Person, talk: int
) -> None:
    question, answer = messages_of(ann.client, talk)[2:]
    paths = {
        f"{question['id']}/prefer": None,
        f"{answer['id']}/edit": {"content": "x"},
        f"{question['id']}/edit": {"content": "  "},
    }
    for path, body in paths.items():
        assert ann.client.post(f"/chat/messages/{path}", json=body).status_code == 422, path
    for verb, body in {
        "edit": {"content": "x"},
        "regenerate": {},
        "switch": {},
        "prefer": {},
    }.items():
        foreign = ben.client.post(f"/chat/messages/{answer['id']}/{verb}", json=body)
        missing = ben.client.post(f"/chat/messages/{2**60}/{verb}", json=body)
        assert foreign.status_code == missing.status_code == 404
        assert foreign.json() == missing.json()
    foreign = ben.client.get(f"/chat/messages/{answer['id']}/siblings")
    assert foreign.status_code == 404


def compare(service: Service, person: Person, replies: dict[str, Reply]) -> list[Sent]:
    service.ollama.models[:] = ["llama3.2:3b", *replies]
    service.ollama.reply = lambda body: replies[body["model"]]
    first, second = replies
    return stream_turn(
        person.client, "compare", single_model_mode=False, model_a=first, model_b=second
    )


def test_two_models_answer_side_by_side_and_one_is_preferred(service: Service, ann: Person) -> None:
    sent = compare(
        service,
        ann,
        {
            "one:1b": Reply(tokens=["A1 ", "A2 ", "A3"], delay=0.06),
            "two:1b": Reply(tokens=["B1 ", "B2 ", "B3"], delay=0.06),
        },
    )
    words = {
        model: "".join(s.chunk.get("token", "") for s in sent if s.chunk["model"] == model)
        for model in "AB"
    }
    assert words == {"A": "A1 A2 A3", "B": "B1 B2 B3"}
    order = [s.chunk["model"] for s in sent if "token" in s.chunk]
    assert order != sorted(order)  # together, not one after the other
    assert [s.chunk["model"] for s in sent if s.chunk["done"]][-1] == "SYSTEM"
    assert {s.chunk["model"] for s in sent if s.chunk["done"]} == {"A", "B", "SYSTEM"}
    last = sent[-1].chunk
    session, ids = last["session_id"], last["message_ids"]
    assert texts(ann, session) == ["compare", "A1 A2 A3"]
    listed = ann.client.get(f"/chat/messages/{ids['A']}/siblings").json()
    assert [(one["id"], one["variant"], one["metadata"]["model"]) for one in listed] == [
        (ids["A"], "A", "one:1b"),
        (ids["B"], "B", "two:1b"),
    ]
    assert ann.client.post(f"/chat/messages/{ids['B']}/prefer").json() == {"status": "preferred"}
    assert texts(ann, session) == ["compare", "B1 B2 B3"]
    listed = ann.client.get(f"/chat/messages/{ids['A']}/siblings").json()
    assert [one["preferred"] for one in listed] == [False, True]


def test_failure_of_one_model_leaves_the_other_alone(service: Service, ann: Person) -> None:
    sent = compare(
        service,
        ann,
        {
            "good:1b": Reply(tokens=["all ", "well"], delay=0.05),
            "bad:1b": Reply(tokens=["oh ", "no"], fault="disconnect", fault_after=1),
        },
    )
    ends = {s.chunk["model"]: s.chunk for s in sent if s.chunk["done"]}
    assert ends["B"]["error_code"] == "llm_unavailable"
    assert "error" not in ends["A"]
    assert "error" not in ends["SYSTEM"]
    listed = ann.client.get(f"/chat/messages/{sent[-1].chunk['message_id']}/siblings").json()
    assert [(one["content"], one["status"]) for one in listed] == [
        ("all well", "completed"),
        ("oh ", "failed"),
    ]


def _wait_for_a_waiting_one() -> None:
    """Returns when a statement of somebody else waits for a lock of this transaction."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize(
    ("verb", "body"),
    [("switch", None), ("prefer", None), ("regenerate", None), ("edit", {"content": "new"})],
)
def test_message_deleted_while_its_branch_is_asked_for_is_not_found(
    ann: Person, talk: int, verb: str, body: dict[str, str] | None
) -> None:
    message = messages_of(ann.client, talk)[2 if verb == "edit" else 3]["id"]
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            ChatSession.objects.select_for_update().get(pk=talk)
            path = f"/chat/messages/{message}/{verb}"
            waiting = pool.submit(ann.client.post, path, json=body)
            _wait_for_a_waiting_one()
            ChatMessage.objects.filter(session_id=talk).delete()
        response = waiting.result()
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("verb", ["archive", "unarchive", "clear"])
def test_session_deleted_while_it_is_changed_is_not_found(
    ann: Person, talk: int, verb: str
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            session = ChatSession.objects.select_for_update().get(pk=talk)
            waiting = pool.submit(ann.client.post, f"/chat/sessions/{talk}/{verb}")
            _wait_for_a_waiting_one()
            session.delete()
        response = waiting.result()
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
