"""A format is one object: registered, it is rendered like those that come with the tool; a page is one run of pandoc."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from selectolax.lexbor import LexborHTMLParser

from sourcebook import arguments
from sourcebook.cache.store import Store
from sourcebook.render import formats, tools
from sourcebook.render.assembly import Report
from sourcebook.render.formats import Format, find_format, list_formats, parts, register_format
from sourcebook.render.formats.html_chapters import Part, write_chapters
from sourcebook.render.memo import Memo
from sourcebook.render.passes.conditions import drop_places, select_by_format
from sourcebook.render.passes.names import read_names
from sourcebook.render.report import render_project
from sourcebook.render.source.places import Places
from sourcebook.render.source.project import Project
from sourcebook.render.tools import read_markdown, write_document

TEXT = """\
Before all headings.^[The first note.]

## Early, without a chapter {#early}

Words.

# One {#one}

Text.^[A note with *emphasis*.]

- a list
- of two^[Second.

    In two paragraphs.]

## Inside {#inside}

Words^[Third.] end with a table:

| a | b |
|---|---|
| 1 | 2 |

## Beside {#beside .unnumbered}

### Deep {#deep}

> Quoted.

# Two {#two}

::: {.box}
## A heading in a Div

Words.
:::

## After the Div {#after}

Last.^[Fifth.]

# Three {#three}
"""
OPTIONS = ["--mathml", "--section-divs", "--shift-heading-level-by=1"]


def write_plain(report, _folder):
    """A format of a few lines: pandoc's plain text."""
    blocks, warnings = select_by_format(report.document["blocks"], "plain")
    report.places.complain(warnings)
    text, _ = write_document(report.document | {"meta": {}, "blocks": drop_places(blocks)}, "plain")
    return {f"{report.project.name}.plain": text.encode()}


@pytest.fixture
def plain(monkeypatch):
    """A format that was registered."""
    monkeypatch.setattr(formats, "_registered", {})
    made = Format("plain", "Plain text", "text/plain", write_plain, answers=frozenset({"plain", "text"}))
    register_format(made)
    return made


@pytest.fixture
def runs(monkeypatch):
    """What pandoc writes from now on, by format."""
    asked: list[str] = []
    run = tools.run_program

    def note(command, **options):
        command = list(map(str, command))
        if "-f" in command and "json" in command[command.index("-f") :][1]:
            asked.append(command[command.index("-t") + 1])
        return run(command, **options)

    monkeypatch.setattr(tools, "run_program", note)
    return asked


@pytest.mark.usefixtures("plain")
def test_a_registered_format_is_rendered(single):
    text = "# One\n\n::: {.content-visible when-format='text'}\nHere.\n:::\n\n::: {.content-hidden when-format='plain'}\nNot here.\n:::\n\n`x`{=wiki}"
    (path,), warnings = single(text, "plain")
    assert path.name == "one.plain"
    assert "Here." in path.read_text()
    assert "Not here." not in path.read_text()
    assert "'wiki' is shown in no format" in warnings[0]


@pytest.mark.usefixtures("plain")
def test_a_registered_format_can_be_asked_for():
    assert arguments.write_parser().parse_args(["render", "--to", "plain,html"]).to == ("plain", "html")


@pytest.mark.parametrize("name", list_formats())
def test_a_format_is_called_as_its_file_is(name):
    made = find_format(name)
    assert made.name == name
    assert made.title
    assert "/" in made.mime
    assert name in made.answers


def test_each_format_is_written_by_one_run_of_pandoc(folder, runs):
    folder.add("one.md", "# One\n\nWords.^[A note.]").add(
        "two.md", "# Two\n\n## Below\n\nMore, see [One](#one)."
    )
    folder.add("three.md", "::: {.abstract}\nThe finding.\n:::\n\n# Three {#three}\n\nLast.")
    names = ("html", "md", "docx", "typst")
    render_project(folder.root, names, fresh=True)
    assert sorted(form.partition("-")[0].partition("+")[0] for form in runs) == [
        "docx",
        "gfm",
        "html5",
        "typst",
    ]


def test_a_large_report_is_written_by_several_runs_as_by_one(full, runs, monkeypatch):
    """Where a text is cut depends on its size, on the machine and on what an earlier build had: nobody sees it."""
    main = full.root / "_build" / "report-typst" / "main.typ"
    full.render("typst", fresh=True)
    whole = main.read_text()
    runs.clear()
    monkeypatch.setattr(parts, "_LEAST", 1)
    monkeypatch.setattr(parts.os, "cpu_count", lambda: 3)
    full.render("typst", fresh=True)
    assert main.read_text() == whole
    assert len([form for form in runs if form.startswith("typst")]) == 3


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("<main>\n$body$\n</main>\n")
    return path


@pytest.fixture
def report(tmp_path):
    """A report of the text, which nobody numbered."""
    document, _ = read_markdown(TEXT, str)
    project = Project(tmp_path, "A title")
    names = read_names({}, book=True)
    return Report(
        project, document, [], {}, {}, Places(lambda _: None), names, Memo(Store(tmp_path / "store"))
    )


def test_a_page_has_the_sections_and_notes_of_one_document(report, template, runs):
    whole, _ = write_document({**report.document, "meta": {}}, "html5", OPTIONS)
    chapters = parts.cut_chapters(report.document["blocks"])
    assert len(chapters) == 4
    runs.clear()
    for edited in (None, 0, 1, 3):  # a chapter by itself, with notes before and after it
        if edited is not None:
            chapters[edited] = [*chapters[edited], {"t": "Para", "c": [{"t": "Str", "c": "More."}]}]
            blocks = [block for chapter in chapters for block in chapter]
            whole, _ = write_document({**report.document, "meta": {}, "blocks": blocks}, "html5", OPTIONS)
            runs.clear()
        page, _ = write_chapters(report, template, {}, _as_parts(chapters))
        assert len(runs) == 1
        assert _parse(page) == _parse(
            f"<main>\n{whole.rstrip()}\n</main>\n".replace(' style="text-align: left;"', "")
        )
    runs.clear()
    write_chapters(report, template, {}, _as_parts(chapters))
    assert not runs


def _as_parts(chapters):
    """Chapters whose nodes are as HTML has them already."""
    named = parts.name_chapters("html", chapters)
    return {name: Part([blocks], lambda blocks=blocks: blocks) for name, blocks in named.items()}


def _parse(page):
    """The page as a browser takes it, without blanks between elements."""
    return re.sub(r"\s*(<[^>]*>)\s*", r"\1", LexborHTMLParser(page).html)


def test_what_pandoc_warns_of_is_said_again_of_the_chapter_it_is_in(report, template):
    document, _ = read_markdown("# One\n\n$\\unknown{$\n\n# Two\n\n$\\other{$\n\n# Three", str)
    report = replace(report, document=document)
    chapters = parts.cut_chapters(document["blocks"])
    for _ in range(2):
        _, said = write_chapters(report, template, {}, _as_parts(chapters))
        assert [re.search("unknown|other", text)[0] for text in said] == ["unknown", "other"]
    _, said = write_chapters(report, template, {}, _as_parts([chapters[0][:1], *chapters[1:]]))
    assert [re.search("unknown|other", text)[0] for text in said] == ["other"]
