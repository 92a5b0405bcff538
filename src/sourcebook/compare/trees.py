"""States of a project: the files a comparison reads, from a folder or from git. Nothing is checked out or written."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sourcebook.core.limits import HISTORY_SECONDS
from sourcebook.core.programs import run_program
from sourcebook.errors import Issue, ProjectError, ToolError

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


def run_git(root: Path, *arguments: str, content: bytes = b"") -> bytes:
    """What git says in the folder ``root``; raises ToolError with its own words when it fails."""
    return run_program(["git", *arguments], content=content, folder=root, seconds=HISTORY_SECONDS).content


def find_revision(root: Path, name: str) -> str | None:
    """The commit id of a branch, tag or commit; none when git does not know it or there is no repository."""
    if not name or name.startswith("-"):
        return None
    try:
        return run_git(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").decode().strip()
    except ToolError:
        return None


def get_revision(root: Path, name: str) -> str:
    """The commit id; raises ProjectError that says what to do when there is none of that name."""
    found = find_revision(root, name)
    if found:
        return found
    check_history(root)
    fix = "name a commit, tag or branch; a clone of little depth needs 'git fetch --unshallow' first"
    raise ProjectError(
        "There is nothing to compare with.", [Issue(name, "not a revision git knows", fix=fix)]
    )


def check_history(root: Path) -> None:
    """Raises ProjectError when nothing is committed yet, in a repository or in none; ToolError when there is no git."""
    run_git(root, "--version")
    if not find_revision(root, "HEAD"):
        issue = Issue("git", "nothing is committed here yet", fix="git init, git add --all, git commit")
        raise ProjectError("The project has no history.", [issue])


def list_files(root: Path, revision: str) -> dict[str, str]:
    """Blob ids by path relative to ``root``, of regular files below it as a revision has them."""
    listing = run_git(root, "ls-tree", "-r", "-z", revision).decode("utf-8", "surrogateescape")
    files = {}
    for entry in listing.split("\0")[:-1]:
        about, path = entry.split("\t", 1)
        mode, _, blob = about.split()
        if mode in ("100644", "100755"):
            files[path] = blob
    return files


def read_blobs(root: Path, blobs: Collection[str]) -> dict[str, bytes]:
    """The contents of blobs by their id, read by one process."""
    wanted = sorted(set(blobs))
    if not wanted:
        return {}
    output = run_git(root, "cat-file", "--batch", content="\n".join(wanted).encode() + b"\n")
    return dict(_split_batch(output))


def resolve_paths(root: Path, revisions: Sequence[str], paths: Sequence[str]) -> dict[str, dict[str, str]]:
    """Blob ids by revision and path, for all at once; a path that a revision lacks is left out."""
    prefix = run_git(root, "rev-parse", "--show-prefix").decode().strip()
    asked = [(revision, path) for revision in revisions for path in paths]
    lines = "".join(f"{revision}:{prefix}{path}\n" for revision, path in asked)
    answers = run_git(root, "cat-file", "--batch-check=%(objecttype) %(objectname)", content=lines.encode())
    found: dict[str, dict[str, str]] = {revision: {} for revision in revisions}
    for (revision, path), answer in zip(asked, answers.decode().splitlines(), strict=True):
        kind, _, blob = answer.partition(" ")
        if kind == "blob":
            found[revision][path] = blob
    return found


def _split_batch(output: bytes) -> Iterator[tuple[str, bytes]]:
    position = 0
    while position < len(output):
        end = output.index(b"\n", position)
        blob, _, size = output[position:end].decode().split()
        start = end + 1
        yield blob, output[start : start + int(size)]
        position = start + int(size) + 1  # a line end follows each
