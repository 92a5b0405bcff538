"""Which chapters are the same in two states of the report, and which came, went, moved or got another title."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from sourcebook.compare.changes import Change
from sourcebook.compare.pages import REPORT, Chapter


def pair_chapters(old: Sequence[Chapter], new: Sequence[Chapter]) -> list[tuple[Chapter, Chapter]]:
    """Chapters of both states with the same label; without one, with the same title."""
    earlier = {chapter_name(chapter): chapter for chapter in old}
    return [(earlier[chapter_name(chapter)], chapter) for chapter in new if chapter_name(chapter) in earlier]


def chapter_name(chapter: Chapter) -> str:
    """What a chapter is known by."""
    return chapter.label or chapter.title


def compare_order(
    old: Sequence[Chapter], new: Sequence[Chapter], pairs: Sequence[tuple[Chapter, Chapter]]
) -> Iterator[Change]:
    """Chapters added, removed, retitled and moved; of those that moved, as few as explain the new order."""
    kept = {chapter_name(chapter) for _, chapter in pairs}
    for what, chapters in (("removed", old), ("added", new)):
        for chapter in chapters:
            if chapter_name(chapter) not in kept and chapter.title:
                yield Change("chapter", what, chapter.title, where=REPORT)
    for before, after in pairs:
        if before.title != after.title:
            yield Change("chapter", "retitled", after.title, before.title, after.title, REPORT, 0.3)
    names = [chapter_name(chapter) for chapter in new]
    order = [chapter_name(chapter) for chapter in old if chapter_name(chapter) in kept]
    now = [name for name in names if name in kept]
    stay = {
        order[block.a + step]
        for block in difflib.SequenceMatcher(None, order, now, autojunk=False).get_matching_blocks()
        for step in range(block.size)
    }
    titles = {chapter_name(chapter): chapter.title for chapter in new}
    for name in now:
        if name not in stay:
            place = names.index(name)
            previous = new[place - 1] if place else Chapter("", "")
            follows = f"after {previous.title}" if previous.label else "at the beginning"
            yield Change("chapter", "moved", titles[name], after=follows, where=REPORT, size=0.3)
