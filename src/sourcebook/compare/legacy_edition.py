"""Editions of before ``report.json``: chapters and sentences read from ``report.md``. Nothing else reads Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sourcebook.compare.published import Chapter, Sentence
from sourcebook.core.text import split_sentences

_HEADING = re.compile(r"^(#{1,6})\s+(.*)$")
_ANCHOR = re.compile(r'<(?:a|span|div)\b[^<>]*\bid="([^"]+)"[^<>]*>')
_ATTRIBUTES = re.compile(r"\s*\{[^{}]*\}\s*$")
_IDENTIFIER = re.compile(r"\{[^{}]*#([\w:.-]+)[^{}]*\}\s*$")
_NUMBERING = re.compile(r"^(?:\d+(?:\.\d+)*|[A-Z](?:\.\d+)*)\.?\s+(?=\S)")
_PICTURE = re.compile(r"!\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]*)[^)]*\)(\{[^}]*\})?")
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)(?:\s\"[^\"]*\")?\)(?:\{[^}]*\})?")
_TAG = re.compile(r"</?[a-zA-Z][^>]*>|<!--.*?-->")
_ITEM = re.compile(r"^\s*(?:[-*+]|(\d+)[.)])\s+")
_ALONE = re.compile(r"</?div\b|(?:<a\b[^>]*></a>\s*)+$")
_NUMBER = re.compile(r"^\W*(?:Figure|Table|Listing)\s+[\w.]+?[.:]?\*{0,2}\s+(?=\S)")
_FORMULA = re.compile(r"\$`([^`]*)`\$|(?<!`)`([^`]+)`")
# A single mark of emphasis: at the beginning or end of words, neither escaped nor between numbers.
_EMPHASIS = re.compile(r"(?<![\\\w])\*(?=\S)|(?<=\S)(?<!\\)\*(?!\w)")
_EQUATION = re.compile(r"\(\d+\)")
_ESCAPE = re.compile(r"\\([^\w\s])")
# What the ledger and the list of sources print again: their changes are told as changes of the data.
_ECHOES = ("claim-", "ref-")
_TITLE_PAGE = "Title page"
_EXHIBITS = ("fig-", "tbl-", "lst-")


def read_markdown_edition(text: str) -> list[Chapter]:
    """The chapters of a report in Markdown; what stands before the first heading is a chapter without a name."""
    return [chapter for chapter in _Reader().read(text) if chapter.title or chapter.sentences]


class _Reader:
    """Goes through the blocks and remembers where it is."""

    def __init__(self) -> None:
        self.chapters = [Chapter("", "")]
        self.top, self.section = 1, ""
        self.inside: list[str] = []  # labels of the divisions we are in, empty for one without
        self.anchor = ""  # what an anchor alone on its line opened: an exhibit, an entry, a heading to come

    def read(self, text: str) -> list[Chapter]:
        """All chapters, some perhaps empty; the first stands for what comes before any heading."""
        blocks = list(_split_blocks(text))
        self.top = _find_top([len(match[1]) for block in blocks if (match := _HEADING.match(block))])
        for block in blocks:
            self._read_block(block)
        return self.chapters

    def _read_block(self, block: str) -> None:
        anchors = _ANCHOR.findall(block)
        heading = _HEADING.match(block)
        if heading:
            self._open(len(heading[1]), heading[2], anchors)
        elif block.startswith("<div"):
            self.inside.append(anchors[0] if anchors else "")
        elif block.startswith("</div"):
            del self.inside[-1:]
        elif anchors and not _TAG.sub("", block).strip():
            self.anchor = anchors[-1]
        elif block.startswith("``` math"):
            self._add(" ".join(block.splitlines()[1:-1]).strip(), "", "")
        elif not self._echoes and not block.startswith(("```", "~~~")):
            self._leave_exhibit(block)
            if block.startswith("|"):
                self._read_table(block)
            else:
                self._read_text(block)

    def _open(self, level: int, words: str, anchors: list[str]) -> None:
        named = _IDENTIFIER.search(words)
        label = named[1] if named else (anchors[0] if anchors else self.anchor)
        title = _NUMBERING.sub("", _plain(_ATTRIBUTES.sub("", words)))
        self.anchor, self.section = "", title
        if level < self.top:
            label, title = "", _TITLE_PAGE
        if level <= self.top:
            self.chapters.append(Chapter(label, title))
            self.section = ""

    def _leave_exhibit(self, block: str) -> None:
        """An exhibit that only an anchor opened ends before a paragraph that is no part of one."""
        part = block.startswith(("|", "![", "*", "Source:", "[Data")) or _NUMBER.match(block)
        if self.anchor.startswith(_EXHIBITS) and not part:
            self.anchor = ""

    @property
    def _echoes(self) -> bool:
        return any(label.startswith(_ECHOES) for label in (*self.inside, self.anchor))

    @property
    def _exhibit(self) -> str:
        """The exhibit we are in, if any."""
        return next((label for label in (self.anchor, *self.inside) if label.startswith(_EXHIBITS)), "")

    def _read_table(self, block: str) -> None:
        """Rows of a table in the prose; those of an exhibit are compared as its data."""
        if self._exhibit:
            return
        for row in block.splitlines():
            cells = " ".join(_plain(cell) for cell in row.strip("|").split("|"))
            if cells.strip(" -:"):
                self._add(" ".join(cells.split()), row, "table")

    def _read_text(self, block: str) -> None:
        for picture in _PICTURE.finditer(block):
            name = picture[2].rsplit("/", 1)[-1].rsplit(".", 1)[0]
            for sentence in split_sentences(_plain(picture[1])):
                self._add(sentence, "", f"alternative text of {name}")
        item = _ITEM.match(block)
        place = f"item {item[1]}" if item and item[1] else ""
        if self._exhibit:
            place = f"text of {self._exhibit}"
        text = _ITEM.sub("", _PICTURE.sub("", block))
        text = _NUMBER.sub("", text) if self._exhibit else text
        text = "" if self._exhibit and text.startswith("[Data") else text
        for sentence in split_sentences(_even_links(text)):
            self._add(_plain(sentence), sentence, place)

    def _add(self, text: str, source: str, place: str) -> None:
        claims = tuple(dict.fromkeys(re.findall(r"⟦claim-([\w-]+)⟧|#claim-([\w-]+)", source)))
        names = tuple(first or second for first, second in claims)
        if re.search(r"\w", text) and not _EQUATION.fullmatch(text):
            self.chapters[-1].sentences.append(Sentence(text, self.section, place, names, " of " in place))


def _find_top(levels: list[int]) -> int:
    """The level of chapters: the highest, or the one below a single title at the beginning."""
    top = min(levels, default=1)
    if levels[:1] == [top] and levels.count(top) == 1 and len(levels) > 1:
        return min(level for level in levels if level > top)
    return top


def _split_blocks(text: str) -> Iterator[str]:
    """Paragraphs, headings, list items, tables and code blocks, one after the other."""
    lines: list[str] = []
    fence = ""
    for line in text.splitlines():
        mark = line.lstrip()[:3]
        if fence or mark in ("```", "~~~"):
            lines.append(line)
            fence = mark if not fence else ("" if mark == fence else fence)
            continue
        starts = _HEADING.match(line) or _ITEM.match(line) or _ALONE.match(line)
        if (not line.strip() or starts) and lines:
            yield "\n".join(lines)
            lines = []
        if line.strip():
            lines.append(line.lstrip("> ") if line.startswith(">") else line)
            if _HEADING.match(line) or _ALONE.match(line):
                yield lines.pop()
    if lines:
        yield "\n".join(lines)


def _even_links(text: str) -> str:
    """Links inside the report become their labels, so that a new number of a figure changes no sentence."""

    def name(match: re.Match[str]) -> str:
        """A label in brackets for a link inside the report, the bare words for one that leads out."""
        target = match[2]
        return f"⟦{target[1:]}⟧" if target.startswith("#") else match[1]

    return _LINK.sub(name, text)


def _plain(text: str) -> str:
    """Words as read: no tags, no emphasis marks, no escapes; labels of links as people know them."""
    words = (
        _FORMULA.sub(lambda match: match[1] or match[2], _TAG.sub("", _even_links(text)))
        .replace("⟦claim-", "")
        .replace("⟦ref-", "@")
    )
    words = words.replace("⟦", "@").replace("⟧", "").replace("**", "").removesuffix(" Data (CSV)")
    words = _EMPHASIS.sub("", words).replace("\u00a0", " ")
    return " ".join(_ESCAPE.sub(r"\1", words).split())
