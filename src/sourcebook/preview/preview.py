"""The loop of the preview: build, show the page or what is wrong, write the PDF, wait until something has changed."""

from __future__ import annotations

import textwrap
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sourcebook.errors import SourcebookError
from sourcebook.execute.reading import Reading
from sourcebook.execute.recent import Recent
from sourcebook.execute.workers import Workers
from sourcebook.preview.server import Site, serve_site
from sourcebook.preview.watch import Watch
from sourcebook.render.early import start_early

_PAUSE = 1.0
"""Seconds without a change after which other formats are written: the next change would have to wait for their end."""


def preview_project(
    root: Path,
    formats: Sequence[str] = ("html", "pdf"),
    *,
    port: int = 0,
    say: Callable[[str], None] = lambda _: None,
    **running: Any,
) -> None:
    """Serves the HTML of the project or document ``root`` and builds it anew after each change, until interrupted.

    The page comes first; then all ``formats`` are written, so that for make there is nothing left to do.
    ``port`` 0 takes any that is free; ``say`` is told the address and what came of each build; ``running`` are settings
    of ``execute.plan.Settings``. The process stays, and with it the workers and all that is imported: changes of this
    tool itself show after a new start only, those of what notebooks use at once.

    Raises ``ToolError`` when the port is taken.
    """
    site = Site()
    with ExitStack() as stack:
        say(f"The report is at {stack.enter_context(serve_site(site, port))} (Ctrl-C ends this)")
        loop = _Loop(root, list(dict.fromkeys(["html", *formats])), site, say, stack, running)
        while True:
            loop.build()


class _Loop:
    """What stays from build to build: workers, results in memory, the watch."""

    def __init__(
        self,
        root: Path,
        formats: Sequence[str],
        site: Site,
        say: Callable[[str], None],
        stack: ExitStack,
        running: dict[str, Any],
    ) -> None:
        self.root, self.formats, self.site, self.say, self.stack = root, formats, site, say, stack
        self.running = running
        self.workers: Workers | None = None
        self.recent = Recent()
        self.folder = (root.parent if root.is_file() else root).resolve()
        self.watch = Watch(self.folder)
        self.written: list[Path] = []

    def build(self) -> None:
        """One build, and another if something was changed meanwhile; then waits for the next change."""
        for _ in range(2):  # not for ever: a notebook might write where we watch
            started = time.time_ns()
            good = self._build_once(["html"], self._tell)
            if not self.watch.settle(started):
                break
        if good and self.formats != ["html"]:
            if self.watch.wait(_PAUSE):
                return
            self._build_once(self.formats, lambda _: None)
        self.watch.wait()

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
                said = {
                    "summary": f"{type(error).__name__}: {error}",
                    "issues": [],
                    "details": traceback.format_exc(),
                }
                self.site.tell(error=said, busy="")
                self.say(traceback.format_exc())
        files, absent = reading.list_files(self.folder)
        rules = [path.with_suffix(".d") for path in self.written]
        self.watch.follow([*files, *absent], [*self.written, *rules])
        return good

    def _render(self, formats: Sequence[str], progress: Callable[[str], None]) -> dict[str, bytes]:
        """The HTML pages by the path they are served at; the first is also the report itself."""
        if not self.workers:
            self.workers = self.stack.enter_context(start_early(self.root, fresh=True))
        from sourcebook.render.report import render_project  # while the workers import what they need

        self.written = render_project(
            self.root,
            formats,
            progress=progress,
            workers=self.workers,
            recent=self.recent,
            **self.running,
        )
        self.recent.end_build()
        pages = {f"/{path.name}": path.read_bytes() for path in self.written if path.suffix == ".html"}
        return {"/": next(iter(pages.values())), **pages}


def _describe(error: SourcebookError) -> dict[str, Any]:
    """An error in parts: a sentence, where what is wrong, and the traceback if there is one."""
    summary, _, details = error.summary.partition("\n")
    issues = [
        {"where": issue.where, "what": str(issue).removeprefix(f"{issue.where}: ")} for issue in error.issues
    ]
    return {"summary": summary, "issues": issues, "details": textwrap.dedent(details)}
