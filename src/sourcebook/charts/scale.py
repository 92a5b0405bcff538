"""Scales that place values on a sheet."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from matplotlib.ticker import MaxNLocator


@dataclass(frozen=True)
class Scale:
    """Values to points: linear, or by powers of ten when ``log``."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Where a value lies, in points; on a logarithmic scale it must be above zero."""
        low, high, value = (math.log10(v) if self.log else v for v in (self.low, self.high, value))
        return self.start + (value - low) / ((high - low) or 1.0) * (self.end - self.start)

    def ticks(self, most: int = 6, step: float | None = None) -> list[float]:
        """Values within the scale: every ``step``, or about ``most`` round ones, or by decade when logarithmic."""
        if step:
            found = [step * n for n in range(math.floor(self.low / step), math.ceil(self.high / step) + 1)]
        elif self.log:
            found = _decades(self.low, self.high)
        else:
            steps = [1, 2, 2.5, 5, 10]
            found = [float(v) for v in MaxNLocator(most, steps=steps).tick_values(self.low, self.high)]
        slack = 1e-9 * (abs(self.low) + abs(self.high))
        return [value for value in found if self.low - slack <= value <= self.high + slack]


def extent(values: Iterable[float], *, zero: bool = False) -> tuple[float, float]:
    """The least and the greatest of ``values``, with ``zero`` of these and zero; never twice the same."""
    found = [*values, *([0.0] if zero else [])]
    low, high = min(found), max(found)
    return low, high if high > low else low + 1


def _decades(low: float, high: float) -> list[float]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    factors = (1, 2, 5) if last - first <= 3 else (1,)
    return [factor * 10.0**power for power in range(first, last + 1) for factor in factors]
