"""Nodes of our passes in Quarto's words: labelled Divs, attributes on one line, nothing that runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sourcebook.core.options import (
    BOX_TITLE,
    CAPTION,
    CODE_FOLD,
    CODE_SUMMARY,
    FIG_ALT,
    FIG_HEIGHT,
    FIG_WIDTH,
    FILENAME,
    OUT_WIDTH,
    SHORTCODES,
    WIDTH,
)
from sourcebook.render.assembly import Report
from sourcebook.render.document import (
    Node,
    attributes,
    iterate,
    para,
    plain,
    plain_text,
    raw_inline,
    space,
    text,
    transform,
)
from sourcebook.render.formats import Files
from sourcebook.render.formats.text_widths import hold_widths
from sourcebook.render.passes.dialect import alternative_text
from sourcebook.render.passes.exhibits import Exhibit, read_exhibit
from sourcebook.render.passes.layout import title_of
from sourcebook.render.passes.media import find_picture_file, read_data
from sourcebook.render.passes.state import ChapterTree
from sourcebook.render.tools import COLOURS
from sourcebook.render.words import translate

# The size of a picture stands at the picture.
_SIZES = (OUT_WIDTH.name, FIG_WIDTH.name, FIG_HEIGHT.name)
# Attributes that say what our passes found, and mean nothing to Quarto.
_OURS = {"payload", "word", "kind", "number", "name", "delimiter", "state", "summary", *_SIZES}
_READ_AGAIN = re.compile(r"[\"']|--+|\.\.\.")


class QmdWriter:
    """Turns nodes of our passes into what Quarto calls them, and gathers pictures."""

    def __init__(self, report: Report, chapter: ChapterTree, folder: Path, target: Path) -> None:
        self.chapter, self.folder, self.target = chapter, folder, target
        self.lang, self.floats = report.project.lang, report.names.floats
        self.files: Files = {}

    def blocks(self, blocks: list[Node]) -> list[Node]:
        """``blocks`` in Quarto's words."""
        made: list[Node] = transform(blocks, self._visit)
        return made

    def _visit(self, node: Node) -> Node | list[Node] | None:
        kind = node["t"]
        if kind == "Div":
            return self._division(node)
        if kind == "Image":
            return self._image(node)
        visit = _VISITS.get(kind)
        return visit(node) if visit else None

    def _division(self, node: Node) -> Node | list[Node] | None:
        label, classes, pairs = attributes(node)
        if "exhibit" in classes:
            return self._exhibit(node, read_exhibit(node, self.chapter.payloads))
        if any(name in _TAKEN for name in classes) and not label:
            return node
        for name in classes:
            if name in _DIVS:
                return _DIVS[name](node)
        title, blocks = title_of(node)
        twice = [pair for pair in node["c"][0][2] if pair[1] != pairs[pair[0]]]  # as conditions may stand
        if title:  # which stands below as a heading
            BOX_TITLE.pop(pairs)
        own = [name for name in classes if name not in ("grid", "theorem")]
        made = _div(label, own, pairs, [*([_heading(title)] if title else []), *blocks])
        made["c"][0][2] += twice
        return made

    def _exhibit(self, node: Node, exhibit: Exhibit) -> list[Node]:
        """A labelled Div: the picture, table or listing, small print, and the caption as its last paragraph."""
        label, classes, pairs = attributes(node)
        content = transform(exhibit.content, _describe) if len(exhibit.content) == 1 else exhibit.content
        if exhibit.svg:
            size = {WIDTH.name: exhibit.width} if exhibit.width else {}
            pairs_of = _quoted({FIG_ALT.name: exhibit.alt} | size)
            image: Node = {"t": "Image", "c": [["", [], pairs_of], [], [self._picture(exhibit), ""]]}
            content = [para([image])]
        small = [para([{"t": "Emph", "c": note}]) for note in exhibit.notes]
        if exhibit.source:
            small.append(para([*text(f"{translate('Source', self.lang)}: "), *exhibit.source]))
        kept = {key: value for key, value in pairs.items() if key not in _OURS and key != FIG_ALT.name}
        caption = [para(_caption(exhibit))] if exhibit.head else []
        own = [name for name in classes if name not in ("exhibit", "sub", "bare", "still", "listing")]
        if label.partition("-")[0] not in self.floats and not (small or own):
            return _unnumbered(label, _caption(exhibit), content, kept)
        return [_div(label, own, kept, [*content, *small, *caption])]

    def _picture(self, exhibit: Exhibit) -> str:
        bitmap = exhibit.bitmap
        suffix, body = bitmap or ("svg", exhibit.svg.encode())
        name = f"{exhibit.file}.{suffix}"
        return self._keep(name, hold_widths(name, body))

    def _image(self, node: Node) -> Node | None:
        target = node["c"][2][0]
        if target.lower().startswith("data:"):
            kind, body = read_data(target)
            if not kind:
                return None
            name = self._keep(f"picture-{len(self.files) + 1}.{kind.removesuffix('+xml')}", body)
        else:
            start = self.chapter.project.root if target.startswith("/") else self.folder
            path = find_picture_file(start, target)
            if not target or "://" in target or not path.is_file():
                return None
            name = self._keep(path.name, path.read_bytes())
        label, classes, pairs = attributes(node)
        return {"t": "Image", "c": [[label, classes, _quoted(pairs)], node["c"][1], [name, node["c"][2][1]]]}

    def _keep(self, name: str, body: bytes) -> str:
        """A file beside the chapter; its path as the chapter has it."""
        folder = f"{self.target.stem}_pictures"
        while self.files.get((self.target.parent / folder / name).as_posix(), body) != body:
            name = f"more-{name}"
        self.files[(self.target.parent / folder / name).as_posix()] = body
        return f"{folder}/{name}"


def _caption(exhibit: Exhibit) -> list[Node]:
    """All that stands above and below an exhibit of ours, on one line: Quarto loses the references of a caption of several."""
    said: list[Node] = []
    if exhibit.finding:
        said += [{"t": "Strong", "c": text(f"{exhibit.finding.rstrip('.')}.")}, space()]
    if exhibit.measure:
        said += [*text(f"{exhibit.measure.rstrip('.')}."), space()]
    return [*said, *exhibit.caption]


def _unnumbered(label: str, caption: list[Node], content: list[Node], pairs: Mapping[str, str]) -> list[Node]:
    """What has no number: a picture, table or listing that has its caption, and perhaps an anchor, itself."""
    alone = content[0] if len(content) == 1 else None
    if alone and alone["t"] in ("Para", "Plain") and len(alone["c"]) == 1 and alone["c"][0]["t"] == "Image":
        (_, classes, own), _, target = alone["c"][0]["c"]
        return [para([{"t": "Image", "c": [[label, classes, own + _quoted(pairs)], caption, target]}])]
    if alone and alone["t"] == "Table":
        alone["c"][0][0], alone["c"][1] = label, [None, [plain(caption)] if caption else []]
        return [_div("", [], pairs, [alone])] if pairs else [alone]
    if alone and alone["t"] == "CodeBlock" and caption:
        _, classes, own = alone["c"][0]
        alone["c"][0] = [label, classes, [*own, [CAPTION.for_kind("lst").name, plain_text(caption)]]]
        return [alone]
    said = [para(caption)] if caption else []
    return [_div(label, [], pairs, [*content, *said])] if label or pairs else [*content, *said]


def _describe(node: Node) -> Node | None:
    """A picture in a figure, whose description would be another caption."""
    if node["t"] != "Image":
        return None
    label, classes, pairs = attributes(node)
    alt = {FIG_ALT.name: alternative_text(node)} if alternative_text(node) else {}
    return {"t": "Image", "c": [[label, classes, _quoted(pairs | alt)], [], node["c"][2]]}


def _div(label: str, classes: list[str], pairs: Mapping[str, str], blocks: list[Node]) -> Node:
    kept = {key: value for key, value in pairs.items() if key not in _OURS}
    return {"t": "Div", "c": [[label, classes, _quoted(kept)], blocks]}


def _quoted(pairs: Mapping[str, str]) -> list[list[str]]:
    """Attributes on one line: what Quarto reads loses those that are folded."""
    return [[key, " ".join(str(value).split())] for key, value in pairs.items()]


def _equation(node: Node) -> Node:
    label, _, pairs = attributes(node)
    if not label:  # its number is a tag; or Quarto has none for it
        kind, code = node["c"][1][0]["c"][0]["c"]
        tag = f" \\tag{{{pairs['number']}}}" if "number" in pairs else ""
        return para([{"t": "Math", "c": [kind, f"{code.rstrip()}{tag}"]}])
    return para([*node["c"][1][0]["c"], raw_inline("markdown", f" {{#{label}}}")])


def _tabs(node: Node) -> Node:
    tabs = map(title_of, node["c"][1])
    # Above the headings within them, which would be tabs.
    inner = [one for tab in node["c"][1] for one in tab["c"][1] if one["t"] == "Header"]
    level = min((one["c"][0] - 1 for one in inner), default=2)
    heads = [(_heading(title, max(1, level)), *blocks) for title, blocks in tabs]
    return _div("", ["panel-tabset"], {}, [part for parts in heads for part in parts])


def _heading(title: list[Node], level: int = 2) -> Node:
    return {"t": "Header", "c": [level, ["", [], []], title]}


def _folded(div: Node) -> list[Node]:
    """Code that says itself that it is folded."""
    pairs = attributes(div)[2]
    for node in iterate(div["c"][1]):
        if node["t"] == "CodeBlock":
            state = "show" if pairs.get("state") == "open" else "true"
            node["c"][0][2] += [[CODE_FOLD.name, state], [CODE_SUMMARY.name, pairs.get("summary", "Code")]]
    return list(div["c"][1])


def _named(div: Node) -> list[Node]:
    """Code that says itself the name of its file."""
    title, *blocks = div["c"][1]
    for node in iterate(blocks):
        if node["t"] == "CodeBlock":
            node["c"][0][2].append([FILENAME.name, plain_text([title])])
    return blocks


def _open(div: Node) -> list[Node]:
    return list(div["c"][1])


def _code(node: Node) -> Node | None:
    """A listing in which nothing is meant for Quarto, and no colours, which are ours."""
    (label, classes, pairs), code = node["c"]
    literal = [[SHORTCODES.name, "false"]] if "{{<" in code else []
    kept = [pair for pair in pairs if pair[0] != COLOURS and not (literal and pair[0] == SHORTCODES.name)]
    return {"t": "CodeBlock", "c": [[label, classes, [*kept, *literal]], code]}


def _inline_code(node: Node) -> Node | None:
    run = re.match(r"\{(\w+)\} ", node["c"][1])
    return (
        {"t": "Code", "c": [node["c"][0], f"{{{run[0].strip()}}} {node['c'][1][run.end() :]}"]}
        if run
        else None
    )


def _raw(node: Node) -> Node | None:
    if node["t"] == "RawInline" and re.fullmatch(r"<br\s*/?>", node["c"][1]):
        return {"t": "LineBreak"}
    if node["c"][0] != "html5":
        return None
    # What its author marked as HTML is for HTML alone; tags in running text are not.
    code = node["c"][1]
    fence = "`" * (2 + max(map(len, re.findall("`+", code)), default=1))
    block = (
        f"{fence}{{=html}}\n{code}\n{fence}" if node["t"] == "RawBlock" else f"{fence}{code}{fence}{{=html}}"
    )
    return {"t": node["t"], "c": ["markdown", block]}


def _words(node: Node) -> list[Node] | None:
    """Words in which no mark becomes another one when they are read."""
    if not _READ_AGAIN.search(node["c"]):
        return None
    made: list[Node] = []
    last = 0
    for found in _READ_AGAIN.finditer(node["c"]):
        made += [{"t": "Str", "c": node["c"][last : found.start()]}] if found.start() > last else []
        made.append(raw_inline("markdown", "".join(f"\\{sign}" for sign in found[0])))
        last = found.end()
    rest: list[Node] = [{"t": "Str", "c": node["c"][last:]}] if last < len(node["c"]) else []
    return [*made, *rest]


def _span(node: Node) -> list[Node] | None:
    return [] if "pad" in attributes(node)[1] else None


_VISITS: dict[str, Any] = {
    "CodeBlock": _code, "Code": _inline_code, "RawBlock": _raw, "RawInline": _raw, "Str": _words, "Span": _span,
}  # fmt: skip

# Proofs begin with their word; outputs are what they hold; citeproc fills the list of sources.
_DIVS: dict[str, Any] = {
    "equation": _equation, "proof": _open, "remark": _open, "solution": _open, "tabset": _tabs, "code-fold": _folded,
    "html-output": _open, "file": _named, "refs": lambda _: _div("refs", [], {}, []),
}  # fmt: skip
# Whoever holds these takes them apart.
_TAKEN = ("title", "tab", "caption", "note", "source")
