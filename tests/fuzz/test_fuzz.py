"""Whatever is done to an input, reading it gives a result or says what is wrong: in time, in memory, without a traceback.

Some hundred inputs here, at length 20,000; SOURCEBOOK_FUZZ=50000 makes it so many, shared among the targets. Each target's counts stand
in the file that SOURCEBOOK_FUZZ_COUNTS names.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

sys.path.insert(0, str(Path(__file__).parent))

import targets

from sourcebook.errors import SourcebookError

MANY = int(os.environ.get("SOURCEBOOK_FUZZ") or (20_000 if os.environ.get("SOURCEBOOK_AT_LENGTH") else 0))
COUNTS = os.environ.get("SOURCEBOOK_FUZZ_COUNTS")
SECONDS = 60
MEMORY = 1.5 * 2**30
# Those that start pandoc take a second each.
SLOW = {
    "notebook",
    "notebook text",
    "qmd",
    "settings",
    "settings text",
    "variables",
    "bibliography",
    "YAML bibliography",
}

with tempfile.TemporaryDirectory() as seeds:
    TARGETS = targets.list_targets(Path(seeds))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", TARGETS)
def test_reading_ends_in_a_result_or_a_sentence(name, tmp_path):
    target = TARGETS[name]
    target.prepare(tmp_path)
    counts, slowest = Counter(), 0.0

    @seed(int(os.environ.get("SOURCEBOOK_SEED", "1")))
    @settings(
        max_examples=MANY // len(TARGETS) if MANY else 2 if name in SLOW else 15,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink] if MANY else [Phase.generate],
    )
    @given(target.mutations)
    def read(body):
        nonlocal slowest
        (tmp_path / target.name).write_bytes(body)
        begun = time.monotonic()
        try:
            target.read(tmp_path / target.name)
            counts["successes"] += 1
        except SourcebookError:
            counts["issues"] += 1
        slowest = max(slowest, time.monotonic() - begun)
        assert slowest < SECONDS

    read()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 < MEMORY
    if COUNTS:
        with Path(COUNTS).open("a", encoding="utf-8") as file:
            file.write(
                f"| {name} | {counts.total()} | {counts['issues']} | {counts['successes']} | {slowest:.1f} s |\n"
            )
