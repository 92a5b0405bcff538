"""Outputs of cells as what they are, and as nodes of pandoc's tree: they are no Markdown on their way.

Texts that authors write in Markdown (captions, notes, cells of tables) are read with the chapter's prose, and looked up
here when the nodes are made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sourcebook.render.document import Node, citation, div, para, raw, text
from sourcebook.render.table_nodes import build_table
from sourcebook.render.tools import COLOURS

Read = Callable[[str], list[Node]]
"""The blocks of a Markdown text."""


@dataclass(frozen=True)
class Prose:
    """An output that is Markdown."""

    markdown: str

    def texts(self) -> Iterator[str]:
        """The Markdown, where it does not stand in the chapter itself."""
        yield self.markdown

    def build(self, read: Read) -> list[Node]:
        """Its blocks."""
        return read(self.markdown)


class _Literal:
    """An output that holds no Markdown."""

    def texts(self) -> Iterator[str]:
        """None."""
        return iter(())


@dataclass(frozen=True)
class Text(_Literal):
    """What a cell printed: ``kind`` is stdout, stderr, error or empty; ``colours`` the same as HTML, if it has any."""

    text: str
    kind: str = ""
    colours: str = ""

    def build(self, read: Read) -> list[Node]:
        """A code block."""
        classes = ["cell-output", *([self.kind] if self.kind in ("stderr", "error") else [])]
        colours = {COLOURS: self.colours} if self.colours else {}
        return [_code_block(self.text.rstrip("\n"), *classes, **colours)]


@dataclass(frozen=True)
class Latex(_Literal):
    """LaTeX that is no formula: a table, as other programs write it."""

    code: str

    def build(self, read: Read) -> list[Node]:
        """A raw block that a later pass (``frames``) reads."""
        return [raw("latex-output", self.code)]


@dataclass(frozen=True)
class Missing(_Literal):
    """What stands in the place of an output that cannot be shown."""

    words: str

    def build(self, read: Read) -> list[Node]:
        """A box that everyone sees."""
        return [div([para(text(self.words))], "", "callout-note", title="Not shown here")]


@dataclass(frozen=True)
class Html(_Literal):
    """HTML, clean already; ``only`` a browser can show it."""

    code: str
    only: bool

    def build(self, read: Read) -> list[Node]:
        """A Div whose HTML becomes tables and text in a later pass (``frames``), or stays as it is."""
        classes = ["html-output", *(["only-html"] if self.only else [])]
        return [div([raw("html5" if self.only else "html", self.code.expandtabs(4))], "", *classes)]


@dataclass(frozen=True)
class Live:
    """HTML with a program that draws in the page of whoever trusts it, and what every other format shows."""

    code: str
    still: Sequence[Output]

    def texts(self) -> Iterator[str]:
        """Those of what is shown elsewhere."""
        for item in self.still:
            yield from item.texts()

    def build(self, read: Read) -> list[Node]:
        """A Div for the page and another for the rest."""
        return _part_page([raw("html5", self.code)], _build(self.still, read))


@dataclass(frozen=True)
class Twofold:
    """What the page shows of an output, and what every other format shows."""

    page: Sequence[Output]
    still: Sequence[Output]

    def texts(self) -> Iterator[str]:
        """Those of both."""
        for item in (*self.page, *self.still):
            yield from item.texts()

    def build(self, read: Read) -> list[Node]:
        """A Div for the page and another for the rest."""
        return _part_page(_build(self.page, read), _build(self.still, read))


@dataclass(frozen=True)
class Figure:
    """A picture with its small print; picture and data stay in the chapter's payloads under ``key``."""

    key: str
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def texts(self) -> Iterator[str]:
        """Its notes."""
        yield from self.notes

    def build(self, read: Read) -> list[Node]:
        """Notes and source line: the picture itself is the writers' affair."""
        found = [div(read(note), "", "note") for note in self.notes]
        return [*found, div([para([_cite(self.sources)])], "", "source")] if self.sources else found


@dataclass(frozen=True)
class Table(Figure):
    """A table model: ``columns`` as the exhibit JSON describes them, ``rows`` of Markdown cells."""

    columns: tuple[Mapping[str, Any], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    def texts(self) -> Iterator[str]:
        """Its cells and notes."""
        yield from (cell for row in self.rows for cell in row)
        yield from self.notes

    def build(self, read: Read) -> list[Node]:
        """The table and its small print."""
        cells = [read(cell) for row in self.rows for cell in row]
        return [build_table(self.columns, cells), *super().build(read)]


@dataclass(frozen=True)
class Listing:
    """The code of a cell; ``fold`` is open or closed, or empty when it cannot be folded."""

    code: str
    language: str = "python"
    label: str = ""
    caption: str = ""
    filename: str = ""
    fold: str = ""
    summary: str = ""

    def texts(self) -> Iterator[str]:
        """Its caption."""
        yield self.caption

    def build(self, read: Read) -> list[Node]:
        """A code block, in an exhibit when it has a caption, in a Div that folds when asked for."""
        file = {"filename": self.filename} if self.filename else {}
        label = "" if self.caption else self.label
        code = _code_block(self.code, self.language, "cell-code", label=label, **file)
        if self.caption:
            code = div([_caption(self.caption, read), code], self.label, "exhibit", "listing")
        return [div([code], "", "code-fold", state=self.fold, summary=self.summary)] if self.fold else [code]


@dataclass(frozen=True)
class Float:
    """What is numbered and referred to, or set by options: one or more outputs with their caption.

    ``classes`` are ``sub`` for a part of another one and ``bare`` for what has neither label nor caption; ``pairs`` the
    options that it passes on.
    """

    items: Sequence[Output]
    label: str = ""
    caption: str = ""
    classes: tuple[str, ...] = ()
    pairs: Mapping[str, str] = field(default_factory=dict)

    def texts(self) -> Iterator[str]:
        """Those of its caption and of all that stands in it."""
        yield self.caption
        for item in self.items:
            yield from item.texts()

    def build(self, read: Read) -> list[Node]:
        """An ``.exhibit`` Div, which names the payload of its only figure or table."""
        caption = [_caption(self.caption, read)] if self.caption else []
        content = _build(self.items, read)
        made = div([*caption, *content], self.label, "exhibit", *self.classes)
        own = self.items[0] if len(self.items) == 1 else None
        payload = {"payload": own.key} if isinstance(own, Figure) else {}
        made["c"][0][2] = [[key, value] for key, value in (payload | dict(self.pairs)).items()]
        return [made]


@dataclass(frozen=True)
class Box:
    """An output in a Div with attributes and classes, and nothing else."""

    item: Output
    pairs: Mapping[str, str]
    classes: tuple[str, ...] = ()

    def texts(self) -> Iterator[str]:
        """Those of the output."""
        return self.item.texts()

    def build(self, read: Read) -> list[Node]:
        """The Div."""
        return [
            {
                "t": "Div",
                "c": [["", [*self.classes], [[*pair] for pair in self.pairs.items()]], self.item.build(read)],
            }
        ]


Output = Prose | Text | Html | Live | Twofold | Latex | Missing | Figure | Table | Listing | Float | Box


def _build(items: Sequence[Output], read: Read) -> list[Node]:
    return [node for item in items for node in item.build(read)]


def _part_page(page: list[Node], still: list[Node]) -> list[Node]:
    """A Div for the page and another for all other formats."""
    return [
        div(page, "", "content-visible", when_format="html"),
        div(still, "", "content-hidden", when_format="html"),
    ]


def quoted(value: Any) -> str:
    """An option's value as an attribute's."""
    written = value if isinstance(value, str) else json.dumps(value)
    return written.replace("\n", " ")


def _code_block(code: str, *classes: str, label: str = "", **pairs: str) -> Node:
    """Code as pandoc reads it: its tabs end at every fourth column."""
    attributes = [label, list(classes), [[key, value] for key, value in pairs.items()]]
    return {"t": "CodeBlock", "c": [attributes, code.expandtabs(4)]}


def _caption(text: str, read: Read) -> Node:
    return div(read(text), "", "caption")


def _cite(keys: Sequence[str]) -> Node:
    """The citation ``[@a; @b]``."""
    words = "[" + "; ".join(f"@{key}" for key in keys) + "]"
    return {"t": "Cite", "c": [[citation(key) for key in keys], [{"t": "Str", "c": words}]]}
