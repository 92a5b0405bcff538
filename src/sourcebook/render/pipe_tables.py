"""HTML in the cells of Markdown's tables: pandoc drops blocks there, with their words."""

from __future__ import annotations

import re

_ROW = re.compile(r"^[ \t>]*\|.*$", re.MULTILINE)
# Code and escaped signs stay as they are.
_PART = re.compile(
    r"(?P<kept>\\.|(?:(?<!`)|(?<=\\`))(`+)(?!`).+?(?<!`)\2(?!`))"
    r"|<(?P<closing>/?)(?P<name>address|article|aside|blockquote|center|details|dialog|dd|dir|div|dl|dt|fieldset|figcaption|figure"
    r"|footer|form|h[1-6r]|header|hgroup|li|main|menu|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul)\b[^<>|]*>",
    re.IGNORECASE,
)
_BREAKS = re.compile(
    r"(?P<edge>\|)(?P<blanks>\s*)(?:<br>\s*)+|(?:<br>\s*){2,}|(?:\s*<br>)+(?P<end>)(?=\s*(?:\||$))"
)


def open_blocks(part: str) -> str:
    """``part`` of a Markdown text, its tables' cells with lines and marks where they have blocks of HTML."""
    return _ROW.sub(lambda row: _open(row[0]), part) if "<" in part else part


def _open(row: str) -> str:
    made = _PART.sub(_write, row)
    return row if made == row else _BREAKS.sub(_trim, made)


def _write(match: re.Match[str]) -> str:
    if match["kept"]:
        return match[0]
    name = match["name"].lower()
    if name == "li":
        return "" if match["closing"] else "<br>• "
    if re.fullmatch(r"h\d", name):
        return "**<br>" if match["closing"] else "<br>**"
    return " " if name in ("td", "th") else "<br>"


def _trim(match: re.Match[str]) -> str:
    """Line breaks that part something: none at a cell's edges, one between two parts."""
    if match["edge"] is not None:
        return match["edge"] + (match["blanks"] or (" " if match["edge"] == "|" else ""))
    return match["end"] if match["end"] is not None else "<br>"
