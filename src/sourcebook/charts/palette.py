"""What colours mean: one mark (colour, symbol, hatch) per direction and per verdict, and the project's own hues by name.

The marks come from Paul Tol's colour-blind safe "muted", "dark" and "YlOrBr" schemes. The vocabularies share no strong
hue, and within each the greys differ too; where two greys come close, a hatch and the symbol keep them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sourcebook.charts.validate import ChartError
from sourcebook.core import vocabulary
from sourcebook.core.colour import MARK_CONTRAST, darken


@dataclass(frozen=True)
class Mark:
    """How a category looks: colour, symbol and hatch, so that it survives a grey printer."""

    colour: str
    symbol: str = ""
    hatch: str = ""


OTHERS = "#9A9A9A"
ACCENT = "#3D5168"
"""For what has no meaning of its own, unless the project says otherwise: a single series, the focus among greys."""


@dataclass
class ProjectColours:
    """What a project sets by ``use_style``: hues by name (as ``slug`` spells it), and its accent."""

    hues: Mapping[str, str] = field(default_factory=dict)
    accent: str = ACCENT


PROJECT = ProjectColours()

DIRECTIONS = {
    "supports": Mark("#332288", "up"),
    "limits": Mark("#CC6677", "down"),
    "hedges": Mark("#DDCC77", "diamond", "/"),
    "neutral": Mark("#DDDDDD", "square"),
}
VERDICTS = {name: Mark(term.colour, term.symbol, term.hatch) for name, term in vocabulary.VERDICTS.items()}
VERDICT_GLYPHS = {name: term.sign for name, term in vocabulary.VERDICTS.items()}
# The weak ones are tints of paper (``is_tint``): on a dark page they turn into tints of that, and do not outshine the strong.
TONES = {
    "strongly-for": Mark("#332288", "up"),
    "for": Mark("#D6D3E7", "up-open"),
    "between": Mark("#EEE6BB", "diamond"),
    "against": Mark("#F0D1D6", "down-open"),
    "strongly-against": Mark("#CC6677", "down"),
    "absent": Mark("#EFEFEF", "dash"),
}
_RAMP = ("#0B3954", "#2E7299", "#7FB2CE", "#C9DFEA", "#E8E8E8")
_SPARE = ("#999933", "#AA4499", "#88CCEE", "#661100", "#8C8C8C")


def hues(
    names: Iterable[str],
    *,
    given: Mapping[str, Mark | str] | None = None,
    focus: Sequence[str] = (),
) -> dict[str, Mark]:
    """A mark for every name: as given, else by its fixed meaning, else by the project's palette, else the next free hue.

    With ``focus`` only the names in it keep a hue; the rest turn grey. Raises ChartError when more than
    six hues would be needed, because then no reader can tell them apart.
    """
    wanted = list(dict.fromkeys(names))
    spare = [PROJECT.accent, *_SPARE]
    marks: dict[str, Mark] = {}
    for name in wanted:
        mark = _fixed_mark(name, given, focus)
        if mark is None and not spare:
            raise ChartError(
                f"{len(wanted)} series need more than {len(_SPARE) + 1} hues: merge some into one, "
                "name the ones that matter in `focus`, or draw two charts."
            )
        marks[name] = mark or Mark(spare.pop(0))
    return marks


def plain_hues(
    names: Iterable[str],
    *,
    given: Mapping[str, Mark | str] | None = None,
    focus: Sequence[str] = (),
) -> dict[str, Mark]:
    """Marks for categories that are labelled anyway: those with a fixed meaning keep it, all others share a hue."""
    return {name: _fixed_mark(name, given, focus) or Mark(PROJECT.accent) for name in names}


def slug(name: str) -> str:
    """A name as palettes spell it: ``United States`` is ``united-states``."""
    return re.sub(r"\W+", "-", name.lower()).strip("-")


def hue_of(name: str) -> str:
    """The colour called ``name`` in the project's palette, or the colour that it is; the accent for an empty one.

    Raises ChartError for a name that the palette lacks.
    """
    colour = PROJECT.hues.get(slug(name), name) if name else PROJECT.accent
    if not re.fullmatch("#[0-9a-fA-F]{6}", colour):
        raise ChartError(
            f"No hue is called {name!r}; the palette has {', '.join(PROJECT.hues) or 'none'}. "
            "Name it in _brand.yml (color: palette:) and call use_style(book.brand), or write it as #RRGGBB."
        )
    return colour


def resolve(mark: Mark | str) -> Mark:
    """A mark whose colour may be a name of the project's palette, or such a colour alone."""
    return replace(mark, colour=hue_of(mark.colour)) if isinstance(mark, Mark) else Mark(hue_of(mark))


def ramp(names: Sequence[str]) -> dict[str, Mark]:
    """Marks for ordered categories: one hue from dark to light. At most five. Raises ChartError beyond."""
    if len(names) > len(_RAMP):
        raise ChartError(f"A ramp has at most {len(_RAMP)} steps, found {len(names)}: {', '.join(names)}.")
    return {name: Mark(colour) for name, colour in zip(names, _RAMP, strict=False)}


def stroke_of(mark: Mark) -> str:
    """A mark's hue, dark enough for a thin line; greys stay as they are."""
    return mark.colour if mark.colour == OTHERS else darken(mark.colour, MARK_CONTRAST)


def greys_first(marks: Mapping[str, Mark]) -> list[str]:
    """Names in the order to draw their lines: those out of focus lie below the others."""
    return sorted(marks, key=lambda name: marks[name].colour != OTHERS)


def _fixed_mark(name: str, given: Mapping[str, Mark | str] | None, focus: Sequence[str]) -> Mark | None:
    """The mark a name has by the author's word, by focus or by its fixed meaning; None when it has none."""
    known = (
        (given or {}).get(name) or DIRECTIONS.get(name) or VERDICTS.get(name) or PROJECT.hues.get(slug(name))
    )
    if focus and name not in focus:
        return Mark(OTHERS)
    return resolve(known) if known else None
