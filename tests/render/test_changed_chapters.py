"""A build after a change writes what a clean one does, byte by byte, whatever of one chapter other chapters show."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from sourcebook.render import tools
from sourcebook.render.report import render_project

EXHIBIT = "application/vnd.sourcebook.exhibit+json"
SETTINGS = """\
project: {type: book, output-dir: _build}
lang: en-GB
bibliography: sources.yaml
reference-location: margin
execute: {echo: false}
book:
  title: Two towns
  author: The authors
  date: 2026-11-22
  chapters: [first.md, second.ipynb, third.md, ledger.md]
"""
SOURCES = """\
references:
- {id: gazette, type: webpage, title: A bridge, author: [{family: Able}], issued: 2013}
- {id: herald, type: webpage, title: A toll, author: [{family: Baker}], issued: 2014}
"""
FIRST = """\
# First {#sec-first}

See @sec-second, @fig-tolls and [a place](#place). Said by one [@gazette].^[A first note.]

Claim [x-01](#claim-x-01){.claim verdict="accurate"} is in [the limits](#sec-limits).

# All claims

::: {.claim-explorer}
:::
"""
SECOND = """\
# Second {#sec-second}

Words [@herald].^[A second note.]

![A drawing](drawing.svg){fig-alt="A drawing"}

Above @fig-tolls.
"""
THIRD = """\
# Third {#sec-third}

::: {#place}
The place.
:::

## What it does not show {#sec-limits}

It does not show who paid,^[A third note.] see [the place](#place). Nor why. It goes on.

After @fig-tolls and [First](first.md), said by another [@herald].
"""
LEDGER = """\
# Ledger {#sec-ledger}

::: {#claim-x-01 .claim-entry verdict="accurate" confidence="high"}
**x-01** [It opened, see [the place](#place).]{.claim-text} [Read it](https://example.org/a#:~:text=opened).
:::
"""
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="{}"/></svg>'


@dataclass
class Book:
    """A book of four chapters, of which the second has a figure."""

    root: Path
    clean: Path
    files: dict[str, str] = field(default_factory=dict)
    above: list[str] = field(default_factory=list)
    tolls: list[int] = field(default_factory=lambda: [1, 2])
    code: str = "draw(tolls)"
    tags: list[str] = field(default_factory=list)

    def replace(self, name: str, old: str, new: str) -> None:
        assert old in self.files[name]
        self.files[name] = self.files[name].replace(old, new)

    def write(self) -> None:
        for name, text in self.files.items():
            if name != "second.ipynb":
                (self.root / name).write_text(text)
        payload = {
            "kind": "figure", "title": "Tolls rise", "subtitle": "crowns", "sources": ["gazette"], "note": "",
            "data": {"columns": ["tolls"], "rows": [[one] for one in self.tolls]},
        }  # fmt: skip
        shown = new_output("execute_result", {EXHIBIT: payload, "image/svg+xml": DRAWING.format(5)})
        head = '#| label: fig-tolls\n#| fig-cap: "Tolls by year."\n#| fig-alt: "Bars."\n'
        cells = [*self.above, self.files["second.ipynb"]]
        nodes = [new_code_cell("tolls = 1", id="first", metadata={"tags": self.tags})]
        nodes += [new_markdown_cell(text, id=f"c{n}") for n, text in enumerate(cells)]
        nodes.append(new_code_cell(head + self.code, outputs=[shown], id="figure"))
        nbformat.write(new_notebook(cells=nodes), self.root / "second.ipynb")

    def render(self, out: Path | None = None) -> bytes:
        """The page, on top of earlier builds or, in another folder, from nothing."""
        options = {"execute": False, "progress": lambda _: None, "warn": lambda _: None}
        (page,) = render_project(self.root, ["html"], out=out, fresh=out is not None, **options)
        return page.read_bytes()


@pytest.fixture
def book(tmp_path, cut_fonts):
    made = Book(tmp_path / "project", tmp_path / "clean")
    made.root.mkdir()
    for folder in (made.root / "_build", made.clean):
        shutil.copytree(cut_fonts, folder / ".fonts")
    made.files = {
        "_quarto.yml": SETTINGS, "sources.yaml": SOURCES, "first.md": FIRST, "second.ipynb": SECOND, "third.md": THIRD,
        "ledger.md": LEDGER, "drawing.svg": DRAWING.format(3),
    }  # fmt: skip
    made.write()
    made.render()
    return made


CHANGES = {
    "words": lambda book: book.replace("first.md", "Said by", "Told by"),
    "a title": lambda book: book.replace("second.ipynb", "# Second", "# Another"),
    "a heading that moves numbers": lambda book: book.replace("first.md", "# First", "# Before\n\n# First"),
    "a heading without number": lambda book: book.replace("first.md", "{#sec-first}", "{#sec-first .unnumbered}"),
    "a label": lambda book: [book.replace(name, "sec-second", "sec-other") for name in ("first.md", "second.ipynb")],
    "a figure that moves numbers": lambda book: book.replace(
        "first.md", "See", '![One](drawing.svg){#fig-one fig-alt="One"}\n\nSee'
    ),
    "a citation": lambda book: book.replace("third.md", "another [@herald]", "another [@gazette]"),
    "a source": lambda book: book.replace("sources.yaml", "Baker", "Cook"),
    "a note": lambda book: book.replace("first.md", "See", "Look.^[One more.] See"),
    "an anchor that is gone": lambda book: book.replace("third.md", "::: {#place}", "::: {.place}"),
    "an anchor that is hidden": lambda book: book.replace(
        "third.md", "::: {#place}", '::: {#place .content-hidden when-format="html"}'
    ),
    "a verdict": lambda book: book.replace("ledger.md", 'verdict="accurate"', 'verdict="outdated"'),
    "a claim": lambda book: book.replace("ledger.md", "It opened", "It closed"),
    "where a claim stands": lambda book: book.replace("ledger.md", "text=opened", "text=closed"),
    "a claim that is gone": lambda book: book.replace("ledger.md", "claim-x-01", "claim-x-02"),
    "limits": lambda book: book.replace("third.md", "who paid", "who came"),
    "a picture": lambda book: book.replace("drawing.svg", 'height="3"', 'height="4"'),
    "data of a figure": lambda book: book.tolls.append(3),
    "code of a figure": lambda book: setattr(book, "code", "draw(tolls, 2)"),
    "a cell above a figure": lambda book: book.above.append("Words above."),
    "a cell that no author counts": lambda book: book.tags.append("injected-parameters"),
    "the order": lambda book: book.replace("_quarto.yml", "first.md, second.ipynb", "second.ipynb, first.md"),
    "a chapter less": lambda book: book.replace("_quarto.yml", "third.md, ", ""),
    "a language": lambda book: book.replace("_quarto.yml", "en-GB", "de"),
    "a title of the whole": lambda book: book.replace("_quarto.yml", "Two towns", "Three towns"),
    "notes at the end": lambda book: book.replace("_quarto.yml", "location: margin", "location: document"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_shows_wherever_the_page_shows_what_was_changed(book, change):
    before = book.render()
    change(book)
    book.write()
    after = book.render()
    assert after == book.render(book.clean)
    assert after != before
    leads, anchors = (set(re.findall(rb' %s([^" ]+)"' % start, after)) for start in (b'href="#', b'id="'))
    assert leads <= anchors


def test_only_the_chapter_that_was_changed_is_written_again(book, monkeypatch):
    written = []
    run = tools.run_program

    def note(command, **options):
        if "html5" in command:
            written.append(options["content"].decode())
        return run(command, **options)

    monkeypatch.setattr(tools, "run_program", note)
    book.replace("third.md", "The place.", "That place.")
    book.write()
    book.render()
    (text,) = written
    assert "That" in text
    assert not [word for word in ("Said", "second note", "opened") if word in text]


def test_the_notes_of_a_document_are_numbered_through_whatever_was_changed(tmp_path, cut_fonts):
    text = "---\ntitle: T\nreference-location: margin\n---\n\n# One\n\nWords.\n\n# Two\n\nMore.^[A note.]\n"
    root = tmp_path / "site"
    root.mkdir()
    (root / "_quarto.yml").write_text("project: {type: default, render: [one.md], output-dir: _build}\n")
    pages = []
    for changed in (text, text.replace("Words.", "Words.^[Another.]")):
        (root / "one.md").write_text(changed)
        for out in (None, tmp_path / "clean"):
            shutil.copytree(cut_fonts, (out or root / "_build") / ".fonts", dirs_exist_ok=True)
            (page,) = render_project(
                root, ["html"], out=out, fresh=out is not None, execute=False, progress=lambda _: None
            )
            pages.append(page.read_bytes())
    assert pages[0] == pages[1] != pages[2] == pages[3]
