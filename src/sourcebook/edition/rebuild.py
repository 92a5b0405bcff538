"""States built anew for a comparison, where what was published is missing or not to be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sourcebook.compare.trees import OUTPUT, Tree, find_revision, get_revision, read_folder, run_git
from sourcebook.core.files import scratch_folder
from sourcebook.errors import ToolError
from sourcebook.render.report import render_project


def rebuild_tree(root: Path, name: str | None) -> Tree:
    """A revision (or the working tree, without a name) with its report built now, by the tool as it is now.

    So what differs comes from data and chapters. The revision is checked out in a temporary worktree.
    """
    if name is None:
        return _build(root, "working tree")
    if not find_revision(root, name) and Path(name).is_dir():
        return _build(Path(name).resolve(), name)
    with _checked_out(root, get_revision(root, name)) as folder:
        return _build(folder, name)


def _build(root: Path, name: str) -> Tree:
    published = read_folder(root, name)
    kept = {path: body for path, body in published.files.items() if not path.startswith(f"{OUTPUT}/")}
    with scratch_folder() as folder:
        for path in render_project(root, ["md", "json"], out=Path(folder)):
            inside = path.relative_to(folder).as_posix()
            kept[f"{OUTPUT}/{inside if '/' in inside else f'report{path.suffix}'}"] = path.read_bytes()
    return Tree(name, kept)


@contextmanager
def _checked_out(root: Path, revision: str) -> Iterator[Path]:
    """The project as a revision has it, in a worktree of git that is gone afterwards."""
    inside = run_git(root, "rev-parse", "--show-prefix").decode().strip()
    with scratch_folder() as name:
        folder = Path(name) / "worktree"
        run_git(root, "worktree", "add", "--quiet", "--detach", str(folder), revision)
        try:
            yield folder / inside
        finally:
            try:
                run_git(root, "worktree", "remove", "--force", str(folder))
            except ToolError:
                run_git(root, "worktree", "prune")
