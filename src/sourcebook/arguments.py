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
    for name, about, add in (
        ("render", "execute the notebooks and write HTML and PDF", _add_render),
        ("preview", "show the report in a browser while it is being written", _add_preview),
        ("why", "what would be run again, and which input made it so", _add_why),
        ("check", "check the ledger and the notebooks against their rules", _add_check),
        ("verify", "find every anchor of the ledger in the article", _add_article),
        ("trace", "write a page with the article beside the ledger", _add_article),
        ("anchor", "print selector, digest and section for words of the article", _add_anchor),
        ("new", "start a project for another article", _add_new),
        ("compare", "say what changed between two states", _add_compare),
        ("log", "tell a claim's story over the history of the repository", _add_log),
        ("publish", "build the report and replace what changed in report/output", _add_publish),
        ("unpack", "restore the project that is attached to a report's PDF", _add_unpack),
        ("inspect", "say what a report's PDF carries, and whether its hashes hold", _add_inspect),
    ):
        add(commands.add_parser(name, help=about))
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


def _add_why(command: argparse.ArgumentParser) -> None:
    command.add_argument("chapters", nargs="*", metavar="CHAPTER", help="part of a chapter's path (all)")
    _add_project(command)


def _add_check(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("project", nargs="?", type=Path, metavar="PROJECT", help="a folder of the project")
    add("--seal", nargs="*", metavar="CLAIM", help="note what new verdicts judged; stale ones only by name")
    add("--codebook", action="store_true", help="write data/README.md from datapackage.json")


def _add_article(command: argparse.ArgumentParser) -> None:
    command.add_argument("article", type=Path, metavar="ARTICLE", help="the article as a text file")
    _add_project(command)


def _add_anchor(command: argparse.ArgumentParser) -> None:
    command.add_argument("article", type=Path, metavar="ARTICLE", help="the article as a text file")
    command.add_argument("words", metavar="WORDS", help='"first words … last words", or all of them')
    _add_project(command)


def _add_new(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("folder", type=Path, metavar="DIR", help="a folder that is empty or not there yet")
    add("--article", type=Path, required=True, metavar="FILE", help="the article as a text file")


def _add_compare(command: argparse.ArgumentParser) -> None:
    command.epilog = "Ends with 0 when nothing changed, 1 when something did, 2 when there was trouble."
    add = command.add_argument
    add("base", nargs="?", metavar="BASE", help="a revision or a folder (the last commit)")
    add("head", nargs="?", metavar="HEAD", help="a revision or a folder (the working tree)")
    add("--to", choices=("text", "md", "html"), default="text", help="how to write it (text)")
    add("--out", type=Path, metavar="FILE", help="write there instead of the terminal")
    add("--details", action="store_true", help="what each change is made of, in text too")
    add("--fail-on", type=_kinds, metavar="KINDS", help="end with 1 for these only: stale,verdict,value …")
    about = "address of pictures in Markdown, {revision} and {path} in it"
    add("--pictures", default="", metavar="ADDRESS", help=about)
    add("--rebuild", action="store_true", help="build both reports now instead of reading the published ones")
    _add_project(command)


def _add_log(command: argparse.ArgumentParser) -> None:
    command.add_argument("claim", metavar="CLAIM", help="the claim's id")
    _add_project(command)


def _add_publish(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("project", nargs="?", type=Path, metavar="PROJECT", help="a folder of the project")
    add("--timeout", type=_positive, default=300, metavar="SECONDS", help="for each cell (300)")
    add("--jobs", type=_positive, metavar="N", help="notebooks to run at once")
    add("--quiet", action="store_true", help="no progress")


def _add_unpack(command: argparse.ArgumentParser) -> None:
    command.add_argument("pdf", type=Path, metavar="PDF", help="the report")
    command.add_argument("folder", type=Path, metavar="DIR", help="a folder that is empty or not there yet")


def _add_inspect(command: argparse.ArgumentParser) -> None:
    command.add_argument("pdf", type=Path, metavar="PDF", help="the report")
    command.add_argument("--files", action="store_true", help="list every file with its SHA-256")


def _add_project(command: argparse.ArgumentParser) -> None:
    command.add_argument("--project", type=Path, help="a folder of the project, if not the present one")


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
