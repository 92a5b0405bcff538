"""What the command line understands: its commands and their options. Nothing heavy is imported for it."""

from __future__ import annotations

import argparse
from pathlib import Path

from sourcebook import __version__

DEFAULT_FORMATS = ("html", "pdf")
FORMATS = (*DEFAULT_FORMATS, "md", "docx", "typst")
ENGINES = ("sourcebook", "quarto")


def write_parser() -> argparse.ArgumentParser:
    """The parser of all commands; ``command`` is the name of the one that was given."""
    parser = argparse.ArgumentParser(prog="sourcebook", description="Analytic reports you can audit.")
    parser.add_argument("--version", action="version", version=f"sourcebook {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    _add_render(commands.add_parser("render", help="execute the notebooks and write HTML and PDF"))

    _add_preview(
        commands.add_parser("preview", help="show the report in a browser while it is being written")
    )

    command = commands.add_parser("why", help="what would be run again, and which input made it so")
    command.add_argument("chapters", nargs="*", metavar="CHAPTER", help="part of a chapter's path (all)")
    command.add_argument("--project", type=Path, help="a folder of the project, if not the present one")

    command = commands.add_parser("check", help="check the ledger and the notebooks against their rules")
    command.add_argument("project", nargs="?", type=Path, metavar="PROJECT", help="a folder of the project")
    command.add_argument(
        "--seal", nargs="*", metavar="CLAIM", help="note what new verdicts judged; stale ones only by name"
    )
    command.add_argument("--codebook", action="store_true", help="write data/README.md from datapackage.json")

    command = commands.add_parser("verify", help="find every anchor of the ledger in the article")
    command.add_argument("article", type=Path, metavar="ARTICLE", help="the article as a text file")
    command.add_argument("--project", type=Path, help="a folder of the project, if not the present one")

    command = commands.add_parser("trace", help="write a page with the article beside the ledger")
    command.add_argument("article", type=Path, metavar="ARTICLE", help="the article as a text file")
    command.add_argument("--project", type=Path, help="a folder of the project, if not the present one")

    command = commands.add_parser(
        "anchor", help="print selector, digest and section for words of the article"
    )
    command.add_argument("article", type=Path, metavar="ARTICLE", help="the article as a text file")
    command.add_argument("words", metavar="WORDS", help='"first words … last words", or all of them')
    command.add_argument("--project", type=Path, help="a folder of the project, if not the present one")

    command = commands.add_parser("new", help="start a project for another article")
    command.add_argument("folder", type=Path, metavar="DIR", help="a folder that is empty or not there yet")
    command.add_argument(
        "--article", type=Path, required=True, metavar="FILE", help="the article as a text file"
    )
    _add_review(commands)
    return parser


def _add_render(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("project", nargs="?", type=Path, metavar="PATH", help="a folder with _quarto.yml, or one document")
    add(
        "--to",
        type=_formats,
        default=DEFAULT_FORMATS,
        metavar="FORMATS",
        help="html,pdf (the default), md, docx, typst",
    )
    add("--out", type=Path, metavar="DIR", help="another folder for the outputs")
    add("-P", dest="parameters", action="append", default=[], metavar="NAME:VALUE", help="set a parameter")
    add("--params", type=Path, metavar="FILE", help="parameters as YAML; or a CSV file: one report per row")
    add("--dask", metavar="ADDRESS", help="run on the Dask cluster whose scheduler is there")
    add("--engine", choices=ENGINES, default=ENGINES[0], help="who sets the executed chapters")
    add("--no-execute", dest="execute", action="store_false", help="use the outputs stored in the notebooks")
    add("--timeout", type=_positive, default=300, metavar="SECONDS", help="for each cell (300)")
    add("--memory", type=int, default=4096, metavar="MIB", help="for each notebook; 0: no limit (4096)")
    add("--jobs", type=_positive, metavar="N", help="notebooks to run at once (one per core)")
    add("--kernel", action="store_true", help="give every notebook a Jupyter kernel of its own")
    add("--fresh", action="store_true", help="do everything anew, whatever results are kept")
    add("--prove", action="store_true", help="do everything again and compare with the results kept")
    add("--hermetic", action="store_true", help="refuse writing outside the scratch folder and connections")
    add("--quiet", action="store_true", help="say nothing unless something is wrong")


def _add_preview(command: argparse.ArgumentParser) -> None:
    command.epilog = "Serves to this machine only, builds anew after each change, and ends with Ctrl-C."
    add = command.add_argument
    add("project", nargs="?", type=Path, metavar="PROJECT", help="a folder with _quarto.yml, or one document")
    add(
        "--port", type=_port, default=8765, metavar="N", help="where it is served (8765); 0: any that is free"
    )
    add("--to", type=_formats, default=DEFAULT_FORMATS, metavar="FORMATS", help="what is written (html,pdf)")
    add("--timeout", type=_positive, default=300, metavar="SECONDS", help="for each cell (300)")
    add("--jobs", type=_positive, metavar="N", help="notebooks to run at once (one per core)")


def _add_review(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "compare",
        help="say what changed between two states",
        epilog="Ends with 0 when nothing changed, 1 when something did, 2 when there was trouble.",
    )
    command.add_argument("base", nargs="?", metavar="BASE", help="a revision or a folder (the last commit)")
    command.add_argument("head", nargs="?", metavar="HEAD", help="a revision or a folder (the working tree)")
    command.add_argument(
        "--to", choices=("text", "md", "html"), default="text", help="how to write it (text)"
    )
    command.add_argument("--out", type=Path, metavar="FILE", help="write there instead of the terminal")
    command.add_argument("--details", action="store_true", help="what each change is made of, in text too")
    command.add_argument(
        "--fail-on", type=_kinds, metavar="KINDS", help="end with 1 for these only: stale,verdict,value …"
    )
    command.add_argument(
        "--pictures",
        default="",
        metavar="ADDRESS",
        help="address of pictures in Markdown, {revision} and {path} in it",
    )
    command.add_argument(
        "--rebuild", action="store_true", help="build both reports now instead of reading the published ones"
    )
    command.add_argument("--project", type=Path, help="a folder of the project, if not the present one")

    command = commands.add_parser("log", help="tell a claim's story over the history of the repository")
    command.add_argument("claim", metavar="CLAIM", help="the claim's id")
    command.add_argument("--project", type=Path, help="a folder of the project, if not the present one")

    command = commands.add_parser(
        "publish", help="build the report and replace what changed in report/output"
    )
    command.add_argument("project", nargs="?", type=Path, metavar="PROJECT", help="a folder of the project")
    command.add_argument(
        "--timeout", type=_positive, default=300, metavar="SECONDS", help="for each cell (300)"
    )
    command.add_argument("--jobs", type=_positive, metavar="N", help="notebooks to run at once")
    command.add_argument("--quiet", action="store_true", help="no progress")

    command = commands.add_parser("unpack", help="restore the project that is attached to a report's PDF")
    command.add_argument("pdf", type=Path, metavar="PDF", help="the report")
    command.add_argument("folder", type=Path, metavar="DIR", help="a folder that is empty or not there yet")

    command = commands.add_parser(
        "inspect", help="say what a report's PDF carries, and whether its hashes hold"
    )
    command.add_argument("pdf", type=Path, metavar="PDF", help="the report")
    command.add_argument("--files", action="store_true", help="list every file with its SHA-256")


def _formats(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(text.split(",")))
    for name in names:
        if name not in FORMATS:
            raise argparse.ArgumentTypeError(f"'{name}' is not one of {', '.join(FORMATS)}")
    return names


def _kinds(text: str) -> tuple[str, ...]:
    from sourcebook.compare.changes import KINDS

    names = tuple(text.split(","))
    for name in names:
        if name not in KINDS:
            raise argparse.ArgumentTypeError(f"'{name}' is not one of {', '.join(KINDS)}")
    return names


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port: a number up to 65535")
    return int(text)


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number above zero")
    return int(text)
