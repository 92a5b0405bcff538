"""What comes out of a notebook made harmless: HTML by allow-list, text without controls; drawings: ``svg_safety``."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable
from html import unescape
from typing import Final

import nh3

from sourcebook.core import limits
from sourcebook.errors import Issue, RenderError
from sourcebook.render import styles

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
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
TRUST: Final = "mark the project as trusted (sourcebook: trusted: true) if you know what it does"
SAFE_IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,", re.IGNORECASE)
_SAFE_SOUND = re.compile(r"data:(audio|video)/[\w.+-]+;base64,", re.IGNORECASE)
_LINK = re.compile(r"(https?:|mailto:|#)", re.IGNORECASE)
_LABEL = re.compile(r"[\s\"'<>&`\\{}()\[\]#$\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_PNG = b"\x89PNG\r\n\x1a\n"
_STYLE = re.compile(r"""<[a-z][^<>]*\sstyle\s*+=\s*+(?:"([^"<>]*)"|'([^'<>]*)')""", re.IGNORECASE)
_VOID = {"br", "hr", "img", "wbr", "input", "col"}
_TAG = re.compile(r"^\s*<(/?)([a-zA-Z][\w-]*+)((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>\s*$")


def clean_text(text: str) -> str:
    """``text`` without terminal escapes and control characters; line ends are LF."""
    return CONTROLS.sub("", _ESCAPES.sub("", text.replace("\r\n", "\n"))).replace("\r", "\n")


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


def _filter_attribute(tag: str, name: str, value: str) -> str | None:
    if name in ("src", "poster"):
        return (
            value if (SAFE_IMAGE if tag == "img" or name == "poster" else _SAFE_SOUND).match(value) else None
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
