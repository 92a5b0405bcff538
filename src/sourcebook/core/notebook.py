"""Notebooks as files, and what their cells say besides code: options and inline expressions.

Options are the ``#| key: value`` lines at the head of a code cell, in Quarto's words. Inline expressions are
`` `{python} expr` `` in Markdown cells and in the texts among a cell's options; their results travel in
``cell.metadata.user_expressions``, the place that Jupyter's own inline extensions use.
"""

from __future__ import annotations

import ast
import functools
import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from sourcebook.core.options import CODE_FOLD, ECHO, ERROR, INCLUDE, OUTPUT
from sourcebook.core.yaml_text import load_yaml
from sourcebook.errors import ExecutionError, Issue

EXPRESSION = re.compile(r"(?<!`)`\{python\}\s+([^`]+?)\s*`(?!`)")
# As black and ruff write it, "# |" opens an option too, but a comment may begin so: its first line must name a key.
_OPTION_LINE = re.compile(r"^# ?\|[ \t]?(.*)$")
_FIRST_LINE = re.compile(r"^(?:#\||# \| ?[A-Za-z][\w-]*:)")
# A word of another tool, such as nbdev's "#| export": a comment here.
_DIRECTIVE = re.compile(r"^#\| ?[A-Za-z_][\w.-]*(?: [\w.-]+)*[ \t]*$")
_KEY = re.compile(r"^[A-Za-z][\w-]*:(?=\s|$)")
# What of an option's line is no text of it: the comment signs, the name, the sign of a block.
_OPENING = re.compile(r"^# ?\|[ \t]?(?:[A-Za-z][\w-]*:(?=\s|$)(?:[ \t]*[>|][-+]?[ \t]*$)?)?")
# Quarto accepts these Jupyter tags as another spelling of an option.
_TAG_OPTIONS: dict[str, dict[str, Any]] = {
    "remove-cell": {INCLUDE.name: False},
    "remove-input": {ECHO.name: False},
    "hide-input": {CODE_FOLD.name: True},
    "remove-output": {OUTPUT.name: False},
    "raises-exception": {ERROR.name: True},
}
_MARKDOWN_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|$@~^\"'])")


@dataclass(frozen=True)
class OptionLines:
    """One option as written at the head of a cell: its name, its lines, and the number of the first one, from 0."""

    name: str
    first: int
    lines: tuple[str, ...]

    @property
    def texts(self) -> list[str]:
        """The lines in place, with blanks for comment signs, for the name and for the sign of a block."""
        return [_OPENING.sub(lambda match: " " * len(match[0]), line) for line in self.lines]


def match_fences(info: str = "") -> re.Pattern[str]:
    """What finds fenced code in Markdown; with ``info``, a pattern, only that whose first line continues so."""
    opening = r"^ {0,3}(`{3,}+(?![^\n]*`)|~{3,}+)"
    return re.compile(rf"{opening}{info}.*?^ {{0,3}}\1[`~]*[ \t]*$", re.MULTILINE | re.DOTALL)


FENCED = match_fences()
CODE_SPAN = r"(?<!`)(?P<ticks>`+)(?!`)(?:.(?!\n\s*\n))*?(?<!`)(?P=ticks)(?!`)"
"""Code amid words, no further than its paragraph: a part of patterns in which a dot is any sign."""


def parse_notebook(content: str | bytes) -> dict[str, Any]:
    """A notebook file as its JSON has it, the source of each cell as one text: quickly, and however old it is.

    Raises ``ValueError`` when it is no notebook.
    """
    notebook = json.loads(content)
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise ValueError("it has no list of cells")
    for cell in cells:
        source = cell.get("source") or ""
        texts = source if isinstance(source, list) else [source]
        if not all(isinstance(text, str) for text in texts):
            raise ValueError("the source of a cell is no text")
        cell["source"] = "".join(texts)
    return notebook


def read_language(metadata: Mapping[str, Any]) -> str:
    """The language of a notebook's code, as highlighters call it; Python where its metadata name none."""
    kernel, language = (metadata.get(name) or {} for name in ("kernelspec", "language_info"))
    found = str(kernel.get("language") or language.get("name") or "").lower()
    return found if re.fullmatch(r"[a-z0-9+#]+", found) else "python"


def read_options(cell: Mapping[str, Any], where: str = "cell") -> dict[str, Any]:
    """Options of one notebook cell; the cell's own lines win over its tags.

    Raises ``ExecutionError`` when the lines are not a YAML mapping.
    """
    options: dict[str, Any] = {}
    metadata = cell.get("metadata", {})
    for tag in metadata.get("tags", []):
        options.update(_TAG_OPTIONS.get(str(tag).replace("_", "-"), {}))
    if metadata.get("hide_input") is True or (metadata.get("jupyter") or {}).get("source_hidden") is True:
        options[CODE_FOLD.name] = True  # as it is in Jupyter, where a click shows it
    head, _ = split_options(cell["source"])
    return options | _parse(head, where)


def peek_options(source: str) -> dict[str, Any]:
    """The options among a cell's lines; none where they cannot be read, which running the cell tells."""
    try:
        return _parse(split_options(source)[0], "cell")
    except ExecutionError:
        return {}


def split_options(source: str) -> tuple[str, str]:
    """The option lines of a cell as YAML text, and the code below them."""
    lines = source.split("\n")
    head = _take_head(lines)
    code = [*find_directives(source), *lines[len(head) :]]
    return "\n".join(head), "\n".join(code).strip("\n")


def find_directives(source: str) -> list[str]:
    """The lines among a cell's options that are none: words of another tool, which stay comments of the code."""
    lines = source.split("\n")
    if options := len(_take_head(lines)):
        return [line for line in lines[:options] if _DIRECTIVE.match(line)]
    return list(itertools.takewhile(lambda line: line.startswith("#|") and line[2:].strip(), lines))


def join_options(head: str, code: str) -> str:
    """The source of a cell from YAML text and code."""
    return "\n".join([*(f"#| {line}" for line in head.split("\n") if head), code])


def list_options(source: str) -> list[OptionLines]:
    """The options of a cell as they are written, each with the lines that continue it."""
    lines = source.split("\n")
    head = _take_head(lines)
    starts = [number for number, text in enumerate(head) if _KEY.match(text)]
    return [
        OptionLines(head[start].partition(":")[0], start, tuple(lines[start:end]))
        for start, end in itertools.pairwise([*starts, len(head)])
    ]


def drop_options(source: str, is_dropped: Callable[[str], bool]) -> str:
    """The source of a cell without the lines of the options whose names are dropped."""
    lines: list[str | None] = [*source.split("\n")]
    for option in list_options(source):
        if is_dropped(option.name):
            lines[option.first : option.first + len(option.lines)] = [None] * len(option.lines)
    return "\n".join(line for line in lines if line is not None)


def find_expressions(cell: Mapping[str, Any]) -> list[str]:
    """The expressions of one cell in reading order, each once: in a Markdown cell, or in a code cell's options."""
    if cell["cell_type"] == "markdown":
        text = FENCED.sub("", cell["source"])
    elif cell["cell_type"] == "code":
        text = "\n".join(_texts(read_options(cell)))
    else:
        return []
    return list(dict.fromkeys(EXPRESSION.findall(text)))


def substitute_expressions(text: str, results: Mapping[str, str]) -> str:
    """``text`` with each inline expression replaced by its Markdown; one without a result, and fenced code, are left alone."""
    return change_outside(FENCED, text, lambda part: EXPRESSION.sub(lambda m: results.get(m[1], m[0]), part))


def read_results(cell: Mapping[str, Any]) -> dict[str, str]:
    """Expression -> Markdown, from the results stored in an executed cell; what is none of ours there is passed over."""
    stored = cell.get("metadata", {}).get("user_expressions", [])
    return dict(filter(None, map(_read_result, stored if isinstance(stored, list) else [])))


def _read_result(item: Any) -> tuple[str, str] | None:
    try:
        return str(item["expression"]), _markdown(item["result"]["data"])
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, SyntaxError):
        return None


def change_outside(kept: re.Pattern[str], text: str, change: Callable[[str], str]) -> str:
    """``text``, what lies between the matches of ``kept`` replaced by what ``change`` makes of it."""
    parts: list[str] = []
    last = 0
    for match in kept.finditer(text):
        parts += [change(text[last : match.start()]), match.group(0)]
        last = match.end()
    return "".join([*parts, change(text[last:])])


def _take_head(lines: list[str]) -> list[str]:
    """The texts of the option lines that ``lines`` begin with, behind empty ones; those of directives are empty."""
    empty = list(itertools.takewhile(lambda line: not line.strip(), lines))
    rest = lines[len(empty) :]
    if not rest or not _FIRST_LINE.match(rest[0]):
        return []
    matches = itertools.takewhile(bool, map(_OPTION_LINE.match, rest))
    texts = ["" if _DIRECTIVE.match(match[0]) else match[1] for match in matches if match]
    return ["" for _ in empty] + texts if _is_options("\n".join(texts)) else []


@functools.cache
def _is_options(head: str) -> bool:
    """Whether option lines say anything by name; what cannot be read is told where it is read."""
    try:
        return not isinstance(_load(head), str)
    except yaml.YAMLError:
        return True


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
    return load_yaml(head)


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
