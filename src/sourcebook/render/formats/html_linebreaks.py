"""Where lines end: never between a claim's marker and its punctuation nor in a designation, in addresses after a slash."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sourcebook.render.document import Node, raw_inline, span

MARKER = '<a class="claim"'
_OPENING = re.compile(r"(?<![(\[“‘])[(\[“‘]+$")
_CLOSING = re.compile(r"^[,.;:!?)\]”’…]+")
# S-400, Su-35, eco-03: browsers may break after a hyphen.
_DESIGNATION = re.compile(r"\b([A-Za-z]{1,4}-\d\w*)")
# After a slash, before what an address is asked for.
_SCHEME = re.compile(r"^https?://(?:www\.)?")
# So much of an address says whose it is.
_SHORT = 30
_JOINT = re.compile(r"(?<=[\w.-]/)(?=\w)|(?<=\w)(?=[?&#])")


def keep_together(inlines: list[Node]) -> list[Node]:
    """Inlines as the page has them (markers are raw HTML already), with a ``.together`` Span around what lines keep."""
    made: list[Node] = []
    rest = inlines[::-1]
    while rest:
        item = rest.pop()
        if not _is_marker(item):
            made.append(item)
            continue
        before, opening = _cut(made.pop() if made else None, _OPENING)
        after, closing = _cut(rest.pop() if rest else None, _CLOSING)
        kept = [*opening, item, *closing]
        made += [*before, _together(*kept) if len(kept) > 1 else item]
        rest += after
    return [part for item in made for part in _split(item)]


def loosen_address(inlines: list[Node]) -> list[Node]:
    """The inlines of a link; where they are its address, lines may end at its joints."""
    if len(inlines) != 1 or not str(inlines[0].get("c", "")).startswith(("https://", "http://")):
        return inlines
    first, *rest = _JOINT.split(inlines[0]["c"])
    return [_word(first), *(part for words in rest for part in (raw_inline("html", "<wbr>"), _word(words)))]


def shorten_address(address: str) -> str:
    """The beginning of an ``address``, cut at a joint, without what says nothing of whose it is."""
    bare = _SCHEME.sub("", address).rstrip("/")
    if len(bare) <= _SHORT:
        return bare
    host, *rest = _JOINT.split(bare)
    for part in rest:
        if len(host + part) > _SHORT:
            break
        host += part
    return host + "…"


def _is_marker(item: Node) -> bool:
    return item["t"] == "RawInline" and str(item["c"][1]).startswith(MARKER)


def _cut(item: Node | None, sign: re.Pattern[str]) -> tuple[list[Node], list[Node]]:
    """What is left of ``item`` without the punctuation that ``sign`` finds in it, and that punctuation."""
    found = sign.search(item["c"]) if item and item["t"] == "Str" else None
    if item is None or found is None:
        return [item] if item else [], []
    left = sign.sub("", item["c"])
    return [_word(left)] if left else [], [_word(found.group())]


def _split(item: Node) -> Iterator[Node]:
    """``item``, its designations apart if it is plain words."""
    parts = _DESIGNATION.split(item["c"]) if item["t"] == "Str" else []
    if len(parts) < 2:
        yield item
        return
    for number, part in enumerate(parts):
        if part:
            yield _together(_word(part)) if number % 2 else _word(part)


def _word(words: str) -> Node:
    return {"t": "Str", "c": words}


def _together(*inlines: Node) -> Node:
    return span(list(inlines), "", "together")
