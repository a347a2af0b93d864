from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from events.models import Source, SourceRun
from events.sources.sync import SyncOptions, sync_source
from tests.events.ingestion.hashing_embedder import HashingEmbedder
from tests.fakes.feed import FakeFeed, private_hosts

TOMORROW = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
Sync = Callable[..., SourceRun]


@pytest.fixture
def feed(settings: Settings) -> Iterator[FakeFeed]:
    with FakeFeed() as running:
        settings.FEEDS_PRIVATE_HOSTS = private_hosts(running.address)
        yield running


@pytest.fixture
def source(feed: FakeFeed, db: None) -> Source:
    return Source.objects.create(name="Town", url=feed.address)


@pytest.fixture
def sync(source: Source) -> Sync:
    """Synchronises the source and brings it up to date."""

    def now(**options: Any) -> SourceRun:
        run = sync_source(source.pk, SyncOptions(HashingEmbedder, **options))
        source.refresh_from_db()
        assert run is not None
        return run

    return now
