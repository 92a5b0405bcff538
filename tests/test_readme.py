"""The README says what the ledger says, and names only what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sourcebook.ledger import open_book, share

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def verdicts():
    return open_book(ROOT).graded["verdict"].astype(str)


def test_the_finding_is_the_ledgers(verdicts):
    text = " ".join(README.split())
    checkable = verdicts[verdicts != "not-checkable"]
    sound = checkable.isin(["accurate", "mostly-accurate"])
    count = verdicts.value_counts()
    assert f"in {len(verdicts)} statements" in text
    assert f"Of the {len(checkable)} statements that can be checked, " in text
    assert f"{share(sound.sum(), len(checkable))} were accurate".replace("\u202f", " ") in text
    assert f"{count['outdated']} were out of date" in text
    assert f"{count['misleading']} were misleading, {count['inaccurate']} was inaccurate" in text
    assert f"{count['unproven']} stay unproven" in text
    assert f"{count['not-checkable']} statements (forecasts" in text


def test_links_lead_to_files():
    for target in re.findall(r"\]\((?!https?:|#)([^)]+)\)", README):
        assert (ROOT / target).exists(), target
