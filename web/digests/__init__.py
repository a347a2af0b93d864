"""Mails about new matches of followed searches: written down first, then sent, each once."""

from web.digests.collecting import collect_digests
from web.digests.sending import Sent, send_waiting

__all__ = ["Sent", "collect_digests", "send_waiting"]
