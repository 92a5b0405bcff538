"""Words of ours in the language of a document: "Figure" and its kin, dates, quotation marks.

They come from pandoc's translations and from the terms of citation styles (CSL), which pandoc has for some sixty
languages; ``theme/words.yaml`` has those that are missing there.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sourcebook.core.dates import MONTHS, MONTHS_SHORT, day, parse_when
from sourcebook.core.files import scratch_folder
from sourcebook.core.yaml_text import load_yaml
from sourcebook.errors import LedgerError, ToolError
from sourcebook.render.document import Node, transform
from sourcebook.render.tools import run_pandoc

_OWN = Path(__file__).parent / "theme" / "words.yaml"
_TERMS = {"Figure": "figure", "Table": "table", "Section": "section", "Equation": "equation", "Chapter": "chapter",
          "Appendix": "appendix", "References": "reference", "and": "and"}  # fmt: skip
_MARKS = ("open-quote", "close-quote", "open-inner-quote", "close-inner-quote")
_SEAM = "¦"
_ENGLISH = ("“", "”", "‘", "’")
# Where pandoc has a translation under another name.
_NAMED = {"zh": "zh-Hans", "zh-CN": "zh-Hans", "zh-TW": "zh-Hant"}
_NUMERIC = (
    (re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})"), (3, 1, 2)),  # as Quarto reads it: month, day, year
    (re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})"), (1, 2, 3)),
)
_STYLES = {"full": "dddd, MMMM D, YYYY", "medium": "MMM D, YYYY", "short": "M/D/YY", "iso": "YYYY-MM-DD"}
_FORMAT = re.compile(r"\[([^\[\]]*)\]|YYYY|YY|MMMM|MMM|MM|M|DD|Do|D|dddd|ddd|[HhmsSAaZ]+")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


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
    text = _normalise(text)
    try:
        when = parse_when(text)
    except LedgerError:
        return text
    names = (MONTHS, MONTHS_SHORT) if _is_english(lang) else _list_months(lang)
    if style and style != "long" and when.precision == "day":
        return _FORMAT.sub(lambda found: _part(found, when.start, names), _STYLES.get(style, style))
    if _base(lang) == "en":
        american = lang.lower() in ("en", "en-us") and when.precision == "day"
        return (
            f"{MONTHS[when.start.month - 1]} {when.start.day}, {when.start.year}" if american else day(text)
        )
    if when.precision in ("year", "interval"):
        return text
    issued = [[when.start.year, when.start.month, *([when.start.day] if when.precision == "day" else [])]]
    precise = "" if when.precision == "day" else ' date-parts="year-month"'
    (said,) = _ask(lang, f'<date variable="issued" form="text"{precise}/>', issued=json.dumps(issued))
    own = _read_own().get(_base(lang), {}).get("months", "").split() if when.precision == "day" else []
    return (
        said.replace(_list_months(lang)[0][when.start.month - 1], own[when.start.month - 1]) if own else said
    )


def _normalise(text: str) -> str:
    """A date written in numbers as 2024-03-05."""
    for pattern, order in _NUMERIC:
        if found := pattern.fullmatch(text.strip()):
            year, month, number = (int(found[place]) for place in order)
            return f"{year:04d}-{month:02d}-{number:02d}"
    return text


def _part(found: re.Match[str], when: Any, names: tuple[tuple[str, ...], tuple[str, ...]]) -> str:
    if found[1] is not None:
        return found[1]
    long, short = names
    parts = {
        "YYYY": f"{when.year:04d}", "YY": f"{when.year % 100:02d}", "MMMM": long[when.month - 1], "MMM": short[when.month - 1],
        "MM": f"{when.month:02d}", "M": str(when.month), "DD": f"{when.day:02d}", "D": str(when.day), "Do": str(when.day),
        "dddd": _WEEKDAYS[when.weekday()], "ddd": _WEEKDAYS[when.weekday()][:3],
    }  # fmt: skip
    return parts.get(found[0], found[0])


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
def _list_months(lang: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the months, long and short."""
    names = [
        f'<text term="month-{number:02d}" form="{form}"/>'
        for form in ("long", "short")
        for number in range(1, 13)
    ]
    found = _ask(lang, *names)
    return found[:12], found[12:]


@functools.cache
def _ask(lang: str, *parts: str, issued: str = "[[2000]]") -> tuple[str, ...]:
    """What a citation style says in a language for each of ``parts``, elements of CSL, of a source of a date."""
    layout = f'<text value="{_SEAM}"/>'.join(parts)
    style = (
        '<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0"><info><title>w</title><id>w</id>'
        f"<updated>2026-01-01T00:00:00Z</updated></info><citation><layout>{layout}</layout></citation></style>"
    )
    source = f'---\nreferences: [{{"id": "a", "issued": {{"date-parts": {issued}}}}}]\n---\n\n[@a]\n'
    with scratch_folder() as folder:
        path = Path(folder) / "words.csl"
        path.write_text(style, encoding="utf-8")
        options = ["-f", "markdown", "-t", "plain", "--wrap=none", "--citeproc", f"--csl={path}"]
        said = run_pandoc(
            [*options, f"--metadata=lang:{lang}", "--metadata=suppress-bibliography:true"], source
        )
    return tuple(part.strip(" \n") for part in said.split(_SEAM))
