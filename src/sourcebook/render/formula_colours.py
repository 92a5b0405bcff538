"""Colours in formulas, of which pandoc knows nothing: they pass through it as marks, and are colours again in what it wrote."""

from __future__ import annotations

import re

from sourcebook.core.colour import read_css_colour

_BEGIN, _END = "\ue0c5", "\ue0c6"
_MARKS = re.compile(rf"\\text\{{(?:{_BEGIN}[0-9a-f]{{6}}|{_END})\}}|{_BEGIN}(?:[0-9a-f]{{6}})?|{_END}")
_ANY = re.compile(rf"{_BEGIN}|&#{ord(_BEGIN)};")  # as pandoc writes it in MathML
# What a writer makes of the marks, and what stands for them then.
_WRITTEN = {
    "html": (
        (re.compile(rf"<mtext[^<>]*>{_BEGIN}([0-9a-f]{{6}})</mtext>"), r'<mstyle mathcolor="#\1">'),
        (re.compile(rf"<mtext[^<>]*>{_END}</mtext>"), "</mstyle>"),
    ),
    "typst": (
        (re.compile(rf'upright\("{_BEGIN}([0-9a-f]{{6}})"\)'), r'text(fill: #rgb("#\1"),'),
        (re.compile(rf'upright\("{_END}"\)'), ")"),
    ),
}


def read_colour(model: str, spec: str) -> str:
    """A colour of LaTeX (a name, or numbers of the model rgb, RGB, HTML or gray) in hexadecimal digits; empty when it is none."""
    spec = spec.strip()
    if model == "HTML":
        return read_css_colour(f"#{spec}")
    if not model:
        return read_css_colour(spec)
    most = {"rgb": 1.0, "gray": 1.0, "RGB": 255.0}.get(model, 0.0)
    parts = spec.split(",") * (3 if model == "gray" else 1)
    if (
        not most
        or len(parts) != 3
        or not all(re.fullmatch(r"\s*\d{0,3}\.?\d{1,9}\s*", part, re.ASCII) for part in parts)
    ):
        return ""
    return "".join(f"{round(255 * min(1.0, float(part) / most)):02x}" for part in parts)


def mark(code: str, colour: str) -> str:
    """A group of TeX between marks of its colour."""
    return f"{{\\text{{{_BEGIN}{colour}}}{code}\\text{{{_END}}}}}"


def show(written: str, form: str) -> str:
    """What pandoc wrote in ``form``, with colours for marks; without both where the form has no word for them, or they came in no pairs."""
    if not _ANY.search(written):
        return written
    written = written.replace(f"&#{ord(_BEGIN)};", _BEGIN).replace(f"&#{ord(_END)};", _END)
    name = next((name for name in _WRITTEN if form.startswith(name)), "")
    begin, end = _WRITTEN.get(name, ((_MARKS, ""), (_MARKS, "")))
    if len(begin[0].findall(written)) == len(end[0].findall(written)):
        written = end[0].sub(end[1], begin[0].sub(begin[1], written))
    return _MARKS.sub("", written)
