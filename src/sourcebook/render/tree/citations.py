"""Citations and bibliography: set once by citeproc for all formats."""

from __future__ import annotations

import json
from typing import Any

import yaml

from sourcebook.errors import Issue, RenderError
from sourcebook.render.source.project import Project
from sourcebook.render.tools import run_pandoc
from sourcebook.render.tree.document import Node, is_div, iterate, join_words, split_words


def read_keys(project: Project) -> set[str]:
    """The keys of all publications in the project's bibliographies.

    Raises ``RenderError`` for a CSL-YAML file that cannot be read.
    """
    keys: set[str] = set()
    for path in project.bibliography:
        if path.suffix in (".yaml", ".yml"):
            keys |= {str(item["id"]) for item in _read_yaml(project, path)}
        else:
            entries = yaml.safe_load(run_pandoc(["-t", "csljson", str(project.root / path)], ""))
            keys |= {str(item["id"]) for item in entries}
    return keys


def cite(project: Project, document: dict[str, Any]) -> dict[str, Any]:
    """``document`` with citations and bibliography in place of the ``refs`` Div, or at the end."""
    wanted = any(node["t"] == "Cite" or is_div(node, "refs") for node in iterate(document["blocks"]))
    if not project.bibliography or not (wanted or project.meta.get("nocite")):
        return document
    options = [
        "-f",
        "json",
        "-t",
        "json",
        "--citeproc",
        "--metadata=link-citations:true",
        f"--metadata=lang:{project.lang}",
    ]
    options += [f"--bibliography={project.root / path}" for path in project.bibliography]
    options += [f"--csl={project.root / project.csl}"] if project.csl else []
    meta = {"nocite": _nocite(project.meta["nocite"])} if project.meta.get("nocite") else {}
    whole = document | {"meta": meta, "blocks": split_words(document["blocks"])}
    cited: dict[str, Any] = json.loads(run_pandoc(options, json.dumps(whole)))
    return cited | {"meta": {}, "blocks": join_words(cited["blocks"])}


def _read_yaml(project: Project, path: Any) -> list[dict[str, Any]]:
    try:
        loaded = yaml.load((project.root / path).read_text(encoding="utf-8"), _loader())  # noqa: S506 -- safe ones
        references = (loaded or {}).get("references") or []
        return [item for item in references if "id" in item]
    except (yaml.YAMLError, AttributeError, TypeError) as error:
        found = str(error).replace("\n", " ")[:200]
        issue = Issue(str(path), "is not CSL-YAML", found, "references: a list of entries with id")
        raise RenderError("A bibliography cannot be read.", [issue]) from error


def _loader() -> Any:
    """libyaml's loader where the wheel has it: ten times as fast on a long bibliography."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _nocite(value: Any) -> Node:
    """``nocite: "@*"`` or ``"@a, @b"`` as pandoc's metadata."""
    names = [word.strip().lstrip("@") for word in str(value).replace(",", " ").split()]
    citations = [
        {
            "citationId": name, "citationPrefix": [], "citationSuffix": [], "citationMode": {"t": "NormalCitation"},
            "citationNoteNum": 0, "citationHash": 0,
        }
        for name in names
    ]  # fmt: skip
    return {"t": "MetaInlines", "c": [{"t": "Cite", "c": [citations, [{"t": "Str", "c": str(value)}]]}]}
