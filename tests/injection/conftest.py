"""One book that holds every payload in every place that a reader of a report may meet."""

from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from sourcebook.ledger import open_book
from sourcebook.render.report import render_project

sys.path.insert(0, str(Path(__file__).parent))

from payloads import EVIL, PAYLOADS

AT_LENGTH = bool(os.environ.get("SOURCEBOOK_AT_LENGTH"))
EXHIBIT = "application/vnd.sourcebook.exhibit+json"
# Each place takes a payload as text: in prose as it stands, elsewhere as the format of the place quotes it.
PROSE = {
    "block": "{}",
    "line": "Before {} after.",
    "heading": "## A heading {} ends",
    "list": "- {}",
    "quote": "> {}",
    "cell": "| a | b |\n|---|---|\n| {} | b |",
    "note": "A note.^[{}]",
    "link": "[{}](#sec-list)",
    "alt": "![{}](plain.png)",
    "title": '![x](plain.png "{}")',
    "class": "::: {{.box data-x='{}'}}\nA box.\n:::",
    "callout": "::: {{.callout-note title='{}'}}\nA callout.\n:::",
    "caption": "![{}](plain.png){{#fig-c%d fig-alt='{}'}}",
    "code": "```{}\ncode\n```",
    "raw": "```{{=html}}\n{}\n```",
    "mathematics": "$\\text{{{}}}$",
    "citation": "[@s%d, {}]",
}
MIMES = (
    "text/html",
    "text/markdown",
    "text/latex",
    "text/plain",
    "image/svg+xml",
    "application/json",
    "application/javascript",
)
NAME = "<img src=x onerror=alert(1)>.ipynb"
LEDGER = """\
# The ledger {{#sec-ledger}}

:::: {{.content-visible when-format="html"}}
::: {{.claim-explorer}}
:::
::::

{entries}

## Sources {{#sec-list}}

::: {{#refs}}
:::
"""
PIXEL = (
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636000000002000148afa4710000000049454e44ae426082"
)


class Payloads:
    """What stands in which place: at length every payload in each, else each in some, in turn.

    In each place a payload has a number of its own, by which a dialog tells of it.
    """

    def __init__(self):
        self.places, self._asked = {}, 0

    def give(self, place, *, tidy=False):
        """The payloads for a place, by their numbers in the list; a ledger wants white space to be ``tidy``."""
        self._asked += 1
        turn = range(len(PAYLOADS)) if AT_LENGTH else range(self._asked % 12, len(PAYLOADS), 12)
        return {index: self._number(place, PAYLOADS[index], tidy=tidy) for index in turn}

    def _number(self, place, payload, *, tidy):
        number = 100_000 + len(self.places)
        self.places[number] = (place, payload)
        payload = " ".join(payload.replace("\0", "").split()) if tidy else payload
        return payload.replace("alert(N)", f"alert({number})").replace(f"{EVIL}N", f"{EVIL}{number}")

    def give_records(self, *places, tidy=False):
        """For each payload that stands in any of the places what stands in all of them: it, or plain words."""
        given = {place: self.give(place, tidy=tidy) for place in places}
        for index in sorted(set().union(*given.values())):
            yield index, {place: texts.get(index, "Plain words.") for place, texts in given.items()}


def write_book(root, made):
    """The project below ``root``; what stands where, by number."""
    payloads = Payloads()
    write_data(made, payloads)
    (root / "plain.png").write_bytes(bytes.fromhex(PIXEL))
    variables = {f"v{index}": text for index, text in payloads.give("variable").items()}
    dump(root / "_variables.yml", variables)
    cells = [new_markdown_cell("# Found {#sec-found}\n\nAs found.", id="opening"), *list_prose(payloads)]
    cells += [new_markdown_cell(f"It is {{{{< var {name} >}}}}.", id=name) for name in variables]
    write_notebook(root / NAME, [*cells, *list_outputs(payloads)])
    text = LEDGER.format(entries=open_book(root).entries())
    write_notebook(root / "ledger.ipynb", [new_markdown_cell(text, id="ledger")])
    write_settings(root, payloads)
    return payloads.places


def write_data(made, payloads):
    """A ledger, and a second bibliography: in the ledger's own an address must be one."""
    told = dict(payloads.give_records("claim", "rationale", "says", "locator", tidy=True))
    made.build(
        claims=[{"id": f"eco-{i:03}", "claim": one["claim"]} for i, one in told.items()],
        verdicts=[
            {"claim": f"eco-{i:03}", "rationale": f"So it is. {one['rationale']}"} for i, one in told.items()
        ],
        evidence=[
            {"id": f"E{i + 100}", "claim": f"eco-{i:03}", "says": one["says"], "locator": one["locator"]}
            for i, one in told.items()
        ],
    )
    made.write_sources(
        {},
        *(
            {"id": f"g{i}", "title": one["source"], "custom": {"reliability": "A", "origin": one["origin"]}}
            for i, one in payloads.give_records("source", "origin", tidy=True)
        ),
    )
    entries = payloads.give_records("author", "title", "container-title", "publisher", "note", "URL", "DOI")
    references = [
        one | {"id": f"s{i}", "type": "article-newspaper", "author": [{"literal": one["author"]}]}
        for i, one in entries
    ]
    dump(made.root / "more.yaml", {"references": references})


def list_prose(payloads):
    for place, frame in PROSE.items():
        for index, text in payloads.give(place).items():
            quoted = text.replace("'", "&#39;") if "='{}" in frame else text
            yield new_markdown_cell(
                frame.replace("%d", str(index)).format(quoted, quoted), id=f"{place}-{index}"
            )
    cited = "; ".join(f"@s{index}" for index in range(len(PAYLOADS)))
    yield new_markdown_cell(f"All are cited [{cited}].", id="cited")


def list_outputs(payloads):
    """Saved outputs in all forms, a chart's table, and what cells say of them."""
    streams = [
        new_output("stream", name=name, text=text)
        for name in ("stdout", "stderr")
        for text in payloads.give(name).values()
    ]
    errors = [
        new_output("error", ename=one["error"], evalue=one["message"], traceback=[one["traceback"]])
        for _, one in payloads.give_records("error", "message", "traceback")
    ]
    shown = [
        new_output("display_data", {mime: {"a": text} if "json" in mime else text})
        for mime in MIMES
        for text in payloads.give(mime).values()
    ]
    tables = [
        new_output("display_data", {"text/html": f"<table><tr><td>{text}</td></tr></table>"})
        for text in payloads.give("table").values()
    ]
    for number, output in enumerate([*streams, *errors, *shown, *tables]):
        yield new_code_cell("pass", outputs=[output], id=f"out-{number}")
    for index, one in payloads.give_records("caption of a picture", "alt of a picture"):
        caption, alt = (json.dumps(text) for text in one.values())
        output = new_output("display_data", {"image/png": base64.b64encode(bytes.fromhex(PIXEL)).decode()})
        yield new_code_cell(
            f"#| fig-cap: {caption}\n#| fig-alt: {alt}\npass", outputs=[output], id=f"picture-{index}"
        )
    for index, one in payloads.give_records("caption of a table", "column", "unit", "datum", "shown"):
        output = new_output("display_data", {EXHIBIT: describe_table(one), "text/plain": "x"})
        head = f"#| label: tbl-t{index}\n#| tbl-cap: {json.dumps(one['caption of a table'])}\n"
        yield new_code_cell(f"{head}pass", outputs=[output], id=f"exhibit-{index}")


def describe_table(one):
    name = one["column"]
    column = {
        "name": name,
        "label": name,
        "unit": one["unit"],
        "align": "left",
        "header": False,
        "width": None,
    }
    data = {"columns": [name], "rows": [[one["datum"]]]}
    return {
        "kind": "table",
        "columns": [column],
        "rows": [[one["shown"]]],
        "sources": [],
        "notes": [],
        "data": data,
    }


def write_settings(root, payloads):
    book = {
        field: " ".join(payloads.give(field).values())
        for field in ("title", "subtitle", "description", "abstract")
    }
    book |= {"author": list(payloads.give("author").values()), "chapters": [NAME, "ledger.ipynb"]}
    settings = {
        "project": {"type": "book", "output-dir": "_build"},
        "bibliography": ["data/sources.yaml", "more.yaml"],
        "keywords": list(payloads.give("keyword").values()),
        "sourcebook": {
            "program-seconds": 900
        },  # of all payloads in each place Typst makes thousands of pages
        "book": book | {"date": "2026-11-22"},
    }
    dump(root / "_quarto.yml", settings)


def dump(path, content):
    path.write_text(yaml.safe_dump(content, allow_unicode=True))


def write_notebook(path, cells):
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)


@pytest.fixture(scope="session")
def armed(make_once, new_project):
    """The folder of what came of the book, and (place, payload) by number."""

    def make(folder):
        made = new_project(folder / "project")
        places = write_book(made.root, made)
        formats = ("html", "pdf", "md", "docx")
        render_project(made.root, formats, execute=False, progress=lambda _: None, warn=lambda _: None)
        return made.root / "_build", places

    return make_once("armed", make)
