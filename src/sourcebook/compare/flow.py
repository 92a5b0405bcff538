"""Which data a chapter's values and exhibits are made of, read from its code without running it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sourcebook.core.notebook import EXPRESSION, peek_options, split_options
from sourcebook.core.options import LABEL

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
    "series",
)
# What a book offers that is made of several tables.
_MADE_OF = {
    "graded": ("claims", "verdicts", "evidence"),
    "entries": TABLES,
    "entry": TABLES,
    "evidence_for": ("claims", "evidence"),
    "value": (),
    "cite": (),
}
_ID = re.compile(r"(?:[A-Z]|[a-z]{3}-)\d{2,}")
_MAGIC = re.compile(r"^\s*[%!].*$", re.MULTILINE)

Roots = frozenset[str]


@dataclass(frozen=True)
class Passage:
    """A paragraph as written in a cell, with the roots of the expressions in it."""

    text: str
    place: str
    roots: Roots


@dataclass
class Flow:
    """A chapter's passages, and the roots of its exhibits by label with the cell that draws each.

    Roots are ``table:verdicts``, ``series:brent``, ids of rows (``E031``) and ``code:`` with a cell's place.
    """

    passages: list[Passage] = field(default_factory=list)
    exhibits: dict[str, tuple[str, Roots]] = field(default_factory=dict)


def trace_chapter(name: str, cells: Iterable[Mapping[str, Any]]) -> Flow:
    """Follow names from the book to the values in the text, cell by cell in order."""
    flow, names = Flow(), _Names()
    for number, cell in enumerate(cells, start=1):
        source = cell["source"]
        place = f"{name}, cell {cell.get('id') or number}"
        if cell.get("cell_type") == "code":
            _trace_code(source, place, names, flow)
        elif cell.get("cell_type") == "markdown":
            _trace_text(source, place, names, flow)
    return flow


def _trace_code(source: str, place: str, names: _Names, flow: Flow) -> None:
    roots = names.run(source, f"code:{place}")
    if label := LABEL.of(peek_options(source)):
        flow.exhibits[str(label)] = (place, roots)
    _trace_text(split_options(source)[0], place, names, flow)


def _trace_text(source: str, place: str, names: _Names, flow: Flow) -> None:
    for paragraph in re.split(r"\n\s*\n", source):
        found = (names.read(expression) for expression in EXPRESSION.findall(paragraph))
        roots = frozenset().union(*found)
        flow.passages.append(Passage(EXPRESSION.sub("\0", paragraph), place, roots))


class _Names:
    """What each name of a notebook is made of, as far as the code has been followed."""

    def __init__(self) -> None:
        self._roots: dict[str, set[str]] = defaultdict(set)

    def run(self, source: str, origin: str) -> Roots:
        """Follow the assignments of a cell; the roots of everything in it."""
        try:
            statements = ast.parse(_MAGIC.sub("", source)).body
        except SyntaxError:
            return frozenset((origin,))
        total = {origin}
        for statement in statements:
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                continue
            roots = self._roots_of(statement) | {origin}
            for name in _stored(statement):
                self._roots[name] |= roots
            total |= roots
        return frozenset(total)

    def read(self, expression: str) -> Roots:
        """The roots of an inline expression."""
        try:
            return frozenset(self._roots_of(ast.parse(expression.strip(), mode="eval")))
        except SyntaxError:
            return frozenset()

    def _roots_of(self, tree: ast.AST) -> set[str]:
        roots: set[str] = set()
        cited = {id(part) for call in ast.walk(tree) if _is_call(call, "cite") for part in ast.walk(call)}
        local = set(_local(tree))
        for node in ast.walk(tree):
            if id(node) not in cited and not (isinstance(node, ast.Name) and node.id in local):
                roots |= self._roots_of_node(node)
        return roots

    def _roots_of_node(self, node: ast.AST) -> set[str]:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "book":
            return {f"table:{name}" for name in _MADE_OF.get(node.attr, (node.attr,)) if name != "series"}
        if _is_call(node, "series"):
            assert isinstance(node, ast.Call)
            return {
                f"series:{arg.value}"
                for arg in node.args
                if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            }
        if isinstance(node, ast.Call):
            whole = any(isinstance(arg, ast.Name) and arg.id == "book" for arg in node.args)
            return {f"table:{name}" for name in TABLES} if whole else set()
        if isinstance(node, ast.Name):
            return self._roots[node.id] if node.id in self._roots and node.id != "book" else set()
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return set(_ID.findall(node.value)) if _ID.fullmatch(node.value) else set()
        return set()


def _is_call(node: ast.AST, name: str) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    return getattr(called, "attr", None) == name or getattr(called, "id", None) == name


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
