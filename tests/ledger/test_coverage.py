from sourcebook.ledger.article import Article, Section
from sourcebook.ledger.coverage import measure_coverage
from sourcebook.ledger.wording import digest

SECTIONS = (Section("opening", "Introduction", "ope", ""), Section("economy", "Trade over the bridge", "eco"))
ARTICLE = Article("Two towns", "2025", "", "", "", "", SECTIONS, {})
TEXT = """\
Two towns
- Trade over the bridge

It rains here. The bridge helps.

Trade over the bridge
The bridge was built in 2013, and tolls rose fast. Nobody minds.
"""


def _claim(name, section, passage, words):
    return {"id": name, "section": section, "passage": passage, "digest": digest(words)}


BUILT = _claim("eco-01", "economy", "The bridge was … in 2013", "The bridge was built in 2013")
ROSE = _claim("eco-02", "economy", "built in 2013, and tolls rose fast", "built in 2013, and tolls rose fast")


def test_sentences_are_cut_where_passages_begin_and_end():
    coverage = measure_coverage(TEXT, ARTICLE, [BUILT, ROSE])
    (heading,), (first, second) = coverage.lines["economy"]
    assert heading.is_heading
    assert [(piece.text, piece.claims, piece.ends) for piece in first.pieces] == [
        ("The bridge was ", ("eco-01",), ()),
        ("built in 2013", ("eco-01", "eco-02"), ("eco-01",)),
        (", and tolls rose fast", ("eco-02",), ("eco-02",)),
        (". ", (), ()),
    ]
    assert not second.is_claimed


def test_no_word_of_the_article_is_lost():
    coverage = measure_coverage(TEXT, ARTICLE, [BUILT, ROSE])
    shown = "".join(
        piece.text
        for lines in coverage.lines.values()
        for line in lines
        for sentence in line
        for piece in sentence.pieces
    )
    assert shown.split() == TEXT.replace("\n", " ").split() or shown.replace(" ", "") == "".join(TEXT.split())


def test_the_share_counts_words_outside_headings():
    assert [len(line) for line in measure_coverage(TEXT, ARTICLE, []).lines["opening"]] == [1, 1, 2]
    assert measure_coverage(TEXT, ARTICLE, []).share == 0
    everything = [
        BUILT
        | {
            "passage": "The bridge was … Nobody minds",
            "digest": digest("The bridge was built in 2013, and tolls rose fast. Nobody minds"),
        }
    ]
    assert 0.6 < measure_coverage(TEXT, ARTICLE, everything).share < 0.75


def test_what_is_not_found_as_recorded_is_lost_and_not_marked():
    moved = BUILT | {"digest": "0" * 12}
    twice = _claim("ope-01", "economy", "bridge", "bridge")
    coverage = measure_coverage(TEXT, ARTICLE, [moved, twice])
    assert coverage.lost == ("eco-01", "ope-01")
    assert coverage.share == 0


def test_the_real_article_is_covered_but_for_its_furniture(article, repository):
    from sourcebook.ledger.load import read_ledger
    from sourcebook.ledger.verify import read_article

    ledger = read_ledger(repository)
    claims = [row.cells for row in ledger.rows("claims")]
    coverage = measure_coverage(read_article(article), ledger.article, claims)
    assert coverage.lost == ()
    assert coverage.share > 0.9
    assert sum(not sentence.is_claimed for sentence in coverage.sentences) < 10
