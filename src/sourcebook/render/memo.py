"""Steps of a build that need not be done again: their results lie beside those of the notebooks, in one store."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import sourcebook
from sourcebook.cache.results import STORE
from sourcebook.cache.store import Entry, Store
from sourcebook.cache.trace import describe_environment
from sourcebook.core.files import digest
from sourcebook.errors import Issue, RenderError
from sourcebook.execute.plan import Settings

Plain = TypeVar("Plain")


class Memo:
    """What steps gave in earlier builds, kept in ``store``; without one every step is done.

    ``fresh`` does every step again, ``prove`` does so too and compares.
    """

    def __init__(self, store: Store | None = None, *, fresh: bool = False, prove: bool = False) -> None:
        self._store, self._fresh, self._prove = store, fresh, prove

    def recall(self, step: str, rests_on: Sequence[Any], make: Callable[[], Plain]) -> Plain:
        """What ``make`` gives, which is plain JSON data and depends on ``rests_on`` and this tool alone.

        ``step`` names it among the steps of a build. Raises ``RenderError`` when it is to be proven, and is not.
        """
        if not self._store:
            return make()
        key = self._key(rests_on)
        kept = None if self._fresh else self._find(self._store, step, key)
        if kept and not self._prove:
            found: Plain = kept[0]
            return found
        made = make()
        if kept and _say(kept[0]) != _say(made):
            issue = Issue(
                step, "gave another result than the one kept, though nothing it rests on has changed"
            )
            raise RenderError("A step of the build did not give the same result again.", [issue])
        result = self._store.write_results([made])  # type: ignore[list-item]  # any JSON will do
        self._store.write(step, Entry(code=(key,), result=result))
        return made

    def recall_all(
        self, rests_on: Mapping[str, Sequence[Any]], make: Callable[[Sequence[str]], Sequence[Plain]]
    ) -> list[Plain]:
        """Like ``recall`` for several steps, by what each rests on; ``make`` gives those that are not known at once."""
        if not self._store:
            return list(make(list(rests_on)))
        kept = {
            step: None if self._fresh else self._find(self._store, step, self._key(values))
            for step, values in rests_on.items()
        }
        missing = [step for step, found in kept.items() if self._prove or not found]
        made = dict(zip(missing, make(missing), strict=True)) if missing else {}
        return [
            self.recall(step, rests_on[step], functools.partial(made.pop, step)) if step in made else found[0]  # type: ignore[index]  # what is not missing was found
            for step, found in kept.items()
        ]

    def _key(self, rests_on: Sequence[Any]) -> str:
        return digest("\0".join([self._tool, *map(_say, rests_on)]).encode())

    @functools.cached_property
    def _tool(self) -> str:
        """This tool: its code, and its theme as it is at this build."""
        return digest((_describe_code() + _say(_digest_files("theme/**/*"))).encode())

    def _find(self, store: Store, step: str, key: str) -> list[Any] | None:
        for entry in store.read_entries(step):
            if entry.code == (key,):
                store.mark_used(step, entry)
                return store.read_results(entry)
        return None


def open_memo(settings: Settings) -> Memo:
    """The memo of builds with these ``settings``; without an output folder nothing is kept."""
    store = Store(settings.output / STORE) if settings.output else None
    return Memo(store, fresh=settings.fresh, prove=settings.prove)


def _say(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


@functools.cache
def _describe_code() -> str:
    """Every package installed here and every module of our own, as this process has them: it asks just once."""
    return _say([describe_environment(), _digest_files("*.py")])


def _digest_files(pattern: str) -> dict[str, str]:
    folder = Path(sourcebook.__file__).parent
    return {
        path.relative_to(folder).as_posix(): digest(path.read_bytes())
        for path in sorted(folder.rglob(pattern))
        if path.is_file()
    }
