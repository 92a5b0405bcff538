"""The same project, built elsewhere, later, by somebody else, with more workers: the same bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FORMATS = "html,pdf,md,docx,typst"
BUILD = """
import os, sys, time, datetime
os.umask(int(sys.argv[4], 8))
later = float(sys.argv[5])
real = time.time
time.time = lambda: real() + later
from pathlib import Path
from sourcebook.render.report import render_project
render_project(Path(sys.argv[1]), sys.argv[2].split(","), jobs=int(sys.argv[3]), warn=lambda issue: None)
"""


def build(root: Path, jobs: int, umask: str, later: int, **environment: str) -> dict[str, bytes]:
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-c",
        BUILD,
        str(root),
        FORMATS,
        str(jobs),
        umask,
        str(later),
    ]
    subprocess.run(command, check=True, env={**os.environ, **environment}, cwd=root)
    out = root / "_build"
    return {
        p.relative_to(out).as_posix(): p.read_bytes()
        for p in sorted(out.rglob("*"))
        if p.is_file() and ".fonts" not in p.parts and not _tells_of_the_place(p)
    }


def _tells_of_the_place(path: Path) -> bool:
    """What results rest on: folders of packages, variables and the like. The results themselves are compared."""
    return ".store" in path.parts and "results" not in path.parts


@pytest.mark.slow
def test_two_builds_give_the_same_bytes(tmp_path, copied, cut_fonts):
    here = copied(tmp_path / "here")
    there = copied(tmp_path / "over there" / "ünother place")
    shutil.copytree(cut_fonts, here / "_build/.fonts")  # one of them cuts its fonts itself
    first = build(here, 1, "022", 0, TZ="UTC", LANG="C.UTF-8", PYTHONHASHSEED="1")
    second = build(there, 2, "077", 9_000_000, TZ="Pacific/Auckland", LANG="de_DE.UTF-8", PYTHONHASHSEED="2")
    assert list(first) == list(second)
    assert [name for name in first if first[name] != second[name]] == []
    assert {"book.html", "book.pdf", "book.md", "book.docx"} <= set(first)
