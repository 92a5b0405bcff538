"""What changed in the ledger: claims, evidence, verdicts, publications."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from sourcebook.compare.changes import Change, Detail, find_differing, list_cells, one_side, sides_of
from sourcebook.compare.records import SOURCES, Cells, Data, read_origin, read_reliability
from sourcebook.compare.tokens import similarity
from sourcebook.compare.verdict_changes import compare_verdicts, find_stale

_WORDS = ("claim",)
_PLACE = ("passage", "digest")


def compare_ledgers(before: Data, after: Data) -> list[Change]:
    """Changes of claims, evidence, verdicts and sources; claims whose id changed are followed, not listed twice."""
    renamed = find_renamed(before.rows("claims"), after.rows("claims"))
    citing = _citing(after)
    changes = [
        *(
            Change("claim", "renamed", new, old, new, "data/claims.csv", 0.1, reach=citing.get(new, ()))
            for old, new in renamed.items()
        ),
        *_compare_claims(_follow(before.rows("claims"), renamed), after.rows("claims"), citing),
        *_compare_evidence(before, after, renamed),
        *compare_verdicts(_follow(before.rows("verdicts"), renamed), after.rows("verdicts")),
        *_compare_sources(before, after),
    ]
    return [*changes, *find_stale(before, after, changes, renamed)]


def find_renamed(before: Mapping[str, Cells], after: Mapping[str, Cells]) -> dict[str, str]:
    """Old ids and new ones of claims that have the same place and words under another id."""
    places: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name in after.keys() - before.keys():
        places[_identity(after[name])].append(name)
    renamed = {}
    for name in sorted(before.keys() - after.keys()):
        found = places.get(_identity(before[name]), [])
        if len(found) == 1:
            renamed[name] = found[0]
    return renamed


def _identity(claim: Cells) -> tuple[str, ...]:
    return tuple(claim.get(name, "") for name in ("passage", "digest", "claim"))


def _follow(rows: Mapping[str, Cells], renamed: Mapping[str, str]) -> dict[str, Cells]:
    """Rows of the old state under the ids of the new one."""
    if not renamed:
        return dict(rows)
    links = ("id", "claim", "repeats")
    return {
        renamed.get(name, name): {
            column: renamed.get(text, text) if column in links else text for column, text in cells.items()
        }
        for name, cells in rows.items()
    }


def _citing(data: Data) -> dict[str, tuple[str, ...]]:
    """Claims that restate a claim."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, claim in data.rows("claims").items():
        if claim.get("repeats"):
            found[claim["repeats"]].append(name)
    return {name: tuple(others) for name, others in found.items()}


def _compare_claims(
    before: Mapping[str, Cells], after: Mapping[str, Cells], citing: Mapping[str, tuple[str, ...]]
) -> Iterator[Change]:
    where = "data/claims.csv"
    for name in find_differing(before, after):
        old, new, reach = before.get(name), after.get(name), citing.get(name, ())
        if old is None or new is None:
            sides = one_side((new or old or {})["claim"], added=bool(new))
            yield Change("claim", "added" if new else "removed", name, *sides, where, 1.0, reach)
            continue
        cells = list_cells(old, new)
        for what, names in (("reworded", _WORDS), ("moved", _PLACE)):
            inside = [cell for cell in cells if cell.label in names]
            if inside:
                size = 1 - similarity(inside[0].before, inside[0].after)
                yield Change("claim", what, name, inside[0].before, inside[0].after, where, size, reach)
        coded = tuple(cell for cell in cells if cell.label not in (*_WORDS, *_PLACE))
        if coded:
            size = len(coded) / max(len(new), 1)
            yield Change("claim", "re-coded", name, *sides_of(coded), where, size, reach, coded)


def _compare_evidence(before: Data, after: Data, renamed: Mapping[str, str]) -> Iterator[Change]:
    olds, news = _follow(before.rows("evidence"), renamed), after.rows("evidence")
    where = "data/evidence.csv"
    for name in find_differing(olds, news):
        old, new = olds.get(name), news.get(name)
        if old is None or new is None:
            row, data = (new, after) if new else (old or {}, before)
            sides = one_side(f"{row['stance']}, {_grade(row, data)}, {row['source']}", added=bool(new))
            what, context = "added" if new else "removed", row.get("says", "")
            yield Change("evidence", what, name, *sides, where, 1.0, (row["claim"],), context=context)
            continue
        reach = tuple(dict.fromkeys((new["claim"], old["claim"])))
        cells = list_cells(old, new)
        grades = _grade(old, before), _grade(new, after)
        if {"source", "credibility"} & {cell.label for cell in cells} and grades[0] != grades[1]:
            size = abs(_points(grades[0]) - _points(grades[1])) / 10
            yield Change("evidence", "regraded", name, *grades, where, size, reach)
            cells = [cell for cell in cells if cell.label != "credibility"]
        if cells:
            size = max(_size_of(cell) for cell in cells)
            yield Change("evidence", "changed", name, *sides_of(cells), where, size, reach, tuple(cells))


def _compare_sources(before: Data, after: Data) -> Iterator[Change]:
    users: dict[str, list[str]] = defaultdict(list)
    for name, row in after.rows("evidence").items():
        users[row.get("source", "")].append(name)
    for key in sorted(before.sources.keys() | after.sources.keys()):
        old, new, reach = before.sources.get(key), after.sources.get(key), tuple(users.get(key, ()))
        if old == new:
            continue
        if old is None or new is None:
            row = new or old or {}
            title = f"{row.get('title', '')} ({read_reliability(row)})"
            sides = one_side(title, added=bool(new))
            yield Change("source", "added" if new else "removed", key, *sides, SOURCES, 1.0, reach)
            continue
        grades = read_reliability(old), read_reliability(new)
        if grades[0] != grades[1]:
            size = abs(_points(grades[0]) - _points(grades[1])) / 10
            yield Change("source", "regraded", key, *grades, SOURCES, size, reach)
        if read_origin(old) != read_origin(new):
            sides = read_origin(old), read_origin(new)
            yield Change("source", "origin", key, *sides, SOURCES, 0.5, reach)
        rest = tuple(list_cells(_flat(old), _flat(new)))
        if rest:
            yield Change("source", "changed", key, *sides_of(rest), SOURCES, 0.1, reach, rest)


def _flat(source: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in source.items() if name != "custom"}


def _grade(row: Cells, data: Data) -> str:
    return f"{read_reliability(data.sources.get(row.get('source', '')))}{row.get('credibility', '')}"


def _points(grade: str) -> int:
    """Steps from the best grade, letter and figure together; only for the size of a change."""
    return sum("ABCDEF".find(mark) if mark.isalpha() else int(mark) for mark in grade if mark.isalnum())


def _size_of(cell: Detail) -> float:
    if cell.label == "stance":
        return 1.0
    return 1 - similarity(cell.before, cell.after)
