"""Questions that raise no audit event: whether a path is there, and what an environment variable holds."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

getframe = sys._getframe  # noqa: SLF001  # the fast way to see who asks
plain_stat = os.stat
"""``os.stat`` as it was before anybody watched it."""


def watch_paths(tell: Callable[[Any], None]) -> None:
    """``Path.exists`` and its kind ask the system without an audit event; they all go through ``os.stat``."""
    plain = os.stat

    def stat(path: Any, *arguments: Any, **options: Any) -> os.stat_result:
        """``os.stat``, told of unless an import asks."""
        if not is_import(getframe(1)):
            tell(path)
        return plain(path, *arguments, **options)

    for capabilities in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
        if plain in capabilities:
            capabilities.add(stat)
    os.stat = stat


def watch_variables(tell: Callable[[str], None]) -> None:
    """Calls ``tell`` with the name of each environment variable that is asked for."""
    environ: Any = type(os.environ)
    plain = environ.__getitem__

    def getitem(self: Any, name: str) -> str:
        """``os.environ[name]``, told of whether it is set or not."""
        # A copy of everything, made for a program to be started, asks for nothing in particular.
        # ``os.get_exec_path`` asks for a bytes name, to learn that this mapping has none.
        if isinstance(name, str) and getframe(1).f_code.co_name != "copy":
            tell(name)
        value: str = plain(self, name)
        return value

    environ.__getitem__ = getitem


def is_import(asking: FrameType) -> bool:
    """Python's own search for modules and packages looks into folders too; what it could find is in BESIDE."""
    file = asking.f_code.co_filename
    return file.startswith("<frozen importlib") or f"{os.sep}importlib{os.sep}" in file
