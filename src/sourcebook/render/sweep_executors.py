"""Executors that render many reports at once: processes of this machine, or a Dask cluster."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any

from sourcebook.errors import Issue, ToolError

_ATTEMPTS = 3


class Processes(Executor):
    """At most ``count`` calls at once, each in a process that stays for the next ones.

    A process that is lost takes nothing with it but the call it had in hand, which another then does; after the
    third loss the call raises ``BrokenProcessPool``. (Of one pool all calls would be lost, and nobody could say which
    of them was to blame.) The processes end with this one, however it ends.
    """

    def __init__(self, count: int) -> None:
        self._threads = ThreadPoolExecutor(count)
        self._idle: SimpleQueue[ProcessPoolExecutor] = SimpleQueue()
        self._closing = False
        for _ in range(count):
            self._idle.put(_start())

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Has ``call`` done by the next process that is free."""
        return self._threads.submit(self._do, call, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Lets what is in hand be finished; with ``cancel_futures`` what has not been begun is left."""
        self._closing = True
        self._threads.shutdown(wait, cancel_futures=cancel_futures)
        while wait and not self._idle.empty():
            self._idle.get().shutdown()

    def _do(self, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        for _ in range(_ATTEMPTS - 1):
            with contextlib.suppress(BrokenProcessPool):
                return self._try(call, args, kwargs)
            if self._closing:  # Ctrl-C ends the processes too
                break
        return self._try(call, args, kwargs)

    def _try(self, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        process = self._idle.get()
        try:
            return process.submit(call, *args, **kwargs).result()
        except BrokenProcessPool:
            process = _start()
            raise
        finally:
            self._idle.put(process)


def _start() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_follow_parent)


def _follow_parent() -> None:
    """Makes this process end at Ctrl-C without a word, and with the one that started it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent  # only children are set up so
    parent.join()
    os._exit(1)


@contextmanager
def open_cluster(address: str) -> Iterator[Executor]:
    """The Dask cluster whose scheduler answers at ``address``, such as ``tcp://10.0.0.5:8786``, until the block ends.

    It needs the optional package ``distributed``. Its workers need the same packages, and must see the project by the same path. What a lost worker had in hand the
    scheduler gives to another, as often as its setting ``allowed-failures`` says (3).
    Raises ``ToolError`` when Dask is not installed or nobody answers.
    """
    try:
        from distributed import Client
        from distributed.comm import get_address_host_port
    except ImportError as error:
        fix = "install it into the environment of sourcebook: pip install 'sourcebook[dask]'"
        raise ToolError(
            "Dask is not installed.", [Issue("--dask", "needs dask.distributed", fix=fix)]
        ) from error
    try:
        get_address_host_port(address)  # a client that cannot read its address takes long to go
        client = Client(address, set_as_default=False, timeout=10)
    except (OSError, ValueError) as error:
        fix = "start one: dask scheduler, and on each machine: dask worker ADDRESS --nthreads 1"
        issue = Issue(
            f"--dask {address}", "no scheduler answers", str(error), "such as tcp://10.0.0.5:8786", fix
        )
        raise ToolError("The Dask cluster cannot be reached.", [issue]) from error
    with client:
        yield client.get_executor(pure=False)  # the same job may be wanted twice
