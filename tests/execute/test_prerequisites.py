"""The rule that make reads: checked by make itself."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from sourcebook.execute.prerequisites import write_prerequisites

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
AWKWARD = ["plain.csv", "with space.csv", "dollar$.csv", "hash#.csv"]


def make(folder):
    done = subprocess.run(["make", "-s", "out"], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def project(tmp_path):
    for name in AWKWARD:
        (tmp_path / name).touch()
    (tmp_path / "Makefile").write_text("out:\n\t@touch out; echo built\n-include report.d\n")
    write_prerequisites(tmp_path / "report.d", ["out"], AWKWARD)
    assert make(tmp_path) == "built"
    return tmp_path


def test_nothing_is_built_when_nothing_changed(project):
    assert make(project) == ""


@pytest.mark.parametrize("name", AWKWARD)
def test_a_changed_input_asks_for_a_build(project, name):
    (project / name).write_text("new")
    newer = (project / "out").stat().st_mtime + 5
    import os

    os.utime(project / name, (newer, newer))
    assert make(project) == "built"


def test_a_deleted_input_asks_for_a_build_instead_of_stopping_it(project):
    (project / "plain.csv").unlink()
    assert make(project) == "built"


def test_an_unchanged_rule_is_not_written_again(project):
    before = (project / "report.d").stat().st_mtime_ns
    write_prerequisites(project / "report.d", ["out"], reversed(AWKWARD))
    assert (project / "report.d").stat().st_mtime_ns == before
