"""A report with a small ledger, one figure and one table, and a browser to read it in."""

from __future__ import annotations

import urllib.parse

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import expect

from sourcebook.ledger import open_book
from sourcebook.render.report import render_project

PATIENCE = 120_000  # milliseconds: a busy machine is no fault of the page
expect.set_options(timeout=PATIENCE)

# What a page can be told at any time, as it is for most tests.
MEDIA = {"media": "null", "color_scheme": "light", "reduced_motion": "no-preference", "forced_colors": "none"}
# What a test has left, as one that fails may: then the page is loaded anew.
LEFT = "() => Boolean(location.hash || document.querySelector(':popover-open, dialog[open], .ring, .dimmed'))"
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
EXHIBIT = "application/vnd.sourcebook.exhibit+json"
SETTINGS = """\
project: {type: book, output-dir: _build}
lang: en-GB
bibliography: data/sources.yaml
execute: {echo: false}
book:
  title: "Two towns: does the bridge help?"
  subtitle: One article, claim by claim
  author: The authors
  date: 2026-11-22
  description: Based on one article.
  chapters: [notebooks/findings.ipynb]
  appendices: [notebooks/ledger.ipynb]
"""
VERDICTS = [
    "accurate",
    "mostly-accurate",
    "outdated",
    "misleading",
    "inaccurate",
    "unproven",
    "not-checkable",
]
OPENING = """\
# Findings {{#sec-findings}}

::: {{.abstract}}
The bridge **helps** both towns.
:::

::: {{.lead}}
Does it help? It does.
:::

The bridge opened on time {one}, and the tolls rose {two} [@gazette]. See @fig-tolls and @tbl-tolls.^[A note on tolls.]

$$\\Delta p = \\frac{{\\varepsilon_1 + \\varepsilon_2 + \\varepsilon_3 + \\varepsilon_4}}{{1 + \\eta_1 + \\eta_2 + \\eta_3}}$$ {{#eq-tolls}}

## What this report does not show {{#sec-limits}}

It does not show who paid. It rests on one gazette. It goes on.

## Another section {{#sec-more}}

{filler}
"""
LEDGER = """\
# The ledger {{#sec-ledger}}

:::: {{.content-visible when-format="html"}}
::: {{.claim-explorer}}
:::
::::

## Trade {{#sec-trade}}

{entries}

## List of sources {{#sec-list}}

::: {{#refs}}
:::
"""
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 454 90" width="454pt" height="90pt" fill="#1f1f1f">'
    '<rect width="200" height="50" fill="#225555"/><text x="10" y="80">forty-two</text></svg>'
)


@pytest.fixture(scope="session")
def page_path(make_once, new_project):
    """The rendered page of a project of seven claims, one for each verdict; the fourth restates the first."""

    def render(folder):
        root = _build(new_project(folder / "project"))
        return render_project(root, ("html",), execute=False, progress=lambda _: None)[0]

    return make_once("site", render)


@pytest.fixture(scope="session")
def site(page_path):
    """The folder of that project."""
    return page_path.parents[1]


def _build(made):
    claims, verdicts = [], []
    for number, verdict in enumerate(VERDICTS, start=1):
        name, direction = f"eco-{number:02}", ("supports", "limits")[number % 2]
        said = f"Claim number {number} is about {'boats' if number == 3 else 'the bridge'}."
        claims.append({"id": name, "claim": said, "direction": direction})
        confidence = "" if verdict == "not-checkable" else ("high", "low")[number % 2]
        verdicts.append({"claim": name, "verdict": verdict, "confidence": confidence})
    claims[3]["repeats"] = "eco-01"
    evidence = [
        {"id": "E100"},
        {"id": "E101", "claim": "eco-03", "says": "The ferry <script>sailed</script> & sank."},
    ]
    root = made.build(claims=claims, verdicts=verdicts, evidence=evidence)
    article = root / "data/article.toml"
    article.write_text('address = "https://example.org/a"\n' + article.read_text())
    _write_chapters(root)
    return root


def _write_chapters(root):
    book = open_book(root)
    one, two = (book.cite(name)._repr_markdown_() for name in ("eco-01", "eco-03"))
    filler = "\n\n".join("A sentence that fills the page with words." for _ in range(40))
    findings = [
        new_markdown_cell(OPENING.format(one=one, two=two, filler=filler), id="text"),
        *_exhibits(book),
    ]
    ledger = [new_markdown_cell(LEDGER.format(entries=book.entries()), id="entries")]
    (root / "notebooks").mkdir()
    for name, cells in {"findings": findings, "ledger": ledger}.items():
        nbformat.write(new_notebook(cells=cells), root / "notebooks" / f"{name}.ipynb")
    (root / "_quarto.yml").write_text(SETTINGS)


def _exhibits(book):
    data = {"columns": ["year", "tolls"], "rows": [[2023, 7.5], [2024, "8, or 9"]]}
    figure = {
        "kind": "figure",
        "title": "Tolls rise",
        "subtitle": "crowns",
        "sources": ["gazette"],
        "note": "",
        "data": data,
    }
    columns = [
        {"name": n, "label": n.title(), "unit": "", "align": "left", "header": n == "year", "width": None}
        for n in ("year", "tolls", "who", "claim")
    ]
    cited = book.cite("eco-05")._repr_markdown_()
    table = {
        "kind": "table", "columns": columns, "rows": [["2023", "7.5", "all who cross it", cited]], "sources": [], "notes": [], "data": data,
    }  # fmt: skip
    yield _cell(
        "fig-tolls",
        'fig-cap: "Tolls by year."',
        'fig-alt: "Bars of 7.5 and 8."',
        {EXHIBIT: figure, "image/svg+xml": SVG},
    )
    yield _cell("tbl-tolls", 'tbl-cap: "Tolls and towns."', "echo: false", {EXHIBIT: table})


def _cell(label, *parts):
    *options, bundle = parts
    head = "".join(f"#| {line}\n" for line in (f"label: {label}", *options))
    output = new_output("execute_result", bundle | {"text/plain": "shown"}, execution_count=None)
    return new_code_cell(head + "draw(tolls)", outputs=[output], id=label)


@pytest.fixture(scope="session")
def report_path(built_report):
    """The page of this very report."""
    return built_report / "report.html"


@pytest.fixture(scope="session")
def find_barriers():
    """Runs axe-core on a page or the part of it that a selector names: the rules of WCAG 2.2 AA that fail, and where."""
    from axe_playwright_python.sync_playwright import Axe

    def run(page, part=None, *, contrast=True):
        options = WCAG | {"rules": {"color-contrast": {"enabled": contrast}}}
        found = Axe().run(page, part, options=options).response["violations"]
        return [(issue["id"], [node["html"] for node in issue["nodes"]]) for issue in found]

    return run


@pytest.fixture(scope="module")
def used_page(browser):
    """A page for one test after the other: a new one costs more than what most of them do in it. With its complaints."""
    complaints = []
    page = _open_page(browser, complaints)
    yield page, complaints
    page.context.close()


@pytest.fixture
def visit(browser, page_path, used_page):
    """Opens a page; whatever it says on the console or asks of the network fails the test.

    What a page that was used before cannot be told, such as to do without scripts, gets one of its own, and so does all
    that is opened besides.
    """
    used, complaints = used_page
    complaints.clear()
    opened = []

    def open_page(fragment="", *, width=1440, path=page_path, alone=False, **settings):
        size = {"width": width, "height": 900}
        if alone or opened or not MEDIA.keys() >= settings.keys():
            page = _open_page(browser, complaints, viewport=size, **settings)
        else:
            page = used
            page.goto("about:blank")  # an address that differs in its fragment alone would load nothing
            page.mouse.move(0, 0)
            page.set_viewport_size(size)
            page.emulate_media(**MEDIA | settings)
        opened.append(page)
        page.goto(path.as_uri() + (f"#{fragment}" if fragment else ""))
        return page

    yield open_page
    for page in opened:
        if page is not used:
            page.context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def opened_report(browser, report_path):
    """The page of this very report, opened once for a module, since that takes longest, and its complaints."""
    complaints = []
    page = _open_page(browser, complaints)
    page.goto(report_path.as_uri())
    yield page, complaints
    page.context.close()


@pytest.fixture
def look(opened_report):
    """The page of this very report at a width, with nothing open in it; what it complains of fails the test."""
    page, complaints = opened_report
    complaints.clear()

    def take_width(width=1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.mouse.move(2, 2)
        if page.evaluate(LEFT):
            page.reload()
        page.evaluate("document.activeElement.blur(); scrollTo({top: 0, behavior: 'instant'})")
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return page

    yield take_width
    assert complaints == []


def _open_page(browser, complaints, **settings):
    context = browser.new_context(accept_downloads=True, **settings)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: _note_request(request.url, complaints))
    return page


def _note_request(url, complaints):
    if urllib.parse.urlsplit(url).scheme not in ("file", "data", "blob"):
        complaints.append(f"asked for {url}")
