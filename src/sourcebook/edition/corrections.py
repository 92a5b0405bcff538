"""``report/corrections.md``: a dated list of changes of substance, and what must stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sourcebook.compare.changes import Change
from sourcebook.core.dates import day, today
from sourcebook.edition.manifest import Manifest
from sourcebook.errors import Issue
from sourcebook.ledger.prose import CORRECTIONS as PATH
from sourcebook.render.source.carried import hash_bytes

_HEADING = re.compile(r"^##\s+(.+?)\s*$")
_ENTRY = re.compile(r"^[-*]\s+(.*)$")


@dataclass(frozen=True)
class Entry:
    """One correction: its day (none when the heading above is no date), its words and its line."""

    day: date | None
    text: str
    line: int

    @property
    def digest(self) -> str:
        """What a later edition knows it by."""
        return hash_bytes(" ".join(self.text.split()).encode())[:12]


def read_corrections(root: Path) -> list[Entry]:
    """The entries of the list: items below a heading that is a date; none without the file."""
    try:
        text = (root / PATH).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    below, found = None, list[tuple[date | None, list[str], int]]()
    for number, line in enumerate(text.splitlines(), start=1):
        heading, entry = _HEADING.match(line), _ENTRY.match(line)
        if heading:
            below = _read_day(heading[1].partition(" {")[0])  # without its attributes
        elif entry:
            found.append((below, [entry[1]], number))
        elif found and line.startswith("  "):
            found[-1][1].append(line.strip())
    return [Entry(when, " ".join(words), line) for when, words, line in found]


def check_corrections(entries: Iterable[Entry]) -> Iterator[Issue]:
    """Entries that have no date."""
    for entry in entries:
        if entry.day is None:
            where = f"{PATH}, line {entry.line}"
            yield Issue(
                where, "a correction without a date", fix=f"put it below a heading like ## {day(today())}"
            )


def check_verdicts(
    published: Manifest, verdicts: Mapping[str, str], entries: Sequence[Entry]
) -> Iterator[Issue]:
    """Verdicts that differ from the published ones and that no new entry names."""
    new = _new_entries(published, entries)
    for name, before in published.verdicts.items():
        after = verdicts.get(name, "withdrawn")
        if before in {after, "pending"} or any(_names(entry, name) for entry in new):
            continue
        fix = f"add under ## {day(today())} the line: - {name}: {before} → {after}, because …"
        yield Issue(PATH, "a changed verdict without a correction", f"{name} {before} → {after}", fix=fix)


def check_findings(
    published: Manifest, changes: Iterable[Change], entries: Sequence[Entry]
) -> Iterator[Issue]:
    """Findings that read otherwise than published, in a chapter that no new entry names."""
    new = _new_entries(published, entries)
    for change in changes:
        chapter = re.split(r" › |, ", change.subject, maxsplit=1)[0]
        if change.kind != "finding" or any(chapter.lower() in entry.text.lower() for entry in new):
            continue
        what = f"{change.before} → {change.after}" if change.what == "value" else change.what
        fix = f"add under ## {day(today())} an entry that names the chapter “{chapter}” and says what changed"
        yield Issue(PATH, "a changed finding without a correction", f"{change.subject}: {what}", fix=fix)


def _new_entries(published: Manifest, entries: Iterable[Entry]) -> list[Entry]:
    """Dated entries that the published edition did not know."""
    return [entry for entry in entries if entry.day and entry.digest not in published.corrections]


def _names(entry: Entry, claim: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(claim)}(?![\w-])", entry.text) is not None


def _read_day(text: str) -> date | None:
    for form in ("%Y-%m-%d", "%d %B %Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  (a day, of no time zone)
        except ValueError:
            continue
    return None
