"""The report's fonts, from wheels: files for typst, small embedded subsets for HTML."""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import importlib.util
import io
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import font_source_sans_pro
import font_source_serif_pro
from platformdirs import user_cache_path

from sourcebook.core.files import publish_files
from sourcebook.errors import ProjectError

# What every page gets, since scripts and readers write as well: Basic Latin and common punctuation.
_ALWAYS = {*range(0x20, 0x7F), 0xA0, *map(ord, "–—‘’“”…·×−")}
# What else text fonts are asked for: Latin-1 and Latin Extended-A (names), punctuation, currency, arrows, a few mathematical signs.
_RANGES = [
    (0x20, 0x17F),
    (0x218, 0x21B),
    (0x2010, 0x203A),
    (0x2070, 0x209C),
    (0x20AC, 0x20BF),
    (0x2190, 0x2193),
    (0x2202, 0x2265),
]
_LETTERS = _ALWAYS.union(*(range(first, last + 1) for first, last in _RANGES))

_BLOCK = ~0x7F  # Unicode has its scripts and kinds of signs in blocks of 128 or more
# Files of cut fonts, of some 10 KB each, that outlive a document without a folder for them.
_KEPT = 300
# The page's text has a bold cut and no other between.
_UNUSED = ("Source Serif Pro", 600)


@dataclass(frozen=True)
class Font:
    """One cut of a family: CSS weight and style, and its file."""

    family: str
    weight: int
    style: str
    path: Path


def list_fonts(own: Sequence[Font] = ()) -> list[Font]:
    """Every cut that pages and charts use, before them the project's ``own``; the last one holds the verdict signs
    the text fonts lack.
    """
    serif, sans = Path(font_source_serif_pro.font_directory), Path(font_source_sans_pro.font_directory)
    signs = _package("matplotlib") / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
    cuts = [
        ("Regular", 400, "normal"),
        ("It", 400, "italic"),
        ("Semibold", 600, "normal"),
        ("Bold", 700, "normal"),
    ]
    fonts = [
        Font(family, weight, style, folder / f"{file}-{cut}.ttf")
        for family, file, folder in [
            ("Source Serif Pro", "SourceSerifPro", serif),
            ("Source Sans Pro", "SourceSansPro", sans),
        ]
        for cut, weight, style in cuts
    ]
    return [*own, *fonts, Font("DejaVu Sans", 400, "normal", signs)]


def find_lacking(text: str, fonts: Sequence[Font]) -> str:
    """The signs of ``text`` that no font has, in order."""
    known = frozenset[int]().union(*(_list_codes(font.path) for font in fonts))
    return "".join(
        sorted(
            sign for sign in set(text) if ord(sign) not in known and sign.isprintable() and not sign.isspace()
        )
    )


def read_fonts(folder: Path) -> list[Font]:
    """The cuts that lie as files in a folder, by the names that they give themselves."""
    from fontTools.ttLib import TTFont

    found = []
    for path in sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".ttf", ".otf")):
        with TTFont(path, lazy=True) as file:
            names, style = file["name"], file["head"].macStyle
            family = str(names.getBestFamilyName() or path.stem)
            found.append(
                Font(family, int(file["OS/2"].usWeightClass), "italic" if style & 2 else "normal", path)
            )
    return found


@functools.cache
def _list_codes(path: Path) -> frozenset[int]:
    import uharfbuzz as harfbuzz

    return frozenset(harfbuzz.Face(harfbuzz.Blob.from_file_path(str(path))).unicodes)


def _package(name: str) -> Path:
    """Where a package lies; importing this one takes half a second."""
    found = importlib.util.find_spec(name)
    assert found
    assert found.origin
    return Path(found.origin).parent


def copy_fonts(folder: Path, own: Sequence[Font] = ()) -> None:
    """The font files in ``folder``, so that typst sees these cuts and no others."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, font in enumerate(list_fonts(own)):
        name = f"own-{number}-{font.path.name}" if number < len(own) else font.path.name
        shutil.copyfile(font.path, folder / name)


def font_css(text: str, store: Path | None = None, own: Sequence[Font] = ()) -> str:
    """``@font-face`` rules with WOFF2 data: all cuts but one with the letters in ``text``, the last with the signs in it
    that these lack, and ``own`` fonts with both.

    Cutting takes seconds: the results stay in a hidden folder of ``store``, under names made from what they hold; without
    one the last few stay where this system keeps what can be made again, and hold more than what is in use, so that the next
    document finds them.
    """
    used = set(map(ord, text))
    letters = _ALWAYS | (used & _LETTERS)
    if store is None:
        letters = _LETTERS if letters > _ALWAYS else _ALWAYS
        blocks = {code & _BLOCK for code in used - letters}
        used |= {first + code for first in blocks for code in range(0x80)}
    codes = dict.fromkeys(own, letters | used)
    wanted = {
        font: codes.get(font, used - letters if font.family == "DejaVu Sans" else letters)
        for font in list_fonts(own)
        if (font.family, font.weight) != _UNUSED
    }
    folder = store / ".fonts" if store else user_cache_path("sourcebook") / "fonts"
    # Packing is most of the work, and several at once can be packed.
    with ThreadPoolExecutor() as pool:
        faces = [
            pool.submit(_font_face, font, tuple(sorted(codes)), folder) for font, codes in wanted.items()
        ]
    if store is None:
        with contextlib.suppress(OSError):  # another document may do the same
            for old in sorted(folder.iterdir(), key=lambda one: one.stat().st_mtime)[:-_KEPT]:
                old.unlink(missing_ok=True)
    return "\n".join(face.result() for face in faces)


def _font_face(font: Font, codes: tuple[int, ...], folder: Path) -> str:
    data = base64.b64encode(_kept_subset(font.path, codes, folder)).decode()
    return (
        f"@font-face{{font-family:'{font.family}';font-weight:{font.weight};font-style:{font.style};"
        f"font-display:swap;src:url(data:font/woff2;base64,{data}) format('woff2')}}"
    )


def _kept_subset(path: Path, codes: tuple[int, ...], folder: Path) -> bytes:
    from uharfbuzz import __version__

    key = hashlib.sha256(repr((__version__, codes)).encode() + path.read_bytes()).hexdigest()
    kept = folder / f"{path.stem}-{key[:32]}.woff2"
    try:
        return kept.read_bytes()
    except OSError:
        made = _subset(path, codes)
    with contextlib.suppress(ProjectError, OSError):  # what cannot be kept is cut again
        publish_files({kept: made})
    return made


@functools.cache
def _subset(path: Path, codes: tuple[int, ...]) -> bytes:
    """WOFF2 bytes of the font at ``path`` cut down to the given Unicode code points."""
    import uharfbuzz as harfbuzz
    from fontTools.ttLib import woff2

    wanted = harfbuzz.SubsetInput()
    wanted.unicode_set.set(set(codes))
    wanted.layout_feature_tag_set.set({_tag(name) for name in ("kern", "liga", "tnum", "lnum", "frac")})
    wanted.flags = harfbuzz.SubsetFlags.NO_HINTING
    face = harfbuzz.Face(harfbuzz.Blob.from_file_path(str(path)))
    stream = io.BytesIO()
    woff2.compress(io.BytesIO(harfbuzz.subset(face, wanted).blob.data), stream)
    return stream.getvalue()


def _tag(name: str) -> int:
    """The number by which OpenType knows a feature."""
    return int.from_bytes(name.encode(), "big")
