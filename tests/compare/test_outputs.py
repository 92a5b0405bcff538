import json
import re

import pytest

from sourcebook.cli import main
from sourcebook.compare.changes import Change, Comparison, Detail, Pictures, Story, find_gates
from sourcebook.compare.markdown_output import LIMIT, MARK
from sourcebook.compare.text_output import draw_comparison

HOSTILE = "<script>alert(1)</script> @team closes #1 [x](javascript:1) | `"


def compare_one(change, **rest):
    return Comparison("main", "HEAD", (Story(change),), **rest)


@pytest.mark.parametrize("form", ["md", "html"])
def test_text_of_the_data_stays_text(form):
    change = Change("claim", "reworded", "eco-01", HOSTILE, f"{HOSTILE} too", "data/claims.csv")
    drawn = draw_comparison(compare_one(change), form)
    assert "<script" not in drawn
    assert "<a" not in drawn


@pytest.mark.parametrize(
    ("form", "told"), [("md", "<del>old</del> <ins>new</ins>"), ("html", "<del>old</del> <ins>new</ins>")]
)
def test_another_wording_is_shown_word_by_word(form, told):
    for what in ("reworded", "rationale"):
        change = Change(
            "finding", what, "Conclusion", "The old bridge stands.", "The new bridge stands.", "report.md"
        )
        assert told in draw_comparison(compare_one(change), form)
    assert "[-old-] {+new+}" in draw_comparison(compare_one(change), "text", details=True)


@pytest.mark.parametrize("form", ["text", "md", "html"])
def test_details_name_what_follows_and_not_the_first_change_again(form):
    first = Change("evidence", "removed", "E1", "supports, A1, gazette", reach=("eco-01",))
    then = Change("stale", "stale", "eco-01", after="accurate")
    drawn = draw_comparison(Comparison("main", "HEAD", (Story(first, (then,)),)), form, details=True)
    assert drawn.count("E1 removed from eco-01") == 1
    # After the first change, and over its own details; a page says the verdict first, and once.
    assert drawn.count("the verdict on eco-01 is stale") == (1 if form == "html" else 2)


def test_markdown_calls_nobody_and_links_no_issue():
    drawn = draw_comparison(compare_one(Change("claim", "added", "eco-01", after=HOSTILE)), "md")
    assert "@team" not in drawn
    assert "#1" not in drawn


def test_markdown_names_cells_whose_code_changed_and_leaves_the_code_to_the_forge():
    details = (Detail("setup", "old = 1", "new = 1"),)
    drawn = draw_comparison(compare_one(Change("code", "changed", "a.ipynb", details=details)), "md")
    assert "code of cell setup changed" in drawn
    assert "new = 1" not in drawn


def test_markdown_begins_with_the_mark_a_comment_is_found_by():
    drawn = draw_comparison(Comparison("main", "HEAD", ()), "md")
    assert drawn.startswith(MARK)
    assert "Nothing of substance changed." in drawn


def test_markdown_is_cut_before_a_forge_refuses_it():
    stories = tuple(Story(Change("row", "added", f"V{n} of events", after="x " * 60)) for n in range(3000))
    drawn = draw_comparison(Comparison("main", "HEAD", stories), "md")
    assert len(drawn) < LIMIT + 1000
    assert "more; `sourcebook compare` lists them all." in drawn


def test_markdown_links_both_pictures():
    change = Change("exhibit", "redrawn", "fig-x", where="report/output/exhibits/fig-x")
    comparison = compare_one(change, pictures={"fig-x": Pictures(b"<svg/>", b"<svg />")})
    drawn = draw_comparison(comparison, "md", address="https://example.org/{revision}/{path}")
    assert "https://example.org/main/report/output/exhibits/fig-x.svg" in drawn
    assert "https://example.org/HEAD/report/output/exhibits/fig-x.svg" in drawn


def test_the_page_shows_pictures_side_by_side_and_laid_over_and_runs_nothing():
    change = Change("exhibit", "redrawn", "fig-x")
    page = draw_comparison(compare_one(change, pictures={"fig-x": Pictures(b"<svg/>", b"<svg />")}), "html")
    assert page.count("data:image/svg+xml;base64,") == 4
    assert "default-src 'none'" in page
    taller = Pictures(b'<svg viewBox="0 0 9 9"/>', b'<svg viewBox="0 0 9 19"/>')
    page = draw_comparison(compare_one(change, pictures={"fig-x": taller}), "html")
    assert page.count("data:image/svg+xml;base64,") == 2  # of other sizes all would differ


def test_the_page_calls_exhibits_what_readers_call_them():
    change = Change("prose", "reworded", "A chapter", "So @fig-x says.", "So @fig-x and @tbl-late say.")
    page = draw_comparison(compare_one(change, names={"fig-x": "Figure 3"}), "html")
    words = re.sub(r"<[^>]*>", "", page.partition("<main>")[2])
    assert "Figure 3" in words
    assert "table late" in words
    assert not re.search("fig-x|tbl-late", words)
    assert 'title="fig-x"' in page


def test_the_page_calls_chapters_and_sources_what_readers_call_them():
    said = "So @gazette, @unknown (@sec-trade, @sec-not-known) and a@sec-trade.org say."
    names = {"gazette": "Town Gazette 2013", "sec-trade": "“Trade”"}
    page = draw_comparison(compare_one(Change("prose", "added", "A chapter", "", said), names=names), "html")
    words = re.sub(r"<[^>]*>", "", page.partition("<main>")[2])
    shown = "So Town Gazette 2013, @unknown (“Trade”, section not known) and a@sec-trade.org say."
    assert shown in words


def test_an_edition_and_the_ledger_tell_those_names(history):
    history.change("report/output/report.json", "60 %", "61 %")
    names = history.compare().names
    assert names["gazette"] == "Town Gazette 2013"
    assert names["sec-economy"] == "“Economy”"


def test_details_show_which_words_changed(history):
    history.change("report/output/report.json", "60 %", "61 %")
    assert "About [-60-] {+61+} % of the claims" in draw_comparison(history.compare(), "text", details=True)


def test_gates_know_values_in_findings():
    change = Change("finding", "value", "Conclusion, item 1", "60 %", "61 %", context="x")
    assert find_gates(compare_one(change), ["value"]) == [change]
    assert find_gates(compare_one(change), ["stale", "verdict"]) == []


def test_another_reason_opens_the_gate_for_verdicts():
    reason = Change("verdict", "rationale", "eco-01", "So.", "Thus.")
    comparison = Comparison("a", "b", (Story(reason),))
    assert find_gates(comparison, ["verdict"]) == []
    assert find_gates(comparison, ["rationale"]) == [reason]


@pytest.mark.parametrize(
    ("edits", "words", "code"),
    [
        ([], [], 0),
        ([("data/verdicts.csv", "moderate", "low")], [], 1),
        ([("data/verdicts.csv", "moderate", "low")], ["--fail-on", "verdict"], 1),
        ([("data/verdicts.csv", "moderate", "low")], ["--fail-on", "stale,value"], 0),
        ([], ["no-such-branch"], 2),
        ([], ["--", "--output=x"], 2),
        ([("data/claims.csv", "eco-01", "<<<<<<< ours\neco-01")], [], 2),
    ],
)
def test_exit_codes(history, capsys, edits, words, code):
    for edit in edits:
        history.change(*edit)
    assert main(["compare", "--project", str(history.root), *words]) == code
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err


def test_two_folders_are_compared_from_anywhere(history, tmp_path, monkeypatch, capsys):
    history.git("worktree", "add", "--quiet", str(tmp_path / "other"))
    history.change("data/verdicts.csv", "moderate", "low")
    monkeypatch.chdir(tmp_path)
    assert main(["compare", str(tmp_path / "other"), str(history.root)]) == 1
    assert "confidence moderate → low" in capsys.readouterr().out


def test_json_has_every_change_once_with_file_and_causes(history, capsys):
    history.change("data/verdicts.csv", "accurate,moderate", "unproven,low")
    history.change("report/output/report.json", "60 %", "61 %")
    assert main(["compare", "--json", "--project", str(history.root)]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["format"], said["command"], said["base"]) == (1, "compare", "HEAD")
    (story,) = said["stories"]
    assert (story["change"]["kind"], story["change"]["file"]) == ("verdict", "data/verdicts.csv")
    (value,) = story["then"]
    assert (value["file"], value["place"]) == ("notebooks/04-economy.ipynb", "cell lead")
    assert (value["before"], value["after"]) == ("60 %", "61 %")


def test_a_page_says_the_verdict_before_its_cause_and_shows_code_as_code():
    cause = Change("evidence", "regraded", "E1", "B2", "C3", reach=("eco-01",))
    verdict = Change("verdict", "changed", "eco-01", "accurate", "outdated")
    code = Change(
        "code", "changed", "notebooks/a.ipynb", details=(Detail("draw", "a = 1\nb = 2", "a = 1\nb = 3"),)
    )
    page = draw_comparison(Comparison("main", "HEAD", (Story(cause, (verdict,)), Story(code))), "html")
    assert "<strong>eco-01 accurate → outdated</strong>" in page
    assert page.index("eco-01 accurate → outdated") < page.index("because E1 regraded B2 → C3")
    assert "<pre><code> a = 1\n<del>-b = 2</del>\n<ins>+b = 3</ins></code></pre>" in page
    for landmark in ("<header", "<nav aria-label=", "<main>"):
        assert page.count(landmark) == 1
