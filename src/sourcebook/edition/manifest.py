"""``report/output/manifest.json``: what an edition is made of and consists of, and whether that still holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sourcebook.compare.trees import OUTPUT
from sourcebook.core.shapes import TEXT, check_shape
from sourcebook.core.text import listing
from sourcebook.errors import Issue, ProjectError
from sourcebook.render.source.carried import (
    MANIFEST,
    describe_carried,
    hash_bytes,
    list_carried,
    write_manifest,
)
from sourcebook.render.source.project import read_project

PATH = f"{OUTPUT}/{MANIFEST}"
# The tool and its set-up: carried by the PDF, so that it can be built again, and no part of what the report says.
_TOOL = ("src/", "requirements", "Makefile", "pyproject.toml", "README.md", "LICENSE", "CITATION.cff")
_SHOWN = 3
_DIGESTS = {"": TEXT}
_SHAPE = dict.fromkeys(("title", "edition", "newest_source", "sourcebook"), TEXT) | dict.fromkeys(
    ("inputs", "outputs", "verdicts", "tools"), _DIGESTS
)


@dataclass(frozen=True)
class Manifest:
    """An edition's record. ``inputs`` and ``outputs`` are SHA-256 by path (outputs below ``report/output``).

    ``verdicts`` and ``corrections`` (digests of the entries) are what the next edition's corrections are held against.
    """

    about: Mapping[str, Any]
    inputs: Mapping[str, str]
    outputs: Mapping[str, str] = field(default_factory=dict)
    verdicts: Mapping[str, str] = field(default_factory=dict)
    corrections: tuple[str, ...] = ()

    @property
    def material(self) -> dict[str, str]:
        """The inputs that the report is made of; the rest is the tool."""
        return {path: digest for path, digest in self.inputs.items() if not path.startswith(_TOOL)}

    def to_bytes(self) -> bytes:
        """The record as it stands in its file."""
        content = {
            **self.about,
            "inputs": dict(self.inputs),
            "outputs": dict(sorted(self.outputs.items())),
            "verdicts": dict(sorted(self.verdicts.items())),
            "corrections": list(self.corrections),
        }
        return write_manifest(content)


def describe_project(root: Path) -> Manifest:
    """The record of what an edition published now would be made of."""
    content = describe_carried(root, list_carried(read_project(root)))
    inputs = content.pop("inputs")
    return Manifest(content, inputs)


def read_manifest(root: Path) -> tuple[Manifest | None, list[Issue]]:
    """The record of the published edition, none when there is no edition, and what is wrong with the file."""
    path = root / PATH
    if not path.is_file():
        return None, []
    try:
        content = json.loads(path.read_bytes())
        manifest = parse_manifest(content)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        return None, [Issue(PATH, "not a manifest", str(error), "what make publish writes", "make publish")]
    return manifest, []


def parse_manifest(content: Mapping[str, Any]) -> Manifest:
    """A record from its JSON; raises KeyError, TypeError or ValueError for anything else."""
    if faults := list(check_shape(content, _SHAPE, PATH)):
        raise ValueError("; ".join(map(str, faults[:3])))
    rest = dict(content)
    inputs = {str(path): str(digest) for path, digest in dict(rest.pop("inputs")).items()}
    outputs = {str(path): str(digest) for path, digest in dict(rest.pop("outputs", {})).items()}
    verdicts = {str(name): str(verdict) for name, verdict in dict(rest.pop("verdicts", {})).items()}
    corrections = tuple(map(str, rest.pop("corrections", ())))
    if "sourcebook" not in rest:
        raise KeyError("sourcebook")
    return Manifest(rest, inputs, outputs, verdicts, corrections)


def check_outputs(root: Path, manifest: Manifest) -> list[Issue]:
    """Files of the edition that are missing or not as they were published."""
    issues = []
    for path, digest in manifest.outputs.items():
        file = root / OUTPUT / path
        where, fix = f"{OUTPUT}/{path}", "restore it from git, or make publish"
        if not file.is_file():
            issues.append(Issue(where, "a file of the published edition is missing", fix=fix))
        elif hash_bytes(file.read_bytes()) != digest:
            issues.append(Issue(where, "not as it was published", fix=fix))
    return issues


def check_age(root: Path, manifest: Manifest) -> list[Issue]:
    """One issue when what the report is made of is no longer what the edition was made of; nothing is built for that.

    Whether another tool would print something else only a build can say: ``publish_edition`` does.
    """
    try:
        now = describe_project(root).material
    except ProjectError as error:
        return list(error.issues) or [Issue("_quarto.yml", error.summary)]
    then = manifest.material
    groups = {
        "changed": sorted(path for path in now.keys() & then.keys() if now[path] != then[path]),
        "new": sorted(now.keys() - then.keys()),
        "gone": sorted(then.keys() - now.keys()),
    }
    found = "; ".join(f"{what}: {_list(paths)}" for what, paths in groups.items() if paths)
    if not found:
        return []
    return [Issue(OUTPUT, "the published edition is older than its inputs", found, fix="make publish")]


def _list(paths: list[str]) -> str:
    rest = len(paths) - _SHOWN
    return listing([*paths[:_SHOWN], f"{rest} more"] if rest > 1 else paths)
