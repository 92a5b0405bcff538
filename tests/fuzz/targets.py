"""What is read of others, each a target: sound inputs, how they go wrong, and what reads them in a folder."""

from __future__ import annotations

import json
import runpy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import nbformat
import pypdf
import yaml
from mutations import mutate_bytes, mutate_json, mutate_text

from sourcebook.core.brand import read_brand
from sourcebook.edition.unpack import inspect_pdf
from sourcebook.ledger.anchors import propose_anchors, propose_claims
from sourcebook.ledger.article import propose_sections
from sourcebook.ledger.project_check import check_project
from sourcebook.ledger.verify import read_article
from sourcebook.render.report import render_project
from sourcebook.render.source.chapters import read_chapters
from sourcebook.render.source.parameters import read_parameters
from sourcebook.render.source.project import read_document, read_project
from sourcebook.render.sweep_csv import read_grid

HERE = Path(__file__).parent
ARTICLE = """\
The bridge of Ulm

Introduction

The city of Ulm opened a new bridge in 2013. It cost 12 million euros, officials said. The bridge carries 20,000 cars a day.

What comes next

A second bridge will open in 2027. The council expects a tram line on it.
"""
CHAPTER = """\
---
title: A title
author: [{name: A. B.}]
date: 2026-01-02
execute: {echo: false}
params: {n: 3}
crossref: {fig-title: Fig}
---

# Head {#sec-a}

Text with $x^2$, a note[^1], *marks*, @fig-a, [@one2020] and `{python} 1 + 1`.

[^1]: The note.

::: {#fig-a layout-ncol=2}
![A](a.png){fig-alt="A" width=50%}

![B](a.png){fig-alt="B"}

Caption.
:::

::: {.callout-note title="Hm" collapse="true"}
- one
  1. two
:::

| a | b |
|---|--:|
| 1 | 2.5 |

: Caption {#tbl-a tbl-colwidths="[40, 60]"}

$$ a = b $$ {#eq-a}

::: {.panel-tabset}
## One
x

## Two
y
:::

```{python}
#| label: tbl-b
#| tbl-cap: "A cap"
#| layout: [[1, 1], [1]]
1 + 1
```

[x]{.smallcaps style="color: red"} <b>raw</b> {{< meta title >}} {{< var a.b >}}
"""
SETTINGS = {
    "project": {"type": "book", "output-dir": "_build", "render": ["*.qmd"]},
    "book": {
        "title": "T", "subtitle": "S", "author": [{"name": "A"}], "date": "2026-01-02", "output-file": "report",
        "chapters": ["index.qmd", {"part": "P", "chapters": ["index.qmd"]}], "appendices": ["index.qmd"],
    },
    "bibliography": ["a.bib"], "csl": "a.csl", "lang": "en", "toc": True, "toc-depth": 2, "number-depth": 3, "keywords": ["a"],
    "format": {"html": {"toc": True, "mainfont": "X", "margin": {"x": "1cm"}}, "pdf": {"papersize": "a4", "fig-width": 5}},
    "execute": {"echo": False, "cache": True, "fig-width": 6}, "params": {"n": 1},
    "crossref": {"fig-title": "Fig", "labels": "alpha a", "custom": [{"key": "x", "kind": "float", "caption-prefix": "X"}]},
    "sourcebook": {"trusted": False, "inputs": ["a"], "env": ["A"], "program-seconds": 40, "outside": ["../x"]},
}  # fmt: skip
BRAND = {
    "color": {"palette": {"blue": "#0b4f79"}, "primary": "blue", "foreground": {"light": "#111", "dark": "#eee"}},
    "typography": {"base": {"family": "Inter"}, "headings": "Inter", "fonts": [{"family": "Inter", "source": "file", "files": ["a.ttf"]}]},
    "logo": {"images": {"x": {"path": "a.png", "alt": "A"}}, "medium": "x"},
}  # fmt: skip
BIBLIOGRAPHY = "@book{one2020,\n  author = {One, Ann},\n  title = {A {Title} of $x$},\n  year = {2020}\n}\n@misc{b, title={B}}\n"
GRID = 'name,n,s,day\na,1,x,2025-02-03\nb,2,"y\nz",\n'
OUTPUTS = [
    {"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]},
    {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBORw0KGgo=", "text/plain": "x"}},
    {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<table><tr><td>1</td></tr></table>"}},
    {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><style>p{color:red}</style><rect width='3' height='3'/></svg>"}},
    {"output_type": "display_data", "metadata": {}, "data": {
        "application/vnd.sourcebook.exhibit+json": {"kind": "table", "title": "T", "columns": ["a"], "rows": [["1"]], "notes": ["n"], "sources": ["s"], "data": {"columns": ["a"], "rows": [[1]]}},
        "text/plain": "x",
    }},
    {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]},
]  # fmt: skip


class Target(NamedTuple):
    """``mutations`` of sound inputs are written to the file ``name`` of a folder that ``prepare`` filled; ``read`` reads it."""

    name: str
    mutations: object
    read: Callable[[Path], object]
    prepare: Callable[[Path], None] = lambda _: None


def make_notebook():
    code = nbformat.v4.new_code_cell(
        "#| label: fig-a\n#| fig-cap: A\n1", id="a", outputs=[nbformat.from_dict(one) for one in OUTPUTS]
    )
    code.metadata = {"tags": ["parameters"], "user_expressions": []}
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_raw_cell("---\ntitle: T\n---", id="r"),
            nbformat.v4.new_markdown_cell(
                "# A\n\n![x](attachment:a.png)", id="m", attachments={"a.png": {"image/png": "iVBORw0KGgo="}}
            ),
            code,
        ]
    )
    notebook.metadata = {
        "kernelspec": {"name": "python3", "display_name": "P", "language": "python"},
        "language_info": {"name": "python"},
    }
    return json.loads(nbformat.writes(notebook))


def make_ledger(folder):
    """The small sound project that all tests share."""
    runpy.run_path(str(HERE.parent / "conftest.py"))["Project"](folder).build()


def render(path):
    return render_project(path, ("md",), execute=False, warn=lambda _: None, progress=lambda _: None)


def read_settings(path):
    project = read_project(path.parent)
    read_chapters(project)
    render_project(path.parent, ("md",), execute=False, warn=lambda _: None, progress=lambda _: None)


def read_article_file(path):
    text = read_article(path)
    sections = propose_sections(text)
    propose_claims(text, sections, "T")
    propose_anchors(text, "The city of Ulm … in 2013", sections)


def check(path):
    return check_project(next(folder for folder in path.parents if (folder / "_quarto.yml").exists()))


def read_grid_file(path):
    chapter = path.with_name("doc.qmd")
    return read_grid(path, read_chapters(read_document(chapter)))


def prepare_render(folder):
    (folder / "index.qmd").write_text("# A\n\nText.\n")
    (folder / "_variables.yml").write_text("a: {b: c}\n")
    (folder / "a.bib").write_text(BIBLIOGRAPHY)
    from PIL import Image

    Image.new("RGB", (4, 4)).save(folder / "a.png")


def prepare_grid(folder):
    (folder / "doc.qmd").write_text('```{python}\n#| tags: [parameters]\nn = 1\ns = "a"\nday = None\n```\n')


def prepare_bibliography(folder):
    (folder / "doc.qmd").write_text("---\nbibliography: [a.bib]\n---\n\nSee [@one2020].\n")


def prepare_yaml_bibliography(folder):
    (folder / "doc.qmd").write_text("---\nbibliography: [a.yaml]\n---\n\nSee [@one2020].\n")


def prepare_variables(folder):
    (folder / "doc.qmd").write_text("A {{< var a.b >}}.\n")


def list_targets(folder):
    """All targets; ``folder`` is for seeds that are made."""
    make_ledger(folder / "ledger")
    ledger = folder / "ledger" / "data"
    pdf = folder / "small.pdf"
    writer = pypdf.PdfWriter()
    writer.add_blank_page(99, 99)
    writer.add_attachment(
        "manifest.json",
        json.dumps(
            {
                "title": "T",
                "edition": "",
                "sourcebook": "1",
                "newest_source": "",
                "tools": {"a": "1"},
                "inputs": {"a.txt": "0" * 64},
            }
        ).encode(),
    )
    writer.add_attachment("a.txt", b"a")
    writer.write(pdf)
    package = json.loads((ledger / "datapackage.json").read_text())
    yaml_entry = yaml.safe_dump(
        {"references": [{"id": "one2020", "type": "book", "title": "T", "author": [{"family": "One"}]}]}
    )
    dump = yaml.safe_dump
    found = {
        "article": Target("article.txt", mutate_text([ARTICLE, "# Head\n\nOne. Two.\n\n## B\n\n- a\n- b\n"]), read_article_file),
        "notebook": Target("doc.ipynb", mutate_json([make_notebook()]), render),
        "notebook text": Target("doc.ipynb", mutate_text([json.dumps(make_notebook(), indent=1)]), render),
        "qmd": Target("doc.qmd", mutate_text([CHAPTER, "# A\n\nText [a](b.qmd).\n"]), render, prepare_render),
        "settings": Target("_quarto.yml", mutate_json([SETTINGS, {"project": {"type": "default"}}, {"project": {"type": "manuscript"}, "manuscript": {"article": "index.qmd", "notebooks": ["a.ipynb"]}}]), read_settings, prepare_render),
        "settings text": Target("_quarto.yml", mutate_text([dump(SETTINGS)]), read_settings, prepare_render),
        "datapackage": Target("data/datapackage.json", mutate_json([package]), check, make_ledger),
        "sources": Target("data/sources.yaml", mutate_text([(ledger / "sources.yaml").read_text()]), check, make_ledger),
        "article.toml": Target("data/article.toml", mutate_text([(ledger / "article.toml").read_text()]), check, make_ledger),
        "grid": Target("grid.csv", mutate_text([GRID]), read_grid_file, prepare_grid),
        "PDF": Target("x.pdf", mutate_bytes([pdf.read_bytes()]), inspect_pdf),
        "theme": Target("_brand.yml", mutate_json([BRAND]), lambda path: read_brand(path.parent), prepare_render),
        "theme text": Target("_brand.yml", mutate_text([dump(BRAND)]), lambda path: read_brand(path.parent), prepare_render),
        "variables": Target("_variables.yml", mutate_text(["a: {b: c}\n"]), lambda path: render(path.with_name("doc.qmd")), prepare_variables),
        "parameters": Target("p.yml", mutate_text(["a: 1\nb: [x, y]\n"]), lambda path: read_parameters((), path)),
        "bibliography": Target("a.bib", mutate_text([BIBLIOGRAPHY]), lambda path: render(path.with_name("doc.qmd")), prepare_bibliography),
        "YAML bibliography": Target("a.yaml", mutate_text([yaml_entry]), lambda path: render(path.with_name("doc.qmd")), prepare_yaml_bibliography),
    }  # fmt: skip
    for table in sorted(ledger.rglob("*.csv")):
        name = table.relative_to(ledger).as_posix()
        found[name] = Target(f"data/{name}", mutate_text([table.read_text()]), check, make_ledger)
    shutil.rmtree(folder / "ledger")
    return found
