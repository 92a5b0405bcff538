"""The formats a report can be written in: each is one ``Format`` in a file of this folder.

To add one, write its file, whose ``FORMAT`` says all there is to know of it, and name it in ``_FORMATS``. A file is
imported when its format is wanted: listing the names costs nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sourcebook.errors import SourcebookError

if TYPE_CHECKING:
    from sourcebook.render.assembly import Report
    from sourcebook.render.source.project import Project

Files = dict[str, bytes]
"""The content of each file by its path below the output folder."""
DEFAULT_FORMATS = ("html", "pdf")
# Each format's file in this folder, and the names below ``format:`` whose settings count for it, the first before the others.
_FORMATS: Mapping[str, tuple[str, ...]] = {
    "html": ("html",),
    "pdf": ("typst", "pdf"),
    "md": ("md", "gfm", "commonmark"),
    "docx": ("docx",),
    "typst": ("typst", "pdf"),
    "json": (),
    "qmd": (),
}


@dataclass(frozen=True)
class Format:
    """All that is known of a format; ``name`` is what ``--to`` calls it, and the suffix of its main file.

    ``title`` is its name in export menus, ``mime`` its media type, and ``quarto`` what an installed Quarto calls it.

    ``write`` gives the files of a report; the folder is where files that outlast a build may be kept, if there is one.
    ``begin`` does the part of ``write`` that comes first, where the rest leaves Python alone: other formats are written
    meanwhile.

    ``answers`` are the values of ``when-format`` that mean it, and ``raw`` the formats of raw blocks that it passes on.
    One that is ``interactive`` shows outputs that need a browser, and any raw block that is not TeX.
    """

    name: str
    title: str
    mime: str
    write: Callable[[Report, Path | None], Files]
    answers: frozenset[str]
    raw: frozenset[str] = frozenset()
    quarto: str = ""
    binary: bool = False
    interactive: bool = False
    begin: Callable[[Report], Callable[[], Files]] | None = None


_registered: dict[str, Format] = {}


def list_formats() -> tuple[str, ...]:
    """The names of all formats."""
    return (*_FORMATS, *(name for name in _registered if name not in _FORMATS))


def list_settings(name: str) -> tuple[str, ...]:
    """The names below ``format:`` whose settings count for a format, the first before the others."""
    return _FORMATS.get(name, (name,))


def find_format(name: str) -> Format:
    """The format that ``list_formats`` calls ``name``."""
    if name not in _registered:
        register_format(import_module(f"{__name__}.{name}").FORMAT)
    return _registered[name]


def register_format(made: Format) -> None:
    """Makes a format known to this process; one of the same name is replaced."""
    _registered[made.name] = made


def prepare_writing(formats: Sequence[str]) -> None:
    """Imports what writing ``formats`` needs, which takes long and waits for no chapter.

    nbconvert comes in by the module that exports chapters, as it does in the thread that waits for it: two threads that
    enter its circle of imports at different places find half of it.
    """
    for name in ("sourcebook.render.export.chapter_exporter", "uharfbuzz", "fontTools.ttLib.woff2"):
        import_module(name)
    for name in formats:
        find_format(name)


def write_formats(
    report: Report, formats: Sequence[str], folder: Path | None = None
) -> tuple[Files, list[SourcebookError]]:
    """The files of ``report`` in all ``formats``, by their paths below ``folder`` (which may keep a store of ours), and
    the errors of those that could not be written: none costs the others.

    Formats that can ``begin`` do so first: Typst takes longest, and leaves Python alone.
    """
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(len(formats)) as pool:
        begun, files, failed = {}, Files(), list[SourcebookError]()
        for name in formats:
            if begin := find_format(name).begin:
                with _collected(failed):
                    begun[name] = pool.submit(begin(report))
        rest = [name for name in formats if not find_format(name).begin]
        begun |= {name: pool.submit(find_format(name).write, report, folder) for name in rest}
        for name in (name for name in formats if name in begun):
            with _collected(failed):
                files |= begun[name].result()
        return files, failed


@contextlib.contextmanager
def _collected(errors: list[SourcebookError]) -> Iterator[None]:
    """Adds what a format refuses to ``errors``."""
    try:
        yield
    except SourcebookError as error:
        errors.append(error)
