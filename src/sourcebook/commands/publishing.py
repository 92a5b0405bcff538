"""Commands on editions: publish, compare, log, unpack, inspect."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from sourcebook.commands.printing import FOUND, print_issues, say_nothing, shorten_path
from sourcebook.core.console import say
from sourcebook.core.root import find_root
from sourcebook.errors import ProjectError


def publish(args: argparse.Namespace) -> int:
    """Build the report and replace what changed in the published edition."""
    from sourcebook.render.early import start_early
    from sourcebook.render.source.project import read_project

    root = find_root(args.project)
    start_early(read_project(root.resolve()))
    from sourcebook.edition.publish import publish_edition

    progress = say_nothing if args.quiet else None
    done = publish_edition(root, progress=progress, jobs=args.jobs, timeout=args.timeout)
    for path in (*done.written, *done.removed):
        say(f"{'Written' if path in done.written else 'Removed'}: {shorten_path(root / path)}")
    changed = done.written or done.removed or done.issues
    state = "says what it would say now: only the tool has changed" if done.kept else "is up to date"
    return print_issues(done.issues, "" if changed else f"The published edition {state}.")


def compare(args: argparse.Namespace) -> int:
    """Say what changed between two states of a project."""
    from sourcebook.compare.changes import find_gates
    from sourcebook.compare.comparison import compare_trees
    from sourcebook.compare.text_output import draw_comparison
    from sourcebook.compare.trees import find_trees

    root = _find_project(args.project)
    if args.rebuild and root:
        from sourcebook.edition.rebuild import rebuild_tree

        comparison = compare_trees(rebuild_tree(root, args.base or "HEAD"), rebuild_tree(root, args.head))
    else:
        comparison = compare_trees(*find_trees(root, args.base, args.head))
    drawn = draw_comparison(comparison, args.to, details=args.details, address=args.pictures)
    if args.out:
        args.out.write_text(drawn, encoding="utf-8")
    else:
        say(drawn, end="")
    found = comparison.stories if args.fail_on is None else find_gates(comparison, args.fail_on)
    return FOUND if found else 0


def _find_project(path: Path | None) -> Path | None:
    """The project, or none: two folders can be compared from anywhere."""
    try:
        return find_root(path)
    except ProjectError:
        if path is not None:
            raise
        return None


def log(args: argparse.Namespace) -> int:
    """Tell a claim's story over the history of the repository."""
    from sourcebook.compare.change_wording import say_change
    from sourcebook.compare.claim_history import tell_history

    for event in tell_history(find_root(args.project), args.claim):
        say(f"{event.day} {event.commit}  {event.message}".strip())
        for change in event.changes:
            say(f"    {say_change(change)}")
    return 0


def unpack(args: argparse.Namespace) -> int:
    """Restore the project that is attached to a report's PDF."""
    from sourcebook.edition.unpack import unpack_pdf

    carried, folder = unpack_pdf(args.pdf, args.folder), shorten_path(args.folder.absolute())
    say(f"Restored {len(carried.files)} files in {folder}; all are what the manifest says.")
    if "Makefile" in carried.files:
        say(f"Build it: make -C {shlex.quote(folder)} (this runs code from the PDF)")
    return 0


def inspect(args: argparse.Namespace) -> int:
    """Say what a report's PDF carries, and whether its hashes hold."""
    from sourcebook.edition.unpack import inspect_pdf

    carried = inspect_pdf(args.pdf)
    about = carried.manifest.about
    tools = ", ".join(f"{name} {version}" for name, version in dict(about.get("tools") or {}).items())
    say(f"title:          {about.get('title', '')}")
    say(f"edition:        {about.get('edition', '')}")
    say(f"newest source:  {about.get('newest_source', '')}")
    say(f"made with:      sourcebook {about['sourcebook']}; {tools}")
    if args.files:
        for path, digest in carried.manifest.inputs.items():
            say(f"{digest}  {path}")
    held = f"All {len(carried.files)} files are what the manifest says."
    return print_issues(carried.issues, "" if carried.issues else held)
