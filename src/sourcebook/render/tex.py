"""TeX's mathematics as MathJax reads it, in the words that pandoc knows: of notebooks it takes more for a formula."""

from __future__ import annotations

import re

from sourcebook.render import formula_colours
from sourcebook.render.document import Node

# Commands with so many arguments, and what stands for them: {0}, {1} are the arguments.
_COMMANDS = {
    "require": (1, ""), "cssId": (2, "{1}"), "class": (2, "{1}"), "style": (2, "{1}"), "href": (2, "{1}"),
    "smash": (1, "{{{0}}}"), "vcenter": (1, "{{{0}}}"), "rlap": (1, "{{{0}}}"), "llap": (1, "{{{0}}}"), "mathrlap": (1, "{{{0}}}"),
    "mathllap": (1, "{{{0}}}"), "mathclap": (1, "{{{0}}}"), "hphantom": (1, r"\phantom{{{0}}}"), "vphantom": (1, ""),
    "hbox": (1, r"\mbox{{{0}}}"), "mathbbm": (1, r"\mathbb{{{0}}}"), "mathds": (1, r"\mathbb{{{0}}}"), "cfrac": (2, r"\dfrac{{{0}}}{{{1}}}"),
    "ket": (1, r"\lvert {0}\rangle"), "bra": (1, r"\langle {0}\rvert"), "braket": (1, r"\left\langle {0}\right\rangle"),
    "intertext": (1, r"\text{{{0}}} \\"), "prescript": (3, "{{}}^{{{0}}}_{{{1}}}{{{2}}}"), "stackrel": (2, r"\overset{{{0}}}{{{1}}}"),
    "matrix": (1, r"\begin{{matrix}}{0}\end{{matrix}}"), "pmatrix": (1, r"\begin{{pmatrix}}{0}\end{{pmatrix}}"),
    "cases": (1, r"\begin{{cases}}{0}\end{{cases}}"), "eqalign": (1, r"\begin{{aligned}}{0}\end{{aligned}}"),
    "tag": (1, r"\quad\text{{({0})}}"), "sideset": (3, "{{}}{0}{{{2}}}{1}"), "mathinner": (1, "{{{0}}}"), "mathchoice": (4, "{{{0}}}"),
    "raisebox": (2, r"\text{{{1}}}"), "fbox": (1, r"\boxed{{\text{{{0}}}}}"), "emph": (1, r"\textit{{{0}}}"), "textsc": (1, r"\text{{{0}}}"),
    "slashed": (1, r"\not{{{0}}}"),
}  # fmt: skip
_WORDS = {
    "cr": r"\\", "nonumber": "", "notag": "", "thickapprox": r"\approx", "thicksim": r"\sim", "thinspace": r"\,", "shortmid": r"\mid",
    "shortparallel": r"\parallel", "vcentcolon": ":", "ratio": ":", "dblcolon": "::", "P": r"\text{¶}", "S": r"\text{§}",
    "copyright": r"\text{©}", "varlimsup": r"\overline{\lim}", "varliminf": r"\underline{\lim}", "injlim": r"\operatorname*{inj\,lim}",
    "projlim": r"\operatorname*{proj\,lim}", "And": r"\&", "hfil": r"\quad", "hfill": r"\quad", "newline": r"\\", "par": "", "strut": "",
    **dict.fromkeys("tiny scriptsize small normalsize large Large LARGE huge Huge".split(), ""),
}  # fmt: skip
# What stands between the parts of a fraction, and what both stand in.
_FRACTIONS = {
    "over": r"\frac{{{0}}}{{{1}}}",
    "atop": r"\begin{{matrix}}{0}\\{1}\end{{matrix}}",
    "brace": r"\left\{{\begin{{matrix}}{0}\\{1}\end{{matrix}}\right\}}",
    "brack": r"\left[\begin{{matrix}}{0}\\{1}\end{{matrix}}\right]",
}
# Switches, which hold to the end of their group.
_SWITCHES = {
    "rm": "mathrm", "bf": "mathbf", "it": "mathit", "sf": "mathsf", "tt": "mathtt", "cal": "mathcal", "scr": "mathscr",
    "frak": "mathfrak", "Bbb": "mathbb", "mit": "mathit",
}  # fmt: skip
_COLOURS = ("color", "textcolor", "mathcolor")
_COMMAND = re.compile(
    rf"\\({'|'.join([*_COMMANDS, *_WORDS, *_SWITCHES, *_COLOURS, 'unicode'])})(?![A-Za-z])\s*"
)
_SKIP = re.compile(r"\\(?:mkern|kern|hskip|mskip)\s*+-?[\d.]++\s*+(?:mu|pt|em|ex|cm|mm|in)(?![A-Za-z])")
# What begins and ends the group that such a fraction stands in.
_GROUP = re.compile(
    r"(?P<opening>\{|\\begin\s*+\{(?:array|alignat\*?)\}\s*+\{[^{}]*+\}|\\begin\s*+\{[^{}]*+\}|\\left\s*+(?:\\[A-Za-z]+|\\.|.))"
    r"|(?P<ending>\}|\\end\s*+\{[^{}]*+\}|\\right\s*+(?:\\[A-Za-z]+|\\.|.)|&|\\\\)"
    rf"|\\(?P<fraction>{'|'.join(_FRACTIONS)})(?![A-Za-z])|\\(?:[A-Za-z]+|.)",
    re.DOTALL,
)
_NAMED_COLOUR = re.compile(rf"\\(?:{'|'.join(_COLOURS)})\s*+(?:\[(\w*+)\]\s*+)?\{{([^{{}}]*+)\}}")
_TEXT = re.compile(r"\\(?:text[a-z]*|mbox)\s*\Z")
_TOKEN = re.compile(r"\s*(\\(?:[A-Za-z]+|.)|[^\s{}])", re.DOTALL)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
# A rewritten argument is read again; none is this deep.
_DEPTH = 20
_MOST_FRACTIONS = 200


def rewrite_formula(node: Node) -> Node | None:
    """A formula in the words that pandoc knows; None where it is, or is none."""
    if node["t"] != "Math" or "\\" not in node["c"][1]:
        return None
    kind, code = node["c"]
    written = rewrite(code)
    return {"t": "Math", "c": [kind, written]} if written != code else None


def rewrite(code: str, depth: int = 0) -> str:
    """``code`` without commands that pandoc does not know, and others know better."""
    made, at, code = "", 0, _rewrite_fractions(_SKIP.sub(r"\\;", code), depth)
    while depth < _DEPTH and (match := _COMMAND.search(code, at)):
        end, written = _rewrite_command(code, match, depth)
        made += code[at : match.start()] + written
        at = end
    return made + code[at:]


def _rewrite_fractions(code: str, depth: int) -> str:
    """``code`` with fractions whose sign stands between their parts as commands."""
    signs = sum(code.count(f"\\{name}") for name in _FRACTIONS)
    for _ in range(signs if depth < _DEPTH and signs <= _MOST_FRACTIONS else 0):
        if not (found := _find_fraction(code)):
            break
        start, sign, end = found
        parts = (rewrite(code[a:b].strip(), depth + 1) for a, b in ((start, sign.start()), (sign.end(), end)))
        code = code[:start] + _FRACTIONS[sign["fraction"]].format(*parts) + code[end:]
    return code


def _find_fraction(code: str) -> tuple[int, re.Match[str], int] | None:
    """Where the first such fraction begins, its sign, and where it ends: with its group, or its cell of a matrix."""
    starts, found = [0], None
    for match in _GROUP.finditer(code):
        if found and match["ending"] and len(starts) == found[0]:
            return *found[1:], match.start()
        if match["opening"]:
            starts.append(match.end())
        elif match["ending"] in ("&", r"\\"):
            starts[-1] = match.end()
        elif match["ending"] and len(starts) > 1:
            starts.pop()
        elif match["fraction"] and not found:
            found = (len(starts), starts[-1], match)
    return (*found[1:], len(code)) if found else None


def _rewrite_command(code: str, match: re.Match[str], depth: int) -> tuple[int, str]:
    """Where a command ends with its arguments, and what stands for it."""
    name, end = match[1], match.end()
    if name in _WORDS:
        return end, f"{_WORDS[name]} "
    if name in _SWITCHES:
        stop = _find_end(code, end)
        return stop, f"\\{_SWITCHES[name]}{{{rewrite(code[end:stop], depth + 1)}}}"
    if name in _COLOURS:
        return _colour(code, match, depth)
    count, form = _COMMANDS.get(name, (1, ""))
    given: list[str] = []
    for _ in range(count):
        found = _read_argument(code, end)
        if found is None:
            return match.end(), match[0]  # an environment of that name, or a command that is not whole
        end = found[0]
        given.append(rewrite(found[1], depth + 1))
    if name == "unicode":
        sign = re.fullmatch(r"x([0-9A-Fa-f]{2,6})|(\d{2,7})", given[0].strip())
        number = int(sign[1], 16) if sign and sign[1] else int(sign[2]) if sign else 0
        return (end, chr(number)) if 32 <= number < 0xD800 else (match.end(), match[0])
    return end, form.format(*given)


def _colour(code: str, match: re.Match[str], depth: int) -> tuple[int, str]:
    """Like ``_rewrite_command``: what is coloured as a group between marks, or only as a group where no colour is known."""
    named = _NAMED_COLOUR.match(code, match.start())
    if not named:
        return match.end(), match[0]
    end, colour = named.end(), formula_colours.read_colour(named[1] or "", named[2])
    if match[1] == "color" and not code[end:].lstrip().startswith("{"):
        found: tuple[int, str] | None = (stop := _find_cell_end(code, end), code[end:stop])
    else:
        found = _read_argument(code, end)
    if found is None:
        return match.end(), match[0]
    inner = rewrite(found[1], depth + 1)
    if _is_in_text(code, match.start()) or not inner.strip():
        return found[0], inner  # there are no marks in words
    return found[0], formula_colours.mark(inner, colour) if colour else f"{{{inner}}}"


def _is_in_text(code: str, at: int) -> bool:
    start = code.rfind("{", 0, at)
    return start > code.rfind("}", 0, at) and bool(_TEXT.search(code[max(0, start - 20) : start]))


def list_lost_colours(code: str) -> list[str]:
    """The colours of a formula that are not shown: those that nothing here knows, and those of words."""
    return [
        match[2]
        for match in _NAMED_COLOUR.finditer(code)
        if not formula_colours.read_colour(match[1] or "", match[2]) or _is_in_text(code, match.start())
    ]


def _find_cell_end(code: str, at: int) -> int:
    """Where the group or cell ends in which ``at`` lies: to there a switch of colour holds."""
    depth = 0
    for match in _GROUP.finditer(code, at):
        if match["ending"] and not depth:
            return match.start()
        depth += bool(match["opening"]) - (match["ending"] not in (None, "&", r"\\"))
    return len(code)


def _read_argument(code: str, at: int) -> tuple[int, str] | None:
    """Where the argument ends that begins at ``at``, and what is in it: a group, or one sign or command."""
    start = at + len(code[at:]) - len(code[at:].lstrip())
    if code[start : start + 1] == "{":
        end = _find_end(code, start + 1)
        return (end + 1, code[start + 1 : end]) if code[end : end + 1] == "}" else None
    token = _TOKEN.match(code, at)
    return (token.end(), token[1]) if token else None


def _find_end(code: str, at: int) -> int:
    """Where the group ends in which ``at`` lies: its closing brace, or the end of the code."""
    depth = 0
    for brace in _BRACE.finditer(code, at):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if depth < 0:
            return brace.start()
    return len(code)
