"""HTML outputs of cells (pandas frames above all) as tables and text that every format can show."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Set
from typing import Any

from sourcebook.errors import Issue
from sourcebook.render.document import (
    Node,
    div,
    is_div,
    iterate_placed,
    join_words,
    plain,
    raw_inline,
    span,
    transform,
)
from sourcebook.render.export.html_blocks import DRAWING, FRAGMENT, OPEN_FRAGMENT
from sourcebook.render.export.html_outputs import simplify_html
from sourcebook.render.passes.state import ChapterTree
from sourcebook.render.passes.tags import where_html_is_read
from sourcebook.render.safety import clean_html, list_refused_styles, warn_refused
from sourcebook.render.table_nodes import align_numbers, merge_index_names, scope_headers
from sourcebook.render.tools import COLOURS, is_plain, parse_document, read_short, run_pandoc

_TABLE = re.compile(r"<table\b(?:(?!</table>).)*</table>", re.DOTALL | re.IGNORECASE)
# What pandoc leaves as one piece where an author writes it.
_LISTING = re.compile(r"<pre\b[^<>]*>(?:(?!</pre>).)*</pre>", re.DOTALL | re.IGNORECASE)
_NAMED = re.compile(r"\s*<table\b[^<>]*?\sid\s*=\s*[\"']?([\w:.-]+)", re.IGNORECASE)
_PIECE = "sourcebook-piece"
LATEX = "latex-output"
# Mathematics as MathJax finds it in Jupyter.
_HTML = "html-auto_identifiers+raw_html-native_divs+native_divs+tex_math_dollars+tex_math_single_backslash"
# What has a name to which links may lead; names of other elements do not outlast the cleaning.
_ANCHORED = re.compile(
    r"(<(?:h[1-6]|div|p|span|section)\b(?=[^<>]*\bid\s*=\s*[\"']?([\w:.-]+)))", re.IGNORECASE
)
# MathJax passes over code; its signs are others while pandoc reads.
_CODE = re.compile(r"<(?:code|kbd|samp|tt)\b[^<>]*>[^<]*</", re.IGNORECASE)
_HIDDEN = str.maketrans({"$": "\ue036", "\\": "\ue092"})
_IMAGE = re.compile(r"<img\b", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([^A-Za-z\d\s])")
_WORDS = ("Str", "Space", "SoftBreak", "Math")
_DRAWN = re.compile(rf"(?<!`)(`++)(<svg[^`]*+)\1\{{={DRAWING}\}}", re.IGNORECASE)
_LOOKS = re.compile(r"<(?:b|strong|i|em|u)\b|<span\b[^<>]*\bstyle=", re.IGNORECASE)
_STYLE = re.compile(r"<style\b.*?</style>", re.DOTALL | re.IGNORECASE)


def read_frames(chapter: ChapterTree) -> None:
    """Replaces each ``.html-output`` Div by what pandoc reads in it; all are read in one go.

    Outputs that only a browser can show stay raw HTML.
    """
    nodes = list(iterate_placed(chapter.blocks))
    outputs = [node for node, _ in nodes if is_div(node, "html-output")]
    inside = {id(block) for one in outputs for block in one["c"][1]}
    _mark_fragments(nodes, inside)
    nodes += _name_tables(nodes)
    if not chapter.project.trusted:
        nodes += _mark_pictures(nodes, inside)
    _clean_fragments(nodes, chapter)
    _draw(nodes, chapter)
    divs = [node for node, _ in nodes if _is_frame(node)]
    if not divs:
        return
    # They are told apart by what they hold: a walk that changes a tree shows copies of its nodes.
    codes = list(dict.fromkeys(map(_code, divs)))
    pieces = dict(zip(codes, _read(codes), strict=True))

    def visit(node: Node) -> list[Node] | None:
        """The blocks read from an output, tidied."""
        if not _is_frame(node):
            return None
        read = copy.deepcopy(pieces[_code(node)])
        if node["t"] == "RawBlock" and node["c"][0] == OPEN_FRAGMENT:
            read = transform(read, _read_words)
        if len(read) == 1 and read[0]["t"] == "CodeBlock" and (looks := _read_looks(_code(node))):
            read[0]["c"][0][2].append([COLOURS, looks])
        return [_tidied(block) for block in read]

    chapter.blocks = transform(chapter.blocks, visit)


def _read_looks(listing: str) -> str:
    """What stands in ``<pre>`` as clean HTML, if some of it is bold, slanted, underlined or coloured; else nothing."""
    looks = clean_html(listing).strip() if _LOOKS.search(listing) else ""
    return looks[looks.find(">") + 1 :].removesuffix("</pre>").strip("\n").expandtabs(4)


def _is_frame(node: Node) -> bool:
    """Whether a node is an output to be read, or a table that an author wrote in HTML."""
    if node["t"] == "RawBlock":
        return node["c"][0] in (FRAGMENT, OPEN_FRAGMENT, LATEX)
    return is_div(node, "html-output") and not is_div(node, "only-html")


def _mark_fragments(nodes: Iterable[tuple[Node, str]], outputs: Set[int]) -> None:
    """Makes fragments, in place, of the tables and listings that an author wrote in HTML, which are not in ``outputs``."""
    for node, _ in nodes:
        if node["t"] == "RawBlock" and id(node) not in outputs and node["c"][0] in ("html", "html5"):
            form, code = node["c"][0], node["c"][1].strip()
            # What a script in it loses is told where other raw HTML is cleaned.
            listing = form == "html" and "<script" not in code.lower() and _LISTING.fullmatch(code)
            whole = _TABLE.fullmatch(code) or listing
            node["c"][0] = FRAGMENT if whole else form


def _name_tables(nodes: Iterable[tuple[Node, str]]) -> list[tuple[Node, str]]:
    """Sets, in place, tables that an author wrote in HTML with an id in a Div of that name; the tables, with their places."""
    made: list[tuple[Node, str]] = []
    for node, place in nodes:
        fragment = node["t"] == "RawBlock" and node["c"][0] in (FRAGMENT, OPEN_FRAGMENT)
        if fragment and (named := _NAMED.match(node["c"][1])):
            table: Node = {"t": "RawBlock", "c": node["c"]}
            node.update(div([table], named[1]))
            made.append((table, place))
    return made


def _mark_pictures(nodes: Iterable[tuple[Node, str]], outputs: Set[int]) -> list[tuple[Node, str]]:
    """Makes fragments, in place and where HTML is read, of HTML by an author that shows pictures; these, with their places."""
    made: list[tuple[Node, str]] = []
    for node, place in nodes:
        if (
            node["t"] == "RawBlock"
            and node["c"][0] == "html5"
            and id(node) not in outputs
            and _IMAGE.search(node["c"][1])
        ):
            fragment: Node = {"t": "RawBlock", "c": [FRAGMENT, node["c"][1]]}
            node.update(where_html_is_read(div([fragment])))
            made.append((fragment, place))
    return made


def _clean_fragments(nodes: Iterable[tuple[Node, str]], chapter: ChapterTree) -> None:
    """Makes tables in HTML that stand amid prose, in place, as harmless as those of outputs."""
    for node, place in nodes:
        if node["t"] == "RawBlock" and node["c"][0] in (FRAGMENT, OPEN_FRAGMENT):
            simple, _, refused = simplify_html(_ANCHORED.sub(r'<a id="\2"></a>\1', node["c"][1]), place)
            node["c"][1] = simple
            if not chapter.project.trusted:
                node["c"][1] = clean_html(simple, pictures=True)
                chapter.warnings += warn_refused(refused.union(list_refused_styles(simple)), place)


def _draw(nodes: Iterable[tuple[Node, str]], chapter: ChapterTree) -> None:
    """Makes pictures, in place, of drawings amid words; on the page of whoever trusts them they stay as they are."""
    for node, place in nodes:
        if node["t"] == "CodeBlock":  # an indented one is not told from prose before it is read
            node["c"][1] = _DRAWN.sub(r"\2", node["c"][1])
        if node["t"] != "RawInline" or node["c"][0] != DRAWING:
            continue
        code = node["c"][1]
        picture, _, refused = simplify_html(code, place)
        node["c"] = ["html", picture]
        if not picture:
            what = "a picture is taken out: its SVG draws nothing, or cannot be read"
            chapter.warnings.append(Issue(place, what, code[:60]))
        elif not chapter.project.trusted:
            chapter.warnings += warn_refused(refused, place)
        else:
            shown = span([raw_inline("html5", code)], "", "content-visible", when_format="html")
            still = span([raw_inline("html", picture)], "", "content-hidden", when_format="html")
            node.update(span([shown, still]))


def _code(node: Node) -> str:
    if node["t"] == "RawBlock":
        return f"{LATEX if node['c'][0] == LATEX else ''}{node['c'][1]}"
    code = "".join(block["c"][1] for block in node["c"][1] if block["t"] == "RawBlock")
    return _STYLE.sub("", code)


def _read(codes: list[str]) -> list[list[Node]]:
    """The blocks of each code: all HTML in one go, tables in LaTeX one by one, for there are hardly any."""
    page = "".join(f'<div class="{_PIECE}">{code}</div>' for code in codes if not code.startswith(LATEX))
    page = _CODE.sub(lambda match: match[0].translate(_HIDDEN), page)
    said = run_pandoc(["-f", _HTML, "-t", "json"], page)
    document: dict[str, Any] = json.loads(said.replace("\ue036", "$").replace("\ue092", r"\\"))
    read = iter([join_words(node["c"][1]) for node in document["blocks"] if is_div(node, _PIECE)])
    return [
        parse_document(run_pandoc(["-f", "latex", "-t", "json"], code.removeprefix(LATEX)))["blocks"]
        if code.startswith(LATEX)
        else next(read)
        for code in codes
    ]


def _read_words(node: Node) -> list[Node] | None:
    """Words of a cell read as Markdown; where a tag has made more of them already only signs that were escaped are."""
    if node["t"] not in ("Plain", "Para"):
        return None
    if not all(part["t"] in _WORDS for part in node["c"]):
        return [{"t": node["t"], "c": transform(node["c"], _unescape)}]
    words = "".join(map(_spell, node["c"]))
    if is_plain(words) and "\\" not in words:
        return None
    blocks = read_short(words)
    one = len(blocks) == 1 and blocks[0]["t"] == "Para"
    return [plain(blocks[0]["c"])] if one and node["t"] == "Plain" else blocks


def _unescape(node: Node) -> Node | None:
    if node["t"] == "Str":
        return {"t": "Str", "c": _ESCAPED.sub(r"\1", node["c"])}
    return (
        {"t": "Code", "c": [node["c"][0], _ESCAPED.sub(r"\1", node["c"][1])]} if node["t"] == "Code" else None
    )


def _spell(part: Node) -> str:
    """A part of running text as Markdown."""
    if part["t"] == "Math":
        mark = "$" if part["c"][0]["t"] == "InlineMath" else "$$"
        return f"{mark}{part['c'][1]}{mark}"
    return "\n" if part["t"] == "SoftBreak" else str(part.get("c", " "))


def _tidied(block: Node) -> Node:
    tidied: Node = transform([block], _tidy)[0]
    return tidied


def _tidy(node: Node) -> Node | None:
    if node["t"] == "Table":
        node["c"][0] = ["", [name for name in node["c"][0][1] if name != "dataframe"], []]
        # The reader shares the line out where a cell holds more than a line; what the cells hold says it better.
        node["c"][2] = [[align, {"t": "ColWidthDefault"}] for align, _ in node["c"][2]]
        merge_index_names(node)
        scope_headers(node)
        align_numbers(node)
    return node if node["t"] == "Table" else None
