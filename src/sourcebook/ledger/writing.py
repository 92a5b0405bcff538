"""Files written whole or not at all."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sourcebook.errors import ProjectError


def write_textfile(path: Path, text: str) -> None:
    """Replace a file by UTF-8 text with Unix line ends; raises ProjectError when its folder cannot be written."""
    try:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
            draft = Path(folder) / path.name
            draft.write_bytes(text.encode())
            draft.chmod(mode)
            draft.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProjectError(f"{path} cannot be written: {reason}. Check the folder's permissions.") from error
