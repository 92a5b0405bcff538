"""What the command line understands: its commands and their options. Nothing heavy is imported for it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from sourcebook import __version__
from sourcebook.core.machine_output import FORMATS
from sourcebook.render.formats import DEFAULT_FORMATS, list_formats

_JSON = "write JSON, for programs"
ENGINES = ("sourcebook", "quarto")

_FOLDER = "a folder of the project, if not the present one"
_ENDS = "Ends with 0 when {}, 1 when {}, 2 when there was trouble."
_KINDS = """end with 1 for changes of these kinds only, joined by commas: finding, verdict, stale, claim, value, evidence,
source, series, exhibit, prose, chapter, row, settings, code"""
# What a command does, what else is to know, examples of its arguments, and who adds these.
_Command = tuple[str, str, tuple[str, ...], Callable[[argparse.ArgumentParser], None]]


def write_parser() -> argparse.ArgumentParser:
    """The parser of all commands; ``command`` is the name of the one that was given."""
    parser = argparse.ArgumentParser(prog="sourcebook", description="Analytic reports you can audit.")
    parser.add_argument("--version", action="version", version=f"sourcebook {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (what, note, examples, add) in _list_commands().items():
        command = commands.add_parser(
            name,
            help=what,
            description=f"{what[0].upper()}{what[1:]}.\n{note}".strip(),
            epilog="For example:\n" + "\n".join(f"  sourcebook {name} {text}".rstrip() for text in examples),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        add(command)
    return parser


def _list_commands() -> dict[str, _Command]:
    return {
        "render": (
            "execute the notebooks and write HTML and PDF", "",
            ("", "--to md,docx --out drafts", "chapter.ipynb -P year:2024", "chapter.ipynb --params grid.csv"), _add_render,
        ),
        "preview": (
            "show the report in a browser while it is being written",
            "Serves to this machine only, builds anew after each change, and ends with Ctrl-C.", ("", "--port 0"), _add_preview,
        ),
        "why": ("say what would be run again, and which input made it so", "", ("", "economy"), _add_why),
        "kernel": (
            "install a kernel that starts at once, for nbconvert, papermill and JupyterLab",
            "Its kernels are forked from a process that has imported pandas, matplotlib and the like already.",
            ("install", "install --user --name warm"), _add_kernel,
        ),
        "check": (
            "check the ledger and the notebooks against their rules", _ENDS.format("all is well", "something was found"),
            ("", "--seal", "--seal eco-03"), _add_check,
        ),
        "verify": (
            "find every anchor of the ledger in the article", _ENDS.format("all is well", "something was not found"), ("article.txt",), _add_article,
        ),
        "trace": (
            "write a page with the article beside the ledger",
            "The page, report/_build/trace.html, holds the article's text: it is not for publication.", ("article.txt",), _add_article,
        ),
        "anchor": (
            "print passage, digest and section for words of the article",
            "Inside a project also the rows to begin a claim with, under the next free id.",
            ('article.txt "The bridge … in 2013"',), _add_anchor,
        ),
        "new": (
            "start a project for another article",
            "It holds one pending claim for each sentence, and chapters that render at once.", ("../my-report --article article.txt",), _add_new,
        ),
        "compare": (
            "say what changed between two states", _ENDS.format("nothing changed", "something did"),
            ("", "main", "main --to html --out comparison.html", "v1 v2 --details", "main --fail-on stale"), _add_compare,
        ),
        "log": ("tell a claim's story over the history of the repository", "", ("eco-03",), _add_log),
        "publish": (
            "build the report and replace what changed in report/output",
            "Nothing is written while a verdict is stale, or reads otherwise than published without a correction.", ("",), _add_publish,
        ),
        "options": (
            "list the options of cells, the settings of projects and the attributes of Markdown",
            "Each with its values, its default, and where it may stand.", ("", "echo", "--to md"), _add_options,
        ),
        "unpack": ("restore the project that is attached to a report's PDF", "", ("report.pdf restored",), _add_unpack),
        "inspect": (
            "say what a report's PDF carries, and whether its hashes hold", "", ("report.pdf", "report.pdf --files"), _add_inspect,
        ),
    }  # fmt: skip


def _add_render(command: argparse.ArgumentParser) -> None:
    _add_document(command)
    add = command.add_argument
    add(
        "--to",
        type=_formats,
        default=DEFAULT_FORMATS,
        metavar="FORMATS",
        help=f"{','.join(DEFAULT_FORMATS)} (the default); of {', '.join(list_formats())}",
    )
    add("--out", type=Path, metavar="DIR", help="another folder for the outputs")
    add(
        "-P",
        dest="parameters",
        action="append",
        default=[],
        metavar="NAME:VALUE",
        help="set a parameter; may be repeated",
    )
    add("--params", type=Path, metavar="FILE", help="parameters as YAML; or a CSV file: one report per row")
    add("--dask", metavar="ADDRESS", help="run on the Dask cluster whose scheduler is there")
    add(
        "--engine",
        choices=ENGINES,
        default=ENGINES[0],
        help="who sets the executed chapters: sourcebook, or Quarto if it is installed",
    )
    add("--no-execute", dest="execute", action="store_false", help="use the outputs stored in the notebooks")
    add(
        "--strict", action="store_true", help="stop at what is missing or dead, where else a warning is given"
    )
    add("--trust", action="store_true", help="let HTML of outputs act in the page: charts and maps live")
    add("--timeout", type=_positive, default=300, metavar="SECONDS", help="for each cell (300)")
    add("--memory", type=int, default=4096, metavar="MIB", help="for each notebook; 0: no limit (4096)")
    add("--jobs", type=_positive, metavar="N", help="notebooks to run at once (one per core)")
    add("--fresh", action="store_true", help="do everything anew, whatever results are kept")
    add("--prove", action="store_true", help="do everything again and compare with the results kept")
    add("--quiet", action="store_true", help="say nothing unless something is wrong")


def _add_preview(command: argparse.ArgumentParser) -> None:
    _add_document(command)
    add = command.add_argument
    add(
        "--port", type=_port, default=8765, metavar="N", help="where it is served (8765); 0: any that is free"
    )
    add("--to", type=_formats, default=DEFAULT_FORMATS, metavar="FORMATS", help="what is written (html,pdf)")
    add("--timeout", type=_positive, default=300, metavar="SECONDS", help="for each cell (300)")
    add("--jobs", type=_positive, metavar="N", help="notebooks to run at once (one per core)")


def _add_why(command: argparse.ArgumentParser) -> None:
    about = "part of a chapter's path (all), or a document by itself"
    command.add_argument("chapters", nargs="*", metavar="CHAPTER", help=about)
    command.add_argument("--out", type=Path, metavar="DIR", help="the output folder, if not the project's")
    command.add_argument("--json", action="store_true", help=_JSON)
    _add_project(command)


def _add_kernel(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("action", choices=("install",), help="write the kernelspec")
    add("--name", default="sourcebook", help="what Jupyter calls it (sourcebook)")
    add("--user", action="store_true", help="for this user, not in the environment of this Python")


def _add_check(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("project", nargs="?", type=Path, metavar="PROJECT", help=_FOLDER)
    add("--seal", nargs="*", metavar="CLAIM", help="note what new verdicts judged; stale ones only by name")
    add("--codebook", action="store_true", help="write data/README.md from datapackage.json")
    about = "issues as JSON, or as annotations of GitHub or of GitLab (code quality)"
    add("--format", choices=FORMATS, default="text", help=about)
    add("--json", action="store_const", const="json", dest="format", help=_JSON)


def _add_article(command: argparse.ArgumentParser) -> None:
    command.add_argument("article", type=Path, metavar="ARTICLE", help="the article as a text file")
    _add_project(command)


def _add_anchor(command: argparse.ArgumentParser) -> None:
    _add_article(command)
    command.add_argument("words", metavar="WORDS", help='"first words … last words", or all of them')


def _add_new(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("folder", type=Path, metavar="DIR", help="a folder that is empty or not there yet")
    add("--article", type=Path, required=True, metavar="FILE", help="the article as a text file")


def _add_compare(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("base", nargs="?", metavar="BASE", help="a revision or a folder (the last commit)")
    add("head", nargs="?", metavar="HEAD", help="a revision or a folder (the working tree)")
    add("--to", choices=("text", "md", "html", "json"), default="text", help="how to write it (text)")
    add("--json", action="store_const", const="json", dest="to", help=_JSON)
    add("--out", type=Path, metavar="FILE", help="write there instead of the terminal")
    add("--details", action="store_true", help="what each change is made of, in text too")
    add("--fail-on", type=_kinds, metavar="KINDS", help=_KINDS)
    about = "address of pictures in Markdown, {revision} and {path} in it"
    add("--pictures", default="", metavar="ADDRESS", help=about)
    add("--rebuild", action="store_true", help="build both reports now instead of reading the published ones")
    _add_project(command)


def _add_log(command: argparse.ArgumentParser) -> None:
    command.add_argument("claim", metavar="CLAIM", help="the claim's id")
    _add_project(command)


def _add_publish(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("project", nargs="?", type=Path, metavar="PROJECT", help=_FOLDER)
    add("--timeout", type=_positive, default=300, metavar="SECONDS", help="for each cell (300)")
    add("--jobs", type=_positive, metavar="N", help="notebooks to run at once (one per core)")
    add("--quiet", action="store_true", help="say nothing of progress")


def _add_options(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("names", nargs="*", metavar="NAME", help="part of an option's name (all)")
    add("--to", choices=("text", "md"), default="text", help="how to write it (text)")


def _add_unpack(command: argparse.ArgumentParser) -> None:
    command.add_argument("pdf", type=Path, metavar="PDF", help="the report")
    command.add_argument("folder", type=Path, metavar="DIR", help="a folder that is empty or not there yet")


def _add_inspect(command: argparse.ArgumentParser) -> None:
    command.add_argument("pdf", type=Path, metavar="PDF", help="the report")
    command.add_argument("--files", action="store_true", help="list every file with its SHA-256")


def _add_document(command: argparse.ArgumentParser) -> None:
    about = "a folder with _quarto.yml (the present one), or a document"
    command.add_argument("project", nargs="?", type=Path, metavar="PATH", help=about)


def _add_project(command: argparse.ArgumentParser) -> None:
    command.add_argument("--project", type=Path, metavar="DIR", help=_FOLDER)


def _formats(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(text.split(",")))
    for name in names:
        if name not in list_formats():
            raise argparse.ArgumentTypeError(f"'{name}' is not one of {', '.join(list_formats())}")
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
