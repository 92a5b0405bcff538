"""Cells made ready for export: nbconvert preprocessors that apply options and choose outputs."""

from __future__ import annotations

import base64
import html
import re
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Dict, Unicode

from sourcebook.errors import Issue, RenderError
from sourcebook.execute.expressions import read_results, substitute_expressions
from sourcebook.execute.options import read_options, split_options

EXHIBIT = "application/vnd.sourcebook.exhibit+json"
# Richest first; an output offers several of these and one is shown.
_SHOWN = (
    EXHIBIT,
    "text/markdown",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "text/html",
    "text/latex",
    "text/plain",
)
_DEFAULTS: dict[str, Any] = {"echo": True, "output": True, "include": True, "warning": True, "error": False}
_KNOWN = {
    *_DEFAULTS,
    *("eval", "label", "fig-cap", "fig-alt", "tbl-cap", "code-fold", "code-summary", "classes", "tags"),
}
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class CellOptions(Preprocessor):
    """Reads each code cell's options into ``cell.metadata.options`` and takes the lines out of its source.

    Inline results are put in place in Markdown cells and in option texts. Cells with ``include: false`` go.
    """

    name = Unicode("notebook", help="how messages call the notebook").tag(config=True)
    defaults = Dict(help="the project's `execute:` settings").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """The notebook with options applied; ``resources["warnings"]`` gains unknown options."""
        kept = []
        for number, cell in enumerate(nb.cells, start=1):
            cell.metadata["place"] = f"{self.name}, cell {number}"
            if cell.cell_type == "markdown":
                cell.source = substitute_expressions(cell.source, read_results(cell))
            elif cell.cell_type == "code":
                cell.metadata["options"] = self._options(cell, resources)
                cell.source = split_options(cell.source)[1]
                if not cell.metadata.options["include"]:
                    continue
            kept.append(cell)
        nb.cells = kept
        return nb, resources

    def _options(self, cell: NotebookNode, resources: dict[str, Any]) -> dict[str, Any]:
        place = cell.metadata["place"]
        own = read_options(cell, place)
        results = read_results(cell)
        for key in own.keys() - _KNOWN:
            resources.setdefault("warnings", []).append(f"{place}: the option {key!r} is not supported yet")
        texts = {k: substitute_expressions(v, results) for k, v in own.items() if isinstance(v, str)}
        return _DEFAULTS | self.defaults | own | texts


class ShownOutputs(Preprocessor):
    """Turns raw outputs into ``cell.metadata.shown``: a list of ``{"kind", …}`` that the template prints.

    Exhibits and images are stored in ``resources["exhibits"]`` under the cell's label.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """One cell with its outputs sorted into kinds."""
        if cell.cell_type != "code":
            return cell, resources
        options = cell.metadata.options
        outputs = cell.outputs if options["output"] is not False else []
        cell.metadata["shown"] = [
            item for output in outputs if (item := self._shown(output, cell, resources)) is not None
        ]
        return cell, resources

    def _shown(
        self, output: NotebookNode, cell: NotebookNode, resources: dict[str, Any]
    ) -> dict[str, Any] | None:
        if output.output_type == "stream":
            if output.name == "stderr" and not cell.metadata.options["warning"]:
                return None
            return {"kind": "text", "text": _ANSI.sub("", output.text)}
        if output.output_type == "error":
            return {"kind": "text", "text": _ANSI.sub("", "\n".join(output.traceback))}
        kind = next((kind for kind in _SHOWN if kind in output.data), None)
        if kind is None:
            raise RenderError(
                "An output cannot be shown.",
                [
                    Issue(
                        cell.metadata["place"],
                        "no known form",
                        ", ".join(output.data),
                        "one of " + ", ".join(_SHOWN),
                    )
                ],
            )
        return self._rich(kind, output.data, cell, resources)

    def _rich(
        self, kind: str, data: dict[str, Any], cell: NotebookNode, resources: dict[str, Any]
    ) -> dict[str, Any]:
        if kind == EXHIBIT:
            return self._exhibit(dict(data[kind]) | {"svg": data.get("image/svg+xml")}, cell, resources)
        if kind == "image/svg+xml":
            return self._exhibit({"kind": "figure", "svg": data[kind]}, cell, resources)
        if kind in ("image/png", "image/jpeg"):
            image = {"kind": "figure", "svg": _wrapped_bitmap(kind, data[kind])}
            return self._exhibit(image, cell, resources)
        if kind == "text/plain":
            return {"kind": "text", "text": data[kind]}
        if kind == "text/latex":
            return {"kind": "markdown", "text": data[kind]}
        return {"kind": kind.removeprefix("text/"), "text": data[kind]}

    def _exhibit(
        self, payload: dict[str, Any], cell: NotebookNode, resources: dict[str, Any]
    ) -> dict[str, Any]:
        options = cell.metadata.options
        exhibits = resources.setdefault("exhibits", {})
        prefix = "tbl" if payload["kind"] == "table" else "fig"
        label = options.get("label") or f"{prefix}-{resources.get('stem', 'cell')}-{len(exhibits) + 1}"
        if label in exhibits:
            label = f"{label}-{len(exhibits) + 1}"
        payload["caption"] = options.get(f"{prefix}-cap", "")
        payload["alt"] = _plain(options.get("fig-alt", ""))
        payload["place"] = cell.metadata["place"]
        exhibits[label] = payload
        return {**payload, "kind": "exhibit", "label": label}


def _wrapped_bitmap(mime: str, content: str) -> str:
    """A bitmap inside an SVG, so that every figure travels as one kind of picture."""
    raw = base64.b64decode(content)
    width, height = _bitmap_size(raw) if mime == "image/png" else (640, 480)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:{mime};base64,{html.escape(content.strip())}"/></svg>'
    )


def _bitmap_size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels from a PNG's header chunk."""
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


def _plain(markdown: str) -> str:
    """Option text as plain characters: alt text has no markup, so the escapes of inline results go."""
    return re.sub(r"\\([\\`*_{}\[\]<>()#+!|$@~^\"'])", r"\1", markdown).strip()
