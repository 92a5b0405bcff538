"""Executed notebooks as Markdown for pandoc: what nbconvert is told, and outputs of other notebooks put in."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode

from sourcebook.core.notebook import drop_options, join_options, read_options, split_options
from sourcebook.core.options import ECHO, EXECUTE, ID, LABEL
from sourcebook.errors import Issue, RenderError
from sourcebook.render.export.placeholders import Placed, fenced
from sourcebook.render.source.chapters import resolve
from sourcebook.render.source.places import key_of
from sourcebook.render.source.shortcodes import Shortcodes, advise, read_embed

if TYPE_CHECKING:
    from nbconvert.exporters import TemplateExporter


@dataclass(frozen=True)
class ExportedChapter:
    """A notebook's prose as Markdown, its outputs by the names of their placeholders, what figures and tables hold."""

    markdown: str
    outputs: Mapping[str, Placed]
    payloads: Mapping[str, Mapping[str, Any]]
    warnings: list[Issue]
    faults: list[Issue]


@dataclass
class ChapterExport:
    """How chapters are exported: defaults for cells, in single formats too, label prefixes, trust and whether programs run in the page, metadata and all executed notebooks."""

    root: Path
    defaults: Mapping[str, Any] = field(default_factory=dict)
    by_format: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    kinds: Sequence[str] = ("fig", "tbl", "lst")
    trusted: bool = False
    acting: bool = False
    meta: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    colours: Mapping[str, str] = field(default_factory=dict)
    notebooks: Mapping[Path, NotebookNode] = field(default_factory=dict)
    chapters: Sequence[Path] = ()

    def export(
        self,
        notebook: NotebookNode,
        path: Path,
        own: Mapping[str, Any] | None = None,
        *,
        within: Path | None = None,
        taken: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    ) -> ExportedChapter:
        """One executed notebook as prose and outputs; ``own`` is its front matter.

        One that stands ``within`` another chapter leaves payloads alone that are ``taken`` there.
        """
        own = own or {}
        embed = _Embed(self, path)
        exporter = self._exporter(
            path, own, Shortcodes({**self.meta, **own}, self.variables, self.colours, embed)
        )
        stem = "-".join(
            name.with_suffix("").as_posix().replace("/", "-") for name in (within, path) if name is not None
        )
        text, found = exporter.from_notebook_node(notebook, {"stem": stem, "exhibits": dict(taken)})
        return ExportedChapter(
            text,
            embed.outputs | found.get("outputs", {}),
            found.get("exhibits", {}) | embed.payloads,
            found.get("warnings", []) + embed.warnings,
            found.get("faults", []) + embed.faults,
        )

    def _exporter(self, path: Path, own: Mapping[str, Any], shortcodes: Shortcodes) -> TemplateExporter:
        from sourcebook.render.export.chapter_exporter import (
            ChapterExporter,  # nbconvert takes long to import
        )

        execute = EXECUTE.of(own) if isinstance(EXECUTE.of(own), dict) else {}
        options = {
            "name": path.as_posix(),
            "defaults": dict(self.defaults) | dict(own) | dict(execute or {}),
            "by_format": dict(self.by_format),
            "shortcodes": shortcodes,
            "kinds": list(self.kinds),
            "enabled": True,
        }
        return ChapterExporter(
            config={
                "CellOptions": options,
                "ShownOutputs": {
                    "enabled": True,
                    "trusted": self.trusted,
                    "acting": self.acting,
                    "kinds": list(self.kinds),
                },
            }
        )


class _Embed:
    """``{{< embed file#cell >}}``: the Markdown of one cell's outputs in another notebook."""

    def __init__(self, exports: ChapterExport, path: Path) -> None:
        self.exports, self.path = exports, path
        self.payloads: dict[str, Any] = {}
        self.outputs: dict[str, Placed] = {}
        self.warnings: list[Issue] = []
        self.faults: list[Issue] = []

    def __call__(self, target: str, echo: bool, place: str) -> str:
        file, names, positions = read_embed(target)
        path = resolve(self.exports.root, self.path, file)
        notebook = self.exports.notebooks[path]
        part = copy.copy(notebook)
        part.cells = [
            self._prepared(notebook.cells[number - 1], path, number, echo)
            for number in self._select(notebook, file, names, positions)
        ]
        found = self.exports.export(part, path, within=self.path, taken=self.payloads)
        self.payloads |= found.payloads
        self.outputs |= found.outputs
        self.warnings += found.warnings
        self.faults += found.faults
        return f"{found.markdown}\n{fenced(place, '{=place}')}"  # what follows stands in the chapter again

    def _select(
        self, notebook: NotebookNode, file: str, names: Sequence[str], positions: Sequence[range]
    ) -> list[int]:
        """The numbers (from one) of the cells asked for, in that order; all of code when none is."""
        named: dict[str, list[int]] = {name: [] for name in names}
        code = [number for number, cell in enumerate(notebook.cells, start=1) if cell.cell_type == "code"]
        for number in code:
            for name in named.keys() & _names(notebook.cells[number - 1]):
                named[name].append(number)
        there = range(1, len(notebook.cells) + 1)
        unknown = [name for name, found in named.items() if not found]
        unknown += [str(end) for part in positions for end in (part[0], part[-1]) if end not in there]
        if unknown or not code:
            which = f"cell {', '.join(map(repr, unknown))}" if unknown else "cell of code"
            known = [name for cell in notebook.cells for name in _names(cell)]
            fix = advise(unknown[0], known) if names else f"it has {len(there)} cells"
            issue = Issue(self.path.as_posix(), f"{file} has no {which} to embed", fix=fix)
            raise RenderError("An embed is dead.", [issue])
        wanted = [*(number for name in names for number in named[name]), *chain.from_iterable(positions)]
        return wanted or code

    def _prepared(self, cell: NotebookNode, path: Path, number: int, echo: bool) -> NotebookNode:
        """The cell as it is embedded; a chapter's own label stays with the chapter."""
        made = copy.deepcopy(cell)
        made.metadata["place"] = key_of(path.as_posix(), number)
        dropped = {LABEL.name, ECHO.name} if path in self.exports.chapters else {ECHO.name}
        if cell.cell_type != "code":
            return made
        head, code = split_options(drop_options(made.source, dropped.__contains__))
        made.source = join_options(head if echo else f"{ECHO.name}: false\n{head}", code)
        return made


def _names(cell: NotebookNode) -> list[str]:
    if cell.cell_type != "code":
        return []
    options = read_options(cell)
    return [str(option.of(options)) for option in (LABEL, ID) if option.of(options)] + [
        cell.id,
        *cell.metadata.get("tags", []),
    ]
