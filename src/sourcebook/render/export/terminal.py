"""Colours of text outputs, which terminals know by escapes (ANSI, ISO 6429)."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from importlib import util
from pathlib import Path
from typing import Any

_COLOURED = re.compile(r"\x1b\[[\d;]*m")
_OTHERS = re.compile(r"\x1b(?!\[[\d;]*m)(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])?")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]")


def read_colours(text: str) -> str:
    """``text`` as HTML with a span for each run of one colour, as nbconvert has it; empty without colours."""
    if not _COLOURED.search(text):
        return ""
    even = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    coloured = str(_load_filter()(_CONTROLS.sub("", _OTHERS.sub("", even)).expandtabs(4)))
    return coloured if "<span" in coloured else ""


@functools.cache
def _load_filter() -> Callable[[str], Any]:
    """nbconvert's own, from its module alone: the package imports all its exporters, which takes as long as the rest of us."""
    package = util.find_spec("nbconvert")
    assert package
    assert package.origin
    path = Path(package.origin).parent / "filters" / "ansi.py"
    spec = util.spec_from_file_location("sourcebook.render.export.nbconvert_ansi", path)
    assert spec
    assert spec.loader
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[str], Any] = module.ansi2html
    return found
