"""The loop of the preview: build, show the page or what is wrong, write the PDF, wait until something has changed."""

from __future__ import annotations

import math
import textwrap
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Unpack

from sourcebook.cache.inputs import (
    DAY,
    FILE,
    FOLDER,
    MODULES,
    PACKAGE,
    THERE,
    VARIABLE,
    VARIABLES,
    Input,
    Present,
)
from sourcebook.cache.results import find_changes
from sourcebook.core.console import save_fault
from sourcebook.core.files import Index
from sourcebook.errors import SourcebookError
from sourcebook.execute.environment import kernel_variables
from sourcebook.preview.server import Site, serve_site
from sourcebook.preview.watch import Watch
from sourcebook.render.early import start_early
from sourcebook.render.execution import Running
from sourcebook.render.reading import Reading
from sourcebook.render.record import list_made
from sourcebook.render.source.project import read_document, read_project

_PAUSE = 1.0
"""Seconds without a change after which other formats are written: the next change would have to wait for their end."""
_UNWATCHED = (PACKAGE, VARIABLE, VARIABLES, DAY)  # none of these changes the page while one writes


def preview_project(
    root: Path,
    formats: Sequence[str] = ("html", "pdf"),
    *,
    port: int = 0,
    say: Callable[[str], None] = lambda _: None,
    **running: Unpack[Running],
) -> None:
    """Serves the HTML of the project or document ``root`` and builds it anew after each change, until interrupted.

    The page comes first; then all ``formats`` are written, so that for make there is nothing left to do.
    ``port`` 0 takes any that is free; ``say`` is told the address and what came of each build; ``running`` says how
    notebooks are run (``execute.plan.Running``). The process stays, and with it all that is imported: changes of this
    tool itself show after a new start only, those of what notebooks use at once.

    Raises ``ToolError`` when the port is taken.
    """
    site = Site()
    with ExitStack() as stack:
        say(f"The report is at {stack.enter_context(serve_site(site, port))} (Ctrl-C ends this)")
        loop = _Loop(root, list(dict.fromkeys(["html", *formats])), site, say, running)
        while True:
            loop.build()


class _Loop:
    """What stays from build to build: digests of files, the watch, and what was built from."""

    def __init__(
        self,
        root: Path,
        formats: Sequence[str],
        site: Site,
        say: Callable[[str], None],
        running: Running,
    ) -> None:
        self.root, self.formats, self.site, self.say, self.running = root, formats, site, say, running
        self.folder = (root.parent if root.is_file() else root).resolve()
        self.watch, self.index = Watch(self.folder), Index()
        self.made: list[Path] = []
        self.inputs: list[Input] = []

    def build(self) -> None:
        """One build, and of the other formats too where nothing happens meanwhile; then waits for the next change."""
        good = self._build_once(["html"], self._tell)
        if self._has_changed():
            return
        if good and self.formats != ["html"]:
            if self._wait(_PAUSE):
                return
            self._build_once(self.formats, lambda _: None)
            if self._has_changed():
                return
        self._wait()

    def _wait(self, most: float = math.inf) -> bool:
        """Whether something that the last build rests on was changed within ``most`` seconds."""
        while self.watch.wait(most):
            self.watch.settle()
            if self._has_changed():
                return True
        return False

    def _has_changed(self) -> bool:
        """Whether files are no longer what they were for the last build; what a notebook wrote is what it wrote."""
        return any(find_changes(self.inputs, self._look()))

    def _look(self) -> Present:
        return Present(self.folder, kernel_variables(), self.index, self.made)

    def _tell(self, message: str) -> None:
        if message:
            self.site.tell(busy=message)

    def _build_once(self, formats: Sequence[str], progress: Callable[[str], None]) -> bool:
        """Whether that went well."""
        begun, good = time.perf_counter(), False
        with Reading() as reading:
            try:
                pages = self._render(formats, progress)
                self.site.show(pages)
                self.say(f"{' and '.join(formats)} in {time.perf_counter() - begun:.2f} s")
                good = True
            except SourcebookError as error:
                self.site.tell(error=_describe(error), busy="")
                self.say(str(error))
            except Exception as error:  # noqa: BLE001  # whatever it is, the next change may mend it
                sentence = save_fault(error, [self.folder])
                said = {"summary": sentence, "issues": [], "details": traceback.format_exc()}
                self.site.tell(error=said, busy="")
                self.say(sentence)
        now = self._look()
        self.inputs = [item for item in reading.list_inputs(now, now) if item[0] not in _UNWATCHED]
        self.watch.follow(list_watched(self.inputs), self.made)
        self.watch.settle()
        return good

    def _render(self, formats: Sequence[str], progress: Callable[[str], None]) -> dict[str, bytes]:
        """The HTML pages by the path they are served at; the first is also the report itself."""
        project = read_document(self.root) if self.root.is_file() else read_project(self.root.resolve())
        if not self.made:  # later builds find the process for kernels at work
            start_early(project)
        self.made = list_made(project)
        from sourcebook.render.report import render_project  # while kernels are prepared

        # Nobody asks what the page alone was built from, and writing it down takes time.
        recorded = list(formats) == self.formats
        written = render_project(self.root, formats, progress=progress, recorded=recorded, **self.running)
        pages = {f"/{path.name}": path.read_bytes() for path in written if path.suffix == ".html"}
        return {"/": next(iter(pages.values())), **pages}


def list_watched(inputs: Iterable[Input]) -> list[str]:
    """The names of files and folders among ``inputs``."""
    return [name for kind, name, _ in inputs if kind in (FILE, THERE, FOLDER, MODULES)]


def _describe(error: SourcebookError) -> dict[str, Any]:
    """An error in parts: a sentence, where what is wrong, and the traceback if there is one."""
    summary, _, details = error.summary.partition("\n")
    issues = [
        {"where": issue.where, "what": str(issue).removeprefix(f"{issue.where}: ")} for issue in error.issues
    ]
    return {"summary": summary, "issues": issues, "details": textwrap.dedent(details)}
