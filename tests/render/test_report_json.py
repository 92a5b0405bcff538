"""The report as data: chapters, sentences, values with what they rest on, exhibits; by its schema."""

import hashlib
import json
from pathlib import Path

import jsonschema
import pytest

import sourcebook.render
from sourcebook.compare.legacy_edition import read_markdown_edition
from sourcebook.ledger.load import read_ledger
from sourcebook.ledger.verdicts import seal_verdicts
from sourcebook.render.report import render_project

pytestmark = pytest.mark.slow
SETTINGS = """\
project: {type: book}
book:
  title: Two towns
  subtitle: A report
  author: The council
  date: 2026-11-22
  chapters: [index.md, notebooks/economy.ipynb]
bibliography: data/sources.yaml
"""
TEXT = """# Economy {#sec-economy}

Of all claims `{python} percent(held)` hold `{python} book.cite('eco-01')`. “The bridge is **busy**.” @fig-tolls shows it.

## Tolls

1. Tolls were `{python} number(tolls['tolls'].iloc[-1])` thousand crowns.
2. So says the *gazette* [@gazette].

| Town | Bridges |
| --- | --- |
| Northtown | 1 |
"""
SETUP = """#| include: false
from sourcebook.charts import bars
from sourcebook.ledger import number, open_book, percent
book = open_book()
held = book.graded['verdict'].eq('accurate').mean() * 100
tolls = book.series('tolls')"""
FIGURE = """#| label: fig-tolls
#| fig-cap: Tolls of `{python} len(tolls)` years.
#| fig-alt: Bars. The last is `{python} number(tolls['tolls'].iloc[-1])`.
bars(tolls.assign(year=tolls['year'].astype(str)), category='year', value='tolls', title='Tolls', subtitle='thousand crowns')"""

ENTRIES = "#| echo: false\nbook.entries()"


def write_cells(*cells):
    made = [
        {"cell_type": kind, "id": name, "metadata": {}, "source": source}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for kind, name, source in cells
    ]
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return json.dumps({"cells": made, "metadata": spec, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture(scope="module")
def built(tmp_path_factory, new_project):
    project = new_project(tmp_path_factory.mktemp("report") / "project")
    project.build()
    project.write("_quarto.yml", SETTINGS)
    project.write("index.md", "# Reading {#sec-reading}\n\nHow to read this.\n")
    cells = [
        ("code", "setup", SETUP),
        ("markdown", "text", TEXT),
        ("code", "tolls", FIGURE),
        ("code", "ledger", ENTRIES),
    ]
    project.write("notebooks/economy.ipynb", write_cells(*cells))
    seal_verdicts(read_ledger(project.root))
    folder = project.root / "out"
    render_project(project.root, ["json", "md"], out=folder)
    return folder


@pytest.fixture
def report(built):
    return json.loads((built / "report.json").read_text(encoding="utf-8"))


def find(report, text):
    return next(s for chapter in report["chapters"] for s in chapter["sentences"] if text in s["text"])


def test_it_keeps_to_its_schema_and_every_field_is_documented(report):
    schema = json.loads((Path(sourcebook.render.__file__).parent / "report.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(report, schema)
    for name, part in [("report", schema), *schema["$defs"].items()]:
        for field, about in part["properties"].items():
            assert "description" in about or "$ref" in about, f"{name}.{field}"


def test_a_value_has_its_expression_and_what_it_rests_on(report):
    sentence = find(report, "Of all claims")
    (value,) = sentence["values"]
    assert value["text"] in sentence["text"]
    assert value["expression"] == "percent(held)"
    assert value["lineage"] == {"tables": ["claims", "evidence", "verdicts"], "cells": ["setup"]}
    assert (sentence["cell"], sentence["claims"]) == ("text", ["eco-01"])


def test_each_sentence_has_the_values_printed_in_it(report):
    tolls = find(report, "Tolls were")
    assert [value["lineage"]["series"] for value in tolls["values"]] == [["tolls"]]
    assert (tolls["section"], tolls["part"]) == ("Tolls", "item 1")
    assert "values" not in find(report, "busy")
    assert [value["expression"] for value in find(report, "Tolls of")["values"]] == ["len(tolls)"]
    assert len(find(report, "The last is")["values"]) == 1


def test_links_are_their_labels(report):
    assert find(report, "shows it")["text"] == "@fig-tolls shows it."
    assert "@gazette" in find(report, "So says the gazette")["text"]


def test_an_exhibit_names_its_data_by_digest(report, built):
    (exhibit,) = report["exhibits"]
    assert (exhibit["label"], exhibit["cell"], exhibit["lineage"]["series"]) == (
        "fig-tolls",
        "tolls",
        ["tolls"],
    )
    body = (built / exhibit["data"]["path"]).read_bytes()
    assert hashlib.sha256(body).hexdigest() == exhibit["data"]["sha256"]
    assert (built / exhibit["picture"]).is_file()


def test_a_chapter_names_the_files_its_run_opened(report):
    files = next(chapter["files"] for chapter in report["chapters"] if chapter["label"] == "sec-economy")
    assert {"data/verdicts.csv", "data/series/tolls.csv"} <= set(files)
    assert not [path for path in files if path.startswith(("src", ".", "/"))]


def test_ids_stay_while_the_words_stay(report):
    ids = [s["id"] for chapter in report["chapters"] for s in chapter["sentences"]]
    assert len(set(ids)) == len(ids)


def test_it_says_what_the_markdown_edition_says(report, built):
    """So that an edition of before can be compared with one that has a report.json; finding and measure are younger."""
    chapters = read_markdown_edition((built / "report.md").read_text(encoding="utf-8"))
    said = [(chapter.label, chapter.title, _parts(s.text for s in chapter.sentences)) for chapter in chapters]
    assert said == [
        (chapter["label"], chapter["title"], _parts(s["text"] for s in chapter["sentences"]))
        for chapter in report["chapters"]
    ]


def _parts(sentences):
    """Sentences in some order, for those of an exhibit stand in another one; a measure is on a line below its finding."""
    return sorted(part for sentence in sentences for part in sentence.split("\\ "))
