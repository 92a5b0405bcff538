"""Texts in code that end up before a reader: titles, notes and labels of exhibits, and whatever else reads like words.

Static, so what counts is where a string stands. Read are strings given to a keyword in ``READ`` or as the heading of a
``Column``, whatever they look like; and any other string with at least two words, for labels are often collected in
a dictionary before the chart is drawn. Not read are strings that only pick something: subscripts,
comparisons, docstrings and arguments of functions such as ``query``, ``series`` or ``cite`` (``PICKING``).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sourcebook.core.markup import COMPUTED

READ = re.compile("title|subtitle|notes?|caption|labels?|words|missing|events|unit|legend|text|[xy]label")
PICKING = re.compile(
    "query|eval|series|value|cite|entry|entries|evidence_for|open_book|day|getattr|read_csv|to_datetime|Timestamp"
    "|isin|contains|startswith|endswith|match|fullmatch|search|find|findall|finditer|compile|split|partition|removeprefix"
    "|removesuffix|replace|sub|str[pf]time|eq|ne|lt|le|gt|ge|sort_values|groupby|set_index|drop|pivot|merge"
)
_KEYS = re.compile("sources?|by")
_WORD = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True)
class CodeString:
    """A string of a cell with ``COMPUTED`` for each value put into it; lines count from 1 in the cell."""

    text: str
    first: int
    last: int
    expressions: tuple[str, ...] = ()


def read_strings(source: str) -> list[CodeString]:
    """The strings of a code cell that a reader may see; none when it is not Python, which running it will tell."""
    plain = re.sub(r"^[%!].*$", lambda match: " " * len(match[0]), source, flags=re.MULTILINE)
    try:
        tree = ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return list(_walk(tree, read=False))


def _has_words(text: str) -> bool:
    """Whether there are words in it, and one of them has two letters together."""
    words = text.split()
    return len(words) > 1 and any(map(_WORD.search, words))


def _walk(node: ast.AST, *, read: bool) -> Iterator[CodeString]:
    """All strings below a node; ``read`` when its place says that a reader sees them."""
    step = _STEPS.get(type(node))
    if step:
        yield from step(node, read)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _walk(child, read=read)


def _walk_constant(node: ast.Constant, read: bool) -> Iterator[CodeString]:
    if isinstance(node.value, str) and (read or _has_words(node.value)):
        yield CodeString(node.value, node.lineno, node.end_lineno or node.lineno)


def _walk_joined(node: ast.JoinedStr, read: bool) -> Iterator[CodeString]:
    parts = [part.value if isinstance(part, ast.Constant) else COMPUTED for part in node.values]
    text = "".join(str(part) for part in parts)
    fields = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    if read or _has_words(text):
        expressions = tuple(ast.unparse(field) for field in fields)
        yield CodeString(text, node.lineno, node.end_lineno or node.lineno, expressions)
    for field in fields:
        yield from _walk(field, read=False)


def _walk_call(node: ast.Call, read: bool) -> Iterator[CodeString]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    yield from _walk(node.func, read=read)
    if PICKING.fullmatch(name):
        return
    for place, argument in enumerate(node.args):
        yield from _walk(argument, read=read or (name == "Column" and place == 1))
    for keyword in node.keywords:
        word = keyword.arg or ""
        if not _KEYS.fullmatch(word):
            yield from _walk(keyword.value, read=read or bool(READ.fullmatch(word)))


def _walk_subscript(node: ast.Subscript, read: bool) -> Iterator[CodeString]:
    yield from _walk(node.value, read=read)


def _walk_compare(node: ast.Compare, _read: bool) -> Iterator[CodeString]:
    for side in (node.left, *node.comparators):
        if not isinstance(side, ast.Constant | ast.Tuple | ast.List | ast.Set):
            yield from _walk(side, read=False)


def _walk_dict(node: ast.Dict, read: bool) -> Iterator[CodeString]:
    """A key is read only when it looks like words: it is often an id, and often a label."""
    for key, value in zip(node.keys, node.values, strict=True):
        if key is not None:
            yield from _walk(key, read=False)
        yield from _walk(value, read=read)


def _walk_statement(node: ast.Expr, read: bool) -> Iterator[CodeString]:
    if not isinstance(node.value, ast.Constant):  # which would be a docstring
        yield from _walk(node.value, read=read)


_STEPS: dict[type[ast.AST], Callable[[Any, bool], Iterator[CodeString]]] = {
    ast.Constant: _walk_constant,
    ast.JoinedStr: _walk_joined,
    ast.Call: _walk_call,
    ast.Subscript: _walk_subscript,
    ast.Compare: _walk_compare,
    ast.Dict: _walk_dict,
    ast.Expr: _walk_statement,
}
