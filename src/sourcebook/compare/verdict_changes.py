"""What changed in the judgement on claims, and which verdicts no longer judge what stands in the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sourcebook.compare.changes import Change, find_differing, list_cells, one_side
from sourcebook.compare.records import Cells, Data, read_origin, read_reliability
from sourcebook.compare.tokens import similarity
from sourcebook.ledger.cases import Case, Item, digest_case
from sourcebook.ledger.csv_tables import Row
from sourcebook.ledger.sources import Source

# How much of a statement stands, for the size of a change of verdict; verdicts without a place are in the middle.
_STANDS = {"accurate": 1.0, "mostly-accurate": 0.75, "outdated": 0.5, "misleading": 0.25, "inaccurate": 0.0}


def compare_verdicts(before: Mapping[str, Cells], after: Mapping[str, Cells]) -> Iterator[Change]:
    """Verdicts and confidence from-to. A verdict that comes or goes with its claim is part of the claim's story."""
    where = "data/verdicts.csv"
    for name in find_differing(before, after):
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            row, what = (new, "given") if new else (old or {}, "withdrawn")
            sides = one_side(_judgement(row), added=bool(new))
            yield Change("verdict", what, name, *sides, where, 0.5, context=row.get("rationale", ""))
            continue
        cells = {cell.label: cell for cell in list_cells(old, new)}
        reason = (cells["rationale"],) if "rationale" in cells else ()
        if "verdict" in cells:
            size = abs(_STANDS.get(old["verdict"], 0.5) - _STANDS.get(new["verdict"], 0.5)) or 0.25
            sides = _judgement(old), _judgement(new)
            yield Change("verdict", "changed", name, *sides, where, size, details=reason)
        elif "confidence" in cells:
            sides = old["confidence"] or "none", new["confidence"] or "none"
            judged = new["verdict"]
            yield Change("verdict", "confidence", name, *sides, where, 0.1, details=reason, context=judged)
        elif reason:
            size = (1 - similarity(reason[0].before, reason[0].after)) / 10
            yield Change("verdict", "rationale", name, reason[0].before, reason[0].after, where, size)


def find_stale(
    before: Data, after: Data, changes: Sequence[Change], renamed: Mapping[str, str]
) -> Iterator[Change]:
    """Verdicts that were in order and now judge something else. Only claims that something touched can be such."""
    old, new = _Cases(before), _Cases(after)
    back = {name: earlier for earlier, name in renamed.items()}
    for name in sorted(_touched(changes, new)):
        if new.is_stale(name) and not old.is_stale(back.get(name, name)):
            now = new.verdicts[name]["verdict"]
            yield Change("stale", "stale", name, after=now, where="data/verdicts.csv", size=0.5)


class _Cases:
    """Claims of a state with their evidence, as far as staleness needs them."""

    def __init__(self, data: Data) -> None:
        self.claims, self.verdicts = data.rows("claims"), data.rows("verdicts")
        self.evidence = data.rows("evidence")
        self._sources = data.sources
        self._items: dict[str, list[Cells]] = defaultdict(list)
        for row in self.evidence.values():
            self._items[row.get("claim", "")].append(row)

    def is_stale(self, name: str) -> bool:
        """Whether a sealed verdict saw something else than what stands there."""
        claim, verdict = self.claims.get(name), self.verdicts.get(name)
        if not claim or not verdict or not verdict.get("seen") or verdict.get("verdict") == "pending":
            return False
        rows = [
            row for owner in dict.fromkeys((name, self.first_statement(name))) for row in self._items[owner]
        ]
        items = tuple(Item(Row(0, dict(row)), self._source(row["source"]), later=False) for row in rows)
        case = Case(Row(0, dict(claim)), Row(0, dict(verdict)), None, items)
        return digest_case(case) != verdict["seen"]

    def first_statement(self, name: str) -> str:
        """The claim that a claim restates in the end, or itself."""
        seen: set[str] = set()
        while self.claims.get(name, {}).get("repeats") and name not in seen:
            seen.add(name)
            name = self.claims[name]["repeats"]
        return name

    def _source(self, key: str) -> Source:
        row = self._sources.get(key)
        return Source(key, "", "", "", "", "", read_reliability(row), read_origin(row), 0)


def _touched(changes: Iterable[Change], cases: _Cases) -> set[str]:
    """Claims whose words, verdict, evidence or sources changed, and what restates them."""
    touched: set[str] = set()
    for change in changes:
        if change.kind in ("claim", "verdict"):
            touched.add(change.subject)
        elif change.kind == "evidence":
            touched.update(change.reach)
        elif change.kind == "source":
            touched.update(cases.evidence[name]["claim"] for name in change.reach)
    if touched:
        touched |= {name for name in cases.claims if cases.first_statement(name) in touched}
    return touched & cases.claims.keys()


def _judgement(row: Cells) -> str:
    confidence = row.get("confidence", "")
    return row.get("verdict", "") + (f" ({confidence})" if confidence else "")
