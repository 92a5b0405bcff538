"""The ledger: read, validate, locate and grade the claims of a project. Draws nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sourcebook.core.dates import day
from sourcebook.core.numbers import format_number as number
from sourcebook.core.numbers import percent, share
from sourcebook.core.text import escape, in_words, listing
from sourcebook.ledger.agreement import alpha

if TYPE_CHECKING:
    from sourcebook.ledger.book import Book, open_book

__all__ = ["Book", "alpha", "day", "escape", "in_words", "listing", "number", "open_book", "percent", "share"]


def __getattr__(name: str) -> Any:
    """pandas takes most of a second to import; commands that need no frames do without it."""
    if name in ("Book", "open_book"):
        from sourcebook.ledger import book

        return getattr(book, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
