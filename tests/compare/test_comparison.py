"""Scripted changes on a real repository: each alone, then together, and nothing else is said."""

import json

import pytest

from sourcebook.compare.change_wording import say_summary

EVIDENCE, CLAIMS, VERDICTS = "data/evidence.csv", "data/claims.csv", "data/verdicts.csv"
SOURCES, TOLLS, REPORT = "data/sources.yaml", "data/series/tolls.csv", "report/output/report.json"
CHAPTER = "notebooks/04-economy.ipynb"
EXHIBIT, PICTURE = "report/output/exhibits/fig-tolls.csv", "report/output/exhibits/fig-tolls.svg"
BUSY = '{"id": "sec-economy/2", "text": "The bridge is busy.", "cell": "lead"}, '
SHORT = (
    '{"id": "sec-economy/8", "text": "That is 60 %.", "cell": "lead", "values": '
    '[{"text": "60 %", "expression": "percent(held)", "lineage": {"tables": ["verdicts"]}}]}, '
)
VALUE = "Economy, now 59 % (was 60 %): “About 59 % of the claims hold eco-01.”"
NOW = (
    "Conclusion, item 1 reworded: “We judge that the bridge helps both towns.” → "
    "“We judge that the bridge helps one town.”"
)
STALE = "the verdict on eco-01 is stale"

# What is edited (file, old, new), and the one sentence that says it.
ALONE = {
    f"eco-01 reworded: “The bridge opened in 2013.” → “The bridge opened in May 2013.”: {STALE}": [
        (CLAIMS, "opened in 2013.", "opened in May 2013.")
    ],
    f"eco-01 re-coded: direction supports → hedges: {STALE}": [(CLAIMS, "supports", "hedges")],
    f"eco-01 moved: “The bridge was … in 2013” → “The bridge was … May 2013”: {STALE}": [
        (CLAIMS, "… in 2013", "… May 2013")
    ],
    f"E100 regraded A1 → A3: {STALE}": [(EVIDENCE, "supports,1", "supports,3")],
    f"E100 changed: stance supports → context: {STALE}": [(EVIDENCE, "supports", "context")],
    "eco-01 accurate (moderate) → unproven (low)": [(VERDICTS, "accurate,moderate", "unproven,low")],
    "eco-01 accurate, confidence moderate → low": [(VERDICTS, "moderate", "low")],
    "eco-01 judged as before, for another reason": [(VERDICTS, "own gazette", "own paper")],
    f"gazette regraded A → C (1 row of evidence): {STALE}": [(SOURCES, "reliability: A", "reliability: C")],
    f"source gazette origin: Northtown council → Southtown council: {STALE}": [
        (SOURCES, "Northtown", "Southtown")
    ],
    "gazette changed: title A bridge at last → A bridge": [(SOURCES, "A bridge at last", "A bridge")],
    "series tolls, 2024, tolls: 7.5 → 8 thousand crowns (reaches fig-tolls)": [(TOLLS, "7.5", "8")],
    "Economy reworded: “The bridge is busy.” → “The bridge is very busy.”": [
        (REPORT, "is busy", "is very busy")
    ],
    "Economy removed: “The bridge is busy.”": [(REPORT, BUSY, "")],
    "Economy, now 61 % (was 60 %): “About 61 % of the claims hold eco-01.”": [(REPORT, "60 %", "61 %")],
    "1 sentence moved from Economy to Economy › Tolls": [
        (REPORT, BUSY, ""),
        (
            REPORT,
            '{"id": "sec-economy/5"',
            BUSY.replace('"cell"', '"section": "Tolls", "cell"') + '{"id": "sec-economy/5"',
        ),
    ],
    NOW: [(REPORT, "both towns", "one town")],
    "fig-tolls, 2024, tolls: 7.5 → 8": [(EXHIBIT, "7.5", "8"), (PICTURE, "1", "2")],
    "fig-tolls redrawn from the same data": [(PICTURE, "1", "2")],
    "Trade retitled: Economy → Trade": [(REPORT, '"title": "Economy"', '"title": "Trade"')],
    "notebooks/04-economy.ipynb: code of cell setup changed": [(CHAPTER, "* 100", "* 99")],
    "data/article.toml changed: date 2025-06-20 → 2025-06-21": [("data/article.toml", "06-20", "06-21")],
}
COSMETIC = {
    "chapters with other metadata, outputs or cell ids": [
        (CHAPTER, '"metadata": {}', '"metadata": {"kernelspec": {}}'),
        (CHAPTER, '"id": "setup"', '"id": "set-up"'),
    ],
    "reports with other numbers of figures, or another layout": [
        (REPORT, "Figure 1", "Figure 2"),
        (REPORT, '"version": "0"', '"version": "1"'),
    ],
    "tables with other white space, quotes or signs": [
        (CLAIMS, "The bridge opened in 2013.", '"The bridge opened  in 2013."')
    ],
    "lists of sources written another way": [
        (SOURCES, "title: A bridge at last", "title: 'A bridge at last'")
    ],
}


def test_the_same_state_twice_has_no_changes(history):
    assert history.sentences() == []


@pytest.mark.parametrize("sentence", ALONE)
def test_a_change_alone_is_one_sentence(history, sentence):
    for edit in ALONE[sentence]:
        history.change(*edit)
    assert history.sentences() == [sentence]


@pytest.mark.parametrize("sort", COSMETIC)
def test_what_says_nothing_new_is_counted_and_not_listed(history, sort):
    for edit in COSMETIC[sort]:
        history.change(*edit)
    comparison = history.compare()
    assert comparison.stories == ()
    assert comparison.cosmetic == {sort: 1}


def test_quotes_and_the_sign_for_per_cent_say_nothing_new(history):
    history.change(REPORT, "The bridge is busy.", "The bridge’s deck is “full” on 5\u202f% of days.")
    history.change(EVIDENCE, "The bridge opened on 3 May 2013.", "It’s open on 5 % of days.")
    history.change(EXHIBIT, "2024", "the town’s 2024")
    base = history.commit("typeset")
    history.change(
        REPORT, "The bridge’s deck is “full” on 5\u202f%", 'The bridge\'s deck is \\"full\\" on 5 per cent'
    )
    history.change(EVIDENCE, "It’s open on 5 %", "It's open on 5 per cent")
    history.change(EXHIBIT, "town’s", "town's")
    assert history.sentences(base) == []


def test_ids_and_widths_in_a_picture_nobody_sees(history):
    history.change(PICTURE, "<svg>", "<svg id='x12345678-a'>")
    base = history.commit("ids")
    history.change(
        PICTURE, "'x12345678-a'", '\'x9abcdef0-a\' textLength="7.5" lengthAdjust="spacingAndGlyphs"'
    )
    assert history.sentences(base) == []
    history.change(PICTURE, ">1<", ">2<")
    assert history.sentences(base) == ["fig-tolls redrawn from the same data"]


def test_what_follows_from_a_change_stands_behind_it(history):
    history.change(EVIDENCE, "supports,1", "supports,3")
    history.change(VERDICTS, "accurate,moderate", "unproven,low")
    history.change(REPORT, "60 %", "61 %")
    sentence = f"E100 regraded A1 → A3: eco-01 accurate (moderate) → unproven (low); {STALE}: Economy, now 61 % (was 60 %)"
    assert history.sentences() == [sentence]


def test_a_value_with_several_causes_stands_alone_and_names_them(history):
    history.change(VERDICTS, "accurate,moderate", "unproven,low")
    history.change(CHAPTER, "* 100", "* 99")
    history.change(REPORT, "60 %", "59 %")
    assert history.sentences() == [
        "eco-01 accurate (moderate) → unproven (low)",
        VALUE + " (follows from eco-01 and notebooks/04-economy.ipynb)",
        "notebooks/04-economy.ipynb: code of cell setup changed",
    ]


def test_a_series_leads_to_the_value_and_the_exhibit_made_of_it(history):
    for path in (TOLLS, EXHIBIT):
        history.change(path, "7.5", "8")
    history.change(REPORT, "Tolls were 7.5", "Tolls were 8")
    sentence = (
        "series tolls, 2024, tolls: 7.5 → 8 thousand crowns (reaches fig-tolls): "
        "Economy › Tolls, now 8 (was 7.5); fig-tolls, 2024, tolls: 7.5 → 8"
    )
    assert history.sentences() == [sentence]


def test_a_value_names_its_cell_and_both_sentences(history):
    history.change(REPORT, "60 %", "61 %")
    change = history.compare().changes[0]
    assert change.where == "notebooks/04-economy.ipynb, cell lead"
    assert (change.before, change.after, change.reach) == ("60 %", "61 %", ("eco-01",))
    assert change.details[0].before == "About 60 % of the claims hold eco-01."


@pytest.fixture
def second(history):
    """A second claim with its evidence and verdict beside the first."""
    more = [{"id": "eco-01"}, {"id": "eco-02", "claim": "The bridge was repaired in 2014."}]
    history.build(
        claims=more,
        evidence=[{"id": "E100"}, {"id": "E101", "claim": "eco-02"}],
        verdicts=[{"claim": "eco-01"}, {"claim": "eco-02"}],
    )
    return history


def test_a_new_claim_brings_its_evidence_and_verdict(second):
    sentence = (
        "eco-02 added: “The bridge was repaired in 2014.”; E101 added to eco-02: supports, A1, gazette: "
        "eco-02 judged accurate (moderate)"
    )
    assert second.sentences() == [sentence]


def test_a_claim_that_goes_takes_them_along(second):
    second.commit("second")
    second.build()
    sentence = (
        "eco-02 removed: “The bridge was repaired in 2014.”; E101 removed from eco-02: supports, A1, gazette: "
        "eco-02 no longer judged, it was accurate (moderate)"
    )
    assert second.sentences() == [sentence]


def test_a_renamed_claim_is_followed(history):
    for path in (CLAIMS, EVIDENCE, VERDICTS):
        history.change(path, "eco-01", "eco-07")
    assert history.sentences() == ["eco-01 renamed eco-07: the verdict on eco-07 is stale"]


def test_a_renamed_chapter_file_is_cosmetic(history):
    history.git("mv", CHAPTER, "notebooks/05-economy.ipynb")
    comparison = history.compare()
    assert (comparison.stories, comparison.cosmetic) == ((), {"chapter files renamed": 1})


def test_reordered_rows_are_cosmetic(second):
    second.commit("second")
    lines = (second.root / CLAIMS).read_text().splitlines(keepends=True)
    second.project.write(CLAIMS, "".join([lines[0], lines[2], lines[1]]))
    comparison = second.compare()
    assert (comparison.stories, comparison.cosmetic) == ((), {"tables with rows in another order": 1})


def test_chapters_that_change_places_move_once(history):
    history.print(lambda report: report["chapters"].insert(1, report["chapters"].pop(2)))
    assert history.sentences() == ["Conclusion moved, now at the beginning"]


def test_a_changed_judgement_takes_the_sentence_that_prints_it_along(history):
    row = "J1,We judge that the bridge helps both towns.,,high,eco-01,fig-tolls,Tolls.\n"
    path = "data/judgements.csv"
    history.project.write(path, (history.root / path).read_text() + row)
    history.commit("judgement")
    for file in (path, REPORT):
        history.change(file, "helps both towns", "helps one town")
    told = history.sentences()
    assert told == [
        "J1 changed: judgement We judge that the bridge helps both towns. → We judge that the bridge helps one town.; "
        + NOW
    ]


def test_another_reason_is_counted_apart_from_another_verdict(history):
    history.change(VERDICTS, "own gazette", "own paper")
    assert say_summary(history.compare()) == "Changed: 1 reason for a verdict."


def test_several_changes_are_told_weightiest_first(history):
    history.change(PICTURE, "1", "2")
    history.change(REPORT, "is busy", "is very busy")
    history.change(TOLLS, "7.5", "8")
    history.change(VERDICTS, "moderate", "low")
    history.change(REPORT, "stay low", "rise")
    kinds = [story.change.kind for story in history.compare().stories]
    assert kinds == ["finding", "verdict", "series", "prose"]


def test_revisions_are_compared_without_touching_the_working_tree(second):
    second.commit("second")
    second.change(VERDICTS, "moderate", "low")
    status = second.git("status", "--porcelain")
    assert [line.split(":")[0] for line in second.sentences("HEAD~1", "HEAD")] == ["eco-02 added"]
    assert second.sentences("HEAD", "HEAD") == []
    assert second.git("status", "--porcelain") == status


def test_a_merge_shows_what_it_brings(history):
    history.git("switch", "--quiet", "--create", "grades")
    history.change(VERDICTS, "moderate", "low")
    history.commit("grade")
    history.git("switch", "--quiet", "main")
    history.change(REPORT, "is busy", "is very busy")
    history.commit("prose")
    history.git("merge", "--quiet", "--no-edit", "grades")
    assert history.sentences("HEAD~1", "HEAD") == ["eco-01 accurate, confidence moderate → low"]
    assert len(history.sentences("grades", "HEAD")) == 1


def test_captions_are_prose_and_no_code(history):
    history.change(CHAPTER, "#| label: fig-tolls\\n", '#| label: fig-tolls\\n#| fig-cap: \\"Tolls.\\"\\n')
    comparison = history.compare()
    assert comparison.stories == ()
    assert comparison.notes == (
        "The chapters changed and the published edition did not: publish it to see what follows in the report.",
    )


def test_a_picture_of_the_same_data_follows_from_no_row_of_the_ledger(history):
    history.change(CHAPTER, "bars(tolls)", "bars(tolls[book.graded['verdict'].eq('accurate').any()])")
    base = history.commit("a picture that uses the verdicts")
    history.change(VERDICTS, "accurate,moderate", "unproven,low")
    history.change(PICTURE, "1", "2")
    assert "fig-tolls redrawn from the same data" in history.sentences(base)


def test_a_table_of_claims_follows_from_what_happened_to_those_claims(history):
    history.change(CHAPTER, "bars(tolls)", "bars(tolls, book.graded)")
    history.project.write(EXHIBIT, "id,rationale\neco-01,So.\neco-02,Thus.\n")
    base = history.commit("a table of claims")
    history.change(VERDICTS, "own gazette", "own paper")
    history.change(EXHIBIT, "Thus.", "Therefore.")
    assert "fig-tolls, eco-02, rationale: Thus. → Therefore." in history.sentences(base)
    history.change(EXHIBIT, "So.", "Hence.")
    history.change(EXHIBIT, "Therefore.", "Thus.")
    told = "eco-01 judged as before, for another reason: fig-tolls with it"
    assert history.sentences(base) == [told]


def test_pictures_that_the_tool_draws_otherwise_are_told_as_one(history):
    history.project.write("src/tool/charts/bars.py", "old")
    history.project.write("report/output/exhibits/fig-b.csv", "a\n1\n")
    history.project.write("report/output/exhibits/fig-b.svg", "<svg>1</svg>")
    base = history.commit("a tool")
    history.project.write("src/tool/charts/bars.py", "new")
    history.change(PICTURE, "1", "2")
    history.change("report/output/exhibits/fig-b.svg", "1", "2")
    told = "the code that draws charts changed: fig-b redrawn from the same data; fig-tolls redrawn from the same data"
    assert history.sentences(base) == [told]
    history.change(PICTURE, "2", "1")
    history.change("report/output/exhibits/fig-b.svg", "2", "1")
    assert history.sentences(base) == []


def test_an_exhibit_takes_its_words_along(history):
    (history.root / EXHIBIT).unlink()
    (history.root / PICTURE).unlink()
    history.print(lambda report: report["chapters"][1]["sentences"].__delitem__(slice(5, 7)))
    gone = "fig-tolls removed: Economy, alternative text of fig-tolls removed: 2 sentences"
    assert history.sentences() == [gone]


def test_a_row_of_an_exhibit_that_came_is_named(history):
    history.project.write(EXHIBIT, "year,tolls\n2023,7\n2024,7.5\n2025,8\n")
    assert history.sentences() == ["fig-tolls, 2025: added"]


def test_a_number_of_a_row_that_came_is_as_short_as_any(history):
    history.project.write(EXHIBIT, f"year,tolls\n2023,7\n2024,7.5\n2025,{22 / 7}\n")
    (story,) = history.compare().stories
    assert [detail.after for detail in story.change.details] == ["3.14286"]


def test_a_short_sentence_finds_its_cell(history):
    history.change(REPORT, BUSY, SHORT)
    base = history.commit("a short sentence")
    history.change(VERDICTS, "accurate,moderate", "unproven,low")
    history.change(REPORT, "That is 60 %", "That is 59 %")
    assert history.sentences(base) == [
        "eco-01 accurate (moderate) → unproven (low): Economy, now 59 % (was 60 %)"
    ]


def test_a_cause_that_went_the_same_way_is_the_cause(history):
    history.change(CHAPTER, "bars(tolls)", "bars(tolls, book.evidence)")
    base = history.commit("an exhibit of two tables")
    history.change(TOLLS, "7.5", "8")
    history.change(EVIDENCE, "supports,1", "supports,3")
    history.change(EXHIBIT, "7.5", "8")
    told = "series tolls, 2024, tolls: 7.5 → 8 thousand crowns (reaches fig-tolls): fig-tolls, 2024, tolls: 7.5 → 8"
    assert told in history.sentences(base)


def test_without_a_published_edition_the_comparison_says_so(history):
    history.git("rm", "--quiet", "-r", "report/output")
    comparison = history.compare()
    assert [change.kind for change in comparison.changes] == ["exhibit"]
    assert comparison.notes[0].startswith("No published edition in working tree")


def test_data_without_a_new_edition_is_noted(history):
    history.change(VERDICTS, "moderate", "low")
    assert history.compare().notes[0].startswith("The data changed and the published edition did not")


def test_notebooks_that_are_no_notebooks_do_not_stop_the_comparison(history):
    history.project.write(CHAPTER, json.dumps([]))
    assert len(history.sentences()) == 1
