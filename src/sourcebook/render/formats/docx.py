"""Word documents: the numbered tree through pandoc's own writer, pictures with their alternative text."""

from __future__ import annotations

import base64
import html
import re
import shutil
import tempfile
from pathlib import Path

from sourcebook.core.files import digest
from sourcebook.core.options import TOC, TOC_DEPTH
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
    split_words,
    text,
    transform,
)
from sourcebook.render.formats import Files, Format
from sourcebook.render.formats.fonts import copy_fonts
from sourcebook.render.passes.conditions import drop_places, select_by_format
from sourcebook.render.passes.dialect import NO_ALT, alternative_text
from sourcebook.render.passes.exhibits import Exhibit, natural_width, read_exhibit
from sourcebook.render.passes.layout import head_callout, title_of
from sourcebook.render.source.people import describe_people, list_keywords
from sourcebook.render.table_styles import Look, read_look
from sourcebook.render.tools import draw_pictures, place_complaints, write_binary
from sourcebook.render.words import is_rtl, translate

_BREAK = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
_TEXT_WIDTH = "6in"
_BITMAP = re.compile(
    r'^<svg[^>]*><image width="\d+" height="\d+" href="data:image/(\w+);base64,([^"]+)"/></svg>$'
)
_TEXT_INCHES = 6


def render_word(report: Report, _folder: Path | None = None) -> Files:
    """The document; figures are PNG, which every version of Word and its kin can show."""
    blocks, warnings = select_by_format(report.document["blocks"], "docx")
    report.places.complain(warnings)
    project = report.project
    with tempfile.TemporaryDirectory(prefix="sourcebook-") as name:
        writer = _Writer(report, Path(name))
        shown = [*writer.blocks(report.abstract), *writer.blocks(drop_places(blocks))]
        writer.draw()
        strings = {
            "author": project.author,
            "date": project.date_in_words,
            "lang": project.lang,
            "description": project.description,
        }
        strings |= {"toc-title": translate("Contents", project.lang)} | (
            {"dir": "rtl"} if is_rtl(project.lang) else {}
        )
        meta: dict[str, Node] = {
            key: {"t": "MetaString", "c": value} for key, value in strings.items() if value
        }
        titles = {
            "title": report.title or text(project.title if not project.untitled else ""),
            "subtitle": report.subtitle,
        }
        meta |= {
            key: {"t": "MetaInlines", "c": split_words(writer.blocks(list(words)))}
            for key, words in titles.items()
            if words
        }
        below = [para(text(line)) for line in [*describe_people(project), list_keywords(project)] if line]
        shown = [*below, *shown]
        depth = project.option("docx", TOC_DEPTH, 2)
        contents = project.option("docx", TOC, project.kind == "book")
        options = ["--toc", f"--toc-depth={depth}"] if contents else []
        document = {**report.document, "meta": meta, "blocks": shown}
        body, complaints = write_binary(document, "docx", options, Path(name))
    report.places.complain(place_complaints(complaints, report.document["blocks"]))
    return {f"{project.name}.docx": body}


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
            return _coloured(node)
        if node["t"] == "Span" and "pad" in attributes(node)[1]:
            return []
        if node["t"] == "Span" and "aside" in attributes(node)[1]:
            return {"t": "Note", "c": [para(node["c"][1])]}
        if node["t"] != "Div":
            return None
        if is_div(node, "exhibit"):
            return self._exhibit(read_exhibit(node, self.report.payloads))
        return _box(node)

    def _exhibit(self, exhibit: Exhibit) -> list[Node]:
        content = exhibit.content
        if exhibit.svg:
            natural = natural_width(exhibit.svg) / 96
            own = f"{natural:.3g}in" if 0 < natural < _TEXT_INCHES else f"{_TEXT_INCHES}in"
            attributes_of = [["width", exhibit.width or own]]
            picture = self._picture(exhibit)
            content = [
                para(
                    [
                        {
                            "t": "Image",
                            "c": [["", [], attributes_of], text(exhibit.alt or NO_ALT), [picture, ""]],
                        }
                    ]
                )
            ]
        name: list[Node] = [{"t": "Strong", "c": text(exhibit.name)}, space()] if exhibit.name else []
        caption = [_styled([*name, *exhibit.caption], "Caption")] if name or exhibit.caption else []
        small = [_styled(note, "Compact") for note in exhibit.notes]
        small += (
            [
                _styled(
                    [*text(f"{translate('Source', self.report.project.lang)}: "), *exhibit.source], "Compact"
                )
            ]
            if exhibit.source
            else []
        )
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
        shown = text(alternative_text(node) or NO_ALT)
        return {"t": "Image", "c": [[label, classes, pairs], shown, [target, title]]}

    def _unpacked(self, address: str) -> str:
        """A picture that lies in its own address, as a file in our folder."""
        name, body = f"data-{digest(address.encode())[:16]}", base64.b64decode(address.partition(",")[2])
        kind = address[len("data:image/") :].partition(";")[0]
        if kind.startswith("svg"):
            return self._drawn(name, body)
        (self.folder / f"{name}.{kind}").write_bytes(body)
        return f"{name}.{kind}"

    def _copied(self, target: str) -> str:
        """A picture of the project under a plain name in our folder: paths of this machine must not reach the bytes."""
        source = self.report.project.root / target
        name = re.sub(r"[^\w.-]+", "-", target)
        if source.suffix == ".svg":
            return self._drawn(name.removesuffix(".svg"), source.read_bytes())
        shutil.copyfile(source, self.folder / name)
        return name

    def _drawn(self, name: str, svg: bytes) -> str:
        self.drawn[f"{name}.svg"] = None
        (self.folder / f"{name}.svg").write_bytes(svg)
        return f"{name}.png"


def _box(node: Node) -> list[Node] | None:
    label, classes, pairs = attributes(node)
    title, blocks = title_of(node)
    callout = next((name.removeprefix("callout-") for name in classes if name.startswith("callout-")), None)
    if callout:
        heading = head_callout(callout, title, pairs)
        blocks = [{"t": "BlockQuote", "c": [para([{"t": "Strong", "c": heading}]), *blocks]}]
    elif "theorem" in classes:
        words = [*text(pairs["name"]), *([*text(" ("), *title, *text(")")] if title else [])]
        blocks = [para([{"t": "Strong", "c": words}]), *blocks]
    elif "equation" in classes:
        blocks = [_numbered(block, pairs["number"]) for block in blocks]
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


def _styled(inlines: list[Node], style: str) -> Node:
    return {"t": "Div", "c": [["", [], [["custom-style", style]]], [para(inlines)]]}


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
