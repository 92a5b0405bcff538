"""Anchors hold, or say why not."""

import csv
import hashlib
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from sourcebook.errors import AnchorError, Issue
from sourcebook.ledger.anchors import find_passages
from sourcebook.ledger.article import read_sections, split_sections
from sourcebook.ledger.verify import read_article, verify_claims
from sourcebook.ledger.wording import digest, normalise_lines

ROOT = Path(__file__).resolve().parents[2]
TEXT = """Bees at work
Bees **dance for their sisters** on the comb. “It’s a map,” a keeper says – a good one.
Why they do it
Some say that bees dance for joy. Others say for food. Nobody has asked a bee.
"""
META = {
    "sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
    "sections": [
        {"id": "work", "heading": "Bees at work", "prefix": "wor"},
        {"id": "why", "heading": "Why they do it", "prefix": "why"},
    ],
}
CLAIMS = [
    {"id": "wor-01", "section": "work", "passage": "Bees dance … the comb"},
    {"id": "wor-02", "section": "work", "passage": "It's a map"},
    {"id": "why-01", "section": "why", "passage": "Some say … for joy"},
    {"id": "why-02", "section": "why", "passage": "Nobody has asked a bee"},
]
WORDS = ["Bees dance for their sisters on the comb", "It's a map", "Some say that bees dance for joy"]
for _claim, _words in zip(CLAIMS, [*WORDS, "Nobody has asked a bee"], strict=True):
    _claim["digest"] = digest(_words)

Verify = Callable[..., list[Issue]]


@pytest.fixture
def verify(tmp_path: Path) -> Verify:
    """Verify claims against a text; the recorded SHA-256 is adjusted, so that only anchors can fail."""

    def run(text: str, claims: list[dict[str, str]] = CLAIMS, sha256: str | None = None) -> list[Issue]:
        path = tmp_path / "article.txt"
        path.write_text(text, encoding="utf-8")
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        return verify_claims(path, META | {"sha256": sha256 or found}, claims)

    return run


def test_anchors_hold_in_the_text_they_were_read_from(verify: Verify) -> None:
    assert verify(TEXT) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("’", "'"), ("“", '"'), ("**", ""), ("–", "-"), ("Others say", "Some\n\nothers"), ("\n", "\r\n")],
)
def test_what_is_no_wording_of_a_passage_moves_no_anchor(verify: Verify, old: str, new: str) -> None:
    assert verify(TEXT.replace(old, new)) == []


@pytest.mark.parametrize(
    ("old", "new", "claim"),
    [
        ("sisters", "sistors", "wor-01"),
        ("Bees **dance", "Bees **dence", "wor-01"),
        ("a map", "a cap", "wor-02"),
        ("that bees", "that Bees", "why-01"),
        ("a bee.", "a bea.", "why-02"),
    ],
)
def test_one_changed_letter_fails_exactly_its_anchor(verify: Verify, old: str, new: str, claim: str) -> None:
    (issue,) = verify(TEXT.replace(old, new))
    assert issue.where == f"data/claims.csv, claim {claim}"


def test_a_changed_wording_shows_both_digests(verify: Verify) -> None:
    (issue,) = verify(TEXT.replace("sisters", "cousins"))
    assert "wording" in issue.what
    assert (issue.expected, issue.found) == (digest(WORDS[0]), digest(WORDS[0].replace("sisters", "cousins")))


def test_a_passage_found_twice_fails_and_each_place_is_proposed(verify: Verify) -> None:
    (issue,) = verify(TEXT + "And truly: Nobody has asked a bee. So there.")
    assert issue.found == "2 places"
    assert issue.fix.count("in section why") == 2


def test_a_lost_passage_fails_and_what_resembles_it_is_proposed(verify: Verify) -> None:
    (issue,) = verify(TEXT.replace("Nobody has asked a bee", "Nobody ever asked a bee"))
    assert issue.found == "no place"
    assert "Nobody ever asked a bee" in issue.fix


def test_a_passage_that_moved_to_another_section_is_not_followed(verify: Verify) -> None:
    (issue,) = verify(TEXT, [CLAIMS[0] | {"section": "why"}])
    assert "Bees dance" in issue.fix
    assert "in section work" in issue.fix


def test_another_file_is_named_and_its_anchors_are_checked_all_the_same(verify: Verify) -> None:
    edition, anchor = verify(TEXT.replace("a map", "a cap"), sha256="0" * 64)
    assert "not the file" in edition.what
    assert anchor.where.endswith("wor-02")


def test_a_section_that_is_not_found_is_one_issue(verify: Verify) -> None:
    (issue,) = verify(TEXT.replace("Why they do it", "Why"), CLAIMS[:2])
    assert issue.where == "data/article.toml, section why"


def test_a_claim_of_an_unknown_section_is_an_issue(verify: Verify) -> None:
    (issue,) = verify(TEXT, [CLAIMS[0] | {"section": "play"}])
    assert (issue.found, issue.expected) == ("play", "work, why")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read"),
        (b"", "is empty"),
        (b"caf\xe9", "not UTF-8: byte 4 is 0xe9"),
        (b" \n", "is empty"),
        (b"\n<!DOCTYPE html><p>Text.</p>", "a web page's code"),
    ],
)
def test_an_article_that_cannot_be_read_is_a_named_error(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "article.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(AnchorError, match=message):
        read_article(path)


@pytest.fixture(scope="module")
def recorded() -> tuple[dict[str, object], list[dict[str, str]]]:
    meta = tomllib.loads((ROOT / "data/article.toml").read_text(encoding="utf-8"))
    with (ROOT / "data/claims.csv").open(encoding="utf-8", newline="") as file:
        return meta, list(csv.DictReader(file))


Recorded = tuple[dict[str, object], list[dict[str, str]]]


def test_all_anchors_of_the_ledger_hold(article: Path, recorded: Recorded) -> None:
    assert verify_claims(article, *recorded) == []


def test_one_changed_letter_in_the_article_fails_exactly_its_anchor(
    article: Path, tmp_path: Path, recorded: Recorded
) -> None:
    meta, claims = recorded
    page = normalise_lines(read_article(article))
    parts = split_sections(page, read_sections(meta))
    copy = tmp_path / "article.txt"
    for claim in claims:
        part = parts[claim["section"]]
        place = page.index(part) + _middle_letter(part, find_passages(part, claim["passage"])[0].text)
        copy.write_text(
            page[:place] + ("x" if page[place] != "x" else "y") + page[place + 1 :], encoding="utf-8"
        )
        sha256 = hashlib.sha256(copy.read_bytes()).hexdigest()
        failed = [issue.where for issue in verify_claims(copy, meta | {"sha256": sha256}, claims)]
        assert failed == [f"data/claims.csv, claim {claim['id']}"]


def _middle_letter(part: str, words: str) -> int:
    passage = re.search(r"\s+".join(map(re.escape, words.split())), part)
    assert passage is not None
    middle = (passage.start() + passage.end()) // 2
    return next(place for place in range(middle, passage.end()) if part[place].isalpha())
