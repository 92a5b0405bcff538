"""One executed code cell as Markdown in Quarto's dialect: its listing, its outputs, and the exhibit they make."""

from __future__ import annotations

import json
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
    LABEL,
    LISTING_LABEL,
    PASSED_ON,
    SUBCAPTION,
)

Item = Mapping[str, Any]


def write_cell(cell: NotebookNode, kinds: Sequence[str]) -> str:
    """Markdown of a code cell whose options and shown outputs are in its metadata; ``kinds`` are the label prefixes
    that number something (fig, tbl …).
    """
    options, shown = cell.metadata.options, cell.metadata.shown
    parts = [_listing(cell)] if ECHO.of(options) and cell.source.strip() else []
    label = str(LABEL.of(options) or "")
    kind = label.split("-", 1)[0] if "-" in label else ""
    if kind not in kinds:
        kind = next((kind for kind in kinds if kind != "lst" and CAPTION.for_kind(kind).of(options)), "")
        label = "" if kind else label
    texts = [item for item in shown if item["kind"] == "text"] if kind and len(shown) > 1 else []
    rest = [item for item in shown if item not in texts]
    parts += [write_item(item) for item in texts]
    if kind and rest:
        parts.append(_exhibit(label, kind, rest, options))
    else:
        parts += [_unlabelled(item, options) for item in rest]
    return _grouped("\n\n".join(parts), options)


def write_item(item: Item) -> str:
    """One output as Markdown; pictures and table models become ``.exhibit`` Divs that name their payload."""
    kind, text = item["kind"], item.get("text", "")
    if kind == "markdown":
        return str(text)
    if kind == "html":
        attributes = f".html-output{' .only-html' if item['only'] else ''}"
        return div(attributes, fenced(text, "{=html5}" if item["only"] else "{=html}"))
    if kind == "text":
        return fenced(text.rstrip("\n"), "{.cell-output}")
    return _model(item)


def div(attributes: str, content: str) -> str:
    """A fenced Div."""
    return f"\n\n::::::::: {{{attributes}}}\n\n{content}\n\n:::::::::\n\n"


def fenced(text: str, info: str) -> str:
    """Verbatim text behind a fence longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"\n\n{fence} {info}\n{text}\n{fence}\n\n"


def quoted(value: Any) -> str:
    """An attribute's value in quotes that pandoc reads back as it was."""
    text = value if isinstance(value, str) else json.dumps(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def _listing(cell: NotebookNode) -> str:
    options = cell.metadata.options
    label = str(LISTING_LABEL.of(options) or "")
    file = f" {FILENAME.name}={quoted(FILENAME.of(options))}" if FILENAME.of(options) else ""
    attributes = "".join([f"#{label} " if label else "", ".python .cell-code", file])
    code = fenced(cell.source, f"{{{attributes}}}")
    if caption := CAPTION.for_kind("lst").of(options):
        code = div(
            f"{f'#{label} ' if label else ''}.exhibit .listing",
            _caption(caption) + fenced(cell.source, f"{{.python .cell-code{file}}}"),
        )
    fold = CODE_FOLD.of(options)
    if fold in (True, "true", "show"):
        state = "open" if fold == "show" else "closed"
        return div(f".code-fold state={state} summary={quoted(CODE_SUMMARY.of(options) or 'Code')}", code)
    return code


def _exhibit(label: str, kind: str, items: Sequence[Item], options: Mapping[str, Any]) -> str:
    """The outputs of a labelled cell as one exhibit, or as parts of one when there are several with captions."""
    caption = CAPTION.for_kind(kind).of(options) or ""
    if isinstance(caption, list):
        named = [(f"{label}-{n}" if label else "", text) for n, text in enumerate(caption, start=1)]
        pairs = zip(items, [*named, *[("", "")] * len(items)], strict=False)
        return "\n\n".join(_one(name, [item], text, options) for item, (name, text) in pairs)
    subcaptions = SUBCAPTION.for_kind(kind).of(options)
    if not subcaptions:
        return _one(label, items, caption, options)
    texts = subcaptions if isinstance(subcaptions, list) else [""] * len(items)
    parts = [
        _one(f"{label}-{n + 1}" if label else "", [item], texts[n] if n < len(texts) else "", {}, sub=True)
        for n, item in enumerate(items)
    ]
    return div(_attributes(label, "", options), _caption(caption) + "".join(parts))


def _one(
    label: str, items: Sequence[Item], caption: str, options: Mapping[str, Any], sub: bool = False
) -> str:
    if len(items) == 1 and "payload" in items[0]:
        body, payload = _parts(items[0]), items[0]["payload"]
    else:
        body, payload = "\n\n".join(_shown(item, options) for item in items), ""
    return div(_attributes(label, payload, options, sub), _caption(caption) + body)


def _unlabelled(item: Item, options: Mapping[str, Any]) -> str:
    text = _shown(item, options)
    if "payload" in item or COLWIDTHS.of(options) is None:
        return text
    return div(f"{COLWIDTHS.name}={quoted(COLWIDTHS.of(options))}", text)


def _shown(item: Item, options: Mapping[str, Any]) -> str:
    if "payload" not in item:
        return write_item(item)
    return div(_attributes("", item["payload"], options, bare=True), _parts(item))


def _model(item: Item) -> str:
    return div(_attributes("", item["payload"], {}, bare=True), _parts(item))


def _attributes(
    label: str, payload: str, options: Mapping[str, Any], sub: bool = False, bare: bool = False
) -> str:
    words = [f"#{label}" if label else "", ".exhibit", ".sub" if sub else "", ".bare" if bare else ""]
    words += [f"payload={quoted(payload)}" if payload else ""]
    words += [f"{one.name}={quoted(one.of(options))}" for one in PASSED_ON if one.of(options) is not None]
    return " ".join(word for word in words if word)


def _caption(text: str) -> str:
    return div(".caption", text) if text else ""


def _parts(item: Item) -> str:
    """Cells, notes and source line of an exhibit; what cannot be Markdown stays in its payload."""
    parts = [div(".td", cell) for row in item.get("rows") or [] for cell in row]
    parts += [
        div(".note", note) for note in item.get("notes") or ([item["note"]] if item.get("note") else [])
    ]
    if item.get("sources"):
        parts.append(div(".source", "[" + "; ".join(f"@{key}" for key in item["sources"]) + "]"))
    return "".join(parts)


def _grouped(text: str, options: Mapping[str, Any]) -> str:
    """The cell in a Div of its ``classes`` and ``column``, if it has any."""
    classes = CLASSES.of(options) or []
    names = classes.split() if isinstance(classes, str) else list(classes)
    names += [f"column-{COLUMN.of(options)}"] if COLUMN.of(options) else []
    return (
        div(" ".join("." + str(name).lstrip(".") for name in names), text) if names and text.strip() else text
    )
