"""Commands that build reports and run notebooks: render, preview, why, kernel, options."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sourcebook.commands.printing import say_nothing, shorten_path
from sourcebook.core.console import say
from sourcebook.core.root import find_report
from sourcebook.render.formats import list_formats

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from sourcebook.render.execution import Running


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
            strict=args.strict,
            trust=args.trust,
            progress=say_nothing if args.quiet else None,
            **_choose_running(args, executor),
        )
    return _say_outputs(args, "ready", written)


def _find_current(args: argparse.Namespace, root: Path, parameters: Mapping[str, Any]) -> list[Path]:
    """The outputs, if there is nothing to do; else kernels are prepared while we import what a build needs."""
    from sourcebook.render.early import start_early
    from sourcebook.render.record import open_record
    from sourcebook.render.source.project import read_document, read_project

    project = read_document(root) if root.is_file() else read_project(root.resolve())
    project = project.told(strict=args.strict, trust=args.trust)
    if root.is_dir() and not (args.fresh or args.prove):
        asked = args.to if args.engine == "sourcebook" else [args.engine, *args.to]
        record = open_record(project, asked, parameters, args.out, args.execute)
        if current := record.find_outputs():
            return current
    if args.execute and not args.dask:
        start_early(project)
    return []


def _say_outputs(args: argparse.Namespace, state: str, paths: Sequence[Path]) -> int:
    suffixes = {f".{name}" for name in list_formats()} | {".typ"}  # Typst's source is a folder
    names = [shorten_path(path) for path in paths if path.suffix in suffixes]
    if not args.quiet:
        say(
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
    from sourcebook.render.sweep_executors import open_cluster

    return open_cluster(args.dask)


def _render_grid(args: argparse.Namespace, root: Path) -> int:
    from sourcebook.render.source.parameters import read_parameters
    from sourcebook.render.sweep import render_grid

    with _open_cluster(args) as executor:
        grid = render_grid(
            root,
            args.params,
            args.to,
            parameters=read_parameters(args.parameters),
            out=args.out,
            execute=args.execute,
            engine=args.engine,
            progress=say_nothing if args.quiet else None,
            **_choose_running(args, executor),
        )
    if not args.quiet:
        say(f"{shorten_path(grid.table)}: {grid.made} reports made, {grid.kept} kept")
    return 0


def preview(args: argparse.Namespace) -> int:
    """Serve the report to a browser on this machine and build it anew after each change."""
    from sourcebook.preview.preview import preview_project

    root = _find_report_or_document(args.project)
    try:
        preview_project(root, args.to, port=args.port, say=say, timeout=args.timeout, jobs=args.jobs)
    except KeyboardInterrupt:  # the way it is meant to end
        say("The preview has ended.")
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
    say(_reasons_as_json(reasons) if args.json else "\n".join(reasons))
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
    from sourcebook.commands.kernelspec import install_kernelspec

    say(f"Installed: {shorten_path(install_kernelspec(args.name, user=args.user))}")
    say(
        f"Run a notebook in it: jupyter nbconvert --execute --ExecutePreprocessor.kernel_name={args.name} ..."
    )
    return 0


def options(args: argparse.Namespace) -> int:
    """List every option, setting and attribute that has an effect."""
    from sourcebook.core.reference import write_reference

    say(write_reference(args.names, args.to), end="")
    return 0


def _find_report_or_document(path: Path | None) -> Path:
    """The folder of the report that ``path`` lies in, or ``path`` itself when it is a document."""
    return path if path is not None and path.is_file() else find_report(path)
