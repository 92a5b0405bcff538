"""What follows from what, rule by rule: changes as the comparison finds them, without the files they were found in."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from sourcebook.compare.causes import tell_stories
from sourcebook.compare.changes import Change, Detail
from sourcebook.compare.published import Chapter, Edition, PrintedValue, Sentence
from sourcebook.compare.records import Data, Records

CLAIMS = [
    {"id": "eco-01", "repeats": ""},
    {"id": "eco-02", "repeats": "eco-01"},
    {"id": "eco-03", "repeats": ""},
]
EVIDENCE = [
    {"id": "E100", "claim": "eco-01", "source": "gazette"},
    {"id": "E101", "claim": "eco-03", "source": "herald"},
]
CELL = "notebooks/04-economy.ipynb, cell tolls"


def data(**tables):
    kept = {"claims": CLAIMS, "evidence": EVIDENCE} | tables
    return Data(
        {
            name: Records(name, f"data/{name}.csv", ("id",), (), {(row["id"],): row for row in rows}, {})
            for name, rows in kept.items()
        },
        {},
    )


def edition(*sentences, **exhibits):
    """What is published: exhibits by label, with their roots."""
    made = {name.replace("_", "-"): (CELL, frozenset(roots)) for name, roots in exhibits.items()}
    return Edition(chapters=[Chapter("sec-economy", "Economy", list(sentences))], exhibits=made)


def prints(text, *values, cell=CELL):
    """A sentence with its values, each a text and its roots."""
    made = tuple(PrintedValue(printed, frozenset(roots)) for printed, *roots in values)
    return Sentence(text, "", "", cell=cell, values=made)


def tell(*changes, published=None, before=None, after=None):
    """Each story as its subject, what follows, and what it names as causes; in whatever order the changes come."""
    told = [
        [
            (
                story.change.subject,
                [one.subject for one in story.then],
                [one.subject for one in story.because],
            )
            for story in tell_stories(order, before or data(), after or data(), published or edition())
        ]
        for order in (changes, changes[::-1])
    ]
    assert told[0] == told[1]
    return told[0]


def value(after="8", before="7", text="Tolls were 8."):
    return Change(
        "value",
        "value",
        "Economy",
        before,
        after,
        "somewhere",
        context=text,
        details=(Detail("value", before, after),),
    )


def claim(what="reworded", subject="eco-01"):
    return Change("claim", what, subject, where="data/claims.csv")


def evidence(what="changed", subject="E100", reach=("eco-01",)):
    return Change("evidence", what, subject, where="data/evidence.csv", reach=reach)


def verdict(subject="eco-01", what="changed", **more):
    return Change("verdict", what, subject, where="data/verdicts.csv", **more)


def stale(subject="eco-01"):
    return Change("stale", "stale", subject)


def source(what="regraded", subject="gazette", reach=("E100",)):
    return Change("source", what, subject, where="data/sources.yaml", reach=reach)


def series(subject="tolls", **more):
    return Change("series", "cells", subject, where=f"data/series/{subject}.csv", **more)


def exhibit(what="cells", subject="fig-tolls", *details, **more):
    return Change("exhibit", what, subject, details=tuple(Detail(*detail) for detail in details), **more)


def code(*cells):
    return Change(
        "code", "code", "code", where="notebooks/04-economy.ipynb", details=tuple(map(Detail, cells))
    )


def row(subject="R1 of rates"):
    return Change("row", "changed", subject, where="data/rates.csv")


def judgement(before="It helps.", after="It harms."):
    return Change(
        "finding", "changed", "J1", where="data/judgements.csv", details=(Detail("judgement", before, after),)
    )  # fmt: skip


@pytest.mark.parametrize("kind", [claim(), evidence(), source()])
@pytest.mark.parametrize("follows", [verdict(), stale()])
def test_a_verdict_follows_what_changed_in_its_case(kind, follows):
    assert tell(kind, follows) == [(kind.subject, [follows.subject], [])]


@pytest.mark.parametrize(
    "other",
    [
        claim(subject="eco-03"),
        evidence(subject="E101", reach=("eco-03",)),
        source(subject="herald", reach=("E101",)),
        source("changed"),
        source("added"),
        source("removed"),
    ],
)
@pytest.mark.parametrize("alone", [verdict(), stale()])
def test_a_verdict_does_not_follow_what_changed_elsewhere(other, alone):
    assert sorted(tell(other, alone)) == sorted([(alone.subject, [], []), (other.subject, [], [])])


def test_another_origin_of_a_source_bears_on_the_verdict_too():
    assert tell(source("origin"), stale()) == [("gazette", ["eco-01"], [])]


def test_evidence_bears_on_all_claims_it_reaches():
    assert tell(evidence(reach=("eco-01", "eco-03")), stale("eco-03")) == [("E100", ["eco-03"], [])]


def test_a_source_bears_on_each_claim_of_its_evidence_once():
    rows = [
        *EVIDENCE,
        {"id": "E102", "claim": "eco-03", "source": "gazette"},
        {"id": "E103", "claim": "eco-03", "source": "gazette"},
    ]
    graded = source(reach=("E100", "E102", "E103"))
    told = tell(graded, stale(), stale("eco-03"), before=data(evidence=rows), after=data(evidence=rows))
    assert told == [("gazette", ["eco-01", "eco-03"], [])]


def test_a_restatement_follows_the_verdict_on_the_first_statement():
    assert tell(verdict(), verdict("eco-02")) == [("eco-01", ["eco-02"], [])]
    assert tell(verdict(), verdict("eco-03")) == [("eco-01", [], []), ("eco-03", [], [])]


def test_a_restatement_follows_what_changed_in_the_case_of_the_first_statement():
    assert tell(evidence(), stale("eco-02")) == [("E100", ["eco-02"], [])]
    assert tell(evidence(), verdict("eco-02")) == [("E100", ["eco-02"], [])]
    assert tell(evidence(), verdict(), verdict("eco-02")) == [("E100", ["eco-01", "eco-02"], [])]
    assert tell(evidence(), verdict(), stale("eco-02")) == [("E100", ["eco-01", "eco-02"], [])]


def test_a_restatement_with_causes_of_its_own_names_them_all():
    told = tell(evidence(), verdict(), evidence(subject="E101", reach=("eco-02",)), verdict("eco-02"))
    assert ("eco-02", [], ["eco-01", "E101"]) in told


def test_a_restatement_that_came_or_went_is_known_by_either_state():
    without = data(claims=CLAIMS[:1])
    assert tell(verdict(), verdict("eco-02"), before=without) == [("eco-01", ["eco-02"], [])]
    assert tell(verdict(), verdict("eco-02"), after=without) == [("eco-01", ["eco-02"], [])]


@pytest.mark.parametrize("what", ["added", "removed", "renamed"])
def test_evidence_comes_and_goes_with_its_claim(what):
    assert tell(claim(what), evidence(what)) == [("eco-01", ["E100"], [])]
    assert tell(claim(what, "eco-03"), evidence(what)) == [("eco-03", [], []), ("E100", [], [])]


def test_evidence_does_not_follow_from_a_claim_in_other_words():
    assert tell(claim("reworded"), evidence()) == [("eco-01", [], []), ("E100", [], [])]


@pytest.mark.parametrize(("what", "lacks"), [("added", "before"), ("removed", "after")])
def test_a_source_comes_and_goes_with_its_evidence(what, lacks):
    without = {lacks: data(evidence=EVIDENCE[1:])}
    assert tell(evidence(what), source(what, reach=()), **without) == [("E100", ["gazette"], [])]
    assert tell(evidence(what), source(what, "herald", ()), **without) == [
        ("E100", [], []),
        ("herald", [], []),
    ]


def test_a_source_does_not_follow_from_evidence_that_stays():
    assert tell(evidence("changed"), source("added", reach=())) == [("E100", [], []), ("gazette", [], [])]
    assert tell(evidence("added"), source("changed", reach=())) == [("E100", [], []), ("gazette", [], [])]


def test_the_words_of_an_exhibit_that_came_or_went_follow_from_that():
    words = Change("prose", "removed", "alternative text of fig-tolls")
    assert tell(exhibit("removed"), words) == [("fig-tolls", [words.subject], [])]
    assert tell(exhibit("added"), words) == [("fig-tolls", [], []), (words.subject, [], [])]
    assert tell(exhibit("removed", "fig-b"), words) == [("fig-b", [], []), (words.subject, [], [])]


TOUCHED = [
    (series(), "series:tolls"),
    (series(), "file:data/series/tolls.csv"),
    (row(), "table:rates"),
    (row(), "row:R1"),
    (row(), "file:data/rates.csv"),
    (row("R1 of B of rates"), "row:R1 of B"),
    (judgement(), "table:judgements"),
    (judgement(), "row:J1"),
    (judgement(), "file:data/judgements.csv"),
    (source(), "table:sources"),
    (source(), "table:evidence"),
    (source("origin"), "table:sources"),
    (code("a", "b"), "code:notebooks/04-economy.ipynb, cell a"),
    (code("a", "b"), "code:notebooks/04-economy.ipynb, cell b"),
    (claim("recoded"), "table:claims"),
    (claim("recoded"), "row:eco-01"),
    (claim("recoded"), "file:data/claims.csv"),
    (evidence(), "table:evidence"),
    (evidence(), "row:E100"),
    (evidence(), "file:data/evidence.csv"),
    (verdict(), "table:verdicts"),
    (verdict(), "file:data/verdicts.csv"),
]
UNTOUCHED = [
    (series(), "series:other"),
    (source("origin"), "table:evidence"),
    (claim("reworded"), "table:claims"),
    (claim("moved"), "table:claims"),
    (verdict(what="rationale"), "table:verdicts"),
    (verdict(), "row:eco-01"),
    (code("a"), "code:notebooks/04-economy.ipynb, cell b"),
    (exhibit(), "table:claims"),
]


@pytest.mark.parametrize(("cause", "root"), TOUCHED)
def test_a_value_follows_what_its_expression_is_made_of(cause, root):
    published = edition(prints("Tolls were 8.", ("8", root)))
    assert tell(cause, value(), published=published) == [(cause.subject, ["Economy"], [])]


@pytest.mark.parametrize(("cause", "root"), UNTOUCHED)
def test_a_value_does_not_follow_what_its_expression_does_not_show(cause, root):
    published = edition(prints("Tolls were 8.", ("8", root)))
    assert sorted(tell(cause, value(), published=published)) == sorted(
        [(cause.subject, [], []), ("Economy", [], [])]
    )


def test_of_several_values_that_which_changed_says_what_it_follows():
    sentence = prints("Tolls were 8 of 9.", ("8", "series:tolls"), ("9", "series:trade"))
    changed = value(text="Tolls were 8 of 9.")
    assert tell(series(), series("trade"), changed, published=edition(sentence)) == [
        ("tolls", ["Economy"], []),
        ("trade", [], []),
    ]
    in_words = value("eight", text="Tolls were 8 of 9.")
    assert ("Economy", [], ["tolls", "trade"]) in tell(
        series(), series("trade"), in_words, published=edition(sentence)
    )


def test_signs_of_per_cent_do_not_hide_which_value_changed():
    sentence = prints("It is 8 %.", ("8 per cent", "series:tolls"), ("9", "series:trade"))
    changed = value("8 %", "7 %", "It is 8 %.")
    assert tell(series(), series("trade"), changed, published=edition(sentence))[0] == (
        "tolls",
        ["Economy"],
        [],
    )


def test_a_computed_change_says_its_cell():
    def place(change, published):
        (story,) = tell_stories([change], data(), data(), published)
        return story.change.where

    assert place(value(), edition(prints("Tolls were 8."))) == CELL
    assert place(value(), edition(prints("Tolls were 8.", cell=""))) == "somewhere"
    assert place(value(), edition(prints("Tolls were 9."))) == "somewhere"
    assert place(exhibit(where="a file"), edition(fig_tolls=())) == CELL
    assert place(exhibit(where="a file"), edition(fig_other=())) == "a file"
    assert place(exhibit(where="a file"), Edition(exhibits={"fig-tolls": ("", frozenset())})) == "a file"


def test_a_series_says_which_exhibits_it_reaches():
    published = edition(
        fig_a=["series:tolls"], fig_b=["series:trade"], fig_c=["series:tolls", "table:claims"]
    )
    (story,) = tell_stories([series(size=0.5)], data(), data(), published)
    assert story.change.reach == ("fig-a", "fig-c")
    assert story.change.size == 0.5


@pytest.mark.parametrize("what", ["added", "cells", "redrawn"])
def test_an_exhibit_follows_its_code_and_series(what):
    for cause, root in ((series(), "series:tolls"), (code("a"), "code:notebooks/04-economy.ipynb, cell a")):
        published = edition(fig_tolls=[root])
        assert tell(cause, exhibit(what), published=published) == [(cause.subject, ["fig-tolls"], [])]


def test_a_picture_of_the_same_data_follows_no_row_of_the_ledger():
    published = edition(fig_tolls=["table:claims", "file:data/claims.csv"])
    assert tell(claim("recoded"), exhibit("redrawn"), published=published) == [
        ("eco-01", [], []),
        ("fig-tolls", [], []),
    ]
    changed = exhibit("cells", "fig-tolls", ("2024, tolls", "a", "b"))
    assert tell(claim("recoded"), changed, published=published) == [("eco-01", ["fig-tolls"], [])]


def test_an_exhibit_of_claims_follows_what_happened_to_those():
    published = edition(fig_tolls=["table:verdicts"])
    changed = exhibit("cells", "fig-tolls", ("eco-01, verdict", "a", "b"), ("E100, says", "a", "b"))
    causes = [verdict(), verdict("eco-03"), evidence("says")]
    assert tell(*causes, changed, published=published) == [
        ("E100", ["eco-01", "fig-tolls"], []),
        ("eco-03", [], []),
    ]
    alone = exhibit("cells", "fig-tolls", ("eco-03, verdict", "a", "b"))
    assert tell(verdict(), verdict("eco-03"), alone, published=published) == [
        ("eco-01", [], []),
        ("eco-03", ["fig-tolls"], []),
    ]
    mixed = exhibit("cells", "fig-tolls", ("eco-03, verdict", "a", "b"), ("2024, tolls", "a", "b"))
    assert ("fig-tolls", [], ["eco-01", "eco-03"]) in tell(
        verdict(), verdict("eco-03"), mixed, published=published
    )


@pytest.mark.parametrize(
    "cause", [claim("reworded"), evidence(), verdict(what="rationale"), row("eco-01 of rates"), judgement()]
)
def test_rows_named_in_an_exhibit_are_its_causes_whatever_happened_to_them(cause):
    name = cause.subject.partition(" of ")[0]
    changed = exhibit("cells", "fig-tolls", (f"{name}, text", "a", "b"))
    assert tell(cause, changed) == [(cause.subject, ["fig-tolls"], [])]


def test_a_value_does_not_follow_a_row_because_its_detail_has_that_name():
    named = Change("value", "value", "Economy", "7", "8", details=(Detail("eco-01", "7", "8"),))
    assert tell(claim("reworded"), named) == [("eco-01", [], []), ("Economy", [], [])]


def test_pictures_drawn_otherwise_without_another_cause_follow_the_tool():
    tool = Change("code", "tool", "the tool", where="src")
    published = edition(fig_a=["series:tolls"], fig_b=["series:trade"])
    told = tell(tool, series(), exhibit("redrawn", "fig-a"), exhibit("redrawn", "fig-b"), published=published)
    assert told == [("tolls", ["fig-a"], []), ("the tool", ["fig-b"], [])]
    assert tell(tool, exhibit("cells", "fig-a")) == [("fig-a", [], []), ("the tool", [], [])]


@pytest.mark.parametrize(
    ("before", "after"),
    [("It helps.", ""), ("", "It harms."), ("It helps.", "It harms."), ("Otherwise.", "It harms.")],
)
def test_a_sentence_that_prints_a_judgement_follows_it(before, after):
    printed = Change("finding", "reworded", "Conclusion, item 1", before, after)
    assert tell(judgement(), printed) == [("J1", ["Conclusion, item 1"], [])]


def test_a_sentence_that_prints_no_judgement_stands_alone():
    printed = Change("finding", "reworded", "Conclusion, item 1", "Yes.", "No.")
    assert tell(judgement(), printed) == [("Conclusion, item 1", [], []), ("J1", [], [])]
    added = judgement("", "It harms.")
    assert tell(added, Change("finding", "removed", "Conclusion, item 1", "Yes.", "")) == [
        ("Conclusion, item 1", [], []),
        ("J1", [], []),
    ]
    prose = Change("prose", "reworded", "Economy", "It helps.", "It harms.")
    assert tell(judgement(), prose) == [("J1", [], []), ("Economy", [], [])]


def test_a_judgement_does_not_follow_another_of_the_same_words():
    other = Change("finding", "changed", "J2", "It helps.", "It harms.", "data/judgements.csv")
    assert tell(judgement(), other) == [("J1", [], []), ("J2", [], [])]


@pytest.mark.parametrize(
    "same",
    [
        series(before="7", after="8"),
        series(before="7.0", after="8 thousand crowns"),
        series(details=(Detail("2023", "1", "2"), Detail("2024", "7", "8"))),
    ],
)
def test_a_cause_that_went_the_same_way_is_the_cause(same):
    published = edition(prints("Tolls were 8.", ("8", "series:tolls", "table:evidence")))
    assert ("tolls", ["Economy"], []) in tell(same, evidence(), value(), published=published)


@pytest.mark.parametrize(
    "other",
    [series(before="7", after="9"), series(before="8", after="7"), series(before="seven", after="eight")],
)
def test_of_causes_that_went_another_way_all_are_named(other):
    published = edition(prints("Tolls were 8.", ("8", "series:tolls", "table:evidence")))
    assert ("Economy", [], ["E100", "tolls"]) in tell(other, evidence(), value(), published=published)
    in_words = value("eight", "seven")
    assert ("Economy", [], ["E100", "tolls"]) in tell(other, evidence(), in_words, published=published)


def test_what_was_no_number_before_went_no_way():
    published = edition(prints("Tolls were 8.", ("8", "series:tolls", "table:evidence")))
    new = [series(before="", after="8"), evidence(), value("8", "")]
    assert ("Economy", [], ["E100", "tolls"]) in tell(*new, published=published)


def test_a_verdict_on_a_claim_that_no_state_has_stands_alone():
    assert tell(verdict("xyz-09"), claim()) == [("xyz-09", [], []), ("eco-01", [], [])]


def test_a_verdict_has_all_its_causes_whatever_their_numbers():
    judged = verdict(before="7", after="8")
    one, other = Change("evidence", "changed", "E100", "7", "8", reach=("eco-01",)), claim()
    assert ("eco-01", [], ["eco-01", "E100"]) in tell(one, other, judged)


def test_what_follows_through_others_stands_under_the_first_cause_in_the_order_of_reasoning():
    published = edition(
        prints("Tolls were 8.", ("8", "table:verdicts")), fig_tolls=["file:data/verdicts.csv"]
    )
    drawn = exhibit("cells", "fig-tolls", ("2024, tolls", "a", "b"))
    told = tell(source(), verdict("eco-02"), verdict(), stale("eco-02"), value(), drawn, published=published)
    assert told == [("gazette", ["eco-01", "eco-02", "eco-02", "Economy", "fig-tolls"], [])]


def test_consequences_come_in_the_order_of_reasoning():
    new = claim("added")
    rows = data(evidence=[*EVIDENCE])
    told = tell(new, evidence("added"), source("added", reach=()), verdict(), stale(), before=rows)
    assert told == [("eco-01", ["E100", "gazette", "eco-01", "eco-01"], [])]


def test_what_is_to_be_judged_again_comes_before_findings():
    published = edition(prints("Tolls were 8.", ("8", "table:evidence")))
    found = dataclasses.replace(value(), kind="finding")
    assert tell(evidence(), found, stale(), published=published) == [("E100", ["eco-01", "Economy"], [])]


def test_a_change_is_told_once_where_two_ways_lead_to_it():
    published = edition(prints("Tolls were 8.", ("8", "table:evidence", "table:verdicts", "row:E100")))
    assert tell(evidence(), verdict(), value(), published=published) == [("E100", ["eco-01", "Economy"], [])]


def test_what_has_two_first_causes_stands_alone_and_names_the_nearest():
    published = edition(prints("Tolls were 8.", ("8", "table:verdicts", "series:tolls")))
    assert tell(evidence(), verdict(), series(), value(), published=published) == [
        ("E100", ["eco-01"], []),
        ("Economy", [], ["eco-01", "tolls"]),
        ("tolls", [], []),
    ]


def test_of_many_ways_none_hides_another():
    published = edition(prints("Tolls were 8.", ("8", "table:verdicts", "series:tolls")))
    told = tell(
        evidence(reach=("eco-01", "eco-03")),
        verdict(),
        verdict("eco-03"),
        series(),
        value(),
        published=published,
    )
    assert ("Economy", [], ["eco-01", "eco-03", "tolls"]) in told


def test_stories_come_by_the_weightiest_change_in_them():
    changes = [
        series(size=0.1),
        verdict("eco-03"),
        Change("finding", "added", "Conclusion"),
        evidence(),
        stale(),
    ]
    told = [subject for subject, _, _ in tell(*changes)]
    assert told == ["Conclusion", "eco-03", "E100", "tolls"]
    for order in itertools.permutations([series("a", size=0.1), series("b", size=0.9), code("x")]):
        assert [subject for subject, _, _ in tell(*order)] == ["b", "a", "code"]
