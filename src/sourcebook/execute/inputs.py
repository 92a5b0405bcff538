"""What a result depends on: files, folders, variables; and a fingerprint of each as it is now.

An input is (kind, name, fingerprint). Files inside the project are named relative to its root, so that a project
may be moved; others by their whole path.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

Input = tuple[str, str, str]
ABSENT = "absent"

FILE = "file"
"""A file that was read, or looked for in vain: its bytes."""
MODULE = "module"
"""The same of a Python module."""
THERE = "there"
"""A path that was asked about and not read: whether it is a file, a folder or absent."""
FOLDER = "folder"
"""A folder whose entries were listed: their names."""
BESIDE = "beside"
"""The folder a notebook runs in: the names of what imports take from there."""
SETTINGS = "matplotlibrc"
"""The one file that is read from there when a library is imported."""
VARIABLE = "variable"
"""An environment variable: its value, as a digest, for it may be a secret."""


def fingerprint(kind: str, name: str, root: Path, variables: Mapping[str, str]) -> str:
    """What the input is at this moment; ``ABSENT`` when it is not there."""
    if kind == VARIABLE:
        return digest(variables[name].encode()) if name in variables else ABSENT
    path = root / name
    try:
        if kind in (FILE, MODULE):
            return digest(path.read_bytes())
        if kind == THERE:
            return _what_is_there(path)
        names = (entry.name for entry in path.iterdir() if kind == FOLDER or _is_module(entry))
        return digest("\0".join(sorted(names)).encode())
    except IsADirectoryError:
        return FOLDER
    except OSError:
        return ABSENT


def name_path(path: str, root: Path) -> str:
    """``path`` relative to ``root`` where it lies inside."""
    inside = str(root) + os.sep
    return path.removeprefix(inside).replace(os.sep, "/") if path.startswith(inside) else path


def digest(content: bytes) -> str:
    """SHA-256, shortened to what a file name bears; 128 bits meet no twin by chance."""
    return hashlib.sha256(content).hexdigest()[:32]


def _what_is_there(path: Path) -> str:
    if path.is_dir():
        return FOLDER
    return FILE if path.exists() else ABSENT


def _is_module(entry: Path) -> bool:
    return entry.suffix == ".py" or entry.name == SETTINGS or (entry / "__init__.py").exists()
