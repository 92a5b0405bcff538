"""The command line: one function per command; errors become messages, heavy imports wait for their command."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sourcebook.arguments import write_parser
from sourcebook.core.root import find_report, find_root
from sourcebook.errors import Issue, LedgerError, ProjectError, SourcebookError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from sourcebook.execute.plan import Running
    from sourcebook.ledger.anchors import Anchor

FOUND, FAILED, INTERRUPTED = 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns 0, 1 when a check found something, 2 for an error, 130 after Ctrl-C."""
    args = write_parser().parse_args(argv)
    try:
        code = COMMANDS[args.command](args)
        sys.stdout.flush()
    except SourcebookError as error:
        print(error, file=sys.stderr)
        return FAILED
    except ModuleNotFoundError as error:
        if (error.name or "sourcebook").partition(".")[0] == "sourcebook":
            raise
        print(
            f"The package {error.name} is not installed: install what Sourcebook asks for again, here with make.",
            file=sys.stderr,
        )
        return FAILED
    except KeyboardInterrupt:
        print("Interrupted; nothing half-finished was left behind.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return code


def render(args: argparse.Namespace) -> int:
    """Execute the notebooks of a project, or one of any folder, and write its documents."""
    root = _find_report_or_document(args.project)
    if args.params and args.params.suffix == ".csv":
        return _render_grid(args, root)
    from sourcebook.render.source.parameters import read_parameters

    parameters = read_parameters(args.parameters, args.params)
    if current := _find_current(args, root, parameters):
        return _say_outputs(args, "up to date", current)
    with _open_cluster(args) as executor:
        from sourcebook.render.report import render_project

        written = render_project(
            root,
            args.to,
            parameters=parameters,
            out=args.out,
            execute=args.execute,
            engine=args.engine,
            progress=_say_nothing if args.quiet else None,
            **_choose_running(args, executor),
        )
    return _say_outputs(args, "ready", written)


def _find_current(args: argparse.Namespace, root: Path, parameters: Mapping[str, Any]) -> list[Path]:
    """The outputs, if there is nothing to do; else kernels are prepared while we import what a build needs."""
    from sourcebook.render.early import start_early
    from sourcebook.render.record import open_record
    from sourcebook.render.source.project import read_document, read_project

    project = read_document(root) if root.is_file() else read_project(root.resolve())
    ours = root.is_dir() and args.engine == "sourcebook"
    if ours and not (args.fresh or args.prove):
        record = open_record(project, args.to, parameters, args.out, args.execute)
        if current := record.find_outputs():
            return current
    if args.execute and not args.dask:
        start_early(project)
    return []


def _say_outputs(args: argparse.Namespace, state: str, paths: Sequence[Path]) -> int:
    names = [
        _near(path) for path in paths if path.suffix in (".html", ".pdf", ".md", ".docx", ".typ", ".json")
    ]
    if not args.quiet:
        print(
            f"The report is {state}: {' and '.join(names if len(names) < 4 else [*names[:2], f'{len(names) - 2} files more'])}"
        )
    return 0


def _choose_running(args: argparse.Namespace, executor: Executor | None) -> Running:
    return {
        "timeout": args.timeout, "memory": args.memory, "jobs": args.jobs, "executor": executor,
        "fresh": args.fresh, "prove": args.prove,
    }  # fmt: skip


def _open_cluster(args: argparse.Namespace) -> AbstractContextManager[Executor | None]:
    if not args.dask:
        return nullcontext()
    from sourcebook.execute.executors import open_cluster

    return open_cluster(args.dask)


def _render_grid(args: argparse.Namespace, root: Path) -> int:
    from sourcebook.render.grid import render_grid
    from sourcebook.render.source.parameters import read_parameters

    with _open_cluster(args) as executor:
        grid = render_grid(
            root,
            args.params,
            args.to,
            parameters=read_parameters(args.parameters),
            out=args.out,
            execute=args.execute,
            engine=args.engine,
            progress=_say_nothing if args.quiet else None,
            **_choose_running(args, executor),
        )
    if not args.quiet:
        print(f"{_near(grid.table)}: {grid.made} reports made, {grid.kept} kept")
    return 0


def preview(args: argparse.Namespace) -> int:
    """Serve the report to a browser on this machine and build it anew after each change."""
    from sourcebook.preview.preview import preview_project

    root, say = _find_report_or_document(args.project), partial(print, flush=True)
    try:
        preview_project(root, args.to, port=args.port, say=say, timeout=args.timeout, jobs=args.jobs)
    except KeyboardInterrupt:  # the way it is meant to end
        print("The preview has ended.")
    return 0


def why(args: argparse.Namespace) -> int:
    """Say what a build would run again and which input made it so; nothing is run."""
    from sourcebook.execute.plan import Settings
    from sourcebook.render.execution import explain_chapters
    from sourcebook.render.record import list_made
    from sourcebook.render.source.project import read_document, read_project

    parts = list(args.chapters)
    alone = Path(parts[0]) if len(parts) == 1 and Path(parts[0]).is_file() and not args.project else None
    project = read_document(alone) if alone else read_project(find_report(args.project))
    output = None if alone else args.out or project.root / project.output
    settings = Settings(root=project.root, output=output, ignored=tuple(list_made(project, args.out)))
    reasons = explain_chapters(project, [] if alone else parts, settings)
    print(_reasons_as_json(reasons) if args.json else "\n".join(reasons))
    return 0


def _reasons_as_json(reasons: Sequence[str]) -> str:
    """Sentences such as ``a.ipynb: up to date.`` by chapter."""
    from sourcebook.core.machine_output import write_json

    chapters: dict[str, list[str]] = {}
    for sentence in reasons:
        name, _, reason = sentence.partition(": ")
        chapters.setdefault(name, []).append(reason.removesuffix("."))
    return write_json(
        "why",
        chapters=[
            {"chapter": name, "up_to_date": found[0].startswith("up to date"), "reasons": found}
            for name, found in chapters.items()
        ],
    )


def kernel(args: argparse.Namespace) -> int:
    """Install a kernelspec of warm kernels for other Jupyter tools."""
    from sourcebook.execute.kernelspec import install_kernelspec

    print(f"Installed: {_near(install_kernelspec(args.name, user=args.user))}")
    print(
        f"Run a notebook in it: jupyter nbconvert --execute --ExecutePreprocessor.kernel_name={args.name} ..."
    )
    return 0


def check(args: argparse.Namespace) -> int:
    """Check the ledger and the notebooks against their rules."""
    from sourcebook.edition.edition_check import check_edition
    from sourcebook.ledger.codebook import write_codebook
    from sourcebook.ledger.load import read_ledger
    from sourcebook.ledger.project_check import check_project
    from sourcebook.ledger.verdicts import seal_verdicts

    root = find_root(args.project)
    said = sys.stdout if args.format == "text" else sys.stderr
    if args.codebook:
        print(f"Written: {_near(write_codebook(root))}", file=said)
    if args.seal is not None:
        sealed = seal_verdicts(read_ledger(root), args.seal)
        print(f"Sealed: {', '.join(sealed) or 'nothing; a stale verdict is sealed by name'}", file=said)
    result = check_project(root)
    issues = [*result.issues, *check_edition(root)]
    if args.format == "text":
        return _report(issues, result.summary)
    from sourcebook.core.machine_output import write_issues

    print(write_issues(issues, args.format, "check", result.summary))
    return FOUND if issues else 0


def verify(args: argparse.Namespace) -> int:
    """Find every anchor of the ledger in the article."""
    from sourcebook.ledger.load import read_ledger
    from sourcebook.ledger.verify import verify_claims

    ledger = read_ledger(find_root(args.project))
    claims = [row.cells for row in ledger.rows("claims")]
    issues = verify_claims(args.article, ledger.article.meta, claims)
    sound = f"All {len(claims)} anchors were found once, with the digests recorded."
    return _report(issues, "" if issues else sound)


def trace(args: argparse.Namespace) -> int:
    """Write the article beside the ledger, for whoever has the article."""
    from sourcebook.render.trace import render_trace

    written = render_trace(find_root(args.project), args.article)
    print(f"{_near(written)}: not for publication, it holds the article's text")
    return 0


def anchor(args: argparse.Namespace) -> int:
    """Print selector, digest and section for words of the article."""
    from sourcebook.ledger.anchors import propose_anchors
    from sourcebook.ledger.article import find_sections
    from sourcebook.ledger.verify import read_article

    text = read_article(args.article)
    for found in propose_anchors(text, args.words, find_sections(text, args.project)):
        unique = "yes" if found.unique else "no, the passage above was made longer until it was"
        print(
            f"section: {found.section}\npassage: {found.passage}\ndigest:  {found.digest}\nunique:  {unique}\n"
        )
        for table, row in _draft(args.project, found).items():
            print(f"A row for data/{table}.csv, in the order of ids:\n{row}")
    return 0


def new(args: argparse.Namespace) -> int:
    """Start a project for another article."""
    from sourcebook.ledger.scaffold import create_project

    made = create_project(args.folder, args.article)
    parts = f"{made.sections} section{'' if made.sections == 1 else 's'}"
    print(f"Started {_near(made.root)}: {made.claims} sentences to read in {parts}.")
    command = Path(sys.argv[0]).absolute()
    tool = "" if shutil.which(command.name) == str(command) else f" SOURCEBOOK={shlex.quote(str(command))}"
    print(f"Build it: make -C {shlex.quote(_near(made.root))}{tool}")
    print(f"What to do next: {_near(made.root / 'README.md')}")
    return 0


def compare(args: argparse.Namespace) -> int:
    """Say what changed between two states of a project."""
    from sourcebook.compare.comparison import compare_trees
    from sourcebook.compare.text_output import draw_comparison, find_gates
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
        print(drawn, end="")
    found = comparison.stories if args.fail_on is None else find_gates(comparison, args.fail_on)
    return FOUND if found else 0


def log(args: argparse.Namespace) -> int:
    """Tell a claim's story over the history of the repository."""
    from sourcebook.compare.change_wording import say_change
    from sourcebook.compare.claim_history import tell_history

    for event in tell_history(find_root(args.project), args.claim):
        print(f"{event.day} {event.commit}  {event.message}".strip())
        for change in event.changes:
            print(f"    {say_change(change)}")
    return 0


def publish(args: argparse.Namespace) -> int:
    """Build the report and replace what changed in the published edition."""
    from sourcebook.render.early import start_early
    from sourcebook.render.source.project import read_project

    root = find_root(args.project)
    start_early(read_project(root.resolve()))
    from sourcebook.edition.publish import publish_edition

    progress = _say_nothing if args.quiet else None
    done = publish_edition(root, progress=progress, jobs=args.jobs, timeout=args.timeout)
    for path in (*done.written, *done.removed):
        print(f"{'Written' if path in done.written else 'Removed'}: {_near(root / path)}")
    changed = done.written or done.removed or done.issues
    state = "says what it would say now: only the tool has changed" if done.kept else "is up to date"
    return _report(done.issues, "" if changed else f"The published edition {state}.")


def options(args: argparse.Namespace) -> int:
    """List every option, setting and attribute that has an effect."""
    from sourcebook.core.reference import write_reference

    print(write_reference(args.names, args.to), end="")
    return 0


def unpack(args: argparse.Namespace) -> int:
    """Restore the project that is attached to a report's PDF."""
    from sourcebook.edition.unpack import unpack_pdf

    carried, folder = unpack_pdf(args.pdf, args.folder), _near(args.folder.absolute())
    print(f"Restored {len(carried.files)} files in {folder}; all are what the manifest says.")
    if "Makefile" in carried.files:
        print(f"Build it: make -C {shlex.quote(folder)} (this runs code from the PDF)")
    return 0


def inspect(args: argparse.Namespace) -> int:
    """Say what a report's PDF carries, and whether its hashes hold."""
    from sourcebook.edition.unpack import inspect_pdf

    carried = inspect_pdf(args.pdf)
    about = carried.manifest.about
    tools = ", ".join(f"{name} {version}" for name, version in dict(about.get("tools") or {}).items())
    print(f"title:          {about.get('title', '')}")
    print(f"edition:        {about.get('edition', '')}")
    print(f"newest source:  {about.get('newest_source', '')}")
    print(f"made with:      sourcebook {about['sourcebook']}; {tools}")
    if args.files:
        for path, digest in carried.manifest.inputs.items():
            print(f"{digest}  {path}")
    held = f"All {len(carried.files)} files are what the manifest says."
    return _report(carried.issues, "" if carried.issues else held)


def _draft(project: Path | None, found: Anchor) -> dict[str, str]:
    """Rows to begin a claim with, where there is a project whose ledger can be read."""
    from sourcebook.ledger.scaffold import draft_rows

    try:
        return draft_rows(find_root(project), found)
    except (ProjectError, LedgerError):
        return {}


def _find_report_or_document(path: Path | None) -> Path:
    """The folder of the report that ``path`` lies in, or ``path`` itself when it is a document."""
    return path if path is not None and path.is_file() else find_report(path)


def _find_project(path: Path | None) -> Path | None:
    """The project, or none: two folders can be compared from anywhere."""
    try:
        return find_root(path)
    except ProjectError:
        if path is not None:
            raise
        return None


def _report(issues: Sequence[Issue], summary: str) -> int:
    """Issues to the error stream, the summary to the output, and the exit code."""
    for issue in issues:
        print(f"- {issue}", file=sys.stderr)
    if summary:
        print(summary)
    if issues:
        print(f"Found {len(issues)} {'problem' if len(issues) == 1 else 'problems'}.", file=sys.stderr)
    return FOUND if issues else 0


def _near(path: Path) -> str:
    """A path as short as it can be said from here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _say_nothing(_message: str) -> None:
    """Progress with ``--quiet``: nothing is printed."""


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    command.__name__: command
    for command in (
        render, preview, why, kernel, check, verify, trace, anchor, new, compare, log, publish, options, unpack, inspect,
    )
}  # fmt: skip
