"""What in Markdown is not read as words: code, mathematics, references, attributes. Overwritten, lengths kept."""

from __future__ import annotations

import re

from sourcebook.core.notebook import EXPRESSION, FENCED

COMPUTED = "\N{OBJECT REPLACEMENT CHARACTER}"  # stands for each character of what is computed
_READ_ATTRIBUTE = re.compile(r"\b(?:title|alt|fig-alt|fig-cap|tbl-cap|lst-cap)=\"([^\"]*)\"")
_READ_FIELD = re.compile(r"^(?:title|subtitle|description|abstract):(.*)$", re.MULTILINE)

# A bare number set as code or as mathematics stays a number. In this order: what stands in code is no reference, what
# stands in an address is no citation.
_HIDDEN_FIRST = (
    re.compile(r"<!--.*?-->", re.DOTALL),
    FENCED,
)
_SHOWN = (
    EXPRESSION,
    re.compile(r"(?<!`)(`+)(?!`)(?=[^`]*[A-Za-z_])(?:.+?)(?<!`)\1(?!`)", re.DOTALL),
    re.compile(r"(?<!\\)\$\$(?=[^$]*[A-Za-z]).+?\$\$", re.DOTALL),
    re.compile(r"(?<![\\$])\$(?=\S)(?=[^$]*[A-Za-z])[^$\n]*?(?<=\S)\$(?!\d)"),
)
_HIDDEN = (
    re.compile(r"\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?=[\s)])"),
    re.compile(r"<?\bhttps?://[^\s<>]+"),
    re.compile(r"</?[a-zA-Z][^<>]*>|&#?\w+;|\[\^[^\]\s]+\]"),
    re.compile(r"^[ \t>]*\d+[.)](?=\s)", re.MULTILINE),
    re.compile(r"@[A-Za-z_][\w:.#$%&+?<>~/-]*\s+\[[^\]\n]*\]"),
    re.compile(r"(?<=\[)[^\[\]@]*@[^\[\]]*(?=\])"),
)
_ATTRIBUTES = re.compile(r"\{(?=[^{}\n]*[#.=])[^{}\n]*\}")
_CROSS_REFERENCE = re.compile(r"(?<![\w@])@[A-Za-z_][\w:.-]*\w")


def mask_markup(text: str) -> str:
    """``text`` as a reader sees it, each character where it was; what is computed is ``COMPUTED``, what is hidden blank."""
    text = _mask_head(text)
    for pattern in _HIDDEN_FIRST:
        text = pattern.sub(blank, text)
    for pattern in _SHOWN:
        text = pattern.sub(lambda match: _overwrite(match[0], COMPUTED), text)
    text = _ATTRIBUTES.sub(lambda match: _keep(match[0], _READ_ATTRIBUTE), text)
    for pattern in _HIDDEN[:-1]:
        text = pattern.sub(blank, text)
    text = _HIDDEN[-1].sub(_mask_citation, text)
    return _CROSS_REFERENCE.sub(lambda match: _overwrite(match[0], COMPUTED), text)


def blank(match: re.Match[str]) -> str:
    """White space as long as the match, line ends kept."""
    return _overwrite(match[0], " ")


def _mask_head(text: str) -> str:
    """The YAML head of a page, but for what is printed of it."""
    head = re.match(r"---\n.*?\n(?:---|\.\.\.)(?:\n|$)", text, re.DOTALL)
    return _keep(head[0], _READ_FIELD) + text[head.end() :] if head else text


def _mask_citation(match: re.Match[str]) -> str:
    """In ``[see @key, pp. 3-4; @other]`` the words before a key stay, locators go."""
    return re.sub(r"@[^;]*", blank, match[0])


def _keep(text: str, wanted: re.Pattern[str]) -> str:
    masked = _overwrite(text, " ")
    for match in wanted.finditer(text):
        start, end = match.start(1) - 1, match.end(1)  # from the quote or colon on, where a sentence begins
        masked = masked[:start] + text[start:end] + masked[end:]
    return masked


def _overwrite(text: str, mark: str) -> str:
    return re.sub(r"[^\n]", mark, text)
