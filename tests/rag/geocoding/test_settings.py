"""A geocoder that cannot work stops the start with a sentence; off, there is none."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from rag.geocoding.geocoder import configured_geocoder
from rag.geocoding.provider import Provider
from tests.serving import database_url
from tests.superschedules.launched import manage

NAMED = {"user_agent": "superschedules-tests/1.0"}


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("nominatum", {}, "GEOCODER 'nominatum' is unknown. Known are: "),
        ("nominatim", {}, "GEOCODER nominatim needs the name of your application"),
        ("nominatim", {"user_agent": "  "}, "GEOCODER nominatim needs the name"),
        ("nominatim", {**NAMED, "port": 80}, "GEOCODER_OPTIONS are not what GEOCODER nominatim"),
        ("nominatim", {**NAMED, "scheme": "ftp"}, "GEOCODER_OPTIONS are not what"),
        ("nominatim", {**NAMED, "domain": 7}, "GEOCODER_OPTIONS are not what"),
        ("opencage", {}, "GEOCODER_OPTIONS are not what GEOCODER opencage takes: api_key"),
    ],
)
def test_provider_that_cannot_work_is_refused(
    name: str, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match="GEOCODER") as refused:
        Provider(name, options)

    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    ("name", "options"),
    [("nominatim", NAMED), ("photon", {}), ("arcgis", {}), ("opencage", {"api_key": "k"})],
)
def test_provider_of_any_name_is_made(name: str, options: dict[str, Any]) -> None:
    assert Provider(name, options).name == name


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"GEOCODER": "nominatim"}, "GEOCODER nominatim needs the name of your application"),
        ({"GEOCODER_OPTIONS": '["a secret"]'}, "GEOCODER_OPTIONS must be a JSON object"),
    ],
)
def test_start_is_refused_with_a_sentence(
    committed: None, given: dict[str, str], sentence: str
) -> None:
    done = manage("check", env={**os.environ, "DATABASE_URL": database_url(), **given})

    assert done.returncode == 1
    assert sentence in done.stderr
    assert "a secret" not in done.stderr


def test_geocoder_is_off_by_default() -> None:
    assert settings.GEOCODER == ""
    assert configured_geocoder() is None
