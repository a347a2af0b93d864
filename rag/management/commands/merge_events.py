from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from core.progress import progress_bar, silent
from events.merging.merge import MergeReport, Proposal, mark_all, merge_copies, preview_merges
from events.models import Event
from rag.embedding import get_backend


class Command(BaseCommand):
    help = (
        "Looks through all events for those that are one happening, and shows each once. "
        "Imports do so for what they change; run this after the rules have changed. "
        "An interrupted run is continued by the next one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    def handle(self, *args: Any, **options: Any) -> None:
        progress = progress_bar if options["verbosity"] else silent
        with progress("comparing", Event.objects.count()) as step:
            if options["dry_run"]:
                proposals = list(preview_merges(on_looked=step))
            else:
                mark_all()
                report = merge_copies(embedder=get_backend(), now=timezone.now(), on_looked=step)
        if not options["dry_run"]:
            self.stdout.write(_summary(report))
            return
        for proposal in proposals:
            self.stdout.write(_line(proposal))
        self.stdout.write(f"{len(proposals):,} changes (dry run: nothing was stored)")


def _summary(report: MergeReport) -> str:
    line = (
        f"{report.looked:,} events compared, {report.merged:,} copies merged,"
        f" {report.parted:,} listed again"
    )
    if not report.left:
        return line
    return f"{line}; {report.left:,} were being changed meanwhile: run this again for them"


def _line(proposal: Proposal) -> str:
    copy, kept = proposal.copy, proposal.kept
    line = f"{copy.title} [{copy.source} {copy.external_id}]"
    if kept is None:
        return f"{line}: listed again: {proposal.why}"
    return f"{line} → {kept.title} [{kept.source} {kept.external_id}]: {proposal.why}"
