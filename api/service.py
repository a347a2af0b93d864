"""Whether the service is alive."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from api.schemas import StatusOut

router = Router(tags=["service"])


@router.get("/live", auth=None, response=StatusOut)
def live(request: HttpRequest) -> dict[str, str]:
    """The process answers; nothing else is asked."""
    return {"status": "ok"}
