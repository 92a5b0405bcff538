"""The sizes that ``fig-width`` and ``fig-height`` ask figures to have, set where matplotlib reads them.

``plan_sizes`` says what to evaluate before which cell: functions of ``kernel_side``. The notebook's own code may always
choose otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sourcebook.core.options import FIG_HEIGHT, FIG_WIDTH, Option
from sourcebook.errors import ExecutionError, Issue

Size = tuple[float | None, float | None]
"""Width and height in inches; None where matplotlib's own setting holds."""

INSIDE = "__import__('sourcebook.execute.kernel_side', fromlist=['begin'])"
"""The module ``kernel_side``, in an expression that any kernel can evaluate without naming anything in the notebook."""


def read_size(options: Mapping[str, Any], where: str) -> Size:
    """The size that ``options`` ask for. Raises ``ExecutionError`` for what is no number of inches."""
    return _read_inches(options, FIG_WIDTH, where), _read_inches(options, FIG_HEIGHT, where)


def plan_sizes(sizes: Sequence[Size], default: Size) -> list[str]:
    """For each of a notebook's code cells, which ask for ``sizes``, an expression to evaluate before it, or ``""``."""
    plans = []
    before: Size = (None, None)
    for number, size in enumerate(sizes):
        calls = [f"{INSIDE}.set_size{default}"] if number == 0 and any(default) else []
        calls += [f"{INSIDE}.end_size()"] if any(before) else []
        calls += [f"{INSIDE}.set_size{(*size, True)}"] if any(size) else []
        plans.append(" or ".join(calls))
        before = size
    return plans


def _read_inches(options: Mapping[str, Any], option: Option, where: str) -> float | None:
    value = option.of(options)
    if value is None:
        return None
    try:
        inches = float(value)
    except (TypeError, ValueError):
        inches = 0
    if not 0 < inches < 1000:
        issue = Issue(where, f"{option.name} is no size", found=str(value), expected=option.expected)
        raise ExecutionError("A figure's size cannot be read.", [issue])
    return inches
