"""Divs that HTML has an element for: equations, theorems, tabs, folded code, grids, callouts."""

from __future__ import annotations

import html
from collections.abc import Callable

from sourcebook.core.options import COLLAPSE
from sourcebook.render.document import Node, attributes, div, plain, raw, text
from sourcebook.render.passes.layout import head_callout, read_layout, title_of
from sourcebook.render.write.web.exhibits import write_grid


def write_box(node: Node) -> list[Node] | None:
    """A Div whose class HTML has an element for; None for other Divs, which stay as they are."""
    for name in attributes(node)[1]:
        if name in _BOXES:
            return _BOXES[name](node)
        if name.startswith("callout-"):
            return _callout(node, name.removeprefix("callout-"))
    return None


def wrap(tag: str, blocks: list[Node], closing: str) -> list[Node]:
    """``blocks`` between an opening tag and its end."""
    return [raw("html", f"<{tag}>"), *blocks, raw("html", closing)]


def _equation(node: Node) -> list[Node]:
    label, _, pairs = attributes(node)
    number = html.escape(pairs["number"])
    opening = f'div class="equation" id="{label}" tabindex="0" role="group" aria-label="Equation {number}"'
    return wrap(opening, node["c"][1], f"<span>({number})</span></div>")


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
    named = [*text(" ("), *title, *text(")")] if title else []
    opening = plain([{"t": "Strong", "c": [*text(pairs["name"]), *named]}])
    return wrap(f'div class="theorem" id="{label}"', [opening, *blocks], "</div>")


def _tab(tab: Node, number: int) -> Node:
    """Tabs open and close without a script; in print all are open."""
    title, blocks = title_of(tab)
    opening = raw("html", "<details open><summary>" if number == 0 else "<details><summary>")
    return div([opening, plain(title), raw("html", "</summary>"), *blocks, raw("html", "</details>")])


def _callout(node: Node, kind: str) -> list[Node]:
    title, blocks = title_of(node)
    label, _, pairs = attributes(node)
    named = f' aria-label="{html.escape(kind.capitalize())}"' + (f' id="{label}"' if label else "")
    if COLLAPSE.is_in(pairs):
        state = " open" if COLLAPSE.of(pairs) == "false" else ""
        opening, closing = f"<details{state}{named}", ("<summary>", "</summary>", "</details>")
    else:
        opening, closing = f'<div role="note"{named}', ('<p class="callout-title">', "</p>", "</div>")
    opened = raw("html", f'{opening} class="callout callout-{html.escape(kind)}">{closing[0]}')
    return [
        opened,
        plain(head_callout(kind, title, pairs)),
        raw("html", closing[1]),
        *blocks,
        raw("html", closing[2]),
    ]


_BOXES: dict[str, Callable[[Node], list[Node]]] = {
    "equation": _equation,
    "theorem": _theorem,
    "tabset": _tabset,
    "code-fold": _folded,
    "grid": _grid,
}
