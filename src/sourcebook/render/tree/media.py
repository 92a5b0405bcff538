"""Picture files named in Markdown: found beside their chapter, carried inside the outputs."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Sequence
from pathlib import Path

from sourcebook.errors import Issue, RenderError
from sourcebook.render.tree.document import Node
from sourcebook.render.tree.headings import Nodes


def locate_media(chapters: Sequence[Nodes], folders: Sequence[Path], root: Path) -> None:
    """Makes each image's path relative to ``root``, in place; ``folders`` are the chapters' own.

    Raises ``RenderError`` for files that are missing or lie outside the project, and for pictures on the network:
    a report must not ask for anything when it is read.
    """
    issues: list[Issue] = []
    for nodes, folder in zip(chapters, folders, strict=True):
        for node, place in nodes:
            if node["t"] == "Image" and not node["c"][2][0].startswith("data:"):
                issues += _locate(node, place, folder, root)
    if issues:
        raise RenderError("Pictures cannot be found.", issues)


def data_address(path: Path) -> str:
    """The file as a ``data:`` address."""
    mime = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{mime};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _locate(node: Node, place: str, folder: Path, root: Path) -> list[Issue]:
    target = node["c"][2][0]
    if "://" in target:
        fix = "download it into the project (with its licence) and name that file"
        return [Issue(place, "a picture lies on the network", target, "a file of the project", fix)]
    path = (root / target.lstrip("/") if target.startswith("/") else folder / target).resolve()
    if not path.is_file() or not path.is_relative_to(root):
        return [
            Issue(place, "a picture does not exist in the project", target, f"a file in {folder.name or '.'}")
        ]
    node["c"][2][0] = path.relative_to(root).as_posix()
    return []
