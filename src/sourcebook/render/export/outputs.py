"""Executed notebooks as Markdown: the nbconvert exporter, and the preprocessor that chooses and cleans outputs."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nbconvert.exporters import TemplateExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Bool, List, default

from sourcebook.core.limits import TABLE_CELLS
from sourcebook.core.options import FIG_ALT, LABEL, OUTPUT, WARNING, is_prose
from sourcebook.errors import Issue, RenderError
from sourcebook.render.export.cell_options import CellOptions, plain_option
from sourcebook.render.export.code_cells import write_cell
from sourcebook.render.export.exhibit_json import check_exhibit
from sourcebook.render.export.nodes import Figure, Html, Output, Prose, Table, Text
from sourcebook.render.safety import check_size, clean_html, clean_svg, clean_text, shorten_text

EXHIBIT = "application/vnd.sourcebook.exhibit+json"
# Richest first; an output offers several of these and one is shown.
_SHOWN = (
    EXHIBIT, "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/html", "text/latex", "text/plain",
)  # fmt: skip
# What is more than text and tables, so that no other format can show it.
_BROWSER = re.compile(r"<\s*(script|iframe|svg|canvas|video|audio|form|button|object|embed)\b", re.IGNORECASE)
_PICTURE = re.compile(r"<\s*img\b[^>]*\bsrc=", re.IGNORECASE)
_HTML_SHOWN = re.compile(r">\s*[^<\s]|^\s*[^<\s]|<img\b[^>]*\bsrc=")
_TABLE_CELL = re.compile(r"<t[dh]\b", re.IGNORECASE)
_ACTS = "show a picture that lies in the notebook; or mark the project as trusted (sourcebook: trusted: true)"
_THEME = Path(__file__).parent.parent / "theme"


class ShownOutputs(Preprocessor):
    """Turns each code cell into Markdown, ``cell.metadata.prose``, with placeholders for its outputs.

    The outputs go to ``resources["outputs"]`` by the names that placeholders have; pictures, data and code to
    ``resources["exhibits"]`` under a key: the cell's label, or chapter and position for unlabelled ones.
    """

    trusted = Bool(False, help="whether HTML and SVG pass as they are").tag(config=True)
    kinds = List(["fig", "tbl", "lst"], help="label prefixes that number something").tag(config=True)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """One cell with its outputs sorted into kinds."""
        if cell.cell_type != "code":
            return cell, resources
        shown: list[Output] = []
        for output in cell.outputs if OUTPUT.of(cell.metadata.options) is not False else []:
            item = self._shown(output, cell, resources, sum(isinstance(one, Figure) for one in shown))
            shown += [item] if item is not None else []
        _check_lists(cell, shown, resources)
        cell.metadata["prose"], placed = write_cell(cell, shown, self.kinds)
        resources.setdefault("outputs", {}).update(placed)
        return cell, resources

    def _shown(
        self, output: NotebookNode, cell: NotebookNode, resources: dict[str, Any], position: int
    ) -> Output | None:
        """What is shown of an output; ``position`` is the number of figures and tables before it in its cell."""
        if output.output_type == "stream":
            if output.name == "stderr" and not WARNING.of(cell.metadata.options):
                return None
            return self._text(output.text, cell, resources, asis=OUTPUT.of(cell.metadata.options) == "asis")
        if output.output_type == "error":
            return self._text("\n".join(output.traceback), cell, resources)
        if EXHIBIT in output.data and (faults := check_exhibit(output.data[EXHIBIT], cell.metadata["place"])):
            resources.setdefault("warnings", []).extend(faults)
            del output.data[EXHIBIT]
        form = next((form for form in _SHOWN if form in output.data), None)
        if form is None:
            where, found = cell.metadata["place"], ", ".join(output.data)
            if found and all(mime.startswith("application/") for mime in output.data):
                issue = Issue(where, "an output is left out: only a program in the page could show it", found)
                resources.setdefault("warnings", []).append(issue)
                return None
            raise RenderError(
                "An output cannot be shown.",
                [Issue(where, "no known form", found, "one of " + ", ".join(_SHOWN))],
            )
        return self._rich(form, output, cell, resources, position)

    def _rich(
        self, form: str, output: NotebookNode, cell: NotebookNode, resources: dict[str, Any], position: int
    ) -> Output | None:
        content, place = output.data[form], cell.metadata["place"]
        if form == EXHIBIT:
            svg = self._svg(output.data.get("image/svg+xml"), place)
            return self._exhibit(content, svg, output, cell, resources, position)
        content = "".join(content) if isinstance(content, list) else content
        if form.startswith("image/"):
            check_size(content, form, place)
            svg = self._svg(content, place) if form == "image/svg+xml" else wrap_bitmap(form, content)
            return self._exhibit({}, svg, output, cell, resources, position)
        if form == "text/html":
            return self._html(content, cell, resources)
        return self._text(content, cell, resources, asis=form != "text/plain")

    def _html(self, content: str, cell: NotebookNode, resources: dict[str, Any]) -> Html | None:
        place = cell.metadata["place"]
        check_size(content, "text/html", place)
        shown = content if self.trusted else clean_html(content)
        if lost := _lost(content, shown):
            issue = Issue(place, "what acts or reaches out in an HTML output is taken out", lost, fix=_ACTS)
            resources.setdefault("warnings", []).append(issue)
            if not _HTML_SHOWN.search(shown):
                return None
        cells = len(_TABLE_CELL.findall(shown))
        if cells > TABLE_CELLS:
            what = "a table is shown as it is in HTML, and in no other format: it is too large to be set"
            resources.setdefault("warnings", []).append(
                Issue(place, what, f"{cells:,} cells", f"at most {TABLE_CELLS:,}")
            )
        return Html(shown, only=cells > TABLE_CELLS or bool(_BROWSER.search(content)))

    def _text(
        self, text: str, cell: NotebookNode, resources: dict[str, Any], *, asis: bool = False
    ) -> Prose | Text:
        shown = clean_text(text)
        if asis:
            check_size(shown, "Markdown", cell.metadata["place"])
            return Prose(shown)
        short, left_out = shorten_text(shown)
        if left_out:
            what = f"a text output is too long for a page: about {left_out:,} characters are left out"
            resources.setdefault("warnings", []).append(Issue(cell.metadata["place"], what))
        return Text(short)

    def _svg(self, svg: Any, place: str) -> str:
        if not svg:
            return ""
        text = "".join(svg) if isinstance(svg, list) else str(svg)
        check_size(text, "SVG", place)
        return text if self.trusted else clean_svg(text, place)

    def _exhibit(
        self,
        content: Mapping[str, Any],
        svg: str,
        output: NotebookNode,
        cell: NotebookNode,
        resources: dict[str, Any],
        position: int,
    ) -> Figure:
        """A figure, or a table when ``content`` (the exhibit's JSON) is one; its payload is set aside."""
        options = cell.metadata.options
        exhibits = resources.setdefault("exhibits", {})
        label = str(LABEL.of(options) or "")
        key = label if "-" in label else f"{resources.get('stem', 'cell')}-output-{len(exhibits) + 1}"
        key = f"{key}-{position + 1}" if key in exhibits else key
        exhibits[key] = {
            "kind": content.get("kind", "figure"),
            "title": content.get("title", ""),
            "data": content.get("data") or {},
            "svg": svg,
            "alt": _alt(FIG_ALT.of(options), output, position),
            "place": cell.metadata["place"],
            "code": cell.source,
        }
        notes = content.get("notes") or ([content["note"]] if content.get("note") else [])
        small = (key, tuple(notes), tuple(content.get("sources") or ()))
        if content.get("kind") != "table":
            return Figure(*small)
        return Table(*small, tuple(content["columns"]), tuple(map(tuple, content.get("rows") or ())))


class ChapterExporter(TemplateExporter):
    """Markdown of one chapter. Each cell is preceded by a marker block that names its place, for messages.

    Outputs that are no Markdown have placeholders in it, and are in ``resources["outputs"]`` themselves.
    """

    output_mimetype = "text/markdown"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".md"

    @property
    def extra_template_basedirs(self) -> list[str]:  # type: ignore[override]
        """Where our Jinja templates live."""
        return [str(_THEME)]

    @default("template_name")
    def _template_name_default(self) -> str:
        return "chapter"

    @default("preprocessors")
    def _preprocessors_default(self) -> list[type[Preprocessor]]:
        return [CellOptions, ShownOutputs]


def wrap_bitmap(mime: str, content: str) -> str:
    """A bitmap inside an SVG, so that every figure travels as one kind of picture."""
    raw = base64.b64decode(content)
    width, height = _bitmap_size(raw) if mime == "image/png" else (640, 480)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:{mime};base64,{html.escape("".join(content.split()))}"/></svg>'
    )


def _bitmap_size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels from a PNG's header chunk."""
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


def _alt(option: Any, output: NotebookNode, position: int) -> str:
    """The alternative text: the cell's option (one for each picture when it is a list), else the output's own."""
    if isinstance(option, list):
        return plain_option(str(option[position])) if position < len(option) else ""
    if option:
        return plain_option(str(option))
    metadata = output.get("metadata", {})
    own = [metadata.get("alt"), *(part.get("alt") for part in metadata.values() if isinstance(part, dict))]
    return next((str(text) for text in own if text), "")


def _check_lists(cell: NotebookNode, shown: Sequence[Output], resources: dict[str, Any]) -> None:
    """Warns of lists of texts that are longer than what they are for."""
    count = sum(not isinstance(item, Text) for item in shown)
    for key, value in cell.metadata.options.items():
        if count and isinstance(value, list) and is_prose(key) and len(value) > count:
            what = f"the option '{key}' has {len(value)} texts for {count} outputs"
            resources.setdefault("warnings", []).append(Issue(cell.metadata["place"], what))


def _lost(content: str, shown: str) -> str:
    """The tags of an HTML output that its cleaned form lacks, as readers would miss them."""
    names = {name.lower() for name in _BROWSER.findall(content)} - {
        name.lower() for name in _BROWSER.findall(shown)
    }
    if len(_PICTURE.findall(content)) > len(_PICTURE.findall(shown)):
        names.add("img")
    return ", ".join(f"<{name}>" for name in sorted(names))
