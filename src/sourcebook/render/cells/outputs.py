"""Outputs of cells sorted into kinds: an nbconvert preprocessor that chooses one form of each and cleans it."""

from __future__ import annotations

import base64
import html
import re
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Bool

from sourcebook.core.files import digest
from sourcebook.core.options import FIG_ALT, LABEL, OUTPUT, WARNING, is_prose
from sourcebook.errors import Issue, RenderError
from sourcebook.render.cells.options import plain_option
from sourcebook.render.cells.portions import cut_portions
from sourcebook.render.cells.safety import check_size, clean_html, clean_svg, clean_text, shorten_text
from sourcebook.render.cells.writing import fenced

EXHIBIT = "application/vnd.sourcebook.exhibit+json"
# Richest first; an output offers several of these and one is shown.
_SHOWN = (
    EXHIBIT, "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/html", "text/latex", "text/plain",
)  # fmt: skip
# What is more than text and tables, so that no other format can show it.
_BROWSER = re.compile(r"<\s*(script|iframe|svg|canvas|video|audio|form|button|object|embed)\b", re.IGNORECASE)
_PICTURE = re.compile(r"<\s*img\b[^>]*\bsrc=", re.IGNORECASE)
_HTML_SHOWN = re.compile(r">\s*[^<\s]|^\s*[^<\s]|<img\b[^>]*\bsrc=")
_ACTS = "show a picture that lies in the notebook; or mark the project as trusted (sourcebook: trusted: true)"


class ShownOutputs(Preprocessor):
    """Turns raw outputs into ``cell.metadata.shown``: a list of ``{"kind", …}``.

    Pictures, table models and data go to ``resources["exhibits"]`` under a key: the cell's label, or chapter and
    position for unlabelled ones. Long Markdown goes to ``resources["portions"]``, with its place.
    """

    trusted = Bool(False, help="whether HTML and SVG pass as they are").tag(config=True)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """One cell with its outputs sorted into kinds."""
        if cell.cell_type != "code":
            return cell, resources
        options = cell.metadata.options
        outputs = cell.outputs if OUTPUT.of(options) is not False else []
        cell.metadata["shown"] = []
        for output in outputs:
            item = self._shown(output, cell, resources)
            if item is not None:
                cell.metadata["shown"].append(item)
        _check_lists(cell, resources)
        return cell, resources

    def _shown(
        self, output: NotebookNode, cell: NotebookNode, resources: dict[str, Any]
    ) -> dict[str, Any] | None:
        if output.output_type == "stream":
            if output.name == "stderr" and not WARNING.of(cell.metadata.options):
                return None
            kind = "markdown" if OUTPUT.of(cell.metadata.options) == "asis" else "text"
            return self._text(output.text, kind, cell, resources)
        if output.output_type == "error":
            return self._text("\n".join(output.traceback), "text", cell, resources)
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
        return self._rich(form, output, cell, resources)

    def _rich(
        self, kind: str, output: NotebookNode, cell: NotebookNode, resources: dict[str, Any]
    ) -> dict[str, Any] | None:
        content, place = output.data[kind], cell.metadata["place"]
        if kind == EXHIBIT:
            payload = dict(content) | {"svg": self._svg(output.data.get("image/svg+xml"), place)}
            return self._exhibit(payload, output, cell, resources)
        content = "".join(content) if isinstance(content, list) else content
        if kind == "image/svg+xml":
            return self._exhibit(
                {"kind": "figure", "svg": self._svg(content, place)}, output, cell, resources
            )
        if kind.startswith("image/"):
            check_size(content, kind, place)
            return self._exhibit(
                {"kind": "figure", "svg": wrap_bitmap(kind, content)}, output, cell, resources
            )
        if kind == "text/html":
            check_size(content, kind, place)
            shown = content if self.trusted else clean_html(content)
            if lost := _lost(content, shown):
                issue = Issue(
                    place, "what acts or reaches out in an HTML output is taken out", lost, fix=_ACTS
                )
                resources.setdefault("warnings", []).append(issue)
                if not _HTML_SHOWN.search(shown):
                    return None
            found = {"kind": "html", "text": shown, "only": bool(_BROWSER.search(content))}
            return found | {"plain": output.data.get("text/plain", "")}
        return self._text(content, "text" if kind == "text/plain" else "markdown", cell, resources)

    def _text(self, text: str, kind: str, cell: NotebookNode, resources: dict[str, Any]) -> dict[str, Any]:
        shown = clean_text(text)
        if kind == "markdown":
            check_size(shown, "Markdown", cell.metadata["place"])
            return {"kind": kind, "text": _set_apart(shown, cell, resources)}
        short, left_out = shorten_text(shown)
        if left_out:
            what = f"a text output is too long for a page: about {left_out:,} characters are left out"
            resources.setdefault("warnings", []).append(Issue(cell.metadata["place"], what))
        return {"kind": "text", "text": short}

    def _svg(self, svg: Any, place: str) -> str | None:
        if not svg:
            return None
        text = "".join(svg) if isinstance(svg, list) else str(svg)
        check_size(text, "SVG", place)
        return text if self.trusted else clean_svg(text, place)

    def _exhibit(
        self, payload: dict[str, Any], output: NotebookNode, cell: NotebookNode, resources: dict[str, Any]
    ) -> dict[str, Any]:
        options = cell.metadata.options
        exhibits = resources.setdefault("exhibits", {})
        position = sum("payload" in item for item in cell.metadata["shown"])
        label = str(LABEL.of(options) or "")
        key = label if "-" in label else f"{resources.get('stem', 'cell')}-output-{len(exhibits) + 1}"
        key = f"{key}-{position + 1}" if key in exhibits else key
        payload["alt"] = _alt(FIG_ALT.of(options), output, position)
        payload["place"] = cell.metadata["place"]
        payload["code"] = cell.source
        exhibits[key] = payload
        return {**payload, "payload": key}


def _set_apart(markdown: str, cell: NotebookNode, resources: dict[str, Any]) -> str:
    """``markdown``; when it is long, ``{=portion}`` blocks that name its portions in ``resources["portions"]``."""
    portions = cut_portions(markdown)
    if len(portions) == 1:
        return markdown
    names = [digest(portion.encode()) for portion in portions]
    place = cell.metadata["place"]
    resources.setdefault("portions", {}).update(
        (name, (place, portion)) for name, portion in zip(names, portions, strict=True)
    )
    return "".join(fenced(name, "{=portion}") for name in names)


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


def _check_lists(cell: NotebookNode, resources: dict[str, Any]) -> None:
    """Warns of lists of texts that are longer than what they are for."""
    count = sum(item["kind"] != "text" for item in cell.metadata["shown"])
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
