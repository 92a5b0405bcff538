"""Jupyter's own trust: a notebook that the user's Jupyter has signed may act in the page, as it does there."""

from __future__ import annotations

import re
import sqlite3
import warnings
from contextlib import closing
from pathlib import Path
from typing import Any

# What asks for trust; other notebooks are not looked up.
_ACTS = re.compile(r"<script|<iframe|<svg|javascript|application/vnd\.|Plotly|Bokeh", re.IGNORECASE)
# What other files hold is not signed with it.
_OTHERS = re.compile(r"\{\{<\s*(?:include|embed)\b")


def is_signed(path: Path) -> bool:
    """Whether the notebook at ``path`` stands, as it is, in the database of signatures of the user's Jupyter.

    That is only read, and never made. A notebook that shows parts of other files is not taken for signed.
    """
    from jupyter_core.paths import jupyter_data_dir

    folder = Path(jupyter_data_dir())
    database, secret = folder / "nbsignatures.db", folder / "notebook_secret"
    try:
        if path.suffix != ".ipynb" or not (database.is_file() and secret.is_file()):
            return False
        text = path.read_text(encoding="utf-8")
        if not _ACTS.search(text) or _OTHERS.search(text):
            return False
        return _stands_in(database, _sign(text, secret.read_bytes()))
    except (OSError, ValueError, sqlite3.Error):
        return False


def _sign(text: str, secret: bytes) -> str:
    """The signature that Jupyter would give the notebook."""
    from nbformat.sign import MemorySignatureStore, NotebookNotary

    notary = NotebookNotary(secret=secret, store_factory=MemorySignatureStore)
    return str(notary.compute_signature(_convert(text)))


def _convert(text: str) -> Any:
    """A notebook as nbformat has it today; ValueError for what is none."""
    from nbformat import convert, reader

    try:
        with warnings.catch_warnings():  # of what lacks ids, which is read all the same
            warnings.simplefilter("ignore")
            return convert(reader.reads(text), 4)
    except Exception as error:  # nbformat raises whatever a broken notebook leads to
        raise ValueError("no notebook") from error


def _stands_in(database: Path, signature: str) -> bool:
    found = "SELECT 1 FROM nbsignatures WHERE algorithm = 'sha256' AND signature = ?"
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(found, (signature,)).fetchone() is not None
