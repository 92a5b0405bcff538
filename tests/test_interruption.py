"""Builds that are killed at random moments, and builds side by side: what is built afterwards is what always is.

Four kills, at length a hundred; SOURCEBOOK_KILLS=20 makes it twenty.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc"),
]
KILLS = int(os.environ.get("SOURCEBOOK_KILLS") or (100 if os.environ.get("SOURCEBOOK_AT_LENGTH") else 4))
SETTINGS = "project: {type: book, output-dir: _build}\nbook: {title: Two, chapters: [a.ipynb, b.ipynb]}\n"
OUTPUTS = ("report.html", "report.md", "exhibits/fig-bar.svg")  # a PDF would be one more that takes longest
PROGRAM = "import sys\nfrom sourcebook.cli import main\nsys.exit(main(sys.argv[1:]))"
FIGURE = """\
#| label: fig-bar
#| fig-cap: "A bar."
#| fig-alt: "A bar of some width."
from pathlib import Path
from IPython.display import SVG
width = Path("data.csv").read_text().strip()
SVG(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99 9" width="99" height="9"><rect width="{width}" height="9"/></svg>')
"""


class Folder:
    """The project in a folder, in one of two states."""

    def __init__(self, root: Path, fonts: Path) -> None:
        self.root = root
        self.mark = f"BUILD_OF={root}"
        root.mkdir()
        shutil.copytree(fonts, root / "_build/.fonts")
        (root / "_quarto.yml").write_text(SETTINGS)
        write(root / "a.ipynb", "# Alpha\n\nSee @fig-bar.", FIGURE)
        write(root / "b.ipynb", "# Beta\n\nIt is `{python} len(open('data.csv').read())` long.", "6 * 7")

    def set_state(self, state: int) -> None:
        (self.root / "data.csv").write_text(("40\n", "7\n")[state])

    def start(self) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            PROGRAM,
            "render",
            str(self.root),
            "--quiet",
            "--to",
            "html,md",
        ]
        name, value = self.mark.split("=")
        return subprocess.Popen(command, env=os.environ | {name: value}, start_new_session=True)

    def build(self) -> dict[str, bytes]:
        assert self.start().wait(600) == 0
        return self.read()

    def read(self) -> dict[str, bytes]:
        return {name: (self.root / "_build" / name).read_bytes() for name in OUTPUTS}

    def forget(self) -> None:
        shutil.rmtree(self.root / "_build/.store", ignore_errors=True)

    def processes(self) -> list[int]:
        """The build's own and all that it has started."""
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):
                found += (
                    [int(path.parent.name)] if self.mark.encode() in path.read_bytes().split(b"\0") else []
                )
        return found


def write(path: Path, prose: str, code: str) -> None:
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [new_markdown_cell(prose, id="prose"), new_code_cell(code, id="code")]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernelspec}), path)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, cut_fonts):
    """What each state gives when nobody interferes, and how long that takes when everything runs."""
    folder = Folder(tmp_path_factory.mktemp("undisturbed") / "project", cut_fonts)
    expected = []
    for state in (0, 1):
        folder.forget()
        folder.set_state(state)
        started = time.monotonic()
        expected.append(folder.build())
    return expected, time.monotonic() - started


def test_builds_killed_at_random_moments_leave_nothing_wrong(undisturbed, cut_fonts, tmp_path, wait_until):
    expected, seconds = undisturbed
    assert expected[0] != expected[1]
    folder, choose = Folder(tmp_path / "project", cut_fonts), random.Random(20)
    folder.set_state(0)
    assert folder.build() == expected[0]
    stopped = 0
    for number in range(KILLS):
        state = number % 2
        folder.set_state(state)
        if choose.random() < 0.5:
            folder.forget()
        if choose.random() < 0.04:
            shutil.rmtree(folder.root / "_build/.fonts")
        stopped += kill_at_random(folder, seconds, choose)
        assert wait_until(lambda: not folder.processes())
        started = time.monotonic()
        assert folder.build() == expected[state], f"after kill {number}"
        seconds = min(seconds, time.monotonic() - started)
    assert stopped


def kill_at_random(folder: Folder, seconds: float, choose: random.Random) -> bool:
    """Starts a build and kills it: its own process, whose kernels must then end by themselves, or all at once."""
    build = folder.start()
    wanted, everything = choose.uniform(0, seconds), choose.random() < 0.3
    with contextlib.suppress(subprocess.TimeoutExpired):
        build.wait(wanted)
    for process in folder.processes() if everything else []:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(build.pid, signal.SIGKILL)
    build.wait()
    return build.returncode == -signal.SIGKILL


def test_two_builds_at_once_are_both_right(undisturbed, cut_fonts, tmp_path):
    expected, _ = undisturbed
    folder = Folder(tmp_path / "project", cut_fonts)
    for state in (0, 1):
        folder.set_state(state)
        builds = [folder.start() for _ in range(2)]
        assert [build.wait(600) for build in builds] == [0, 0]
        assert folder.read() == expected[state]
    assert [path.name for path in (folder.root / "_build").glob(".*.part")] == []
