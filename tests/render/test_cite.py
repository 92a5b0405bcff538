"""Citations set by themselves are those that pandoc sets in the whole text."""

from __future__ import annotations

import json

import pytest
from selectolax.lexbor import LexborHTMLParser

from sourcebook.render.document import join_words
from sourcebook.render.memo import Memo
from sourcebook.render.passes.cite import cite
from sourcebook.render.source.project import Project
from sourcebook.render.tools import run_pandoc, write_document

SOURCES = """\
references:
- {id: one, type: book, title: First things, author: [{family: Able, given: Ann}], issued: 2020}
- {id: two, type: book, title: Second things, author: [{family: Able, given: Ann}], issued: 2020}
- {id: three, type: book, title: Third things, author: [{family: Cole}], issued: 2021}
"""
TEXT = """\
As @one says, and others [see @two, p. 3; @three], "so" [@three].

In a note^[So [@one].] and again [@one], [@one].

- in a list [-@two]

{end}
"""
NOTES = """\
<style xmlns="http://purl.org/net/xbiblio/csl" class="{kind}" version="1.0">
<info><title>x</title><id>x</id><updated>2020-01-01T00:00:00+00:00</updated></info>
<citation><layout {style}delimiter="; "><text variable="title"/><text variable="locator" prefix=" "/></layout></citation>
<bibliography><layout><text variable="title"/></layout></bibliography>
</style>
"""
STYLES = {
    "": "",
    "note.csl": NOTES.format(kind="note", style=""),
    "raised.csl": NOTES.format(kind="in-text", style='vertical-align="sup" '),
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("end", ["", "::: {#refs}\n:::\n\n# After", "# References"])
def test_citations_come_out_as_in_the_whole_text(tmp_path, style, end):
    (tmp_path / "sources.yaml").write_text(SOURCES)
    if style:
        (tmp_path / style).write_text(STYLES[style])
    text = TEXT.replace("{end}", end)
    document = json.loads(run_pandoc(["-f", "markdown", "-t", "json"], text))
    options = [
        "-f",
        "markdown",
        "-t",
        "json",
        "--citeproc",
        "--metadata=link-citations:true",
        "--metadata=lang:en",
    ]
    options += [
        f"--bibliography={tmp_path / 'sources.yaml'}",
        *([f"--csl={tmp_path / style}"] if style else []),
    ]
    whole = json.loads(run_pandoc(options, text))["blocks"]
    project = Project(tmp_path, "x", bibliography=("sources.yaml",), csl=style or None)
    cited, _ = cite(project, document | {"blocks": join_words(document["blocks"])}, Memo())
    assert _page(cited["blocks"], document) == _page(whole, document)


def _page(blocks, document):
    return write_document({**document, "meta": {}, "blocks": blocks}, "html5")[0]


def test_a_citation_alone_in_a_cell_of_a_table_of_ours_or_in_a_source_has_no_brackets(single):
    cell = """\
```{python}
#| label: tbl-words
#| tbl-cap: "Words. As they were said."
import pandas as pd
from sourcebook.charts import Column, table

rows = pd.DataFrame({"who": ["[@one]"], "what": ["It is so [@one]."]})
table(rows, [Column("who", "Source", markdown=True), Column("what", "Said", markdown=True)], sources=["one"])
```

| Who    |
|--------|
| [@one] |
"""
    reference = (
        "references: [{id: one, type: book, title: First words, author: [{family: One}], issued: 2020}]"
    )
    (page,), warnings = single(f"---\n{reference}\n---\n\n{cell}", "html")
    tree = LexborHTMLParser(page.read_text())
    assert [td.text().strip() for td in tree.css("tbody > tr > *")] == [
        "One 2020",
        "It is so (One 2020).",
        "(One 2020)",
    ]
    assert tree.css_first(".source").text().split() == ["Source:", "One", "2020"]
    assert not warnings
