"""Bitmaps among outputs: as large as they say, inside an SVG, so that every figure travels as one kind of picture."""

from __future__ import annotations

import base64
import binascii
import html
import io
import math
import re
from collections.abc import Mapping
from typing import Any

from sourcebook.core.limits import PICTURE_PIXELS

_PNG = b"\x89PNG\r\n\x1a\n"
_PHOTOGRAPHS = (b"\xff\xd8", b"RIFF")
_ORIENTATION = 0x0112


def wrap_bitmap(mime: str, content: str, asked: Mapping[str, Any] | None = None) -> str:
    """The bitmap, base64, as an SVG of its own size; or of the size ``asked``, ``width`` and ``height`` in pixels.

    Raises ``ValueError`` when it is no picture.
    """
    try:
        raw = base64.b64decode(content)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
    turned = turn_upright(raw)
    content = content if turned is raw else base64.b64encode(turned).decode()
    width, height = _read_size(turned)
    shown_width, shown_height = (_pixels((asked or {}).get(name)) for name in ("width", "height"))
    if shown_width or shown_height:
        shown_width = shown_width or shown_height * width / height
        shown_height = shown_height or shown_width * height / width
    else:
        shown_width, shown_height = width, height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{shown_width:g}" height="{shown_height:g}">'
        f'<image width="{width}" height="{height}" href="data:{mime};base64,{html.escape("".join(content.split()))}"/></svg>'
    )


def turn_upright(content: bytes) -> bytes:
    """A JPEG or WebP picture that says how its camera was held (Exif), turned so: only browsers do that for all of these.

    Any other as it is, and one that cannot be read.
    """
    if not content.startswith(_PHOTOGRAPHS) or (b"Exif\0" not in content and b"EXIF" not in content):
        return content
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content)) as picture:
            if picture.getexif().get(_ORIENTATION, 1) == 1 or math.prod(picture.size) > PICTURE_PIXELS:
                return content
            stream = io.BytesIO()
            profile = picture.info.get("icc_profile")
            ImageOps.exif_transpose(picture).save(stream, picture.format, quality=95, icc_profile=profile)
            return stream.getvalue()
    except Exception:  # noqa: BLE001  # Pillow raises whatever a broken file leads to
        return content


def _read_size(raw: bytes) -> tuple[int, int]:
    """Width and height in pixels; of a PNG from its header, of others as Pillow reads them."""
    if raw.startswith(_PNG) and len(raw) > 24:
        size = int.from_bytes(raw[16:20], "big"), int.from_bytes(raw[20:24], "big")
    else:
        from PIL import Image  # takes a while to import, and most pictures are PNG or SVG

        try:
            with Image.open(io.BytesIO(raw)) as picture:
                size = picture.size
        except OSError as error:
            raise ValueError("not the data of a picture") from error
    if not all(size):
        raise ValueError("a picture without a size")
    return size


def _pixels(value: Any) -> float:
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(?:px)?\s*", str(value or ""))
    return float(found.group(1)) if found else 0.0
