"""Words of the article: one normal form, its digest, words and sentences.

The article is quoted nowhere in a project, so everything that speaks of its wording goes through
the same normal form: what a web page, an editor or a keyboard may change without changing a word
(quotes, dashes, emphasis marks, white space) is evened out, and nothing else is.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection
from urllib.parse import quote

from sourcebook.core.text import split_sentences

DIGEST_LENGTH = 12
GAP = re.compile(r"(?:(?<!\s)\s+)?…\s*|(?<!\s)\s+\.\.\.\s+")  # the normal form of a text has no …, only ...
SOFT_WRAP = range(45, 160)  # lengths of a line that may have been broken by an editor

_QUOTES = {ord(mark): "'" for mark in "‘’‚‛′ʼ`´"} | {ord(mark): '"' for mark in "“”„‟″«»"}
_DASHES = {ord(mark): "-" for mark in "‐‑‒–—―−﹘﹣－"}
_INVISIBLE = {ord(mark): None for mark in "\u00ad\u200b\u200c\u200d\u2060\ufeff"}
_EVEN = _QUOTES | _DASHES | _INVISIBLE

_ITEM = re.compile(r"^(?:[-*+•>]|\d{1,3}[.)])\s+|^#{1,6}\s+")


def normalise(text: str) -> str:
    """The normal form of a text: NFKC, plain quotes and dashes, no ``**``, single spaces."""
    even = unicodedata.normalize("NFKC", text.translate(_EVEN)).translate(_EVEN)
    return " ".join(even.replace("**", "").split())


def digest(text: str) -> str:
    """The first twelve hex digits of the SHA-256 of a text in normal form."""
    return hashlib.sha256(normalise(text).encode("utf-8")).hexdigest()[:DIGEST_LENGTH]


def normalise_lines(text: str) -> str:
    """The normal form of each line, line ends kept: what headings and sentences are found in."""
    return "\n".join(normalise(line) for line in text.splitlines())


def split_article(text: str, headings: Collection[str] = ()) -> list[str]:
    """Sentences of a text in reading order, each in normal form, list and heading marks cut off.

    A line end closes a sentence after a heading, a full stop or a line too short or too long to have
    been broken by an editor; other lines run on, so that hard-wrapped paragraphs stay whole.
    """
    return [sentence for block in _blocks(text, headings) for sentence in split_sentences(block)]


def text_fragment(passage: str) -> str:
    """The URL fragment that opens a page at a passage (WICG Scroll to Text Fragment). A browser takes
    the first match in the page: for a sentence printed twice, its first printing.
    """
    parts = (quote(part, safe="").replace("-", "%2D") for part in GAP.split(passage.strip()))
    return "#:~:text=" + ",".join(parts)


def _blocks(text: str, headings: Collection[str]) -> list[str]:
    blocks: list[str] = []
    runs_on = False
    for line in (normalise(line) for line in text.splitlines()):
        if runs_on and line and not _ITEM.match(line):
            blocks[-1] += f" {line}"
        else:
            blocks.append(_ITEM.sub("", line))
        is_wrapped = len(line) in SOFT_WRAP and line[-1] not in ".!?:\"')"
        runs_on = is_wrapped and blocks[-1] not in headings and not line.startswith("#")
    return [block for block in blocks if block]
