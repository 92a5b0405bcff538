"""What is shown of outputs: the preprocessor of nbconvert's that chooses and cleans them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Bool, List

from sourcebook.core.limits import TABLE_CELLS
from sourcebook.core.options import LABEL, OUTPUT, WARNING, WHEN_FORMAT
from sourcebook.core.streams import settle_streams
from sourcebook.errors import Issue, RenderError
from sourcebook.render.export.bitmaps import wrap_bitmap
from sourcebook.render.export.cell_options import check_lists, read_alt
from sourcebook.render.export.code_cells import write_cell
from sourcebook.render.export.commonmark import mark_prose
from sourcebook.render.export.exhibit_json import check_exhibit, describe_exhibit
from sourcebook.render.export.html_outputs import simplify_html
from sourcebook.render.export.left_out import (
    NEEDS_BROWSER,
    STATES,
    WIDGET,
    describe_widget,
    draw_vega,
    is_echo,
    is_object,
    is_silent,
    list_lost,
    name_program,
    say_missing,
    says_in_words,
)
from sourcebook.render.export.live_charts import asks_network, write_live
from sourcebook.render.export.nodes import (
    Box,
    Figure,
    Float,
    Html,
    Latex,
    Live,
    Missing,
    Output,
    Prose,
    Table,
    Text,
    Twofold,
)
from sourcebook.render.export.terminal import read_colours, read_printed
from sourcebook.render.safety import (
    check_size,
    clean_html,
    clean_text,
    list_refused_styles,
    shorten_text,
    warn_refused,
)
from sourcebook.render.svg_safety import clean_svg, list_refused_parts

EXHIBIT = "application/vnd.sourcebook.exhibit+json"
# Richest first; an output offers several of these and one is shown.
_SHOWN = (
    EXHIBIT, "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp", "text/html",
    "text/latex", "text/plain",
)  # fmt: skip
# What is more than text, tables and pictures, so that no other format can show it.
_HTML_SHOWN = re.compile(r">\s*[^<\s]|^\s*[^<\s]|<(?:img|audio|video|source)\b[^>]*\bsrc=")
_ACTS = "show a picture that lies in the notebook; or mark the project as trusted (sourcebook: trusted: true)"
_PLAYER = re.compile(r"<(audio|video)\b.*?(?:</\1>|$)", re.DOTALL | re.IGNORECASE)
_SOURCE = re.compile(r"\bsrc=")
_UNKNOWN = ("An output that acts", "show a picture of it")
_FORMULA = re.compile(r"\s*(?:\$|\\\[|\\\(|\\begin\{(?!tabular|table))")
_FRAME = re.compile(r"<iframe\b[^>]*\bsrc=[\"'](https?://[^\"']+)", re.IGNORECASE)
# Atomic: each ends where it first can, and what stands between two is shown.
_SCRIPTS = re.compile(
    r"(?>(?:<(script|style)\b.*?</\1>|<link\b[^>]*>|<!--.*?-->|\s+)+)", re.DOTALL | re.IGNORECASE
)
_TABLE_CELL = re.compile(r"<t[dh]\b", re.IGNORECASE)


class ShownOutputs(Preprocessor):
    """Turns each code cell into Markdown, ``cell.metadata.prose``, with placeholders for its outputs.

    The outputs go to ``resources["outputs"]`` by the names that placeholders have; pictures, data and code to
    ``resources["exhibits"]`` under a key: the cell's label, or chapter and position for unlabelled ones.
    """

    trusted = Bool(False, help="whether HTML and SVG pass as they are").tag(config=True)
    acting = Bool(False, help="whether programs of trusted outputs run in the page").tag(config=True)
    kinds = List(["fig", "tbl", "lst"], help="label prefixes that number something").tag(config=True)

    _models: Mapping[str, Any] = MappingProxyType({})

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """All cells; what widgets showed stands in the notebook's metadata."""
        states = nb.metadata.get("widgets", {}).get(STATES, {})
        self._models = states.get("state", {}) if isinstance(states, dict) else {}
        done: tuple[NotebookNode, dict[str, Any]] = super().preprocess(nb, resources)
        return done

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """One cell with its outputs sorted into kinds."""
        if cell.cell_type != "code":
            return cell, resources
        shown: list[Output] = []
        texts: list[Output] = []
        for output in settle_streams(cell.outputs) if OUTPUT.of(cell.metadata.options) is not False else []:
            items = self._show(
                output, cell, resources, sum(isinstance(one, Figure | Twofold) for one in shown)
            )
            shown += items
            if output.output_type == "execute_result" and is_echo(output.data.get("text/plain", "")):
                texts += [item for item in items if isinstance(item, Text)]
        if any(isinstance(item, Figure) for item in shown):  # they name what is drawn, and its address
            shown = [item for item in shown if not any(item is text for text in texts)]
        count = sum(not isinstance(item, Text) for item in shown)
        resources.setdefault("warnings", []).extend(check_lists(cell, count))
        cell.metadata["prose"], placed = write_cell(cell, shown, self.kinds)
        resources.setdefault("outputs", {}).update(placed)
        return cell, resources

    def _show(
        self, output: NotebookNode, cell: NotebookNode, resources: dict[str, Any], position: int
    ) -> list[Output]:
        """What is shown of an output; ``position`` is the number of figures and tables before it in its cell."""
        if output.output_type == "stream":
            return self._show_stream(output, cell, resources)
        if output.output_type == "error":
            said = "\n".join(output.traceback) or f"{output.ename}: {output.evalue}"
            return [self._text(said, cell, resources, kind="error")]
        name = f"chart-{resources.get('stem', 'cell')}-{len(resources.setdefault('charts', []))}"
        live = write_live(output.data, name) if self.acting else ""
        drawn = any(form.startswith("image/") for form in output.data)
        if not drawn and (svg := draw_vega(output.data)):
            output.data, drawn = {"image/svg+xml": svg}, True
        if live:
            resources["charts"].append(name)
            program = name_program(output.data, "".join(output.data.get("text/html", "")))
            missing = [Missing(say_missing(*program))] if program else []
            still = self._show_still(output, cell, resources, position) if drawn else missing
            bare = [Float([one], classes=("bare",)) if isinstance(one, Figure) else one for one in still]
            return [Live(live, bare)]
        still = self._show_still(output, cell, resources, position)
        told = EXHIBIT not in output.data and says_in_words(output.data)
        if told and len(still) == 1 and isinstance(still[0], Figure):
            words = self._html("".join(output.data["text/html"]), output, cell, resources)
            return [Twofold(words, [Float(still, classes=("bare",))])] if words else still
        return still

    def _show_still(
        self, output: NotebookNode, cell: NotebookNode, resources: dict[str, Any], position: int
    ) -> list[Output]:
        """What is shown of an output without its program."""
        drawn = any(form.startswith("image/") for form in output.data)
        view = output.data.get(WIDGET)
        if (
            not drawn
            and isinstance(view, dict)
            and (words := describe_widget(self._models, view.get("model_id")))
        ):
            return [self._text(words, cell, resources)]
        faults = resources.setdefault("faults", [])
        if EXHIBIT in output.data and (wrong := check_exhibit(output.data[EXHIBIT], cell.metadata["place"])):
            faults += wrong
            del output.data[EXHIBIT]
        for form in (form for form in _SHOWN if form in output.data):
            try:
                made = self._rich(form, output, cell, resources, position)
            except ValueError as error:  # another form may be whole
                what = f"an output in the form {form} cannot be read"
                faults.append(Issue(cell.metadata["place"], what, str(error)[:120]))
                continue
            if made is not None:
                return made
        return self._rest(output, cell, resources)

    def _show_stream(
        self, output: NotebookNode, cell: NotebookNode, resources: dict[str, Any]
    ) -> list[Output]:
        """What was printed; what went to standard error only where warnings are shown."""
        if output.name == "stderr" and not WARNING.of(cell.metadata.options):
            return []
        asis = OUTPUT.of(cell.metadata.options) == "asis"
        said = self._text(output.text, cell, resources, asis=asis, kind=output.name)
        forms = cell.metadata.get("hidden", {}).get(WARNING.name)
        if output.name == "stderr" and forms:
            return [Box(said, {WHEN_FORMAT.name: " ".join(forms)}, ("content-hidden",))]
        return [said]

    def _rest(self, output: NotebookNode, cell: NotebookNode, resources: dict[str, Any]) -> list[Output]:
        """What stands for an output that is in no form of ours: a text as it is, or what is missing."""
        place, found = cell.metadata["place"], ", ".join(output.data)
        program = name_program(output.data)
        if not output.data or (is_silent(output.data) and not program):
            return []
        other = next((mime for mime in output.data if mime.startswith("text/") and mime not in _SHOWN), None)
        if other:
            issue = Issue(place, "an output is shown as written: its form is unknown here", other)
            resources.setdefault("faults", []).append(issue)
            return [self._text("".join(output.data[other]), cell, resources)]
        if all(mime.startswith("image/") for mime in output.data):  # it was told why
            return [Missing("A picture stood here that cannot be read.")]
        what, fix = program or (f"An output ({found})", "show a picture of it")
        return [self._missing(what, fix, found, cell, resources)]

    def _missing(
        self, what: str, fix: str, found: str, cell: NotebookNode, resources: dict[str, Any]
    ) -> Output:
        """A box in the place of what only a program in the page could show."""
        issue = Issue(
            cell.metadata["place"],
            "an output is left out: only a program in the page could show it",
            found,
            fix=fix,
        )
        resources.setdefault("warnings", []).append(issue)
        return Missing(say_missing(what, fix))

    def _rich(
        self, form: str, output: NotebookNode, cell: NotebookNode, resources: dict[str, Any], position: int
    ) -> list[Output] | None:
        """What is shown of an output in one of its forms; None when that says nothing.

        Raises ``ValueError`` when it cannot be read.
        """
        content, place = output.data[form], cell.metadata["place"]
        if form == EXHIBIT:
            svg = self._svg(output.data.get("image/svg+xml"), place)
            return [self._exhibit(content, svg, output, cell, resources, position)]
        content = "".join(content) if isinstance(content, list) else content
        if form.startswith("image/"):
            check_size(content, form, place)
            asked = output.metadata.get(form)
            asked = asked if isinstance(asked, dict) else output.metadata
            drawn = form == "image/svg+xml"
            svg = self._svg(content, place) if drawn else wrap_bitmap(form, content, asked)
            if drawn and not self.trusted:
                refused = list_refused_parts(content, place)
                resources.setdefault("warnings", []).extend(warn_refused(refused, place))
            figure = self._exhibit({}, svg, output, cell, resources, position)
            framed = _FRAME.search("".join(output.data.get("text/html", "")))
            return [figure, *([Prose(f"<{framed[1]}>")] if framed else [])]
        if form == "text/html":
            return self._html(content, output, cell, resources)
        if form == "text/latex" and not _FORMULA.match(content):
            if "\\begin{tabular" in content:
                return [Latex(content)]
            if not is_object("".join(output.data.get("text/plain", ""))):
                return None
        if form == "text/plain" and (program := name_program(output.data)):
            return [self._missing(*program, ", ".join(output.data), cell, resources)]
        if form == "text/plain" and is_silent(output.data) and is_object(content):
            return []
        return [self._text(content, cell, resources, asis=form != "text/plain")]

    def _html(
        self, content: str, output: NotebookNode, cell: NotebookNode, resources: dict[str, Any]
    ) -> list[Output] | None:
        place = cell.metadata["place"]
        check_size(content, "text/html", place)
        runs = self.acting or "<script" not in content.lower()
        acts = self.trusted and runs and NEEDS_BROWSER.search(content) and not asks_network(content)
        if "<" in content and _SCRIPTS.fullmatch(content) and not name_program(output.data, content):
            if acts:
                return [Live(content, [])]
            what = "a script in an HTML output, which shows nothing itself, is taken out"
            issue = Issue(place, what, fix=_ACTS)
            resources.setdefault("warnings", []).append(issue)
            return []
        simple, controls, refused = (content, False, set()) if acts else simplify_html(content, place)
        plain = "".join(output.data.get("text/plain", ""))
        if controls and plain and not is_object(plain) and not _TABLE_CELL.search(simple):
            return None  # what is to be clicked says less without a program
        kept = self.trusted and not NEEDS_BROWSER.search(simple)
        shown = content if acts else simple if kept else clean_html(simple, pictures=True)
        shown = _PLAYER.sub(lambda match: match[0] if _SOURCE.search(match[0]) else "", shown)
        lost, only = list_lost(simple, shown), bool(NEEDS_BROWSER.search(shown))
        if lost and _HTML_SHOWN.search(shown):
            issue = Issue(place, "what acts or reaches out in an HTML output is taken out", lost, fix=_ACTS)
            resources.setdefault("warnings", []).append(issue)
        if not acts and not kept:
            refused |= set(list_refused_styles(simple))
        if _HTML_SHOWN.search(shown):
            resources.setdefault("warnings", []).extend(warn_refused(refused, place))
            cells = len(_TABLE_CELL.findall(shown))
            if cells > TABLE_CELLS:
                what = "a table is shown as it is in HTML, and in no other format: it is too large to be set"
                found, most = f"{cells:,} cells", f"at most {TABLE_CELLS:,}"
                resources.setdefault("warnings", []).append(Issue(place, what, found, most))
            code = clean_html(simple) if only and not self.trusted else shown
            return [read_printed(shown) or Html(code, only=only or cells > TABLE_CELLS)]
        if not lost:
            return [] if not plain or is_object(plain) else None
        return [
            self._missing(*(name_program(output.data, content + plain) or _UNKNOWN), lost, cell, resources)
        ]

    def _text(
        self, text: str, cell: NotebookNode, resources: dict[str, Any], *, asis: bool = False, kind: str = ""
    ) -> Prose | Text:
        shown = clean_text(text)
        if asis:
            check_size(shown, "Markdown", cell.metadata["place"])
            jupyter = cell.metadata["place"].partition(", cell")[0].endswith(".ipynb")
            return Prose(mark_prose(shown, jupyter=jupyter))
        short, left_out = shorten_text(shown)
        if left_out:
            what = f"a text output is too long for a page: about {left_out:,} characters are left out"
            resources.setdefault("warnings", []).append(Issue(cell.metadata["place"], what))
        return Text(short, kind, "" if left_out else read_colours(text))

    def _svg(self, svg: Any, place: str) -> str:
        if not svg:
            return ""
        text = "".join(svg) if isinstance(svg, list) else str(svg)
        check_size(text, "SVG", place)
        try:
            return text if self.trusted else clean_svg(text, place)
        except RenderError as error:  # as any other form that cannot be read: the document goes on
            raise ValueError(error.issues[0].found) from error

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
        narrow = self._svg(content.get("narrow"), cell.metadata["place"])
        exhibits[key] = describe_exhibit(content, cell, svg, narrow, read_alt(options, output, position))
        notes = content.get("notes") or ([content["note"]] if content.get("note") else [])
        small = (key, tuple(notes), tuple(content.get("sources") or ()))
        if content.get("kind") != "table":
            return Figure(*small)
        return Table(*small, tuple(content["columns"]), tuple(map(tuple, content.get("rows") or ())))
