"""Lineage: which tables, series, rows, files and cells a chapter's values and exhibits rest on.

The code of the executed cells is followed from assignment to assignment, without running it. A ledger is known by the
call that opened it (``open_book`` of ``sourcebook.ledger``), whatever names the notebook gives to it and to its methods.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

OPENER = "open_book"
TABLES = (
    "claims",
    "evidence",
    "verdicts",
    "judgements",
    "tensions",
    "origins",
    "events",
    "stances",
    "sources",
)
# What a book offers that is made of other tables than its name says.
_MADE_OF = {
    "graded": ("claims", "verdicts", "evidence"),
    "entries": TABLES,
    "entry": TABLES,
    "evidence_for": ("claims", "evidence"),
    "article": (),
    "series": (),
    "value": (),
    "cite": (),
}
_ID = re.compile(r"(?:[A-Z]|[a-z]{3}-)\d{2,}")
_MAGIC = re.compile(r"^[ \t]*[%!].*$", re.MULTILINE)
_BOOK = "book"


@dataclass(frozen=True)
class Lineage:
    """What something is computed from: names of tables and series, ids of rows, files by their path, ids of cells."""

    tables: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()


@dataclass
class CodeReader:
    """Follows the cells of one notebook in order; ``files`` are those it opened, by path relative to the project."""

    files: Collection[str] = ()
    _origins: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    # Names that stand for the function that opens a ledger, for a ledger, or for a method of one.
    _meanings: dict[str, str] = field(default_factory=dict)

    def run(self, source: str, cell: str) -> Lineage:
        """Follow the assignments of a code cell; the lineage of everything in it.

        Code that is no Python may use any file that was opened.
        """
        origin = ("cells", cell)
        total = {origin}
        try:
            statements = ast.parse(_MAGIC.sub("", source)).body
        except SyntaxError:
            return _sort(total | {("files", path) for path in self.files})
        for statement in statements:
            self._name(statement)
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                continue
            found = self._find(statement) | {origin}
            for name in _stored(statement):
                self._origins[name] |= found
            total |= found
        return _sort(total)

    def read(self, expression: str) -> Lineage:
        """The lineage of an inline expression, as things stand after the cells that were run.

        Code that is no Python may use any file that was opened.
        """
        try:
            return _sort(self._find(ast.parse(expression.strip(), mode="eval")))
        except SyntaxError:
            return Lineage(files=tuple(self.files))

    def _name(self, statement: ast.stmt) -> None:
        """Remember which names come to stand for a ledger, a method of one, or what opens one."""
        if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("sourcebook"):
            for alias in statement.names:
                if alias.name == OPENER:
                    self._meanings[alias.asname or alias.name] = OPENER
        for node in ast.walk(statement):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._bind(target, node.value)
            elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value:
                self._bind(node.target, node.value)

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for part, one in zip(target.elts, value.elts, strict=False):
                self._bind(part, one)
        elif isinstance(target, ast.Name):
            self._meanings[target.id] = self._meaning(value)

    def _meaning(self, node: ast.expr) -> str:
        """``book`` for a ledger, ``book.NAME`` for an attribute of one, ``open_book`` for its opener; else empty."""
        if isinstance(node, ast.Name):
            return self._meanings.get(node.id, "")
        if isinstance(node, ast.Call):
            return _BOOK if self._meaning(node.func) == OPENER else ""
        if isinstance(node, ast.Attribute):
            if node.attr == OPENER:
                return OPENER
            return f"{_BOOK}.{node.attr}" if self._meaning(node.value) == _BOOK else ""
        return ""

    def _find(self, tree: ast.AST) -> set[tuple[str, str]]:
        found: set[tuple[str, str]] = set()
        cited = {
            id(part)
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and self._meaning(call.func) == f"{_BOOK}.cite"
            for part in ast.walk(call)
        }
        local = set(_local(tree))
        for node in ast.walk(tree):
            if id(node) not in cited and not (isinstance(node, ast.Name) and node.id in local):
                found |= self._find_at(node)
        return found

    def _find_at(self, node: ast.AST) -> set[tuple[str, str]]:
        if isinstance(node, ast.Call):
            return self._find_call(node)
        if isinstance(node, ast.Attribute):
            return _tables_of(self._meaning(node))
        if isinstance(node, ast.Name):
            meaning = self._meaning(node)
            return set() if meaning == _BOOK else _tables_of(meaning) | self._origins.get(node.id, set())
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self._find_named(node.value)
        return set()

    def _find_call(self, node: ast.Call) -> set[tuple[str, str]]:
        """A series by its name; whatever is handed the whole ledger may use all of it."""
        if self._meaning(node.func) == f"{_BOOK}.series":
            names = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            return {("series", name) for name in names if isinstance(name, str)}
        whole = any(self._meaning(arg) == _BOOK for arg in node.args)
        return {("tables", name) for name in TABLES} if whole else set()

    def _find_named(self, text: str) -> set[tuple[str, str]]:
        """A row by its id, or a file the notebook opened by its path as written."""
        if _ID.fullmatch(text):
            return {("rows", text)}
        tail = "/".join(part for part in PurePosixPath(text).parts if part not in ("..", ".", "/"))
        found = [path for path in self.files if "." in tail and f"/{path}".endswith(f"/{tail}")]
        return {("files", path) for path in found[:1]}


def _tables_of(meaning: str) -> set[tuple[str, str]]:
    if not meaning.startswith(f"{_BOOK}."):
        return set()
    name = meaning.removeprefix(f"{_BOOK}.")
    return {("tables", table) for table in _MADE_OF.get(name, (name,))}


def _sort(found: set[tuple[str, str]]) -> Lineage:
    kinds: dict[str, list[str]] = defaultdict(list)
    for kind, name in sorted(found):
        kinds[kind].append(name)
    return Lineage(**{kind: tuple(names) for kind, names in kinds.items()})


def _stored(statement: ast.stmt) -> Iterator[str]:
    """Names a statement gives a meaning to, or changes a part of."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        yield statement.name
        return
    local = set(_local(statement))
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            if node.id not in local:
                yield node.id
        elif isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            base: ast.expr = node.value
            while isinstance(base, (ast.Subscript, ast.Attribute)):
                base = base.value
            if isinstance(base, ast.Name):
                yield base.id


def _local(tree: ast.AST) -> Iterator[str]:
    """Names that mean something inside a comprehension or a function only."""
    for node in ast.walk(tree):
        if isinstance(node, ast.comprehension):
            yield from (part.id for part in ast.walk(node.target) if isinstance(part, ast.Name))
        elif isinstance(node, ast.arg):
            yield node.arg
