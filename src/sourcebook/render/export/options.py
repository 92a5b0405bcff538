"""Cells made ready for export: an nbconvert preprocessor that applies cell options, inline results and shortcodes."""

from __future__ import annotations

import re
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Dict, Instance, Unicode

from sourcebook.core.notebook import read_options, read_results, split_options, substitute_expressions
from sourcebook.errors import Issue
from sourcebook.render.safety import clean_text
from sourcebook.render.source.places import key_of
from sourcebook.render.source.shortcodes import Shortcodes

_DEFAULTS: dict[str, Any] = {"echo": True, "output": True, "include": True, "warning": True, "error": False}
_KNOWN = {
    *_DEFAULTS, "eval", "label", "fig-cap", "fig-alt", "fig-subcap", "tbl-cap", "tbl-subcap", "lst-label", "lst-cap", "layout",
    "layout-ncol", "layout-nrow", "fig-width", "fig-height", "fig-align", "out-width", "column", "classes", "tags", "code-fold",
    "code-summary", "id", "tbl-colwidths", "filename",
}  # fmt: skip
_EITHER = (True, False)
_CHOICES: dict[str, tuple[Any, ...]] = {
    "eval": _EITHER, "include": _EITHER, "warning": _EITHER, "error": _EITHER,
    "echo": (*_EITHER, "fenced"), "output": (*_EITHER, "asis"), "code-fold": (*_EITHER, "show"),
}  # fmt: skip
# Tags that Jupyter Book obeys.
_OTHERS = {
    "hide-output", "hide-cell", "remove-stdout", "remove-stderr", "full-width", "margin", "popout", "scroll-output",
}  # fmt: skip
_RAW_FORMS = {
    "text/html": "html5",
    "text/x-typst": "typst",
    "text/latex": "latex",
    "text/restructuredtext": "rst",
}


class CellOptions(Preprocessor):
    """Reads each code cell's options into ``cell.metadata.options`` and takes the lines out of its source.

    Inline results and shortcodes are put in place in Markdown cells and in option texts. Cells with
    ``include: false`` go.
    """

    name = Unicode("notebook", help="how messages call the notebook").tag(config=True)
    defaults = Dict(help="the project's `execute:` settings").tag(config=True)
    shortcodes = Instance(Shortcodes, args=()).tag(config=True)
    extra = Dict(help="options of custom cross references: prefix-cap").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """The notebook with options applied; ``resources["warnings"]`` gains unknown options."""
        kept = []
        for number, cell in enumerate(nb.cells, start=1):
            cell.metadata["place"] = cell.metadata.get("place") or key_of(self.name, number)
            if cell.cell_type == "code":
                cell.metadata["options"] = self._options(cell, resources)
                head, code = split_options(cell.source)
                cell.source = clean_text(
                    cell.source if cell.metadata.options["echo"] == "fenced" and head else code
                )
                if not cell.metadata.options["include"]:
                    continue
            else:
                cell.source = self._text(cell, resources)
            kept.append(cell)
        nb.cells = kept
        return nb, resources

    def _text(self, cell: NotebookNode, resources: dict[str, Any]) -> str:
        text = substitute_expressions(clean_text(cell.source), read_results(cell))
        if cell.cell_type == "markdown":
            # What an author marks as HTML is meant for HTML alone; tags in running text are not, and are warned of.
            text = _attachments(cell, text).replace("{=html}", "{=html5}")
            return self.shortcodes.expand(text, cell.metadata.place, _warnings(resources))
        mime = cell.metadata.get("raw_mimetype") or cell.metadata.get("format") or "text/markdown"
        form = _RAW_FORMS.get(mime, mime.removeprefix("text/"))
        return text if form == "markdown" else f"````{{={form}}}\n{text}\n````"

    def _options(self, cell: NotebookNode, resources: dict[str, Any]) -> dict[str, Any]:
        place = cell.metadata["place"]
        own = read_options(cell, place)
        for key in sorted(own.keys() - _KNOWN - set(self.extra)):
            issue = Issue(
                place, f"the option '{key}' is not supported", fix="it has no effect; see the list of options"
            )
            _warnings(resources).append(issue)
        for key in sorted(own.keys() & _CHOICES.keys()):
            if own[key] not in _CHOICES[key]:
                choices = ", ".join(str(choice).lower() for choice in _CHOICES[key])
                issue = Issue(place, f"the value of '{key}' cannot be read", str(own[key]), choices)
                _warnings(resources).append(issue)
        for tag in sorted(_OTHERS.intersection(cell.metadata.get("tags", []))):
            issue = Issue(place, f"the tag '{tag}' has no effect here", fix="use hide-input or a remove- tag")
            _warnings(resources).append(issue)
        results = read_results(cell)
        texts = {key: self._fill(value, results, place, resources) for key, value in own.items()}
        # A size for all figures is matplotlib's affair; what is shown is as large as it was drawn.
        given = {
            key: self.defaults[key] for key in self.defaults if key in _KNOWN - {"fig-width", "fig-height"}
        }
        return _DEFAULTS | given | texts

    def _fill(self, value: Any, results: dict[str, str], place: str, resources: dict[str, Any]) -> Any:
        if isinstance(value, list):
            return [self._fill(item, results, place, resources) for item in value]
        if not isinstance(value, str):
            return value
        return self.shortcodes.expand(substitute_expressions(value, results), place, _warnings(resources))


def _attachments(cell: NotebookNode, text: str) -> str:
    """Pictures pasted into a cell, as data addresses."""
    for name, forms in cell.get("attachments", {}).items():
        mime, data = next(iter(forms.items()))
        text = text.replace(f"(attachment:{name})", f"(data:{mime};base64,{data.strip()})")
    return text


def _warnings(resources: dict[str, Any]) -> list[Issue]:
    found: list[Issue] = resources.setdefault("warnings", [])
    return found


def plain_option(markdown: str) -> str:
    """Option text as plain characters: alt text has no markup, so the escapes of inline results go."""
    return re.sub(r"\\([\\`*_{}\[\]<>()#+!|$@~^\"'])", r"\1", markdown).strip()
