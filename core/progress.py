"""How long work tells how far it is, the bar that shows it, and how it is told to end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import FrameType

from tqdm import tqdm

# A stage gives out a function that is called with the number of things done since.
# A total of 0 is one that nobody knows beforehand.
Progress = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]


def silent(stage: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
    """Shows nothing."""
    return nullcontext(lambda count: None)


@contextmanager
def progress_bar(stage: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on the terminal; nothing where there is none."""
    with tqdm(total=total or None, desc=stage, disable=None) as bar:

        def step(count: int) -> None:
            bar.update(count)

        yield step


class Stopped(Exception):
    """The work was told to end and did so between two steps; what is stored stays."""


def stopping(stop: threading.Event) -> Progress:
    """Shows nothing, but raises `Stopped` between two steps once `stop` is set."""

    def step(count: int) -> None:
        if stop.is_set():
            raise Stopped

    def progress(stage: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        step(0)
        return nullcontext(step)

    return progress


@contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """Set by the first SIGTERM or SIGINT; a second one ends the process at once."""
    stop = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise SystemExit(128 + number)
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    theirs = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in theirs.items():
            signal.signal(number, handler)
