"""What values rest on is read from the code, whatever its author calls things."""

import re

import pytest

from sourcebook.render.lineage import TABLES, CodeReader, Lineage

SETUP = """\
from sourcebook.ledger import open_book, percent
book = open_book()
cite, graded = book.cite, book.graded
held = graded['verdict'].eq('accurate').mean() * 100
tolls = book.series('tolls')
value = book.value
"""
EXPRESSIONS = {
    "percent(held)": Lineage(tables=("claims", "evidence", "verdicts"), cells=("setup",)),
    "tolls['tolls'].iloc[-1]": Lineage(series=("tolls",), cells=("setup",)),
    "value('E100')": Lineage(rows=("E100",), cells=("setup",)),
    "book.value('E100')": Lineage(rows=("E100",)),
    "cite('eco-01')": Lineage(),
    "len(book.claims)": Lineage(tables=("claims",)),
    "summary(book)": Lineage(tables=tuple(sorted(TABLES))),
}
NAMES = ("book", "cite", "graded", "held", "tolls", "value", "open_book")


def read(source, expression, files=()):
    reader = CodeReader(files)
    reader.run(source, "setup")
    return reader.read(expression)


def rename(code):
    """The same code with every variable called otherwise; attributes, keys and texts stay."""
    code = code.replace("import open_book,", "import open_book as x_open_book,")
    return re.sub(rf"(?<![\w.'\"])(?<!import )({'|'.join(NAMES)})(?!\w)(?!['\"])", r"x_\1", code)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_rests_on_what_its_names_were_made_of(expression):
    assert read(SETUP, expression) == EXPRESSIONS[expression]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_names_do_not_matter(expression):
    assert "x_book = x_open_book()" in rename(SETUP)
    assert read(rename(SETUP), rename(expression)) == EXPRESSIONS[expression]


def test_a_module_may_open_the_ledger():
    assert read("import sourcebook.ledger as sl\nb = sl.open_book()", "b.events").tables == ("events",)


def test_something_else_called_book_is_no_ledger():
    assert read("book = dict(claims=1)", "book.claims") == Lineage(cells=("setup",))


def test_a_name_that_is_given_away_loses_its_meaning():
    assert "claims" not in read(SETUP + "book = None\n", "book.claims").tables


def test_names_inside_a_comprehension_lead_nowhere():
    reader = CodeReader()
    reader.run(SETUP + "keys = [key for key in tolls]", "one")
    assert reader.run("table([key for key in book.claims])", "two") == Lineage(
        tables=("claims",), cells=("two",)
    )


def test_a_file_is_known_by_its_path():
    found = read("rows = read_csv('../data/extra.csv')", "len(rows)", ["data/extra.csv", "data/claims.csv"])
    assert found.files == ("data/extra.csv",)


def test_code_that_is_no_python_may_use_whatever_was_opened():
    assert read("x <- read.csv()", "1").files == ()
    assert CodeReader(["data/a.csv"]).run("library(x) |> y", "one").files == ("data/a.csv",)
