"""What Quarto or pandoc would obey in a chapter's text and nothing here does: named, never dropped silently."""

from __future__ import annotations

import difflib
import re

from sourcebook.core.options import Where, list_names, list_options
from sourcebook.errors import Issue
from sourcebook.render.document import Node, attributes, iterate_placed
from sourcebook.render.passes.state import ChapterTree
from sourcebook.render.tex import list_lost_colours

CALLOUTS = ("note", "tip", "important", "warning", "caution")
_UNSUPPORTED = {
    "panel-input", "panel-sidebar", "panel-fill", "panel-center", "incremental", "nonincremental", "fragment", "notes",
    "numberLines", "number-lines", "lightbox", "striped", "hover", "bordered", "borderless", "sm", "responsive",
}  # fmt: skip
_FOOTNOTE = re.compile(r"\[\^[^\s\]]+\]")
_COLUMN = re.compile(r"g-(col|start)-")
# Beside the options: what our own Markdown carries, what browsers obey, and what filters do with lists as tables.
_BESIDE = {
    "Div": {"payload", "state", "summary", "header-rows", "header-cols", "widths", "aligns", "hidden"},
    "Span": {"meaning", "verdict", "hidden"},
    "CodeBlock": {"hidden"},
    "Code": {"hidden"},
    "Link": {"verdict", "target", "rel", "download"},
}
_ANYWHERE = {"style", "title", "lang", "dir", "role", "custom-style"}
_PLACES = {
    "Div": Where.BLOCK,
    "Span": Where.SPAN,
    "Image": Where.IMAGE,
    "CodeBlock": Where.CODE,
    "Code": Where.CODE,
    "Table": Where.TABLE,
}
_KNOWN = {
    kind: _BESIDE.get(kind, set()) | list_names(_PLACES.get(kind, Where(0))) | _ANYWHERE
    for kind in (*_PLACES, "Figure", "Link", "Header")
}
_READ = {
    name: option for option in list_options(Where.BLOCK | Where.IMAGE | Where.CODE) for name in option.names
}
_NAMES = {"Div": "block", "Span": "span", "CodeBlock": "code block", "Header": "heading"}


def check_dialect(chapter: ChapterTree) -> None:
    """Warns of callouts, classes and attributes that mean something in Quarto and nothing here.

    In place, an unknown callout becomes a note, and an attribute that cannot be read goes.
    """
    issues: list[Issue] = []
    for node, place in iterate_placed(chapter.blocks):
        if node["t"] in _KNOWN:
            issues += _check_classes(node, place)
            issues += _check_attributes(node, place)
            issues += _check_values(node, place)
        elif node["t"] == "Str" and "[^" in node["c"]:
            what = "the footnote {} has no text, or the text is never closed"
            issues += [Issue(place, what.format(found), found) for found in _FOOTNOTE.findall(node["c"])]
        elif node["t"] == "Math" and "color" in node["c"][1]:
            what = "a colour in a formula is left out"
            issues += [Issue(place, what, found) for found in list_lost_colours(node["c"][1])]
    chapter.warnings += issues


def _check_classes(node: Node, place: str) -> list[Issue]:
    issues: list[Issue] = []
    what = _NAMES.get(node["t"], node["t"].lower())
    for name in attributes(node)[1]:
        kind = name.removeprefix("callout-")
        if node["t"] == "Div" and name.startswith("callout-") and kind not in CALLOUTS:
            near = difflib.get_close_matches(kind, CALLOUTS, n=1)
            fix = f"did you mean callout-{near[0]}?" if near else "one of " + ", ".join(CALLOUTS)
            issues.append(Issue(place, f"the callout '{name}' is unknown; it is shown as a note", fix=fix))
            node["c"][0][1][:] = [*[old for old in node["c"][0][1] if old != name], "callout-note"]
        elif name in _UNSUPPORTED or _COLUMN.match(name):
            issues.append(Issue(place, f"the class '{name}' of a {what} has no effect here"))
    return issues


def _check_attributes(node: Node, place: str) -> list[Issue]:
    known = _KNOWN[node["t"]]
    what = _NAMES.get(node["t"], node["t"].lower())
    article = "an" if what[0] in "aeiou" else "a"
    if "claim-entry" in attributes(node)[1]:
        return []  # what the ledger says of a claim, for those who read the tree
    return [
        Issue(place, f"the attribute '{key}' of {article} {what} has no effect here")
        for key in attributes(node)[2]
        if key not in known and not key.startswith(("data-", "aria-"))
    ]


def _check_values(node: Node, place: str) -> list[Issue]:
    pairs = node["c"][1][2] if node["t"] == "Header" else node["c"][0][2]
    wrong = [pair for pair in pairs if pair[0] in _READ and not _READ[pair[0]].accepts_text(pair[1])]
    pairs[:] = [pair for pair in pairs if pair not in wrong]
    return [
        Issue(place, f"the value of '{key}' cannot be read", value, _READ[key].expected)
        for key, value in wrong
    ]
