"""A comparison as data: its changes, what each follows from, and what was too small to list."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sourcebook.core.text import even_out

# What a change is about, the weightiest first: the order in which a reviewer reads them.
KINDS: Mapping[str, str] = {
    "finding": "Findings and judgements",
    "verdict": "Verdicts",
    "stale": "Verdicts gone stale",
    "claim": "Claims",
    "value": "Values in the prose",
    "evidence": "Evidence",
    "source": "Sources",
    "series": "Series",
    "exhibit": "Exhibits",
    "prose": "Prose",
    "chapter": "Chapters",
    "row": "Other tables",
    "settings": "Settings and schema",
    "code": "Code of the chapters",
}

Cells = Mapping[str, str]
_ORDER = {kind: number for number, kind in enumerate(KINDS)}


@dataclass(frozen=True)
class Detail:
    """One thing inside a change, from-to; ``label`` names a column, a cell of a table or a sentence."""

    label: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Change:
    """One entry of a comparison.

    ``kind`` is a key of KINDS, ``what`` happened (added, removed, regraded …), ``subject`` is whom it happened to.
    ``before`` and ``after`` are texts for people. ``size`` says how large the change is in itself, from 0 to 1;
    ``reach`` names what it touches (claims, exhibits, chapters), and is no part of the size.
    """

    kind: str
    what: str
    subject: str
    before: str = ""
    after: str = ""
    where: str = ""
    size: float = 1.0
    reach: tuple[str, ...] = ()
    details: tuple[Detail, ...] = ()
    context: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells this change from every other of the same comparison."""
        return (self.kind, self.subject, self.what, f"{self.where} {self.before} {self.after}")

    @property
    def rank(self) -> tuple[int, float, int, str, str]:
        """Sorts changes: weightiest kind, largest, widest reach, then by name."""
        return (_ORDER[self.kind], -self.size, -len(self.reach), self.subject, self.what)


@dataclass(frozen=True)
class Story:
    """A change with what follows from it, in the order it follows; ``because`` names causes it shares with others."""

    change: Change
    then: tuple[Change, ...] = ()
    because: tuple[Change, ...] = ()

    @property
    def kind(self) -> str:
        """Under which heading a reviewer looks for it: the weightiest kind of its changes."""
        return min((self.change, *self.then), key=lambda change: change.rank).kind


@dataclass(frozen=True)
class Pictures:
    """An exhibit's picture in both states (SVG), empty where there is none."""

    before: bytes = b""
    after: bytes = b""


@dataclass(frozen=True)
class Comparison:
    """Everything that differs between two states: ``stories`` hold each change once, weightiest and largest first.

    ``cosmetic`` counts what says nothing new, by sort; ``notes`` are what a reader must know about the comparison; ``names``
    are those of exhibits, chapters and sources by label, where an edition or the ledger tells them.
    """

    base: str
    head: str
    stories: tuple[Story, ...]
    cosmetic: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    pictures: Mapping[str, Pictures] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def changes(self) -> tuple[Change, ...]:
        """Every change, each story's consequences after its cause."""
        return tuple(change for story in self.stories for change in (story.change, *story.then))


def find_differing(before: Mapping[str, Cells], after: Mapping[str, Cells]) -> list[str]:
    """Names of rows that are in one state only or differ, sorted."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def list_cells(old: Cells, new: Cells) -> list[Detail]:
    """Cells that differ; a column that only one state has is the schema's story unless it says something."""
    names = [*new, *(name for name in old if name not in new)]
    pairs = ((name, old.get(name, ""), new.get(name, "")) for name in names)
    return [Detail(*pair) for pair in pairs if even_out(pair[1]) != even_out(pair[2])]


def one_side(text: str, *, added: bool) -> tuple[str, str]:
    """Before and after of something that came or went."""
    return ("", text) if added else (text, "")


def sides_of(cells: Sequence[Detail]) -> tuple[str, str]:
    """Both sides of a change that is one detail; of several, the details tell."""
    return (cells[0].before, cells[0].after) if len(cells) == 1 else ("", "")


def find_gates(comparison: Comparison, kinds: Collection[str]) -> list[Change]:
    """Changes of these kinds; a value that changed in a finding is a value too, another reason no other verdict."""
    return [
        change for change in comparison.changes
        if change.what in kinds or (change.kind in kinds and change.what != "rationale")
    ]  # fmt: skip
