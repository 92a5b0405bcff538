"""What can be said about the published edition without building anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sourcebook.edition.corrections import Entry, check_corrections, check_verdicts, read_corrections
from sourcebook.edition.manifest import Manifest, check_age, check_outputs, read_manifest
from sourcebook.errors import Issue, LedgerError, ProjectError
from sourcebook.ledger.load import Ledger, read_ledger
from sourcebook.render.source.project import read_project


def check_edition(root: Path) -> list[Issue]:
    """Whether the published edition is whole, as young as its inputs, and its changes are accounted for.

    A project that has published nothing yet is asked for its chapters only.
    """
    published, issues = read_manifest(root)
    entries = read_corrections(root)
    issues += check_corrections(entries)
    if published is None:
        return [*issues, *_check_settings(root)]
    return [
        *issues,
        *check_outputs(root, published),
        *check_age(root, published),
        *_check_judged(root, published, entries),
    ]


def list_verdicts(ledger: Ledger) -> dict[str, str]:
    """The verdict on each claim."""
    return {row["claim"]: row["verdict"] for row in ledger.rows("verdicts")}


def _check_settings(root: Path) -> list[Issue]:
    try:
        read_project(root)
    except ProjectError as error:
        return list(error.issues)
    return []


def _check_judged(root: Path, published: Manifest, entries: list[Entry]) -> Iterator[Issue]:
    try:
        verdicts = list_verdicts(read_ledger(root))
    except LedgerError:
        return  # a ledger that cannot be read is named by its own checks
    yield from check_verdicts(published, verdicts, entries)
