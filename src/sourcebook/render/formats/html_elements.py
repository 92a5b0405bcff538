"""What HTML has an element for: exhibits (caption, picture or table, and below it source, data, the code behind it and
how to cite it), equations, theorems, tabs, folded code, grids, callouts.
"""

from __future__ import annotations

import base64
import html
import re
import zlib
from collections.abc import Callable, Iterator

from sourcebook.core.options import APPEARANCE, COLLAPSE
from sourcebook.render.document import Node, attributes, div, plain, raw, raw_inline, text
from sourcebook.render.formats.html_about import cite_report
from sourcebook.render.formats.html_linebreaks import keep_together
from sourcebook.render.formats.html_pictures import write_picture
from sourcebook.render.passes.exhibits import Exhibit
from sourcebook.render.passes.layout import (
    Layout,
    callout_kind,
    head_callout,
    head_theorem,
    lay_out,
    read_layout,
    title_of,
)
from sourcebook.render.source.project import Project
from sourcebook.render.words import set_quotes, translate

# What an address must spell, and what HTML would write longer; browsers spell other letters than ASCII by themselves.
_NOT_IN_ADDRESS = re.compile(r"[\x00-\x20\"#%&'<>\[\\\]^`{|}\x7f]")
_KINDS = {"tbl": "table", "lst": "listing"}


def write_exhibit(exhibit: Exhibit, project: Project) -> list[Node]:
    """One exhibit as a ``figure`` element."""
    align = f" align-{exhibit.align}" if exhibit.align else ""
    label = f' id="{exhibit.label}"' if exhibit.label else ""
    parts = [raw("html", f'<figure class="exhibit {_KINDS.get(exhibit.kind, "figure")}{align}"{label}>')]
    if exhibit.caption or exhibit.name or exhibit.finding:
        caption = plain([raw_inline("html", _number(exhibit)), *keep_together(_head(exhibit))])
        parts += [raw("html", "<figcaption>"), caption, raw("html", "</figcaption>")]
    content = [raw("html", write_picture(exhibit, project.lang))] if exhibit.svg else exhibit.content
    parts += write_grid(content, exhibit.layout) if exhibit.layout else content
    if exhibit.finding and exhibit.caption:
        parts += [
            raw("html", '<p class="caption">'),
            plain(keep_together(exhibit.caption)),
            raw("html", "</p>"),
        ]
    for note in exhibit.notes:
        parts += [raw("html", '<p class="note">'), plain(keep_together(note)), raw("html", "</p>")]
    if exhibit.source:
        parts += [
            raw("html", '<p class="source">' + f"{translate('Source', project.lang)}: "),
            plain(exhibit.source),
            raw("html", "</p>"),
        ]
    tools = [node for found in _tools(exhibit, project) for node in found]
    if tools:
        parts += [raw("html", '<div class="tools">'), *tools, raw("html", "</div>")]
    return [*parts, raw("html", "</figure>")]


def write_box(node: Node, lang: str) -> list[Node] | None:
    """A Div whose class HTML has an element for; None for other Divs, which stay as they are."""
    classes = attributes(node)[1]
    if kind := callout_kind(classes):
        return _callout(node, kind)
    if "equation" in classes:
        return _equation(node, lang)
    return next((_BOXES[name](node) for name in classes if name in _BOXES), None)


def wrap(tag: str, blocks: list[Node], closing: str) -> list[Node]:
    """``blocks`` between an opening tag and its end."""
    return [raw("html", f"<{tag}>"), *_closed(blocks), raw("html", closing)]


def _closed(blocks: list[Node]) -> list[Node]:
    """``blocks`` so that the section of a heading among them ends with them: pandoc would have it go on past the tag that closes."""
    return [div(blocks)] if any(block["t"] == "Header" for block in blocks) else blocks


def write_grid(blocks: list[Node], layout: Layout) -> list[Node]:
    """Blocks side by side, one grid for each row."""
    closing = raw("html", "</div>")
    return lay_out(blocks, layout, _row, (raw("html", "<div>"), closing), closing)


def _row(widths: tuple[float, ...]) -> Node:
    tracks = " ".join(f"minmax(0, {abs(width):g}fr)" for width in widths)
    return raw("html", f'<div class="grid" style="grid-template-columns: {tracks}">')


def say_name(name: str) -> str:
    """An exhibit's name in running text: without the delimiter after its number."""
    return name.rstrip(".: ").replace("\u00a0", " ")


def _number(exhibit: Exhibit) -> str:
    """The exhibit's name, which is its permalink."""
    if not exhibit.name:
        return ""
    name = html.escape(exhibit.name)
    if not exhibit.label:
        return f'<span class="number">{name}</span> '
    return f'<a class="number" href="#{exhibit.label}">{name}</a> '


def _head(exhibit: Exhibit) -> list[Node]:
    """What stands beside its number: finding and measure, each on lines of its own, or its caption."""
    finding, measure = exhibit.parted
    if not finding:
        return exhibit.caption
    parts = [("finding", finding), *([("measure", measure)] if measure else [])]
    return [
        node
        for name, words in parts
        for node in (raw_inline("html", f'<span class="{name}">'), *words, raw_inline("html", "</span>"))
    ]


def _tools(exhibit: Exhibit, project: Project) -> Iterator[list[Node]]:
    """What a reader can ask of an exhibit, each folded away."""
    if exhibit.csv:
        yield [raw("html", _data(exhibit, project.lang))]
    if exhibit.code and exhibit.name:
        where = html.escape(exhibit.place)
        code = (
            f'<details class="code"><summary>{translate("How computed", project.lang)}</summary><p>{where}</p>'
            f'<pre tabindex="0" role="group" aria-label="{translate("Code", project.lang)}"><code>{html.escape(exhibit.code, quote=False)}</code></pre></details>'
        )
        yield [raw("html", code)]
    if exhibit.label and exhibit.name and not exhibit.sub:
        summary = translate("Cite", project.lang)
        opening = raw("html", f'<details class="cite"><summary>{summary}</summary><p>')
        yield [opening, plain(_citation(exhibit, project)), raw("html", "</p></details>")]


def _data(exhibit: Exhibit, lang: str) -> str:
    """The exhibit's data as CSV in full precision: those of a table, which is read already, to take; under a picture
    packed, so that only who asks for them has their size, and a script makes a table of them (exhibits.js).
    """
    if exhibit.kind == "tbl":
        address = _csv_address(exhibit.csv)
        return f'<p class="data"><a download="{exhibit.file}.csv" href="{address}">{translate("Data as CSV", lang)}</a></p>'
    return (
        f'<details class="data" data-file="{exhibit.file}.csv" data-packed="{_pack(exhibit.csv)}">'
        f"<summary>{translate('Data', lang)}</summary><p>Shown by a script; exhibits/{exhibit.file}.csv comes with the Markdown.</p></details>"
    )


def _pack(data: str) -> str:
    """``data`` as raw DEFLATE (RFC 1951) in Base64, which browsers unpack by themselves."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return base64.b64encode(packer.compress(data.encode()) + packer.flush()).decode()


def _csv_address(data: str) -> str:
    """A ``data:`` address in the shorter of its two forms."""
    spelled = "charset=utf-8," + _NOT_IN_ADDRESS.sub(lambda sign: f"%{ord(sign[0]):02X}", data)
    packed = "charset=utf-8;base64," + base64.b64encode(data.encode()).decode()
    return "data:text/csv;" + html.escape(min(spelled, packed, key=len))


def _citation(exhibit: Exhibit, project: Project) -> list[Node]:
    quoted: list[Node] = [{"t": "Quoted", "c": [{"t": "DoubleQuote"}, exhibit.headline]}]
    shown = [*set_quotes(quoted, project.lang), *text(",")] if exhibit.headline else []
    return [
        *text(f"{say_name(exhibit.name)}, "),
        *shown,
        *text(f" in: {cite_report(project, exhibit.label)}"),
    ]


def _equation(node: Node, lang: str) -> list[Node]:
    label, _, pairs = attributes(node)
    number = html.escape(pairs["number"])
    anchor = f' id="{label}"' if label else ""
    said = f"{translate('Equation', lang)} {number}"
    opening = f'div class="equation"{anchor} tabindex="0" role="group" aria-label="{said}"'
    return wrap(opening, node["c"][1], f"<span>({number})</span></div>")


def _side_note(node: Node) -> list[Node]:
    """A note under its number, with the anchor that its mark leads to."""
    label, _, pairs = attributes(node)
    first, *more = node["c"][1]
    if first["t"] in ("Para", "Plain"):
        first = {"t": "Plain", "c": [raw_inline("html", f"<b>{pairs['number']}</b> "), *first["c"]]}
    return wrap(f'div class="side-note" id="{label}"', [first, *more], "</div>")


def _tabset(node: Node) -> list[Node]:
    tabs = [_tab(tab, number) for number, tab in enumerate(node["c"][1])]
    return wrap('div class="tabset"', tabs, "</div>")


def _folded(node: Node) -> list[Node]:
    pairs = attributes(node)[2]
    state = " open" if pairs.get("state") == "open" else ""
    opening = f"<details{state}><summary>{html.escape(pairs.get('summary', 'Code'))}</summary>"
    return [raw("html", opening), *node["c"][1], raw("html", "</details>")]


def _grid(node: Node) -> list[Node]:
    return write_grid(node["c"][1], read_layout(attributes(node)[2], len(node["c"][1])))


def _theorem(node: Node) -> list[Node]:
    label, _, pairs = attributes(node)
    title, blocks = title_of(node)
    opening = plain([{"t": "Strong", "c": head_theorem(title, pairs)}])
    return wrap(f'div class="theorem" id="{label}"', [opening, *blocks], "</div>")


def _tab(tab: Node, number: int) -> Node:
    """Tabs open and close without a script; in print all are open."""
    title, blocks = title_of(tab)
    opening = raw("html", "<details open><summary>" if number == 0 else "<details><summary>")
    return div(
        [opening, plain(title), raw("html", "</summary>"), *_closed(blocks), raw("html", "</details>")]
    )


def _callout(node: Node, kind: str) -> list[Node]:
    title, blocks = title_of(node)
    blocks = _closed(blocks)
    label, _, pairs = attributes(node)
    named = f' aria-label="{html.escape(pairs.get("word") or kind.capitalize())}"' + (
        f' id="{label}"' if label else ""
    )
    if COLLAPSE.is_in(pairs):
        state = " open" if COLLAPSE.of(pairs) == "false" else ""
        opening, closing = f"<details{state}{named}", ("<summary>", "</summary>", "</details>")
    else:
        opening, closing = f'<div role="note"{named}', ('<p class="callout-title">', "</p>", "</div>")
    bare = " bare" if APPEARANCE.of(pairs) in ("simple", "minimal") else ""
    opened = f'{opening} class="callout callout-{html.escape(kind)}{bare}">'
    heading = head_callout(kind, title, pairs)
    if not heading and opening.startswith("<div"):
        return [raw("html", opened), *blocks, raw("html", closing[2])]
    return [
        raw("html", opened + closing[0]),
        plain(heading or text(kind.capitalize())),
        raw("html", closing[1]),
        *blocks,
        raw("html", closing[2]),
    ]


_BOXES: dict[str, Callable[[Node], list[Node]]] = {
    "theorem": _theorem,
    "tabset": _tabset,
    "side-note": _side_note,
    "code-fold": _folded,
    "grid": _grid,
}
