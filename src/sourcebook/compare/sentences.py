"""A change as half a sentence: the same words in every format."""

from __future__ import annotations

from sourcebook.compare.changes import Change, Detail
from sourcebook.ledger.words import listing

_LONGEST = 160
_SHOWN = 3


def say_change(change: Change, *, alone: bool = True) -> str:
    """One change as half a sentence, without what follows from it; ``alone`` quotes the sentence of a value."""
    if change.what == "value" and not alone:
        return _say_numbers(change)
    teller = _TELLERS.get((change.kind, change.what)) or _TELLERS.get((change.kind, ""))
    return teller(change) if teller else _say_plainly(change)


def list_details(change: Change) -> list[Detail]:
    """What a change is made of, as far as its sentence does not say it."""
    return [detail for detail in change.details if detail.label != "value" or change.what != "value"]


def shorten(text: str, length: int = _LONGEST) -> str:
    """A text cut at a word when it is too long for a line."""
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def _say_plainly(change: Change) -> str:
    line = f"{change.subject} {change.what}"
    sides = f"{shorten(change.before) or 'nothing'} → {shorten(change.after) or 'nothing'}"
    if change.before and change.after:
        return f"{line}: {sides}"
    return f"{line}: {shorten(change.after or change.before)}" if change.after or change.before else line


def _say_coded(change: Change) -> str:
    cells = [f"{cell.label} {_or_none(cell.before)} → {_or_none(cell.after)}" for cell in change.details]
    return f"{change.subject} {change.what}: {shorten('; '.join(cells))}"


def _say_quoted(change: Change) -> str:
    sides = [f"“{shorten(text)}”" for text in (change.before, change.after) if text]
    if sides:
        return f"{change.subject} {change.what}: {' → '.join(sides)}"
    count = len(change.details)
    return f"{change.subject} {change.what}: {count} sentences"


def _say_evidence(change: Change) -> str:
    link = "to" if change.what == "added" else "from"
    return f"{change.subject} {change.what} {link} {change.reach[0]}: {change.after or change.before}"


def _say_regraded(change: Change) -> str:
    return f"{change.subject} regraded {change.before} → {change.after}" + _say_rows(change)


def _say_rows(change: Change) -> str:
    count = len(change.reach)
    if change.kind != "source" or not count:
        return ""
    return f" ({count} {'row' if count == 1 else 'rows'} of evidence)"


def _say_verdict(change: Change) -> str:
    return f"{change.subject} {change.before} → {change.after}"


def _say_given(change: Change) -> str:
    return f"{change.subject} judged {change.after}"


def _say_withdrawn(change: Change) -> str:
    return f"{change.subject} no longer judged, it was {change.before}"


def _say_confidence(change: Change) -> str:
    return f"{change.subject} {change.context}, confidence {change.before} → {change.after}"


def _say_rationale(change: Change) -> str:
    return f"{change.subject} judged as before, for another reason"


def _say_stale(change: Change) -> str:
    return f"the verdict on {change.subject} is stale"


def _say_value(change: Change) -> str:
    return f"{_say_numbers(change)}: “{shorten(change.context, 100)}”"


def _say_numbers(change: Change) -> str:
    pairs = [detail for detail in change.details if detail.label == "value"]
    said = [f"{pair.after} (was {pair.before})" for pair in pairs[:_SHOWN]]
    said += [f"{len(pairs) - _SHOWN} more"] if len(pairs) > _SHOWN else []
    return f"{change.subject}, now {listing(said)}"


def _say_series(change: Change) -> str:
    reach = f" (reaches {listing(change.reach)})" if change.reach else ""
    if len(change.details) == 1 and change.context:
        return f"series {change.subject}, {change.context}: {change.before} → {change.after}{reach}"
    count = f"{len(change.details)} differences" if len(change.details) != 1 else "one row came or went"
    largest = f", the largest in {change.context}: {change.before} → {change.after}" if change.context else ""
    return f"series {change.subject}: {count}{largest}{reach}"


def _say_exhibit(change: Change) -> str:
    count = len(change.details)
    if count == 1 and change.context:
        return f"{change.subject}, {change.context}: {change.before} → {change.after}"
    said = f"{change.subject}: {count} {'difference' if count == 1 else 'differences'} in its data"
    return (
        f"{said}, the largest in {change.context}: {change.before} → {change.after}"
        if change.context
        else said
    )


def _say_code(change: Change) -> str:
    cells = listing(detail.label for detail in change.details)
    return f"{change.subject}: code of {'cell' if len(change.details) == 1 else 'cells'} {shorten(cells)} changed"


def _say_renamed(change: Change) -> str:
    return f"{change.before} renamed {change.after}"


def _say_moved(change: Change) -> str:
    if change.kind == "chapter":
        return f"{change.subject} moved, now {change.after}"
    count = len(change.details)
    same = change.before == change.after
    way = f"within {change.after}" if same else f"from {change.before} to {change.after}"
    return f"{count} {'sentence' if count == 1 else 'sentences'} moved {way}"


def _say_source(change: Change) -> str:
    return f"source {_say_plainly(change)}"


def _say_redrawn(change: Change) -> str:
    return f"{change.subject} redrawn from the same data"


def _or_none(text: str) -> str:
    return text or "nothing"


_TELLERS = {
    ("claim", "renamed"): _say_renamed,
    ("claim", "re-coded"): _say_coded,
    ("claim", ""): _say_quoted,
    ("evidence", "regraded"): _say_regraded,
    ("evidence", "changed"): _say_coded,
    ("evidence", ""): _say_evidence,
    ("verdict", "changed"): _say_verdict,
    ("verdict", "given"): _say_given,
    ("verdict", "withdrawn"): _say_withdrawn,
    ("verdict", "confidence"): _say_confidence,
    ("verdict", "rationale"): _say_rationale,
    ("stale", ""): _say_stale,
    ("source", "regraded"): _say_regraded,
    ("source", "changed"): _say_coded,
    ("source", ""): _say_source,
    ("series", "changed"): _say_series,
    ("exhibit", "changed"): _say_exhibit,
    ("exhibit", "redrawn"): _say_redrawn,
    ("finding", "value"): _say_value,
    ("finding", "changed"): _say_coded,
    ("finding", ""): _say_quoted,
    ("value", ""): _say_value,
    ("prose", "moved"): _say_moved,
    ("prose", ""): _say_quoted,
    ("chapter", "moved"): _say_moved,
    ("row", "changed"): _say_coded,
    ("settings", "changed"): _say_coded,
    ("code", ""): _say_code,
}
