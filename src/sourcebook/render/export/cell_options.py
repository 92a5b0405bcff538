"""Cells made ready for export: an nbconvert preprocessor that applies cell options, inline results and shortcodes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Dict, Instance, List, Unicode

from sourcebook.core.notebook import (
    find_directives,
    find_expressions,
    read_language,
    read_options,
    read_results,
    split_options,
    substitute_expressions,
)
from sourcebook.core.options import (
    CAPTION,
    ECHO,
    FIG_ALT,
    FIG_HEIGHT,
    FIG_WIDTH,
    INCLUDE,
    OUTPUT,
    SUBCAPTION,
    WARNING,
    Option,
    Where,
    is_prose,
    list_defaults,
    list_inherited,
    list_names,
    list_options,
)
from sourcebook.core.text_chapter import show_cells
from sourcebook.errors import Issue
from sourcebook.render.export.commonmark import as_pandoc_reads, number_labels
from sourcebook.render.export.html_blocks import mark_drawings, mark_html, mark_tables
from sourcebook.render.formats import list_formats
from sourcebook.render.safety import clean_text
from sourcebook.render.source.places import key_of
from sourcebook.render.source.shortcodes import Shortcodes

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
    by_format = Dict(help="what formats say of cells otherwise, by name").tag(config=True)
    shortcodes = Instance(Shortcodes, args=()).tag(config=True)
    kinds: List[str] = List(help="label prefixes that number something").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """The notebook with options applied; ``resources["warnings"]`` gains unknown options."""
        kept = []
        language = read_language(nb.metadata)
        for number, cell in enumerate(nb.cells, start=1):
            cell.metadata["place"] = cell.metadata.get("place") or key_of(self.name, number)
            if cell.cell_type == "code":
                cell.metadata["options"] = self._options(cell, resources)
                cell.metadata["language"] = language
                head, code = split_options(cell.source)
                written = ECHO.of(cell.metadata.options) == "fenced"
                cell.source = clean_text(_fence(cell.source, language) if written and head else code)
                if not INCLUDE.of(cell.metadata.options):
                    continue
            else:
                cell.source = self._text(cell, resources)
            kept.append(cell)
        nb.cells = kept
        return nb, resources

    def _text(self, cell: NotebookNode, resources: dict[str, Any]) -> str:
        text = clean_text(cell.source)
        jupyter = self.name.endswith(".ipynb")
        if cell.cell_type == "markdown" and jupyter:
            text = as_pandoc_reads(mark_html(show_cells(text)))
        elif cell.cell_type == "markdown":
            text = number_labels(text)
        results = read_results(cell)
        for lacking in [one for one in find_expressions(cell) if one not in results]:
            issue = Issue(
                cell.metadata.place, "an inline expression has no result; it stands as written", lacking
            )
            resources.setdefault("faults", []).append(issue)
        text = substitute_expressions(text, results)
        if cell.cell_type == "markdown":
            # What an author marks as HTML is meant for readers of HTML; tags in running text are not, and are warned of.
            text = mark_tables(_attachments(cell, text), jupyter=jupyter).replace("{=html}", "{=html5}")
            text = mark_drawings(text)
            return self.shortcodes.expand(
                text, cell.metadata.place, _warnings(resources), resources.setdefault("faults", [])
            )
        mime = cell.metadata.get("raw_mimetype") or cell.metadata.get("format") or "text/markdown"
        form = _RAW_FORMS.get(mime, mime.removeprefix("text/"))
        return text if form == "markdown" else f"````{{={form}}}\n{text}\n````"

    def _options(self, cell: NotebookNode, resources: dict[str, Any]) -> dict[str, Any]:
        place = cell.metadata["place"]
        own = read_options(cell, place)
        what = "a line that begins with #| is no option, and stays a comment"
        resources.setdefault("faults", []).extend(
            Issue(place, what, line.removeprefix("#|").strip(), "#| name: value")
            for line in find_directives(cell.source)
        )
        known = list_names(Where.CELL) | {name for kind in self.kinds for name in _name_captions(kind)}
        for key in sorted(own.keys() - known):
            issue = Issue(
                place, f"the option '{key}' is not supported", fix="it has no effect; see sourcebook options"
            )
            _warnings(resources).append(issue)
        for option in list_options(Where.CELL):  # what is passed on is checked where it is read
            if option.is_in(own) and not option.passed_on and not option.accepts(option.of(own)):
                found = str(option.of(own))
                issue = Issue(place, f"the value of '{option.name}' cannot be read", found, option.expected)
                _warnings(resources).append(issue)
        for tag in sorted(_OTHERS.intersection(cell.metadata.get("tags", []))):
            issue = Issue(place, f"the tag '{tag}' has no effect here", fix="use hide-input or a remove- tag")
            _warnings(resources).append(issue)
        results = read_results(cell)
        texts = {key: self._fill(value, results, place, resources) for key, value in own.items()}
        # A size for all figures is matplotlib's affair; what is shown is as large as it was drawn.
        inherited = [option for option in list_inherited() if option not in (FIG_WIDTH, FIG_HEIGHT)]
        given = {option.name: option.of(self.defaults) for option in inherited if option.is_in(self.defaults)}
        whole = list_defaults() | given | texts
        cell.metadata["hidden"] = {}
        for option in (ECHO, OUTPUT, INCLUDE, WARNING):
            if not option.is_in(own):
                self._part(option, whole, cell.metadata["hidden"])
        return whole

    def _part(self, option: Option, whole: dict[str, Any], hidden: dict[str, list[str]]) -> None:
        """What some formats hide is shown, in place, and ``hidden`` in these."""
        values = {
            form: option.of(own if option.is_in(own := self.by_format.get(form, {})) else whole)
            for form in list_formats()
        }
        forms = [form for form, value in values.items() if value is False and form != "typst"]
        shown = [value for form, value in values.items() if form not in forms and form != "typst"]
        if forms and shown:
            hidden[option.name] = forms
        whole[option.name] = shown[0] if forms and shown else values["html"]

    def _fill(self, value: Any, results: dict[str, str], place: str, resources: dict[str, Any]) -> Any:
        if isinstance(value, list):
            return [self._fill(item, results, place, resources) for item in value]
        if not isinstance(value, str):
            return value
        text, faults = substitute_expressions(value, results), resources.setdefault("faults", [])
        return self.shortcodes.expand(text, place, _warnings(resources), faults)


def _fence(source: str, language: str) -> str:
    """A cell as it stands in a ``.qmd``, for readers who are to see how; that they see it goes without saying."""
    lines = [line for line in source.split("\n") if not re.match(r"# ?\|\s*echo:", line)]
    return "\n".join([f"```{{{language}}}", *lines, "```"])


def _name_captions(kind: str) -> list[str]:
    return [option.for_kind(kind).name for option in (CAPTION, SUBCAPTION)]


def _attachments(cell: NotebookNode, text: str) -> str:
    """Pictures pasted into a cell, as data addresses."""
    given = {name: next(iter(forms.items())) for name, forms in cell.get("attachments", {}).items() if forms}
    for name, (mime, data) in given.items():
        address = f"data:{mime};base64,{''.join(''.join(data).split())}"
        for written in {name, quote(name)}:
            place = rf"(?<=[(\"'])attachment:{re.escape(written)}(?=[)\"' ])"
            text = address.join(re.split(place, text))
    return text


def _warnings(resources: dict[str, Any]) -> list[Issue]:
    found: list[Issue] = resources.setdefault("warnings", [])
    return found


def plain_option(markdown: str) -> str:
    """Option text as plain characters: alt text has no markup, so the escapes of inline results go."""
    return re.sub(r"\\([\\`*_{}\[\]<>()#+!|$@~^\"'])", r"\1", markdown).strip()


def read_alt(options: Mapping[str, Any], output: NotebookNode, position: int) -> str:
    """The alternative text of the cell's exhibit at ``position``: the option's (one for each when it is a list), else the
    output's own.
    """
    option = FIG_ALT.of(options)
    if isinstance(option, list):
        return plain_option(str(option[position])) if position < len(option) else ""
    if option:
        return plain_option(str(option))
    metadata = output.get("metadata", {})
    own = [metadata.get("alt"), *(part.get("alt") for part in metadata.values() if isinstance(part, dict))]
    return next((str(text) for text in own if text), "")


def check_lists(cell: NotebookNode, count: int) -> list[Issue]:
    """Warnings of lists of texts that are longer than the ``count`` outputs that they are for."""
    return [
        Issue(cell.metadata["place"], f"the option '{key}' has {len(value)} texts for {count} outputs")
        for key, value in cell.metadata.options.items()
        if count and isinstance(value, list) and is_prose(key) and len(value) > count
    ]
