from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from events.models import Source, SourceRun
from events.sources.sync import SyncOptions, sync_source
from tests.events.ingestion.hashing_embedder import HashingEmbedder
from tests.fakes.feed import FakeFeed

TOMORROW = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
Sync = Callable[..., SourceRun]


@pytest.fixture
def feed(settings: Settings) -> Iterator[FakeFeed]:
    settings.FEEDS_ALLOW_PRIVATE_ADDRESSES = True
    with FakeFeed() as running:
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
