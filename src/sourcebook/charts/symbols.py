"""The small shapes that say a category without colour, as unit paths: no font has to hold them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from sourcebook.charts.style import font
from sourcebook.charts.validate import ChartError


@lru_cache(maxsize=64)
def shape(name: str) -> tuple[Path, Path | None]:
    """The filled part and the outlined part of a symbol, both within the unit circle, y upwards.

    Raises ChartError for a name it does not know.
    """
    if name not in _SHAPES:
        raise ChartError(f"No symbol is called {name!r}; there are {', '.join(_SHAPES)}.")
    return _SHAPES[name]()


def _disc() -> tuple[Path, Path | None]:
    return Path.unit_circle(), None


def _ring() -> tuple[Path, Path | None]:
    return _nothing(), _outline()


def _half() -> tuple[Path, Path | None]:
    return Path.wedge(90, 270), _outline()


def _three_quarter() -> tuple[Path, Path | None]:
    return Path.wedge(180, 450), _outline()


def _clock() -> tuple[Path, Path | None]:
    hands = Path([(0, 0.85), (0, 0), (0.85, 0)], [Path.MOVETO, Path.LINETO, Path.LINETO])
    return _nothing(), Path.make_compound_path(_outline(), hands)


def _question() -> tuple[Path, Path | None]:
    return _glyph("?"), None


def _dash() -> tuple[Path, Path | None]:
    return _polygon((-0.8, 0.16), (0.8, 0.16), (0.8, -0.16), (-0.8, -0.16)), None


def _dots() -> tuple[Path, Path | None]:
    dot = [Path.unit_circle().transformed(Affine2D().scale(0.2).translate(x, 0)) for x in (-0.7, 0, 0.7)]
    return Path.make_compound_path(*dot), None


def _up() -> tuple[Path, Path | None]:
    return _polygon((-0.95, -0.75), (0.95, -0.75), (0, 0.95)), None


def _down() -> tuple[Path, Path | None]:
    return _polygon((-0.95, 0.75), (0.95, 0.75), (0, -0.95)), None


def _up_open() -> tuple[Path, Path | None]:
    return _nothing(), _polygon((-0.85, -0.65), (0.85, -0.65), (0, 0.8))


def _down_open() -> tuple[Path, Path | None]:
    return _nothing(), _polygon((-0.85, 0.65), (0.85, 0.65), (0, -0.8))


def _diamond() -> tuple[Path, Path | None]:
    return _polygon((-0.9, 0), (0, 0.95), (0.9, 0), (0, -0.95)), None


def _square() -> tuple[Path, Path | None]:
    return _polygon((-0.7, -0.7), (-0.7, 0.7), (0.7, 0.7), (0.7, -0.7)), None


def _outline() -> Path:
    return Path.unit_circle().transformed(Affine2D().scale(0.88))


def _polygon(*corners: tuple[float, float]) -> Path:
    return Path([*corners, corners[0]], closed=True)


def _glyph(character: str) -> Path:
    """A character as an outline, centred, as high as the circle."""
    drawn = TextPath((0, 0), character, size=10, prop=font(10, bold=True))
    box = drawn.get_extents()
    centre = Affine2D().translate(-(box.x0 + box.x1) / 2, -(box.y0 + box.y1) / 2)
    return drawn.transformed(centre.scale(2 / box.height))


def _nothing() -> Path:
    return Path([(0, 0)], [Path.MOVETO])


_SHAPES: dict[str, Callable[[], tuple[Path, Path | None]]] = {
    "disc": _disc,
    "ring": _ring,
    "half": _half,
    "three-quarter": _three_quarter,
    "clock": _clock,
    "question": _question,
    "dash": _dash,
    "dots": _dots,
    "up": _up,
    "down": _down,
    "up-open": _up_open,
    "down-open": _down_open,
    "diamond": _diamond,
    "square": _square,
}
SIGNS = dict(zip(_SHAPES, "●○◐◕◷?–…▲▼△▽◆■", strict=True))
"""The same as characters."""
