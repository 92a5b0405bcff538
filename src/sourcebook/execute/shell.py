"""ipykernel's shell in this very process: the shell of any notebook, its messages kept instead of sent.

The shell can be made before forking: it starts no thread and opens no socket.
"""

from __future__ import annotations

import asyncio
import io
import os
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ipykernel.inprocess.ipkernel import InProcessInteractiveShell, InProcessKernel
from jupyter_client.session import Session
from traitlets import Any as AnyTrait
from traitlets import Type
from traitlets.config import Config

Message = tuple[str, dict[str, Any]]


def make_shell() -> Shell:
    """A shell that has run a cell already, as far as nobody can tell."""
    # Importing the debugger takes as long as all the rest of the kernel, and nobody can attach to it here.
    modules: dict[str, Any] = sys.modules
    modules["debugpy"] = None
    shell = Shell()
    del modules["debugpy"]
    shell.rehearse()
    return shell


class Shell:
    """Runs code as a Jupyter kernel does; ``take_messages`` gives what a front end would have been sent."""

    def __init__(self) -> None:
        self._messages: list[Message] = []
        # The history of a report's cells is of no use to anybody, and its file would need a thread.
        config = Config({"HistoryManager": {"enabled": False}})
        self._session = _Recorder(self._messages)
        self._kernel = _Kernel.instance(config=config, session=self._session)
        # A cell that awaits asks which thread it is in, to be stopped by Ctrl-C.
        self._kernel.shell_channel_thread = SimpleNamespace(parent_thread=threading.main_thread())
        self._streams: list[_Stream] = []
        self._loop = asyncio.new_event_loop()

    def rehearse(self) -> None:
        """Runs a magic, for what IPython imports and caches by the way; the loop is for this process only."""
        self._execute("%config", silent=True)
        self._loop.close()
        self.take_messages()

    def open_streams(self, scratch: Path) -> None:
        """From now on what is written to standard output and error, by programs too, becomes messages."""
        self._streams = [
            _Stream(name, number, self._messages, scratch) for number, name in ((1, "stdout"), (2, "stderr"))
        ]
        sys.stdout, sys.stderr = self._streams
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)

    def run(self, code: str) -> dict[str, Any]:
        """Runs one cell; the content of the kernel's reply."""
        return self._execute(code, silent=False)

    def evaluate(self, expressions: dict[str, str]) -> dict[str, Any]:
        """The kernel's answers to ``expressions``, as its reply to a front end holds them."""
        reply = self._execute("", silent=True, user_expressions=expressions)
        self._messages.clear()
        return reply["user_expressions"]

    def take_messages(self) -> list[Message]:
        """All messages since the last call: (kind, content)."""
        for stream in self._streams:
            stream.flush()
        taken = self._messages[:]
        self._messages.clear()
        return taken

    def _execute(
        self, code: str, *, silent: bool, user_expressions: dict[str, str] | None = None
    ) -> dict[str, Any]:
        request = self._session.msg("execute_request", {})
        self._kernel.set_parent([], request)
        coroutine = self._kernel.do_execute(
            code, silent, store_history=not silent, user_expressions=user_expressions, allow_stdin=False
        )
        return self._loop.run_until_complete(coroutine)


class _Recorder(Session):
    """A session that keeps what a kernel publishes."""

    def __init__(self, messages: list[Message]) -> None:
        super().__init__(key=b"")
        self._messages = messages

    def send(
        self, stream: Any, msg_or_type: Any, content: Any = None, *args: Any, **options: Any
    ) -> dict[str, Any]:
        """Keeps kind and content of a message, which comes whole or in parts."""
        message = (
            msg_or_type
            if isinstance(msg_or_type, dict)
            else {"msg_type": msg_or_type, "content": content or {}}
        )
        self._messages.append((message["msg_type"], message["content"]))
        return message


class _Stream(io.TextIOBase):
    """Standard output or error: what Python prints, and what programs write to the file descriptor under it."""

    encoding = "UTF-8"
    errors = None

    def __init__(self, name: str, number: int, messages: list[Message], scratch: Path) -> None:
        self.name, self._number, self._messages = name, number, messages
        self._read = 0
        file = os.open(scratch / f"{name}.txt", os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)

    def write(self, text: str) -> int:
        """A message of its own, behind what programs have written before; the length of ``text``."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self.flush()
        if text:
            self._messages.append(("stream", {"name": self.name, "text": text}))
        return len(text)

    def flush(self) -> None:
        """Takes in what other programs have written since."""
        size = os.fstat(self._number).st_size
        if size > self._read:
            written = os.pread(self._number, size - self._read, self._read)
            self._read = size
            self._messages.append(("stream", {"name": self.name, "text": written.decode("utf-8", "replace")}))

    def fileno(self) -> int:
        """1 or 2, for programs that inherit it."""
        return self._number

    def writable(self) -> bool:
        """Always, unlike the class it derives from."""
        return True


class _Shell(InProcessInteractiveShell):
    """ipykernel's shell without windows."""

    def enable_gui(self, gui: Any = None) -> None:
        """No window can open here; ``%matplotlib inline`` asks all the same."""


# Libraries recognise a notebook by this name (tqdm, rich, plotly).
_Shell.__name__ = "ZMQInteractiveShell"


class _Kernel(InProcessKernel):
    """Publishes straight into the recorder: no thread and no socket, which a fork would lose."""

    shell_class = Type(_Shell)
    iopub_thread = AnyTrait()
    iopub_socket = AnyTrait()
    stdout = AnyTrait()
    stderr = AnyTrait()
