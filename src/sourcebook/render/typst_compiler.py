"""Typst, as a process of its own (``typst_process``): PDF and pictures from a folder of sources, its faults in our words."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sourcebook.core import limits
from sourcebook.core.programs import run_program
from sourcebook.errors import Issue, ToolError

# How Typst says that no font has a sign; the second of icons, in the private area.
NO_GLYPH = re.compile(r"could not be displayed with font|contains the codepoint")
_FONTS = {".otf", ".ttf", ".woff2"}
# Port 9 discards, where anything listens at all: typst, which would fetch packages, finds nobody.
_NO_NETWORK = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9") | {
    "no_proxy": ""
}
_NO_NETWORK |= {name.upper(): value for name, value in _NO_NETWORK.items()}
_NO_PACKAGE = "copy what you need of the package into the raw block: a report fetches nothing when it is made"
_NO_GLYPH = (
    "the report's fonts lack these signs: show a picture of them, or leave them to the page with"
    ' ::: {.content-visible when-format="html"}'
)


class TypstError(ToolError):
    """Typst could not set what begins on this line, in this column, of its source; zero where it does not say."""

    line = column = 0


def compile_typst(
    folder: Path,
    fonts: Sequence[Path],
    place_of: Callable[[int], str],
    *,
    size: int,
    system: bool = False,
    standard: bool = True,
) -> bytes:
    """The PDF (PDF/UA-1 and PDF/A-3a, if ``standard``) of ``folder/main.typ``; the time stamp is SOURCE_DATE_EPOCH or zero.

    ``size`` is that of the folder, as ``measure_sources`` has it. ``system`` says whether fonts of this machine count.
    ``place_of`` tells where the author finds what stands on a line of ``main.typ``.
    """
    options = {
        "pdf_standards": ["a-3a", "ua-1"] if standard else [],
        "ignore_system_fonts": not system,
        "timestamp": int(os.environ.get("SOURCE_DATE_EPOCH", "0")),
    }
    return _run_typst(folder, "main.typ", fonts, options, place_of, size)[0]


def measure_sources(folder: Path) -> int:
    """The bytes of what Typst will read in ``folder`` but for fonts.

    Where other threads are at work each file that is looked at waits for them: it is done before they begin.
    """
    return sum(path.stat().st_size for path in folder.rglob("*") if path.suffix not in _FONTS)


def draw_pictures(folder: Path, names: Sequence[str], fonts: Sequence[Path]) -> list[bytes]:
    """PNG pictures (200 dots an inch) of the SVG files ``names`` in ``folder``, for programs that cannot show SVG."""
    pages = "\n".join(
        f"#page(width: auto, height: auto, margin: 0pt, image({json.dumps(name)}))" for name in names
    )
    (folder / "pictures.typ").write_text(pages, encoding="utf-8")
    options = {"format": "png", "ppi": 200, "ignore_system_fonts": True}
    size = measure_sources(folder)
    return _run_typst(folder, "pictures.typ", fonts, options, lambda _: "a picture", size)


def _run_typst(
    folder: Path,
    main: str,
    fonts: Sequence[Path],
    options: Mapping[str, Any],
    place_of: Callable[[int], str],
    size: int,
) -> list[bytes]:
    """The files that ``main`` in ``folder`` becomes; it may read there and ask nobody for packages."""
    asked = {"main": main, "root": str(folder), "fonts": [str(path) for path in fonts], "options": options}
    said = json.loads(
        run_program(
            [sys.executable, "-P", Path(__file__).with_name("typst_process.py")],
            content=json.dumps(asked | {"memory": limits.PROGRAM_MEMORY}).encode(),
            environment=_NO_NETWORK,
            name="typst",
            seconds=limits.program_seconds(size),
        ).content
    )
    if "error" in said:
        hints = _NO_GLYPH if NO_GLYPH.search(said["error"]) else "; ".join(said["hints"])
        hints = _NO_PACKAGE if "package" in said["error"] else hints
        found = re.search(rf"{re.escape(main)}:(\d+):(\d+)", said["diagnostic"])
        line, column = (int(found[1]), int(found[2])) if found else (0, 0)
        where = place_of(line) if line else ""
        error = TypstError("typst failed.", [Issue(where or "typst", said["error"], fix=hints)])
        error.line, error.column = line, column
        raise error
    return [(folder / name).read_bytes() for name in said["files"]]
