"""Citations and bibliography: set once by citeproc for all formats."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from sourcebook.core.files import digest
from sourcebook.core.options import NOCITE, REFERENCES
from sourcebook.core.yaml_text import load_yaml
from sourcebook.errors import Issue, RenderError
from sourcebook.render.document import (
    Node,
    bare_inlines,
    citation,
    iterate,
    para,
    plain_text,
    split_words,
    text,
    transform,
)
from sourcebook.render.memo import Memo
from sourcebook.render.passes.clean import clean_tree, read_inlines
from sourcebook.render.passes.state import ReportTree
from sourcebook.render.source.project import Project
from sourcebook.render.tools import name_for_pandoc, parse_document, run_pandoc
from sourcebook.render.words import translate

_YAML = (".yaml", ".yml")


def set_citations(report: ReportTree) -> None:
    """Puts the chapters together as the report's document, with citations and bibliography set."""
    first = report.chapters[0]
    whole = {**first.head, "blocks": [block for chapter in report.chapters for block in chapter.blocks]}
    nodes = (node for chapter in report.nodes for node, _ in chapter)
    heads = [report.title, report.subtitle]
    made, warnings = cite(report.project, whole, report.memo, chain(iterate(heads), nodes))
    report.places.complain(warnings)
    if any(node["t"] == "Cite" for node in iterate(heads)):
        report.title, report.subtitle = map(bare_inlines, heads)
        title, subtitle = map(plain_text, (report.title, report.subtitle))
        report.project = replace(report.project, title=title or report.project.title, subtitle=subtitle)
    report.document = made | {"blocks": _head(made["blocks"], whole["blocks"], report.project)}


def stands_in_brackets(node: Node) -> bool:
    """Whether it is a citation set in round brackets, apart from the sentence: no name that it needs."""
    if node["t"] != "Cite":
        return False
    words = plain_text(node["c"][1])
    named = any(one["citationMode"]["t"] == "AuthorInText" for one in node["c"][0])
    return not named and words.startswith("(") and words.endswith(")")


def without_brackets(cite: Node) -> Node:
    """Such a citation without them, for where it stands alone."""
    citations, words = cite["c"]
    bare = list(words)
    if bare[0]["t"] == "Str" and bare[-1]["t"] == "Str":
        bare[0] = {"t": "Str", "c": bare[0]["c"].removeprefix("(")}
        bare[-1] = {"t": "Str", "c": bare[-1]["c"].removesuffix(")")}
    return {"t": "Cite", "c": [citations, [node for node in bare if node.get("c") != ""]]}


def read_keys(project: Project, memo: Memo) -> dict[str, list[str]]:
    """The keys of all publications in the project's bibliographies and settings, with the names of where each stands.

    Raises ``RenderError`` for a CSL-YAML file that cannot be read.
    """
    found = {
        path.as_posix(): memo.recall(f"keys of {path}", [body], lambda path=path: _list_keys(project, path))  # type: ignore[misc]
        for path, body in _describe(project, project.bibliography)
    }
    own = REFERENCES.of(project.meta)
    found[project.find(REFERENCES.name)] = [str(item["id"]) for item in own or () if "id" in item]
    places: dict[str, list[str]] = {}
    for name, keys in found.items():
        for key in keys:
            places.setdefault(key, []).append(name)
    return places


def check_keys(keys: Mapping[str, list[str]], cited: Iterable[str]) -> list[Issue]:
    """Warnings of cited keys that stand more than once: the last one counts."""
    twice = ((key, keys[key]) for key in dict.fromkeys(cited) if len(keys.get(key, ())) > 1)
    what, fix = (
        "the key '{}' stands {} times in the bibliography; the last entry is cited",
        "give each its own key",
    )
    return [
        Issue(", ".join(dict.fromkeys(places)), what.format(key, len(places)), fix=fix)
        for key, places in twice
    ]


def read_grades(project: Project, memo: Memo) -> dict[str, str]:
    """The reliability of the publications whose entry in a CSL-YAML file gives it (``custom: reliability``), by their keys."""
    found = [
        memo.recall(f"grades of {path}", [body], lambda path=path: _list_grades(project, path))  # type: ignore[misc]
        for path, body in _describe(project, project.bibliography)
        if path.suffix in _YAML
    ]
    return {key: grade for grades in found for key, grade in grades}


def cite(
    project: Project, document: dict[str, Any], memo: Memo, nodes: Iterable[Node] | None = None
) -> tuple[dict[str, Any], list[Issue]]:
    """``document`` with citations set, in place, and the bibliography in the ``refs`` Div, or at the end; and warnings.

    ``nodes`` are all of the document in reading order, if they are at hand.
    """
    blocks: list[Node] = document["blocks"]
    found = _find_citations(iterate(blocks) if nodes is None else nodes)
    own = REFERENCES.of(project.meta)
    if not (project.bibliography or own) or not (found or NOCITE.of(project.meta)):
        return document, []
    last = blocks[-1:] if blocks and blocks[-1]["t"] == "Header" else []  # it becomes the bibliography's
    alone = [_bare(node) if node["t"] == "Cite" else node for node in found]
    answers, lean_on_text, unfit = _process(project, memo, document, [*alone, *last], len(found))
    place = str(project.bibliography[0]) if project.bibliography else project.find(REFERENCES.name)
    warnings = [Issue(place, "raw HTML is taken out of a publication's entry", code) for code in unfit]
    if lean_on_text:
        return document | {"blocks": _process(project, memo, document, blocks)[0]}, warnings
    for node, answer in zip(found, answers, strict=False):
        node["c"] = answer["c"][0]["c"] if node["t"] == "Cite" else answer["c"]
    return document | {"blocks": [*blocks[: len(blocks) - len(last)], *answers[len(found) :]]}, warnings


def _head(blocks: list[Node], before: list[Node], project: Project) -> list[Node]:
    """``blocks`` with a heading over the bibliography, which citeproc set at their end where it had no place ``before``."""
    last = before[-1:]
    placed = last and (last[0]["t"] == "Header" or _is_bibliography(last[0]))
    if placed or not blocks or not _is_bibliography(blocks[-1]) or not blocks[-1]["c"][1]:
        return blocks
    title = text(translate("References", project.lang))
    heading: Node = {"t": "Header", "c": [1, ["bibliography", ["unnumbered", "unlisted"], []], title]}
    return [*blocks[:-1], heading, blocks[-1]]


def _list_keys(project: Project, path: Path) -> list[str]:
    if path.suffix in _YAML:
        return [str(item["id"]) for item in _read_yaml(project, path)]
    form = ["-f", "csljson"] if path.suffix == ".json" else []
    entries = json.loads(run_pandoc([*form, "-t", "csljson", str(project.root / path)], ""))
    return [str(item["id"]) for item in entries]


def _list_grades(project: Project, path: Path) -> list[tuple[str, str]]:
    known = ((str(item["id"]), item.get("custom")) for item in _read_yaml(project, path))
    return [
        (key, str(custom["reliability"])) for key, custom in known
        if isinstance(custom, dict) and custom.get("reliability")
    ]  # fmt: skip


def _describe(project: Project, paths: Iterable[Path]) -> list[tuple[Path, str]]:
    """Each path with a digest of its file."""
    return [(path, digest((project.root / path).read_bytes())) for path in paths]


def _find_citations(nodes: Iterable[Node]) -> list[Node]:
    """Citations in reading order, and the Div for the bibliography where it stands."""
    found: list[Node] = []
    inside: set[int] = set()
    for node in nodes:
        if id(node) not in inside and (node["t"] == "Cite" or _is_bibliography(node)):
            found.append(node)
            inside |= {id(child) for child in iterate(node["c"])}
    return found


def _bare(cite: Node) -> Node:
    """A citation alone, without its words in the source, which citeproc replaces."""
    return para([{"t": "Cite", "c": [cite["c"][0], []]}])


def _is_bibliography(node: Node) -> bool:
    return node["t"] == "Div" and "refs" in (node["c"][0][0], *node["c"][0][1])


def _leans_on_text(answer: Node) -> bool:
    """Whether a citation became a note or a raised number, which punctuation around it moves past."""
    if answer["t"] != "Para":
        return False
    alone = len(answer["c"]) == 1 and answer["c"][0]["t"] == "Cite"
    return not alone or any(node["t"] in ("Note", "Superscript") for node in iterate(answer["c"][0]["c"][1]))


def _process(
    project: Project, memo: Memo, document: dict[str, Any], blocks: list[Node], count: int = 0
) -> tuple[list[Node], bool, list[str]]:
    """``blocks`` as citeproc leaves them, whether any of the first ``count`` depends on the text around it, and what was unfit."""
    options = ["-f", "json", "-t", "json", "--citeproc", "--metadata=link-citations:true"]
    options += [f"--metadata=lang:{project.lang}"]
    options += [f"--bibliography={name_for_pandoc(project.root / path)}" for path in project.bibliography]
    options += [f"--csl={name_for_pandoc(project.root / project.csl)}"] if project.csl else []
    meta = {"nocite": _nocite(NOCITE.of(project.meta))} if NOCITE.of(project.meta) else {}
    meta |= {"references": _write_meta(own)} if (own := REFERENCES.of(project.meta)) else {}
    rests_on = [document | {"meta": meta, "blocks": blocks}, count, project.trusted]
    rests_on += [project.lang, project.csl, _list_sources(project)]

    def process() -> tuple[list[Node], bool, list[str]]:
        """What pandoc makes of them, harmless: a publication's entry may be anybody's."""
        whole = document | {"meta": meta, "blocks": split_words(blocks)}
        answers = parse_document(run_pandoc(options, json.dumps(whole)))["blocks"]
        answers, taken = (answers, []) if project.trusted else clean_tree(answers)
        answers = transform(answers, _describe_pictures)
        return answers, any(map(_leans_on_text, answers[:count])), [issue.found for issue in taken]

    answers, lean_on_text, unfit = memo.recall("citations", rests_on, process)
    return answers, lean_on_text, unfit


def _describe_pictures(node: Node) -> Node | None:
    """A reference with words for the pictures that its publication's entry holds, which nobody has looked for."""
    if node["t"] != "Cite" and not _is_bibliography(node):
        return None
    return {**node, "c": transform(node["c"], lambda one: list(one["c"][1]) if one["t"] == "Image" else None)}


def _list_sources(project: Project) -> list[tuple[str, str]]:
    files = [*project.bibliography, *([project.csl] if project.csl else [])]
    return [(str(path), body) for path, body in _describe(project, files)]


def _read_yaml(project: Project, path: Any) -> list[dict[str, Any]]:
    try:
        loaded = load_yaml((project.root / path).read_bytes())
        references = (loaded or {}).get("references") or []
        return [item for item in references if "id" in item]
    except (yaml.YAMLError, AttributeError, TypeError) as error:
        found = str(error).replace("\n", " ")[:200]
        issue = Issue(str(path), "is not CSL-YAML", found, "references: a list of entries with id")
        raise RenderError("A bibliography cannot be read.", [issue]) from error


def _write_meta(value: Any) -> Node:
    """A value of YAML as pandoc's metadata."""
    if isinstance(value, dict):
        return {"t": "MetaMap", "c": {str(key): _write_meta(item) for key, item in value.items()}}
    if isinstance(value, list):
        return {"t": "MetaList", "c": [_write_meta(item) for item in value]}
    return {"t": "MetaInlines", "c": split_words(read_inlines(str(value)))}


def _nocite(value: Any) -> Node:
    """``nocite: "@*"`` or ``"@a, @b"`` as pandoc's metadata."""
    names = [word.strip().lstrip("@") for word in str(value).replace(",", " ").split()]
    return {
        "t": "MetaInlines",
        "c": [{"t": "Cite", "c": [[citation(name) for name in names], [{"t": "Str", "c": str(value)}]]}],
    }
