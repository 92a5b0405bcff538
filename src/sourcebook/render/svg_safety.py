"""Drawings (SVG) made harmless: without programs and addresses, and with styles that reach no further than the picture."""

from __future__ import annotations

import base64
import functools
import re
import xml.etree.ElementTree as ET
from typing import Any

from sourcebook.errors import Issue, RenderError
from sourcebook.render import styles
from sourcebook.render.safety import CONTROLS, SAFE_IMAGE, is_safe_link

# What is no part of a drawing's tree: HTML ends such comments, instructions and declarations sooner than XML does, and would
# read what stands in them.
_UNSEEN = re.compile(f"<[!?]|{CONTROLS.pattern}")
_FORBIDDEN = {
    "script", "foreignobject", "iframe", "object", "embed", "audio", "video", "canvas", "set", "animate", "animatemotion",
    "animatetransform", "handler", "listener", "link", "feimage", "discard", "cursor", "metadata",
}  # fmt: skip
_NOTES = {"metadata", "cursor"}  # of what is forbidden, what shows nothing
# What may be part of the page itself.
_DRAWN = frozenset(
    """
    svg g defs symbol use a switch path rect circle ellipse line polyline polygon text tspan textpath title desc image marker
    clippath mask pattern lineargradient radialgradient stop filter feblend fecolormatrix fecomponenttransfer fecomposite
    feconvolvematrix fediffuselighting fedisplacementmap fedistantlight fedropshadow feflood fefunca fefuncb fefuncg fefuncr
    fegaussianblur femerge femergenode femorphology feoffset fepointlight fespecularlighting fespotlight fetile feturbulence
    """.split()
)
# matplotlib's only rule; what it sets is inherited, and may as well stand in the outermost element.
_ALL = re.compile(r"\s*\*\s*\{([^{}]*)\}\s*")
_DATA_SVG = "data:image/svg+xml;base64,"
_SVG = "http://www.w3.org/2000/svg"
_SUSPECT = re.compile(r"url|\\|@|image|expression|src|element|attr|var|env", re.IGNORECASE)
_WORDS = {"aria-label", "title", "id", "class", "gid", "alt"}
_PIXELS = {"px": 1.0, "pt": 4 / 3, "in": 96.0, "mm": 96 / 25.4, "cm": 96 / 2.54}


def clean_svg(svg: str, place: str) -> str:
    """``svg`` itself when it holds nothing that acts or reaches out; else written anew without that.

    One with styles of its own, or with what is on no list, becomes a picture in a picture, where they reach nothing
    else. Raises ``RenderError`` when it is not well-formed, or too deep.
    """
    return _keep_drawing(svg, place)[0]


def list_refused_parts(svg: str, place: str) -> tuple[str, ...]:
    """The elements and attributes that ``clean_svg`` takes out and a reader may miss, each once; raises what it raises."""
    return _keep_drawing(svg, place)[1]


@functools.lru_cache(maxsize=64)
def _keep_drawing(svg: str, place: str) -> tuple[str, tuple[str, ...]]:
    return _clean_drawing(svg, place)


def _clean_drawing(svg: str, place: str) -> tuple[str, tuple[str, ...]]:
    refused: set[str] = set()
    try:
        root = ET.fromstring(CONTROLS.sub("", svg))  # noqa: S314 -- expat limits how far entities expand
        if _local(root.tag) != "svg":
            raise ValueError(f"<{_local(root.tag)}> in place of <svg>")
        changed = _clean_element(root, root, refused)
    except (ET.ParseError, RecursionError, ValueError) as error:
        raise RenderError(
            "A picture cannot be used.", [Issue(place, "its SVG is not well-formed", str(error))]
        ) from error
    if not changed and not _UNSEEN.search(svg):
        written = svg
    else:
        ET.register_namespace("", _SVG)
        ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")
        written = ET.tostring(root, encoding="unicode")
    fits = all(_local(element.tag) in _DRAWN for element in root.iter())
    return written if fits else _set_apart(root, written), tuple(sorted(refused))


def _set_apart(root: ET.Element, svg: str) -> str:
    """The picture ``svg`` within a picture of its size."""
    box = [_read_length(part) for part in root.get("viewBox", "").replace(",", " ").split()]
    width, height = (_read_length(root.get(name, "")) for name in ("width", "height"))
    if len(box) == 4:
        width, height = width or box[2], height or box[3]
    width, height = width or 640, height or 480
    address = _DATA_SVG + base64.b64encode(svg.encode()).decode()
    size = f'width="{width:g}" height="{height:g}"'
    return f'<svg xmlns="{_SVG}" viewBox="0 0 {width:g} {height:g}" {size}><image {size} href="{address}"/></svg>'


def _read_length(text: str) -> float:
    """A length in pixels; zero for what is none, such as a share."""
    match = re.fullmatch(r"\s*(\d{1,6}(?:\.\d{1,9})?)(px|pt|in|mm|cm)?\s*", text, re.ASCII)
    return float(match[1]) * _PIXELS[match[2] or "px"] if match else 0.0


def _clean_element(element: ET.Element, root: ET.Element, refused: set[str]) -> bool:
    """Takes out, in place, what is not allowed in and below ``element``; whether there was anything.

    What a reader may miss of it joins ``refused``.
    """
    changed = False
    for name, value in list(element.attrib.items()):
        kept = _clean_attribute(element, _local(name), value, outermost=element is root)
        if kept != value:
            changed = True
            if kept:
                element.set(name, kept)
            else:
                del element.attrib[name]
                if _local(name).startswith("on") or _local(name) in ("href", "src"):
                    refused.add(_local(name))
    for child in list(element):
        name = _local(child.tag)
        # What drawing programs note for themselves is of another namespace.
        if name in _FORBIDDEN or _is_foreign(child.tag):
            element.remove(child)
            changed = True
            if name in _FORBIDDEN and name not in _NOTES:
                refused.add(f"<{name}>")
        elif name == "style":
            changed = _clean_sheet(child, element, root) or changed
        else:
            changed = _clean_element(child, root, refused) or changed
    return changed


def _is_foreign(tag: str) -> bool:
    return "}" in tag and not tag.startswith(f"{{{_SVG}}}")


def _clean_sheet(sheet: ET.Element, parent: ET.Element, root: ET.Element) -> bool:
    """Takes from a style sheet what reaches out, and the sheet away when it says one thing of everything."""
    text = "".join(sheet.itertext())
    if everything := _ALL.fullmatch(text):
        style = styles.clean_style(everything[1], styles.DRAWING)
        root.set("style", "; ".join(filter(None, (style, root.get("style")))))
        parent.remove(sheet)
        return True
    cleaned = styles.clean_sheet(text)
    # What stands in an element within is no part of the sheet to a browser.
    if cleaned == text and not len(sheet):
        return False
    if not cleaned:
        parent.remove(sheet)
    sheet[:], sheet.text = [], cleaned
    return True


def _clean_attribute(element: ET.Element, name: str, value: str, *, outermost: bool) -> str:
    """What may stay of an attribute's value; the outermost element stands in the page, and may not leave its place."""
    if outermost and name in ("overflow", "transform"):
        return ""
    if name == "style":  # one that is fine stays as it was written
        cleaned = styles.clean_style(value, styles.DRAWING)
        return value if _squeeze(cleaned) == _squeeze(value) else cleaned
    return value if _is_safe_attribute(_local(element.tag), name, value) else ""


def _squeeze(style: str) -> str:
    return re.sub(r"\s+|;\s*$", "", style)


def _is_safe_attribute(element: str, name: str, value: str) -> bool:
    if name.startswith("on"):
        return False
    if name in ("href", "src"):
        if element == "a":
            return is_safe_link(value)
        return value.startswith("#") or bool(SAFE_IMAGE.match(value))
    if name in ("srcset", "ping", "values", "begin"):
        return False
    return not _SUSPECT.search(value) or name in _WORDS or styles.is_local(value)


def _local(name: Any) -> str:
    return str(name).rpartition("}")[2].lower()
