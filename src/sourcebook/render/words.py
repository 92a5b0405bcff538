"""Words of ours in the language of a document: "Figure" and its kin, dates, quotation marks.

They come from pandoc's translations and from the terms of citation styles (CSL), which pandoc has for some sixty
languages; ``theme/words.yaml`` has those that are missing there.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sourcebook.core.dates import MONTHS, MONTHS_SHORT, day, parse_when
from sourcebook.core.files import scratch_folder
from sourcebook.core.yaml_text import load_yaml
from sourcebook.errors import LedgerError, ToolError
from sourcebook.render.document import Node, transform
from sourcebook.render.tools import run_pandoc

if TYPE_CHECKING:
    from babel import Locale

_OWN = Path(__file__).parent / "theme" / "words.yaml"
_TERMS = {"Figure": "figure", "Table": "table", "Section": "section", "Equation": "equation", "Chapter": "chapter",
          "Appendix": "appendix", "References": "reference", "and": "and"}  # fmt: skip
_MARKS = ("open-quote", "close-quote", "open-inner-quote", "close-inner-quote")
_SEAM = "¦"
_ENGLISH = ("“", "”", "‘", "’")
# Where pandoc has a translation under another name.
_NAMED = {"zh": "zh-Hans", "zh-CN": "zh-Hans", "zh-TW": "zh-Hant"}
# Days as Quarto reads them: in numbers month first, unless a year is.
_NAMES = "|".join(f"{month[:3]}(?:{month[3:]})?" for month in MONTHS)
_MOMENTS = tuple(
    (re.compile(pattern, re.IGNORECASE), names)
    for pattern, names in (
        (r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", ("year", "month", "day")),
        (r"(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?",
         ("year", "month", "day", "hour", "minute", "second")),
        (r"(\d{1,2})[-/](\d{1,2})[-/](\d{4}|\d{2})", ("month", "day", "year")),
        (rf"({_NAMES})\.? (\d{{1,2}}),? (\d{{4}})", ("month", "day", "year")),
        (rf"(\d{{1,2}}) ({_NAMES})\.? (\d{{4}})", ("day", "month", "year")),
    )
)  # fmt: skip
_ISO = "YYYY-MM-DD"
_FORMAT = re.compile(r"\[([^\[\]]*)\]|YYYY|YY|MMMM|MMM|MM|M|DD|Do|D|dddd|ddd|HH|H|hh|h|mm|m|ss|s|A")


def translate(word: str, lang: str) -> str:
    """An English word of ours in the language ``lang`` (``de``, ``pt-BR``); itself where nobody has translated it."""
    return str(_read_words(lang).get(word, word))


def is_translated(lang: str) -> bool:
    """Whether all words of ours are known in a language, not only those that pandoc has."""
    return _is_english(lang) or _base(lang) in _read_own()


def name_script(lang: str) -> str:
    """The name by which pandoc has translations of a language that is written in several scripts."""
    return _NAMED.get(lang, lang)


def is_rtl(lang: str) -> bool:
    """Whether a language is written from right to left."""
    return _base(lang) in ("ar", "fa", "he", "ur", "ps", "yi", "dv", "ckb", "ug", "sd")


def set_quotes(value: Any, lang: str) -> Any:
    """A copy of ``value`` with quotations as text between the language's marks, the same in all formats."""
    outer, outer_end, inner, inner_end = _list_quotes(lang)

    def visit(node: Node) -> list[Node] | None:
        """What is quoted, with its marks."""
        if node["t"] != "Quoted":
            return None
        double = node["c"][0]["t"] == "DoubleQuote"
        marks = (outer, outer_end) if double else (inner, inner_end)
        return [{"t": "Str", "c": marks[0]}, *node["c"][1], {"t": "Str", "c": marks[1]}]

    return transform(value, visit)


def write_date(text: str, lang: str, style: str = "") -> str:
    """A date in words as the language has it, or in Quarto's ``date-format``; as written where it is no date."""
    from babel import dates  # its tables are read where a document has a date

    locale = _find_locale(lang)
    if moment := _read_moment(text):
        if style in ("", "long", "full", "medium", "short"):
            return dates.format_date(moment, style or "long", locale)
        return _FORMAT.sub(lambda found: _part(found, moment, locale), _ISO if style == "iso" else style)
    try:
        when = parse_when(text)
    except LedgerError:
        return text
    if when.precision == "month":
        return dates.format_skeleton("yMMMM", when.start, locale=locale)
    return day(text) if _is_english(lang) else text


def _read_moment(text: str) -> datetime | None:
    """A day, perhaps with a time, in one of the forms that Quarto reads; none for other texts and days that do not exist."""
    for pattern, names in _MOMENTS:
        if found := pattern.fullmatch(text.strip()):
            parts: dict[str, Any] = dict(zip(names, found.groups(), strict=True))
            year, month = int(parts["year"]), parts["month"]
            parts["month"] = month if month.isdecimal() else MONTHS_SHORT.index(month[:3].capitalize()) + 1
            rest = ("month", "day", "hour", "minute", "second")
            month_number, date, hour, minute, second = (int(parts.get(name) or 0) for name in rest)
            century = 2000 if len(parts["year"]) == 2 else 0
            try:
                return datetime(century + year, month_number, date, hour, minute, second, tzinfo=UTC)
            except ValueError:
                return None
    return None


def _find_locale(lang: str) -> Locale:
    """What CLDR knows of a language; English where it knows none."""
    from babel import Locale, UnknownLocaleError

    for name in (lang.replace("-", "_"), _base(lang)):
        with contextlib.suppress(ValueError, UnknownLocaleError):
            return Locale.parse(name)
    return Locale("en")


def _part(found: re.Match[str], at: datetime, locale: Locale) -> str:
    """What stands for letters of a ``date-format``, those of Day.js."""
    from babel import dates

    if found[1] is not None:
        return found[1]
    own = {"Do": _ordinal(at.day, locale.language)}
    letters = {"YYYY": "yyyy", "YY": "yy", "D": "d", "DD": "dd", "dddd": "EEEE", "ddd": "EEE", "A": "a"}
    return own.get(found[0]) or dates.format_datetime(at, letters.get(found[0], found[0]), locale=locale)


def _ordinal(number: int, language: str) -> str:
    if language == "en":
        ending = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{ending}"
    endings = {"de": ".", "es": "º", "pt": "º", "it": "º", "nl": "e", "fr": "er" if number == 1 else ""}
    return f"{number}{endings.get(language, '')}"


def _base(lang: str) -> str:
    return lang.replace("_", "-").split("-")[0].lower()


def _is_english(lang: str) -> bool:
    return _base(lang) == "en"


@functools.cache
def _read_own() -> dict[str, Any]:
    found: dict[str, Any] = load_yaml(_OWN.read_text(encoding="utf-8"))
    return found


@functools.cache
def _read_words(lang: str) -> Mapping[str, Any]:
    if _is_english(lang):
        return {}
    found = _ask(lang, *(f'<text term="{term}"/>' for term in _TERMS.values()))
    terms = {
        word: said if word == "and" else said[:1].upper() + said[1:]
        for (word, term), said in zip(_TERMS.items(), found, strict=True)
        if said and (said != term or word == "Figure")
    }
    return terms | _read_translations(lang) | _read_own().get(_base(lang), {})


def _read_translations(lang: str) -> dict[str, Any]:
    """pandoc's own, of the language or of what it is a variant of; empty where it has none."""
    for name in (name_script(lang), name_script(_base(lang))):
        if re.fullmatch(r"[\w-]+", name):
            try:
                return dict(
                    load_yaml(run_pandoc([f"--print-default-data-file=translations/{name}.yaml"], ""))
                )
            except ToolError:
                continue
    return {}


def _list_quotes(lang: str) -> tuple[str, ...]:
    if _is_english(lang):
        return _ENGLISH
    own = tuple(_read_own().get(_base(lang), {}).get("quotes", ""))
    found = own or _ask(lang, *(f'<text term="{mark}"/>' for mark in _MARKS))
    return tuple(mark or english for mark, english in zip(found, _ENGLISH, strict=True))


@functools.cache
def _ask(lang: str, *parts: str) -> tuple[str, ...]:
    """What a citation style says in a language for each of ``parts``, elements of CSL."""
    layout = f'<text value="{_SEAM}"/>'.join(parts)
    style = (
        '<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0"><info><title>w</title><id>w</id>'
        f"<updated>2026-01-01T00:00:00Z</updated></info><citation><layout>{layout}</layout></citation></style>"
    )
    source = '---\nreferences: [{"id": "a"}]\n---\n\n[@a]\n'
    with scratch_folder() as folder:
        path = Path(folder) / "words.csl"
        path.write_text(style, encoding="utf-8")
        options = ["-f", "markdown", "-t", "plain", "--wrap=none", "--citeproc", f"--csl={path}"]
        said = run_pandoc(
            [*options, f"--metadata=lang:{lang}", "--metadata=suppress-bibliography:true"], source
        )
    return tuple(part.strip(" \n") for part in said.split(_SEAM))
