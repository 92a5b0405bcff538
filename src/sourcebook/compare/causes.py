"""What follows from what: evidence, then verdicts, then the values and exhibits computed from them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sourcebook.compare.changes import Change, Story
from sourcebook.compare.published import Edition, Roots, Sentence
from sourcebook.compare.records import Cells, Data
from sourcebook.compare.tokens import read_number
from sourcebook.core.text import even_out

Key = tuple[str, str, str, str]
_DERIVED = ("value", "exhibit", "finding")
_JUDGEMENTS = "data/judgements.csv"
_ID = re.compile(r"[a-z]{3}-\d+|[A-Z]\d+")


def tell_stories(changes: Sequence[Change], before: Data, after: Data, edition: Edition) -> list[Story]:
    """Each change once: under the one change it follows from, or by itself with all its causes, weightiest first."""
    placed = [_place(change, edition) for change in changes]
    finder = _Causes([change for change, _ in placed], before, after)
    causes = {change.key: finder.find(change, roots) for change, roots in placed}
    first = {change.key: _first_causes(change, causes) for change, _ in placed}
    follows: dict[Key, list[Change]] = defaultdict(list)
    for change, _ in placed:
        if len(first[change.key]) == 1 and change.key not in first[change.key]:
            follows[next(iter(first[change.key]))].append(change)
    folded = {change.key for group in follows.values() for change in group}
    stories = [
        Story(
            change,
            then=tuple(sorted(follows[change.key], key=_step)),
            because=tuple(sorted(causes[change.key], key=lambda one: one.rank)),
        )
        for change, _ in placed
        if change.key not in folded
    ]
    return sorted(stories, key=_weight)


def _weight(story: Story) -> tuple[object, ...]:
    return min((story.change, *story.then), key=lambda change: change.rank).rank


def _step(change: Change) -> tuple[int, tuple[object, ...]]:
    """Consequences in the order of reasoning: evidence, what is judged by it, what is computed from that."""
    order = {"evidence": 0, "source": 0, "verdict": 1, "stale": 1}
    return order.get(change.kind, 2), change.rank


def _place(change: Change, edition: Edition) -> tuple[Change, Roots]:
    """A computed change with its cell, and what that cell is made of."""
    if change.kind == "exhibit":
        where, roots = edition.exhibits.get(change.subject, (change.where, frozenset[str]()))
        return replace(change, where=where or change.where), roots
    if change.what == "value":
        sentence = edition.find_sentence(change.context)
        if sentence and sentence.cell:
            return replace(change, where=sentence.cell), _roots_of_values(change, sentence)
    if change.kind == "series":
        root = f"series:{change.subject}"
        reach = tuple(label for label, (_, roots) in edition.exhibits.items() if root in roots)
        return replace(change, reach=reach), frozenset()
    return change, frozenset()


def _roots_of_values(change: Change, sentence: Sentence) -> Roots:
    """What the values are made of that changed in a sentence; of all its values, where none has just these digits."""
    printed = {even_out(detail.after) for detail in change.details if detail.label == "value"}
    changed = [value for value in sentence.values if any(text in even_out(value.text) for text in printed)]
    return frozenset().union(*(value.roots for value in changed or sentence.values))


class _Causes:
    """Finds the direct causes of a change among the others."""

    def __init__(self, changes: Sequence[Change], before: Data, after: Data) -> None:
        self.by_root: dict[str, list[Change]] = defaultdict(list)
        self.judgements: dict[str, list[Change]] = defaultdict(list)
        self.by_claim: dict[str, list[Change]] = defaultdict(list)
        self.verdicts: dict[str, Change] = {}
        self.sources: dict[str, list[Change]] = defaultdict(list)
        self.tool = [change for change in changes if change.what == "tool"]
        self.drawn: dict[tuple[str, str], list[Change]] = defaultdict(list)
        self.by_name: dict[str, list[Change]] = defaultdict(list)
        self.claims: dict[str, list[Change]] = defaultdict(list)
        self.evidence = {**before.rows("evidence"), **after.rows("evidence")}
        self.rows: Mapping[str, Cells] = {**before.rows("claims"), **after.rows("claims")}
        for change in changes:
            self._enter(change)

    def find(self, change: Change, roots: Roots) -> list[Change]:
        """The changes this one follows from directly; none for what a person wrote for its own sake.

        The words of an exhibit that came or went follow from that.
        """
        found: list[Change] = []
        if change.kind in ("verdict", "stale"):
            found = self._behind_verdict(change)
        elif change.kind == "evidence":
            found = [
                one for one in self.claims[change.reach[0]] if one.what in ("added", "removed", "renamed")
            ]
        elif change.kind == "source" and change.what in ("added", "removed"):
            found = self.sources[change.subject]
        elif change.kind == "prose":
            found = self.drawn[change.subject.rpartition(" of ")[2], change.what]
        elif change.kind in _DERIVED:
            found = self._behind_print(change) + self._behind_roots(change, roots)
        if change.what == "redrawn" and not found:
            found = self.tool
        unique = {one.key: one for one in found if one.key != change.key}
        mine = _values(change) if change.kind in _DERIVED else frozenset()
        exact = [one for one in unique.values() if mine & _values(one)]
        return exact or list(unique.values())

    def _behind_roots(self, change: Change, roots: Roots) -> list[Change]:
        """What its cell is made of, as far as it can have done this: where all rows that differ are rows of the ledger,
        what happened to those is the cause, and a picture of the same data was drawn by other code or beside other series.
        """
        names = {detail.label.split(",")[0] for detail in change.details}
        if change.kind == "exhibit" and all(map(_ID.fullmatch, names)):
            roots = frozenset(root for root in roots if root.startswith(("code:", "series:")))
        named = [one for name in sorted(names) for one in self.by_name[name] if change.kind == "exhibit"]
        return named + [one for root in sorted(roots) for one in self.by_root.get(root, ())]

    def _behind_print(self, change: Change) -> list[Change]:
        """The key judgements whose words a changed sentence prints."""
        if change.kind != "finding" or change.where == _JUDGEMENTS:
            return []
        texts = {text for text in (change.before, change.after) if text}
        return [one for text in sorted(texts) for one in self.judgements[text]]

    def _enter(self, change: Change) -> None:
        if change.kind in ("claim", "evidence", "verdict", "row", "finding"):
            self.by_name[change.subject.partition(" of ")[0]].append(change)
        for root in _roots_touched(change):
            self.by_root[root].append(change)
        if change.kind == "exhibit":
            self.drawn[change.subject, change.what].append(change)
        elif change.kind in ("evidence", "source"):
            self._enter_evidence(change)
        elif change.kind == "claim":
            self.claims[change.subject].append(change)
            self.by_claim[change.subject].append(change)
        elif change.kind == "verdict":
            self.verdicts[change.subject] = change
        elif change.where == _JUDGEMENTS:
            for text in {side for cell in change.details for side in (cell.before, cell.after)}:
                self.judgements[text].append(change)

    def _enter_evidence(self, change: Change) -> None:
        """Evidence bears on its claims, the grade of a source on those of its evidence."""
        if change.kind == "evidence":
            for name in change.reach:
                self.by_claim[name].append(change)
            if change.what in ("added", "removed"):
                self.sources[self.evidence[change.subject].get("source", "")].append(change)
        elif change.what in ("regraded", "origin"):
            for name in dict.fromkeys(self.evidence[row]["claim"] for row in change.reach):
                self.by_claim[name].append(change)

    def _behind_verdict(self, change: Change) -> list[Change]:
        """What changed in the case; a restatement follows the verdict on the claim it restates."""
        original = self.rows.get(change.subject, {}).get("repeats", "")
        found = list(self.by_claim[change.subject])
        if change.kind == "verdict" and original in self.verdicts:
            return [*found, self.verdicts[original]]
        return [*found, *self.by_claim[original]]


def _values(change: Change) -> frozenset[tuple[float, float]]:
    """The numbers a change is about, from-to: a cause that went the same way is the cause."""
    pairs = [(change.before, change.after), *((cell.before, cell.after) for cell in change.details)]
    numbers = ((read_number(before), read_number(after.split(" ")[0])) for before, after in pairs)
    return frozenset((old, new) for old, new in numbers if old is not None and new is not None)


def _roots_touched(change: Change) -> tuple[str, ...]:
    """What an expression may be made of that this change altered."""
    if change.kind == "series":
        return (f"series:{change.subject}", f"file:{change.where}")
    if change.kind == "row":
        name, _, table = change.subject.rpartition(" of ")
        return (f"table:{table}", f"row:{name}", f"file:{change.where}")
    if change.where == _JUDGEMENTS:
        return ("table:judgements", f"row:{change.subject}", f"file:{change.where}")
    if change.kind == "source":
        return ("table:sources", "table:evidence") if change.what == "regraded" else ("table:sources",)
    if change.kind == "code":
        return tuple(f"code:{change.where}, cell {detail.label}" for detail in change.details)
    if change.kind in ("claim", "evidence", "verdict") and change.what not in (
        "rationale",
        "reworded",
        "moved",
    ):
        table = {"claim": "claims", "evidence": "evidence", "verdict": "verdicts"}[change.kind]
        row = (f"row:{change.subject}",) if change.kind != "verdict" else ()
        return (f"table:{table}", *row, f"file:{change.where}")
    return ()


def _first_causes(change: Change, causes: Mapping[Key, Sequence[Change]]) -> frozenset[Key]:
    """Where a chain of causes begins; itself for a change without any."""
    todo, seen, first = [change], set[Key](), set[Key]()
    while todo:
        one = todo.pop()
        if one.key in seen:
            continue
        seen.add(one.key)
        if causes.get(one.key):
            todo.extend(causes[one.key])
        else:
            first.add(one.key)
    return frozenset(first)
