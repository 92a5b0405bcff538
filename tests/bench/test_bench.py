"""The benchmark itself, once, on something tiny: that every part runs and says what it should."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parent
BROWSER = os.environ["PYTEST_CHROMIUM"]


def run(*arguments: str) -> str:
    environment = os.environ | {"SOURCEBOOK_CHROMIUM": BROWSER}
    command = [sys.executable, BENCH, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_every_case_runs_and_is_told_with_ratio_growth_and_memory(tmp_path):
    # The preview edits prose as well; each case is run twice, for its time and for its memory.
    cases = f"cold,nothing,bare,check,compare,reports,profile,{'preview' if BROWSER else 'prose'}"
    sizes = ["--chapters", "1,2", "--claims", "10,30", "--reports", "1,2"]
    said = run("--generated", "1", "--rounds", "1", "--only", cases, *sizes, "--out", str(tmp_path))
    assert said == (tmp_path / "results.md").read_text()
    cases, profile = (
        [[cell.strip() for cell in line.split("|")[1:-1]] for line in part.splitlines() if line[:2] == "| "]
        for part in said.split("## Where the time goes")
    )
    assert len([row for row in cases if row[-2].endswith(" ×")]) == 4
    assert said.count("Grows with the power") == 3
    weights = [row[-1] for row in cases if row[0] not in ("Case", "---")]
    assert all(int(weight) > 0 for weight in weights if weight)
    shares = [row[-1] for row in profile if row[0] not in ("Part", "---")]
    assert 90 < sum(int(share.removesuffix("%")) for share in shares) < 110
    assert "| cells, in their kernels |" in said
    assert (tmp_path / "profile.svg").read_text().count("<text") > 10
    assert (tmp_path / "results.svg").read_text().count("<text") > 10


def test_a_part_is_printed_and_leaves_the_results_of_all_alone():
    before = {path.name: path.read_bytes() for path in BENCH.glob("results.*")}
    said = run("--generated", "1", "--rounds", "1", "--only", "help")
    assert "| sourcebook --help |" in said
    assert {path.name: path.read_bytes() for path in BENCH.glob("results.*")} == before


def test_an_unknown_case_is_named():
    done = subprocess.run(
        [sys.executable, BENCH, "--generated", "1", "--only", "warm"], capture_output=True, check=False
    )
    assert b"There is no warm; there are" in done.stderr
