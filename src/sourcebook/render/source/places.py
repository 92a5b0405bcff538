"""Where messages point: from a cell of an executed notebook, or a line of exported Markdown, to what people edit."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from nbformat import NotebookNode

from sourcebook.core.notebook import CODE_SPAN
from sourcebook.errors import Issue, RenderError, SourcebookError

Warn = Callable[[Issue], None]
# What an issue quotes from the text it complains of: @fig-x, #claim-x, 'word', a path, a whole formula.
_KEY = re.compile(r"^(.*, cell \d+)(?:, line (\d+))?$")
_NAMED = re.compile(r"[@#][\w:.-]*\w|'([^']+)'|\"([^\"]+)\"")

_CUT = 60  # characters that messages quote
_NAME = re.compile(r"</?[A-Za-z][\w-]*")
# Code in Markdown, fenced or amid words, which is not {=html}.
_CODE = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,})(?![^\n]*\{=)[^\n]*\n.*?(?:^ {0,3}(?P=fence)|\Z)"
    rf"|{CODE_SPAN}(?!\{{=)",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Source:
    """The text of one cell as its author wrote it.

    ``place`` is how messages call the cell; ``lines`` the place of each of its lines where that is another file
    (text chapters, includes).
    """

    place: str
    text: str
    lines: tuple[str, ...] = ()

    def at(self, offset: int) -> str:
        """How messages call the line ``offset`` lines below the first one."""
        if self.lines:
            return self.lines[min(offset, len(self.lines) - 1)]
        return f"{self.place}, line {offset + 1}"


def key_of(name: str, number: int) -> str:
    """What marks cell ``number`` (from one) of chapter ``name`` on its way through nbconvert and pandoc."""
    return f"{name}, cell {number}"


def read_sources(notebook: NotebookNode, name: str) -> dict[str, Source]:
    """Every cell of a chapter by its key; injected cells do not count in what messages say."""
    sources: dict[str, Source] = {}
    shown = 0
    for number, cell in enumerate(notebook.cells, start=1):
        shown += "injected-parameters" not in cell.metadata.get("tags", [])
        lines = tuple(cell.metadata.get("lines", ()))
        first = next((n for n, line in enumerate(cell.source.split("\n")) if line.strip()), 0)
        place = (
            lines[min(first, len(lines) - 1)]
            if lines and name.endswith((".qmd", ".md"))
            else key_of(name, shown)
        )
        sources[key_of(name, number)] = Source(place, cell.source, lines)
    return sources


@dataclass
class Places:
    """Every cell by its key; adds lines to issues and passes each warning on once.

    ``strict`` is whether a fault stops the build.
    """

    warn: Warn
    strict: bool = False
    sources: dict[str, Source] = field(default_factory=dict)
    _said: set[Issue] = field(default_factory=set)

    def refine(self, issue: Issue) -> Issue:
        """``issue`` with the line on which what it names stands in the cell."""
        match = _KEY.match(issue.where)
        source = self.sources.get(match.group(1)) if match else None
        if not match or not source:
            return issue
        if match.group(2):
            return replace(issue, where=source.at(int(match.group(2)) - 1))
        for needle in _needles(issue):
            found = _find(needle, source.text)
            if issue.nth < len(found):
                line = source.text.count("\n", 0, found[issue.nth])
                return replace(issue, where=source.at(line), nth=0)
        return replace(issue, where=source.place, nth=0)

    def complain(self, issues: Sequence[Issue]) -> None:
        """Warns of each issue that was not warned of before."""
        for issue in map(self.refine, issues):
            if issue not in self._said:
                self._said.add(issue)
                self.warn(issue)

    def fault(self, summary: str, issues: Sequence[Issue]) -> None:
        """Warns of what readers will miss; a strict build stops there, with a ``RenderError``."""
        if issues and self.strict:
            raise RenderError(summary, list(dict.fromkeys(map(self.refine, issues))))
        self.complain(issues)

    def raise_refined(self, error: SourcebookError) -> SourcebookError:
        """``error`` again, its issues with their lines."""
        return type(error)(error.summary, [self.refine(issue) for issue in error.issues])

    def of_line(self, markdown: str, line: int) -> str:
        """The place of line ``line`` (from one) of a chapter's exported Markdown, by the marker before it."""
        lines = markdown.split("\n")[:line]
        for start in range(len(lines) - 1, -1, -1):
            if lines[start] == "```{=place}" and start + 1 < len(lines):
                source = self.sources.get(lines[start + 1])
                return source.at(max(0, line - start - 5)) if source else lines[start + 1]
        return ""


def _find(needle: str, text: str) -> list[int]:
    """Where ``needle`` begins in a text: a tag in none of its code, unless there alone."""
    bare = _CODE.sub(_blank, text) if needle.startswith("<") else text
    whole = _whole(needle)
    found = [match.start() for match in whole.finditer(bare)]
    return found or [match.start() for match in whole.finditer(text)]


def _blank(code: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", code[0])


def _whole(needle: str) -> re.Pattern[str]:
    """What finds ``needle``, on one line or several, and not as a part of another word; one that was cut may end in one."""
    first = r"(?<![\w-])" if re.match(r"[\w-]", needle) else ""
    last = r"(?![\w-])" if re.search(r"[\w-]$", needle) and len(needle) < _CUT else ""
    return re.compile(first + r"\s+".join(map(re.escape, needle.split())) + last)


def _needles(issue: Issue) -> list[str]:
    """What may stand in the text, the surest first: of a tag that was cleaned at least its name, of a drawing its tag."""
    quoted = [one or two or match for match, one, two in _matches(issue.what)]
    tag = _NAME.match(issue.found)
    drawing = "<svg" if issue.found.startswith("data:image/svg") else ""
    return [needle for needle in [issue.found, *quoted, tag and tag[0], drawing] if needle]


def _matches(text: str) -> list[tuple[str, str, str]]:
    return [(match.group(0), match.group(1) or "", match.group(2) or "") for match in _NAMED.finditer(text)]
