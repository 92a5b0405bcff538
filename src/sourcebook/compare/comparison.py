"""Two states compared: every change, told as stories, and a count of what says nothing new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sourcebook.compare.causes import tell_stories
from sourcebook.compare.changes import Change, Comparison
from sourcebook.compare.code_changes import compare_code
from sourcebook.compare.exhibit_changes import compare_exhibits
from sourcebook.compare.ledger_changes import compare_ledgers
from sourcebook.compare.prose_changes import compare_prose
from sourcebook.compare.published import MARKDOWN, REPORT, Edition, read_edition
from sourcebook.compare.records import SOURCES, Cells, Data, Key, name_source, read_data
from sourcebook.compare.table_changes import compare_settings, compare_tables
from sourcebook.compare.trees import OUTPUT, Tree
from sourcebook.core.text import even_out, listing

_PRINTED = ("finding", "value", "prose", "chapter", "exhibit")
# What the report is made of, by the beginning of its path.
_INPUTS = {
    "data/": "data",
    "notebooks/": "chapters",
    "_quarto.yml": "table of contents or settings",
    "_brand.yml": "look",
}


def compare_trees(before: Tree, after: Tree) -> Comparison:
    """Everything that differs between two states, from their data, chapters and published editions.

    Raises LedgerError where a state cannot be compared: an unfinished merge, broken YAML.
    """
    if before.files == after.files:
        return Comparison(before.name, after.name, ())
    old, new = read_data(before), read_data(after)
    editions = read_edition(before), read_edition(after)
    code, cosmetic = compare_code(before, after)
    exhibits, pictures = compare_exhibits(before, after)
    changes = [
        *compare_ledgers(old, new),
        *compare_tables(old, new),
        *compare_settings(before, after),
        *_compare_editions(*editions),
        *exhibits,
        *code,
    ]
    changes += _compare_tool(before, after, exhibits)
    cosmetic.update(_find_cosmetic(before, after, old, new, changes))
    counts = {sort: count for sort, count in sorted(cosmetic.items()) if count}
    stories = tuple(tell_stories(changes, old, new, editions[1] or Edition()))
    names = {key: name_source(row) for data in (old, new) for key, row in data.sources.items()}
    names |= {label: name for edition in editions if edition for label, name in edition.names.items()}
    return Comparison(before.name, after.name, stories, counts, tuple(_notes(before, after)), pictures, names)


def _compare_editions(before: Edition | None, after: Edition | None) -> list[Change]:
    """Nothing when a state has no published report: that is a note, not the removal of every sentence."""
    return compare_prose(before, after) if before and after else []


def _compare_tool(before: Tree, after: Tree, exhibits: list[Change]) -> list[Change]:
    """That the tool draws otherwise, where pictures of the same data show it."""
    if not any(change.what == "redrawn" for change in exhibits):
        return []
    drawing = [path for path in after.below("src", ".py") if "/charts/" in path]
    if all(before.files.get(path) == after.files[path] for path in drawing):
        return []
    return [Change("code", "tool", "the code that draws charts", where="src", size=0.05)]


def _find_cosmetic(before: Tree, after: Tree, old: Data, new: Data, changes: list[Change]) -> Iterator[str]:
    """Files whose bytes differ and whose contents do not, each by its sort."""
    for name, table in new.tables.items():
        earlier = old.tables.get(name)
        if earlier is None or before.files[earlier.path] == after.files[table.path]:
            continue
        if _even(earlier.rows) == _even(table.rows) and earlier.columns == table.columns:
            moved = list(earlier.rows) != list(table.rows)
            yield (
                "tables with rows in another order"
                if moved
                else "tables with other white space, quotes or signs"
            )
    if (
        _both(before, after, SOURCES)
        and before.files[SOURCES] != after.files[SOURCES]
        and old.sources == new.sources
    ):
        yield "lists of sources written another way"
    reports = [path for path in (REPORT, MARKDOWN) if before.files.get(path) != after.files.get(path)]
    both = _is_published(before) and _is_published(after)
    if reports and both and not any(change.kind in _PRINTED for change in changes):
        yield "reports with other numbers of figures, or another layout"


def _even(rows: Mapping[Key, Cells]) -> dict[Key, dict[str, str]]:
    return {key: {name: even_out(text) for name, text in cells.items()} for key, cells in rows.items()}


def _both(before: Tree, after: Tree, path: str) -> bool:
    return path in before.files and path in after.files


def _is_published(tree: Tree) -> bool:
    return REPORT in tree.files or MARKDOWN in tree.files


def _notes(before: Tree, after: Tree) -> Iterator[str]:
    """What a reader must know about the comparison before trusting its silence."""
    missing = [tree.name for tree in (before, after) if not _is_published(tree)]
    if missing:
        places = " and ".join(missing)
        yield f"No published edition in {places}: prose and exhibits are not compared (make publish)."
    tool = [tree.below("src", ".py") for tree in (before, after)]
    differing = {path for side in tool for path in side if before.files.get(path) != after.files.get(path)}
    if differing:
        count = "one file" if len(differing) == 1 else f"{len(differing)} files"
        yield f"The tool changed as well: {count} in src."
    outputs = [path for path in after.below(OUTPUT) if before.files.get(path) != after.files.get(path)]
    inputs = [
        said for start, said in _INPUTS.items()
        if any(before.files.get(path) != after.files.get(path) for path in after.files if path.startswith(start))
    ]  # fmt: skip
    if inputs and not outputs and not missing:
        yield f"The {listing(inputs)} changed and the published edition did not: publish it to see what follows in the report."
