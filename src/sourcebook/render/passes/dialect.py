"""Quarto's many spellings of figures, tables, listings, equations, theorems, callouts and tabs, in one form each.

After this pass every numbered thing is a Div of class ``exhibit``, ``equation`` or ``theorem`` that carries its
label; a heading inside a callout, theorem or tab set has become a ``.title`` Div and is no section any more.
"""

from __future__ import annotations

import itertools
import re
from typing import Any

from sourcebook.core.options import (
    ALT,
    BOX_NAME,
    BOX_TITLE,
    CAPTION,
    CODE_FOLD,
    CODE_SUMMARY,
    FIG_ALIGN,
    FIG_ALT,
    FILENAME,
    LAYOUT,
    LAYOUT_NCOL,
    LAYOUT_NROW,
)
from sourcebook.render.document import (
    Node,
    attributes,
    div,
    is_div,
    iterate,
    para,
    parts_of,
    plain,
    plain_text,
    text,
    transform,
)
from sourcebook.render.passes.check import CALLOUTS
from sourcebook.render.passes.clean import read_inlines
from sourcebook.render.passes.equations import cut_equations
from sourcebook.render.passes.names import THEOREMS
from sourcebook.render.passes.state import ChapterTree
from sourcebook.render.table_nodes import scope_headers
from sourcebook.render.words import set_quotes, translate

_PROOFS = {"proof": "Proof", "remark": "Remark", "solution": "Solution"}
NO_ALT = "Picture without a description"
_ENVIRONMENT = re.compile(
    r"\s*\\begin\{((?:equation|align|gather|multline|eqnarray)\*?)\}.*\\end\{\1\}\s*", re.DOTALL
)


def normalise(chapter: ChapterTree) -> None:
    """Brings a chapter into the one form that numbering and writers know."""
    floats, lang = frozenset(chapter.kinds), chapter.project.lang
    chapter.blocks = set_quotes(transform(chapter.blocks, lambda node: _visit(node, floats, lang)), lang)


def _visit(node: Node, floats: frozenset[str], lang: str) -> Node | list[Node] | None:
    if node["t"] == "Div":
        return _division(node, floats, lang)
    if node["t"] in ("Para", "Plain"):
        return _paragraph(node, floats) if node["t"] == "Para" else cut_equations(node)
    visit = _VISITS.get(node["t"])
    return visit(node) if visit else None


def _kind(label: str) -> str:
    """The prefix of a label: fig, tbl, thm …"""
    return label.split("-", 1)[0] if "-" in label else ""


def _figure(node: Node) -> Node:
    """pandoc's Figure (an image with a caption alone in its paragraph)."""
    (label, classes, pairs), caption, content = node["c"]
    return _exhibit(label, caption[1], content, classes, dict(pairs) | _placed(content))


def _table(node: Node) -> Node | None:
    scope_headers(node)
    node["c"] = transform(node["c"], _unheaded)
    (label, classes, pairs), (_, caption), *rest = node["c"]
    if not caption and not label:
        return None
    bare: Node = {"t": "Table", "c": [["", classes, pairs], [None, []], *rest]}
    return _exhibit(label, caption, [bare], [], {"kind": "tbl"})


def _unheaded(node: Node) -> Node | None:
    """A heading in a table's cell, which is no section, as bold text."""
    return para([{"t": "Strong", "c": node["c"][2]}]) if node["t"] == "Header" else None


def _formula(node: Node) -> Node | None:
    """LaTeX's own environments for displayed formulas need no dollars, as in Jupyter."""
    form, code = node["c"]
    if form not in ("tex", "latex") or not _ENVIRONMENT.fullmatch(code):
        return None
    return {"t": "Math", "c": [{"t": "DisplayMath"}, code.strip()]}


def _code(node: Node) -> Node | None:
    label, classes, pairs = attributes(node)
    caption, file, fold = (option.pop(pairs) for option in (CAPTION.for_kind("lst"), FILENAME, CODE_FOLD))
    summary = CODE_SUMMARY.pop(pairs)
    kept = [[key, value] for key, value in pairs.items()]
    made: Node = {"t": "CodeBlock", "c": [["" if caption else label, classes, kept], node["c"][1]]}
    if file:
        made = div(
            [para([{"t": "Strong", "c": [{"t": "Code", "c": [["", [], []], file]}]}]), made], "", "file"
        )
    if caption:
        made = _exhibit(label, [plain(read_inlines(caption))], [made], [], {"kind": "lst"})
    if fold in ("true", "show"):
        state = "open" if fold == "show" else "closed"
        return div([made], "", "code-fold", state=state, summary=summary)
    return made


def _paragraph(node: Node, floats: frozenset[str]) -> Node | list[Node] | None:
    """``$$ … $$ {#eq-x}``: a displayed equation with a label, amid text too; or a picture with one, and no caption in
    brackets; or a picture alone in a link.
    """
    content = [item for item in node["c"] if item["t"] not in ("Space", "SoftBreak")]
    if len(content) == 1 and content[0]["t"] == "Image":
        label, _, pairs = attributes(content[0])
        return (
            _lone_image(content[0])
            if _kind(label) in floats or CAPTION.for_kind("fig").is_in(pairs)
            else None
        )
    if len(content) == 1 and content[0]["t"] == "Link":
        return _linked_image(content[0])
    return cut_equations(node)


def _linked_image(link: Node) -> Node | None:
    """A picture with a caption or label that stands alone in a link."""
    inside = link["c"][1]
    if len(inside) != 1 or inside[0]["t"] != "Image" or not inside[0]["c"][1]:
        return None
    label = attributes(inside[0])[0]
    inside[0]["c"][0] = ["", *inside[0]["c"][0][1:]]
    return _exhibit(label, [plain(inside[0]["c"][1])], [plain([link])], [], _placed(inside))


def _division(node: Node, floats: frozenset[str], lang: str) -> Node | list[Node] | None:
    label, classes, pairs = attributes(node)
    kind = _kind(label)
    if "exhibit" in classes:
        _take_in_table(node)
        _mark_parts(node)
        return None
    if kind in floats:
        return _float(label, kind, classes, pairs, _unpacked(node["c"][1]))
    if kind in THEOREMS:
        blocks = _with_title(node["c"][1], BOX_NAME.pop(pairs) or "")
        return _box(blocks, label, ["theorem", *classes], pairs)
    if words := [word for name, word in _PROOFS.items() if name in classes]:
        blocks = _with_title(node["c"][1], BOX_NAME.pop(pairs) or "")
        return _box(_opened(translate(words[0], lang), blocks), label, classes, pairs)
    if any(name.removeprefix("callout-") in CALLOUTS for name in classes if name.startswith("callout-")):
        kind = next(name for name in CALLOUTS if f"callout-{name}" in classes)
        word = translate(kind.capitalize(), lang)
        return _box(
            _with_title(node["c"][1], BOX_TITLE.of(pairs) or ""), label, classes, pairs | {"word": word}
        )
    if "panel-tabset" in classes:
        before = list(itertools.takewhile(lambda block: block["t"] != "Header", node["c"][1]))
        return [*before, div(_tabs(node["c"][1][len(before) :]), label, "tabset")]
    if any(option.is_in(pairs) for option in (LAYOUT, LAYOUT_NCOL, LAYOUT_NROW)):
        node["c"][0][1].append("grid")
        node["c"][1] = _unpacked(node["c"][1])
    return None


def _box(blocks: list[Node], label: str, classes: list[str], pairs: dict[str, str]) -> Node:
    """A Div with attributes that any Div may have, such as conditions."""
    return {"t": "Div", "c": [[label, classes, [[*pair] for pair in pairs.items()]], blocks]}


def _unpacked(blocks: list[Node]) -> list[Node]:
    """Pictures that share a paragraph, as blocks of their own."""
    unpacked: list[Node] = []
    for block in blocks:
        inlines = (
            [item for item in block["c"] if item["t"] not in ("Space", "SoftBreak")]
            if block["t"] == "Para"
            else []
        )
        if len(inlines) > 1 and all(item["t"] == "Image" for item in inlines):
            unpacked += [_lone_image(image) for image in inlines]
        else:
            unpacked.append(block)
    return unpacked


def _lone_image(image: Node) -> Node:
    """An image of a row: a figure of its own when it has a caption or a label."""
    label, classes, pairs = attributes(image)
    caption = image["c"][1] or read_inlines(CAPTION.for_kind("fig").pop(pairs) or "")
    if not (label or caption):
        return para([image])
    bare: Node = {
        "t": "Image",
        "c": [["", classes, [[*pair] for pair in pairs.items()]], caption, image["c"][2]],
    }
    return _exhibit(label, [plain(caption)] if caption else [], [plain([bare])], [], _placed([image]))


def _placed(content: list[Node]) -> dict[str, str]:
    """Where a picture says it stands: left, right or in the middle."""
    pairs = [attributes(node)[2] for node in iterate(content) if node["t"] == "Image"]
    return {FIG_ALIGN.name: FIG_ALIGN.of(pairs[0])} if pairs and FIG_ALIGN.is_in(pairs[0]) else {}


def _take_in_table(node: Node) -> None:
    """Has the only table of an exhibit, if it has no label, no frame of its own: the caption that is asked for stands for its own."""
    parts = [block for block in node["c"][1] if is_div(block, "exhibit")]
    if len(parts) == 1 and not parts[0]["c"][0][0] and ["kind", "tbl"] in parts[0]["c"][0][2]:
        titled = bool(parts_of(node, "caption"))
        taken = [block for block in parts[0]["c"][1] if not (titled and is_div(block, "caption"))]
        node["c"][1] = [one for block in node["c"][1] for one in (taken if block is parts[0] else [block])]


def _mark_parts(node: Node) -> None:
    """Exhibits inside an exhibit are its parts."""
    for block in node["c"][1]:
        if is_div(block, "exhibit") and "sub" not in block["c"][0][1] and "bare" not in block["c"][0][1]:
            block["c"][0][1].append("sub")


def _float(label: str, kind: str, classes: list[str], pairs: dict[str, str], blocks: list[Node]) -> Node:
    """A Div with a figure's or table's label: its caption is an attribute or its last paragraph."""
    caption: list[Node] = []
    if titled := CAPTION.for_kind(kind).is_in(pairs):
        caption = [plain(read_inlines(CAPTION.for_kind(kind).pop(pairs)))]
    elif len(blocks) > 1 and blocks[-1]["t"] in ("Para", "Plain"):
        caption, blocks = [plain(blocks[-1]["c"])], blocks[:-1]
    elif len(blocks) == 1 and is_div(blocks[0], "exhibit") and not attributes(blocks[0])[0]:
        # Its only part has the caption that it lacks.
        caption = [block for part in parts_of(blocks[0], "caption") for block in part]
        blocks = [block for block in blocks[0]["c"][1] if not is_div(block, "caption")] if caption else blocks
    made = _exhibit(label, caption, blocks, classes, pairs)
    if titled:
        _take_in_table(made)
    _mark_parts(made)
    return made


def _exhibit(
    label: str, caption: list[Node], content: list[Node], classes: list[str], pairs: dict[str, str]
) -> Node:
    made = div([div(caption, "", "caption"), *content], label, "exhibit", *classes)
    made["c"][0][2] = [[key, value] for key, value in pairs.items()]
    return made


def _with_title(blocks: list[Node], title: str) -> list[Node]:
    """A leading heading, or ``title``, as a ``.title`` Div before the rest."""
    if blocks and blocks[0]["t"] == "Header":
        return [div([plain(blocks[0]["c"][2])], "", "title"), *blocks[1:]]
    return [div([plain(read_inlines(title))], "", "title"), *blocks] if title else blocks


def _opened(word: str, blocks: list[Node]) -> list[Node]:
    """``blocks`` that begin with "Proof." or "Proof (title)."; nothing numbers them."""
    title: list[Node] = []
    if blocks and is_div(blocks[0], "title"):
        title, blocks = [*text(" ("), *blocks[0]["c"][1][0]["c"], *text(")")], blocks[1:]
    opening: list[Node] = [{"t": "Emph", "c": [*text(word), *title, *text(".")]}, {"t": "Space"}]
    if blocks and blocks[0]["t"] in ("Para", "Plain"):
        return [para([*opening, *blocks[0]["c"]]), *blocks[1:]]
    return [para(opening), *blocks]


def _tabs(blocks: list[Node]) -> list[Node]:
    """One ``.tab`` Div for each heading and what follows it; the first block is a heading, and deeper ones stand in its tab."""
    tabs: list[Node] = []
    for block in blocks:
        if block["t"] == "Header" and block["c"][0] <= blocks[0]["c"][0]:
            tabs.append(div([div([plain(block["c"][2])], "", "title")], "", "tab"))
        else:
            tabs[-1]["c"][1].append(block)
    return tabs


def alternative_text(image: Node) -> str:
    """What stands for an image that cannot be seen: its ``fig-alt`` or ``alt``, else its description."""
    pairs = attributes(image)[2]
    return FIG_ALT.of(pairs) or ALT.of(pairs) or plain_text(image["c"][1])


def adorns(image: Node) -> bool:
    """Whether an author says of an image that it says nothing."""
    return ALT.of(attributes(image)[2]) == ""


def describe_picture(image: Node) -> str:
    """What a format with a word for it says of an image; empty of one that adorns."""
    return alternative_text(image) or ("" if adorns(image) else NO_ALT)


_VISITS: dict[str, Any] = {
    "Figure": _figure,
    "Table": _table,
    "CodeBlock": _code,
    "RawInline": _formula,
}
