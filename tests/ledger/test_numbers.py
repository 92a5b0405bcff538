import json
import re

import pytest

from sourcebook.ledger.check import check_project
from sourcebook.ledger.codebook import write_codebook
from sourcebook.ledger.numbers import check_numbers
from sourcebook.ledger.reading import read_ledger
from sourcebook.ledger.verdicts import seal_verdicts

MARKDOWN = "# Trade {#sec-trade}\n\nThe towns met twice\nin 2013, `{python} number(n)` of them."
CODE = """#| label: fig-tolls
#| fig-cap: "Tolls by year, 2013 to 2024."
#| fig-alt: >-
#|   Bars by year. Tolls reach `{python} number(n)`
#|   crowns in 2024.
labels = {"a": "by bridge", "b": "by boat"}
bars(
    frame, category="year", value="tolls",
    title=f"Tolls came to {number(n)} crowns",
    subtitle="Tolls a year, thousand crowns", note="The boat is left out.",
    notes=["Counted by the council."],
)"""


@pytest.fixture
def find(project):
    """Issues of a project with the given cells, page and allow-list, as text."""

    def find_issues(*cells, page="", allowed=()):
        project.build(numbers=[dict(zip(("number", "words", "reason"), row, strict=True)) for row in allowed])
        kinds = [
            {"cell_type": kind, "id": f"c{n}", "source": source} for n, (kind, source) in enumerate(cells, 1)
        ]
        project.write("notebooks/01.ipynb", json.dumps({"nbformat": 4, "nbformat_minor": 5, "cells": kinds}))
        project.write("index.md", page)
        ledger = read_ledger(project.root)
        return [str(issue) for issue in check_numbers(project.root, ledger.sheets["numbers"])]

    return find_issues


def test_a_number_is_named_with_its_place_the_words_around_it_and_what_to_do(find):
    (issue,) = find(("code", CODE), ("markdown", MARKDOWN))
    assert issue.startswith(
        "notebooks/01.ipynb, cell 2 (c2), line 3: a number typed by hand (found twice in “"
    )
    assert "The towns met twice in 2013, … of them.”; to mend: compute it, as value(" in issue
    assert "data/numbers.csv" in issue


PLACES = [
    ("The towns", "The 47 towns", "cell 2 (c2), line 3"),
    ("# Trade", "# Nine trades", "cell 2 (c2), line 1"),
    ("by year, 2013", "by year, 47 places, 2013", "cell 1 (c1), line 2"),
    ("#|   Bars by", "#|   Four bars by", "cell 1 (c1), line 4"),
    ("crowns in 2024", "crowns in 2024, a third", "cell 1 (c1), line 5"),
    ('"by boat"', '"by two boats"', "cell 1 (c1), line 6"),
    ("crowns\",\n    sub", "crowns, half of it\",\n    sub", "cell 1 (c1), line 9"),
    ("a year, thousand", "a year, 12 thousand", "cell 1 (c1), line 10"),
    ("The boat", "One boat", "cell 1 (c1), line 10"),
    ("the council", "4 councils", "cell 1 (c1), line 11"),
    ("`{python} number(n)` of", "`{python} number(47)` of", "cell 2 (c2), line 4"),
    ("came to {number(n)}", "came to {number(47)}", "cell 1 (c1), line 9"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place"), PLACES)
def test_a_number_typed_in_any_place_is_found_there_and_only_there(find, old, new, place):
    markdown = MARKDOWN.replace(" twice", "")
    assert find(("code", CODE), ("markdown", markdown)) == []
    (issue,) = find(("code", CODE.replace(old, new)), ("markdown", markdown.replace(old, new)))
    assert issue.startswith(f"notebooks/01.ipynb, {place}: a number typed by hand")


def test_pages_are_read_and_so_are_chunks_in_them(find, project):
    (issue,) = find(page="# Reading\n\nGrades run from 1 on.\n")
    assert issue.startswith(
        "index.md, line 3: a number typed by hand (found 1 in “# Reading Grades run from 1 on.”"
    )
    project.write(
        "notebooks/02.qmd", '# Two\n\n```{python}\n#| fig-cap: "Six bars"\nbars(f, title="ten")\n```\n'
    )
    places = [issue.split(":")[0] for issue in find()]
    assert places == [f"notebooks/02.qmd, line {line}" for line in (1, 4, 5)]


def test_chapters_outside_the_usual_folders_are_found_in_the_table_of_contents(find, project):
    find()
    project.write(
        "_quarto.yml", "book: {chapters: [index.md, {part: x, chapters: [more/a.md, more/gone.md]}]}\n"
    )
    project.write("more/a.md", "Nine")
    issues = check_numbers(project.root, read_ledger(project.root).sheets["numbers"])
    assert [issue.where for issue in issues] == ["more/a.md, line 1"]


ENTRY = ("twice", "towns met twice in", "it says so")


def test_an_entry_excuses_a_number_among_its_words_and_nowhere_else(find):
    assert find(("markdown", MARKDOWN), allowed=[ENTRY]) == []
    (issue,) = find(("markdown", f"{MARKDOWN} They came twice."), allowed=[ENTRY])
    assert "found twice in “…" in issue
    assert "They came twice." in issue


def test_an_entry_that_excuses_nothing_is_an_error(find):
    unused, computed = (
        ("nine", "nine towns met", "no more"),
        ("2013", "twice in 2013", "a date needs no entry"),
    )
    issues = find(("markdown", MARKDOWN), allowed=[computed, unused, ENTRY])
    assert [issue.split(" (")[0] for issue in issues] == [
        "data/numbers.csv, line 2, column words: an entry that excuses no number",
        "data/numbers.csv, line 3, column words: an entry that excuses no number",
    ]


def test_while_a_chapter_cannot_be_read_no_entry_is_called_unused(find, project):
    assert len(find(("markdown", "Nothing here."), allowed=[ENTRY])) == 1
    project.write("notebooks/02.ipynb", "{")
    assert check_numbers(project.root, read_ledger(project.root).sheets["numbers"]) == []


def test_settings_that_cannot_be_read_are_left_to_other_checks(find, project):
    find(("markdown", "Nine towns."))
    project.write("_quarto.yml", 'book: {title: "open\n')
    assert len(check_numbers(project.root, read_ledger(project.root).sheets["numbers"])) == 1


@pytest.mark.parametrize(
    "entry", [("twice", "met twice", "short"), ("twice", "the towns met often", "not there")]
)
def test_an_entry_needs_words_around_its_number(find, entry):
    assert "too few words to tell a number by" in find(("markdown", MARKDOWN), allowed=[entry])[-1]


def test_ids_and_titles_of_the_article_are_names(project):
    write_codebook(project.build())
    seal_verdicts(read_ledger(project.root))
    project.write(
        "index.md", "# Two towns and a bridge\n\nAs *eco-01* says, there are two towns, and eco-02.\n"
    )
    found = [issue.found for issue in check_project(project.root).issues]
    assert [words.split(" in ")[0] for words in found] == ["two", "02"]


def _places(cell):
    """Where in a real cell a number could be typed: the offset just after a word that a reader sees."""
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        patterns = [r"^# \w+", r"\. [A-Z]\w+ \w+(?= [a-z]+)"]
    else:
        patterns = [
            r"#\| (?:fig|tbl)-(?:cap|alt): \"?[A-Z]\w+",
            r"\b(?:sub)?title=f?\"[A-Z]\w+",
            r"\bnotes?=\[?\"\w+",
        ]
    return [match.end() for pattern in patterns for match in re.finditer(pattern, source, re.MULTILINE)]


def test_a_digit_typed_into_this_reports_notebooks_is_found_just_there(repository, project):
    check = _checker(project)
    tried = 0
    for path in sorted(repository.glob("notebooks/*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            before = check(cell)
            for place in _places(cell):
                changed = cell | {"source": f"{source[:place]} 4711 times {source[place:]}"}
                after = check(changed)
                line = source.count("\n", 0, place) + 1
                where = f"notebooks/alone.ipynb, cell 1 ({cell['id']}), line {line}"
                assert [issue.where for issue in after if issue.found.startswith("4711 ")] == [where], (
                    path.name
                )
                assert len(after) == len(before) + 1, path.name
                tried += 1
    assert tried > 100


def _checker(project):
    allowed = read_ledger(project.build()).sheets["numbers"]

    def check(cell):
        project.write("notebooks/alone.ipynb", json.dumps({"cells": [cell]}))
        return check_numbers(project.root, allowed)

    return check
