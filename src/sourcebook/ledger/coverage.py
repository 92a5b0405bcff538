"""How much of the article the ledger covers: every sentence cut where claimed passages begin and end.

Only passages that are found once, with the digest recorded, count; nothing is placed by guess.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sourcebook.ledger.anchors import find_passages
from sourcebook.ledger.article import Article, split_sections
from sourcebook.ledger.wording import digest, normalise, split_article

_WORD = re.compile(r"(?<!\S)\S*\w\S*")
_ITEM = re.compile(r"^(?:[-*+•>]|\d{1,3}[.)])\s+")  # a table of contents lists the headings


@dataclass(frozen=True)
class Piece:
    """A run of text that the same claims speak of; ``ends`` are those whose passage ends here."""

    text: str
    claims: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sentence:
    """A sentence, or a heading, in pieces; the spaces between pieces are theirs."""

    pieces: tuple[Piece, ...]
    is_heading: bool = False

    @property
    def is_claimed(self) -> bool:
        """Whether any claim speaks of a part of it."""
        return any(piece.claims for piece in self.pieces)


@dataclass(frozen=True)
class Coverage:
    """The article's lines by section id, in sentences, and the claims whose passage was not found once as recorded."""

    lines: Mapping[str, tuple[tuple[Sentence, ...], ...]]
    lost: tuple[str, ...]

    @property
    def sentences(self) -> list[Sentence]:
        """All sentences without the headings."""
        return [one for lines in self.lines.values() for line in lines for one in line if not one.is_heading]

    @property
    def share(self) -> float:
        """The part of the words outside headings that a claim speaks of, from 0 to 1."""
        counted = [(len(_WORD.findall(piece.text)), piece) for one in self.sentences for piece in one.pieces]
        words = sum(count for count, _ in counted)
        return sum(count for count, piece in counted if piece.claims) / words if words else 0.0


def measure_coverage(text: str, article: Article, claims: Iterable[Mapping[str, str]]) -> Coverage:
    """Where the claims (id, section, passage, digest) stand in the article's ``text``.

    Its title and the names of its sections, wherever they fill a line or begin a section, are headings.
    """
    parts = split_sections(text, article.sections)
    spans: dict[str, list[tuple[int, int, str]]] = {name: [] for name in parts}
    lost = []
    for claim in claims:
        found = find_passages(parts.get(claim["section"], ""), claim["passage"])
        if len(found) == 1 and digest(found[0].text) == claim["digest"]:
            spans[claim["section"]].append((found[0].start, found[0].end, claim["id"]))
        else:
            lost.append(claim["id"])
    headings = {normalise(words) for words in (article.title, *(one.heading for one in article.sections))}
    lines = {name: tuple(_cut_lines(part, headings, sorted(spans[name]))) for name, part in parts.items()}
    return Coverage(lines, tuple(lost))


def _cut_lines(
    part: str, headings: set[str], spans: Sequence[tuple[int, int, str]]
) -> Iterator[tuple[Sentence, ...]]:
    """The lines of a section; spans count in its normal form, where one space stands between lines."""
    offset = 0
    for line in filter(None, map(normalise, part.split("\n"))):
        yield tuple(_cut_line(line, offset, headings, spans))
        offset += len(line) + 1


def _cut_line(
    line: str, offset: int, headings: set[str], spans: Sequence[tuple[int, int, str]]
) -> Iterator[Sentence]:
    if _ITEM.sub("", line) in headings:
        yield Sentence((Piece(line),), is_heading=True)
        return
    head = next((heading for heading in headings if line.startswith(heading)), "")
    starts = [len(head)] if head else []
    cursor = len(head)
    for sentence in split_article(line[len(head) :], headings):
        place = line.find(sentence, cursor)
        starts.append(max(cursor, place))
        cursor = max(cursor, place + len(sentence))
    edges = sorted({0, *starts[1 if not head else 0 :], len(line)})
    for start, end in itertools.pairwise(edges):
        pieces = _cut_sentence(line[start:end], offset + start, spans)
        yield Sentence(tuple(pieces), is_heading=bool(head) and start == 0)


def _cut_sentence(text: str, offset: int, spans: Sequence[tuple[int, int, str]]) -> Iterator[Piece]:
    end = offset + len(text)
    inside = [(max(a, offset), min(b, end), b, name) for a, b, name in spans if a < end and b > offset]
    edges = sorted({offset, end, *(a for a, *_ in inside), *(b for _, b, *_ in inside)})
    for first, last in itertools.pairwise(edges):
        names = tuple(name for a, b, _, name in inside if a <= first and b >= last)
        ends = tuple(name for *_, b, name in inside if b == last)
        yield Piece(text[first - offset : last - offset], names, ends)
