"""The trace view: the article beside the ledger, for somebody who has the article. It is never published."""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path

from sourcebook.core.files import prepare_folder, publish_files
from sourcebook.core.numbers import percent
from sourcebook.core.text import listing
from sourcebook.core.vocabulary import verdict_sign
from sourcebook.ledger.cases import Case, collect_cases
from sourcebook.ledger.coverage import Coverage, Piece, Sentence, measure_coverage
from sourcebook.ledger.entries import render_entry
from sourcebook.ledger.load import Ledger, read_ledger
from sourcebook.ledger.verify import read_article
from sourcebook.render.document import Node, transform
from sourcebook.render.formats.fonts import font_css
from sourcebook.render.formats.html import THEME, hash_script, read_styles
from sourcebook.render.formats.html_claims import mark_claim, words
from sourcebook.render.memo import Memo
from sourcebook.render.passes.cite import cite
from sourcebook.render.source.project import Project, read_project
from sourcebook.render.tools import read_markdown, write_document

NAME = "trace.html"


def render_trace(root: Path, article: Path) -> Path:
    """Writes the trace view of ``article`` into the output folder of the project at ``root``; the file written.

    Raises a ``SourcebookError`` when the ledger or the article cannot be read.
    """
    ledger, project = read_ledger(root), read_project(root)
    cases = collect_cases(ledger)
    claims = [row.cells for row in ledger.rows("claims")]
    coverage = measure_coverage(read_article(article), ledger.article, claims)
    page = _write_page(ledger, project, cases, coverage)
    folder = prepare_folder(root / project.output)
    return publish_files({folder / NAME: page.encode()})[0]


def _write_page(ledger: Ledger, project: Project, cases: Mapping[str, Case], coverage: Coverage) -> str:
    script = (THEME / "trace.js").read_text(encoding="utf-8")
    parts = {
        "<!--hash-->": hash_script(script),
        "<!--title-->": html.escape(ledger.article.title),
        "<!--summary-->": _summary(coverage),
        "<!--article-->": "".join(_section(ledger, name, coverage, cases) for name in coverage.lines),
        "<!--cards-->": _cards(ledger, project, _in_order(coverage, cases)),
        "<!--script-->": script,
    }
    page = (THEME / "trace.html").read_text(encoding="utf-8")
    for mark, content in parts.items():
        page = page.replace(mark, content, 1)
    styles = read_styles() + (THEME / "trace.css").read_text(encoding="utf-8")
    return page.replace("<!--styles-->", font_css(page) + styles, 1)


def _summary(coverage: Coverage) -> str:
    sentences = coverage.sentences
    free = sum(not sentence.is_claimed for sentence in sentences)
    said = (
        f"{percent(100 * coverage.share)} of the words outside headings stand in a claimed passage; "
        f"{free} of {len(sentences)} sentences hold no claim."
    )
    lost = f" Not found as recorded, and so not marked: {listing(coverage.lost)}." if coverage.lost else ""
    return html.escape(said + lost)


def _section(ledger: Ledger, name: str, coverage: Coverage, cases: Mapping[str, Case]) -> str:
    heading = next(section.heading for section in ledger.article.sections if section.id == name)
    lines = "".join(_line(line, cases) for line in coverage.lines[name])
    return f'<section><h2 id="section-{html.escape(name)}">{html.escape(heading)}</h2>{lines}</section>'


def _line(line: tuple[Sentence, ...], cases: Mapping[str, Case]) -> str:
    shown = "".join(_sentence(sentence, cases) for sentence in line if not sentence.is_heading)
    return f"<p>{shown}</p>" if shown else ""


def _sentence(sentence: Sentence, cases: Mapping[str, Case]) -> str:
    if not sentence.is_claimed:
        return (
            f'<span class="unclaimed">{html.escape("".join(piece.text for piece in sentence.pieces))}</span>'
        )
    return "".join(_piece(piece, cases) for piece in sentence.pieces)


def _piece(piece: Piece, cases: Mapping[str, Case]) -> str:
    text = html.escape(piece.text)
    if piece.claims:
        verdict = html.escape(cases[piece.claims[-1]].verdict["verdict"])
        text = f'<mark data-verdict="{verdict}" data-claims="{" ".join(piece.claims)}">{text}</mark>'
    return text + "".join(_marker(cases[name]) for name in piece.ends)


def _marker(case: Case) -> str:
    verdict = case.verdict["verdict"]
    return (
        f'<a class="claim" id="at-{case.id}" href="#claim-{case.id}" data-verdict="{verdict}">{case.id} '
        f'<span aria-hidden="true">{verdict_sign(verdict)}</span><span class="sr"> {words(verdict)}</span></a>'
    )


def _in_order(coverage: Coverage, cases: Mapping[str, Case]) -> list[Case]:
    """The cases as the reader of the article meets them, then those that were not found."""
    met = [name for sentence in coverage.sentences for piece in sentence.pieces for name in piece.ends]
    return [cases[name] for name in dict.fromkeys([*met, *cases])]


def _cards(ledger: Ledger, project: Project, cases: list[Case]) -> str:
    """The ledger's own entries, with their citations."""
    markdown = "\n\n".join(render_entry(case, ledger.article) for case in cases)
    document, _ = read_markdown(markdown, lambda line: f"the ledger, line {line}")
    document, _ = cite(project, document, Memo())
    blocks: list[Node] = transform(document["blocks"], lambda node: mark_claim(node, {}))
    cards, _ = write_document({**document, "meta": {}, "blocks": blocks}, "html5")
    return cards
