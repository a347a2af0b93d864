"""How long work tells how far it is, and the bar that shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

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
