"""What numbered things are called: Quarto's ``crossref:`` options, custom kinds included."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sourcebook.core import options
from sourcebook.errors import Issue
from sourcebook.render.words import translate

THEOREMS = {
    "thm": "Theorem", "lem": "Lemma", "cor": "Corollary", "prp": "Proposition", "cnj": "Conjecture",
    "def": "Definition", "exm": "Example", "exr": "Exercise", "sol": "Solution", "rem": "Remark", "alg": "Algorithm",
}  # fmt: skip
FLOATS = {"fig": "Figure", "tbl": "Table", "lst": "Listing"}
CALLOUT_LABELS = {"nte": "Note", "tip": "Tip", "wrn": "Warning", "imp": "Important", "cau": "Caution"}
_TITLES = {"sec": "Section", "eq": "Equation", **FLOATS, **THEOREMS, **CALLOUT_LABELS}
NO_BREAK_SPACE = "\u00a0"
_STYLE = re.compile("arabic|alpha( [aA])?|roman( [iI])?")
_STYLES = "arabic, alpha a, alpha A, roman i or roman I"
_ROMAN = (
    (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


@dataclass(frozen=True)
class Names:
    """Words for label prefixes: ``titles`` stand before captions, ``prefixes`` in references.

    Kinds that are ``tight`` have no space before their numbers.
    """

    titles: Mapping[str, str] = field(default_factory=lambda: _TITLES)
    prefixes: Mapping[str, str] = field(default_factory=lambda: _TITLES)
    floats: tuple[str, ...] = tuple(FLOATS)
    book: bool = True
    by_chapter: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    delimiter: str = "."
    chapter: str = "Chapter"
    appendix: str = "Appendix"
    section: str = _TITLES["sec"]
    conjunction: str = "and"
    tight: frozenset[str] = frozenset()

    def title(self, kind: str, number: str) -> str:
        """Figure 3, as it stands before a caption."""
        return f"{self.titles[kind]}{self._gap(kind)}{number}"

    def reference(self, kind: str, number: str) -> str:
        """Figure 3, Section 4.2, Chapter 4, as prose says it."""
        word = self.prefixes[kind]
        if kind == "sec" and "." not in number and word == self.section:
            word = self.appendix if number[:1].isalpha() else self.chapter if self.book else word
        return f"{word}{self._gap(kind)}{number}" if word else number

    def _gap(self, kind: str) -> str:
        return "" if kind in self.tight else NO_BREAK_SPACE

    def count(self, kind: str, position: int) -> str:
        """The count ``position`` in the figures, letters or Roman numerals asked for."""
        style = str(
            options.KIND_LABELS.for_kind(kind).of(self.labels) or options.LABELS.of(self.labels) or "arabic"
        )
        return format_number(position, style)


def read_names(meta: Mapping[str, Any], *, book: bool) -> Names:
    """The words that ``crossref:`` in ``meta`` asks for; ``check_names`` says which of its keys have no effect."""
    asked = _read_options(meta)
    lang = str(options.LANG.of(meta) or "en")
    titles = {kind: translate(word, lang) for kind, word in _TITLES.items()}
    prefixes, section = dict(titles), titles["sec"]
    for key, custom in _list_custom(asked):
        titles[key] = str(custom.get("caption-prefix") or custom.get("reference-prefix") or key.capitalize())
        prefixes[key] = str(custom.get("reference-prefix") or titles[key])
    words = {key: value for key, value in asked.items() if not _is_no_text(key, value)}
    for kind in list(titles):
        titles[kind] = options.KIND_TITLE.for_kind(kind).of(words) or titles[kind]
        prefix = options.KIND_PREFIX.for_kind(kind).of(words)  # an empty one is meant
        prefixes[kind] = (
            options.KIND_TITLE.for_kind(kind).of(words) or prefixes[kind] if prefix is None else prefix
        )
    return Names(
        titles,
        prefixes,
        floats=(*FLOATS, *(key for key, _ in _list_custom(asked))),
        book=book,
        by_chapter=options.BY_CHAPTER.of(asked) is True,
        labels=asked,
        delimiter=str(options.DELIMITER.of(asked)),
        chapter=str(options.CHAPTER_PREFIX.of(words) or translate("Chapter", lang)),
        appendix=str(
            options.APPENDIX_PREFIX.of(words)
            or options.APPENDIX_TITLE.of(words)
            or translate("Appendix", lang)
        ),
        section=section,
        conjunction=translate("and", lang),
        tight=frozenset(
            key for key, kind in _list_custom(asked) if kind.get("space-before-numbering") is False
        ),
    )


def check_names(meta: Mapping[str, Any], place_of: Callable[[str], str]) -> list[Issue]:
    """Warnings of keys below ``crossref:`` that have no effect, each at the place that ``place_of`` gives for it."""
    asked = _read_options(meta)
    kinds = [*_TITLES, *(key for key, _ in _list_custom(asked))]
    known = {
        option.for_kind(kind).name
        for option in options.list_options(options.Where.CROSSREF)
        for kind in kinds
    }
    faults = [(key, "has no effect here", "", "") for key in asked if key not in known - {"sec-labels"}]
    faults += [
        (key, "cannot be read", str(style), _STYLES)
        for key, style in asked.items()
        if str(key).endswith("labels") and not _STYLE.fullmatch(str(style))
    ]
    faults += [(key, "is no text", str(value), "") for key, value in asked.items() if _is_no_text(key, value)]
    return [
        Issue(place_of(str(key)), f"the option 'crossref: {key}' {what}", found, expected)
        for key, what, found, expected in faults
    ]


def _read_options(meta: Mapping[str, Any]) -> dict[Any, Any]:
    asked = options.CROSSREF.of(meta)
    return asked if isinstance(asked, dict) else {}


def _list_custom(asked: Mapping[Any, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Kinds of floats that a project adds, by the prefix of their labels."""
    kinds = [(str(kind.get("key") or ""), kind) for kind in options.CUSTOM.of(asked) or []]
    return [(key, kind) for key, kind in kinds if kind.get("kind", "float") == "float" and key]


def _is_no_text(key: Any, value: Any) -> bool:
    return str(key).endswith(("-title", "-prefix")) and not isinstance(value, str)


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
