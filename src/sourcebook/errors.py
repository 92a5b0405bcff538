"""The family of errors: one root, one child per phase.

Every error keeps its parts as fields for programs and builds one paragraph for people:
what is wrong, where, what was found, what was expected, what to do next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Issue:
    """One result of a check: what is wrong, where it stands, what was found and expected, what to do.

    ``where`` names file and place as a person would (``data/claims.csv, row 12, column kind``); of what was ``found``
    there several times it is the ``nth``, from zero.
    """

    where: str
    what: str
    found: str = ""
    expected: str = ""
    fix: str = ""
    nth: int = 0

    def __str__(self) -> str:
        details = [f"{label} {text}" for label, text in self._details() if text]
        return f"{self.where}: {self.what}" + (f" ({'; '.join(details)})" if details else "")

    def _details(self) -> tuple[tuple[str, str], ...]:
        return (("found", self.found), ("expected", self.expected), ("to mend:", self.fix))


class SourcebookError(Exception):
    """Anything this library refuses to do, said for people; ``issues`` holds the parts for programs."""

    def __init__(self, summary: str, issues: Sequence[Issue] = ()) -> None:
        self.summary = summary
        self.issues = tuple(issues)
        super().__init__(summary, self.issues)

    def __str__(self) -> str:
        return "\n".join([self.summary, *(f"  - {issue}" for issue in self.issues)])


class ProjectError(SourcebookError):
    """The project itself cannot be used: no ``_quarto.yml``, a chapter is missing, a setting is wrong."""


class LedgerError(SourcebookError):
    """The tables in ``data/`` break their schema or contradict one another."""


class AnchorError(SourcebookError):
    """A passage of the article is not where the ledger says it is, or not what it was."""


class ExecutionError(SourcebookError):
    """A notebook could not be run to its end."""


class RenderError(SourcebookError):
    """An executed notebook could not be turned into a document."""


class EditionError(SourcebookError):
    """A published edition cannot be made, read or trusted."""


class ToolError(SourcebookError):
    """A program or package we rely on is missing, too old or failed."""
