"""The server of the preview: the page and news of it, to this machine only, and nothing else.

It reads no files of the project: what it serves is in memory. Requests under another host name than this machine's are
refused, so that no site whose name resolves to this machine can read the report (DNS rebinding).
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sourcebook.errors import Issue, ToolError
from sourcebook.preview.page import EMPTY, compare_pages, digest_pages, dress_page

HOST = "127.0.0.1"
_HEARTBEAT = 10.0  # seconds after which a silent listener is asked whether it is still there
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Site:
    """What browsers are shown: pages by their path, what is being done, what went wrong."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._built: dict[str, bytes] = {}
        self._pages: dict[str, bytes] = {"/": dress_page(EMPTY, "")}
        self._state: dict[str, Any] = {"page": "", "busy": "", "error": None}
        self._number = 0

    def show(self, pages: dict[str, bytes]) -> None:
        """New pages by their path; an error before is over. Browsers that show the last one are told what is new in it."""
        digest = digest_pages(pages)
        if digest == self._state["page"]:
            self.tell(busy="", error=None)
            return
        dressed = {page: dress_page(page, digest) for page in set(pages.values())}
        pairs = {path: (self._built.get(path, b""), page) for path, page in pages.items()}
        changed = {pair: compare_pages(*pair) for pair in set(pairs.values())}
        changes = {path: changed[pair] for path, pair in pairs.items()}
        with self._news:
            self._built, self._pages = pages, {path: dressed[page] for path, page in pages.items()}
            last = self._state["page"]
        self.tell(page=digest, last=last, changes=changes, busy="", error=None)

    def tell(self, **news: Any) -> None:
        """Sends news to every open page: ``busy`` is what is being done, ``error`` has summary, issues and details."""
        with self._news:
            self._state = self._state | {"changes": {}} | news  # changes are sent once
            self._number += 1
            self._news.notify_all()

    def find(self, path: str) -> bytes | None:
        """The page at ``path``."""
        with self._news:
            return self._pages.get(path)

    def wait(self, seen: int) -> tuple[int, str]:
        """The state as JSON with its number, as soon as that is not ``seen``; an empty text when nothing happens."""
        with self._news:
            new = self._news.wait_for(lambda: self._number != seen, _HEARTBEAT)
            return self._number, json.dumps(self._state) if new else ""


@contextlib.contextmanager
def serve_site(site: Site, port: int) -> Iterator[str]:
    """Serves ``site`` while the context lasts; its address. Raises ``ToolError`` when the port is taken."""
    try:
        server = _Server((HOST, port), _Handler)
    except (OSError, OverflowError) as error:
        issue = Issue(f"port {port}", str(error), fix="end what uses it, or name another: --port 0 takes any")
        raise ToolError("The preview cannot be served.", [issue]) from error
    server.site = site
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    """Ends at once: nobody waits for pages that are still listening."""

    daemon_threads = True
    block_on_close = False
    site: Site

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing is printed when a browser closes its connection."""


class _Handler(BaseHTTPRequestHandler):
    """Answers to GET alone."""

    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        """A page, news of it, or a refusal: 403 for a foreign host name, 404 for an unknown path."""
        port = self.server.server_port
        path = self.path.partition("?")[0]
        page = self.server.site.find(path)
        if self.headers.get("Host", "") not in (f"{HOST}:{port}", f"localhost:{port}"):
            self._answer(403, b"This server answers to its own name only.\n", "text/plain")
        elif path == "/events":
            self._send_news()
        elif page is None:
            self._answer(404, b"There is nothing here.\n", "text/plain")
        else:
            self._answer(200, page, "text/html; charset=utf-8")

    def log_message(self, *_: Any) -> None:
        """Requests are not logged."""

    def version_string(self) -> str:
        """What the header ``Server`` says: no versions."""
        return "sourcebook"

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self._start(status, kind, ("Content-Length", str(len(body))))
        self.wfile.write(body)

    def _send_news(self) -> None:
        """The state now, and whenever it changes (server-sent events), until the page is closed."""
        self.close_connection = True
        self._start(200, "text/event-stream", ("Connection", "close"))
        number = -1
        with contextlib.suppress(OSError):
            while True:
                number, state = self.server.site.wait(number)
                self.wfile.write(f"data: {state}\n\n".encode() if state else b": still here\n\n")

    def _start(self, status: int, kind: str, header: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in [("Content-Type", kind), header, *_HEADERS.items()]:
            self.send_header(name, value)
        self.end_headers()
