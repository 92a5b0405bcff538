"""Cell options: the ``#| key: value`` lines at the head of a code cell, in Quarto's words."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

import yaml

from sourcebook.errors import ExecutionError, Issue

_OPTION_LINE = re.compile(r"^#\|\s?(.*)$")
# Quarto accepts these Jupyter tags as another spelling of an option.
_TAG_OPTIONS: dict[str, dict[str, Any]] = {
    "remove-cell": {"include": False},
    "remove-input": {"echo": False},
    "hide-input": {"code-fold": True},
    "remove-output": {"output": False},
    "raises-exception": {"error": True},
}


def read_options(cell: Mapping[str, Any], where: str = "cell") -> dict[str, Any]:
    """Options of one notebook cell; the cell's own lines win over its tags.

    Raises ``ExecutionError`` when the lines are not a YAML mapping.
    """
    options: dict[str, Any] = {}
    for tag in cell.get("metadata", {}).get("tags", []):
        options.update(_TAG_OPTIONS.get(tag, {}))
    head, _ = split_options(cell["source"])
    return options | _parse(head, where)


@functools.cache
def _load(head: str) -> Any:
    """The YAML of option lines, which are asked for when a cell is planned, run and shown; nobody changes it."""
    return yaml.safe_load(head)


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
