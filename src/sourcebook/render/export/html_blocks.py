"""HTML in Markdown as CommonMark has it: up to the next blank line it is HTML, and behind that Markdown."""

from __future__ import annotations

import re
from collections import Counter

from sourcebook.core.notebook import CODE_SPAN, FENCED, change_outside

_TABLE = re.compile(r"^([^<`\n]*+)(<table\b.*?</table>)[ \t]*", re.MULTILINE | re.DOTALL | re.IGNORECASE)
_MARK = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+")
FRAGMENT = "fragment"
# One in whose cells words are Markdown, as pandoc and Quarto have it in text; CommonMark does not.
OPEN_FRAGMENT = "open-fragment"
# An <svg> amid words, of which pandoc would make tags and text.
DRAWING = "drawing"
_DRAWING_TAG = re.compile(rf"{CODE_SPAN}|<(?P<closing>/?)svg\b[^<>]*>", re.DOTALL | re.IGNORECASE)
# CommonMark 4.6: HTML that begins a line is HTML up to the next blank line, <pre> up to its end.
_HTML_BLOCK = re.compile(
    r"^ {0,3}<(?:(?P<whole>pre)\b.*?</pre>[ \t]*$|/?(?P<name>address|article|aside|blockquote|caption|center|col|colgroup|dd|details|dialog|dir"
    r"|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|head|header|hr|iframe|legend|li|main|menu|nav|ol|p|section|summary"
    r"|table|tbody|td|tfoot|th|thead|tr|ul)(?=[\s/>]).*?(?=\n[ \t]*\n|\Z))",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
# What HTML leaves as it is, or mathematics is; words stand between.
_KEPT = re.compile(
    r"<!--.*?-->|<(style|script|pre|textarea|svg)\b.*?</\1\s*>|</?[A-Za-z][^<>]*>|\$\$[^$]+\$\$|\$[^$\n]+\$|\\.",
    re.DOTALL | re.IGNORECASE,
)
_INDENT = re.compile(r"(?<=\n)[ \t]+")
# Signs of Markdown; of brackets the closing one, for \[ is mathematics.
_SIGNS = re.compile(r"[`*_\]^~@{}|]|(?:(?<=\n)|\A)[-+#>=:]|(?<=\d)[.)](?=\s)")
_BLANK = re.compile(r"\n[ \t]*\n")
# CommonMark 4.6: these go on to the end of the text, if they have none.
_UNCLOSED = re.compile(r"^ {0,3}<(style|script)\b(?!.*</\1\s*>)", re.MULTILINE | re.DOTALL | re.IGNORECASE)
_HTML_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*+)(?:[^<>\"']++|\"[^\"<>]*+\"|'[^'<>]*+')*+>")
_DRAWING = re.compile(r"<svg\b[^<>]*>(?:(?!</?svg\b).)*</svg>", re.DOTALL | re.IGNORECASE)
# Elements that need no end.
_UNENDED = frozenset(
    "li p dt dd tr td th thead tbody area br col embed hr img input link meta source track wbr".split()
)
# What is whole by itself; of others pandoc has the tags as they are.
_WHOLE = re.compile(
    r"pre|address|article|aside|blockquote|center|div|dl|figure|footer|h[1-6]|header|main|nav|ol|p|section|table|ul"
)
# What stays ours within HTML: inline expressions, shortcodes, Divs.
_OURS = ("`{python}", "{{<", ":::")


def mark_html(text: str) -> str:
    """Blocks of HTML in a Markdown cell, whose words are no Markdown in Jupyter, to be read whole: pandoc would take them apart.

    Of one that is not closed before the blank line that ends it the words are kept from being Markdown; what follows is.
    """
    return change_outside(FENCED, text, _mark_blocks) if "<" in text else text


def _mark_blocks(part: str) -> str:
    if opened := _UNCLOSED.search(part):
        part = f"{part.rstrip()}\n</{opened[1]}>\n"
    return _HTML_BLOCK.sub(_mark_block, part)


def _mark_block(match: re.Match[str]) -> str:
    opened = Counter[str]()
    for closing, name in _HTML_TAG.findall(_DRAWING.sub("", match[0])):
        opened[name.lower()] += (-1 if closing else 1) * (name.lower() not in _UNENDED)
    if any(mark in match[0] for mark in _OURS):
        return match[0]
    if any(opened.values()) or not _WHOLE.fullmatch((match["name"] or match["whole"]).lower()):
        return _escape(match[0])
    return f"\n\n```{{={FRAGMENT}}}\n{match[0].strip()}\n```\n\n"


def _escape(block: str) -> str:
    """A block of HTML whose words pandoc reads as they stand."""
    made, at = "", 0
    for kept in [*_KEPT.finditer(block), None]:
        words = block[at : kept.start() if kept else None]
        made += _SIGNS.sub(r"\\\g<0>", _INDENT.sub("", words)) + (kept[0] if kept else "")
        at = kept.end() if kept else at
    return made


def mark_tables(text: str, *, jupyter: bool) -> str:
    """HTML tables as blocks of their own, to be read whole: pandoc would take them apart at each tag."""
    if "<table" not in text.lower():
        return text

    def set_apart(match: re.Match[str]) -> str:
        """A table; in Jupyter words behind a blank line are Markdown, and others have been kept from being that."""
        closed = jupyter and not _BLANK.search(match[2])
        return _set_apart(match, FRAGMENT if closed else OPEN_FRAGMENT)

    return change_outside(FENCED, text, lambda part: _TABLE.sub(set_apart, part))


def _set_apart(match: re.Match[str], form: str) -> str:
    """A table of its own, in the item of a list that it stands in."""
    before, table = match.groups()
    item = _MARK.match(before)
    indent = " " * item.end() if item else ""
    lines = [f"```{{={form}}}", *table.splitlines(), "```"]
    block = "\n".join(indent + line for line in lines)
    if item and item.end() == len(before):
        return f"{before}{block.lstrip()}\n\n"
    return f"{before.rstrip()}\n\n{block}\n\n"


def mark_drawings(text: str) -> str:
    """Each ``<svg>`` amid Markdown as one piece, to be read whole; of one that has no end the tags stay."""
    return change_outside(FENCED, text, _mark_drawings) if "<svg" in text.lower() else text


def _mark_drawings(part: str) -> str:
    made, at, depth, start = "", 0, 0, 0
    for tag in _DRAWING_TAG.finditer(part):
        if tag["ticks"] or (tag["closing"] and not depth):  # code, or an end of nothing
            continue
        start = start if depth else tag.start()
        depth += -1 if tag["closing"] else 1
        if not depth:
            made += part[at:start] + _mark_drawing(part[start : tag.end()])
            at = tag.end()
    return made + part[at:]


def _mark_drawing(svg: str) -> str:
    fence = "`" * (1 + max(map(len, re.findall("`+", svg)), default=0))
    return f"{fence}{_BLANK.sub(chr(10), svg)}{fence}{{={DRAWING}}}"
