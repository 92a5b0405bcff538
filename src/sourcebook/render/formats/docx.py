"""Word documents: the numbered tree through pandoc's own writer, pictures with their alternative text."""

from __future__ import annotations

import base64
import re
import shutil
import tempfile
from pathlib import Path

from sourcebook.core.options import TOC, TOC_DEPTH
from sourcebook.render.assembly import Report
from sourcebook.render.document import Node, attributes, is_div, para, raw, space, text, transform
from sourcebook.render.formats import Files, Format
from sourcebook.render.formats.fonts import copy_fonts
from sourcebook.render.passes.conditions import drop_places, select_by_format
from sourcebook.render.passes.dialect import NO_ALT, alternative_text
from sourcebook.render.passes.exhibits import Exhibit, read_exhibit
from sourcebook.render.passes.layout import head_callout, title_of
from sourcebook.render.tools import draw_pictures, place_complaints, write_binary

_BREAK = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
_BITMAP = re.compile(
    r'^<svg[^>]*><image width="\d+" height="\d+" href="data:image/(\w+);base64,([^"]+)"/></svg>$'
)
_TEXT_WIDTH = "6in"


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
            "title": project.title,
            "subtitle": project.subtitle,
            "author": project.author,
            "date": project.date,
        }
        strings |= {"lang": project.lang, "description": project.description}
        meta = {key: {"t": "MetaString", "c": value} for key, value in strings.items() if value}
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
        if node["t"] == "Span" and "pad" in attributes(node)[1]:
            return []
        if node["t"] != "Div":
            return None
        if is_div(node, "exhibit"):
            return self._exhibit(read_exhibit(node, self.report.payloads).headed())
        return _box(node)

    def _exhibit(self, exhibit: Exhibit) -> list[Node]:
        content = exhibit.content
        if exhibit.svg:
            attributes_of = [["width", exhibit.width or _TEXT_WIDTH]]
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
        small += [_styled([*text("Source: "), *exhibit.source], "Compact")] if exhibit.source else []
        return [{"t": "Div", "c": [[exhibit.label, [], []], [*caption, *content, *small]]}]

    def draw(self) -> None:
        """Makes a PNG beside each SVG that the document names."""
        if self.drawn:
            copy_fonts(self.folder / "fonts")
            pictures = draw_pictures(self.folder, list(self.drawn), [self.folder / "fonts"])
            for name, picture in zip(self.drawn, pictures, strict=True):
                (self.folder / name).with_suffix(".png").write_bytes(picture)

    def _picture(self, exhibit: Exhibit) -> str:
        bitmap = _BITMAP.match(exhibit.svg)
        if bitmap:
            path = self.folder / f"{exhibit.file}.{bitmap.group(1)}"
            path.write_bytes(base64.b64decode(bitmap.group(2)))
            return path.name
        return self._drawn(exhibit.file, exhibit.svg.encode())

    def _image(self, node: Node) -> Node:
        (label, classes, pairs), _, (target, title) = node["c"]
        made = target.removesuffix(".png") + ".svg" in self.drawn or (self.folder / target).is_file()
        if target.endswith(".svg") or not (made or target.startswith("data:")):
            target = self._copied(target)
        shown = text(alternative_text(node) or NO_ALT)
        return {"t": "Image", "c": [[label, classes, pairs], shown, [target, title]]}

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
