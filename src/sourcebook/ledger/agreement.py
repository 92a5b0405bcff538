"""How far two coders agree beyond chance: Krippendorff's alpha for nominal data, with a bootstrap interval.

Alpha is 1 - D_o / D_e: the share of units on which the coders differ, over the share of differing pairs among all values
given (K. Krippendorff, Content Analysis, 4th ed. 2019, chapter 12). The interval resamples units.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Agreement:
    """A coefficient, and the interval that holds the middle ``level`` of its bootstrap distribution."""

    value: float
    low: float
    high: float
    level: float


def alpha(
    first: Iterable[Hashable],
    second: Iterable[Hashable],
    level: float = 0.95,
    samples: int = 4000,
    seed: int = 1,
) -> Agreement:
    """The agreement of two coders' values, unit by unit.

    Raises ValueError when a unit has one value only, and when all values are alike: then chance explains everything.
    """
    units = list(zip(first, second, strict=True))
    value = _alpha(units)
    if value is None:
        raise ValueError("Agreement cannot be told: all values are alike, or there is none.")
    chance = random.Random(seed)  # noqa: S311  (a bootstrap, no secret)
    drawn = (_alpha(chance.choices(units, k=len(units))) for _ in range(samples))
    found = sorted(one for one in drawn if one is not None)
    tail = round((1 - level) / 2 * (len(found) - 1))
    return Agreement(value, found[tail], found[-1 - tail], level)


def _alpha(units: Sequence[tuple[Hashable, Hashable]]) -> float | None:
    counts = Counter(value for unit in units for value in unit)
    total = sum(counts.values())
    expected = total * (total - 1) - sum(n * (n - 1) for n in counts.values())
    differing = sum(one != other for one, other in units)
    return 1 - differing / len(units) * total * (total - 1) / expected if expected else None
