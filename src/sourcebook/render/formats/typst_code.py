"""Code and what it printed, in Typst: lines that break, standard error and errors on a ground of their own, colours."""

from __future__ import annotations

import html
import re

from sourcebook.core.colour import read_css_colour
from sourcebook.render.document import Node, attributes, raw
from sourcebook.render.formats.typst_divs import quote
from sourcebook.render.tools import COLOURS

# A run longer than a line breaks after any twenty characters: nothing else in it says where.
_LONG = re.compile(r"\S{81,}")
_PART = re.compile(r"\S{20}(?=\S)")
_SPAN = re.compile(r"<(span|b|strong|i|em|u)\b([^>]*)>(.*?)</\1>", re.DOTALL)
_WEIGHTS = {"b": "weight: 700", "strong": "weight: 700", "i": 'style: "italic"', "em": 'style: "italic"'}
_DEPTH = 10
# Jupyter's colours of a terminal; the second of each pair is the intense one.
_COLOURS = {
    "black": ("3e424d", "282c36"), "red": ("e75c58", "b22b31"), "green": ("00a250", "007427"), "yellow": ("ddb62b", "b27d12"),
    "blue": ("208ffb", "0065ca"), "magenta": ("d160c4", "a03196"), "cyan": ("60c6c8", "258f8f"), "white": ("c5c1b4", "a1a6b2"),
}  # fmt: skip


def typst_code(node: Node) -> Node | None:
    """A code block whose lines may be too long, or that is standard error, an error or coloured; None for others."""
    _, classes, pairs = attributes(node)
    kind = next((name for name in ("stderr", "error") if name in classes), "")
    code = node["c"][1]
    if colours := pairs.get(COLOURS):
        return raw("typst", f"#printed(kind: {quote(kind)})[{_write_coloured(colours)}]")
    broken = _break(code)
    if not kind:
        return {"t": "CodeBlock", "c": [node["c"][0], broken]} if broken != code else None
    return raw("typst", f"#raw(block: true, lang: {quote(kind)}, {quote(broken)})")


def _break(text: str) -> str:
    return _LONG.sub(lambda run: _PART.sub(lambda part: part[0] + "\u200b", run[0]), text)


def _write_coloured(content: str, depth: int = 0) -> str:
    """Lines of ``nbconvert``'s spans, or of an author's HTML, as Typst's raw text, each run in its colours and weight."""
    made, last = [], 0
    for match in _SPAN.finditer(content) if depth < _DEPTH else ():
        body = _write_coloured(match[3], depth + 1)
        made += [_plain(content[last : match.start()]), _style(match[1], match[2], body)]
        last = match.end()
    return "".join([*made, _plain(content[last:])])


def _plain(text: str) -> str:
    words = _break(html.unescape(re.sub(r"<[^>]+>", "", text)))
    return "#linebreak()".join(f"#raw({quote(line)})" if line else "" for line in words.split("\n"))


def _style(name: str, tag: str, body: str) -> str:
    """``body`` as the name, the classes and the style of its element say."""
    settings = [_WEIGHTS[name]] if name in _WEIGHTS else []
    ground = ""
    for hue, intense, part in re.findall(r"ansi-(\w+?)(-intense)?-(fg|bg)\b", tag):
        if colour := _COLOURS.get(hue, ("", ""))[bool(intense)]:
            settings += [f'fill: rgb("#{colour}")'] if part == "fg" else []
            ground = ground if part == "fg" else f'"#{colour}"'
    for part, css in re.findall(r"(?<![\w-])(background-color|color):([^;\"]+)", tag):
        if colour := read_css_colour(css.strip()):
            settings += [f'fill: rgb("#{colour}")'] if part == "color" else []
            ground = ground if part == "color" else f'"#{colour}"'
    settings += ["weight: 700"] if "ansi-bold" in tag else []
    made = f"#text({', '.join(settings)})[{body}]" if settings else body
    made = f"#highlight(fill: rgb({ground}))[{made}]" if ground else made
    return f"#underline[{made}]" if name == "u" or "ansi-underline" in tag else made
