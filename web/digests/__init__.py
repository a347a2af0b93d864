"""Mails about new matches of followed searches: stored before they are sent, each sent once."""

from web.digests.collecting import collect_digests
from web.digests.sending import Sent, send_waiting

__all__ = ["Sent", "collect_digests", "send_waiting"]
