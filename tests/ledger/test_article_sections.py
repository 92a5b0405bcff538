"""Where the sections of an untidy text begin and end."""

from sourcebook.ledger.article import Section, propose_sections, split_sections

GLUED = """The Well
A word before all.
Contents
- Digging It: Then and Now
- Using It
Digging It: Then and Now
It was dug by hand.Using It
It is used by all. Using It wisely is an art.
A picture of the well"""

SECTIONS = [
    Section("introduction", "Introduction", "int", after=""),
    Section("digging", "Digging It: Then and Now", "dig"),
    Section("using", "Using It", "usi"),
    Section("captions", "Captions", "cap", after="is an art."),
]


def test_a_heading_counts_in_the_body_and_not_in_the_contents() -> None:
    parts = split_sections(GLUED, SECTIONS)
    assert list(parts) == ["introduction", "digging", "using", "captions"]
    assert parts["introduction"].endswith("- Using It\n")
    assert parts["digging"] == "Digging It: Then and Now\nIt was dug by hand."
    assert parts["using"].startswith("Using It\nIt is used")
    assert parts["captions"].strip() == "A picture of the well"


def test_a_section_whose_start_is_not_found_is_left_out() -> None:
    parts = split_sections(GLUED, [*SECTIONS[:2], Section("filling", "Filling It", "fil")])
    assert list(parts) == ["introduction", "digging"]


def test_equal_headings_are_told_apart_by_their_order() -> None:
    text = "Summary\nThe first.\nSummary\nThe second."
    parts = split_sections(text, [Section("one", "Summary", "one"), Section("two", "Summary", "two")])
    assert (parts["one"], parts["two"]) == ("Summary\nThe first.\n", "Summary\nThe second.")


def test_sections_are_proposed_from_markdown_headings() -> None:
    sections = propose_sections(
        "# The Well\n\nA word.\n\n## Digging\n\nBy hand.\n\n## Digging\n\nBy machine.\n"
    )
    assert [section.id for section in sections] == ["the-well", "digging", "digging-4"]
    assert len({section.prefix for section in sections}) == 3


def test_sections_are_proposed_from_underlined_headings() -> None:
    sections = propose_sections("The Well\n========\n\nA word.\n\nDigging it\n----------\n\nBy hand.\n")
    assert [section.heading for section in sections] == ["The Well", "Digging it"]


def test_sections_are_proposed_from_a_table_of_contents() -> None:
    assert [section.heading for section in propose_sections(GLUED)][1:] == [SECTIONS[1].heading, "Using It"]


def test_sections_are_proposed_from_short_lines() -> None:
    text = "A title\nBy A. Smith\nA first paragraph, which is longer than all else.\n\nDigging\n- by hand\n- by all"
    assert [section.heading for section in propose_sections(text)] == ["Introduction", "Digging"]


def test_a_text_without_headings_is_one_section() -> None:
    assert [section.id for section in propose_sections("just words, no more.")] == ["introduction"]
