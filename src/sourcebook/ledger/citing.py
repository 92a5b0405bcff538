"""Claims as notebooks cite them in the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class Markdown(str):
    """Text that a notebook shows as Markdown."""

    def _repr_markdown_(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Citation:
    """One or several claims, each with its verdict, cited in the text: Markdown links to their entries."""

    judged: Sequence[tuple[str, str]]

    def _repr_markdown_(self) -> str:
        return ", ".join(link_to(*pair) for pair in self.judged)

    def __str__(self) -> str:
        return ", ".join(claim for claim, _ in self.judged)


def link_to(claim: str, verdict: str) -> str:
    """A link to the entry of a claim; the span's attribute says its verdict to programs."""
    return f'[{claim}](#claim-{claim}){{.claim verdict="{verdict}"}}'
