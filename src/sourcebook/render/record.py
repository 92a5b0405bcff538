"""What a whole build read and wrote, kept beside its results: the next one knows whether it has anything to do."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sourcebook.cache.inputs import FILE, Present
from sourcebook.cache.results import INDEX, STORE, find_changes
from sourcebook.core.files import Index, digest, write_whole
from sourcebook.execute.environment import kernel_variables
from sourcebook.render.reading import Reading
from sourcebook.render.source.project import Project


class Record:
    """The record of builds of a project with one request; its files lie in ``store``, a folder for results.

    ``request`` is what was asked for: formats, parameters and the like; what is ``made`` is no input.
    """

    def __init__(
        self, project: Project, store: Path, request: Mapping[str, Any], made: Iterable[Path]
    ) -> None:
        self._root, self._store = project.root, store / STORE
        self._ignored = [*made, self._store]
        key = digest(json.dumps(request, sort_keys=True, default=repr).encode())
        self._path = self._store / "builds" / f"{key}.json"

    def look(self) -> Present:
        """What there is in the project now."""
        present = Present(self._root, kernel_variables(), Index(self._store / INDEX), self._ignored)
        _ = present.tree  # as it is now, not when it is first asked for
        return present

    def find_outputs(self, present: Present | None = None) -> list[Path]:
        """The files of the last build, if they are whole and all it rests on is unchanged; else none.

        ``present``, what ``look`` gave, serves several records whose outputs lie in one store.
        """
        try:
            known = json.loads(self._path.read_bytes())
            inputs, outputs = known["inputs"], known["outputs"]
        except (OSError, ValueError, KeyError, TypeError):  # none, or of another version
            return []
        now = present or self.look()
        stands = not any(find_changes([*outputs, *inputs], now))
        if not present:
            now.index.save()
        return [Path(name) for _, name, _ in outputs] if stands else []

    def write(self, reading: Reading, outputs: Iterable[Path], before: Present) -> None:
        """Keeps what the build rests on and what it wrote; nothing if a notebook must be run each time."""
        self._path.unlink(missing_ok=True)
        if any(notebook.unfit for notebook in reading.notebooks):
            return
        now = self.look()
        made = [(FILE, str(path.absolute()), now.fingerprint(FILE, str(path.absolute()))) for path in outputs]
        content = {"inputs": list(reading.list_inputs(before, now)), "outputs": made}
        now.index.save()
        with contextlib.suppress(OSError):
            write_whole(self._path, json.dumps(content).encode())


def list_made(project: Project, out: Path | None = None, store: Path | None = None) -> list[Path]:
    """The folders and files that builds of ``project`` write: they are no input of it.

    In a ``store`` of its own lie what other builds make too, as those of a grid do.
    """
    return [*_list_made(project, out), *([store] if store else [])]


def _list_made(project: Project, out: Path | None) -> list[Path]:
    usual = (project.root / project.output).resolve()
    folder = (out or usual).resolve()
    apart = not any((project.root / path).resolve().is_relative_to(folder) for path in project.chapters)
    if apart and (folder == usual or not folder.is_relative_to(project.root.resolve())):
        return [folder]
    # Beside what we write there may be inputs.
    names = [project.name] if project.kind != "default" else [chapter.stem for chapter in project.chapters]
    folders = {
        folder,
        *((project.root / chapter).resolve().parent for chapter in project.chapters if not apart),
    }
    ends = (".html", ".pdf", ".md", ".docx", ".qmd", "-executed.qmd", "-typst", "-qmd")
    return [place / f"{name}{end}" for place in folders for name in names for end in ends] + [
        folder / "exhibits"
    ]


def open_record(
    project: Project,
    formats: Sequence[str],
    parameters: Mapping[str, Any] | None,
    out: Path | None,
    execute: bool,
    store: Path | None = None,
) -> Record:
    """The record of builds with these arguments of ``render_project``."""
    request = {
        "formats": list(formats),
        "parameters": dict(parameters or {}),
        "out": str(out),
        "execute": execute,
        "strict": project.strict,
        "trusted": project.trusted,
    }
    return Record(
        project, store or out or project.root / project.output, request, list_made(project, out, store)
    )
