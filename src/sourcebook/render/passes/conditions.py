"""What one format shows of the report: conditional content, raw blocks, HTML that only a browser can show."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from typing import Any

from sourcebook.core.options import (
    UNLESS_FORMAT,
    UNLESS_META,
    UNLESS_PROFILE,
    WHEN_FORMAT,
    WHEN_META,
    WHEN_PROFILE,
)
from sourcebook.errors import Issue
from sourcebook.render.document import (
    Node,
    attributes,
    is_div,
    is_marker,
    iterate,
    para,
    raw,
    text,
    transform,
    transform_placed,
)
from sourcebook.render.formats import find_format, list_formats
from sourcebook.render.passes.state import ChapterTree

# Quarto Markdown hands it on; nothing that we write shows it.
_TEX = ("tex", "latex")
_ANCHORED = {"Div", "Span", "Header", "CodeBlock", "Code", "Link", "Table", "Image", "Figure"}
# What may be shown on conditions.
_CONDITIONAL = ("Div", "Span", "CodeBlock", "Code")
# Tags that say how their words look in a browser, or that these may be folded.
_TAGS = re.compile(
    r"(?:\s*</?(?:p|div|center|figure|figcaption|details|summary|font|section|article|label|big|small|abbr|span|nobr|time|cite|dfn|var|wbr|bdi)\b[^<>]*>)+\s*",
    re.IGNORECASE,
)
_CONDITIONS = {
    option.name
    for option in (WHEN_FORMAT, UNLESS_FORMAT, WHEN_META, UNLESS_META, WHEN_PROFILE, UNLESS_PROFILE)
}


def select_by_metadata(chapter: ChapterTree) -> None:
    """Takes out what ``when-meta`` and its kin hide in every format, and warns of unknown conditions."""
    meta = {**chapter.project.meta, **chapter.meta}

    def visit(node: Node, place: str) -> Node | list[Node] | None:
        """The node itself where it also has conditions on the format, which come later."""
        visible = _visibility(node)
        if visible is None:
            return None
        pairs = _read_conditions(node)
        unknown = [key for key in pairs if key.startswith(("when-", "unless-")) and key not in _CONDITIONS]
        chapter.warnings.extend(Issue(place, f"the condition '{key}' has no effect here") for key in unknown)
        wanted = [_truthy(meta, WHEN_META.of(pairs))] if WHEN_META.is_in(pairs) else []
        wanted += [not _truthy(meta, UNLESS_META.of(pairs))] if UNLESS_META.is_in(pairs) else []
        wanted += [False] if WHEN_PROFILE.is_in(pairs) else []
        wanted += [True] if UNLESS_PROFILE.is_in(pairs) else []
        if not wanted:
            return None
        if all(wanted) != visible:
            return []
        return None if WHEN_FORMAT.is_in(pairs) or UNLESS_FORMAT.is_in(pairs) else _show(node)

    chapter.blocks = transform_placed(chapter.blocks, visit)


def select_by_format(blocks: list[Node], form: str) -> tuple[list[Node], list[Issue]]:
    """``blocks`` as ``form`` (html, pdf, typst, md, docx) shows them, and warnings of what it cannot show.

    Links to things that are hidden in this format become plain text.
    """
    warnings: list[Issue] = []
    if any(is_conditional(node, form) for node in iterate(blocks)):
        blocks, warnings = select_content(blocks, form)
    nodes = list(iterate(blocks))
    anchors = set(map(find_anchor, nodes))
    dead = any(_is_dead(node, anchors) for node in nodes)
    return unlink(blocks, anchors) if dead else blocks, warnings


def select_content(blocks: list[Node], form: str, place: str = "") -> tuple[list[Node], list[Issue]]:
    """The first half of ``select_by_format``: links stay as they are. ``place`` is where the blocks begin."""
    warnings: list[Issue] = []

    def visit(node: Node, place: str) -> Node | list[Node] | None:
        """What is shown in its place; most nodes are neither conditional nor raw, and stay."""
        if node["t"] in _CONDITIONAL:
            return _select(node, form, place, warnings)
        return _raw(node, form, place, warnings) if _is_foreign(node, form) else None

    return transform_placed(blocks, visit, place), warnings


def unlink(blocks: list[Node], anchors: Set[str]) -> list[Node]:
    """``blocks``, links to what is not among ``anchors`` as their plain text."""
    unlinked: list[Node] = transform(
        blocks, lambda node: list(node["c"][1]) if _is_dead(node, anchors) else None
    )
    return unlinked


def is_conditional(node: Node, form: str) -> bool:
    """Whether ``form`` may show a node otherwise than it is; most reports hold none that do."""
    if node["t"] in _CONDITIONAL:
        return _visibility(node) is not None or _is_missing(node, form)
    return _is_foreign(node, form) and node["c"][0] != "place"


def find_anchor(node: Node) -> str:
    """The name by which links can lead to ``node``; empty when it has none."""
    return attributes(node)[0] if node["t"] in _ANCHORED else ""


def drop_places(blocks: list[Node], form: str = "", comment: str = "") -> list[Node]:
    """``blocks`` without marker blocks; or with each turned into a raw ``comment`` (``{}`` is the place)."""

    def visit(node: Node) -> Node | list[Node] | None:
        """A marker's comment or nothing; no other node changes."""
        if is_marker(node):
            return raw(form, comment.format(node["c"][1])) if comment else []
        return None

    dropped: list[Node] = transform(blocks, visit)
    return dropped


def _is_foreign(node: Node, form: str) -> bool:
    """Whether a node is raw, and nothing that pandoc's HTML writer passes on as it is."""
    is_raw = node["t"] in ("RawBlock", "RawInline")
    return is_raw and (not find_format(form).interactive or node["c"][0] in ("tex", "latex"))


def _is_missing(node: Node, form: str) -> bool:
    """Whether a node is an output for browsers, which ``form`` cannot show."""
    return is_div(node, "only-html") and not find_format(form).interactive


def _select(node: Node, form: str, place: str, warnings: list[Issue]) -> Node | list[Node] | None:
    visible = _visibility(node)
    if visible is not None:
        pairs = _read_conditions(node)
        matches = [_answers(form, WHEN_FORMAT.of(pairs))] if WHEN_FORMAT.is_in(pairs) else []
        matches += [not _answers(form, UNLESS_FORMAT.of(pairs))] if UNLESS_FORMAT.is_in(pairs) else []
        shown = (all(matches) if matches else True) == visible
        return _show(node) if shown else []
    if _is_missing(node, form):
        warnings.append(Issue(place, f"an output that only HTML can show is left out of {form}"))
        return [
            para([{"t": "Emph", "c": text("An output of this place is shown in the HTML edition only.")}])
        ]
    return None


def _raw(node: Node, form: str, place: str, warnings: list[Issue]) -> Node | list[Node] | None:
    kind, code = node["c"][0], node["c"][1].strip()
    if node["t"] == "RawBlock" and code in ("\\newpage", "\\pagebreak", "\\clearpage"):
        return {"t": "Div", "c": [["", ["page-break"], []], []]}
    if kind == "html" and code.lower() in ("<br>", "<br/>", "<br />") and node["t"] == "RawInline":
        return {"t": "LineBreak"}
    if kind in ("place", form) or kind in find_format(form).raw:
        return None
    if kind == "html" and _TAGS.fullmatch(code):
        return []  # what stands in it stays
    if kind == "html" and not code.startswith(("<!--", "</")):
        warnings.append(Issue(place, f"raw HTML is left out of {form}", found=code.split("\n")[0][:60]))
    elif kind in _TEX or not any(kind in find_format(name).raw for name in list_formats()):
        what = f"a raw block of format '{kind}' is shown in no format"
        warnings.append(Issue(place, what, found=code.split("\n")[0][:60]))
    return []


def _visibility(node: Node) -> bool | None:
    """True for ``content-visible``, False for ``content-hidden``, None for anything else."""
    classes = attributes(node)[1] if node["t"] in _CONDITIONAL else []
    return True if "content-visible" in classes else False if "content-hidden" in classes else None


def _read_conditions(node: Node) -> dict[str, str]:
    """The attributes of a node; of one that stands there twice all values, any of which may hold."""
    pairs: dict[str, str] = {}
    for key, value in node["c"][0][2]:
        pairs[key] = f"{pairs[key]} {value}" if key in pairs else value
    return pairs


def _show(node: Node) -> Node | list[Node]:
    """A node that is shown, without its conditions; what only had these gives way to its contents."""
    label, classes, pairs = node["c"][0]
    own = [name for name in classes if name not in ("content-visible", "content-hidden")]
    kept = [pair for pair in pairs if not pair[0].startswith(("when-", "unless-"))]
    bare = node["t"] in ("Div", "Span") and not (label or own or kept)
    return list(node["c"][1]) if bare else {"t": node["t"], "c": [[label, own, kept], *node["c"][1:]]}


def _answers(form: str, wanted: str) -> bool:
    return bool(find_format(form).answers & set(wanted.replace(",", " ").split()))


def _truthy(meta: Mapping[str, Any], path: str) -> bool:
    return any(bool(_find(meta, one)) for one in path.split())


def _find(meta: Mapping[str, Any], path: str) -> Any:
    found: Any = meta
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _is_dead(node: Node, anchors: Set[str]) -> bool:
    target = node["c"][2][0] if node["t"] == "Link" else ""
    return target.startswith("#") and target[1:] not in anchors
