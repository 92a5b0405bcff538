"""What a build tells make: all that was read for it, wherever that lies, and what was looked for in vain."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

MAKEFILE = "all: _build/report.html _build/report.pdf\n_build/%.html _build/%.pdf:\n\t@echo built\n-include _build/report.d\n"
CELL = """from pathlib import Path
import helper
Path("../elsewhere/table (one).csv").read_text()
Path("../elsewhere/more.csv").exists()
"""
TEXT = """# Words

{{< include /elsewhere/part.md >}}

![A square.](../elsewhere/square.svg){fig-alt="A square."}
"""
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
FILES = {
    "notebooks/helper.py": "one = 1\n",
    "elsewhere/table (one).csv": "1\n",
    "elsewhere/part.md": "A part.\n",
    "elsewhere/square.svg": SQUARE,
}
READ = ["_quarto.yml", "notebooks/a.ipynb", "notebooks/words.md", "data/sources.yaml", *FILES]


@pytest.fixture
def built(folder):
    (folder.root / "elsewhere").mkdir()
    for name, content in FILES.items():
        (folder.root / name).write_text(content)
    folder.add("notebooks/a.ipynb", "# Alpha", (CELL,)).add("notebooks/words.md", TEXT)
    (folder.root / "Makefile").write_text(MAKEFILE)
    folder.render(progress=lambda _: None)
    return folder


def make(folder):
    if not shutil.which("make"):
        pytest.skip("make is not installed")
    done = subprocess.run(["make", "-s"], cwd=folder.root, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_make_knows_what_a_build_read_and_what_it_looked_for(built):
    assert make(built) == ""
    output = built.root / "_build/report.pdf"
    for name in READ:
        path = built.root / name
        aside = path.rename(path.with_name("aside"))
        assert make(built) == "built", name
        aside.rename(path)
        assert make(built) == "", name
    newer = output.stat().st_mtime + 5
    os.utime(built.root / "elsewhere/square.svg", (newer, newer))
    assert make(built) == "built"
    os.utime(built.root / "elsewhere/square.svg", (1, 1))
    (built.root / "elsewhere/more.csv").touch()
    assert make(built) == "built"


def test_what_is_saved_while_a_build_runs_asks_for_another(built):
    def save(message):
        if message == "converting":
            (built.root / "notebooks/words.md").touch()

    built.render(progress=save)
    assert make(built) == "built"
    built.render(progress=lambda _: None)
    assert make(built) == ""


def test_results_that_are_reused_are_told_alike(built):
    rules = built.root / "_build/report.d"
    first = rules.read_text()
    assert re.search(r"absent := \\\n  elsewhere/more.csv(?: \\\n  notebooks/\S+)?\n\S", first)
    assert str(built.root) not in first
    rules.unlink()
    built.render(progress=lambda _: None)
    assert _without_tool(rules.read_text()) == _without_tool(first)


def _without_tool(rules):
    """A process reads its own files once, for the first of its builds: here that may be another test's."""
    return [line for line in rules.splitlines() if "/sourcebook/" not in line]


def test_half_a_build_makes_what_is_known_void(built):
    built.render(progress=lambda _: None, out=built.root / "other")
    assert not (built.root / "other/report.d").exists()
    assert (built.root / "_build/report.d").exists()
    built.render("html", progress=lambda _: None)
    assert not (built.root / "_build/report.d").exists()
