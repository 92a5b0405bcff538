"""What every forked kernel inherits: heavy packages imported, caches filled by one figure drawn and one table formatted.

Nothing of a project is imported ahead, nor anything that a notebook could notice: each import here is one that leaves
no settings behind and reads no file but modules. Of our own library it is what every notebook that uses it imports; a
form of chart is not, since a notebook rests on the code that it has imported.
"""

from __future__ import annotations

import contextlib
import importlib
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

HEAVY: Final = ("numpy", "pandas", "matplotlib", "scipy")
"""Packages worth importing ahead, because many notebooks use them and none of them starts threads."""

# What ipykernel imports when it starts, and with its first cells.
_KERNEL: Final = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.debugger", "IPython.core.completerlib", "IPython.core.debugger",
    "IPython.core.oinspect", "IPython.core.pylabtools", "IPython.extensions.storemagic", "IPython.utils.wildcard", "sqlite3",
    "IPython.core.logger", "tornado.queues", "tornado.platform.asyncio", "encodings.idna", "psutil", "resource", "faulthandler",
)  # fmt: skip
# What comes with our own library when a notebook imports it.
_LIBRARIES: Final = {
    "sourcebook.ledger": ("pandas", "yaml", "encodings.utf_8_sig", "importlib.readers", "sourcebook.ledger.book"),
    "sourcebook.charts": (
        "matplotlib", "encodings.utf_16_be", "statistics", "sourcebook.charts.figure_exhibit", "sourcebook.charts.forms.table",
    ),
}  # fmt: skip


def find_heavy(sources: Iterable[str]) -> list[str]:
    """The modules worth importing ahead for the given pieces of code, which mention them."""
    text = "\n".join(sources)
    found = [name for name in HEAVY if name in text]
    found += [name for library, names in _LIBRARIES.items() if library in text for name in names]
    return sorted(set(found))


def warm_up(modules: Sequence[str]) -> str:
    """Imports ipykernel and those of ``modules`` that are installed, and uses them; says why it could not, or nothing."""
    # numpy's linear algebra starts threads where it may use several cores; it ends them before a fork, as no other does.
    with contextlib.suppress(ImportError):
        if "numpy" in modules or "pandas" in modules:
            importlib.import_module("numpy")
    threads = _count_threads()
    for name in (*_KERNEL, *modules):
        try:
            importlib.import_module(name)
        except ImportError:
            continue  # the notebook will say so itself
        except Exception as error:  # noqa: BLE001  # whatever an import may raise: kernels are then started anew
            return f"importing {name} failed: {error}"
    if "pandas" in modules:
        _format_table()
    if "matplotlib" in modules:
        _draw_figure()
    more = _count_threads() - threads
    return f"{more} threads were started by what was imported ahead" if more else ""


def _count_threads() -> int:
    """Threads that a fork would lose; jemalloc, which pyarrow brings along, sees to its own at a fork."""
    names = [(task / "comm").read_text().strip() for task in Path("/proc/self/task").iterdir()]
    return len(names) - names.count("jemalloc_bg_thd")


def _format_table() -> None:
    import pandas as pd

    frame = pd.DataFrame({"word": ["a", "b", "a"], "number": [1.5, 2.5, 3.5]})
    frame.groupby("word").sum().to_html()
    repr(frame)


def _draw_figure() -> None:
    """Fonts found, glyphs loaded, the SVG and PNG writers imported; no backend is chosen, for that is the notebook's."""
    import matplotlib.pyplot  # noqa: F401
    from matplotlib.figure import Figure

    figure = Figure(layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], label="Ag")
    axes.bar([0, 1], [1, 2])
    axes.set_title("Ag 0.5", fontweight="bold")
    axes.legend()
    for form in ("svg", "png"):
        figure.savefig(io.BytesIO(), format=form)
