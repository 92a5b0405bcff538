"""The command line: one function per command; errors become messages, heavy imports wait for their command."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from sourcebook import __version__
from sourcebook.errors import Issue, SourcebookError

FOUND, FAILED, INTERRUPTED = 1, 2, 130
DEFAULT_FORMATS = ("html", "pdf")
FORMATS = (*DEFAULT_FORMATS, "md", "docx", "typst")
ENGINES = ("sourcebook", "quarto")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns 0, 1 when a check found something, 2 for an error, 130 after Ctrl-C."""
    args = _parser().parse_args(argv)
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except SourcebookError as error:
        print(error, file=sys.stderr)
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
    from sourcebook.ledger.root import find_report
    from sourcebook.render.report import render_project
    from sourcebook.render.source.parameters import read_parameters

    single = args.project is not None and args.project.is_file()
    written = render_project(
        args.project if single else find_report(args.project),
        args.to,
        parameters=read_parameters(args.parameter, args.params),
        timeout=args.timeout,
        jobs=args.jobs,
        out=args.out,
        execute=not args.no_execute,
        engine=args.engine,
        progress=_say_nothing if args.quiet else None,
    )
    if not args.quiet:
        print(*(_near(path) for path in written), sep="\n")
    return 0


def check(args: argparse.Namespace) -> int:
    """Check the ledger and the notebooks against their rules."""
    from sourcebook.ledger.check import check_project
    from sourcebook.ledger.codebook import write_codebook
    from sourcebook.ledger.reading import read_ledger
    from sourcebook.ledger.root import find_root
    from sourcebook.ledger.verdicts import seal_verdicts

    root = find_root(args.project)
    if args.codebook:
        print(f"Written: {_near(write_codebook(root))}")
    if args.seal is not None:
        sealed = seal_verdicts(read_ledger(root), args.seal)
        print(f"Sealed: {', '.join(sealed) or 'nothing; a stale verdict is sealed by name'}")
    result = check_project(root)
    return _report(result.issues, result.summary)


def verify(args: argparse.Namespace) -> int:
    """Find every anchor of the ledger in the article."""
    from sourcebook.ledger.locate import verify_claims
    from sourcebook.ledger.reading import read_ledger
    from sourcebook.ledger.root import find_root

    ledger = read_ledger(find_root(args.project))
    claims = [row.cells for row in ledger.rows("claims")]
    issues = verify_claims(args.article, ledger.article.meta, claims)
    return _report(
        issues, "" if issues else f"All {len(claims)} anchors were found once, with the digests recorded."
    )


def trace(args: argparse.Namespace) -> int:
    """Write the article beside the ledger, for whoever has the article."""
    from sourcebook.ledger.root import find_root
    from sourcebook.render.trace import render_trace

    written = render_trace(find_root(args.project), args.article)
    print(f"{_near(written)}: not for publication, it holds the article's text")
    return 0


def anchor(args: argparse.Namespace) -> int:
    """Print selector, digest and section for words of the article."""
    from sourcebook.ledger.anchors import propose_anchors
    from sourcebook.ledger.article import find_sections
    from sourcebook.ledger.locate import read_article

    text = read_article(args.article)
    for found in propose_anchors(text, args.words, find_sections(text, args.project)):
        print(f"section: {found.section}\npassage: {found.passage}\ndigest:  {found.digest}")
        print(
            "unique:  yes\n"
            if found.unique
            else "unique:  no, the passage above was made longer until it was\n"
        )
    return 0


def new(args: argparse.Namespace) -> int:
    """Start a project for another article."""
    from sourcebook.ledger.new import create_project

    project = create_project(args.folder, args.article)
    print(
        f"Started {_near(project.root)}: {project.claims} sentences to read in {project.sections} sections."
    )
    command = Path(sys.argv[0]).absolute()
    tool = "" if shutil.which(command.name) == str(command) else f" SOURCEBOOK={shlex.quote(str(command))}"
    print(f"Build it: make -C {shlex.quote(_near(project.root))}{tool}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sourcebook", description="Analytic reports you can audit.")
    parser.add_argument("--version", action="version", version=f"sourcebook {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    command = commands.add_parser("render", help="execute the notebooks and write HTML and PDF")
    command.add_argument(
        "project",
        nargs="?",
        type=Path,
        metavar="PROJECT",
        help="a folder with _quarto.yml, or one .ipynb, .qmd or .md",
    )
    command.add_argument(
        "--to",
        type=_formats,
        default=DEFAULT_FORMATS,
        metavar="FORMATS",
        help="html,pdf (the default), md, docx, typst",
    )
    command.add_argument(
        "--out", type=Path, metavar="DIR", help="where to write, if not where the project says"
    )
    command.add_argument(
        "-P",
        dest="parameter",
        action="append",
        default=[],
        metavar="NAME:VALUE",
        help="a parameter of the notebooks",
    )
    command.add_argument("--params", type=Path, metavar="FILE", help="parameters in a YAML file")
    command.add_argument(
        "--engine", choices=ENGINES, default=ENGINES[0], help="hand the executed project to Quarto"
    )
    command.add_argument("--no-execute", action="store_true", help="use the outputs that the notebooks hold")
    command.add_argument(
        "--timeout", type=_positive, default=300, metavar="SECONDS", help="for each cell (300)"
    )
    command.add_argument("--jobs", type=_positive, metavar="N", help="notebooks to run at once")
    command.add_argument("--quiet", action="store_true", help="say nothing unless something is wrong")
    command.set_defaults(run=render)

    command = commands.add_parser("check", help="check the ledger and the notebooks against their rules")
    command.add_argument("project", nargs="?", type=Path, metavar="PROJECT", help="a folder of the project")
    command.add_argument(
        "--seal", nargs="*", metavar="CLAIM", help="note what new verdicts judged; stale ones only by name"
    )
    command.add_argument("--codebook", action="store_true", help="write data/README.md from datapackage.json")
    command.set_defaults(run=check)

    command = commands.add_parser("verify", help="find every anchor of the ledger in the article")
    command.add_argument("article", type=Path, metavar="ARTICLE", help="the article as a text file")
    command.add_argument("--project", type=Path, help="a folder of the project, if not the present one")
    command.set_defaults(run=verify)

    command = commands.add_parser("trace", help="write a page with the article beside the ledger")
    command.add_argument("article", type=Path, metavar="ARTICLE", help="the article as a text file")
    command.add_argument("--project", type=Path, help="a folder of the project, if not the present one")
    command.set_defaults(run=trace)

    command = commands.add_parser(
        "anchor", help="print selector, digest and section for words of the article"
    )
    command.add_argument("article", type=Path, metavar="ARTICLE", help="the article as a text file")
    command.add_argument("words", metavar="WORDS", help='"first words … last words", or all of them')
    command.add_argument("--project", type=Path, help="a folder of the project, if not the present one")
    command.set_defaults(run=anchor)

    command = commands.add_parser("new", help="start a project for another article")
    command.add_argument("folder", type=Path, metavar="DIR", help="a folder that is empty or not there yet")
    command.add_argument(
        "--article", type=Path, required=True, metavar="FILE", help="the article as a text file"
    )
    command.set_defaults(run=new)
    return parser


def _formats(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(text.split(",")))
    for name in names:
        if name not in FORMATS:
            raise argparse.ArgumentTypeError(f"'{name}' is not one of {', '.join(FORMATS)}")
    return names


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number above zero")
    return int(text)


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
    """For who asked for quiet."""
