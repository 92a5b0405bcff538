"""A small project with every kind of content, built from real notebooks."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import nbformat
import pypdfium2
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from selectolax.lexbor import LexborHTMLParser

from sourcebook.core.text_chapter import read_text_chapter, split_front_matter
from sourcebook.render.report import render_project

SETTINGS = """\
project: {{type: book, output-dir: _build}}
lang: en-GB
bibliography: data/sources.yaml
execute: {{echo: false}}
book:
  title: "A report: with a colon"
  subtitle: and a subtitle
  author: The authors
  date: 2026-11-22
  chapters: [{chapters}]
  appendices: [{appendices}]
"""
SOURCES = """\
references:
- id: agency25
  type: webpage
  title: Words about things
  publisher: An Agency
  issued: 2025-06-17
  URL: https://example.org/words
"""
FIGURE = """\
#| label: fig-{name}
#| fig-cap: "Drawn from `{{python}} 40 + 2` points."
#| fig-alt: "A bar that stands for `{{python}} 40 + 2` points."
class Shown:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {{
            "application/vnd.sourcebook.exhibit+json": {{
                "kind": "figure", "title": "Bars stand", "subtitle": "points", "sources": ["agency25"],
                "note": "Counted *twice*.", "data": {{"columns": ["x", "n"], "rows": [["a, b", 42], ["c", None]]}},
            }},
            "image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 454 90"><rect width="200" height="50"/>'
                '<text x="10" y="80">forty-two</text></svg>',
            "text/plain": "Shown",
        }}
Shown()"""
TABLE = """\
#| label: tbl-{name}
#| tbl-cap: "Words and counts."
class Shown:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {{
            "application/vnd.sourcebook.exhibit+json": {{
                "kind": "table",
                "columns": [
                    {{"name": "word", "label": "Word", "unit": "", "align": "left", "header": True, "width": None}},
                    {{"name": "n", "label": "Count", "unit": "pieces", "align": "decimal", "header": False, "width": None}},
                ],
                "rows": [["*one* [@agency25]", "1.0"], ["see @fig-alpha", "22.5"]],
                "sources": ["agency25"], "notes": ["A note."], "data": {{"columns": ["word", "n"], "rows": [["one", 1.0]]}},
            }},
            "text/plain": "Shown",
        }}
Shown()"""
ALPHA = """\
# Alpha {#sec-alpha}

::: {.lead}
Is it so? It is.
:::

See @fig-alpha, @tbl-alpha and @sec-beta; both: [@fig-alpha; @fig-beta]. A source [@agency25]. The claim
[x-01](#claim-x-01){.claim verdict="accurate"} holds. Mathematics $a^2 + b$ too.

## Under alpha {#sec-under}

A number: `{python} 6 * 7`. A note^[With *emphasis*.].

::: {.callout-warning title="Mind"}
A callout.
:::
"""


class Folder:
    """A project under construction: chapters are added, then it is rendered."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.chapters: list[str] = []
        self.appendices: list[str] = []
        (root / "notebooks").mkdir(parents=True)
        (root / "data").mkdir()
        (root / "data" / "sources.yaml").write_text(SOURCES)

    def add(self, name: str, *cells: str | tuple[str], appendix: bool = False) -> Folder:
        """A chapter; strings are Markdown cells, one-element tuples are code cells. A name that does not end in .ipynb is that of a text."""
        path = self.root / name
        if not name.endswith(".ipynb"):
            path.write_text("\n\n".join(map(str, cells)))
        else:
            nodes = [
                new_markdown_cell(c, id=f"c{n}") if isinstance(c, str) else new_code_cell(c[0], id=f"c{n}")
                for n, c in enumerate(cells)
            ]
            nbformat.write(new_notebook(cells=nodes), path)
        (self.appendices if appendix else self.chapters).append(name)
        settings = SETTINGS.format(chapters=", ".join(self.chapters), appendices=", ".join(self.appendices))
        (self.root / "_quarto.yml").write_text(settings)
        return self

    def render(self, *formats: str, **options) -> list[Path]:
        """Renders and returns the files written."""
        return render_project(self.root, formats or ("html", "pdf"), **options)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty project."""
    return Folder(tmp_path / "project")


def full_project(root: Path) -> Folder:
    """The project that has a bit of everything."""
    made = Folder(root)
    made.add(
        "index.md", "# Reading {.unnumbered #sec-reading}\n\n::: {.abstract}\nThe **finding**.\n:::\n\nPlain."
    )
    made.add("notebooks/alpha.ipynb", ALPHA, (FIGURE.format(name="alpha"),), (TABLE.format(name="alpha"),))
    made.add(
        "notebooks/beta.ipynb", "# Beta {#sec-beta}\n\nBack to @tbl-alpha.", (FIGURE.format(name="beta"),)
    )
    ledger = "# Ledger {#sec-ledger}\n\n::: {#claim-x-01 .claim-entry}\n**x-01** It is so.\n:::\n\n# Sources {#sec-sources}\n\n::: {#refs}\n:::"
    return made.add("notebooks/ledger.ipynb", ledger, appendix=True)


@pytest.fixture
def full(tmp_path: Path) -> Folder:
    """A project of one's own with figures, tables with markup in their cells, and a bibliography."""
    return full_project(tmp_path / "project")


@pytest.fixture(scope="session")
def rendered(make_once: Callable[..., Path]) -> Path:
    """The output folder of the full project, rendered once."""
    return make_once("full", lambda folder: full_project(folder / "project").render()[0].parent)


FIXTURE = Path(__file__).parent / "fixture"
FORMATS = ("html", "pdf", "md", "docx", "typst")


class Book:
    """The fixture project, rendered in all formats, with what readers of its outputs need."""

    def __init__(self, folder: Path, warnings: list[str]) -> None:
        self.folder, self.warnings = folder, warnings
        self.html = LexborHTMLParser((self.folder / "book.html").read_text(encoding="utf-8"))
        self.md = (self.folder / "book.md").read_text(encoding="utf-8")
        self.typst = (self.folder / "book-typst" / "main.typ").read_text(encoding="utf-8")
        with zipfile.ZipFile(self.folder / "book.docx") as word:
            self.docx = word.read("word/document.xml").decode()
        document = pypdfium2.PdfDocument(self.folder / "book.pdf")
        self.pages = [page.get_textpage().get_text_bounded() for page in document]
        self.pdf = "\n".join(self.pages)

    def text(self, selector: str) -> str:
        """What a reader sees of the first match, white space folded."""
        return " ".join(self.html.css_first(selector).text().split())


def copy_fixture(root: Path, *, notebooks: bool = False) -> Path:
    """A copy of the fixture project; with ``notebooks`` its chapters are .ipynb instead of .qmd."""
    shutil.copytree(FIXTURE, root, ignore=shutil.ignore_patterns("_build"))
    for path in [p for p in root.rglob("*.qmd") if notebooks]:
        text = path.read_text(encoding="utf-8")
        front, body = split_front_matter(text)
        made = read_text_chapter([(line, "") for line in body.split("\n")], code=True)
        made.metadata.pop("front_matter")
        for cell in made.cells:
            cell.metadata.pop("lines")
        made.cells[:0] = [nbformat.v4.new_raw_cell(f"---\n{front}\n---", id="front")] if front else []
        nbformat.write(made, path.with_suffix(".ipynb"))
        path.unlink()
    for path in [root / "_quarto.yml", *(p for p in root.rglob("*.ipynb") if notebooks)]:
        if notebooks:
            path.write_text(path.read_text(encoding="utf-8").replace(".qmd", ".ipynb"), encoding="utf-8")
    return root


@pytest.fixture
def copied() -> Callable[..., Path]:
    """Copies the fixture project to a folder."""
    return copy_fixture


def render_fixture(folder: Path, *, notebooks: bool = False) -> tuple[Path, list[str]]:
    """The output folder of the fixture project in all formats, and the warnings."""
    warnings: list[str] = []
    root = copy_fixture(folder / "project", notebooks=notebooks)
    written = render_project(root, FORMATS, warn=lambda issue: warnings.append(str(issue)))
    return written[0].parent, warnings


@pytest.fixture(scope="session")
def book(make_once: Callable[..., tuple[Path, list[str]]]) -> Book:
    """The fixture project with .qmd chapters."""
    return Book(*make_once("book", render_fixture))


@pytest.fixture(scope="session")
def notebook_book(make_once: Callable[..., tuple[Path, list[str]]]) -> Book:
    """The same project with .ipynb chapters."""
    return Book(*make_once("notebook-book", partial(render_fixture, notebooks=True)))


@pytest.fixture
def single(tmp_path: Path) -> Callable[..., tuple[list[Path], list[str]]]:
    """Renders one text as a document of its own: the files written and the warnings."""

    def render(text: str, *formats: str, name: str = "one.qmd", **options) -> tuple[list[Path], list[str]]:
        (tmp_path / name).write_text(text, encoding="utf-8")
        warnings: list[str] = []
        out = options.pop("out", tmp_path / "out")
        files = render_project(
            tmp_path / name,
            formats or ("html",),
            out=out,
            warn=lambda issue: warnings.append(str(issue)),
            **options,
        )
        return files, warnings

    return render
