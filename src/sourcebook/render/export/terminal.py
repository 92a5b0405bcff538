"""Colours of text outputs, which terminals know by escapes (ANSI, ISO 6429)."""

from __future__ import annotations

import re

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
