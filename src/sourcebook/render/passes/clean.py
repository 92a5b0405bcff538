"""The tree of a chapter made harmless: raw HTML by allow-list, attributes without programs, links that only lead."""

from __future__ import annotations

import base64
import re

from sourcebook.errors import Issue, RenderError
from sourcebook.render.document import (
    Node,
    attr,
    div,
    inlines_of,
    para,
    plain,
    text,
    transform,
    transform_placed,
)
from sourcebook.render.passes.state import ChapterTree
from sourcebook.render.passes.tags import as_nodes, where_html_is_read
from sourcebook.render.safety import (
    TRUST,
    clean_attributes,
    clean_label,
    clean_tag,
    is_safe_link,
    list_refused_styles,
    warn_refused,
)
from sourcebook.render.styles import list_refused
from sourcebook.render.svg_safety import clean_svg, list_refused_parts
from sourcebook.render.tools import read_markdown

_SVG = re.compile(r"\s*<svg\b(?:(?!</svg>).)*</svg>\s*", re.DOTALL | re.IGNORECASE)
_RAW = "-raw_attribute-raw_tex-native_divs-native_spans"
_MARKUP = re.compile(r"[*_`$\[\]@^~<>\\\"']|--|\.\.\.")
_WITH_ATTRIBUTES = {
    "Div": 0,
    "Span": 0,
    "Code": 0,
    "CodeBlock": 0,
    "Link": 0,
    "Image": 0,
    "Table": 0,
    "Figure": 0,
    "Header": 1,
}


def clean(chapter: ChapterTree) -> None:
    """Takes out what could act in a reader's browser, with a warning each, unless the project is trusted."""
    if not chapter.project.trusted:
        chapter.blocks, found = clean_tree(chapter.blocks)
        chapter.warnings += found


def clean_tree(blocks: list[Node]) -> tuple[list[Node], list[Issue]]:
    """``blocks`` without anything that could act in a reader's browser, and warnings of what was taken out."""
    warnings: list[Issue] = []

    def visit(node: Node, place: str) -> Node | list[Node] | None:
        """Raw HTML by the allow-list; of a link that runs a program its words; attributes in place."""
        kind = node["t"]
        if kind in ("RawBlock", "RawInline") and node["c"][0] in ("html", "html5"):
            return _clean_raw(node, place, warnings)
        if kind in _WITH_ATTRIBUTES:
            attr = node["c"][_WITH_ATTRIBUTES[kind]]
            refused = {
                name for key, value in attr[2] if key.lower() == "style" for name in list_refused(value)
            }
            warnings.extend(warn_refused(refused, place))
            attr[0], attr[2] = clean_label(attr[0]), clean_attributes(attr[2])
        if kind == "Link" and node["c"][2][0].startswith("#"):
            node["c"][2][0] = f"#{clean_label(node['c'][2][0][1:])}"
        if kind == "Link" and not is_safe_link(node["c"][2][0]):
            warnings.append(Issue(place, "a link that runs a program is taken out", node["c"][2][0][:60]))
            return list(node["c"][1])
        return None

    return transform_placed(blocks, visit), warnings


def read_inlines(markdown: str) -> list[Node]:
    """The inlines of a text that stands in an attribute: a title, a caption. Tags that no format has a word for are plain text."""
    if not _MARKUP.search(markdown):
        return [{"t": "Str", "c": markdown}] if markdown else []
    document, _ = read_markdown(markdown, lambda _: "", _RAW)
    return inlines_of(clean_tree(transform(as_nodes(document["blocks"]), _spell))[0])


def _spell(node: Node) -> Node | list[Node] | None:
    """A tag as the text that it is; comments go."""
    if node["t"] not in ("RawInline", "RawBlock"):
        return None
    shown = [] if node["c"][1].lstrip().startswith("<!--") else text(node["c"][1])
    return plain(shown) if node["t"] == "RawBlock" else shown


def _clean_raw(node: Node, place: str, warnings: list[Issue]) -> Node | list[Node] | None:
    code = node["c"][1]
    if code.strip().startswith("<!--"):
        return []
    if _SVG.fullmatch(code):
        # As a picture it shows what it is, and its styles reach nothing else.
        try:
            data = base64.b64encode(clean_svg(code, place).encode()).decode()
            warnings += warn_refused(list_refused_parts(code, place), place)
        except RenderError as error:
            found = error.issues[0].found
            warnings.append(Issue(place, "a picture is taken out: its SVG is not well-formed", found))
            return []
        image: Node = {"t": "Image", "c": [attr(), [], [f"data:image/svg+xml;base64,{data}", ""]]}
        shown: Node = image if node["t"] == "RawInline" else para([image])
        return where_html_is_read(div([shown])) if node["t"] == "RawBlock" else shown
    cleaned = clean_tag(code)
    if cleaned.count("<") < code.count("<"):
        warnings.append(Issue(place, "raw HTML is taken out", code.strip().split("\n")[0][:60], fix=TRUST))
    else:
        warnings += warn_refused(list_refused_styles(code), place)
    return {"t": node["t"], "c": [node["c"][0], cleaned]} if cleaned else []
