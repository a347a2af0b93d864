"""Qdrant's embedded engine with its defaults and an index on each field of a filter.

The flags are the integers 0 and 1: its Python binding 0.9.0 sends the `True`
of a `MatchValue` as the integer 1, which matches no boolean.
"""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from qdrant_edge import (
    AcornSearchParams,
    Distance,
    EdgeConfig,
    EdgeShard,
    EdgeVectorParams,
    FieldCondition,
    Filter,
    GeoPoint,
    GeoRadius,
    MatchValue,
    PayloadSchemaType,
    Point,
    Query,
    QueryRequest,
    RangeDateTime,
    SearchParams,
    UpdateOperation,
)
from tqdm import tqdm

from benchmarks.search.material import queries as asked
from benchmarks.search.material import rows, texts
from benchmarks.search.material.rows import Rows, moment
from benchmarks.search.systems import database
from benchmarks.search.systems.engine import Built, Effort, Entrant
from benchmarks.search.truth import TOP, Wanted

if TYPE_CHECKING:
    from qdrant_edge import ConditionType

VERSION = 2
_METRES_A_MILE = 1609.344
_BATCH = 2000
_EF = (None, 256, 512, 1024, 2048)
_FIELDS = {
    "point": PayloadSchemaType.Geo,
    "starts_at": PayloadSchemaType.Datetime,
    "ends_at": PayloadSchemaType.Datetime,
    "online": PayloadSchemaType.Integer,
    "in_person": PayloadSchemaType.Integer,
}


class Qdrant:
    """A shard on disk."""

    def __init__(self, folder: Path) -> None:
        self._shard = EdgeShard.load(str(folder))

    def entrants(self) -> list[Entrant]:
        plain = [self._effort(SearchParams(hnsw_ef=ef), f"ef {ef or 'default'}") for ef in _EF]
        acorn = AcornSearchParams(enable=True)
        return [
            Entrant("Qdrant", [*plain, self._effort(SearchParams(exact=True), "exact")]),
            Entrant(
                "Qdrant, ACORN",
                [
                    self._effort(SearchParams(hnsw_ef=ef, acorn=acorn), f"ef {ef or 'default'}")
                    for ef in _EF
                ],
            ),
        ]

    def close(self) -> None:
        self._shard.close()

    def _effort(self, params: SearchParams, label: str) -> Effort:
        def search(query: asked.Query) -> list[int]:
            request = QueryRequest(
                limit=TOP,
                query=Query.Nearest(query.vector.tolist()),
                filter=_filter(query.wanted),
                params=params,
            )
            return [int(point.id) for point in self._shard.query(request)]

        return Effort(label, search)


def load(folder: Path, calendar: Rows, vectors: NDArray[np.float32], *, fresh: bool) -> Built:
    """Makes sure that the shard in the folder holds these rows."""
    key = database.digest(
        texts.VERSION, rows.VERSION, VERSION, len(calendar), len(vectors), rows.SEED
    )
    marker = folder.with_suffix(".json")
    known = json.loads(marker.read_text()) if marker.exists() else {}
    if fresh or known.get("key") != key:
        marker.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        known = {"key": key, **_fill(folder, calendar, vectors)}
        marker.write_text(json.dumps(known))
    size = sum(file.stat().st_blocks * 512 for file in folder.rglob("*") if file.is_file())
    return Built(
        "Qdrant",
        known["load"],
        known["index"],
        size,
        0,
        remark=f"{known['segments']} segments; data and indexes together",
    )


def _fill(folder: Path, calendar: Rows, vectors: NDArray[np.float32]) -> dict[str, float]:
    config = EdgeConfig(vectors=EdgeVectorParams(size=vectors.shape[1], distance=Distance.Dot))
    shard = EdgeShard.create(str(folder), config)
    for name, kind in _FIELDS.items():
        shard.update(UpdateOperation.create_field_index(name, kind))
    began = time.perf_counter()
    order = np.random.default_rng(rows.SEED).permutation(len(calendar))
    for first in tqdm(range(0, len(order), _BATCH), desc="Qdrant", disable=None, leave=False):
        points = [_point(calendar, vectors, int(at)) for at in order[first : first + _BATCH]]
        shard.update(UpdateOperation.upsert_points(points))
    shard.flush()
    loaded = time.perf_counter()
    shard.optimize()
    shard.flush()
    built = {"load": loaded - began, "index": time.perf_counter() - loaded}
    segments = shard.info().segments_count
    shard.close()
    print(f"Qdrant loaded and built in {built}", flush=True)
    return {**built, "segments": segments}


def _point(calendar: Rows, vectors: NDArray[np.float32], at: int) -> Point:
    payload: dict[str, Any] = {
        "starts_at": moment(int(calendar.starts[at])).isoformat(),
        "ends_at": moment(int(calendar.ends[at])).isoformat(),
        "online": int(calendar.online[at]),
        "in_person": int(calendar.in_person[at]),
    }
    if calendar.in_person[at]:
        lat, lng = calendar.venues[calendar.venue[at]].tolist()
        payload["point"] = {"lat": lat, "lon": lng}
    return Point(at + 1, vectors[calendar.texts[at]].tolist(), payload)


def _filter(wanted: Wanted) -> Filter:
    must: list[ConditionType] = [
        FieldCondition("starts_at", range=RangeDateTime(lt=moment(wanted.date_to).isoformat())),
        FieldCondition("ends_at", range=RangeDateTime(gt=moment(wanted.date_from).isoformat())),
    ]
    online = FieldCondition("online", match=MatchValue(1))
    if wanted.is_virtual:
        return Filter(must=[*must, online])
    if wanted.circle is None:
        in_person = FieldCondition("in_person", match=MatchValue(1))
        return Filter(must=[*must, in_person] if wanted.is_virtual is False else must)
    lat, lng, miles = wanted.circle
    within = FieldCondition(
        "point", geo_radius=GeoRadius(GeoPoint(lng, lat), miles * _METRES_A_MILE)
    )
    if wanted.is_virtual is False:
        return Filter(must=[*must, within])
    return Filter(must=must, should=[within, online])
