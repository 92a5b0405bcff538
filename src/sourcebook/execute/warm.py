"""What every child inherits: heavy modules imported, caches filled by one figure drawn and one table formatted."""

from __future__ import annotations

import contextlib
import importlib
import io
from collections.abc import Iterable

HEAVY = (
    "numpy",
    "pandas",
    "matplotlib",
    "matplotlib.pyplot",
    "scipy",
    "sourcebook.ledger",
    "sourcebook.charts",
)
"""Modules worth importing ahead, because many notebooks use them and none starts threads."""


def find_heavy(sources: Iterable[str]) -> list[str]:
    """Those of ``HEAVY`` that the given pieces of code mention."""
    text = "\n".join(sources)
    return [
        name
        for name in HEAVY
        if name in text or (name.startswith("matplotlib") and "sourcebook.charts" in text)
    ]


def warm_up(modules: Iterable[str]) -> str:
    """Imports ``modules`` and uses them once; says why it could not, or nothing."""
    for name in modules:
        try:
            module = importlib.import_module(name)
            if name.startswith("sourcebook."):
                for offered in getattr(module, "__all__", ()):
                    getattr(module, offered)  # our rooms import what they offer when it is asked for
        except ImportError as error:
            return f"importing {name} failed: {error}"
    if "pandas" in modules or "sourcebook.ledger" in modules:
        _format_table()
    if "matplotlib.pyplot" in modules:
        _draw_figure()
    return ""


def _format_table() -> None:
    import pandas as pd

    frame = pd.DataFrame({"word": ["a", "b", "a"], "number": [1.5, 2.5, 3.5]})
    frame.groupby("word").sum().to_html()
    repr(frame)


def _draw_figure() -> None:
    """Fonts found, glyphs loaded, the SVG and PNG writers imported; all settings are put back."""
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    # Loading the backend switches interactive drawing on for good; inside the context it would be switched off again.
    importlib.import_module("matplotlib_inline.backend_inline")
    with mpl.rc_context():
        _use_house_style()
        figure, axes = plt.subplots(layout="constrained")
        axes.plot([0, 1], [0, 1], label="Ag")
        axes.bar([0, 1], [1, 2])
        axes.set_title("Ag 0.5", fontweight="bold")
        axes.legend()
        for form in ("svg", "png"):
            figure.savefig(io.BytesIO(), format=form)
        plt.close(figure)


def _use_house_style() -> None:
    with contextlib.suppress(ImportError):  # without our charts, matplotlib's own style is warmed
        importlib.import_module("sourcebook.charts.style").use_style()
