"""The one error of the charts room; it stands alone, so it has its own."""

from __future__ import annotations

from collections.abc import Sequence


class ChartError(ValueError):
    """A chart or table that must not enter the report; ``problems`` lists what is wrong, one sentence each."""

    def __init__(self, summary: str, problems: Sequence[str] = ()) -> None:
        self.summary = summary
        self.problems = tuple(problems)
        super().__init__(summary, self.problems)

    def __str__(self) -> str:
        return "\n".join([self.summary, *(f"  - {problem}" for problem in self.problems)])
