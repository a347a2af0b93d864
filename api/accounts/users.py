"""Accounts: sign up, confirm, recover; and what is mine: to see, change, take along, delete."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Router, Schema
from pydantic import AfterValidator, field_validator

from accounts.models import User
from accounts.registration import (
    change_user,
    delete_user,
    register_user,
    reset_password,
    send_reset,
    send_verification,
    verify_email,
)
from api.accounts.export import export_of
from api.schemas import StatusOut
from core.errors import ErrorOut

router = Router(tags=["accounts"])


def _line(text: str) -> str:
    if any(unicodedata.category(each).startswith("C") for each in text):
        raise ValueError("must not have control characters")
    return text.strip()


Email = Annotated[str, Field(min_length=3, max_length=254), AfterValidator(_line)]
Name = Annotated[str, Field(max_length=150), AfterValidator(_line)]
Username = Annotated[str, Field(min_length=1, max_length=150), AfterValidator(_line)]
Password = Annotated[str, Field(min_length=1, max_length=1024)]
Code = Annotated[str, Field(min_length=1, max_length=1000)]
Refused = {401: ErrorOut, 422: ErrorOut}


class UserIn(Schema):
    """A new account; a username is made up from the e-mail when none is given."""

    email: Email
    password: Password
    username: Name | None = None
    first_name: Name | None = None
    last_name: Name | None = None


class UserPatch(Schema):
    """What is named is changed; `email` and `password` need `current_password` too."""

    email: Email | None = None
    username: Username | None = None
    first_name: Name | None = None
    last_name: Name | None = None
    password: Password | None = None
    current_password: Password | None = None


class UserOut(Schema):
    id: int
    username: str
    email: str
    email_verified: bool
    first_name: str
    last_name: str
    is_staff: bool
    date_joined: datetime

    @classmethod
    def of(cls, user: User) -> UserOut:
        return cls(
            id=user.pk,
            username=user.username,
            email=user.email,
            email_verified=user.email_verified_at is not None,
            first_name=user.first_name,
            last_name=user.last_name,
            is_staff=user.is_staff,
            date_joined=user.date_joined,
        )


class EmailIn(Schema):
    email: Email


class ResetIn(Schema):
    """The code of the mail, and the new password."""

    token: Code
    password: Password

    @field_validator("token")
    @classmethod
    def trimmed(cls, token: str) -> str:
        return token.strip()


@router.post("/users", auth=None, response={201: UserOut, 422: ErrorOut})
def sign_up(request: HttpRequest, body: UserIn) -> tuple[int, UserOut]:
    """A new account. A code that confirms the address is mailed to it."""
    names = {
        "username": body.username or "",
        "first_name": body.first_name or "",
        "last_name": body.last_name or "",
    }
    user = register_user(email=body.email, password=body.password, names=names, now=timezone.now())
    return 201, UserOut.of(user)


@router.post("/users/verify/{token}", auth=None, response={200: StatusOut, **Refused})
def verify(request: HttpRequest, token: str) -> dict[str, str]:
    """Confirms an e-mail address with the code that was mailed to it."""
    verify_email(token, now=timezone.now())
    return {"status": "verified"}


@router.post("/users/resend-verification", auth=None, response={200: StatusOut, 422: ErrorOut})
def resend_verification(request: HttpRequest, body: EmailIn) -> dict[str, str]:
    """Mails the code again; the answer is the same whether or not there is such an account."""
    send_verification(body.email, now=timezone.now())
    return {"status": "sent"}


@router.post("/reset", auth=None, response={200: StatusOut, 422: ErrorOut})
def ask_for_reset(request: HttpRequest, body: EmailIn) -> dict[str, str]:
    """Mails a code for a new password; the same answer whether or not there is such an account."""
    send_reset(body.email, now=timezone.now())
    return {"status": "sent"}


@router.post("/reset/confirm", auth=None, response={200: StatusOut, **Refused})
def confirm_reset(request: HttpRequest, body: ResetIn) -> dict[str, str]:
    """Sets a new password with the mailed code, once; all refresh tokens end."""
    reset_password(body.token, body.password)
    return {"status": "changed"}


@router.get("/users/me", response={200: UserOut, 401: ErrorOut})
def get_me(request: HttpRequest) -> UserOut:
    """My account."""
    return UserOut.of(_user(request))


@router.patch("/users/me", response={200: UserOut, **Refused})
def change_me(request: HttpRequest, body: UserPatch) -> UserOut:
    """Changes what is given. A new address is to be confirmed anew."""
    given = {name: text for name, text in body.model_dump().items() if text is not None}
    return UserOut.of(change_user(_user(request).pk, given, now=timezone.now()))


@router.delete("/users/me", response={204: None, 401: ErrorOut})
def delete_me(request: HttpRequest) -> tuple[int, None]:
    """Deletes my account and everything that belongs to it, for good."""
    delete_user(_user(request))
    return 204, None


@router.get(
    "/users/me/export",
    response={401: ErrorOut},
    openapi_extra={
        "responses": {
            200: {
                "description": "OK",
                "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def export_me(request: HttpRequest) -> HttpResponse:
    """Everything about me, as a zip of JSON files."""
    user = _user(request)
    profile = UserOut.of(user).model_dump(mode="json")
    response = HttpResponse(export_of(user, profile), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="superschedules-export.zip"'
    response["Cache-Control"] = "private, no-store"
    return response


def _user(request: HttpRequest) -> User:
    user: User = request.auth  # type: ignore[attr-defined]
    return user
