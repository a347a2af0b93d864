"""Merge decisions: which events were merged, why, and a button to undo it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from events.admin.base import ModelAdmin, ReadOnly, as_block
from events.merging.explanation import sentence, taken_over
from events.merging.merge import undo_merge
from events.models import Event, MergeDecision
from events.search_table.vectors import current_embedder


class StandingFilter(admin.SimpleListFilter):
    """Decisions that hold, and those that were undone."""

    title = "state"
    parameter_name = "state"

    def lookups(
        self, request: HttpRequest, model_admin: ModelAdmin[MergeDecision]
    ) -> list[tuple[str, str]]:
        return [("standing", "standing"), ("parted", "undone by a person"), ("over", "over")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[MergeDecision]
    ) -> QuerySet[MergeDecision]:
        match self.value():
            case "standing":
                return queryset.filter(undone_at__isnull=True)
            case "parted":
                return queryset.filter(parted=True)
            case "over":
                return queryset.filter(undone_at__isnull=False, parted=False)
        return queryset


class DeciderFilter(admin.SimpleListFilter):
    """Whether a rule or a person decided."""

    title = "decided by"
    parameter_name = "decider"

    def lookups(
        self, request: HttpRequest, model_admin: ModelAdmin[MergeDecision]
    ) -> list[tuple[str, str]]:
        return [("rule", "rule"), ("person", "a person")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[MergeDecision]
    ) -> QuerySet[MergeDecision]:
        return queryset.filter(by_rule=self.value() == "rule") if self.value() else queryset


@admin.register(MergeDecision)
class MergeDecisionAdmin(ReadOnly, ModelAdmin[MergeDecision]):
    """Decisions are a record: they are read here, or undone, never rewritten."""

    list_display = ("copy_title", "kept_title", "score", "why", "decided", "state", "decided_at")
    list_filter = (StandingFilter, DeciderFilter, "decided_at", "kept__source")
    list_select_related = ("copy", "kept", "decided_by", "undone_by")
    search_fields = ("copy__title", "kept__title")
    date_hierarchy = "decided_at"
    fields = (
        *("copy_link", "kept_link", "why", "score", "taken_over_line", "decided", "decided_at"),
        *("state", "undone_at", "reasons_block"),
    )
    readonly_fields = fields
    actions = ("undo",)
    show_full_result_count = False
    list_per_page = 50
    change_form_template = "admin/events/merge_decision.html"

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page of a decision has the button that undoes it, too."""
        object_id = args[0] if args else kwargs.get("object_id")
        decision = self.get_object(request, object_id) if object_id else None
        if request.method == "POST" and decision and self.has_undo_permission(request):
            self.undo(request, MergeDecision.objects.filter(pk=decision.pk))
            return HttpResponseRedirect(request.path)
        kwargs["extra_context"] = {
            "can_undo": decision is not None
            and decision.undone_at is None
            and self.has_undo_permission(request)
        }
        return super().changeform_view(request, object_id, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: MergeDecision | None = None) -> bool:
        return False

    @admin.action(
        description="Undo: list both again, and never merge them by rule", permissions=["undo"]
    )
    def undo(self, request: HttpRequest, queryset: QuerySet[MergeDecision]) -> None:
        assert isinstance(request.user, User)
        undone = [
            undo_merge(decision, user=request.user, embedder=current_embedder(), now=timezone.now())
            for decision in queryset.order_by("pk")
        ]
        self.message_user(request, f"{sum(undone)} undone.")
        if not all(undone):
            self.message_user(
                request, f"{undone.count(False)} did not stand any more.", messages.WARNING
            )

    def has_undo_permission(self, request: HttpRequest) -> bool:
        """Whoever may change events may part them."""
        return request.user.has_perm("events.change_event")

    @admin.display(description="copy", ordering="copy__title")
    def copy_title(self, decision: MergeDecision) -> str:
        return f"{decision.copy.title} ({decision.copy.source})"

    @admin.display(description="shown as", ordering="kept__title")
    def kept_title(self, decision: MergeDecision) -> str:
        return f"{decision.kept.title} ({decision.kept.source})"

    @admin.display(description="copy")
    def copy_link(self, decision: MergeDecision) -> SafeString:
        return _link(decision.copy)

    @admin.display(description="shown as")
    def kept_link(self, decision: MergeDecision) -> SafeString:
        return _link(decision.kept)

    @admin.display(description="why")
    def why(self, decision: MergeDecision) -> str:
        return sentence(decision.reasons)

    @admin.display(description="took over from the copy")
    def taken_over_line(self, decision: MergeDecision) -> str:
        return taken_over(decision.gave) or "nothing"

    @admin.display(description="decided by", ordering="by_rule")
    def decided(self, decision: MergeDecision) -> str:
        return "rule" if decision.by_rule else str(decision.decided_by or "a person")

    @admin.display(description="state", ordering="undone_at")
    def state(self, decision: MergeDecision) -> str:
        if decision.undone_at is None:
            return "standing"
        if decision.parted:
            return f"undone by {decision.undone_by or 'a person'}, for good"
        return "over: the events changed"

    @admin.display(description="what was compared")
    def reasons_block(self, decision: MergeDecision) -> SafeString:
        return as_block(decision.reasons)


def _link(event: Event) -> SafeString:
    address = reverse("admin:events_event_change", args=[event.pk])
    return format_html(
        '<a href="{}">{}</a>, {}, {}', address, event.title, event.source, event.location
    )
