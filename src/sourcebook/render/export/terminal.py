"""Colours of text outputs, which terminals know by escapes (ANSI, ISO 6429), and programs such as rich write as HTML."""

from __future__ import annotations

import html
import re

from sourcebook.render.export.nodes import Text

# What was printed, in colours: words in <pre>, and in it elements within a line alone.
_PRINTED = re.compile(
    r"\s*<pre\b[^<>]*>(?:<code\b[^<>]*>)?((?:[^<]|</?(?:span|a|b|i|u|em|strong)\b[^<>]*>)*)(?:</code>)?</pre>\s*",
    re.IGNORECASE,
)
_STYLED = re.compile(r"<span\b[^<>]*\bstyle=", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_COLOURED = re.compile(r"\x1b\[[\d;]*m")
_OTHERS = re.compile(r"\x1b(?!\[[\d;]*m)(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])?")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]")


def read_colours(text: str) -> str:
    """``text`` as HTML with a span for each run of one colour, as nbconvert has it; empty without colours."""
    if not _COLOURED.search(text):
        return ""
    from nbconvert.filters.ansi import ansi2html

    even = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    coloured = str(ansi2html(_CONTROLS.sub("", _OTHERS.sub("", even)).expandtabs(4)))
    return coloured if "<span" in coloured else ""


def read_printed(content: str) -> Text | None:
    """A text output with the colours of clean HTML that is one; None for other HTML, and for one without colours."""
    found = _PRINTED.fullmatch(content)
    if not found or not _STYLED.search(found[1]):
        return None
    shown = found[1].strip("\n").expandtabs(4)
    return Text(html.unescape(_TAG.sub("", shown)), "", shown)
