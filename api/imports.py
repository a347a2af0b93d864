"""Imports: hand in a file or an address, and see what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import Field, Query, Router, Schema
from pydantic import AfterValidator

from accounts.authentication import WriterAuth
from accounts.models import ServiceToken, User
from api.events.content import Line200, WebAddress, Zone
from api.http.pagination import Page, paginated
from api.http.parsing import json_object, validated
from core.errors import ErrorOut, InvalidRequest, NotFound
from events.ingestion.cleaning import clean_line
from events.ingestion.formats import FORMATS
from events.models import Import
from events.sources.import_queue import ImportRequest, keep_file, queue_import

router = Router(tags=["imports"], auth=WriterAuth(ServiceToken.Scope.IMPORTS_WRITE))
ImportId = Annotated[int, Field(ge=1, le=2**63 - 1)]
Errors = {401: ErrorOut, 403: ErrorOut, 422: ErrorOut}
MULTIPART = "multipart/form-data"


def _known_format(name: str) -> str:
    if name and name not in FORMATS:
        raise ValueError(f"must be one of {', '.join(FORMATS)}")
    return name


Format = Annotated[str, Field(max_length=20), AfterValidator(_known_format)]


class CalendarIn(Schema):
    """How to read it: `source` is what its events will name; `format` is found out when empty.

    `timezone` is for times that neither event, place nor calendar give a zone.
    """

    source: Line200 = ""
    format: Format = ""
    timezone: Zone = ""


class AddressIn(CalendarIn):
    """A calendar at an http or https address."""

    url: Annotated[WebAddress, Field(min_length=1)]


class Progress(Schema):
    stage: str
    done: int
    total: int


class Example(Schema):
    external_id: str
    title: str
    reason: str


class Reason(Schema):
    reason: str
    count: int
    examples: list[Example]


class ReportOut(Schema):
    """What became of the entries, and why some were left out, joined to others or left open.

    `copies` were found to be events of other sources; `zones` counts what the time
    zones were taken from; `product` is the calendar software by whose ways the file was read.
    """

    source: str
    format: str
    product: str = ""
    found: int
    created: int
    updated: int
    unchanged: int
    copies: int = 0
    merged: int
    skipped: int
    zones: dict[str, int] = {}
    reasons: list[Reason]
    further_reasons: int


class ImportOut(Schema):
    """An import; `report` is there once it is completed, `error` once it has failed."""

    id: int
    status: Import.Status
    source: str
    url: str
    file_name: str
    format: str
    timezone: str
    progress: Progress
    report: ReportOut | None
    error: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, imported: Import) -> ImportOut:
        progress = Progress(stage=imported.stage, done=imported.done, total=imported.total)
        return cls(
            id=imported.pk,
            status=Import.Status(imported.status),
            source=imported.source,
            url=imported.url,
            file_name=imported.file_name,
            format=imported.format,
            timezone=imported.timezone,
            progress=progress,
            report=ReportOut(**imported.report) if imported.report else None,
            error=imported.error,
            created_at=imported.created_at,
            started_at=imported.started_at,
            finished_at=imported.finished_at,
        )


def _bodies() -> dict[str, Any]:
    reading = CalendarIn.model_json_schema()
    upload = {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}, **reading["properties"]},
        "required": ["file"],
    }
    address = AddressIn.model_json_schema()
    return {
        "required": True,
        "content": {
            MULTIPART: {"schema": upload},
            "application/json": {"schema": address},
        },
    }


@router.post(
    "/imports",
    response={202: ImportOut, 400: ErrorOut, 413: ErrorOut, **Errors},
    openapi_extra={"requestBody": _bodies()},
)
def create_import(request: HttpRequest, response: HttpResponse) -> tuple[int, ImportOut]:
    """Queues a file or an address; the service imports it in the background."""
    is_upload = request.content_type == MULTIPART
    wanted = _uploaded(request) if is_upload else _addressed(json_object(request))
    imported = queue_import(_user_id(request), wanted)
    response["Location"] = f"{request.path_info}/{imported.pk}"
    return 202, ImportOut.of(imported)


def _addressed(values: Mapping[str, Any]) -> ImportRequest:
    body = validated(AddressIn, values)
    return ImportRequest(
        source=body.source or (urlsplit(body.url).hostname or "")[:200],
        url=body.url,
        format=body.format,
        timezone=body.timezone,
    )


def _uploaded(request: HttpRequest) -> ImportRequest:
    try:
        form, files = request.POST, request.FILES
    except (MultiPartParserError, SuspiciousOperation):
        raise InvalidRequest("The form of the upload is malformed or too large.") from None
    body = validated(
        CalendarIn, {name: form[name] for name in CalendarIn.model_fields if name in form}
    )
    uploads = files.getlist("file")
    if len(uploads) != 1 or "url" in form:
        problem = "give one file; an address belongs into a JSON body"
        raise InvalidRequest(f"The upload is not valid: {problem}.", fields={"file": problem})
    [file] = uploads
    name = clean_line(PurePosixPath((file.name or "").replace("\\\\", "/")).name, 255)
    source = body.source or clean_line(PurePosixPath(name).stem, 200)
    if not source:
        problem = "is needed, since the file has no name"
        raise InvalidRequest(f"source {problem}.", fields={"source": problem})
    _check_size(file.size or 0)
    return ImportRequest(
        source=source,
        stored_name=keep_file(file.chunks()),
        file_name=name,
        content_type=clean_line(file.content_type or "", 200),
        format=body.format,
        timezone=body.timezone,
    )


def _check_size(size: int) -> None:
    most = settings.IMPORT_MAX_MEGABYTES
    if 0 < size <= most * 2**20:
        return
    problem = (
        f"has {size / 2**20:,.1f} MB; at most {most} MB can be imported" if size else "is empty"
    )
    raise InvalidRequest(f"The file {problem}.", fields={"file": problem})


@router.get("/imports", response={200: list[ImportOut], **Errors})
def list_imports(
    request: HttpRequest, response: HttpResponse, page: Query[Page]
) -> list[ImportOut]:
    """My imports, the latest first."""
    mine = Import.objects.filter(user_id=_user_id(request)).order_by("-id")
    return [ImportOut.of(imported) for imported in paginated(request, response, mine, page)]


@router.get("/imports/{import_id}", response={200: ImportOut, 404: ErrorOut, **Errors})
def get_import(request: HttpRequest, import_id: ImportId) -> ImportOut:
    """How far an import is, or what came of it."""
    imported = Import.objects.filter(user_id=_user_id(request), pk=import_id).first()
    if imported is None:
        raise NotFound("There is no such import.")
    return ImportOut.of(imported)


def _user_id(request: HttpRequest) -> int:
    user: User = request.auth  # type: ignore[attr-defined]
    return user.pk
