"""HTML outputs of cells before they are cleaned: what styles, drawings and frames say is put where every format finds it.

Style sheets become attributes of the elements that they meet, what they hide goes, drawings become pictures, frames links.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

from sourcebook.errors import RenderError
from sourcebook.render.svg_safety import clean_svg, list_refused_parts

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

# pandas writes its style sheet with every frame; it says nothing that we would show.
_PANDAS = re.compile(r"<style scoped>\s*\.dataframe tbody tr th:only-of-type.*?</style>", re.DOTALL)
# What folium says where its map is not shown.
_UNTRUSTED = re.compile(r"<span\b[^>]*>\s*Make this Notebook Trusted[^<]*</span>")
_CHANGED = re.compile(
    r"<\s*(style|svg|iframe|video|audio|link|title)\b|<table[^>]*>\s*(?:<caption\b|(?:<tbody>\s*)?<tr[^>]*>\s*<th\b)|<center\b|<p\b[^>]*\bstyle=|\balign=|\bhidden\b|display:\s*none",
    re.IGNORECASE,
)
_CONTROLS = ("input", "button", "select", "textarea")
# What a cell of a table shows besides its words, in any format.
_SHOWN = {
    "color", "background", "background-color", "background-image", "font-weight", "font-style", "text-align",
    "text-decoration", "display", "visibility", "width",
}  # fmt: skip
_GROUNDS = ("background", "background-color", "background-image")
_INK = "#1b1f24"


def simplify_html(content: str, place: str) -> tuple[str, bool, set[str]]:
    """``content`` in terms of elements, attributes and pictures alone; whether there were controls to click; and what was
    taken out of drawings.
    """
    content = _UNTRUSTED.sub("", _PANDAS.sub("", content))
    if "bk-notebook-logo" in content:  # Bokeh says that it is about to be there
        return "", False, set()
    if not _CHANGED.search(content):
        return content, False, set()
    from bs4 import BeautifulSoup  # most outputs are plain tables

    soup = BeautifulSoup(content, "html.parser")
    controls = soup.find(_CONTROLS) is not None
    refused: set[str] = set()
    for drawing in soup.find_all("svg"):
        shown = "" if _draws_nothing(drawing) else _picture(soup, str(drawing), place, refused)
        drawing.replace_with(shown)
    _apply_styles(soup)
    for element in soup.find_all(_is_hidden):
        element.decompose()
    tables = soup.find_all("table")
    for table in tables:
        _set_head(soup, table)
    for control in soup.find_all(_CONTROLS) if tables else []:  # beside a table they say nothing of it
        control.decompose()
    for element in soup.find_all(("p", "center", "div")):
        _place_words(element)
    _link_players(soup)
    return str(soup), controls, refused


def _place_words(element: Tag) -> None:
    """A paragraph with a style of its own as a block, which may have one, and ``align`` and ``<center>`` as what they mean."""
    align = "center" if element.name == "center" else str(element.get("align") or "")
    if align in ("left", "center", "right"):
        element["style"] = f"text-align: {align}; {element.get('style') or ''}".rstrip("; ")
    if element.name != "div" and element.get("style"):
        element.name = "div"


def _link_players(soup: BeautifulSoup) -> None:
    """What frames and players would fetch from the network, as links."""
    for frame in soup.find_all("iframe", src=re.compile(r"^https?://")):
        frame.replace_with(_link(soup, str(frame["src"]), str(frame.get("title") or "")))
    for player in soup.find_all(("audio", "video")):
        sources = [one.get("src") for one in (player, *player.find_all("source"))]
        remote = next((str(one) for one in sources if re.match(r"https?://", str(one or ""))), "")
        if remote:
            player.replace_with(_link(soup, remote))


def _link(soup: BeautifulSoup, address: str, words: str = "") -> Tag:
    """A link to what lies on the network, in a paragraph of its own."""
    link = soup.new_tag("a", href=address)
    link.string = words or address
    paragraph = soup.new_tag("p")
    paragraph.append(link)
    return paragraph


def _set_head(soup: BeautifulSoup, table: Tag) -> None:
    """A first row of headers is the table's head, whether or not its HTML says so."""
    first = table.find("tr")
    if (
        first is None
        or table.find("thead")
        or any(cell.name != "th" for cell in first.find_all(True, recursive=False))
    ):
        return
    head = soup.new_tag("thead")
    head.append(first.extract())
    table.insert(1 if table.find("caption") else 0, head)


def _apply_styles(soup: BeautifulSoup) -> None:
    """Gives elements, in place, the declarations of style sheets that meet them; what is more special wins."""
    import soupsieve
    import tinycss2

    found: list[tuple[tuple[int, int], Tag, str, str]] = []
    for sheet in [
        sheet.extract() for sheet in soup.find_all("style")
    ]:  # none of them meets another, as * would
        rules = tinycss2.parse_stylesheet(sheet.get_text(), skip_comments=True, skip_whitespace=True)
        for rule in rules:
            if rule.type != "qualified-rule":
                continue
            declared = _read_declarations(rule.content)
            for selector in tinycss2.serialize(rule.prelude).split(",") if declared else []:
                weight = (selector.count("#"), len(re.findall(r"[.:\[]", selector)))
                try:
                    elements = soup.select(selector.strip())
                except (soupsieve.SelectorSyntaxError, NotImplementedError):  # of what a browser does, :hover
                    continue
                found += [(weight, one, name, value) for one in elements for name, value in declared]
    styles: dict[int, tuple[Tag, dict[str, str]]] = {}
    for _, element, name, value in sorted(found, key=lambda item: item[0]):
        styles.setdefault(id(element), (element, {}))[1][name] = value
    for element, style in styles.values():
        style |= dict(_read_declarations(str(element.get("style") or "")))
        if any(ground in style for ground in _GROUNDS):
            style.setdefault("color", _INK)  # whatever the page's own ground is
        element["style"] = "; ".join(f"{name}: {value}" for name, value in style.items())


def _read_declarations(content: Any) -> list[tuple[str, str]]:
    import tinycss2

    found = tinycss2.parse_declaration_list(content, skip_comments=True, skip_whitespace=True)
    return [
        (one.lower_name, tinycss2.serialize(one.value).strip())
        for one in found
        if one.type == "declaration" and one.lower_name in _SHOWN
    ]


def _is_hidden(element: Tag) -> bool:
    """Whether no browser shows an element on the page; a document's title stands above it, a drawing's is shown when
    it is pointed at.
    """
    style = re.sub(r"\s", "", str(element.get("style") or "")).lower()
    return (
        (element.name == "title" and not element.find_parent("svg"))
        or element.has_attr("hidden")
        or "display:none" in style
        or "visibility:hidden" in style
    )


def _draws_nothing(drawing: Tag) -> bool:
    """Whether a drawing only holds what others use, such as the symbols of icons."""
    parts = {part.name for part in drawing.find_all(True, recursive=False)}
    return bool(parts) and parts <= {"defs", "symbol", "style", "title", "metadata"}


def _picture(soup: BeautifulSoup, svg: str, place: str, refused: set[str]) -> Tag | str:
    """A drawing amid HTML as a picture, without what joins ``refused``; nothing where it cannot be read."""
    if "xmlns=" not in svg.partition(">")[0]:
        svg = svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    if "xlink:" in svg and "xmlns:xlink=" not in svg:
        svg = svg.replace("<svg", '<svg xmlns:xlink="http://www.w3.org/1999/xlink"', 1)
    try:
        cleaned = clean_svg(_restore_case(svg), place)
        refused |= set(list_refused_parts(_restore_case(svg), place))
    except RenderError:
        return ""
    address = "data:image/svg+xml;base64," + base64.b64encode(cleaned.encode()).decode()
    title = re.search(r"<title[^>]*>([^<]*)<", svg)
    return soup.new_tag("img", src=address, alt=title.group(1) if title else "")


def _restore_case(svg: str) -> str:
    """Names in SVG have capitals, which HTML's reader lowers."""
    names = (
        "viewBox preserveAspectRatio linearGradient radialGradient clipPath gradientUnits gradientTransform"
    )
    names += " textLength patternUnits markerWidth markerHeight refX refY textPath pathLength stdDeviation"
    for name in names.split():
        svg = re.sub(rf"(?<=[\s</]){name.lower()}(?=[\s=>])", name, svg)
    return svg
