"""What counts as a change: files appear, change, go; not what programs leave behind in passing."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest

from sourcebook.preview.watch import Watch


@pytest.fixture
def watch(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.csv").write_text("1\n")
    made = Watch(tmp_path)
    made.follow(
        ["data/a.csv", "data/looked-for.csv", ".venv/lib/a.py", "gone/b.csv"], [tmp_path / "report.html"]
    )
    made.settle()
    return made


def notices(watch, change, seconds: float = 30) -> bool:
    waiting = threading.Thread(target=watch.wait, daemon=True)
    waiting.start()
    change()
    waiting.join(seconds)
    return not waiting.is_alive()


def _write(path: Path) -> Path:
    path.write_text("2\n")
    return path


CHANGES = {
    "changed": lambda root: (root / "data/a.csv").write_text("22\n"),
    "changed in place": lambda root: os.utime(root / "data/a.csv", (5, 5)),
    "replaced by another file": lambda root: shutil.move(_write(root / "data/b.tmp"), root / "data/a.csv"),
    "deleted": lambda root: (root / "data/a.csv").unlink(),
    "appeared": lambda root: (root / "data/looked-for.csv").touch(),
    "appeared in a folder that was not there": lambda root: (root / "gone").mkdir(),
}
NO_CHANGES = {
    "read": lambda root: (root / "data/a.csv").read_text(),
    "hidden": lambda root: (root / "data/.a.csv.swp").touch(),
    "a copy kept by an editor": lambda root: (root / "data/a.csv~").touch(),
    "what a build writes": lambda root: (root / "report.html").touch(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_changes_are_noticed(watch, tmp_path, change):
    assert notices(watch, lambda: change(tmp_path))


@pytest.mark.parametrize("change", NO_CHANGES.values(), ids=NO_CHANGES)
def test_what_is_no_change_is_not(watch, tmp_path, change):
    assert not notices(watch, lambda: change(tmp_path), seconds=0.5)
