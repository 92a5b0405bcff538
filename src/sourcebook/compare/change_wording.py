"""Changes, stories and counts in words: the same in every format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from sourcebook.compare.changes import Change, Comparison, Detail, Story
from sourcebook.compare.tokens import read_number
from sourcebook.core.text import listing

_SHOWN = 3
_NAMES = {
    "finding": ("finding", "findings"),
    "verdict": ("verdict", "verdicts"),
    "reason": ("reason for a verdict", "reasons for verdicts"),
    "stale": ("stale verdict", "stale verdicts"),
    "claim": ("claim", "claims"),
    "value": ("value in the prose", "values in the prose"),
    "evidence": ("row of evidence", "rows of evidence"),
    "source": ("source", "sources"),
    "series": ("series", "series"),
    "exhibit": ("exhibit", "exhibits"),
    "prose": ("place in the prose", "places in the prose"),
    "chapter": ("chapter", "chapters"),
    "row": ("row of another table", "rows of other tables"),
    "settings": ("setting", "settings"),
    "code": ("chapter's code", "chapters' code"),
}
_LONGEST = 160
_CELL = 60

# Changes that one form says; the fields are those of Change.
_FORMS = {
    ("claim", "renamed"): "{before} renamed {after}",
    ("evidence", "regraded"): "{subject} regraded {before} → {after}",
    ("verdict", "changed"): "{subject} {before} → {after}",
    ("verdict", "given"): "{subject} judged {after}",
    ("verdict", "withdrawn"): "{subject} no longer judged, it was {before}",
    ("verdict", "confidence"): "{subject} {context}, confidence {before} → {after}",
    ("verdict", "rationale"): "{subject} judged as before, for another reason",
    ("stale", "stale"): "the verdict on {subject} is stale",
    ("exhibit", "redrawn"): "{subject} redrawn from the same data",
    ("code", "tool"): "{subject} changed",
    ("chapter", "moved"): "{subject} moved, now {after}",
}


def say_story(story: Story) -> str:
    """A change and what follows from it, as one line: a colon for each step, semicolons inside a step."""
    line, level = say_change(story.change), _level(story.change)
    for change in story.then[:_SHOWN]:
        line += (": " if _level(change) > level else "; ") + say_change(change, alone=False)
        level = _level(change)
    rest = len(story.then) - _SHOWN
    line += f"; and {rest} more" if rest > 0 else ""
    return f"{line} (follows from {_say_causes(story)})" if story.because else line


def say_summary(comparison: Comparison) -> str:
    """How much changed: the counts by kind."""
    counts = Counter("reason" if change.what == "rationale" else change.kind for change in comparison.changes)
    if not counts:
        return "Nothing of substance changed."
    said = [f"{counts[kind]} {_NAMES[kind][counts[kind] > 1]}" for kind in _NAMES if counts[kind]]
    return f"Changed: {listing(said)}."


def say_cosmetic(comparison: Comparison) -> str:
    """What was counted and not listed; empty when there is nothing."""
    if not comparison.cosmetic:
        return ""
    said = [f"{sort}: {count}" for sort, count in comparison.cosmetic.items()]
    return f"Not listed, for it says nothing new: {'; '.join(said)}."


def _say_causes(story: Story) -> str:
    subjects = list(dict.fromkeys(change.subject for change in story.because))
    if len(subjects) <= _SHOWN + 1:
        return listing(subjects)
    return listing([*subjects[:_SHOWN], f"{len(subjects) - _SHOWN} more"])


def _level(change: Change) -> int:
    """Which step of the reasoning a change belongs to: recorded, judged, computed, told."""
    return {"verdict": 1, "stale": 1, "value": 2, "finding": 2, "exhibit": 2, "prose": 3}.get(change.kind, 0)


def say_change(change: Change, *, alone: bool = True) -> str:
    """One change as half a sentence, without what follows from it; ``alone`` quotes the sentence of a value."""
    if change.what == "value" and not alone:
        return _say_numbers(change)
    if change.kind == "exhibit" and not alone and change.context and read_number(change.before) is None:
        return f"{change.subject} with it"
    form = _FORMS.get((change.kind, change.what))
    if form:
        return form.format_map(vars(change))
    teller = _TELLERS.get((change.kind, change.what)) or _TELLERS.get((change.kind, ""), _say_plainly)
    return teller(change)


def list_details(change: Change) -> list[Detail]:
    """What a change is made of, as far as its sentence does not say it; of a wording, both in full."""
    if not change.details and change.what in ("reworded", "rationale"):
        return [Detail("", change.before, change.after)]
    return [detail for detail in change.details if detail.label != "value" or change.what != "value"]


def shorten(text: str, length: int = _LONGEST) -> str:
    """A text cut at a word when it is too long for a line."""
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def _say_plainly(change: Change) -> str:
    line, before, after = f"{change.subject} {change.what}", shorten(change.before), shorten(change.after)
    if before and after:
        return f"{line}: {before} → {after}"
    return f"{line}: {after or before}" if after or before else line


def _say_coded(change: Change) -> str:
    cells = [
        f"{cell.label} {cell.before or 'nothing'} → {cell.after or 'nothing'}" for cell in change.details
    ]
    return f"{change.subject} {change.what}: {shorten('; '.join(cells))}"


def _say_quoted(change: Change) -> str:
    sides = [f"“{shorten(text)}”" for text in (change.before, change.after) if text]
    said = " → ".join(sides) or _count(len(change.details), "sentence")
    return f"{change.subject} {change.what}: {said}"


def _say_evidence(change: Change) -> str:
    link = "to" if change.what == "added" else "from"
    return f"{change.subject} {change.what} {link} {change.reach[0]}: {change.after or change.before}"


def _say_source(change: Change) -> str:
    if change.what != "regraded":
        return f"source {_say_plainly(change)}"
    rows = f" ({_count(len(change.reach), 'row')} of evidence)" if change.reach else ""
    return f"{change.subject} regraded {change.before} → {change.after}{rows}"


def _say_value(change: Change) -> str:
    return f"{_say_numbers(change)}: “{shorten(change.context, 100)}”"


def _say_numbers(change: Change) -> str:
    pairs = [detail for detail in change.details if detail.label == "value"]
    said = [f"{pair.after} (was {pair.before})" for pair in pairs[:_SHOWN]]
    said += [f"{len(pairs) - _SHOWN} more"] if len(pairs) > _SHOWN else []
    return f"{change.subject}, now {listing(said)}"


def _say_series(change: Change) -> str:
    reach = f" (reaches {listing(change.reach)})" if change.reach else ""
    return f"series {_say_differences(change)}{reach}"


def _say_differences(change: Change) -> str:
    """A table that differs: its one difference, or how many there are and the largest."""
    place = f"{change.context}: {shorten(change.before, _CELL)} → {shorten(change.after, _CELL)}"
    if not change.details:
        return _say_plainly(change)
    if len(change.details) == 1:
        row = change.details[0]
        came = f"{row.label}: {'added' if row.after else 'removed'}"
        return f"{change.subject}, {place if change.context else came}"
    largest = f", the largest in {place}" if change.context else ""
    return f"{change.subject}: {len(change.details)} differences{largest}"


def _say_code(change: Change) -> str:
    cells = listing(detail.label for detail in change.details)
    return f"{change.subject}: code of {'cell' if len(change.details) == 1 else 'cells'} {shorten(cells)} changed"


def _say_moved_sentences(change: Change) -> str:
    same = change.before == change.after
    way = f"within {change.after}" if same else f"from {change.before} to {change.after}"
    return f"{_count(len(change.details), 'sentence')} moved {way}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


_TELLERS: dict[tuple[str, str], Callable[[Change], str]] = {
    ("claim", "re-coded"): _say_coded,
    ("claim", ""): _say_quoted,
    ("evidence", "changed"): _say_coded,
    ("evidence", ""): _say_evidence,
    ("source", "changed"): _say_coded,
    ("source", ""): _say_source,
    ("series", "changed"): _say_series,
    ("exhibit", "changed"): _say_differences,
    ("finding", "value"): _say_value,
    ("finding", "changed"): _say_coded,
    ("finding", ""): _say_quoted,
    ("value", ""): _say_value,
    ("prose", "moved"): _say_moved_sentences,
    ("prose", ""): _say_quoted,
    ("row", "changed"): _say_coded,
    ("settings", "changed"): _say_coded,
    ("code", ""): _say_code,
}
