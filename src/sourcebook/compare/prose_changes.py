"""What changed in the words of the report: values in sentences that stayed, sentences, chapters."""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

from sourcebook.compare.changes import Change, Detail, sides_of
from sourcebook.compare.published import REPORT, Chapter, Edition, Sentence
from sourcebook.compare.tokens import pair_numbers, relative_difference, similarity
from sourcebook.core.text import listing, mask_numbers

# Chapters whose sentences are findings: a change in them is a change of what the report says.
FINDINGS = ("sec-findings", "sec-judgements", "sec-conclusion")
# Two sentences are one, reworded, when they share this part of their words.
_ALIKE = 0.5

Pair = tuple[Sentence | None, Sentence | None]


def compare_prose(before: Edition, after: Edition) -> list[Change]:
    """Changes between two editions, chapter by chapter; chapters are known by their labels."""
    old, new = before.chapters, after.chapters
    pairs = _pair_chapters(old, new)
    differing = [(a, b, _compare_sentences(a.sentences, b.sentences)) for a, b in pairs]
    moved, gone, come = _find_moved(differing)
    changes = [*_compare_order(old, new, pairs), *moved]
    for _, chapter, found in differing:
        rest = [pair for pair in found if not _is_moved(pair, gone, come)]
        changes += _tell(chapter, rest)
    return changes


def _pair_chapters(old: Sequence[Chapter], new: Sequence[Chapter]) -> list[tuple[Chapter, Chapter]]:
    """Chapters of both states with the same label; without one, with the same title."""
    earlier = {_chapter_name(chapter): chapter for chapter in old}
    return [
        (earlier[_chapter_name(chapter)], chapter) for chapter in new if _chapter_name(chapter) in earlier
    ]


def _chapter_name(chapter: Chapter) -> str:
    """What a chapter is known by."""
    return chapter.label or chapter.title


def _compare_order(
    old: Sequence[Chapter], new: Sequence[Chapter], pairs: Sequence[tuple[Chapter, Chapter]]
) -> Iterator[Change]:
    """Chapters added, removed, retitled and moved; of those that moved, as few as explain the new order."""
    kept = {_chapter_name(chapter) for _, chapter in pairs}
    for what, chapters in (("removed", old), ("added", new)):
        for chapter in chapters:
            if _chapter_name(chapter) not in kept and chapter.title:
                yield Change("chapter", what, chapter.title, where=REPORT)
    for before, after in pairs:
        if before.title != after.title:
            yield Change("chapter", "retitled", after.title, before.title, after.title, REPORT, 0.3)
    names = [_chapter_name(chapter) for chapter in new]
    order = [_chapter_name(chapter) for chapter in old if _chapter_name(chapter) in kept]
    now = [name for name in names if name in kept]
    stay = {
        order[block.a + step]
        for block in difflib.SequenceMatcher(None, order, now, autojunk=False).get_matching_blocks()
        for step in range(block.size)
    }
    titles = {_chapter_name(chapter): chapter.title for chapter in new}
    for name in now:
        if name not in stay:
            place = names.index(name)
            previous = new[place - 1] if place else Chapter("", "")
            follows = f"after {previous.title}" if previous.label else "at the beginning"
            yield Change("chapter", "moved", titles[name], after=follows, where=REPORT, size=0.3)


def _compare_sentences(old: Sequence[Sentence], new: Sequence[Sentence]) -> list[Pair]:
    """Sentences that differ, each with what it was; one side is empty where a sentence came or went."""
    left_texts, right_texts = ([sentence.even for sentence in side] for side in (old, new))
    if left_texts == right_texts:
        return []
    left_masks, right_masks = (list(map(mask_numbers, texts)) for texts in (left_texts, right_texts))
    found: list[Pair] = []
    matcher = difflib.SequenceMatcher(None, left_masks, right_masks, autojunk=False)
    for kind, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        left, right = old[old_start:old_end], new[new_start:new_end]
        if kind == "equal":
            found += [(a, b) for a, b in zip(left, right, strict=True) if a.even != b.even]
        else:
            found += _pair_alike(left, right)
    return found


def _pair_alike(old: Sequence[Sentence], new: Sequence[Sentence]) -> list[Pair]:
    """Each new sentence with the most similar old one, in the order of the new; the rest came or went."""
    words = [_words(sentence) for sentence in old]
    free = set(range(len(old)))
    pairs: list[Pair] = []
    for sentence in new:
        mine = _words(sentence)
        scores = {index: _overlap(words[index], mine) for index in free}
        best = max(sorted(scores), key=scores.__getitem__, default=None)
        if best is not None and scores[best] >= _ALIKE:
            free.discard(best)
            pairs.append((old[best], sentence))
        else:
            pairs.append((None, sentence))
    return [*pairs, *((old[index], None) for index in sorted(free))]


def _words(sentence: Sentence) -> Counter[str]:
    return Counter(re.findall(r"\w+", sentence.text.lower()))


def _overlap(old: Counter[str], new: Counter[str]) -> float:
    return 2 * (old & new).total() / max(old.total() + new.total(), 1)


def _find_moved(
    differing: Sequence[tuple[Chapter, Chapter, list[Pair]]],
) -> tuple[list[Change], Counter[str], Counter[str]]:
    """Sentences that went in one place and came in another, word for word, told once for each way."""
    gone = {a.text: (old.title, a) for old, _, pairs in differing for a, b in pairs if a and not b}
    ways: dict[tuple[str, str], list[str]] = defaultdict(list)
    for _, chapter, pairs in differing:
        for a, b in pairs:
            if b and not a and b.text in gone:
                title, sentence = gone[b.text]
                ways[_place(title, sentence), _place(chapter.title, b)].append(b.text)
    moved = Counter(text for texts in ways.values() for text in texts)
    changes = [
        Change(
            *("prose", "moved", here),
            before=start, after=here, where=REPORT, size=0.05,
            details=tuple(Detail("", text, text) for text in texts),
        )
        for (start, here), texts in ways.items()
    ]  # fmt: skip
    return changes, moved, moved.copy()


def _is_moved(pair: Pair, gone: Counter[str], come: Counter[str]) -> bool:
    old, new = pair
    sentence, left = (old, gone) if new is None else (new, come)
    if (old and new) or sentence is None or not left[sentence.text]:
        return False
    left[sentence.text] -= 1
    return True


def _tell(chapter: Chapter, pairs: Sequence[Pair]) -> Iterator[Change]:
    """Values and findings one by one, other sentences gathered by section."""
    others: list[Pair] = []
    for old, new in pairs:
        if old and new and mask_numbers(old.even) == mask_numbers(new.even):
            yield _value(chapter, old, new)
        elif chapter.label in FINDINGS and not _is_about_exhibit(old, new):
            yield _finding(chapter, old, new)
        else:
            others.append((old, new))
    for place, group in groupby(
        sorted(others, key=lambda pair: _at(chapter, pair)), lambda pair: _at(chapter, pair)
    ):
        yield _gather(place, list(group), len(chapter.sentences))


def _is_about_exhibit(old: Sentence | None, new: Sentence | None) -> bool:
    sentence = new or old
    return sentence is not None and sentence.exhibit


def _value(chapter: Chapter, old: Sentence, new: Sentence) -> Change:
    numbers = pair_numbers(old.even, new.even)
    kind = "finding" if chapter.label in FINDINGS and not _is_about_exhibit(old, new) else "value"
    size = max((relative_difference(*pair) for pair in numbers), default=0.0)
    before, after = (listing(dict.fromkeys(side)) for side in zip(*numbers, strict=True))
    details = (
        Detail("sentence", old.text, new.text),
        *(Detail("value", *pair) for pair in dict.fromkeys(numbers)),
    )
    place = _place(chapter.title, new)
    return Change(kind, "value", place, before, after, REPORT, size, new.claims, details, context=new.text)


def _finding(chapter: Chapter, old: Sentence | None, new: Sentence | None) -> Change:
    what = "reworded" if old and new else ("added" if new else "removed")
    size = 1 - similarity(old.text, new.text) if old and new else 1.0
    sentence = new or old
    assert sentence is not None
    sides = (old.text if old else "", new.text if new else "")
    return Change("finding", what, _place(chapter.title, sentence), *sides, REPORT, size, sentence.claims)


def _gather(place: str, pairs: Sequence[Pair], total: int) -> Change:
    details = tuple(Detail("", old.text if old else "", new.text if new else "") for old, new in pairs)
    what = "changed"
    if all(not detail.before for detail in details):
        what = "added"
    elif all(not detail.after for detail in details):
        what = "removed"
    elif all(detail.before and detail.after for detail in details):
        what = "reworded"
    claims = tuple(dict.fromkeys(name for pair in pairs for side in pair if side for name in side.claims))
    size = min(len(details) / max(total, 1), 1.0)
    return Change("prose", what, place, *sides_of(details), REPORT, size, claims, details)


def _at(chapter: Chapter, pair: Pair) -> str:
    sentence = pair[1] or pair[0]
    return _place(chapter.title, sentence) if sentence else chapter.title


def _place(title: str, sentence: Sentence) -> str:
    """Chapter, section and item, as a person would say where a sentence stands."""
    section = f" › {sentence.section}" if sentence.section and not sentence.exhibit else ""
    return f"{title}{section}" + (f", {sentence.place}" if sentence.place else "")
