"""Inline expressions: `` `{python} expr` `` in Markdown cells and in the texts among a cell's options.

Results travel in ``cell.metadata.user_expressions``, the place Jupyter's own inline extensions use.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sourcebook.execute.options import read_options
from sourcebook.ledger.markup import EXPRESSION

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?^ {0,3}\1`*\s*$", re.MULTILINE | re.DOTALL)
_MARKDOWN_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|$@~^\"'])")


def find_expressions(cell: Mapping[str, Any]) -> list[str]:
    """The expressions of one cell in reading order, each once: in a Markdown cell, or in a code cell's options."""
    if cell["cell_type"] == "markdown":
        text = _FENCE.sub("", cell["source"])
    elif cell["cell_type"] == "code":
        text = "\n".join(_texts(read_options(cell)))
    else:
        return []
    return list(dict.fromkeys(EXPRESSION.findall(text)))


def substitute_expressions(text: str, results: Mapping[str, str]) -> str:
    """``text`` with each inline expression replaced by its Markdown; fenced code is left alone."""
    return change_outside(_FENCE, text, lambda part: EXPRESSION.sub(lambda m: results[m.group(1)], part))


def read_results(cell: Mapping[str, Any]) -> dict[str, str]:
    """Expression -> Markdown, from the results stored in an executed cell."""
    stored = cell.get("metadata", {}).get("user_expressions", [])
    return {item["expression"]: _markdown(item["result"]["data"]) for item in stored}


def change_outside(kept: re.Pattern[str], text: str, change: Callable[[str], str]) -> str:
    """``text``, what lies between the matches of ``kept`` replaced by what ``change`` makes of it."""
    parts: list[str] = []
    last = 0
    for match in kept.finditer(text):
        parts += [change(text[last : match.start()]), match.group(0)]
        last = match.end()
    return "".join([*parts, change(text[last:])])


def _texts(value: Any) -> Iterator[str]:
    """Every text among the options, lists of captions included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _markdown(data: Mapping[str, str]) -> str:
    """Markdown objects as they are; everything else as plain text, escaped (as Quarto does)."""
    if "text/markdown" in data:
        return data["text/markdown"]
    text = data.get("text/plain", "")
    if text[:1] in "'\"":
        text = str(ast.literal_eval(text))
    return _MARKDOWN_SPECIAL.sub(r"\\\1", text)
