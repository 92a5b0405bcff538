"""Markdown for a forge's viewer: the same numbers, exhibits as files beside it."""

from __future__ import annotations

import base64
import html
import re
from pathlib import Path
from urllib.parse import quote

from sourcebook.core.files import digest
from sourcebook.core.options import HEIGHT, WIDTH
from sourcebook.render.assembly import Report
from sourcebook.render.document import (
    Node,
    attr,
    attributes,
    div,
    is_div,
    link,
    para,
    plain,
    raw,
    raw_inline,
    space,
    strong,
    text,
    transform,
    unlink_inner,
)
from sourcebook.render.formats import Files, Format
from sourcebook.render.passes.conditions import drop_places, select_by_format
from sourcebook.render.passes.dialect import NO_ALT, describe_picture
from sourcebook.render.passes.exhibits import Exhibit, read_exhibit
from sourcebook.render.passes.layout import callout_kind, head_theorem, title_of
from sourcebook.render.passes.side_notes import turn_aside
from sourcebook.render.source.people import list_keywords, open_document
from sourcebook.render.table_styles import Look, read_look
from sourcebook.render.tools import place_complaints, write_document, write_markdown
from sourcebook.render.words import translate

_PIXELS = re.compile(r"[\d.]+")
_PARTS = {"caption", "note", "source", "title"}
_FORM = "gfm+alerts+tex_math_dollars-raw_attribute"


def render_markdown(report: Report, _folder: Path | None = None) -> Files:
    """``NAME.md``, and below ``exhibits/`` a picture and the data of each exhibit, by path."""
    blocks, warnings = select_by_format(report.document["blocks"], "md")
    report.places.complain(warnings)
    writer = _Writer(report)
    blocks = [
        *_opening(report, writer),
        *writer.blocks(report.headed_abstract),
        *writer.blocks(drop_places(blocks)),
    ]
    document = {**report.document, "meta": {}, "blocks": blocks}
    text_of, complaints = write_markdown(document, _FORM)
    report.places.complain(place_complaints(complaints, report.document["blocks"]))
    tidy = re.sub(r"\n{3,}", "\n\n", text_of)
    return {f"{report.project.name}.md": tidy.encode(), **writer.files}


def _opening(report: Report, writer: _Writer) -> list[Node]:
    project = report.project
    title, subtitle = writer.blocks(list(report.title)), writer.blocks(list(report.subtitle))
    lines = open_document(project, project.edition)
    parts: list[Node] = [{"t": "Header", "c": [1, ["", [], []], title]}] if title else []
    parts += [para([strong(subtitle)])] if subtitle else []
    lines += [project.description, list_keywords(project)]
    return parts + writer.blocks([para(text(line)) for line in lines if line])


# What makes a link of an address, so written that it does not.
_ADDRESSES = {
    "://": [raw_inline("html", "&#58;"), *text("//")],
    "www.": [*text("www"), raw_inline("html", "&#46;")],
}
# Of HTML what it leaves as it is, or a sign of Markdown among its words, which a forge may read.
_MARKUP = re.compile(
    r"<(style|script)\b.*?</\1\s*>|<[^<>]*>|(?P<sign>[\[\]*_`~$\\|]|^[ \t]*+[-+#>=]|(?<=\d)[.)](?=\s))",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_ADDRESS = re.compile(r"(://|www\.)")


class _Writer:
    """Turns nodes into what GitHub-flavoured Markdown can hold while it gathers files."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.files: Files = {}

    def blocks(self, blocks: list[Node]) -> list[Node]:
        """``blocks`` without Divs and Spans that a forge would show as tags."""
        result: list[Node] = transform(blocks, self._visit)
        return result

    def _visit(self, node: Node) -> Node | list[Node] | None:
        kind = node["t"]
        if kind == "Header":
            level, (label, _, _), inlines = node["c"]
            anchor = [_anchor(label)] if label else []
            return {"t": "Header", "c": [min(6, level + 1), ["", [], []], [*anchor, *inlines]]}
        if kind == "Div":
            return self._division(node)
        if kind == "Span":
            return _span(node)
        if kind == "Image":
            return self._image(node)
        if kind == "Str" and "<" in node["c"]:
            # A forge makes a link of a bare address, and takes the backslash that pandoc writes before < for its end.
            parts = _ADDRESS.split(node["c"])
            return [made for part in parts for made in _ADDRESSES.get(part, text(part))]
        if kind == "Table":
            return self._table(node)
        if kind in ("RawBlock", "RawInline") and node["c"][0] == "html5":
            return {"t": kind, "c": ["html", _MARKUP.sub(_spell_sign, node["c"][1])]}
        if kind == "Link":
            return {"t": "Link", "c": [attr(), unlink_inner(node["c"][1]), node["c"][2]]}
        return None

    def _table(self, node: Node) -> Node:
        if _is_styled(node):
            document = {**self.report.document, "meta": {}, "blocks": [node]}
            return raw("html", write_document(document, "html5")[0].replace("&#10;", ""))
        changed: Node = transform([node], _set_amid_words)[0]
        return changed

    def _division(self, node: Node) -> list[Node]:
        label, classes, pairs = attributes(node)
        if _PARTS & set(classes):
            return [node]  # whoever holds it takes it apart
        if is_div(node, "exhibit"):
            return self._exhibit(read_exhibit(node, self.report.payloads))
        title, blocks = title_of(node)
        if kind := callout_kind(classes):
            blocks = [_alert(kind, title, blocks, pairs)]
        elif "theorem" in classes:
            blocks = [para([strong(head_theorem(title, pairs))]), *blocks]
        elif "equation" in classes:
            blocks = [*blocks, para(text(f"({pairs['number']})"))]
        elif title:
            blocks = [para([strong(title)]), *blocks]
        return [*_anchored(label), *blocks]

    def _exhibit(self, exhibit: Exhibit) -> list[Node]:
        content = exhibit.content
        if exhibit.svg:
            path = f"exhibits/{exhibit.file}.svg"
            self.files[path] = exhibit.svg.encode()
            image: Node = {"t": "Image", "c": [["", [], []], text(exhibit.alt or NO_ALT), [path, ""]]}
            content = [para([image])]
        name: list[Node] = [{"t": "Strong", "c": text(exhibit.name)}, space()] if exhibit.name else []
        caption = [para([*name, *exhibit.head])] if name or exhibit.head else []
        notes = [para([{"t": "Emph", "c": note}]) for note in exhibit.below]
        source = (
            [*text(f"{translate('Source', self.report.project.lang)}: "), *exhibit.source]
            if exhibit.source
            else []
        )
        if exhibit.csv:
            data = f"exhibits/{exhibit.file}.csv"
            self.files[data] = exhibit.csv.encode()
            joint = text(" ") if source else []
            source += [*joint, {"t": "Link", "c": [["", [], []], text("Data (CSV)"), [data, ""]]}]
        return [*_anchored(exhibit.label), *caption, *content, *notes, *([para(source)] if source else [])]

    def _image(self, node: Node) -> list[Node]:
        (label, _, pairs), _, (target, title) = node["c"]
        anchor = [_anchor(label)] if label else []
        if target.startswith("data:"):
            kind = target[len("data:image/") :].partition(";")[0].partition("+")[0]
            path = f"exhibits/picture-{digest(target.encode())[:12]}.{kind}"
            self.files[path] = base64.b64decode(target.partition(",")[2])
            target = path
        else:
            path = f"exhibits/{Path(target).name}"
            self.files[path] = (self.report.project.root / target).read_bytes()
            target = quote(path)
        size = {key: value.removesuffix("px") for key, value in pairs if key in (WIDTH.name, HEIGHT.name)}
        if any(_PIXELS.fullmatch(value) for value in size.values()):  # Markdown has no word for sizes
            said = "".join(f' {key}="{html.escape(value)}"' for key, value in size.items())
            words = html.escape(describe_picture(node))
            return [*anchor, raw_inline("html", f'<img src="{html.escape(target)}" alt="{words}"{said} />')]
        return [*anchor, {"t": "Image", "c": [["", [], []], text(describe_picture(node)), [target, title]]}]


def _spell_sign(match: re.Match[str]) -> str:
    """A sign of Markdown as HTML's number of it; all else as it is."""
    sign = (match["sign"] or "").lstrip()
    return match[0].replace(sign, f"&#{ord(sign)};") if sign else match[0]


def _set_amid_words(node: Node) -> Node | None:
    """A displayed formula as one amid words: a row of a pipe table is one line."""
    if node["t"] != "Math" or node["c"][0]["t"] != "DisplayMath":
        return None
    return {"t": "Math", "c": [{"t": "InlineMath"}, " ".join(node["c"][1].split())]}


def _is_styled(table: Node) -> bool:
    """Whether cells have colours or weight of their own, which a table of Markdown cannot hold."""
    _, _, _, head, bodies, foot = table["c"]
    groups = [head[1], foot[1], *(rows for body in bodies for rows in (body[2], body[3]))]
    cells = (cell for rows in groups for _, cells in rows for cell in cells)
    return any(read_look(dict(cell[0][2])) != Look() for cell in cells)


def _alert(kind: str, title: list[Node], blocks: list[Node], pairs: dict[str, str]) -> Node:
    """A callout as pandoc's writer takes it for a forge's box."""
    name = text(pairs["name"]) if "name" in pairs else []
    heading: list[Node] = [*name, *([Node(t="Str", c=": ")] if name and title else []), *title]
    shown = ([para([strong(heading)])] if heading else []) + blocks
    if not shown or shown[0]["t"] != "Para":  # of which pandoc's writer makes tags of HTML
        return {"t": "BlockQuote", "c": [raw("markdown", f"[!{kind.upper()}]"), *shown]}
    return {"t": "Div", "c": [["", [kind], []], [div([para(text(kind.capitalize()))], "", "title"), *shown]]}


def _span(node: Node) -> list[Node]:
    label, classes, pairs = attributes(node)
    if "aside" in classes:
        return turn_aside(node)
    if "address" in pairs:
        return [link(node["c"][1], pairs["address"])]
    if "kbd" in classes:
        return [raw_inline("html", "<kbd>"), *node["c"][1], raw_inline("html", "</kbd>")]
    return [*([_anchor(label)] if label else []), *node["c"][1]]


def _anchor(label: str) -> Node:
    return raw_inline("html", f'<a id="{html.escape(label)}"></a>')


def _anchored(label: str) -> list[Node]:
    return [plain([_anchor(label)])] if label else []


FORMAT = Format(
    name="md",
    title="Report (Markdown)",
    mime="text/markdown",
    write=render_markdown,
    answers=frozenset({"md", "markdown", "gfm", "commonmark"}),
    raw=frozenset({"md", "markdown", "html5"}),  # a forge reads HTML that its author marked as that
    quarto="gfm",
)
