"""What a build is heard to read: by this process in any thread, and by notebooks through what they rest on."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
from pathlib import Path

import pypandoc
import pytest

from sourcebook.cache.dependencies import Dependencies
from sourcebook.cache.inputs import ABSENT, CHANGING, FILE, FOLDER, PACKAGE, THERE, Present
from sourcebook.core.files import Index, stamp_file
from sourcebook.render.reading import Reading, note_notebook


@pytest.fixture
def root(tmp_path):
    for name in ("a.csv", "b.csv", "output/made.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1\n")
    return tmp_path


def look(root):
    present = Present(root, {}, Index(), [root / "output"])
    assert present.tree
    return present


def files(reading, root):
    """The fingerprints of the project's files among what was read."""
    now = look(root)
    told = {name: known for kind, name, known in reading.list_inputs(now, now) if kind == FILE}
    return {name: known for name, known in told.items() if not Path(name).is_absolute()}


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
    found = files(reading, root)
    assert set(found) == {"a.csv", "missing.csv"}
    assert found["missing.csv"] == ABSENT


def test_what_is_written_or_made_here_is_no_input(root):
    with Reading() as reading:
        (root / "new.csv").write_text("2\n")
        (root / "output/made.html").read_text()
        Path(json.__file__).read_text()
        os.close(os.open(root, os.O_RDONLY))  # a folder, on its way out
    assert files(reading, root) == {}


def test_what_was_changed_after_it_was_read_never_stands(root):
    with Reading() as reading:
        (root / "a.csv").read_text()
        (root / "a.csv").write_text("22\n")
    assert files(reading, root) == {"a.csv": CHANGING}


def test_what_comes_with_an_installed_package_is_told_as_the_package_is_by_its_stamp(root):
    pandoc = pypandoc.get_pandoc_path()
    with Reading() as reading:
        subprocess.run([pandoc, "--version"], check=True, capture_output=True)
    now = look(root)
    told = {name: (kind, known) for kind, name, known in reading.list_inputs(now, now)}
    assert told[pandoc] == (PACKAGE, str(stamp_file(pandoc)))


def test_what_notebooks_rest_on_counts_and_what_they_wrote_as_they_left_it(root):
    inputs = ((FILE, "b.csv", "x"), (FOLDER, "data", "y"), (THERE, "gone.csv", ABSENT))
    with Reading() as reading:
        note_notebook(Dependencies(inputs, wrote=((FILE, "a.csv", "z"),)))
    note_notebook(Dependencies(((FILE, "later.csv", "z"),)))
    now = look(root)
    told = list(reading.list_inputs(now, now))
    assert {*inputs, (FILE, "a.csv", "z")} <= set(told)
    assert "later.csv" not in {name for _, name, _ in told}
