"""What comes out of a notebook made harmless: HTML by allow-list, SVG without programs, text without controls."""

from __future__ import annotations

import functools
import re
import xml.etree.ElementTree as ET
from typing import Any

import nh3

from sourcebook.errors import Issue, RenderError

# An output above this many characters is an accident: nobody reads it, and every program after us would choke.
LARGEST = 20_000_000
_LONGEST_TEXT = 40_000
_LONGEST_LINE = 4_000
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_TAGS = nh3.ALLOWED_TAGS | {"section", "article", "u", "mark", "input", "label", "audio", "video", "source"}
_STYLES = {
    "color", "background-color", "text-align", "font-weight", "font-style", "font-size", "width", "max-width", "padding",
    "border", "border-bottom", "border-top", "margin", "display", "white-space", "vertical-align", "text-decoration",
    "background", "background-image",
}  # fmt: skip
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
    "animatetransform", "handler", "listener", "link",
}  # fmt: skip
_SVG = "http://www.w3.org/2000/svg"
_SAFE_IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,", re.IGNORECASE)
_SAFE_SOUND = re.compile(r"data:(audio|video)/[\w.+-]+;base64,", re.IGNORECASE)
_LINK = re.compile(r"(https?:|mailto:|#)", re.IGNORECASE)
_URL = re.compile(r"url\(\s*['\"]?\s*(?!#|data:image/(?:png|jpeg|gif))|@import|expression\(", re.IGNORECASE)
_VOID = {"br", "hr", "img", "wbr", "input", "col"}
_TAG = re.compile(r"^\s*<(/?)([a-zA-Z][\w-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>\s*$")


def clean_text(text: str) -> str:
    """``text`` without terminal escapes and control characters; line ends are LF."""
    return _CONTROLS.sub("", _ESCAPES.sub("", text.replace("\r\n", "\n"))).replace("\r", "\n")


def shorten_text(text: str) -> tuple[str, int]:
    """``text`` cut to what a page can hold, and the number of characters left out."""
    lines = [line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE] + " …" for line in text.split("\n")]
    short = "\n".join(lines)
    if len(short) > _LONGEST_TEXT:
        short = short[: _LONGEST_TEXT * 3 // 4] + "\n…\n" + short[-_LONGEST_TEXT // 4 :]
    return short, 0 if short == text else max(1, len(text) - len(short))


def check_size(content: str, kind: str, place: str) -> None:
    """Raises ``RenderError`` for an output too large to be shown anywhere."""
    if len(content) > LARGEST:
        found = f"{len(content) / 1e6:.0f} million characters of {kind}"
        issue = Issue(
            place, "an output is too large", found, f"at most {LARGEST / 1e6:.0f} million", "show less of it"
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
            "a": {"href"},
            "img": {"src", "alt", "width", "height"},
            "audio": {"src", "controls"},
            "video": {"src", "controls", "width", "height", "poster"},
            "source": {"src", "type"},
            "ol": {"start"},
        },
        attribute_filter=_filter_picture if pictures else _filter_attribute,
        filter_style_properties=_STYLES,
        url_schemes={"http", "https", "mailto", "data"},
    )


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
    """Attributes of a node without event handlers and styles that reach out."""
    return [
        [key, value]
        for key, value in pairs
        if not key.lower().startswith("on")
        and key.lower() not in ("srcdoc", "formaction", "action", "href", "src")
        and not (key.lower() == "style" and _URL.search(value))
    ]


def is_safe_link(address: str) -> bool:
    """Whether an address leads to a page, a mail, a place here or a file; not to a program."""
    bare = re.sub(r"[\x00-\x20]", "", address)
    return bool(_LINK.match(bare)) or not re.match(r"[a-z][a-z0-9+.-]*:", bare, re.IGNORECASE)


@functools.lru_cache(maxsize=64)
def clean_svg(svg: str, place: str) -> str:
    """``svg`` itself when it holds nothing that acts or reaches out (style, clip paths and names are fine); else
    written anew without that.

    Raises ``RenderError`` when it is not well-formed.
    """
    try:
        root = ET.fromstring(_CONTROLS.sub("", svg))  # noqa: S314 -- expat limits how far entities expand
    except ET.ParseError as error:
        raise RenderError(
            "A picture cannot be used.", [Issue(place, "its SVG is not well-formed", str(error))]
        ) from error
    if not _clean_element(root) and "<!ENTITY" not in svg and not _CONTROLS.search(svg):
        return svg
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    return ET.tostring(root, encoding="unicode")


def _clean_element(element: ET.Element) -> bool:
    """Takes out, in place, what is not allowed below ``element``; whether there was anything."""
    changed = False
    for name, value in list(element.attrib.items()):
        if not _is_safe_attribute(_local(element.tag), _local(name), value):
            del element.attrib[name]
            changed = True
    for child in list(element):
        name = _local(child.tag)
        foreign = callable(child.tag) or name in _SVG_FORBIDDEN  # comments have a function for a tag
        if foreign or (name == "style" and _URL.search(child.text or "")):
            element.remove(child)
            changed = True
        else:
            changed = _clean_element(child) or changed
    return changed


def _is_safe_attribute(element: str, name: str, value: str) -> bool:
    if name.startswith("on"):
        return False
    if name in ("href", "src"):
        if element == "a":
            return is_safe_link(value)
        return value.startswith("#") or bool(_SAFE_IMAGE.match(value))
    return not _URL.search(value)


def _local(name: Any) -> str:
    return str(name).rpartition("}")[2].lower()


def _filter_attribute(tag: str, name: str, value: str) -> str | None:
    if name in ("src", "poster"):
        return (
            value if (_SAFE_IMAGE if tag == "img" or name == "poster" else _SAFE_SOUND).match(value) else None
        )
    if name == "href":
        return value if is_safe_link(value) and not value.lower().startswith("data:") else None
    return None if name == "style" and _URL.search(value) else value


def _filter_picture(tag: str, name: str, value: str) -> str | None:
    drawn = value.lower().startswith("data:image/svg+xml;base64,")
    if tag == "img" and name == "src" and (drawn or not value.lower().startswith(("data:", "javascript:"))):
        return value
    return _filter_attribute(tag, name, value)
