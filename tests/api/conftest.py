from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from accounts.models import ServiceToken, User
from accounts.service_tokens import issue_service_token
from events.models import Event, Import, Venue
from tests.conftest import Person

SOURCE = "written by tests"


@pytest.fixture
def staff(person: Callable[[], Person]) -> Person:
    """Somebody of the staff, signed in."""
    one = person()
    User.objects.filter(pk=one.user.pk).update(is_staff=True)
    return one


@pytest.fixture
def service_key(ann: Person) -> Callable[..., str]:
    """Makes keys in Ann's name, who is no staff."""

    def make(*scopes: str) -> str:
        chosen = scopes or ServiceToken.Scope.values
        return issue_service_token(user=ann.user, name="tests", scopes=chosen)[1]

    return make


@pytest.fixture
def written(committed: None) -> Iterator[None]:
    """What tests write with `SOURCE` is gone afterwards."""
    yield
    Event.objects.filter(source=SOURCE).delete()
    Venue.objects.filter(name__startswith="Written Hall").delete()
    Import.objects.filter(source=SOURCE).delete()
