import pypandoc
import pytest

from sourcebook.core.text import escape, in_words, listing, nearest, plural, split_sentences
from sourcebook.errors import LedgerError


def test_counts_are_words_up_to_ten():
    assert [in_words(n) for n in (0, 7, 10, 11)] == ["zero", "seven", "ten", "11"]
    with pytest.raises(LedgerError, match="whole number"):
        in_words(2.5)


def test_a_noun_follows_its_count():
    assert [plural(n, "claim") for n in (0, 1, 1200)] == ["0 claims", "1 claim", "1,200 claims"]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One here. Two there! Three?", ["One here.", "Two there!", "Three?"]),
        ("Dr. A. B. Stone met U.S. envoys at 3.5 percent. He left.", 2),
        ("It was built.Then it fell.", ["It was built.", "Then it fell."]),
        ('He said: "Go." She went.', ['He said: "Go."', "She went."]),
        ("It rose to 4.5 in 2024. Mr. Smith (Fig. 3) agreed.", 2),
        (
            "He was warned. “So it is.” @fig-x shows it.",
            ["He was warned.", "“So it is.”", "@fig-x shows it."],
        ),
        ("It **ended.** Then it began.", ["It **ended.**", "Then it began."]),
        ("He wrote of St. Petersburg, pp. 3 and 4.", 1),
        ("“Wait ...” he said. “We are.”", 2),
        ("...", []),
    ],
)
def test_sentences_are_split_where_a_reader_would(text, sentences):
    found = split_sentences(text)
    assert (len(found) if isinstance(sentences, int) else found) == sentences


def test_a_name_that_is_not_there_brings_its_nearest():
    assert nearest("eco-3", ["eco-03", "mil-01"]) == "did you mean eco-03?"
    assert nearest("eco-3", ["judgement"]) == ""


def test_lists_end_with_a_word():
    assert [listing(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert listing("ab", last="or") == "a or b"


@pytest.mark.parametrize(
    "text", ["$5 to $6", "*a* _b_", "[x](y)", "<script>", "@key", "# head", "- item", "1. item"]
)
def test_plain_text_stays_plain_in_markdown(text):
    html = pypandoc.convert_text(escape(text), "plain", format="markdown-smart", extra_args=["--wrap=none"])
    assert html.strip() == text
