"""``report.json``: what a report says and what that rests on, for programs. ``report.schema.json`` describes each field.

It is written from the numbered tree, and from the cells that the tree came from: never from another format.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sourcebook import __version__
from sourcebook.core.notebook import EXPRESSION, read_options, split_options
from sourcebook.core.text import even_out, mask_numbers
from sourcebook.render.assembly import Report
from sourcebook.render.lineage import CodeReader, Lineage
from sourcebook.render.passes.exhibits import Exhibit
from sourcebook.render.report_text import Chapter, Sentence, Value, read_report
from sourcebook.render.source.chapters import SourceCell, SourceChapter

FORMAT = 1
_PLACE = re.compile(r"^(.*), cell (\d+)$")
_WORD = re.compile(r"\w+")
_ESCAPE = re.compile(r"\\([^\w\s])")


def write_report_json(report: Report) -> bytes:
    """The whole of ``report.json``; the same report gives the same bytes."""
    found = read_report(report)
    traced = _Traced(report.sources)
    traced.assign([sentence for chapter in found.chapters for sentence in chapter.sentences])
    project = report.project
    head = {
        "format": FORMAT,
        "tool": {"name": "sourcebook", "version": __version__},
        "title": project.title,
        "edition": str(project.date or ""),
        "language": project.lang,
    }
    parts = {
        "chapters": [_write_chapter(chapter, traced) for chapter in found.chapters],
        "exhibits": [_dump(_write_exhibit(exhibit, place, traced)) for exhibit, place in found.exhibits],
    }
    return f"{_dump(head, **parts)}\n".encode()


class _Traced:
    """What the cells of each chapter were computed from, and the values that their expressions gave."""

    def __init__(self, sources: Sequence[SourceChapter]) -> None:
        self.sources = {source.path: source for source in sources}
        self.cells: dict[str, SourceCell] = {}
        self.lineages: dict[str, Lineage] = {}
        self._values: dict[str, dict[str, Lineage]] = {}
        for source in sources:
            self._trace(source)

    def find(self, place: str) -> tuple[SourceChapter | None, str]:
        """The chapter and the id of the cell that a marker of the tree names."""
        match = _PLACE.match(place)
        source = self.sources.get(match[1]) if match else None
        return source, self.cells[place].id if place in self.cells else ""

    def assign(self, sentences: Iterable[Sentence]) -> None:
        """Give each sentence the values printed in it, found by lining up its cell's text with what was printed."""
        printed: dict[str, list[Sentence]] = defaultdict(list)
        for sentence in sentences:
            printed[sentence.place].append(sentence)
        for place, found in printed.items():
            if self._values.get(place):
                self._assign(place, found)

    def _trace(self, source: SourceChapter) -> None:
        reader = CodeReader(source.files)
        for number, cell in enumerate(source.cells, start=1):
            place = f"{source.path}, cell {number}"
            self.cells[place] = cell
            if cell.kind == "code":
                self.lineages[place] = reader.run(split_options(cell.source)[1], cell.id)
            # A link to a claim is kept as such; everything else that was computed is a value.
            computed = [each for each, result in cell.results.items() if "](#claim-" not in result]
            self._values[place] = {each: reader.read(each) for each in computed}

    def _assign(self, place: str, sentences: Sequence[Sentence]) -> None:
        cell, lineages = self.cells[place], self._values[place]
        words = [(word, owner) for owner in sentences for word in _WORD.findall(owner.text)]
        for written in _texts(cell):
            tokens, spans = _fill(written, cell.results)
            matcher = difflib.SequenceMatcher(None, tokens, [word for word, _ in words], autojunk=False)
            owners = {
                a + n: words[b + n][1] for a, b, size in matcher.get_matching_blocks() for n in range(size)
            }
            for expression, start, end in spans:
                owner = next((owners[index] for index in range(start, end) if index in owners), None)
                if owner and expression in lineages:
                    value = " ".join(_ESCAPE.sub(r"\1", cell.results[expression]).split())
                    owner.values.append(Value(value, expression, lineages[expression]))


def _texts(cell: SourceCell) -> list[str]:
    """What of a cell is printed: its Markdown, or the texts among its options."""
    if cell.kind != "code":
        return [cell.source]
    options = read_options({"source": cell.source})
    listed = [value if isinstance(value, list) else [value] for value in options.values()]
    return [each for group in listed for each in group if isinstance(each, str)]


def _fill(written: str, results: Mapping[str, str]) -> tuple[list[str], list[tuple[str, int, int]]]:
    """The words of a text with its expressions' results put in, and which of them each expression gave."""
    tokens: list[str] = []
    spans: list[tuple[str, int, int]] = []
    last = 0
    for match in EXPRESSION.finditer(written):
        tokens += _WORD.findall(written[last : match.start()])
        start = len(tokens)
        tokens += _WORD.findall(results.get(match[1], ""))
        spans.append((match[1], start, len(tokens)))
        last = match.end()
    return [*tokens, *_WORD.findall(written[last:])], spans


def _dump(head: Mapping[str, Any], **lists: Sequence[str]) -> str:
    """An object as JSON, with lists of objects that are JSON already: one a line, so that git shows what changed."""
    lines = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
    lines += [f"{json.dumps(key)}: [\n" + ",\n".join(items) + "\n]" for key, items in lists.items()]
    return "{" + (",\n" if lists else ", ").join(lines) + "}"


def _write_chapter(chapter: Chapter, traced: _Traced) -> str:
    source, _ = traced.find(chapter.place)
    seen: Counter[str] = Counter()
    sentences = []
    for sentence in chapter.sentences:
        name = _identify(chapter, sentence, seen)
        sentences.append(_dump(_write_sentence(name, sentence, traced)))
    head = {"label": chapter.label, "title": chapter.title} | _without_empty(
        {"source": source.path if source else "", "files": list(source.files) if source else []}
    )
    return _dump(head, sentences=sentences)


def _identify(chapter: Chapter, sentence: Sentence, seen: Counter[str]) -> str:
    """An id that stays while the words stay, whatever their numbers and wherever in the chapter they stand."""
    words = hashlib.sha256(mask_numbers(even_out(sentence.text)).encode()).hexdigest()[:8]
    seen[words] += 1
    name = f"{chapter.label or 'title'}/{words}"
    return name if seen[words] == 1 else f"{name}-{seen[words]}"


def _write_sentence(name: str, sentence: Sentence, traced: _Traced) -> dict[str, Any]:
    values = [
        {"text": value.text, "expression": value.expression, "lineage": _write_lineage(value.lineage)}
        for value in sentence.values
    ]
    return {"id": name, "text": sentence.text} | _without_empty(
        {
            "section": sentence.section,
            "part": sentence.part,
            "exhibit": sentence.exhibit,
            "cell": traced.find(sentence.place)[1],
            "claims": list(sentence.claims),
            "values": values,
        }
    )


def _write_exhibit(exhibit: Exhibit, place: str, traced: _Traced) -> dict[str, Any]:
    own = exhibit.place if exhibit.place in traced.cells else place
    source, cell = traced.find(own)
    csv = exhibit.csv.encode()
    data = {
        "path": f"exhibits/{exhibit.file}.csv",
        "sha256": hashlib.sha256(csv).hexdigest(),
        "columns": list(exhibit.data.get("columns", ())),
        "rows": len(exhibit.data.get("rows", ())),
    }
    lineage = traced.lineages.get(own)
    return {"label": exhibit.label or exhibit.file} | _without_empty(
        {
            "name": exhibit.name.rstrip(". "),
            "source": source.path if source else "",
            "cell": cell,
            "picture": f"exhibits/{exhibit.file}.svg" if exhibit.svg else "",
            "data": data if csv else {},
            "lineage": _write_lineage(lineage) if lineage else {},
        }
    )


def _write_lineage(lineage: Lineage) -> dict[str, list[str]]:
    return _without_empty({kind: list(names) for kind, names in asdict(lineage).items()})


def _without_empty(content: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if value}
