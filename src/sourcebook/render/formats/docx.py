"""Word documents: the numbered tree through pandoc's own writer, pictures with their alternative text."""

from __future__ import annotations

import base64
import html
import itertools
import re
from dataclasses import replace
from pathlib import Path

from sourcebook.core.files import digest, scratch_folder
from sourcebook.core.options import TOC, TOC_DEPTH
from sourcebook.core.vocabulary import verdict_sign
from sourcebook.render.assembly import Report
from sourcebook.render.document import (
    Node,
    attributes,
    is_div,
    iterate,
    para,
    plain,
    plain_text,
    raw,
    raw_inline,
    space,
    span,
    split_words,
    text,
    transform,
)
from sourcebook.render.export.bitmaps import turn_upright
from sourcebook.render.formats import Files, Format
from sourcebook.render.formats.docx_style import finish, set_page, write_contents
from sourcebook.render.formats.fonts import copy_fonts
from sourcebook.render.formats.table_widths import cut_table, in_words, measure_columns
from sourcebook.render.formats.typst import read_paper
from sourcebook.render.nested_notes import lift_notes
from sourcebook.render.passes.conditions import drop_places, select_by_format
from sourcebook.render.passes.dialect import NO_ALT, describe_picture
from sourcebook.render.passes.exhibits import Exhibit, natural_width, read_exhibit
from sourcebook.render.passes.layout import callout_kind, head_callout, head_theorem, title_of
from sourcebook.render.passes.side_notes import turn_aside
from sourcebook.render.source.people import describe_people, list_keywords
from sourcebook.render.table_styles import Look, read_look
from sourcebook.render.tools import place_complaints, write_binary, write_data_file
from sourcebook.render.typst_compiler import draw_pictures
from sourcebook.render.words import is_rtl, name_script, translate

_BREAK = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
# Digits of the tables' type on a line; Word breaks the words of a table that is wider.
_LINE = 84
_TEXT_INCHES, _PAGE_INCHES = 6.3, 9.0
_SIZE = re.compile(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"')


def render_word(report: Report, _folder: Path | None = None) -> Files:
    """The document; figures are PNG, which every version of Word and its kin can show."""
    blocks, warnings = select_by_format(report.document["blocks"], "docx")
    report.places.complain(warnings)
    project = report.project
    with scratch_folder() as name:
        writer = _Writer(report, Path(name))
        contents = _contents(report, blocks)
        shown = [*writer.blocks(report.headed_abstract), *contents, *writer.blocks(drop_places(blocks))]
        writer.draw()
        strings = {
            "date": project.date_in_words,
            "lang": name_script(project.lang),
            "description": project.description,
        }
        strings |= {"dir": "rtl"} if is_rtl(project.lang) else {}
        meta: dict[str, Node] = {
            key: {"t": "MetaString", "c": value} for key, value in strings.items() if value
        }
        people = describe_people(project) or list(filter(None, [project.author]))
        if people:
            lines: list[Node] = [{"t": "MetaString", "c": line} for line in people]
            meta |= {"author": {"t": "MetaList", "c": lines}}
        titles = {
            "title": report.title or text(project.title if not project.untitled else ""),
            "subtitle": report.subtitle,
        }
        meta |= {
            key: {"t": "MetaInlines", "c": split_words(writer.blocks(list(words)))}
            for key, words in titles.items()
            if words
        }
        below = [para(text(line)) for line in [list_keywords(project)] if line]
        shown = [*below, *shown]
        # Word knows no notes in notes: of one pandoc keeps the mark, which leads nowhere, and loses the words.
        lifted = lift_notes(shown, "", itertools.count(1))
        document = {**report.document, "meta": meta, "blocks": lifted}
        paper = read_paper(project, "docx")
        reference = write_data_file("reference.docx", Path(name))
        reference.write_bytes(set_page(reference.read_bytes(), paper))
        body, complaints = write_binary(document, "docx", [f"--reference-doc={reference}"], Path(name))
    report.places.complain(place_complaints(complaints, report.document["blocks"]))
    return {f"{project.name}.docx": finish(body, project, paper)}


def _contents(report: Report, blocks: list[Node]) -> list[Node]:
    """The contents, in a book on pages of their own; headings as they stand in ``blocks``, numbered or not."""
    project = report.project
    book = project.kind == "book"
    if not project.option("docx", TOC, book):
        return []
    depth = int(project.option("docx", TOC_DEPTH, 2))
    head = project.title_contents("docx")
    words = {
        attributes(node)[0]: plain_text(node["c"][2]) for node in iterate(blocks) if node["t"] == "Header"
    }
    headings = [
        replace(target, title=words[label])
        for label, target in report.targets.items()
        if target.kind == "sec" and target.listed and target.level <= depth and label in words
    ]
    if not headings:
        return []
    written = raw("openxml", write_contents(head, headings, depth))
    return [raw("openxml", _BREAK), written] if book else [written]  # chapters begin a page


class _Writer:
    """Turns nodes into what pandoc's docx writer knows; pictures go to files in ``folder``."""

    def __init__(self, report: Report, folder: Path) -> None:
        self.report, self.folder = report, folder
        self.drawn: dict[str, None] = {}

    def blocks(self, blocks: list[Node]) -> list[Node]:
        """``blocks`` with exhibits, callouts and the rest as paragraphs, tables and pictures."""
        result: list[Node] = transform(blocks, self._visit)
        return result

    def _visit(self, node: Node) -> Node | list[Node] | None:
        if node["t"] == "Image":
            return self._image(node)
        if node["t"] == "Table":
            return [_spread(_coloured(part)) for part in cut_table(node, in_words, _LINE, _LINE)]
        if node["t"] == "Span" and "pad" in attributes(node)[1]:
            return []
        if node["t"] == "Span" and "aside" in attributes(node)[1]:
            return turn_aside(node)
        if node["t"] == "Link" and "claim" in attributes(node)[1]:
            return _mark_claim(node)
        if node["t"] != "Div":
            return None
        if is_div(node, "exhibit"):
            return self._exhibit(read_exhibit(node, self.report.payloads))
        return _box(node)

    def _exhibit(self, exhibit: Exhibit) -> list[Node]:
        content = exhibit.content
        if exhibit.svg:
            attributes_of = [["width", exhibit.width or _width(exhibit.svg)]]
            picture = self._picture(exhibit)
            image: Node = {
                "t": "Image",
                "c": [["", [], attributes_of], text(exhibit.alt or NO_ALT), [picture, ""]],
            }
            content = [para([image])]
            if exhibit.below or exhibit.source:  # on the same page as what is said below it
                content = [_in_style(content, "Captioned Figure")]
        name: list[Node] = [{"t": "Strong", "c": text(exhibit.name)}, space()] if exhibit.name else []
        caption = [_styled([*name, *exhibit.head], "Caption")] if name or exhibit.head else []
        below = list(exhibit.below)
        if exhibit.source:
            below.append([*text(f"{translate('Source', self.report.project.lang)}: "), *exhibit.source])
        small = [
            _styled(note, "Small Print Kept" if note is not below[-1] else "Small Print") for note in below
        ]
        return [{"t": "Div", "c": [[exhibit.label, [], []], [*caption, *content, *small]]}]

    def draw(self) -> None:
        """Makes a PNG beside each SVG that the document names."""
        if self.drawn:
            copy_fonts(self.folder / "fonts")
            pictures = draw_pictures(self.folder, list(self.drawn), [self.folder / "fonts"])
            for name, picture in zip(self.drawn, pictures, strict=True):
                (self.folder / name).with_suffix(".png").write_bytes(picture)

    def _picture(self, exhibit: Exhibit) -> str:
        if bitmap := exhibit.bitmap:
            path = self.folder / f"{exhibit.file}.{bitmap[0]}"
            path.write_bytes(bitmap[1])
            return path.name
        return self._drawn(exhibit.file, exhibit.svg.encode())

    def _image(self, node: Node) -> Node:
        (label, classes, pairs), _, (target, title) = node["c"]
        made = target.removesuffix(".png") + ".svg" in self.drawn or (
            len(target) < 200 and (self.folder / target).is_file()
        )
        if target.startswith("data:"):
            target = self._unpacked(target)
        elif target.endswith(".svg") or not made:
            target = self._copied(target)
        shown = text(describe_picture(node))
        return {"t": "Image", "c": [[label, classes, pairs], shown, [target, title]]}

    def _unpacked(self, address: str) -> str:
        """A picture that lies in its own address, as a file in our folder."""
        name, body = f"data-{digest(address.encode())[:16]}", base64.b64decode(address.partition(",")[2])
        kind = address[len("data:image/") :].partition(";")[0]
        if kind.startswith("svg"):
            return self._drawn(name, body)
        (self.folder / f"{name}.{kind}").write_bytes(turn_upright(body))
        return f"{name}.{kind}"

    def _copied(self, target: str) -> str:
        """A picture of the project under a plain name in our folder: paths of this machine must not reach the bytes."""
        source = self.report.project.root / target
        name = re.sub(r"[^\w.-]+", "-", target)
        if source.suffix == ".svg":
            return self._drawn(name.removesuffix(".svg"), source.read_bytes())
        (self.folder / name).write_bytes(turn_upright(source.read_bytes()))
        return name

    def _drawn(self, name: str, svg: bytes) -> str:
        self.drawn[f"{name}.svg"] = None
        (self.folder / f"{name}.svg").write_bytes(svg)
        return f"{name}.png"


def _width(svg: str) -> str:
    """How wide a picture stands: its own width, where it fits on a page with its caption."""
    natural, found = natural_width(svg) / 96, _SIZE.search(svg)
    tall = float(found[2]) / float(found[1]) if found else 0.0
    most = min(_TEXT_INCHES, _PAGE_INCHES / tall) if tall else _TEXT_INCHES
    return f"{natural if 0 < natural < most else most:.3g}in"


def _mark_claim(node: Node) -> list[Node]:
    """A link to a claim in small type, which breaks nowhere, with the sign of its verdict behind it."""
    attr, words, target = node["c"]
    name = plain_text(words).replace("-", "\N{NON-BREAKING HYPHEN}")
    sign = verdict_sign(attributes(node)[2].get("verdict", ""))
    shown, behind = (
        span(text(said), "", **{"custom-style": "Claim Mark"})
        for said in (name, f"\N{NO-BREAK SPACE}{sign}" if sign else "")
    )
    return [{"t": "Link", "c": [attr, [shown], target]}, behind]


def _box(node: Node) -> list[Node] | None:
    label, classes, pairs = attributes(node)
    title, blocks = title_of(node)
    if kind := callout_kind(classes):
        heading = head_callout(kind, title, pairs)
        head = [para([{"t": "Strong", "c": heading}])] if heading else []
        blocks = [{"t": "BlockQuote", "c": [*head, *blocks]}]
    elif "theorem" in classes:
        blocks = [para([{"t": "Strong", "c": head_theorem(title, pairs)}]), *blocks]
    elif "equation" in classes:
        blocks = [_numbered(block, pairs["number"]) for block in blocks]
    elif "lead" in classes:
        blocks = [_in_style(blocks, "Lead")]
    elif "claim-entry" in classes and blocks:
        return _entry(label, blocks)
    elif "page-break" in classes:
        return [raw("openxml", _BREAK)]
    elif title:
        blocks = [para([{"t": "Strong", "c": title}]), *blocks]
    else:
        return None
    return [{"t": "Div", "c": [[label, [], []], blocks]}]


def _coloured(table: Node) -> Node:
    """Cells whose HTML gives them colours or weight, as runs that have these: the writer knows no other way."""
    _, _, _, head, bodies, foot = table["c"]
    groups = [head[1], foot[1], *(rows for body in bodies for rows in (body[2], body[3]))]
    for cell in (cell for rows in groups for _, cells in rows for cell in cells):
        look = read_look(dict(cell[0][2]))
        ground = look.ground or next((colour for colour, _ in look.bar if colour), "")
        if look == Look() or not plain_text(cell[4]).strip():
            continue
        marks = "<w:b/>" * look.bold + "<w:i/>" * look.italic
        marks += f'<w:color w:val="{look.colour}"/>' * bool(look.colour)
        marks += f'<w:shd w:val="clear" w:color="auto" w:fill="{ground}"/>' * bool(ground)
        if any(node["t"] in ("Link", "Image", "Math", "Note") for node in iterate(cell[4])):
            continue  # what is more than words stays
        words = html.escape(plain_text(cell[4]), quote=False)
        run = f'<w:r><w:rPr>{marks}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'
        cell[4] = [plain([raw_inline("openxml", run)])]
    return table


def _entry(label: str, blocks: list[Node]) -> list[Node]:
    """A claim's entry: its words, verdict and place on one page with the first of its evidence, that in lists smallest."""
    head, *kept = blocks[:-1] or blocks
    for block in blocks:
        if block["t"] == "BulletList":
            # Plain blocks have a style of their own.
            loose = [[para(one["c"]) if one["t"] == "Plain" else one for one in item] for item in block["c"]]
            block["c"] = [[_in_style(item, "Ledger Evidence")] for item in loose]
    parts = ([head], "Ledger Head"), (kept, "Ledger Kept"), (blocks[1 + len(kept) :], "Ledger")
    return [{"t": "Div", "c": [[label, [], []], [_in_style(part, style) for part, style in parts]]}]


def _spread(table: Node) -> Node:
    """A table with columns of set widths, none of them narrower than its longest word."""
    _, _, specs, head, bodies, _ = table["c"]
    if not all(spec[1]["t"] == "ColWidth" for spec in specs):
        return table
    rows = [*head[1], *(row for body in bodies for row in body[3])]
    least = [(size + 2) / _LINE for size in measure_columns(rows, len(specs), in_words)]
    widths = [spec[1]["c"] for spec in specs]
    free = [max(0.0, width - need) for width, need in zip(widths, least, strict=True)]
    room = max(0.0, sum(widths) - sum(least))
    if sum(free) and room:
        widths = [need + spare * room / sum(free) for need, spare in zip(least, free, strict=True)]
    spread = [[spec[0], {"t": "ColWidth", "c": width}] for spec, width in zip(specs, widths, strict=True)]
    return {"t": "Table", "c": [*table["c"][:2], spread, *table["c"][3:]]}


def _styled(inlines: list[Node], style: str) -> Node:
    return _in_style([para(inlines)], style)


def _in_style(blocks: list[Node], style: str) -> Node:
    return {"t": "Div", "c": [["", [], [["custom-style", style]]], blocks]}


def _numbered(block: Node, number: str) -> Node:
    return para([*block["c"], space(), *text(f"({number})")]) if block["t"] in ("Para", "Plain") else block


FORMAT = Format(
    name="docx",
    title="Report (Word)",
    mime="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    write=render_word,
    answers=frozenset({"docx", "openxml"}),
    raw=frozenset({"openxml"}),
    binary=True,
)
