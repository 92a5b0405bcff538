"""The outside programs: pandoc (from its wheel) and typst. The only module that starts a program."""

from __future__ import annotations

import functools
import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sourcebook.errors import Issue, ToolError


def read_markdown(markdown: str) -> dict[str, Any]:
    """pandoc's tree of Markdown in Quarto's dialect (pandoc's own, with extensions)."""
    form = "markdown+emoji+lists_without_preceding_blankline-auto_identifiers"
    return dict(json.loads(run_pandoc(["-f", form, "-t", "json"], markdown)))


def write_document(document: dict[str, Any], form: str, options: Sequence[str] = ()) -> str:
    """A tree in the format ``form`` (``html5``, ``typst``, ``gfm`` …)."""
    return run_pandoc(["-f", "json", "-t", form, "--wrap=none", *options], json.dumps(document))


def run_pandoc(options: Sequence[str], text: str) -> str:
    """What pandoc makes of ``text``; ``ToolError`` with its own words when it fails."""
    done = subprocess.run(
        [_pandoc(), *options],
        input=text.encode(),
        capture_output=True,
        check=False,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    )
    complaints = done.stderr.decode(errors="replace").strip()
    if done.returncode:
        raise ToolError("pandoc failed.", [Issue("pandoc", complaints or f"exit code {done.returncode}")])
    return done.stdout.decode()


def compile_typst(folder: Path, fonts: Sequence[Path]) -> bytes:
    """The PDF (PDF/UA-1 and PDF/A-3a) of ``folder/main.typ``; the time stamp is SOURCE_DATE_EPOCH or zero."""
    import typst

    try:
        pdf = typst.compile(
            str(folder / "main.typ"),
            root=str(folder),
            font_paths=[str(path) for path in fonts],
            ignore_system_fonts=True,
            pdf_standards=["a-3a", "ua-1"],
            timestamp=int(os.environ.get("SOURCE_DATE_EPOCH", "0")),
        )
    except typst.TypstError as error:
        hints = "; ".join(getattr(error, "hints", None) or [])
        raise ToolError("typst failed.", [Issue("typst", str(error), fix=hints)]) from error
    assert isinstance(pdf, bytes)
    return pdf


@functools.cache
def _pandoc() -> str:
    try:
        import pypandoc

        return str(pypandoc.get_pandoc_path())
    except (ImportError, OSError) as error:
        issue = Issue(
            "pandoc",
            "not found",
            expected="the wheel pypandoc-binary",
            fix="run 'make' to set up .venv again",
        )
        raise ToolError("A program is missing.", [issue]) from error
