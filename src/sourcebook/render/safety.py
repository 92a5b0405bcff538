"""What comes out of a notebook made harmless: HTML by allow-list, SVG without programs, text without controls."""

from __future__ import annotations

import base64
import functools
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from html import unescape
from typing import Any, Final

import nh3

from sourcebook.core import limits
from sourcebook.errors import Issue, RenderError
from sourcebook.render import styles

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# What is no part of a drawing's tree: HTML ends such comments, instructions and declarations sooner than XML does, and would
# read what stands in them.
_UNSEEN = re.compile(f"<[!?]|{_CONTROLS.pattern}")
_TAGS = nh3.ALLOWED_TAGS | {"section", "article", "u", "mark", "input", "label", "audio", "video", "source"}
_ATTRIBUTES = {
    "class",
    "style",
    "title",
    "lang",
    "dir",
    "role",
    "aria-label",
    "aria-hidden",
    "colspan",
    "rowspan",
    "scope",
}
_SVG_FORBIDDEN = {
    "script", "foreignobject", "iframe", "object", "embed", "audio", "video", "canvas", "set", "animate", "animatemotion",
    "animatetransform", "handler", "listener", "link", "feimage", "discard", "cursor", "metadata",
}  # fmt: skip
TRUST: Final = "mark the project as trusted (sourcebook: trusted: true) if you know what it does"
_SVG_NOTES = {"metadata", "cursor"}  # of what is forbidden, what shows nothing
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
_SAFE_IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,", re.IGNORECASE)
_SAFE_SOUND = re.compile(r"data:(audio|video)/[\w.+-]+;base64,", re.IGNORECASE)
_LINK = re.compile(r"(https?:|mailto:|#)", re.IGNORECASE)
_SUSPECT = re.compile(r"url|\\|@|image|expression|src|element|attr|var|env", re.IGNORECASE)
_WORDS = {"aria-label", "title", "id", "class", "gid", "alt"}
_PIXELS = {"px": 1.0, "pt": 4 / 3, "in": 96.0, "mm": 96 / 25.4, "cm": 96 / 2.54}
_LABEL = re.compile(r"[\s\"'<>&`\\{}()\[\]#$\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_PNG = b"\x89PNG\r\n\x1a\n"
_STYLE = re.compile(r"""<[a-z][^<>]*\sstyle\s*+=\s*+(?:"([^"<>]*)"|'([^'<>]*)')""", re.IGNORECASE)
_VOID = {"br", "hr", "img", "wbr", "input", "col"}
_TAG = re.compile(r"^\s*<(/?)([a-zA-Z][\w-]*+)((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>\s*$")


def clean_text(text: str) -> str:
    """``text`` without terminal escapes and control characters; line ends are LF."""
    return _CONTROLS.sub("", _ESCAPES.sub("", text.replace("\r\n", "\n"))).replace("\r", "\n")


def shorten_text(text: str) -> tuple[str, int]:
    """``text`` cut to what a page can hold, and the number of characters left out."""
    lines = [
        line if len(line) <= limits.LINE_CHARACTERS else line[: limits.LINE_CHARACTERS] + " …"
        for line in text.split("\n")
    ]
    short = "\n".join(lines)
    if len(short) > limits.TEXT_CHARACTERS:
        short = short[: limits.TEXT_CHARACTERS * 3 // 4] + "\n…\n" + short[-limits.TEXT_CHARACTERS // 4 :]
    return short, 0 if short == text else max(1, len(text) - len(short))


def check_size(content: str, kind: str, place: str) -> None:
    """Raises ``RenderError`` for an output too large to be shown anywhere, or a bitmap (in base 64) that unpacks to that, and
    ValueError for one that cannot be read.
    """
    if len(content) > limits.OUTPUT_CHARACTERS:
        found = f"{len(content) / 1e6:.0f} million characters of {kind}"
        issue = Issue(
            place,
            "an output is too large",
            found,
            f"at most {limits.OUTPUT_CHARACTERS / 1e6:.0f} million",
            "show less of it",
        )
        raise RenderError("An output cannot be shown.", [issue])
    if kind.startswith("image/") and "svg" not in kind:
        _check_pixels(content, place)


def _check_pixels(content: str, place: str) -> None:
    bitmap = base64.b64decode(content)
    if bitmap.startswith(_PNG):
        pixels = int.from_bytes(bitmap[16:20], "big") * int.from_bytes(bitmap[20:24], "big")
    else:
        from PIL import Image  # takes a while to import, and most bitmaps are PNG

        try:
            with Image.open(io.BytesIO(bitmap)) as picture:
                pixels = picture.width * picture.height
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            issue = Issue(place, "a picture is too large", str(error)[:100], fix="draw it smaller")
            raise RenderError("An output cannot be shown.", [issue]) from error
        except Exception as error:  # Pillow raises whatever a broken file leads to
            raise ValueError(f"the picture is damaged: {error}"[:100]) from error
    if pixels > limits.PICTURE_PIXELS:
        issue = Issue(
            place,
            "a picture is too large",
            f"{pixels:,} pixels",
            f"at most {limits.PICTURE_PIXELS:,}",
            "draw it smaller",
        )
        raise RenderError("An output cannot be shown.", [issue])


def clean_html(html: str, *, pictures: bool = False) -> str:
    """HTML by allow-list (nh3): no programs, no frames, no forms, nothing from the network.

    With ``pictures`` the addresses of pictures stay, for whoever makes nodes of them before a browser sees them.
    """
    return nh3.clean(
        clean_text(html),
        tags=_TAGS,
        clean_content_tags={"script", "style", "iframe", "object", "embed", "template", "noscript"},
        attributes={
            "*": _ATTRIBUTES,
            "a": {"href", "id", "name"} if pictures else {"href"},
            "img": {"src", "alt", "width", "height"},
            "audio": {"src", "controls"},
            "video": {"src", "controls", "width", "height", "poster"},
            "source": {"src", "type"},
            "ol": {"start"},
        },
        attribute_filter=_filter_picture if pictures else _filter_attribute,
        filter_style_properties=set(styles.TEXT),
        url_schemes={"http", "https", "mailto", "data"},
    )


def list_refused_styles(html: str) -> list[str]:
    """Of a piece of HTML the CSS properties that cleaning takes out and a reader may miss, each once."""
    found = [unescape(match[1] or match[2] or "") for match in _STYLE.finditer(html)]
    return sorted({name for style in found for name in styles.list_refused(style)})


def warn_refused(refused: Iterable[str], place: str) -> list[Issue]:
    """A warning of the properties, attributes and elements that were taken out, if there are any."""
    found = ", ".join(sorted(refused))
    what = "what could act, reach out or leave its place is taken out"
    return [Issue(place, what, found, fix=TRUST)] if found else []


def clean_tag(html: str) -> str:
    """A raw piece of HTML: a lone tag without what is not allowed in it, anything else as ``clean_html``."""
    match = _TAG.match(html)
    if not match:
        return clean_html(html)
    closing, name, _ = match.groups()
    if name.lower() not in _TAGS:
        return ""
    if closing:
        return f"</{name.lower()}>"
    if name.lower() in _VOID:
        return clean_html(html)
    cleaned = clean_html(f"{html.strip()}</{name}>")
    return cleaned.removesuffix(f"</{name.lower()}>")


def clean_attributes(pairs: list[list[str]]) -> list[list[str]]:
    """Attributes of a node without event handlers, addresses, and styles that reach out."""
    kept = [
        [key, styles.clean_style(value) if key.lower() == "style" else value]
        for key, value in pairs
        if not key.lower().startswith("on")
        and key.lower()
        not in ("srcdoc", "formaction", "action", "href", "src", "srcset", "ping", "background")
    ]
    return [pair for pair in kept if pair[1] or pair[0].lower() != "style"]


def clean_label(label: str) -> str:
    """The name of a place, as every format can write it."""
    return _LABEL.sub("-", label)


def is_safe_link(address: str) -> bool:
    """Whether an address leads to a page, a mail, a place here or a file; not to a program."""
    bare = re.sub(r"[\x00-\x20]", "", address)
    return bool(_LINK.match(bare)) or not re.match(r"[a-z][a-z0-9+.-]*:", bare, re.IGNORECASE)


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
        root = ET.fromstring(_CONTROLS.sub("", svg))  # noqa: S314 -- expat limits how far entities expand
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
        if name in _SVG_FORBIDDEN or _is_foreign(child.tag):
            element.remove(child)
            changed = True
            if name in _SVG_FORBIDDEN and name not in _SVG_NOTES:
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
        return value.startswith("#") or bool(_SAFE_IMAGE.match(value))
    if name in ("srcset", "ping", "values", "begin"):
        return False
    return not _SUSPECT.search(value) or name in _WORDS or styles.is_local(value)


def _local(name: Any) -> str:
    return str(name).rpartition("}")[2].lower()


def _filter_attribute(tag: str, name: str, value: str) -> str | None:
    if name in ("src", "poster"):
        return (
            value if (_SAFE_IMAGE if tag == "img" or name == "poster" else _SAFE_SOUND).match(value) else None
        )
    if name == "href":
        return value if is_safe_link(value) else None
    if name == "style":
        return styles.clean_style(value) or None
    return value


def _filter_picture(tag: str, name: str, value: str) -> str | None:
    drawn = value.lower().startswith("data:image/svg+xml;base64,")
    if tag == "img" and name == "src" and (drawn or not value.lower().startswith(("data:", "javascript:"))):
        return value
    return _filter_attribute(tag, name, value)
