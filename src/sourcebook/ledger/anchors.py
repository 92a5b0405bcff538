"""Passages of the article by their words: find them, name them, propose names for new ones.

A passage is named by its first and last words joined by `` … `` (or by all its words when they are
few); it reaches from the first of the first words to the last of the last, the shortest such span.
It may run over line ends, so that a line printed twice is named together with a word of its
neighbour.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from sourcebook.errors import AnchorError, Issue
from sourcebook.ledger.article import Section, split_sections
from sourcebook.ledger.wording import GAP, digest, normalise, split_article

WHOLE = 7  # words a selector may print in full: eight in a row would be a quotation
ENDS = 4  # words kept at each end of a longer passage
REACH = 40  # words a passage may grow by until it is told apart
LONGEST_SPAN = 150  # words a candidate may reach over
ALIKE = 60  # similarity in percent below which nothing is proposed
CANDIDATES = 3

_WORD = re.compile(r"\S+")
_STOPS = " .,;:!?。"


@dataclass(frozen=True)
class Span:
    """A passage found: offsets in the section's normal form, and its words there."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Anchor:
    """A place in the article as the ledger names it. ``unique``: the words asked for stand only once in
    their section; otherwise ``passage`` was lengthened by neighbouring words until it does.
    """

    section: str
    passage: str
    digest: str
    unique: bool = True

    def __str__(self) -> str:
        return f"“{self.passage}” in section {self.section} (digest {self.digest})"


def find_passages(section_text: str, passage: str) -> list[Span]:
    """Every shortest span of the text that a passage names; offsets are those of the normal form."""
    text = normalise(section_text)
    ends = [normalise(part) for part in GAP.split(passage.strip())]
    if not all(ends) or len(ends) > 2:
        return []
    spans = [match.span() for match in _pattern(ends[0]).finditer(text)]
    if len(ends) == 2:
        lasts = [match.span() for match in _pattern(ends[1]).finditer(text)]
        spans = _join_ends(spans, lasts)
    return [Span(start, end, text[start:end]) for start, end in spans]


def propose_anchors(text: str, wanted: str, sections: Sequence[Section] = ()) -> list[Anchor]:
    """Anchors for ``first words … last words`` or for a whole quotation: one for each place it names.

    Without sections the whole text is one. Raises AnchorError, with candidates, when it stands nowhere.
    """
    parts = split_sections(text, sections) if sections else {"introduction": text}
    texts = {name: normalise(part) for name, part in parts.items()}
    found = [(name, span) for name, part in texts.items() for span in find_passages(part, wanted)]
    anchors = [anchor for name, span in found if (anchor := name_span(name, texts[name], span))]
    if not anchors:
        near = [Issue("candidate", str(anchor)) for anchor in find_candidates(texts, wanted)]
        raise AnchorError(f"“{wanted}” names no passage of the article. Give its first and last words.", near)
    return anchors


def propose_claims(text: str, sections: Sequence[Section], title: str = "") -> list[dict[str, str]]:
    """One row per sentence of any article: id, section, passage and digest, each passage unique in its
    section. Title and headings are left out, and so are sentences that no words around them tell apart.
    """
    headings = {normalise(heading) for heading in (title, *(section.heading for section in sections))}
    texts = split_sections(text, sections)
    rows = []
    for section in (section for section in sections if section.id in texts):
        anchors = {anchor.passage: anchor for anchor in _name_sentences(section.id, texts, headings)}
        for number, anchor in enumerate(anchors.values(), start=1):
            row = {"id": f"{section.prefix}-{number:02d}", "section": section.id}
            rows.append(row | {"passage": anchor.passage, "digest": anchor.digest})
    return rows


def name_span(section: str, text: str, span: Span) -> Anchor | None:
    """The shortest anchor that names a span of a section's normal form, grown by neighbouring words
    until it is the only one; None when they cannot tell it apart.
    """
    for grown in _grow(text, span):
        words = grown.text.split()
        short = [grown.text] if len(words) <= WHOLE else [" ".join(words[:ENDS]), " ".join(words[-ENDS:])]
        passage = " … ".join(short)
        if find_passages(text, passage) == [grown]:
            return Anchor(section, passage, digest(grown.text), unique=grown == span)
    return None


def find_candidates(texts: Mapping[str, str], passage: str) -> list[Anchor]:
    """Up to three anchors whose words resemble a passage that was not found, the most alike first."""
    first, *last = [normalise(part) for part in GAP.split(passage.strip())]
    scored: dict[Anchor, float] = {}
    for section, text in texts.items():
        for span, score in _alike(text, first, last[-1] if last else ""):
            if anchor := name_span(section, text, span):
                scored[anchor] = max(score, scored.get(anchor, 0))
    return sorted(scored, key=lambda anchor: (-scored[anchor], anchor.passage))[:CANDIDATES]


def _pattern(words: str) -> re.Pattern[str]:
    before = r"(?<!\w)" if words[0].isalnum() else ""
    after = r"(?!\w)" if words[-1].isalnum() else ""
    return re.compile(before + re.escape(words) + after)


def _join_ends(firsts: Iterable[tuple[int, int]], lasts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    nearest: dict[int, int] = {}
    for start, begun in firsts:
        end = next((end for last, end in lasts if last >= begun), None)
        if end is not None:
            nearest[end] = start  # a later start with the same end gives the shorter span
    return [(start, end) for end, start in nearest.items()]


def _find_words(text: str) -> list[tuple[int, int]]:
    """Where what is spoken begins and ends: a mark that stands alone is no word."""
    return [match.span() for match in _WORD.finditer(text) if re.search(r"\w", match[0])]


def _grow(text: str, span: Span) -> Iterator[Span]:
    yield span
    before = [start for start, _ in _find_words(text[: span.start])][::-1]
    after = [span.end + end for _, end in _find_words(text[span.end :])]
    for size in range(1, REACH + 1):
        for left, right in ((0, size), (size, 0), (size, size)):
            if left <= len(before) and right <= len(after):
                start = before[left - 1] if left else span.start
                end = after[right - 1] if right else span.end
                yield Span(start, end, text[start:end])


def _name_sentences(section: str, texts: Mapping[str, str], headings: set[str]) -> Iterator[Anchor]:
    text, cursor = normalise(texts[section]), 0
    for sentence in split_article(texts[section], headings):
        words = sentence.rstrip(_STOPS)
        start = text.find(words, cursor)
        cursor = max(cursor, start + len(words))
        if words and start >= 0 and sentence not in headings:
            anchor = name_span(section, text, Span(start, cursor, words))
            yield from [anchor] if anchor else []


def _alike(text: str, first: str, last: str) -> Iterator[tuple[Span, float]]:
    for start, begun, score in _windows(text, first, 0):
        ends = [(0, begun, 100.0)] if not last else _windows(text, last, begun)[:1]
        for _, end, fit in ends:
            words = text[start:end].rstrip(_STOPS)
            yield Span(start, start + len(words), words), score + fit


def _windows(text: str, words: str, after: int) -> list[tuple[int, int, float]]:
    """Runs of as many words as wanted that resemble them, the most alike first: start, end, score."""
    places = [match.span() for match in _WORD.finditer(text, after)]
    places = places[:LONGEST_SPAN] if after else places
    size = len(words.split())
    runs = [(run[0][0], run[-1][1]) for run in zip(*(places[i:] for i in range(size)), strict=False)]
    found = process.extract(
        words,
        [text[start:end] for start, end in runs],
        scorer=fuzz.ratio,
        score_cutoff=ALIKE,
        limit=CANDIDATES,
    )
    return [(*runs[index], score) for _, score, index in found]
