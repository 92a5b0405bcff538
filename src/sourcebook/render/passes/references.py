"""References to numbered things become links; whatever refers to nothing is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import unquote

from sourcebook.core.text import nearest
from sourcebook.errors import Issue
from sourcebook.render.document import Citation, Node, attributes, iterate, link, plain_text, text
from sourcebook.render.passes.cite import check_keys, read_keys
from sourcebook.render.passes.names import NO_BREAK_SPACE
from sourcebook.render.passes.number import list_anchors
from sourcebook.render.passes.state import ReportTree, Target
from sourcebook.render.tools import even_out

_NUMBER = "header-section-number"


def resolve_references(report: ReportTree) -> None:
    """Turns ``@fig-x`` and its kin into links, in place; checks citations and inner links.

    Warns of every dead reference, citation and link with its place and the nearest names; a strict build ends with a
    ``RenderError`` that names them.
    """
    entries = read_keys(report.project, report.memo)
    keys = set(entries)
    kinds = set(report.names.titles)
    anchors = list_anchors(report.nodes) | set(report.targets)
    cites = [node for found in report.nodes for node, _ in found if node["t"] == "Cite"]
    cited = (citation["citationId"] for node in cites for citation in node["c"][0])
    report.places.complain(check_keys(entries, cited))
    everywhere = _list_headings(found for nodes in report.nodes for found in nodes)
    issues: list[Issue] = []
    for nodes in report.nodes:
        headings = everywhere | _list_headings(nodes)
        for node, place in nodes:
            if node["t"] == "Cite":
                issues += _resolve_cite(node, place, report, keys, kinds)
            elif node["t"] == "Link" and node["c"][2][0].startswith("#"):
                issues += _check_link(node, place, anchors, headings)
    report.places.fault("The report refers to things that do not exist.", list(dict.fromkeys(issues)))


def _resolve_cite(node: Node, place: str, report: ReportTree, keys: set[str], kinds: set[str]) -> list[Issue]:
    citations, targets = node["c"][0], report.targets
    labels = [_label(citation, keys, kinds) for citation in citations]
    inner = [label for label in labels if _is_reference(label, keys, kinds)]
    if not inner:
        dead = [key for key in labels if key not in keys]
        if dead and not keys:  # nothing can be cited: it is text
            node["t"], node["c"] = "Span", [["", [], []], node["c"][1]]
        return [_dead(f"@{key}", "citation", place, key, keys, "the bibliography") for key in dead]
    if len(inner) < len(labels):
        return _part(node, place, report, keys, kinds)
    links = [
        _reference(citation, targets[label])
        if label in targets
        else [Node(t="Strong", c=[Node(t="Str", c=f"?@{label}")])]
        for citation, label in zip(citations, labels, strict=True)
    ]
    node["t"], node["c"] = "Span", [["", ["reference"], []], _listed(links, report.names.conjunction)]
    dead = [label for label in labels if label not in targets]
    return [_dead(f"@{label}", "reference", place, label, targets, "the report") for label in dead]


def _part(node: Node, place: str, report: ReportTree, keys: set[str], kinds: set[str]) -> list[Issue]:
    """References and citations that share a pair of brackets, or stand behind each other, as one of each in place."""
    inner, others = list[Citation](), list[Citation]()
    for citation in node["c"][0]:
        (inner if _is_reference(_label(citation, keys, kinds), keys, kinds) else others).append(citation)
    parts = [Node(t="Cite", c=[group, node["c"][1]]) for group in (inner, others)]
    issues = [issue for part in parts for issue in _resolve_cite(part, place, report, keys, kinds)]
    report.__dict__.pop("nodes", None)  # there is a citation more
    node["t"], node["c"] = "Span", [["", [], []], [parts[0], *text(" "), parts[1]]]
    return issues


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
    words = text(name) if target.number or not target.inlines else list(target.inlines)
    linked = [link(words, f"#{target.label}"), *suffix]
    return [*prefix, {"t": "Str", "c": NO_BREAK_SPACE}, *linked] if prefix else linked


def _listed(parts: Sequence[list[Node]], conjunction: str) -> list[Node]:
    inlines: list[Node] = []
    for position, part in enumerate(parts):
        joint = "" if position == 0 else f" {conjunction} " if position == len(parts) - 1 else ", "
        inlines += (text(joint) if joint else []) + part
    return inlines


def _list_headings(nodes: Iterable[tuple[Node, str]]) -> dict[str, str]:
    """The label of each heading by its words, as Jupyter and forges make anchors of them; the first of several."""
    found: dict[str, str] = {}
    for node, _ in nodes:
        if node["t"] == "Header" and attributes(node)[0]:
            words = [
                part for part in node["c"][2] if part["t"] != "Span" or _NUMBER not in attributes(part)[1]
            ]
            found.setdefault(even_out(plain_text(words)), attributes(node)[0])
    return found


def _check_link(node: Node, place: str, anchors: set[str], headings: Mapping[str, str]) -> list[Issue]:
    name = unquote(node["c"][2][0][1:])
    meant = name if name in anchors else headings.get(even_out(name), "")
    if meant or not name:
        node["c"][2][0] = f"#{meant}"
        return []
    kind = "claim" if name.startswith("claim-") else "link"
    return [_dead(f"#{name}", kind, place, name, anchors, "the report")]


def _dead(found: str, kind: str, place: str, name: str, known: Iterable[str], home: str) -> Issue:
    fix = nearest(name, known, cutoff=0.5) or "write the label, or take the reference out"
    return Issue(place, f"the {kind} {found} does not exist", expected=f"a name known in {home}", fix=fix)
