"""States of a project: the files a comparison reads, from a folder or from a revision of git."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sourcebook.compare.revisions import find_revision, get_revision, list_files, read_blobs
from sourcebook.errors import Issue, ProjectError

OUTPUT = "report/output"
_FOLDERS = ("data/", "notebooks/", f"{OUTPUT}/", "src/")
_KINDS = (".csv", ".json", ".yaml", ".yml", ".toml", ".md", ".ipynb", ".svg", ".py", ".qmd")


@dataclass(frozen=True)
class Tree:
    """A state: its name for people, and the contents of its files by path relative to the project."""

    name: str
    files: Mapping[str, bytes]

    def text(self, path: str) -> str:
        """A file as text, empty when it is not there; bytes that are not UTF-8 are marked, not refused."""
        return self.files.get(path, b"").decode("utf-8-sig", errors="replace").replace("\r\n", "\n")

    def below(self, folder: str, suffix: str = "") -> list[str]:
        """Paths in a folder, sorted."""
        return sorted(path for path in self.files if path.startswith(f"{folder}/") and path.endswith(suffix))


def find_trees(root: Path | None, base: str | None, head: str | None) -> tuple[Tree, Tree]:
    """The two states somebody asked for: revisions of git or folders; without names, the last commit and the
    working tree.

    Raises ProjectError when a name is neither, or when a revision is named outside a project.
    """
    before = _find_tree(root, base or "HEAD")
    return before, _find_tree(root, head) if head else read_folder(_get_root(root), "working tree")


def read_folder(folder: Path, name: str = "") -> Tree:
    """The state in a folder: a project, or a published edition alone (the contents of ``report/output``)."""
    alone = not (folder / "data").is_dir() and (folder / "manifest.json").is_file()
    files = {
        f"{OUTPUT}/{path}" if alone else path: (folder / path).read_bytes()
        for path in _walk(folder)
        if _is_wanted(f"{OUTPUT}/{path}" if alone else path)
    }
    return Tree(name or str(folder), files)


def read_revision(root: Path, name: str) -> Tree:
    """The state of a revision, read from git's store: nothing is checked out."""
    listed = list_files(root, get_revision(root, name))
    wanted = {path: blob for path, blob in listed.items() if _is_wanted(path)}
    contents = read_blobs(root, wanted.values())
    return Tree(name, {path: contents[blob] for path, blob in wanted.items()})


def _find_tree(root: Path | None, name: str) -> Tree:
    """A name git knows is a revision; anything else must be a folder."""
    if root is not None and find_revision(root, name):
        return read_revision(root, name)
    if Path(name).is_dir():
        return read_folder(Path(name), name)
    if root is None:
        issue = Issue(
            name, "neither a folder nor, outside a project, a revision", fix="change into the project"
        )
        raise ProjectError("There is nothing to compare with.", [issue])
    return read_revision(root, name)


def _get_root(root: Path | None) -> Path:
    if root is None:
        raise ProjectError("There is no project here to compare: change into one, or name two folders.")
    return root


def _walk(folder: Path) -> Iterator[str]:
    """Files below a folder, hidden ones and links left out, the way git names them."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if _is_room(Path(parent) == folder, name))
        for name in sorted(names):
            path = Path(parent, name)
            if not name.startswith(".") and not path.is_symlink():
                yield path.relative_to(folder).as_posix()


def _is_room(at_top: bool, name: str) -> bool:
    """Whether to look into a folder; what else lies beside a project's rooms may be large."""
    if at_top:
        return name in ("data", "notebooks", "report", "src", "exhibits")
    return not name.startswith((".", "_build", "__"))


def _is_wanted(path: str) -> bool:
    inside = path.startswith(_FOLDERS) or "/" not in path or path == "report/corrections.md"
    return inside and path.endswith(_KINDS)
