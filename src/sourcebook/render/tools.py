"""The outside programs pandoc (from its wheel) and Quarto; Typst has a room of its own (``typst_compiler``)."""

from __future__ import annotations

import functools
import itertools
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sourcebook.core import limits
from sourcebook.core.notebook import FENCED, change_outside
from sourcebook.core.programs import SlowError, run_program
from sourcebook.errors import Issue, ToolError
from sourcebook.render import formula_colours
from sourcebook.render.document import (
    Node,
    attributes,
    iterate,
    iterate_placed,
    join_words,
    para,
    plain,
    split_words,
    text,
    transform,
)
from sourcebook.render.nested_notes import lift_notes, settle_notes
from sourcebook.render.pipe_tables import open_blocks
from sourcebook.render.tex import rewrite, rewrite_formula

# A line that begins with "@fig-x." begins no list of examples, as pandoc would have it.
_LABEL_FIRST = re.compile(r"^([ \t>]*@\w[\w:-]*)([.)])(?=\s|$)", re.MULTILINE)
COLOURS = "data-colours"
"""The attribute in which a text output has the same as HTML, which writers pass on: no text that is read may have it."""
_HEADING = re.compile(r"^#{1,6}[ \t]+([^\n{]+)", re.MULTILINE)
# [words][The heading], behind code, in which it is none.
_TO_HEADING = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)|(?<=\])\[([^\[\]\n^@]+)\](?![({:\[])", re.DOTALL)
# Words that are the same in Markdown and without it: no markup but escaped characters, nothing that smart punctuation
# changes, no list.
_WORDS = re.compile(
    r"(?:[A-Za-z0-9]|[^\x00-\x7f\s‘’‚‛“”„‟]|(?<=[^\W_])[-.](?=[^\W_])|[,;%/()]| (?=\S)|\\[!-/:-@\[-`{-~])*"
)
_LIST = re.compile(r"\(?\w{1,9}[.)](?:\s|$)")
# Memory to begin with, in which most chapters are read without a search for what could be freed: a quarter of the time.
_ROOM = ("+RTS", "-A64m", f"-M{limits.PROGRAM_MEMORY}", "-RTS")


def read_markdown(
    markdown: str, place_of: Callable[[int], str], other: str = ""
) -> tuple[dict[str, Any], list[Issue]]:
    """pandoc's tree of Markdown in Quarto's dialect (pandoc's own), and what pandoc warns of.

    ``other`` names extensions that are off, each after a minus, or on, after a plus. ``place_of`` tells where the author
    finds a line of ``markdown``. Raises ``ToolError`` when pandoc fails.
    """
    lead = _lead_to_headings(markdown)
    markdown = change_outside(
        FENCED, markdown, lambda part: open_blocks(_LABEL_FIRST.sub(r"\1\\\2", lead(part)))
    )
    form = "markdown-auto_identifiers" + other
    options = ["-f", form, "-t", "json"]
    try:
        seconds = limits.program_seconds(len(markdown), reading=True)
        output, complaints = _run_pandoc(options, markdown, seconds=seconds)
        document = parse_document(output)
    except (SlowError, RecursionError) as error:
        raise _place_hard(error, options, markdown, place_of) from error
    _mend_closings(document["blocks"])
    return document, [*_drop_colours(document["blocks"], markdown, place_of), *_placed(complaints, place_of)]


def _drop_colours(blocks: list[Node], markdown: str, place_of: Callable[[int], str]) -> list[Issue]:
    """Takes from code, in place, what would be passed on as it is; a warning where there was any."""
    named = [node for node in iterate(blocks) if node["t"] == "CodeBlock"] if COLOURS in markdown else []
    named = [node for node in named if COLOURS in attributes(node)[2]]
    for node in named:
        node["c"][0][2] = [pair for pair in node["c"][0][2] if pair[0] != COLOURS]
    what = "an attribute that only the report's own parts have is taken out"
    line = markdown.count("\n", 0, markdown.find(COLOURS)) + 1
    return [Issue(place_of(line), what, COLOURS, fix="give it another name")] if named else []


def _lead_to_headings(markdown: str) -> Callable[[str], str]:
    """A function that has links by a heading's words lead to these: pandoc forgets the words, as it makes no anchors here."""
    known = {even_out(words) for words in _HEADING.findall(markdown) if "][" in markdown}

    def name(match: re.Match[str]) -> str:
        """The link's target; what is no heading's words, or defined as something else, stays."""
        words = match[2]
        if not words or even_out(words) not in known or f"[{words}]:" in markdown:
            return match[0]
        return f"(#{even_out(words)})"

    return lambda part: _TO_HEADING.sub(name, part) if known else part


def even_out(words: str) -> str:
    """Words as forges make anchors of them, without regard to case and signs."""
    return re.sub(r"[\W_]+", "-", words.casefold()).strip("-")


def read_short(markdown: str) -> list[Node]:
    """The blocks of a text such as a title; plain words are no work for pandoc."""
    return read_plain(markdown) if is_plain(markdown) else read_markdown(markdown, lambda _: "")[0]["blocks"]


def is_plain(markdown: str) -> bool:
    """Whether ``markdown`` is plain words, with escaped characters perhaps; in doubt it is not."""
    return bool(_WORDS.fullmatch(markdown)) and not markdown.startswith(" ") and not _LIST.match(markdown)


def read_plain(markdown: str) -> list[Node]:
    """What pandoc would read in plain words."""
    words = re.sub(r"\\(.)", r"\1", markdown)
    made: list[Node] = join_words([para(text(words))]) if words else []
    return made


def parse_document(text: str) -> dict[str, Any]:
    """The tree that pandoc wrote as JSON, its words joined: a seventh of the nodes."""
    document: dict[str, Any] = json.loads(text)
    return document | {"blocks": join_words(document["blocks"])}


def write_document(document: dict[str, Any], form: str, options: Sequence[str] = ()) -> tuple[str, list[str]]:
    """A tree in the format ``form`` (``html5``, ``typst``, ``gfm`` …), and what pandoc warns of."""
    blocks = document["blocks"] if form.startswith("html") else split_words(document["blocks"])
    if form.startswith(("html", "typst")):
        blocks = transform(blocks, rewrite_formula)
    command = ["-f", "json", "-t", form, "--wrap=none", *options]
    written, complaints = _run_pandoc(command, json.dumps({**document, "blocks": blocks}))
    return formula_colours.show(written, form), complaints


def write_markdown(document: dict[str, Any], form: str, options: Sequence[str] = ()) -> tuple[str, list[str]]:
    """Like ``write_document`` for a form of Markdown, in which a title ends where it ends: pandoc escapes no quotation marks.

    Notes within notes are defined, too.
    """
    blocks = lift_notes(transform(document["blocks"], _escape_title), "markdown", itertools.count(1))
    written, complaints = write_document({**document, "blocks": blocks}, form, options)
    return settle_notes([written])[0], complaints


def _escape_title(node: Node) -> Node | None:
    if node["t"] not in ("Link", "Image") or not re.search(r'["\\]', node["c"][2][1]):
        return None
    address, title = node["c"][2]
    return {"t": node["t"], "c": [*node["c"][:2], [address, re.sub(r'(["\\])', r"\\\1", title)]]}


def write_binary(
    document: dict[str, Any], form: str, options: Sequence[str], folder: Path
) -> tuple[bytes, list[str]]:
    """Like ``write_document`` for a format that is not text; ``folder`` is where the file is made."""
    path = folder / f"document.{form}"
    command = ["-f", "json", "-t", form, "--output", str(path), *options]
    words = {**document, "blocks": transform(split_words(document["blocks"]), _rewrite_plainly)}
    _, complaints = _run_pandoc(command, json.dumps(words), folder)
    return path.read_bytes(), complaints


def _rewrite_plainly(node: Node) -> Node | None:
    """A formula in the words that pandoc knows, without colours."""
    made = rewrite_formula(node)
    return {"t": "Math", "c": [made["c"][0], formula_colours.show(made["c"][1], "")]} if made else None


def write_data_file(name: str, folder: Path) -> Path:
    """One of pandoc's own data files, which it uses where it is given no other, as a file in ``folder``."""
    _run_pandoc(["--output", name, f"--print-default-data-file={name}"], "", folder)
    return folder / name


def place_complaints(complaints: Sequence[str], blocks: list[Any]) -> list[Issue]:
    """What pandoc's writers warn of, at the place of the formula they quote, if they quote one."""
    issues = []
    for complaint in complaints:
        said = formula_colours.show(" ".join(complaint.split()), "")
        formula = re.search(r"Could not convert TeX math (.*?) ?,? rendering as TeX", said)
        where = _formula_place(blocks, formula.group(1)) if formula else ""
        quoted = formula.group(1) if where and formula else ""
        issues.append(
            Issue(where or "pandoc", f"pandoc says: {said.partition(' expecting ')[0]}", found=quoted)
        )
    return issues


def run_pandoc(options: Sequence[str], text: str) -> str:
    """What pandoc makes of ``text``; ``ToolError`` with its own words when it fails."""
    return _run_pandoc(options, text)[0]


def name_for_pandoc(path: Path) -> str:
    """A file's path as pandoc wants bibliographies and styles named: it takes a percent sign for the beginning of a sign's number."""
    return str(path).replace("%", "%25")


def run_quarto(options: Sequence[str], folder: Path) -> str:
    """What an installed Quarto remarks when it is run in ``folder``; ``ToolError`` when there is none, or with its words when
    it fails.
    """
    program = shutil.which(
        "quarto", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    )
    if not program:
        fix = (
            f"install it from quarto.org, or beside this program: {sys.executable} -m pip install quarto-cli"
        )
        raise ToolError("Quarto is not installed.", [Issue("quarto", "not found on PATH", fix=fix)])
    return run_program(
        [program, *options], folder=folder, name="Quarto", seconds=limits.QUARTO_SECONDS
    ).remarks


def _formula_place(blocks: list[Any], formula: str) -> str:
    for node, place in iterate_placed(blocks):
        if node["t"] == "Math" and formula in (
            " ".join(code.split()) for code in (node["c"][1], formula_colours.show(rewrite(node["c"][1]), ""))
        ):
            return place
    return ""


def _place_hard(
    error: Exception, options: Sequence[str], markdown: str, place_of: Callable[[int], str]
) -> ToolError:
    """``error`` at the cell that pandoc cannot read by itself either, if one is found in a while."""
    summary, issue = "A text cannot be read.", Issue("pandoc", limits.TOO_DEEP, fix=limits.FLATTEN)
    if isinstance(error, SlowError):
        summary, issue = error.summary, error.issues[0]
    end, line, where = time.monotonic() + limits.SEARCH_SECONDS, 0, ""
    for cell in re.split(r"(?m)^(?=```\{=place\}$)", markdown):
        try:
            parse_document(_run_pandoc(options, cell, seconds=limits.CELL_SECONDS)[0])
        except (SlowError, RecursionError):
            where = place_of(line + 5)  # below the lines of its marker
            break
        line += cell.count("\n")
        if time.monotonic() > end:
            break
    begins = "" if where else " ".join(markdown.split())[:40]
    return ToolError(summary, [replace(issue, where=where or place_of(2) or issue.where, found=begins)])


def _run_pandoc(
    options: Sequence[str], text: str, folder: Path | None = None, seconds: float | None = None
) -> tuple[str, list[str]]:
    epoch = {"SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", "0")}
    done = run_program(
        [_pandoc(), *_ROOM, *options],
        content=text.encode(),
        folder=folder,
        environment=epoch,
        name="pandoc",
        seconds=seconds,
    )
    return done.content.decode(), re.findall(r"^\[WARNING\] (.*(?:\n  .*)*)", done.remarks, re.MULTILINE)


def _placed(complaints: Sequence[str], place_of: Callable[[int], str]) -> list[Issue]:
    issues = []
    for complaint in complaints:
        line = re.search(r"\bline (\d+)", complaint)
        said = re.sub(
            r"(?: (?:at|on))?(?: \S+)? \(?(?:input )?line \d+,? column \d+\)?",
            "",
            " ".join(complaint.split()),
        )
        issues.append(Issue(place_of(int(line.group(1))) if line else "pandoc", f"pandoc says: {said}"))
    return issues


@functools.cache
def _pandoc() -> str:
    try:
        import pypandoc

        return str(pypandoc.get_pandoc_path())
    except (ImportError, OSError) as error:
        issue = Issue(
            "pandoc",
            "not found",
            expected="the wheel pypandoc-binary",
            fix="run 'make' to set up .venv again",
        )
        raise ToolError("A program is missing.", [issue]) from error


def _mend_closings(blocks: list[Node]) -> None:
    """Makes, in place, a paragraph or figure of what ends a Div without an empty line.

    pandoc, told that lists need no empty line before them, reads such lines as it reads the items of a tight list.
    """
    for node in iterate(blocks):
        if node["t"] == "Div":
            node["c"][1] = [_mended(block) for block in node["c"][1]]
        for definition in _definitions(node):
            definition[:] = [_mended(block) for block in definition]


def _definitions(node: Node) -> list[list[Node]]:
    """The definitions of a list that are more than one block: their paragraphs would run into each other."""
    items = node["c"] if node["t"] == "DefinitionList" else []
    return [blocks for _, definitions in items for blocks in definitions if len(blocks) > 1]


def _mended(block: Node) -> Node:
    if block["t"] != "Plain":
        return block
    inlines = block["c"]
    if len(inlines) == 1 and inlines[0]["t"] == "Image" and inlines[0]["c"][1]:
        return _figure(inlines[0])
    return {"t": "Para", "c": inlines}


def _figure(image: Node) -> Node:
    """An image with a caption alone in its paragraph, as pandoc has it: the label is the figure's."""
    label, classes, pairs = attributes(image)
    _, caption, target = image["c"]
    bare: Node = {"t": "Image", "c": [["", classes, [[*pair] for pair in pairs.items()]], caption, target]}
    return {"t": "Figure", "c": [[label, [], []], [None, [plain(caption)]], [plain([bare])]]}
