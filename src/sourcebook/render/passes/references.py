"""References to numbered things become links; whatever refers to nothing is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sourcebook.core.text import nearest
from sourcebook.errors import Issue, RenderError
from sourcebook.render.document import Citation, Node, iterate, link, text
from sourcebook.render.passes.cite import read_keys
from sourcebook.render.passes.number import list_anchors
from sourcebook.render.passes.state import ReportTree, Target

_NO_BREAK_SPACE = "\u00a0"


def resolve_references(report: ReportTree) -> None:
    """Turns ``@fig-x`` and its kin into links, in place; checks citations and inner links.

    Raises ``RenderError`` naming every dead reference, citation and link with its place and the nearest names.
    """
    keys = read_keys(report.project, report.memo)
    kinds = set(report.names.titles)
    anchors = list_anchors(report.nodes) | set(report.targets)
    issues: list[Issue] = []
    for node, place in (found for nodes in report.nodes for found in nodes):
        if node["t"] == "Cite":
            issues += _resolve_cite(node, place, report.targets, keys, kinds)
        elif node["t"] == "Link" and node["c"][2][0].startswith("#"):
            issues += _check_link(node, place, anchors)
    if issues:
        raise RenderError("The report refers to things that do not exist.", list(dict.fromkeys(issues)))


def _resolve_cite(
    node: Node, place: str, targets: Mapping[str, Target], keys: set[str], kinds: set[str]
) -> list[Issue]:
    citations = node["c"][0]
    labels = [_label(citation, keys, kinds) for citation in citations]
    inner = [label for label in labels if _is_reference(label, keys, kinds)]
    if not inner:
        return [
            _dead(f"@{k}", "citation", place, k, keys, "the bibliography") for k in labels if k not in keys
        ]
    if len(inner) < len(labels):
        where = Issue(place, "references and citations stand in one pair of brackets", ", ".join(labels))
        return [where]
    dead = [label for label in labels if label not in targets]
    if dead:
        return [_dead(f"@{label}", "reference", place, label, targets, "the report") for label in dead]
    links = [_reference(citation, targets[label]) for citation, label in zip(citations, labels, strict=True)]
    node["t"], node["c"] = "Span", [["", ["reference"], []], _listed(links)]
    return []


def _label(citation: Citation, keys: set[str], kinds: set[str]) -> str:
    """``@Fig-x`` at the start of a sentence means ``fig-x``."""
    name = str(citation["citationId"])
    lowered = name[:1].lower() + name[1:]
    return lowered if name not in keys and _is_reference(lowered, keys, kinds) else name


def _is_reference(label: str, keys: set[str], kinds: set[str]) -> bool:
    return label.split("-", 1)[0] in kinds and "-" in label and label not in keys


def _reference(citation: Citation, target: Target) -> list[Node]:
    """A link that says "Figure 3", "3" for ``[-@fig-x]``, or the author's own word for ``[Fig. @fig-x]``.

    What follows in the brackets stays: "Figure 3, left"; "Figs. 3 and 4" for ``[Figs. @fig-x and @fig-y]``.
    """
    prefix, suffix = citation["citationPrefix"], citation["citationSuffix"]
    bare = citation["citationMode"]["t"] == "SuppressAuthor" or prefix
    for inner in iterate(suffix) if prefix else ():
        if inner["t"] == "Cite":
            inner["c"][0][0]["citationMode"] = {"t": "SuppressAuthor"}
    name = target.number if bare and target.number else target.name
    if citation["citationId"][:1].isupper():
        name = name[:1].upper() + name[1:]
    linked = [link(text(name), f"#{target.label}"), *suffix]
    return [*prefix, {"t": "Str", "c": _NO_BREAK_SPACE}, *linked] if prefix else linked


def _listed(parts: Sequence[list[Node]]) -> list[Node]:
    inlines: list[Node] = []
    for position, part in enumerate(parts):
        joint = "" if position == 0 else " and " if position == len(parts) - 1 else ", "
        inlines += (text(joint) if joint else []) + part
    return inlines


def _check_link(node: Node, place: str, anchors: set[str]) -> list[Issue]:
    name = node["c"][2][0][1:]
    if name in anchors:
        return []
    kind = "claim" if name.startswith("claim-") else "link"
    return [_dead(f"#{name}", kind, place, name, anchors, "the report")]


def _dead(found: str, kind: str, place: str, name: str, known: Iterable[str], home: str) -> Issue:
    fix = nearest(name, known, cutoff=0.5) or "write the label, or take the reference out"
    return Issue(place, f"the {kind} {found} does not exist", expected=f"a name known in {home}", fix=fix)
