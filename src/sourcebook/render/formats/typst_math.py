"""Formulas in Typst: what pandoc writes of them, in the words of the Typst that reads it."""

from __future__ import annotations

import re

from sourcebook.render.document import Node, raw_inline
from sourcebook.render.formats.typst_divs import quote

# A formula with its TeX, as we have it written.
FORMULA = re.compile(r'#\[#set math\.equation\(alt: ("(?:[^"\\]|\\.)*")\);\$.*?\$\]', re.DOTALL)
# pandoc's names of signs that Typst has given other names since.
_RENAMED = {
    "quote.angle.l.double": "«", "quote.angle.r.double": "»", "Kai": "Ϗ", "kai": "ϗ", "quote.angle.l.single": "‹",
    "quote.angle.r.single": "›", "franc": "₣", "sect": "∩", "sect.sq": "⊓", "minus.circle": "⊖", "times.circle": "⊗", "dot.circle":
    "⊙", "eq.circle": "⊜", "dash.circle": "⊝", "sect.big": "⋂", "sect.double": "⋒", "bracket.l.double": "⟦", "bracket.r.double":
    "⟧", "shell.l.double": "⟬", "shell.r.double": "⟭", "plus.circle.arrow": "⟴", "brace.l.double": "⦃", "brace.r.double": "⦄",
    "paren.l.double": "⦅", "paren.r.double": "⦆", "angle.right.sq": "⦜", "angle.spheric.top": "⦡", "angle.oblique": "⦦",
    "bar.v.circle": "⦶", "parallel.circle": "⦷", "backslash.circle": "⦸", "perp.circle": "⦹", "lt.circle": "⧀", "gt.circle": "⧁",
    "dot.circle.big": "⨀", "times.circle.big": "⨂", "sect.sq.big": "⨅", "integral.sect": "⨙", "div.circle": "⨸", "sect.dot": "⩀",
    "sect.and": "⩄", "sect.sq.double": "⩎",
}  # fmt: skip
_NAME = re.compile(
    r'"(?:[^"\\]|\\.)*"|(?<![A-Za-z0-9.])(?:'
    + "|".join(map(re.escape, sorted(_RENAMED, key=len, reverse=True)))
    + r")(?![A-Za-z0-9]|\.[a-z])"
)


def typst_math(node: Node) -> list[Node]:
    """PDF/UA asks for alternative text on every equation; its TeX source is the honest one."""
    kind, code = node["c"]
    alt = quote(" ".join(code.split()))
    # pandoc writes its lines as those of Vmatrix.
    code = code.replace("\\begin{vmatrix}", "\\left|\\begin{matrix}")
    code = code.replace("\\end{vmatrix}", "\\end{matrix}\\right|")
    made: Node = {"t": "Math", "c": [kind, code]}
    return [raw_inline("typst", f"#[#set math.equation(alt: {alt});"), made, raw_inline("typst", "]")]


def mend_formulas(written: str) -> str:
    """What pandoc wrote, with signs for names that Typst knows no more."""
    if not FORMULA.search(written):
        return written
    # Double lines around a matrix, which pandoc writes as two.
    written = written.replace('mat(delim: "||"', 'mat(delim: "‖"')
    return FORMULA.sub(
        lambda match: _NAME.sub(lambda name: _RENAMED.get(name[0], name[0]), match[0]), written
    )
