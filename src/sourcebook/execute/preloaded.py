"""Modules of the project that a server has imported ahead: which of them a notebook then really uses.

A child takes them out of ``sys.modules`` and hands each back when it is first imported. So it learns what a
notebook uses; and a change in a module re-runs the notebooks that use it, not all.
"""

from __future__ import annotations

import builtins
import importlib.util
import sys
from collections.abc import Callable, Iterable
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

Stamp = tuple[int, int]


class Preloaded:
    """Modules outside the installed packages, loaded while ``loading`` was open, and who imports whom."""

    def __init__(self, installed: Iterable[str]) -> None:
        self._installed = tuple(installed)
        self._importers: dict[str, set[str]] = {}
        self.modules: dict[str, ModuleType] = {}
        self.stamps: dict[str, Stamp] = {}
        self.used: set[str] = set()

    def load(self, load: Callable[[], str]) -> str:
        """Calls ``load`` and takes note of the modules it imports; returns what it returns."""
        before = set(sys.modules)
        plain = builtins.__import__

        def note(name: str, *arguments: Any, **options: Any) -> ModuleType:
            """Python's own ``__import__``, written down."""
            module = plain(name, *arguments, **options)
            given = dict(zip(("globals", "locals", "fromlist", "level"), arguments, strict=False)) | options
            self._note(name, given.get("globals") or {}, given.get("fromlist") or (), given.get("level", 0))
            return module

        builtins.__import__ = note
        try:
            said = load()
        finally:
            builtins.__import__ = plain
        self.modules = {name: sys.modules[name] for name in set(sys.modules) - before if self._is_ours(name)}
        self.stamps = {name: self._stamp(name) for name in self.modules}
        return said

    def find_changed(self) -> str:
        """A module whose file is no longer what was loaded, or nothing."""
        return next((name for name, stamp in self.stamps.items() if self._stamp(name) != stamp), "")

    def hide(self) -> None:
        """In a child: takes the modules away until somebody imports them."""
        for name in self.modules:
            del sys.modules[name]
        sys.meta_path.insert(0, _Finder(self))

    def take(self, name: str) -> ModuleType:
        """Hands out a module and whatever it imports."""
        for wanted in self._reach(name):
            self.used.add(wanted)
            sys.modules.setdefault(wanted, self.modules[wanted])
        return self.modules[name]

    def list_files(self) -> list[str]:
        """The files of the modules used."""
        return [str(self.modules[name].__file__) for name in sorted(self.used)]

    def _note(self, name: str, place: dict[str, Any], fromlist: Iterable[str], level: int) -> None:
        importer = place.get("__name__", "")
        if level:
            name = importlib.util.resolve_name("." * level + name, place.get("__package__") or importer)
        parts = name.split(".")
        targets = {".".join(parts[: end + 1]) for end in range(len(parts))}
        self._importers.setdefault(importer, set()).update(targets, (f"{name}.{item}" for item in fromlist))

    def _reach(self, name: str) -> set[str]:
        found: set[str] = set()
        todo = [name]
        while todo:
            module = todo.pop()
            if module in found or module not in self.modules:
                continue
            found.add(module)
            todo += [*self._importers.get(module, ()), module.rpartition(".")[0]]
        return found

    def _is_ours(self, name: str) -> bool:
        file = getattr(sys.modules[name], "__file__", None)
        ours = file and not str(file).startswith(self._installed)
        return bool(ours) and not name.startswith(("sourcebook.execute", "__mp_main__"))

    def _stamp(self, name: str) -> Stamp:
        try:
            status = Path(str(self.modules[name].__file__)).stat()
        except OSError:
            return (0, 0)
        return status.st_mtime_ns, status.st_size


class _Finder:
    """Stands before Python's own finders and answers for the hidden modules."""

    def __init__(self, preloaded: Preloaded) -> None:
        self._preloaded = preloaded
        self._specs = {name: module.__spec__ for name, module in preloaded.modules.items()}

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """A specification without a place: there is nothing to be looked for."""
        return ModuleSpec(name, self) if name in self._preloaded.modules else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module as it was loaded ahead."""
        return self._preloaded.take(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """The module has been executed long ago; it keeps its own specification."""
        module.__spec__ = self._specs[module.__name__]
