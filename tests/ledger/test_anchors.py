"""Passages found and named."""

import pytest

from sourcebook.errors import AnchorError
from sourcebook.ledger.anchors import find_passages, propose_anchors, propose_claims
from sourcebook.ledger.article import propose_sections, split_sections
from sourcebook.ledger.wording import digest, text_fragment

TEXT = "The old mill stood by the river for years. The new mill stands by the river for show. Mills grind."

ARTICLES = {
    "plain": "Bees dance.\nThey point the way, and others follow. They point the way. Honey is sweet.",
    "markdown": "# Bees\n\nBees **dance** a lot.\n\n## Why\n\n- They point.\n- They point.\n\nHoney is sweet.\n",
    "repeats itself": "Rain came. Rain came. Then the wind rose over the hills and blew the rain away. Rain came.",
    "wrapped": "Bees dance for their sisters, who read the angle and the\ntime of it. Then they fly.\n",
}


@pytest.mark.parametrize(
    ("passage", "found"),
    [
        ("The new … for show", ["The new mill stands by the river for show"]),
        ("The … river", ["The old mill stood by the river", "The new mill stands by the river"]),
        ("Mills grind", ["Mills grind"]),
        ("Mill grind", []),
        ("ill stood", []),
        ("by the river", ["by the river", "by the river"]),
        ("a … b … c", []),
        ("", []),
    ],
)
def test_a_passage_is_the_shortest_span_between_its_ends(passage: str, found: list[str]) -> None:
    assert [span.text for span in find_passages(TEXT, passage)] == found


def test_a_passage_may_run_over_line_ends() -> None:
    assert len(find_passages("Map\n\nChart\n\nMap", "Map Chart")) == 1


def test_an_anchor_names_a_quotation_by_its_ends() -> None:
    (anchor,) = propose_anchors(TEXT, "The old mill stood by the river for years")
    assert anchor.passage == "The old mill stood … the river for years"
    assert anchor.unique
    assert anchor.digest == digest("The old mill stood by the river for years")


def test_an_ambiguous_passage_is_lengthened_at_each_place() -> None:
    anchors = propose_anchors(TEXT, "by the river")
    assert [anchor.passage for anchor in anchors] == ["stood by the river", "stands by the river"]
    assert not any(anchor.unique for anchor in anchors)


def test_a_passage_that_stands_nowhere_is_refused_with_candidates() -> None:
    with pytest.raises(AnchorError, match="new mill stands"):
        propose_anchors(TEXT, "The gnu mill … for show")


@pytest.mark.parametrize(
    ("passage", "fragment"),
    [
        ("Russia built … in 2013", "#:~:text=Russia%20built,in%202013"),
        ("R&D, so-called", "#:~:text=R%26D%2C%20so%2Dcalled"),
        ("Iran’s … the café", "#:~:text=Iran%E2%80%99s,the%20caf%C3%A9"),
    ],
)
def test_a_text_fragment_encodes_what_a_browser_would_misread(passage: str, fragment: str) -> None:
    assert text_fragment(passage) == fragment


@pytest.mark.parametrize("text", ARTICLES.values(), ids=ARTICLES)
def test_each_sentence_row_is_found_exactly_once(text: str) -> None:
    sections = propose_sections(text)
    rows, parts = propose_claims(text, sections), split_sections(text, sections)
    assert len({row["id"] for row in rows}) == len(rows) > 1
    for row in rows:
        (span,) = find_passages(parts[row["section"]], row["passage"])
        assert digest(span.text) == row["digest"]


def test_no_sentence_is_lost_and_headings_are_not_sentences() -> None:
    text = ARTICLES["markdown"]
    assert [row["passage"].split()[-1] for row in propose_claims(text, propose_sections(text))] == [
        "lot",
        "They",
        "Honey",
        "sweet",
    ]
