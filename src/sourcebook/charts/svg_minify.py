"""An SVG made small without changing the picture: few and short attributes, only ids that are used, no bare groups."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise
from xml.etree import ElementTree

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
_ROUNDED = {
    "d", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "transform", "points", "font-size", "stroke-width",
}  # fmt: skip
_NUMBER = re.compile(r"-?(?:(?<!\d)\d+)?\.\d+(?:e-?\d+)?")
_STEP = re.compile(r"([A-Za-z])([^A-Za-z]*)")
_INKED = {f"{{{SVG}}}{name}" for name in ("path", "text", "rect", "circle", "ellipse", "polygon", "polyline")}
_USE = f"{{{SVG}}}use"
_OFTEN = 3
_DEFAULTS = {
    ("text-anchor", "start"),
    ("stroke-linejoin", "miter"),
    ("stroke-linecap", "butt"),
    ("opacity", "1"),
}


def minify(root: ElementTree.Element, prefix: str) -> None:
    """Make the tree small in place; the ids that are left are named anew, each starting with ``prefix``."""
    names = _used_ids(root, prefix)
    for element in root.iter():
        _tidy(element, names)
    _flatten(root)
    _share(root, "fill", "#000000")
    _share(root, "font-size")
    _say_strokes_once(root)
    _share_stroke_width(root)
    _stamp(root, f"{prefix}s")


def _used_ids(root: ElementTree.Element, prefix: str) -> dict[str, str]:
    """The ids something points to, in document order, with their new names."""
    pointers = {
        match
        for element in root.iter()
        for value in element.attrib.values()
        for match in re.findall(r"url\(#([^)]+)\)|^#(.+)$", value)
    }
    targets = {one or other for one, other in pointers}
    used = [element.attrib["id"] for element in root.iter() if element.attrib.get("id") in targets]
    return {name: f"{prefix}{number}" for number, name in enumerate(dict.fromkeys(used), start=1)}


def _tidy(element: ElementTree.Element, names: dict[str, str]) -> None:
    """Attributes of one element: plain ones instead of a style, short numbers, our ids, no default rotation."""
    attributes = dict(element.attrib)
    for declaration in attributes.pop("style", "").split(";"):
        key, _, value = declaration.partition(":")
        if value:
            attributes[key.strip()] = value.strip()
    attributes.pop("font-family", None)
    if re.match(r"rotate\(-?0 ", attributes.get("transform", "")):
        del attributes["transform"]
    if "id" in attributes:
        attributes["id"] = names.get(attributes["id"], "")
    if f"{{{XLINK}}}href" in attributes:
        attributes["href"] = attributes.pop(f"{{{XLINK}}}href")
    element.attrib.clear()
    for key in sorted(attributes):
        value = _renamed(_rounded(key, attributes[key]), names)
        if value and (key, value) not in _DEFAULTS:
            element.set(key, value)
    if element.text and not element.text.strip():
        element.text = None
    element.tail = None


def _rounded(key: str, value: str) -> str:
    """Numbers with two decimals at most; a path without the letters and spaces that its grammar can spare."""
    if key not in _ROUNDED:
        return value
    short = " ".join(_NUMBER.sub(_shortened, value).replace("-0 ", "0 ").split())
    return _joined(short) if key == "d" else short


def _shortened(match: re.Match[str]) -> str:
    return f"{float(match[0]):.2f}".rstrip("0").rstrip(".") or "0"


def _joined(path: str) -> str:
    """Horizontal and vertical lines by one number; no letter where the one before goes on: after M comes L, after C comes C."""
    steps = [(letter, numbers.split()) for letter, numbers in _STEP.findall(path)]
    short = steps[:1]
    for (_, before), (letter, numbers) in pairwise(steps):
        if letter == "L" and numbers[1:] == before[-1:]:
            short.append(("H", numbers[:1]))
        elif letter == "L" and numbers[:1] == before[-2:-1]:
            short.append(("V", numbers[1:]))
        else:
            short.append((letter, numbers))
    joined = ""
    for (before, _), (letter, numbers) in pairwise([("", []), *short]):
        goes_on = (before, letter) == ("M", "L") or (letter == before and letter not in "MZz")
        joined += (" " if goes_on else letter) + " ".join(numbers)
    return re.sub(r"(?<!\d)0\.", ".", joined).replace(" -", "-")


def _renamed(value: str, names: dict[str, str]) -> str:
    value = re.sub(r"url\(#([^)]+)\)", lambda match: f"url(#{names.get(match[1], match[1])})", value)
    return f"#{names[value[1:]]}" if value.startswith("#") and value[1:] in names else value


def _share(root: ElementTree.Element, key: str, default: str = "") -> None:
    """Say once, at the root, what most texts say; what was silent because it meant ``default`` now says so."""
    texts = [text.get(key, default) for text in root.iter(f"{{{SVG}}}text")]
    if not texts or any(group.get(key) for group in root.iter(f"{{{SVG}}}g")):
        return
    common = max(sorted(set(texts)), key=texts.count)
    stamps = {id(part) for defs in root.iter(f"{{{SVG}}}defs") for part in defs.iter()}
    for element in root.iter():
        if element.get(key) == common:
            del element.attrib[key]
        elif default and element.tag in _INKED and id(element) not in stamps:
            element.attrib.setdefault(key, default)
    root.set(key, common)


def _say_strokes_once(root: ElementTree.Element) -> None:
    """A marker's stroke stands where it is used; that of its shape would only say it again, and override it."""
    uses: dict[str, list[ElementTree.Element]] = {}
    for use in root.iter(_USE):
        uses.setdefault(use.get("href", ""), []).append(use)
    for shape in [shape for defs in root.iter(f"{{{SVG}}}defs") for shape in defs]:
        for key in ("stroke", "stroke-width"):
            if all(key in use.attrib for use in uses.get(f"#{shape.get('id')}", [])):
                shape.attrib.pop(key, None)


def _share_stroke_width(root: ElementTree.Element) -> None:
    """Say once, at the root, how wide most strokes are."""
    strokes = [element for element in root.iter() if "stroke" in element.attrib]
    widths = [element.get("stroke-width", "1") for element in strokes]
    common = max(sorted(set(widths)), key=widths.count, default="1")
    if common == "1":
        return
    for element, width in zip(strokes, widths, strict=True):
        element.attrib.pop("stroke-width", None)
        if width != common:
            element.set("stroke-width", width)
    root.set("stroke-width", common)


def _stamp(root: ElementTree.Element, prefix: str) -> None:
    """Signs made of several markers at one place, in one colour, become one marker where a kind of them comes often."""
    found: dict[str, list[tuple[ElementTree.Element, list[ElementTree.Element]]]] = {}
    for parent in root.iter():
        for place, group in groupby(
            parent, lambda child: child.tag == _USE and (child.get("x"), child.get("y"))
        ):
            if place and len(parts := list(group)) > 1 and len(_colours(parts)) == 1:
                kind = repr([sorted({**part.attrib, "x": "", "y": ""}.items()) for part in parts])
                found.setdefault(kind, []).append((parent, parts))
    for number, places in enumerate((places for places in found.values() if len(places) >= _OFTEN), start=1):
        name, (colour,) = f"{prefix}{number}", _colours(places[0][1])
        for parent, parts in places:
            at = list(parent).index(parts[0])
            sign = {"fill": colour, "href": f"#{name}", "stroke": colour}
            parent.insert(at, ElementTree.Element(_USE, sign | {key: parts[0].attrib[key] for key in "xy"}))
            for part in parts:
                parent.remove(part)
        parent, parts = places[0]
        stamp = ElementTree.Element(f"{{{SVG}}}g", {"id": name})
        for part in parts:
            kept = {
                key: value for key, value in part.attrib.items() if key not in ("x", "y", "fill", "stroke")
            }
            stamp.append(
                ElementTree.Element(_USE, kept if "stroke" in part.attrib else kept | {"stroke": "none"})
            )
        defs = ElementTree.Element(f"{{{SVG}}}defs")
        defs.append(stamp)
        root.append(defs)


def _colours(parts: Sequence[ElementTree.Element]) -> set[str]:
    """The colours that are seen of some markers; one that is filled without a colour has that of whatever is around it."""
    filled = {part.get("fill", "") for part in parts if part.get("fill-opacity") != "0"}
    return filled | {part.attrib["stroke"] for part in parts if "stroke" in part.attrib}


def _flatten(parent: ElementTree.Element) -> None:
    """Replace groups that carry no attribute by what they hold, and drop empty ones."""
    children = []
    for child in parent:
        _flatten(child)
        bare = child.tag in (f"{{{SVG}}}g", f"{{{SVG}}}defs") and not child.attrib
        if child.tag == f"{{{SVG}}}g" and bare:
            children.extend(list(child))
        elif not (bare and len(child) == 0):
            children.append(child)
    parent[:] = children
