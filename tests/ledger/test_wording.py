"""The normal form of the article's words, and its sentences."""

import pytest

from sourcebook.ledger.wording import digest, normalise, split_article


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("“Iran’s”  first", '"Iran\'s" first'),
        ("1979–1988 — a\u00a0war", "1979-1988 - a war"),
        ("**bold** and *starred*", "bold and *starred*"),
        ("broken\nover\t lines \r\n", "broken over lines"),
        ("soft\u00adhyphen\u200b ﬁne", "softhyphen fine"),
    ],
)
def test_quotes_dashes_emphasis_and_space_are_evened_out(printed: str, plain: str) -> None:
    assert normalise(printed) == plain
    assert normalise(plain) == plain


def test_a_digest_is_twelve_hex_digits_and_sees_letters_only() -> None:
    assert digest("The dam’s  gates") == digest("The dam's gates") != digest("The dam's gate")
    assert len(digest("")) == 12


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One here. Two there! Three?", ["One here.", "Two there!", "Three?"]),
        ("Dr. A. B. Stone met U.S. envoys at 3.5 percent. He left.", 2),
        ("It was built.Then it fell.", ["It was built.", "Then it fell."]),
        ('He said: "Go." She went.', ['He said: "Go."', "She went."]),
        ("A heading\nA sentence under it.", ["A heading", "A sentence under it."]),
        ("- first item\n- second item", ["first item", "second item"]),
        ("A line long enough to have been broken by some editor\nruns on here.", 1),
        ("...\n***\n\n", []),
    ],
)
def test_sentences_are_split_where_a_reader_would(text: str, sentences: list[str] | int) -> None:
    found = split_article(text)
    assert (len(found) if isinstance(sentences, int) else found) == sentences
