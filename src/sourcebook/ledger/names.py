"""Nearest names: what somebody may have meant who wrote a name that is not there."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """The closest known names as advice (``did you mean eco-03 or eco-04?``); empty when none is close.

    ``cutoff`` is how much they must have in common, from 0 to 1.
    """
    close = difflib.get_close_matches(name, list(known), n=3, cutoff=cutoff)
    return f"did you mean {' or '.join(close)}?" if close else ""
