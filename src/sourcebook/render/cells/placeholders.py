"""Where outputs belong in a chapter's prose: placeholders in its Markdown, and the outputs in their place in the tree."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sourcebook.render.cells.nodes import Output
from sourcebook.render.tree.document import Node, attributes, is_div, iterate, para, text, transform
from sourcebook.render.tree.words import join_words

_TEXT = "output-text"
# Words that are the same in Markdown and without it: no markup but escaped characters, nothing that smart punctuation
# changes, no list.
_WORDS = re.compile(
    r"(?:[A-Za-z0-9]|[^\x00-\x7f\s‘’‚‛“”„‟]|(?<=[^\W_])[-.](?=[^\W_])|[,;%/()]| (?=\S)|\\[!-/:-@\[-`{-~])*"
)
_LIST = re.compile(r"\(?\w{1,9}[.)](?:\s|$)")


@dataclass(frozen=True)
class Placed:
    """An output and the cell that it comes from."""

    place: str
    output: Output


def fenced(content: str, info: str) -> str:
    """Verbatim text behind a fence longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall("`+", content)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"\n\n{fence} {info}\n{content}\n{fence}\n\n"


def mark_output(key: str) -> str:
    """The Markdown that keeps the place of an output."""
    return fenced(key, "{=output}")


def write_texts(outputs: Iterable[Placed]) -> str:
    """Markdown to be read after a chapter's prose: the texts of its outputs, each once, but for plain words."""
    places = {
        words: placed.place for placed in outputs for words in placed.output.texts() if not _is_plain(words)
    }
    return "".join(
        f'\n\n::::::::: {{.{_TEXT} number="{number}"}}\n\n```{{=place}}\n{place}\n```\n\n{words}\n\n:::::::::\n'
        for number, (words, place) in enumerate(places.items())
    )


def join_outputs(blocks: list[Node], outputs: Mapping[str, Placed]) -> list[Node]:
    """``blocks``, read from prose and ``write_texts``, with each output in its place and no texts at the end."""
    listed = {
        words: None for placed in outputs.values() for words in placed.output.texts() if not _is_plain(words)
    }
    numbered = {
        attributes(node)[2]["number"]: node["c"][1][1:] for node in iterate(blocks) if is_div(node, _TEXT)
    }
    texts = {words: numbered.get(str(number), []) for number, words in enumerate(listed)}

    def read(words: str) -> list[Node]:
        """The blocks of a text, which may be changed."""
        return copy.deepcopy(texts[words]) if words in texts else _read_plain(words)

    def visit(node: Node) -> list[Node] | None:
        """The nodes of the output that a placeholder names."""
        if is_div(node, _TEXT):
            return []
        if node["t"] != "RawBlock" or node["c"][0] != "output":
            return None
        placed = outputs.get(node["c"][1])
        return placed.output.build(read) if placed else []

    if not outputs:
        return blocks
    joined: list[Node] = transform(blocks, visit)
    _count_notes(joined)
    return joined


def _is_plain(words: str) -> bool:
    return bool(_WORDS.fullmatch(words)) and not words.startswith(" ") and not _LIST.match(words)


def _read_plain(words: str) -> list[Node]:
    plain = re.sub(r"\\(.)", r"\1", words)
    made: list[Node] = join_words([para(text(plain))]) if plain else []
    return made


def _count_notes(blocks: list[Node]) -> None:
    """Numbers citations through, in place, as pandoc does: every one as if it made a note, those in a note as one."""
    count = 0
    inside: set[int] = set()
    for node in iterate(blocks):
        if node["t"] == "Note" or (node["t"] == "Cite" and id(node) not in inside):
            count += 1
            cites = [node] if node["t"] == "Cite" else [n for n in iterate(node["c"]) if n["t"] == "Cite"]
            inside |= {id(cite) for cite in cites}
            for citation in (citation for cite in cites for citation in cite["c"][0]):
                citation["citationNoteNum"] = count
