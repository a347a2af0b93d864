"""Mails of new matches: each user once a day, each event once, whatever happens meanwhile."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from events.exports.feeds import create_feed
from events.models import DigestMail, Event, Feed, Venue
from tests.factories import make_event
from tests.fakes.smtp import FakeSMTP
from tests.serving import database_url
from web.digests import collect_digests, send_waiting

BASE = "https://events.example"
MONDAY = datetime(2030, 6, 3, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def smtp(settings: Any) -> Iterator[FakeSMTP]:
    with FakeSMTP() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def follow(user: User, digest: str = "daily", title: str = "Pottery", **wishes: Any) -> Feed:
    constraints = {"timezone": "America/New_York", **wishes}
    return create_feed(
        user_id=user.pk, title=title, constraints=constraints, rule={"kind": "any"}, digest=digest
    )


def event(title: str, now: datetime = MONDAY, **fields: Any) -> Event:
    return make_event(title, now=now, **fields)


def run(now: datetime = MONDAY) -> None:
    collect_digests(now=now, today=now.date())
    send_waiting(base=BASE, now=now)


def text_of(mail: Message, kind: str = "text/plain") -> str:
    [part] = [part for part in mail.walk() if part.get_content_type() == kind]
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode().replace("\r\n", "\n")


def told(mail: Message) -> list[str]:
    return re.findall(r"^\* (.+)$", text_of(mail), re.MULTILINE)


def test_new_matches_are_mailed_once(smtp: FakeSMTP, alice: User) -> None:
    follow(alice)
    event("Pottery class")
    run()
    run()
    [mail] = smtp.mails
    assert (mail["To"], mail["Subject"]) == ("alice@example.org", "1 new event: Pottery")
    assert told(mail) == ["Pottery class"]
    run(MONDAY + DAY)
    assert len(smtp.mails) == 1
    event("Second class", starts_in=5 * DAY)
    run(MONDAY + DAY)
    assert [told(mail) for mail in smtp.mails] == [["Pottery class"], ["Second class"]]


def test_one_mail_a_day_tells_of_all_searches_and_each_event_once(
    smtp: FakeSMTP, alice: User
) -> None:
    follow(alice, title="Free things", max_price=0)
    follow(alice, title="Everything")
    event("Free class", min_price=0)
    event("Dear class", min_price=90)
    run()
    event("Late news")
    run(MONDAY + timedelta(hours=5))
    [mail] = smtp.mails
    assert told(mail) == ["Free class", "Dear class"]
    assert mail["Subject"] == "2 new events: Free things"


def test_weekly_mail_comes_once_a_week(smtp: FakeSMTP, alice: User) -> None:
    follow(alice, digest="weekly")
    days: list[int] = []
    for number in range(15):
        now = MONDAY + number * DAY
        event(f"Class {number}", now=now, starts_in=30 * DAY)
        run(now)
        days += [number] * (len(smtp.mails) - len(days))
    assert days == [0, 7, 14]
    assert len(told(smtp.mails[1])) == 7


def test_nothing_new_is_no_mail_and_takes_nobodys_turn(smtp: FakeSMTP, alice: User) -> None:
    follow(alice, digest="weekly")
    run()
    assert smtp.mails == []
    event("Class", now=MONDAY + DAY)
    run(MONDAY + DAY)
    assert len(smtp.mails) == 1


def test_failing_address_stops_nobody_else_and_is_tried_again(
    smtp: FakeSMTP, alice: User, bob: User
) -> None:
    for user in (alice, bob):
        follow(user)
    event("Class")
    smtp.refused = {"alice@example.org"}
    run()
    assert [mail["To"] for mail in smtp.mails] == ["bob@example.org"]
    smtp.refused = set()
    run(MONDAY + DAY)
    assert [mail["To"] for mail in smtp.mails] == ["bob@example.org", "alice@example.org"]


def test_address_that_always_fails_is_given_up(smtp: FakeSMTP, alice: User) -> None:
    follow(alice)
    event("Class")
    smtp.refused = {"alice@example.org"}
    for number in range(8):
        run(MONDAY + number * DAY)
    assert list(DigestMail.objects.values_list("status", "attempts")) == [("failed", 5)]


def test_mail_is_unsubscribed_in_one_click(smtp: FakeSMTP, alice: User, client: Client) -> None:
    feed = follow(alice)
    event("Class")
    run()
    [mail] = smtp.mails
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = re.fullmatch(rf"<{BASE}(/unsubscribe/\S+)>", mail["List-Unsubscribe"].strip())
    assert address is not None
    assert f"{BASE}{address[1]}" in text_of(mail)
    assert f'href="{BASE}{address[1]}"' in text_of(mail, "text/html")

    asked = client.get(address[1])
    assert (asked.status_code, dict(asked.cookies)) == (200, {})
    assert Feed.objects.get(pk=feed.pk).digest == "daily"
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(address[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Feed.objects.get(pk=feed.pk).digest == ""
    event("Another class")
    run(MONDAY + DAY)
    assert len(smtp.mails) == 1


def test_forged_unsubscription_changes_nothing(alice: User, client: Client) -> None:
    feed = follow(alice)
    for token in (str(alice.pk), f"{alice.pk}.forged", "x"):
        assert client.post(f"/unsubscribe/{token}").status_code == 404
    assert Feed.objects.get(pk=feed.pk).digest == "daily"


def test_mail_that_waited_is_dropped_when_nobody_wants_it(smtp: FakeSMTP, alice: User) -> None:
    feed = follow(alice)
    event("Class")
    collect_digests(now=MONDAY, today=MONDAY.date())
    Feed.objects.filter(pk=feed.pk).update(digest="")
    assert send_waiting(base=BASE, now=MONDAY).dropped == 1
    assert smtp.mails == []


def test_hostile_titles_stay_text(smtp: FakeSMTP, alice: User) -> None:
    follow(alice, title="A\r\nBcc: all@example.org")
    event("<script>alert(1)</script>\r\n.\r\nQUIT")
    run()
    [mail] = smtp.mails
    assert mail["Bcc"] is None
    assert told(mail) == ["<script>alert(1)</script> . QUIT"]
    assert "<script>" not in text_of(mail, "text/html")


def test_command_wants_to_know_how_to_send(db: None, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    with pytest.raises(CommandError, match="EMAIL_URL"):
        call_command("send_digests")


@pytest.fixture
def readers(committed: None) -> Iterator[list[User]]:
    """Five people who follow everything, and an event, for runs in processes of their own."""
    users = [User.objects.create(username=f"r{n}", email=f"r{n}@example.org") for n in range(5)]
    for user in users:
        follow(user)
    made = make_event("Class")
    yield users
    User.objects.filter(pk__in=[user.pk for user in users]).delete()
    Event.objects.filter(pk=made.pk).delete()
    Venue.objects.filter(pk__in=[made.venue_id]).delete()


def start(smtp: FakeSMTP) -> subprocess.Popen[bytes]:
    environment = {"EMAIL_URL": smtp.url, "DATABASE_URL": database_url()}
    return subprocess.Popen(
        [sys.executable, "manage.py", "send_digests", "--skip-checks"],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def finish(process: subprocess.Popen[bytes]) -> None:
    out, _ = process.communicate(timeout=90)
    assert process.returncode == 0, out.decode()


def test_runs_at_the_same_time_send_each_mail_once(readers: list[User]) -> None:
    with FakeSMTP() as smtp:
        for process in [start(smtp) for _ in range(3)]:
            finish(process)
        assert sorted(mail["To"] for mail in smtp.mails) == [user.email for user in readers]


def test_killed_run_is_finished_by_the_next_and_repeats_no_mail(readers: list[User]) -> None:
    with FakeSMTP() as smtp:
        smtp.silent_after_data = True
        process = start(smtp)
        assert smtp.taken.wait(90)
        process.kill()
        process.communicate()
        smtp.silent_after_data = False
        finish(start(smtp))
        finish(start(smtp))
        assert sorted(mail["To"] for mail in smtp.mails) == [user.email for user in readers]


def test_day_of_a_mail_is_unique(alice: User) -> None:
    follow(alice)
    event("Class")
    today: date = MONDAY.date()
    assert (collect_digests(now=MONDAY, today=today), collect_digests(now=MONDAY, today=today)) == (
        1,
        0,
    )
