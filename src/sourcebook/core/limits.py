"""Every bound that a document meets, with its reason; whoever applies one says so in a sentence.

They are far above what reports need: each is there because some input, by accident or on purpose, would otherwise take
all time or memory that there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from sourcebook.errors import Issue, RenderError, ToolError

PROGRAM_SECONDS: Final = 30
"""Seconds of the processor for pandoc, typst or git before they count as stuck: a chapter takes one, a book of this size five."""
READING_SECONDS: Final = 10
"""The same for pandoc while it reads a chapter, which takes it one: who waits for the cell to be found hears of it within a minute."""
PROGRAM_SECONDS_A_MEGABYTE: Final = 20
"""Seconds more for each megabyte that they are given: pandoc reads one in two to eight."""
QUARTO_SECONDS: Final = 3600
"""Quarto writes a whole project, with LaTeX perhaps."""
HISTORY_SECONDS: Final = 600
"""git, which is given names and may have to unpack a long history."""
CELL_SECONDS: Final = 3
"""For one cell's text, when the cell is looked for that made pandoc stuck."""
SEARCH_SECONDS: Final = 12
"""For looking for it: a sentence without the cell is better than none within a minute."""
PROGRAM_MEMORY: Final = 3 * 2**30
"""Bytes for pandoc or typst: this report takes 0.4 GB; a picture that unpacks to more would take the machine down."""

YAML_NODES: Final = 100_000
"""Values of a YAML text whose aliases are written out: nine aliases of nine each, nine times over, are 400 million."""
YAML_DEPTH: Final = 100
"""Lists and mappings within each other: settings have four."""
INCLUDED_LINES: Final = 200_000
"""Lines of a chapter with what it includes: ten includes of ten each, six times over, are a million."""
INCLUDED_FILES: Final = 10_000
"""Files that a document includes, each as often as it stands there: so many are read in three seconds."""
INCLUDE_DEPTH: Final = 20
"""Includes within includes: files that include each other would not end."""
COLUMNS: Final = 100
"""What stands side by side, or below each other, in a layout: a page has room for a dozen."""
OUTPUT_CHARACTERS: Final = 20_000_000
"""Of an output: above this it is an accident, nobody reads it, and every program after us would choke."""
TEXT_CHARACTERS: Final = 40_000
"""Of an output that is plain text: ten pages; the middle of a longer one is left out."""
LINE_CHARACTERS: Final = 4_000
"""Of a line in it: a page's height, when broken."""
TABLE_CELLS: Final = 50_000
"""Of an HTML table: 1,000 rows of 50; each is read by pandoc, laid out by typst and drawn by the browser."""
PICTURE_PIXELS: Final = 89_000_000
"""Of a bitmap: 0.4 GB when unpacked, and as many as Pillow opens; a page at 600 dots an inch has 35 million."""
NOTEBOOK_BYTES: Final = 200_000_000
"""Of a notebook: JSON takes five times as much memory, and nobody's page holds it."""
ATTACHED_FILES: Final = 20_000
"""That a PDF carries: ten times what a large project holds, as are the next three."""
ATTACHED_FILE_BYTES: Final = 64 * 2**20
ATTACHED_BYTES: Final = 256 * 2**20
PDF_BYTES: Final = 512 * 2**20
PATH_CHARACTERS: Final = 240
"""Of an attached file's path: what every system in use can write below some folder."""
PDF_DEPTH: Final = 16
"""Of the tree of attachments' names."""
TOO_DEEP: Final = "is nested too deeply, some hundred levels"
FLATTEN: Final = "take out opening brackets, quotes, lists or ::: that are never closed, or nest them less"


class _Allowed:
    """What a project's setting allows programs, while it is built."""

    seconds: float | None = None


def program_seconds(size: int, *, reading: bool = False) -> float:
    """Seconds for a program that is given ``size`` bytes; a setting may say otherwise (``allow_seconds``)."""
    if _Allowed.seconds is not None:
        return _Allowed.seconds
    return (READING_SECONDS if reading else PROGRAM_SECONDS) + PROGRAM_SECONDS_A_MEGABYTE * size / 1e6


@contextmanager
def allow_seconds(seconds: float | None) -> Iterator[None]:
    """Programs started within have so many ``seconds`` each; None: as many as what they are given wants."""
    before, _Allowed.seconds = _Allowed.seconds, seconds
    try:
        yield
    finally:
        _Allowed.seconds = before


@contextmanager
def name_source(name: str) -> Iterator[None]:
    """Names, in errors of a program that do not say what it was given, the file ``name``."""
    try:
        yield
    except ToolError as error:
        issues = [
            replace(issue, where=f"{name}: {issue.where}") if issue.where in _PROGRAMS else issue
            for issue in error.issues
        ]
        raise type(error)(error.summary, issues) from error


_PROGRAMS = ("pandoc", "typst")


@contextmanager
def bound_depth(where: str) -> Iterator[None]:
    """Raises ``RenderError`` where something is nested deeper than Python walks (a thousand calls)."""
    try:
        yield
    except RecursionError as error:
        raise RenderError("A text cannot be read.", [Issue(where, TOO_DEEP, fix=FLATTEN)]) from error
