"""What steps of a build gave, in the memory of a process that builds again and again, as the preview does."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any


class Recent:
    """Results by what they rest on; those that two builds in a row did not ask for are forgotten.

    What is remembered is handed out as it is, to be changed by nobody.
    """

    def __init__(self) -> None:
        self._before: dict[Hashable, Any] = {}
        self._now: dict[Hashable, Any] = {}

    def recall(self, keys: Sequence[Hashable], make: Callable[[list[int]], Sequence[Any]]) -> list[Any]:
        """The result of each key; ``make`` gives those of the keys at the positions it is told, where they are
        not known.
        """
        self._now |= {key: self._before[key] for key in keys if key in self._before}
        missing = [number for number, key in enumerate(keys) if key not in self._now]
        if missing:
            self._now |= zip((keys[number] for number in missing), make(missing), strict=True)
        return [self._now[key] for key in keys]

    def end_build(self) -> None:
        """A build has succeeded: what it did without is on its way out."""
        self._before, self._now = self._now, {}
