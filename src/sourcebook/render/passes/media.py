"""Files named in Markdown: pictures, found beside their chapter and carried inside the outputs, and other chapters."""

from __future__ import annotations

import base64
import io
import mimetypes
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, unquote_to_bytes

from sourcebook.core.files import is_file, is_there
from sourcebook.core.limits import PICTURE_PIXELS
from sourcebook.core.root import check_area
from sourcebook.errors import Issue
from sourcebook.render.document import Node, attr, attributes, is_div, iterate, parts_of, plain_text, text
from sourcebook.render.passes.dialect import alternative_text
from sourcebook.render.passes.state import Nodes, ReportTree

# What HTML, Typst and Word all show, and what Pillow calls it; SVG besides.
_KINDS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".gif": "GIF", ".webp": "WEBP"}
# What browsers alone show, and a PNG stands for.
_CONVERTED = {".bmp": "BMP"}
NO_PICTURE = "no-picture"
_UNREADABLE = "a picture cannot be read"
_EXPECTED = (
    f"a whole SVG, PNG, JPEG, WebP, GIF or BMP file, named by its kind, of at most {PICTURE_PIXELS:,} pixels"
)
_FIX = "save it again as one of these"
_REMOTE = re.compile(r"[a-z][\w+.-]*://|//", re.IGNORECASE)


def locate_media(report: ReportTree) -> None:
    """Makes each image's path relative to the project's folder, in place; authors write it as seen from their chapter.

    A file that is missing, damaged or outside of the project gives way to its alternative text, and a picture on the
    network to a link: a report must not ask for anything when it is read. Warns of these; a strict build ends with a
    ``RenderError``.
    """
    issues: list[Issue] = []
    root, alone = report.project.root, report.project.alone
    place = str(report.project.chapters[0]) if alone else "_quarto.yml"
    for node in (node for node in iterate([*report.title, *report.subtitle]) if node["t"] == "Image"):
        if found := _locate(node, place, (root / place).parent, root, report.project.area):
            _replace(node, said=False)
        issues += found
    for nodes, chapter in zip(report.nodes, report.project.chapters, strict=True):
        folder = (root / chapter).parent
        lost: list[Node] = []
        for node, place in nodes:
            if node["t"] == "Image" and (found := _locate(node, place, folder, root, report.project.area)):
                lost.append(node)
                issues += found
        exhibits = [node for node, _ in nodes if lost and is_div(node, "exhibit")]
        captioned = set().union(*map(_list_captioned, exhibits))
        for node in lost:
            _replace(node, said=id(node) in captioned)
    report.places.fault("Pictures cannot be used.", issues)


def lead_links(report: ReportTree) -> None:
    """Turns links to files of chapters into links to their sections, in place.

    Warns of links to files that do not lie where a reader would look for them, beside the report, whose own files may
    not be there yet.
    """
    root, folder = report.project.root, report.project.root / report.project.output
    chapters = list(zip(report.nodes, report.project.chapters, strict=True))
    known = {(root / path).resolve(): _head(nodes) for nodes, path in chapters}
    issues: list[Issue] = []
    for nodes, path in chapters:
        for node, place in nodes:
            target = node["c"][2][0] if node["t"] == "Link" else "#"
            if re.match(r"#|[a-z][\w+.-]*:|//", target, re.IGNORECASE) or not target:
                continue
            name, _, label = unquote(target).partition("#")
            file = root / name.lstrip("/") if name.startswith("/") else (root / path).parent / name
            file = file.resolve() if is_file(file) else file
            if known.get(file):
                node["c"][2][0] = f"#{label or known[file]}"
            elif Path(name).stem != report.project.name and not is_there(folder / name.lstrip("/")):
                what = "a link leads to a file that does not lie beside the report"
                fix = "put it there for your readers, or link to a page on the web"
                issues.append(Issue(place, what, name, fix=fix))
    report.places.complain(issues)


def _head(nodes: Nodes) -> str:
    """The anchor of a chapter's own heading; that of a part may stand before it."""
    heads = (node["c"][1] for node, _ in nodes if node["t"] == "Header")
    return next((label for label, classes, _ in heads if "part" not in classes), "")


def data_address(path: Path) -> str:
    """The file as a ``data:`` address."""
    mime = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{mime};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _list_captioned(exhibit: Node) -> set[int]:
    """The pictures whose alternative text stands above them as a caption."""
    caption = plain_text(parts_of(exhibit, "caption")).strip()
    return {
        id(node)
        for node in iterate(exhibit["c"][1])
        if node["t"] == "Image" and alternative_text(node).strip() == caption
    }


def _replace(node: Node, *, said: bool) -> None:
    """Makes, in place, of a picture that cannot be had its alternative text, with its address on the network.

    Where that is ``said`` already, its address stands alone.
    """
    target = node["c"][2][0]
    words = text((not said and alternative_text(node)) or target)
    remote = {"address": target} if _REMOTE.match(target) else {}
    node["t"], node["c"] = "Span", [attr(attributes(node)[0], NO_PICTURE, **remote), words]


def _locate(node: Node, place: str, folder: Path, root: Path, area: Sequence[Path]) -> list[Issue]:
    target = node["c"][2][0]
    if target.lower().startswith("data:"):
        return _unpack(node, place)
    if _REMOTE.match(target):
        fix = "download it into the project (with its licence) and name that file"
        return [Issue(place, "a picture lies on the network", target, "a file of the project", fix)]
    start = root if target.startswith("/") else folder
    path = find_picture_file(start, target)
    if outside := check_area(path, area or [root], place):
        return outside
    path = path.resolve()
    if not is_file(path):
        return [
            Issue(
                place,
                "a picture does not exist in the project",
                unquote(target),
                f"a file in {folder.name or '.'}",
            )
        ]
    # Files elsewhere have no name in a report's own folders.
    node["c"][2][0] = path.relative_to(root).as_posix() if path.is_relative_to(root) else data_address(path)
    suffix = path.suffix.lower()
    if suffix in _CONVERTED and (made := _convert(path, _CONVERTED[suffix])):
        node["c"][2][0] = made
        return []
    if _is_picture(path, suffix):
        return []
    return [Issue(place, _UNREADABLE, unquote(target), _EXPECTED, _FIX)]


def find_picture_file(start: Path, target: str) -> Path:
    """The file that an address names as seen from ``start``, there or not.

    pandoc writes %20 for a blank; a question or fragment behind the name, as forges have them, is no part of it.
    """
    bare = re.split(r"[?#]", target, maxsplit=1)[0]
    paths = [start / name.lstrip("/") for name in (target, unquote(target), bare, unquote(bare))]
    return next((path for path in paths if is_file(path)), paths[0])


def _unpack(node: Node, place: str) -> list[Issue]:
    """Writes a picture that lies in its own address as base64 of what it is, in place."""
    kind, content = read_data(node["c"][2][0])
    if not kind:
        return [Issue(place, _UNREADABLE, f"{node['c'][2][0][:40]}…", _EXPECTED, _FIX)]
    node["c"][2][0] = f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
    return []


def read_data(address: str) -> tuple[str, bytes]:
    """The kind of a picture that lies in its own address, as in ``image/png``, and its bytes; no kind where it cannot be read.

    What the address says may be base64 or not, and percent-encoded either way; browsers look at the bytes for what they are.
    """
    head, _, body = address.partition(",")
    content = unquote_to_bytes(body)
    try:
        content = base64.b64decode(b"".join(content.split())) if "base64" in head.lower() else content
    except ValueError:
        return "", b""
    kind = "svg+xml" if "image/svg" in head.lower() else ""
    suffixes = [".svg"] if kind else [*_KINDS]
    found = next((suffix for suffix in suffixes if _is_picture(io.BytesIO(content), suffix)), "")
    return (kind or _KINDS[found].lower(), content) if found else ("", b"")


def _convert(path: Path, form: str) -> str:
    """The address of a picture as a PNG that lies in it; empty where it cannot be read."""
    from PIL import Image

    made = io.BytesIO()
    try:
        with Image.open(path, formats=[form]) as picture:
            if picture.width * picture.height > PICTURE_PIXELS:
                return ""
            picture.save(made, "PNG")
    except Exception:  # noqa: BLE001  # Pillow raises whatever a broken file leads to
        return ""
    return f"data:image/png;base64,{base64.b64encode(made.getvalue()).decode()}"


def _is_picture(file: Path | io.BytesIO, suffix: str) -> bool:
    """Whether every format can show the file; Typst does not say which one it could not."""
    try:
        if suffix == ".svg":
            return ET.parse(file).getroot().tag.endswith("svg")  # noqa: S314 -- expat limits how far entities expand
        from PIL import Image  # takes a while to import, and most reports have drawings only

        with Image.open(file, formats=[_KINDS[suffix]]) as picture:
            if picture.width * picture.height > PICTURE_PIXELS:
                return False
            picture.verify()
            return True
    except Exception:  # noqa: BLE001  # Pillow and expat raise whatever a broken file leads to, also for a bomb
        return False
