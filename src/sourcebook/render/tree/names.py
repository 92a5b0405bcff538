"""What numbered things are called: Quarto's ``crossref:`` options, custom kinds included."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sourcebook.errors import Issue
from sourcebook.render.tree.dialect import CALLOUT_LABELS, FLOATS, THEOREMS

_USED = {
    "chapters",
    "title-delim",
    "custom",
    "labels",
    "subref-labels",
    "appendix-title",
    "ch-prefix",
    "apx-prefix",
}
_TITLES = {"sec": "Section", "eq": "Equation", **FLOATS, **THEOREMS, **CALLOUT_LABELS}
_NO_BREAK_SPACE = "\u00a0"
_STYLE = re.compile("arabic|alpha( [aA])?|roman( [iI])?")
_STYLES = "arabic, alpha a, alpha A, roman i or roman I"
_ROMAN = (
    (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


@dataclass(frozen=True)
class Names:
    """Words for label prefixes: ``titles`` stand before captions, ``prefixes`` in references."""

    titles: Mapping[str, str] = field(default_factory=lambda: _TITLES)
    prefixes: Mapping[str, str] = field(default_factory=lambda: _TITLES)
    floats: tuple[str, ...] = tuple(FLOATS)
    book: bool = True
    by_chapter: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    delimiter: str = "."
    chapter: str = "Chapter"
    appendix: str = "Appendix"

    def title(self, kind: str, number: str) -> str:
        """Figure 3, as it stands before a caption."""
        return f"{self.titles[kind]}{_NO_BREAK_SPACE}{number}"

    def reference(self, kind: str, number: str) -> str:
        """Figure 3, Section 4.2, Chapter 4, as prose says it."""
        word = self.prefixes[kind]
        if kind == "sec" and "." not in number and word == _TITLES["sec"]:
            word = self.appendix if number[:1].isalpha() else self.chapter if self.book else word
        return f"{word}{_NO_BREAK_SPACE}{number}" if word else number

    def count(self, kind: str, position: int) -> str:
        """The count ``position`` in the figures, letters or Roman numerals asked for."""
        style = str(self.labels.get(f"{kind}-labels") or self.labels.get("labels") or "arabic")
        return format_number(position, style)


def read_names(meta: Mapping[str, Any], *, book: bool) -> tuple[Names, list[tuple[str, Issue]]]:
    """The words that ``crossref:`` in ``meta`` asks for, and keys that have no effect, each with a warning."""
    options = meta.get("crossref")
    options = options if isinstance(options, dict) else {}
    titles, floats = dict(_TITLES), list(FLOATS)
    prefixes = dict(_TITLES)
    for custom in options.get("custom") or []:
        key = str(custom.get("key") or "")
        if custom.get("kind", "float") == "float" and key:
            floats.append(key)
            titles[key] = str(
                custom.get("caption-prefix") or custom.get("reference-prefix") or key.capitalize()
            )
            prefixes[key] = str(custom.get("reference-prefix") or titles[key])
    wrong = [
        key for key in options if key.endswith(("-title", "-prefix")) and not isinstance(options[key], str)
    ]
    words = {key: value for key, value in options.items() if key not in wrong}
    for kind in list(titles):
        titles[kind] = words.get(f"{kind}-title") or titles[kind]
        prefixes[kind] = words.get(f"{kind}-prefix", words.get(f"{kind}-title") or prefixes[kind])
    known = _USED | {f"{kind}-{part}" for kind in titles for part in ("title", "prefix", "labels")}
    known -= {"sec-labels"}
    warnings = [
        (str(key), Issue("_quarto.yml", f"the option 'crossref: {key}' has no effect here"))
        for key in options
        if key not in known
    ]
    warnings += [
        (key, Issue("_quarto.yml", f"the option 'crossref: {key}' cannot be read", str(style), _STYLES))
        for key, style in options.items()
        if str(key).endswith("labels") and not _STYLE.fullmatch(str(style))
    ]
    warnings += [
        (key, Issue("_quarto.yml", f"the option 'crossref: {key}' is no text", str(options[key])))
        for key in wrong
    ]
    names = Names(
        titles,
        prefixes,
        tuple(floats),
        book,
        options.get("chapters") is True,
        options,
        str(options.get("title-delim", ".")),
        str(words.get("ch-prefix", "Chapter")),
        str(words.get("apx-prefix") or words.get("appendix-title") or "Appendix"),
    )
    return names, warnings


def format_number(position: int, style: str) -> str:
    """A count as ``arabic``, ``alpha a``, ``alpha A``, ``roman i`` or ``roman I``."""
    kind, _, first = style.partition(" ")
    if kind == "alpha":
        letters = ""
        while position:
            position, rest = divmod(position - 1, 26)
            letters = chr(ord("a") + rest) + letters
        return letters.upper() if first == "A" else letters
    if kind == "roman":
        numeral = ""
        for value, sign in _ROMAN:
            times, position = divmod(position, value)
            numeral += sign * times
        return numeral.upper() if first == "I" else numeral
    return str(position)
