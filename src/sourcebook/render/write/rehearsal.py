"""What was set last is set once more while the new report is still being made.

Within a process Typst remembers what it has set. So when the new source comes, only what changed in it is set; a report
of a hundred pages takes a third of a second then, and more than one otherwise. The result is the same either way.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path

from sourcebook.errors import SourcebookError
from sourcebook.execute.history import STORE
from sourcebook.render.tools import compile_typst
from sourcebook.render.write.files import publish_files
from sourcebook.render.write.fonts import copy_fonts

_FONTS = "fonts"
# Of which reports this process has something to remember already.
_known: set[Path] = set()


def begin_rehearsal(name: str, formats: Sequence[str], out: Path, *, fresh: bool = False) -> None:
    """Sets the last PDF of the report ``name`` in ``out`` again, in the background; for nobody to see.

    It is the first to be done with Typst: a PDF asked for later waits for its end. ``fresh`` does without.
    """
    kept = _kept(name, out)
    if "pdf" in formats and not fresh and kept not in _known and kept.is_file():
        threading.Thread(target=_rehearse, args=(kept,)).start()
    _known.add(kept)


def keep_source(name: str, folder: Path, out: Path | None) -> None:
    """Keeps ``folder``, the complete source of a PDF, for the next process, if results are kept in ``out`` at all."""
    if not out or not (out / STORE).is_dir():
        return
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if path.is_file() and inside.parts[0] != _FONTS:
                archive.writestr(zipfile.ZipInfo(inside.as_posix()), path.read_bytes())
    with contextlib.suppress(SourcebookError):  # a full disk: it goes without
        publish_files({_kept(name, out): body.getvalue()})


def _kept(name: str, out: Path) -> Path:
    return out / STORE / f"{name}.typst.zip"


def _rehearse(kept: Path) -> None:
    """Whatever is wrong with what was kept, nothing comes of it."""
    with contextlib.suppress(Exception), tempfile.TemporaryDirectory(prefix="sourcebook-") as name:
        folder = Path(name)
        with zipfile.ZipFile(kept) as archive:
            archive.extractall(folder)
        copy_fonts(folder / _FONTS)
        compile_typst(folder, [folder / _FONTS], lambda _: "")
