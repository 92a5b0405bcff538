"""Notebooks as files, and what their cells say besides code: options and inline expressions.

Options are the ``#| key: value`` lines at the head of a code cell, in Quarto's words. Inline expressions are
`` `{python} expr` `` in Markdown cells and in the texts among a cell's options; their results travel in
``cell.metadata.user_expressions``, the place that Jupyter's own inline extensions use.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from sourcebook.core.markup import EXPRESSION
from sourcebook.errors import ExecutionError, Issue

if TYPE_CHECKING:
    from nbformat import NotebookNode

_OPTION_LINE = re.compile(r"^#\|\s?(.*)$")
# Quarto accepts these Jupyter tags as another spelling of an option.
_TAG_OPTIONS: dict[str, dict[str, Any]] = {
    "remove-cell": {"include": False},
    "remove-input": {"echo": False},
    "hide-input": {"code-fold": True},
    "remove-output": {"output": False},
    "raises-exception": {"error": True},
}
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?^ {0,3}\1`*\s*$", re.MULTILINE | re.DOTALL)
_MARKDOWN_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|$@~^\"'])")


def read_notebook(path: Path, name: str) -> NotebookNode:
    """A notebook file as a version 4 node; ``ExecutionError`` when it is not one."""
    import nbformat  # a build that has nothing to do should not wait for it

    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except FileNotFoundError as error:
        raise ExecutionError("A notebook is missing.", [Issue(name, "no such file")]) from error
    except (ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError) as error:
        found = str(error).strip().splitlines()[0][:200]
        issue = Issue(
            name, "not a readable notebook", found, "Jupyter notebook JSON, format 4", "restore it from git"
        )
        raise ExecutionError("A notebook is malformed.", [issue]) from error
    return notebook


def read_options(cell: Mapping[str, Any], where: str = "cell") -> dict[str, Any]:
    """Options of one notebook cell; the cell's own lines win over its tags.

    Raises ``ExecutionError`` when the lines are not a YAML mapping.
    """
    options: dict[str, Any] = {}
    for tag in cell.get("metadata", {}).get("tags", []):
        options.update(_TAG_OPTIONS.get(tag, {}))
    head, _ = split_options(cell["source"])
    return options | _parse(head, where)


def split_options(source: str) -> tuple[str, str]:
    """The option lines of a cell as YAML text, and the code below them."""
    lines = source.split("\n")
    head: list[str] = []
    for line in lines:
        match = _OPTION_LINE.match(line)
        if not match:
            break
        head.append(match.group(1))
    return "\n".join(head), "\n".join(lines[len(head) :]).strip("\n")


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


def _parse(head: str, where: str) -> dict[str, Any]:
    try:
        options = _load(head) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        issue = Issue(
            where + line,
            "the option lines (#|) are not valid YAML",
            found=getattr(error, "problem", None) or str(error),
            expected="lines such as '#| label: fig-trade'",
            fix="quote texts that hold a colon, or write them as a block after '>-'",
        )
        raise ExecutionError("A cell's options cannot be read.", [issue]) from error
    if not isinstance(options, dict):
        issue = Issue(where, "the option lines (#|) are not 'key: value' pairs", found=head.splitlines()[0])
        raise ExecutionError("A cell's options cannot be read.", [issue])
    return options


@functools.cache
def _load(head: str) -> Any:
    """The YAML of option lines, which are asked for when a cell is planned, run and shown; nobody changes it."""
    return yaml.safe_load(head)


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
