"""A claim's story over the history of the repository: added, evidence, verdicts from-to, with days and commits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from sourcebook.compare.changes import Change
from sourcebook.compare.ledger_changes import compare_ledgers, find_renamed
from sourcebook.compare.records import SOURCES, Data, read_data
from sourcebook.compare.trees import Tree, check_history, read_blobs, read_folder, resolve_paths, run_git
from sourcebook.core.text import nearest
from sourcebook.errors import LedgerError

_PATHS = ("data/claims.csv", "data/evidence.csv", "data/verdicts.csv", SOURCES)
NOW = "not committed"


@dataclass(frozen=True)
class Event:
    """Changes of one claim in one commit: its short id, its day (ISO) and the first line of its message."""

    commit: str
    day: str
    message: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class _Commit:
    id: str
    parents: tuple[str, ...]
    day: str
    message: str


def tell_history(root: Path, claim: str) -> list[Event]:
    """The events of a claim, oldest first; under the ids it had before, too. What is not committed yet comes last.

    Raises LedgerError with the nearest names when no state has the claim, ProjectError when there is no history.
    """
    check_history(root)
    commits = list(_list_commits(root))
    states = _States(root, commits)
    events: list[Event] = []
    now = states.read_now()
    newest = states.read(commits[0].id) if commits else Data({}, {})
    name = claim
    for commit, after, befores in [
        (_Commit("", (), "", NOW), now, [newest]),
        *(
            (commit, states.read(commit.id), [states.read(one) for one in commit.parents])
            for commit in commits
        ),
    ]:
        changes = _find_common(befores or [Data({}, {})], after, name)
        if changes:
            events.append(Event(commit.id[:7], commit.day, commit.message, tuple(changes)))
        name = next((change.before for change in changes if change.what == "renamed"), name)
    if not events:
        known = now.rows("claims")
        advice = nearest(claim, known)
        raise LedgerError(f"No state of the ledger has a claim {claim}" + (f"; {advice}" if advice else "."))
    return events[::-1]


def _list_commits(root: Path) -> Iterator[_Commit]:
    """Commits that touched the ledger, newest first."""
    form = "--format=%H%x1f%P%x1f%as%x1f%s"
    for line in (
        run_git(root, "log", "--topo-order", form, "--", *_PATHS).decode(errors="replace").splitlines()
    ):
        name, parents, day, message = line.split("\x1f", 3)
        yield _Commit(name, tuple(parents.split()), day, message)


def _find_common(befores: Iterable[Data], after: Data, name: str) -> list[Change]:
    """What changed for a claim against every parent: what a merge only brings in is told by its own commit."""
    found = [_compare_claim(before, after, name) for before in befores]
    return [
        change for change in found[0] if all(change.key in {one.key for one in other} for other in found[1:])
    ]


def _compare_claim(before: Data, after: Data, name: str) -> list[Change]:
    claims = before.rows("claims"), after.rows("claims")
    if name not in claims[0] and name not in claims[1]:
        return []
    renamed = {} if name in claims[0] and name in claims[1] else find_renamed(*claims)
    earlier = next((old for old, new in renamed.items() if new == name), name)
    return compare_ledgers(_only(before, earlier), _only(after, renamed.get(name, name)))


def _only(data: Data, name: str) -> Data:
    """The ledger with nothing in it but a claim, its evidence with its sources, and its verdict."""
    wanted = {"claims": "id", "evidence": "claim", "verdicts": "claim"}
    tables = {}
    for table, column in wanted.items():
        if table in data.tables:
            rows = {key: row for key, row in data.tables[table].rows.items() if row.get(column) == name}
            tables[table] = replace(data.tables[table], rows=rows)
    used = {row.get("source") for row in tables["evidence"].rows.values()} if "evidence" in tables else set()
    return Data(tables, {key: source for key, source in data.sources.items() if key in used})


class _States:
    """Ledgers of many commits; each content is read from git and parsed once."""

    def __init__(self, root: Path, commits: Iterable[_Commit]) -> None:
        self.root = root
        names = {name for commit in commits for name in (commit.id, *commit.parents)}
        self._blobs = resolve_paths(root, sorted(names), _PATHS)
        ids = {blob for files in self._blobs.values() for blob in files.values()}
        self._contents = read_blobs(root, ids)
        self._parse = lru_cache(maxsize=64)(self._parse_files)

    def read(self, commit: str) -> Data:
        """The ledger of a commit, without the tables it does not have."""
        return self._parse(tuple(sorted(self._blobs.get(commit, {}).items())))

    def read_now(self) -> Data:
        """The ledger of the working tree."""
        tree = read_folder(self.root, NOW)
        return read_data(Tree(NOW, _pick(tree.files)))

    def _parse_files(self, files: tuple[tuple[str, str], ...]) -> Data:
        try:
            return read_data(Tree("a commit", {path: self._contents[blob] for path, blob in files}))
        except LedgerError:
            return Data({}, {})  # a commit in the middle of a merge tells nothing


def _pick(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {path: files[path] for path in _PATHS if path in files}
