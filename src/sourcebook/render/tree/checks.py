"""What Quarto or pandoc would obey in a chapter's text and nothing here does: named, never dropped silently."""

from __future__ import annotations

import difflib
import re

from sourcebook.errors import Issue
from sourcebook.render.tree.document import Node, attributes, iterate_placed

CALLOUTS = ("note", "tip", "important", "warning", "caution")
_UNSUPPORTED = {
    "panel-input", "panel-sidebar", "panel-fill", "panel-center", "incremental", "nonincremental", "fragment", "notes", "hidden",
    "numberLines", "number-lines", "lightbox", "striped", "hover", "bordered", "borderless", "sm", "responsive",
}  # fmt: skip
_COLUMN = re.compile(r"g-(col|start)-")
# Attributes that something here reads, by kind of node, and those that every page may carry.
_CAPTIONS = {"fig-cap", "tbl-cap", "lst-cap", "fig-alt", "fig-align", "width", "height", "tbl-colwidths"}
_KNOWN = {
    "Div": {
        *("layout", "layout-ncol", "layout-nrow", "when-format", "unless-format", "when-meta", "unless-meta", "when-profile"),
        *("unless-profile", "title", "collapse", "name", "summary", "state", "payload", "out-width", "fig-width", "fig-height"),
        *_CAPTIONS,
    },
    "Span": {"when-format", "unless-format", "when-meta", "unless-meta", "when-profile", "unless-profile", "meaning", "verdict"},
    "Image": {"title", *_CAPTIONS},
    "Figure": set[str](),
    "Link": {"verdict", "target", "rel", "download"},
    "CodeBlock": {"lst-cap", "filename", "code-fold", "code-summary", "shortcodes"},
    "Code": set[str](),
    "Header": set[str](),
    "Table": {"tbl-colwidths"},
}  # fmt: skip
_ANYWHERE = {"style", "title", "lang", "dir", "role", "custom-style"}
# What asks for no more than we always do.
_HARMLESS = {("appearance", "simple"), ("appearance", "default"), ("icon", "false")}
_NAMES = {"Div": "block", "Span": "span", "CodeBlock": "code block", "Header": "heading"}


def check_dialect(blocks: list[Node]) -> list[Issue]:
    """Warnings of callouts, classes and attributes that mean something in Quarto and nothing here.

    An unknown callout becomes a note, in place.
    """
    issues: list[Issue] = []
    for node, place in iterate_placed(blocks):
        if node["t"] in _KNOWN:
            issues += _check_classes(node, place)
            issues += _check_attributes(node, place)
    return issues


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
    known = _KNOWN[node["t"]] | _ANYWHERE
    what = _NAMES.get(node["t"], node["t"].lower())
    article = "an" if what[0] in "aeiou" else "a"
    if "claim-entry" in attributes(node)[1]:
        return []  # what the ledger says of a claim, for those who read the tree
    return [
        Issue(place, f"the attribute '{key}' of {article} {what} has no effect here")
        for key, value in attributes(node)[2].items()
        if key not in known and (key, value) not in _HARMLESS and not key.startswith(("data-", "aria-"))
    ]
