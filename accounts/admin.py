"""The admin pages of users (Django's own, with the e-mail from the start) and service tokens."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from ninja_jwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.models import ServiceToken, User
from accounts.service_tokens import revoke_service_token

admin.site.site_header = admin.site.site_title = "Superschedules"
admin.site.index_title = "What there is"
# Their pages show refresh tokens, with which anybody could sign in as their users.
admin.site.unregister([BlacklistedToken, OutstandingToken])


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    list_display = ("username", "email", "is_active", "is_staff", "date_joined", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "date_joined", "last_login")
    search_fields = ("username", "email", "first_name", "last_name")
    show_full_result_count = False
    # Every user has an e-mail of their own, so it is asked for at once.
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "email", "usable_password", "password1", "password2"),
            },
        ),
    )


@admin.register(ServiceToken)
class ServiceTokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """Tokens are made by `manage.py service_token`, which shows the key; here they are revoked."""

    list_display = (
        *("name", "prefix", "user", "scopes", "created_at"),
        *("expires_at", "last_used_at", "revoked_at"),
    )
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__username")
    exclude = ("digest",)
    show_full_result_count = False
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description="Revoke the selected tokens", permissions=["delete"])
    def revoke(self, request: HttpRequest, tokens: QuerySet[ServiceToken]) -> None:
        for token in tokens:
            revoke_service_token(token)
        messages.success(request, "The tokens are revoked.")
