"""One executed code cell: its listing, its outputs and the exhibits they make, as prose with placeholders."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from nbformat import NotebookNode

from sourcebook.core.options import (
    CAPTION,
    CLASSES,
    CODE_FOLD,
    CODE_SUMMARY,
    COLUMN,
    COLWIDTHS,
    ECHO,
    FILENAME,
    INCLUDE,
    LABEL,
    LISTING_LABEL,
    OUTPUT,
    PANEL,
    PASSED_ON,
    SUBCAPTION,
    Option,
)
from sourcebook.render.export.nodes import Box, Figure, Float, Listing, Output, Prose, Text, quoted
from sourcebook.render.export.placeholders import Placed, mark_output

Options = Mapping[str, Any]
# As SymPy and IPython's Math write one.
_FORMULA = re.compile(r"\s*(?:\$\$([^$]+)\$\$|\$(?:\\displaystyle\b)?([^$]+)\$)\s*")


def write_cell(
    cell: NotebookNode, shown: Sequence[Output], kinds: Sequence[str]
) -> tuple[str, dict[str, Placed]]:
    """Markdown of a code cell whose options are in its metadata, and the outputs that its placeholders name.

    ``shown`` are its outputs, ``kinds`` the label prefixes that number something (fig, tbl …).
    """
    options, place = cell.metadata.options, cell.metadata.place
    placed: dict[str, Placed] = {}
    parts: list[str] = []
    outputs = _list_outputs(cell, shown, kinds)
    # Counted from the end: keys are the same whether or not the code is shown where the cell is embedded.
    for number, output in zip(range(len(outputs), 0, -1), outputs, strict=True):
        key = f"{place}, {number}"
        if isinstance(output, Prose):
            part = output.markdown
        else:
            placed[key] = Placed(place, output)
            part = mark_output(key)
        parts.append(_hide(part, cell, ECHO if isinstance(output, Listing) else OUTPUT))
    return _hide(_grouped("\n\n".join(parts), options), cell, INCLUDE), placed


def _hide(part: str, cell: NotebookNode, option: Option) -> str:
    """A part of the cell, hidden in the formats for which the project's settings say so."""
    forms = cell.metadata.get("hidden", {}).get(option.name)
    hidden = f'::::::::::: {{.content-hidden when-format="{" ".join(forms or ())}"}}'
    return f"\n\n{hidden}\n\n{part}\n\n:::::::::::\n\n" if forms and part.strip() else part


def _list_outputs(cell: NotebookNode, shown: Sequence[Output], kinds: Sequence[str]) -> list[Output]:
    """What stands where the cell stood, from top to bottom."""
    options = cell.metadata.options
    listing: list[Output] = [_listing(cell)] if ECHO.of(options) and cell.source.strip() else []
    label = str(LABEL.of(options) or "")
    kind = label.split("-", 1)[0] if "-" in label else ""
    if kind == "lst" and listing:
        kind = label = ""  # the code is what they name
    elif kind not in kinds:
        kind = next((kind for kind in kinds if kind != "lst" and CAPTION.for_kind(kind).of(options)), "")
        label = "" if kind else label
    if str(LABEL.of(options) or "").startswith("eq-"):
        shown = [_equation(item, str(LABEL.of(options))) for item in shown]
    texts = [item for item in shown if isinstance(item, Text)] if kind and len(shown) > 1 else []
    rest = [item for item in shown if item not in texts]
    if kind and rest:
        return [*listing, *texts, *_label(label, kind, rest, options)]
    return [*listing, *texts, *(_unlabelled(item, options) for item in rest)]


def _equation(item: Output, label: str) -> Output:
    """A formula that a cell gave as a displayed one with the cell's label."""
    found = _FORMULA.fullmatch(item.markdown) if isinstance(item, Prose) else None
    return Prose(f"$$\n{found[1] or found[2]}\n$$ {{#{label}}}") if found else item


def _listing(cell: NotebookNode) -> Listing:
    options = cell.metadata.options
    fold = CODE_FOLD.of(options)
    own = str(LABEL.of(options) or "")
    return Listing(
        cell.source,
        cell.metadata["language"],
        label=str(LISTING_LABEL.of(options) or (own if own.startswith("lst-") else "")),
        caption=str(CAPTION.for_kind("lst").of(options) or ""),
        filename=quoted(FILENAME.of(options)) if FILENAME.of(options) else "",
        fold=("open" if fold == "show" else "closed") if fold in (True, "true", "show") else "",
        summary=quoted(CODE_SUMMARY.of(options) or "Code"),
    )


def _label(label: str, kind: str, items: Sequence[Output], options: Options) -> list[Output]:
    """The outputs of a labelled cell as one exhibit, or as parts of one when there are several with captions."""
    caption = CAPTION.for_kind(kind).of(options) or ""
    if isinstance(caption, list):
        named = [(f"{label}-{n}" if label else "", text) for n, text in enumerate(caption, start=1)]
        pairs = zip(items, [*named, *[("", "")] * len(items)], strict=False)
        return [_float([item], name, text, options) for item, (name, text) in pairs]
    subcaptions = SUBCAPTION.for_kind(kind).of(options)
    if not subcaptions:
        return [_float(items, label, caption, options)]
    texts = subcaptions if isinstance(subcaptions, list) else [""] * len(items)
    parts = [
        _float([item], f"{label}-{n + 1}" if label else "", texts[n] if n < len(texts) else "", {}, "sub")
        for n, item in enumerate(items)
    ]
    return [Float(parts, label, caption, pairs=_pass_on(options))]


def _float(items: Sequence[Output], label: str, caption: str, options: Options, *classes: str) -> Float:
    if len(items) > 1:
        items = [_bare(item, options) for item in items]
    return Float(items, label, str(caption), classes, _pass_on(options))


def _unlabelled(item: Output, options: Options) -> Output:
    if isinstance(item, Figure) or COLWIDTHS.of(options) is None:
        return _bare(item, options)
    return Box(item, {COLWIDTHS.name: quoted(COLWIDTHS.of(options))})


def _bare(item: Output, options: Options) -> Output:
    return Float([item], classes=("bare",), pairs=_pass_on(options)) if isinstance(item, Figure) else item


def _pass_on(options: Options) -> dict[str, str]:
    return {one.name: quoted(one.of(options)) for one in PASSED_ON if one.of(options) is not None}


def _grouped(text: str, options: Options) -> str:
    """The cell in a Div of its ``classes`` and ``column``, if it has any."""
    classes = CLASSES.of(options) or []
    names = classes.split() if isinstance(classes, str) else list(classes)
    names += [f"column-{COLUMN.of(options)}"] if COLUMN.of(options) else []
    names += ["panel-tabset"] if PANEL.of(options) == "tabset" else []
    if not (names and text.strip()):
        return text
    attributes = " ".join("." + str(name).lstrip(".") for name in names)
    return f"\n\n::::::::: {{{attributes}}}\n\n{text}\n\n:::::::::\n\n"
