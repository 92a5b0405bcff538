import json
import re

import pytest

from sourcebook.core.markup import COMPUTED
from sourcebook.ledger.codebook import write_codebook
from sourcebook.ledger.load import read_ledger
from sourcebook.ledger.project_check import check_project
from sourcebook.ledger.typed_numbers import check_numbers, find_numerals, find_typed
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
    ("crowns in 2024", "crowns in 2024, twice", "cell 1 (c1), line 5"),
    ('"by boat"', '"by two boats"', "cell 1 (c1), line 6"),
    ("crowns\",\n    sub", "crowns, half of it\",\n    sub", "cell 1 (c1), line 9"),
    ("a year, thousand", "a year, 12 thousand", "cell 1 (c1), line 10"),
    ("The boat", "Two boats", "cell 1 (c1), line 10"),
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


def test_the_list_of_corrections_is_a_record_and_left_alone(find, project):
    find()
    project.write("_quarto.yml", "book: {chapters: [index.md], appendices: [report/corrections.md]}\n")
    project.write("report/corrections.md", "Nine, not 11")
    assert check_numbers(project.root, read_ledger(project.root).sheets["numbers"]) == []


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
    for path in (repository / "index.ipynb", *sorted(repository.glob("notebooks/*.ipynb"))):
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


# Each row: a sentence, and the numbers in it that somebody typed.
SENTENCES = [
    # digits
    ("The treaty has 47 articles.", ["47"]),
    ("Trade rose by 2.5 % to 4,800 million dollars.", ["2.5 %", "4,800"]),
    ("A rate of 3:1, or 5x, or ½ of it.", ["3:1", "5x", "½"]),
    ("It cost USD50 or €300.", ["50", "300"]),
    ("the 3rd attempt, a top-10 list", ["3rd", "10"]),
    (f"{COMPUTED * 9} billion dollars and 12 more", ["12"]),
    # names
    ("S-300PMU2 and Su-35 fighters, Mi-28NE, Fath-360, Bushehr-2, Soyuz-2.1b", []),
    ("E3 and P5+1 on Resolution 2231 and Articles 3(3) and 5(4), Article 51", []),
    ("reactor 2, reactors 2 and 3, unit 1 and ICD 203, graded B2, on A4", []),
    ("articles 47 of them, 300 units, in the article 12 times, this chapter 4", ["47", "300", "12", "4"]),
    ("the Group of Seven after the Twelve-Day War and the Second World War", []),
    ("eco-03 and eco-99 stand here", ["99"]),
    ("as “The 7 towns” says of 7 towns", ["7"]),
    # dates
    ("on 17 January 2025, 14–15 June 2025, from 12 to 24 June, and on 6 and 13 June", []),
    ("in June 2025, May and June 2025, autumn 2024, mid-2025, Q1 2025", []),
    ("2022-12-09 and 2025-06-14/2025-06-15", []),
    ("the 1990s, 2020–24, 2015–19, 2024/25, the 18th and 19th centuries, the twentieth century", []),
    ("in the second half of 2024, the first quarter of 2025 and the first half of June", []),
    ("In 2013 drones flew; by 2021 Iran was ahead; 2021 and 2022 show none; the 2018 arrangement", []),
    (f"from {COMPUTED * 5}–2023, {COMPUTED * 4} to 2025, the year to March 2025", []),
    ("at 04:00 UTC in the year 1403", []),
    ("It sent 2013 drones, more than 2000 people, 1990 million tonnes and 2,013 tents.", ["2013", "2000", "1990", "2,013"]),
    ("48 June, 14 Junes", ["48", "14"]),
    ("In May 12 drones flew.", ["12"]),
    # cardinals
    ("Three items, four lanes and twenty-five states in two-thirds of cases", ["Three", "four"]),
    ("the two capitals, these two and those two, but two capitals", ["two"]),
    ("a two-way road with two ways", ["two"]),
    ("the scale starts at zero, below zero, above zero", []),
    ("Trade fell to zero.", ["zero"]),
    # words that are left alone: one, ordinals, large numbers, compounds
    ("one of them, no one, one another, the one that came, every one, a new one, this one", []),
    ("one side and the other, on one line, one by one, one at a time, one-sided, one choice changed at a time", []),
    ("one state condemns and another keeps silent", []),
    ("each mark is one claim; relays of a wire count as one origin", []),
    ("One analyst is named; there is one event and one private counter.", []),
    # hundreds and more
    (f"{COMPUTED * 8} million barrels, in billion dollars, thousand tonnes", []),
    ("hundreds of drones, a dozen, a million barrels", ["hundreds", "dozen"]),
    # ordinals
    ("the first call since 2013; second, it did not; Third, the rest", []),
    ("third countries, third states, a third party", []),
    ("the third call, the second-largest buyer, every second year", []),
    # fractions and multiples
    ("half of it, exports were halved, twice as much, a quarter, doubled", ["half", "halved", "twice"]),
    ("double standards, half-hearted, in some quarters, the headquarters", []),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "found"), SENTENCES)
def test_numbers_are_told_from_dates_names_and_idioms(sentence, found):
    names = frozenset(("eco-03", "The 7 towns"))
    assert [numeral.text for numeral in find_numerals(sentence, names)] == found


def test_a_line_end_is_a_space_like_any_other():
    assert list(find_numerals("from 12\nto 24\nJune\n2025, Resolution\n2231, one\nof them")) == []


def test_a_number_knows_where_it_stands():
    (numeral,) = find_numerals("On 6 May it had 12 drones.")
    assert (numeral.start, numeral.end, numeral.text) == (16, 18, "12")


@pytest.mark.parametrize(
    ("expression", "typed"),
    [
        ("number(47)", "47"),
        ("in_words(3 + 4)", "3"),
        ("'twelve'", "twelve"),
        ("number(len(rows), 1)", ""),
        ('value("E123") * 2', ""),
        ("day('2025-01-17')", ""),
        ("broken(", ""),
    ],
)
def test_an_expression_without_data_is_a_number_typed_by_hand(expression, typed):
    assert find_typed(expression) == typed
