"""The words of git that a comparison needs. Nothing is checked out and nothing is written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from sourcebook.errors import Issue, ProjectError, ToolError
from sourcebook.programs import run_program


def run_git(root: Path, *arguments: str, content: bytes = b"") -> bytes:
    """What git says in the folder ``root``; raises ToolError with its own words when it fails."""
    return run_program(["git", *arguments], content=content, folder=root).content


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
