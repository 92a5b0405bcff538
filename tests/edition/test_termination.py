"""Commands that write many files, told to end at some moment: afterwards all is as it was, or all as it should be.

Three moments of each, at length fifty; SOURCEBOOK_MOMENTS=20 makes it twenty.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.slow
MOMENTS = int(os.environ.get("SOURCEBOOK_MOMENTS") or (50 if os.environ.get("SOURCEBOOK_AT_LENGTH") else 3))
PROGRAM = "import sys\nfrom sourcebook.cli import main\nsys.exit(main(sys.argv[1:]))"
ARTICLE = "Two towns and a bridge\n\nThe bridge opened in 2013. It helps both towns.\n\nTolls\n\nTolls rose in 2014.\n"


def start(*words):
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read(folder):
    """All files below it by path; what the tool keeps for itself aside."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "_build" not in path.parts
    }


def publish(edition, folder):
    """An edition that is older than what it is made of."""
    shutil.copytree(edition.root, folder)
    (folder / "index.md").write_text("# Reading {#sec-reading}\n\nRead this instead.\n")
    return ["publish", folder, "--quiet"]


def new(_, folder):
    """A project for an article."""
    article = folder.with_suffix(".txt")
    article.write_text(ARTICLE)
    return ["new", folder, "--article", article]


def unpack(edition, folder):
    """The project in a report."""
    return ["unpack", edition.root / "report/output/report.pdf", folder]


@pytest.mark.parametrize("prepare", [publish, new, unpack])
def test_a_command_that_is_told_to_end_leaves_the_old_or_the_new(prepare, edition, tmp_path):
    folder, choose = tmp_path / "made", random.Random(7)
    words = prepare(edition, folder)
    old, started = read(folder), time.monotonic()
    with start(*words) as whole:
        said, _ = whole.communicate()
    assert whole.returncode == 0, said
    new, seconds = read(folder), time.monotonic() - started
    assert old != new
    ended = 0
    for _ in range(MOMENTS):
        shutil.rmtree(folder, ignore_errors=True)
        prepare(edition, folder)
        with start(*words) as command:
            try:
                command.wait(choose.uniform(0, seconds))
            except subprocess.TimeoutExpired:
                command.send_signal(signal.SIGTERM)
            said, _ = command.communicate()
        found = read(folder)
        assert found.get("sourcebook-fault.txt", b"") == b"", found["sourcebook-fault.txt"].decode()
        assert found == new or (command.returncode and found == old)
        # Python cannot raise in the midst of a weak reference's end: it says so, and the command goes on to its own.
        assert "Traceback" not in said or "Exception ignored in" in said
        ended += command.returncode != 0
        assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []
    assert ended


def test_an_order_that_python_loses_is_obeyed_all_the_same():
    program = (
        "import sys, time; from sourcebook import cli\n"
        "def options(_):\n    word = 'begun'\n    while True:\n"
        "        try:\n            print(word, flush=True)\n            time.sleep(60)\n"
        "        except KeyboardInterrupt:\n            word = 'lost'\n"
        "cli.GRACE, cli.COMMANDS['options'] = 1, options\n"
        "sys.exit(cli.main(['options']))"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as command:
        assert command.stdout.readline() == "begun\n"
        command.send_signal(signal.SIGTERM)
        assert command.stdout.readline() == "lost\n"
        assert command.wait(60) == -signal.SIGALRM
