"""Markdown as Jupyter shows it, written so that pandoc reads the same: blank lines put in, mathematics marked, signs escaped.

Jupyter follows CommonMark: headings, tables, bullets and ``1.`` may stand right under text, ``2013.`` may not begin a list
there, ``(a)`` never does. Mathematics is MathJax's; code binds before it.
"""

from __future__ import annotations

import itertools
import re

from sourcebook.core.notebook import CODE_SPAN, FENCED, change_outside
from sourcebook.render.export.html_blocks import mark_drawings, mark_html, mark_tables

_HEADING = re.compile(r" {0,3}#{1,6}(?:\s|$)")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+\S")
_INTERRUPTS = re.compile(r" {0,3}(?:[-*+]|1[.)])\s+\S")
_RULE = re.compile(r" {0,3}(?:\*[ \t]*){3,}$| {0,3}(?:_[ \t]*){3,}$")
_DASHES = re.compile(r" {0,3}-{3,}[ \t]*$")
_QUOTE = re.compile(r" {0,3}>")
# CommonMark 4.3: all lines of a paragraph above an underline are the heading; pandoc knows headings of one line.
_UNDERLINED = re.compile(
    r"(\A|\n[ \t]*\n|(?:\A|\n\n)-{3,}\n)((?:(?! {4}|\t| *+\d{1,9}[.)])(?= *+[^\s#>|<$`~:+*=-])[^\n]++\n){2,}+) {0,3}(=+|-+)[ \t]*(?=\n|\Z)"
)
_SEVENTH = re.compile(r"^( {0,3})(?=#{7})", re.MULTILINE)
_DELIMITERS = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
# What pandoc alone takes for the mark of a list: (a), A), iv., #., (@x)
_FANCY = re.compile(
    r"^( {0,3})(\((?:[A-Za-z]{1,5}|\d{1,9}|#|@[\w-]*)\)|(?:[A-Za-z]|[ivxlcdm]{1,5}|[IVXLCDM]{1,5}|#)[.)])(?=\s)",
    re.MULTILINE,
)
_DEFINED = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|DeclareMathOperator)\*?\s*\{?\\\w+\}?(?:\[\d\])?(?:\[[^\]]*\])?\s*"
    r"\{(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*\}"
    r"|\\[egx]?def\s*\\\w+(?:#\d)*\s*\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
    r"|\\let\s*\\[A-Za-z]+\s*=?\s*(?:\\[A-Za-z]+|\\?[^\s\\A-Za-z])"
)
_TOKEN = re.compile(
    rf"(?P<code>{CODE_SPAN})"
    r"|(?P<environment>\\begin\{(?P<name>\w+\*?)\}.*?\\end\{(?P=name)\})"
    r"|(?P<display>\$\$.+?\$\$)"
    r"|\\\\\((?P<round>.+?)\\\\\)|\\\\\[(?P<square>.+?)\\\\\]"
    rf"|(?P<definition>{_DEFINED.pattern})"
    r"|(?P<reference>\\(?P<how>eq)?ref\{(?P<target>[^}\n]+)\})"
    r"|(?P<kept>\\(?:begin|end|newpage|pagebreak|clearpage)\b|\\[^A-Za-z\s]|</?[A-Za-z!][^<>]*>)"
    r"|\$(?P<inline>(?:(?!\n[ \t]*\n)(?:\\.|`\{python\}[^`]*`|[^$\\`]))+?)\$"
    r"|(?P<sign>\$|\\(?=[A-Za-z]))",
    re.DOTALL,
)
# What has blanks at its edges, or a digit behind it, is mathematics if it looks so: commands, signs, or no words but single letters.
_TEX = re.compile(
    r"\\[A-Za-z]|\^|^\s.*[_={]|^\s*[A-Za-z]\s*$|^[ \t](?![^\n]*[^\W\d_]{2})[^\n]*(?<=[\w)\]}'*!])[ \t]+$",
    re.DOTALL,
)
_REFERENCE = re.compile(r"\s*\\(eq)?ref\{([^}]+)\}\s*")
_OWN_LABEL = re.compile(r"\s*\{#eq-")
_LABEL = re.compile(r"\\label\{([^}\n]+)\}")
# Environments that MathJax displays wherever they stand; pandoc wants dollars around all but those of equations.
_BARE = re.compile(
    r"\\begin\{(?:[bBpvV]?matrix|smallmatrix|cases|array|split|aligned|gathered|alignedat)\*?\}"
)
_ROWS = re.compile(
    r"\s*(?:\$\$)?\s*\\begin\{(?P<name>(?:align|gather|eqnarray)\*?)\}(?P<rows>.*)\\end\{(?P=name)\}\s*(?:\$\$)?\s*",
    re.DOTALL,
)
# What MathJax numbers without being asked, as Jupyter has set it.
_COUNTED = re.compile(r"\s*(?:\$\$)?\s*\\begin\{(?:equation|align|gather|multline|eqnarray)\}")
_UNCOUNTED = re.compile(r"\\(?:nonumber|notag|tag)\b")
NO_LABEL = "eq-."
"""Stands for the label of an equation that is numbered, and has none."""
_ROW_PARTS = re.compile(r"(\\begin|\\end|\\\\(?:\[[^\]]*\])?|\\.|[{}])", re.DOTALL)
_FORMULA = re.compile(r"\$\$.+?\$\$", re.DOTALL)
_NUMBERED = re.compile(r"\\(?:begin|end)\{(?:equation|align|gather|multline|eqnarray)\*?\}")


def number_labels(text: str) -> str:
    """A text for Quarto in which formulas with labels of LaTeX, and references to them, are those of Quarto."""
    if "\\label" not in text and "ref{" not in text:
        return text
    return change_outside(FENCED, text, lambda part: _TOKEN.sub(_write_label, part))


def as_pandoc_reads(text: str) -> str:
    """A Markdown cell of a notebook in the words that mean the same to pandoc; fenced code stays as it is."""
    marked = change_outside(FENCED, text, _mark_signs)
    return change_outside(FENCED, marked, _part_blocks)


def mark_prose(text: str, *, jupyter: bool) -> str:
    """Markdown that a cell of a notebook, or of a text, has given, as pandoc is to read it."""
    return mark_drawings(mark_tables(as_pandoc_reads(mark_html(text)) if jupyter else text, jupyter=jupyter))


def _mark_signs(part: str) -> str:
    """``part`` with code and mathematics marked as pandoc knows them, and other signs of theirs escaped."""
    made, at = "", 0
    while match := _TOKEN.search(part, at):
        body, before_digit = match["inline"], part[match.end() : match.end() + 1].isdigit()
        loose = body and (before_digit or body != body.strip())
        text = body and (not body.strip() or (loose and not _TEX.search(body)))
        made += part[at : match.start()] + ("\\$" if text else _write(match))
        if body and before_digit and not text:
            made += "[]{}"  # for pandoc a dollar before a digit is a price
        at = match.start() + 1 if text else match.end()  # behind a price there may be mathematics
    return made + part[at:]


def _write(match: re.Match[str]) -> str:
    """What stands for a piece of code, mathematics or a sign."""
    if body := match["environment"] or match["display"]:
        return _display(body)
    if match["round"]:
        return f"${match['round'].strip()}$"
    if match["square"]:
        return f"$${match['square'].strip()}$$"
    if match["reference"]:
        return _refer(match["how"], match["target"])
    if match["sign"]:
        return f"\\{match['sign']}"
    return _inline(match["inline"]) if match["inline"] else match[0]


def _write_label(match: re.Match[str]) -> str:
    """A formula with a label, unless Quarto's own stands behind it, or a reference to one; all else as it is."""
    if (body := match["environment"] or match["display"]) and _LABEL.search(body):
        own = _OWN_LABEL.match(match.string, match.end())
        return _LABEL.sub("", body) if own else _display(body)
    if match["reference"] and (match["how"] or match["target"].startswith("eq")):
        return _refer(match["how"], match["target"])
    if match["inline"] and (reference := _REFERENCE.fullmatch(match["inline"])):
        return _refer(reference[1], reference[2])
    return match[0]


def _refer(how: str | None, target: str) -> str:
    return f"([-@{_slug(target)}])" if how else f"[-@{_slug(target)}]"


def _inline(body: str) -> str:
    """Mathematics amid text, without blanks at its edges."""
    if reference := _REFERENCE.fullmatch(body):
        return _refer(reference[1], reference[2])
    return _display(f"${body}$", "$") if _DEFINED.search(body) else f"${body.strip()}$"


def _display(body: str, mark: str = "$$") -> str:
    """A displayed formula; definitions in it hold from here on, and a label makes it a numbered equation."""
    defined = _DEFINED.findall(body)
    if defined:
        left = re.sub(r"\n\s*\n", "\n", _DEFINED.sub("", body))  # an empty line would end the formula
        rest = left.strip().strip("$").strip()
        return (
            "\n\n"
            + "\n".join(defined)
            + "\n\n"
            + (_display(left, mark) if rest and mark == "$$" else rest and f"${rest}$")
        )
    labels = _LABEL.findall(body)
    rows = _split_rows(body) or [body]
    counted = [row for row in rows if not _UNCOUNTED.search(row)] if _COUNTED.match(body) else []
    if not labels and not counted:
        return f"$${body}$$" if _BARE.match(body) else body
    if len(rows) > 1 and len(labels) > 1:  # each with a label is an equation, as in MathJax
        return "\n\n".join(map(_display, rows))
    bare = re.sub(r"(?:(?<!\s)\s+)?\\(?:nonumber|notag)\b", "", _LABEL.sub("", body))
    if not bare.startswith("$$"):
        inner = "aligned" if re.match(r"\\begin\{(?:align|eqnarray)", bare) else "gathered"
        single = re.match(r"\\begin\{equation", bare)
        bare = _NUMBERED.sub("", bare).strip()
        bare = f"$$\n{bare}\n$$" if single else f"$$\n\\begin{{{inner}}}\n{bare}\n\\end{{{inner}}}\n$$"
    row = next((number for number, row in enumerate(counted, start=1) if _LABEL.search(row)), 1)
    counts = f" rows={len(counted)} row={row}" if len(counted) > 1 or not labels else ""
    if not labels:
        return f"{bare} {{#{NO_LABEL}{counts}}}"
    return f"\n\n{bare} {{#{_slug(labels[0])}{counts}}}\n\n"


def _split_rows(body: str) -> list[str]:
    """The rows of an environment for several equations, each as one of its own; empty for other formulas."""
    whole = _ROWS.fullmatch(body)
    if not whole:
        return []
    rows, depth = [""], 0
    for part in _ROW_PARTS.split(whole["rows"]):
        depth += part.startswith(("{", "\\begin")) - part.startswith(("}", "\\end"))
        if part.startswith("\\\\") and not depth:
            rows.append("")
        else:
            rows[-1] += part
    name = whole["name"]
    return [f"\\begin{{{name}}}{row.strip()}\\end{{{name}}}" for row in rows if row.strip()]


def _slug(label: str) -> str:
    """A label of LaTeX as one of ours: eq:one is eq-one."""
    name = re.sub(r"[^\w-]+", "-", label.strip()).strip("-")
    return name if name.startswith("eq-") else f"eq-{name}"


def _part_blocks(part: str) -> str:
    """``part`` with blank lines before what may interrupt a paragraph in CommonMark, and not in pandoc.

    Displayed formulas stay whole: a line of one may begin with a plus.
    """
    part = _SEVENTH.sub(r"\1\\", _UNDERLINED.sub(_write_heading, part))
    part = _FANCY.sub(lambda match: match[1] + re.sub(r"([(.)])", r"\\\1", match[2], count=1), part)
    made: list[str] = []
    in_list = in_table = False
    formulas = [match.span() for match in _FORMULA.finditer(part)]
    at = 0
    for before, line in itertools.pairwise(["", *part.split("\n")]):
        above = made[-1] if made else ""
        start, at = at, at + len(line) + 1
        while formulas and formulas[0][1] <= start:
            formulas.pop(0)
        if formulas and formulas[0][0] < start:
            made.append(line)
            continue
        in_table = in_table and "|" in line
        if not before.strip() and line.strip() and not line.startswith((" ", "\t")) and not _ITEM.match(line):
            in_list = False
        dashes = _DASHES.match(above) and not "".join(made[-2:-1]).strip()
        if above.strip() and line.strip() and dashes:  # a rule: pandoc would look for a table
            made.append("")
        ends = _DASHES.match(line) and (_ITEM.match(above) or _QUOTE.match(above))
        if ends or (above.strip() and not in_table and _interrupts(line, above, in_list)):
            made.append("")
            in_list = False
        if not in_table and len(made) > 1 and _is_delimiters(line, above):
            if made[-2].strip():
                made.insert(-1, "")
            in_table = True
        in_list = in_list or bool(_ITEM.match(line))
        made.append(line)
    return "\n".join(made)


def _write_heading(match: re.Match[str]) -> str:
    before, lines, mark = match.groups()
    return f"{before}{'#' if mark[0] == '=' else '##'} {' '.join(map(str.strip, lines.strip().splitlines()))}"


def _interrupts(line: str, above: str, in_list: bool) -> bool:
    if _HEADING.match(line) or _RULE.match(line):
        return True
    if _QUOTE.match(line):
        return not _QUOTE.match(above) and not in_list
    return not in_list and not _QUOTE.match(above) and bool(_INTERRUPTS.match(line))


def _is_delimiters(line: str, above: str) -> bool:
    return "|" in line and "|" in above and bool(_DELIMITERS.match(line)) and "-" in line
