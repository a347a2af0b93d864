"""Errors of an import as a whole.

    ImportFileError
    ├── FileMissing        there is no such file, or it cannot be opened
    ├── FileTooLarge       more bytes than a calendar may have
    ├── FetchFailed        the address did not answer with a file
    │   └── AddressRefused the address is not a public one
    ├── UnknownFormat      neither iCalendar, JSON-LD, JSON nor CSV
    ├── FileBroken         the format is clear, but the content is damaged
    └── NothingFound       the file can be read, but holds no event

Each message is a sentence for the person who runs the import. A damaged entry
inside a sound file is no error: it stands in the report.
"""

from __future__ import annotations


class ImportFileError(Exception):
    """A file that cannot be imported as a whole; nothing of it was stored."""


class FileMissing(ImportFileError):
    """There is nothing to read at this path."""


class FileTooLarge(ImportFileError):
    """The file is beyond the limit."""


class FetchFailed(ImportFileError):
    """The address did not answer with a file; `retry_after` is what it asks for, in seconds."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class AddressRefused(FetchFailed):
    """The address leads into a private network."""


class UnknownFormat(ImportFileError):
    """The content is in no known format."""


class FileBroken(ImportFileError):
    """The content is cut off or malformed."""


class NothingFound(ImportFileError):
    """The file holds no entry that is an event; the message says what it holds."""
