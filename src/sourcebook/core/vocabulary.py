"""The words of judgement, each with everything that stands for it: sign in text, mark in pictures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A word of the vocabulary as readers meet it.

    ``sign`` is one character of text. ``colour`` (hexadecimal), ``symbol`` (a shape that charts draw) and ``hatch`` (strokes
    over the colour) mark it in pictures; the shape and the hatch survive a grey printer. ``dark`` is its colour on a dark page,
    where it is not the one that ``colour.turn_dark`` finds.
    """

    word: str
    sign: str
    colour: str
    symbol: str
    hatch: str = ""
    dark: str = ""


# From the best to the worst, then those that do not grade. Colours: Paul Tol's "dark" and "YlOrBr" schemes, safe for the
# colour-blind.
VERDICTS = {
    "accurate": Term("accurate", "●", "#225555", "disc", dark="#7FDCDC"),
    "mostly-accurate": Term("mostly accurate", "◕", "#44AA99", "three-quarter"),
    "outdated": Term("outdated", "◷", "#FEE391", "clock", "/"),
    "misleading": Term("misleading", "◐", "#FB9A29", "half"),
    "inaccurate": Term("inaccurate", "○", "#993404", "ring", "\\", dark="#E5533D"),
    "unproven": Term("unproven", "?", "#C4C4C4", "question"),
    "not-checkable": Term("not checkable", "–", "#EDEDED", "dash"),
    "pending": Term("pending", "…", "#FFFFFF", "dots"),
}
# Verdicts that grade nothing: they need no evidence and have no confidence.
UNGRADED = ("not-checkable", "pending")


def verdict_sign(verdict: str) -> str:
    """A verdict's sign; empty for a word that is no verdict."""
    return VERDICTS[verdict].sign if verdict in VERDICTS else ""
