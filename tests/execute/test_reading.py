"""What a build is heard to read: by this process in any thread, and by notebooks through their traces."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from pathlib import Path

import pytest
from sourcebook.execute.reading import Reading, note_inputs

from sourcebook.cache.inputs import ABSENT, FILE, FOLDER, THERE


@pytest.fixture
def root(tmp_path):
    for name in ("a.csv", "b.csv", "output/made.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1\n")
    return tmp_path


def own(names):
    return {name for name in names if not name.endswith(".py")}


def test_files_read_in_any_thread_are_heard_and_those_looked_for_in_vain(root):
    def read():
        (root / "a.csv").read_text()

    with Reading() as reading:
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
        with contextlib.suppress(FileNotFoundError):
            (root / "missing.csv").read_text()
    (root / "b.csv").read_text()  # too late
    files, absent = reading.list_files(root)
    assert (own(files), absent) == ({"a.csv"}, {"missing.csv"})


def test_what_is_written_installed_or_made_here_is_no_input(root):
    with Reading() as reading:
        (root / "new.csv").write_text("2\n")
        (root / "output/made.html").read_text()
        Path(json.__file__).read_text()
        os.close(os.open(root, os.O_RDONLY))  # a folder, on its way out
    files, absent = reading.list_files(root, [root / "output"])
    assert (own(files), absent) == (set(), set())


def test_the_tool_itself_is_an_input(root):
    with Reading() as reading:
        pass
    assert any(name.endswith("sourcebook/execute/reading.py") for name in reading.list_files(root)[0])


def test_traces_of_notebooks_count(root):
    inputs = [
        (FILE, "b.csv", "x"),
        (FOLDER, "data", "y"),
        (THERE, "gone.csv", ABSENT),
        (THERE, "data", FOLDER),
    ]
    with Reading() as reading:
        note_inputs(root, inputs)
    note_inputs(root, [(FILE, "later.csv", "z")])
    files, absent = reading.list_files(root)
    assert (own(files), absent) == ({"b.csv", "data"}, {"gone.csv"})
