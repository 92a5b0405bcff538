"""HTML: the numbered tree as one self-contained page that asks nothing of the network."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from sourcebook.render.source.project import Project
from sourcebook.render.tools import place_complaints
from sourcebook.render.tree.assembly import Report
from sourcebook.render.tree.document import iterate
from sourcebook.render.write.fonts import font_css
from sourcebook.render.write.pieces import Pieces, join_html, write_pieces
from sourcebook.render.write.web.about import LIMITS, summarise, write_footer, write_json_ld
from sourcebook.render.write.web.assets import hash_script, read_script, read_styles
from sourcebook.render.write.web.blocks import Shown
from sourcebook.render.write.web.claims import Entry, find_claim, make_cards
from sourcebook.render.write.web.frame import BODY, CARDS, OPTIONS, write_frame
from sourcebook.render.write.web.runs import Run, read_runs

# A corner above row headers heads nothing.
_EMPTY_HEADER = re.compile(r"<th(?: scope=\"\w+\")?((?: rowspan=\"\d+\"| colspan=\"\d+\")*)[^>]*>\s*</th>")
# What the style sheet says already, once for every cell.
_LEFT = re.compile(r"(<t[dh]) style=\"text-align: left;\"")


def render_html(report: Report, store: Path | None = None) -> bytes:
    """The whole page as bytes: text, MathML, pictures, data, styles, script and fonts in one file.

    Cut fonts are kept in a hidden folder of ``store``, if one is given.
    """
    runs, warnings = read_runs(report.document["blocks"])
    report.places.complain(warnings)
    entries = {label: entry for run in runs for label, entry in run.entries.items()}
    shown = Shown(report, entries)
    written = _write_runs(report, runs, shown)
    limits = next((run.blocks for run in runs if LIMITS in run.anchors), [])
    frame, said = write_frame(report, shown.blocks(report.abstract), shown.blocks(summarise(limits, entries)))
    complaints = [text for _, complaints in written for text in complaints]
    report.places.complain(place_complaints([*complaints, *said], report.document["blocks"]))
    *body, cards = [pieces for pieces, _ in written]
    frame = _tidy(frame).replace(CARDS, "".join(text for run in cards for text in run).rstrip("\n"), 1)
    page = join_html([run for pieces in body for run in pieces], frame, BODY)
    json_ld = write_json_ld(report.project, entries.values())
    return _dress(page, report, json_ld, _font_store(report.project, store)).encode()


def prepare_html(project: Project, store: Path | None) -> None:
    """Cuts the fonts that every page needs."""
    font_css("", _font_store(project, store))


def _write_runs(report: Report, runs: Sequence[Run], shown: Shown) -> Sequence[tuple[Pieces, list[str]]]:
    """The pieces of each run, at the end those of the cards, with what pandoc warns of."""
    parts = [*map(shown.lay_out, runs), make_cards(_choose_cards(report, runs, shown.entries))]
    made = write_pieces(report.document, parts, "html5", OPTIONS, report.memo, shown.blocks)
    return [([list(map(_tidy, run)) for run in pieces], complaints) for pieces, complaints in made]


def _choose_cards(report: Report, runs: Sequence[Run], entries: Mapping[str, Entry]) -> list[Entry]:
    """The claims that are cited, in the order of their entries; a table of all cites all."""
    cited = {find_claim(node) for node in iterate(report.abstract)}.union(*(run.claims for run in runs))
    everyone = any(run.explorer for run in runs)
    return [entry for label, entry in entries.items() if everyone or label in cited]


def _tidy(text: str) -> str:
    return _LEFT.sub(r"\1", _EMPTY_HEADER.sub(r"<td\1></td>", text))


def _font_store(project: Project, store: Path | None) -> Path | None:
    """``store``, unless it is a folder that people work in, where nothing of ours shall lie about."""
    folders = {(project.root / path).resolve().parent for path in project.chapters}
    return None if store is None or store.resolve() in folders else store


def _dress(page: str, report: Report, json_ld: str, store: Path | None) -> str:
    """The page with styles, fonts, script and what it says of itself; the first of each mark is the template's."""
    script, styles = read_script(), read_styles()
    signs = "".join(sorted(set(page + styles)))
    parts = {
        "/*hash*/": hash_script(script),
        "/*styles*/": font_css(signs, store) + "\n" + styles,
        "/*json-ld*/": json_ld,
    }
    for mark, content in parts.items():
        page = page.replace(mark, content, 1)
    for mark, content in {"<!--footer-->": write_footer(report.project), "/*script*/": script}.items():
        page = content.join(page.rsplit(mark, 1))
    return page
