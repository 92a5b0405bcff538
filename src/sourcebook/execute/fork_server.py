"""The process that imports once and forks a kernel for each request: ``python -m sourcebook.execute.fork_server FD``.

It stays single-threaded, so that forking is safe. Between it and each kernel stands a guard, a fork too, which waits
for the kernel's end, then ends whatever the kernel left running, and reports. All of them end with the program that
started the server.

Where what was imported is not what a notebook would import, the forked process becomes a fresh interpreter instead: it
is guarded all the same.

Protocol. On FD (SOCK_SEQPACKET) come first the settings, ``{"modules": [...], "folder": ...}``; then for each kernel
a request, ``{"command": [...], "argv": [...], "cwd": ..., "env": {...}}``, with four descriptors: a channel, and the
kernel's standard streams. The folder is removed in the end, if whoever began has been killed. On the channel the answer is ``{"outdated": why}``, or
``{"pid": n}`` and in the end ``{"status": n}``.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib.machinery
import io
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sourcebook.cache.inputs import list_modules
from sourcebook.cache.trace import describe_environment
from sourcebook.core.files import Stamp, stamp_file, sweep_session
from sourcebook.execute import kernel_side  # noqa: F401  # imported ahead for the kernels
from sourcebook.execute.warm import warm_up

Request = dict[str, Any]
Stamps = dict[str, tuple[Stamp | None, str]]

_LONGEST = 2**17
_FILE: Any = io.IOBase.__base__  # what all files are, without the slow checks of io.IOBase's metaclass
_SET_PARENT_DEATH_SIGNAL, _SET_SUBREAPER = 1, 36  # options of prctl, see <linux/prctl.h>


def main() -> None:
    """Serves until the other end is closed; in a forked process this is where the kernel runs."""
    atexit.register(_end_kernel)  # the first to be registered is the last to be called
    del sys.path[0]  # the folder this was started in, as ipykernel_launcher does
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the program that started us
    settings = json.loads(control.recv(_LONGEST))
    refused = warm_up(settings["modules"])
    describe_environment()  # once for all kernels; a package installed later makes this server outdated
    gc.collect()
    gc.freeze()  # what is imported by now will not be freed: no kernel need look through it, nor copy its pages
    if request := _serve(control, refused, _stamp_modules()):
        _run_kernel(request)
    else:
        _end_guards()
        sweep_session(Path(settings["folder"]))  # whoever started us may have been killed


def _serve(control: socket.socket, refused: str, stamps: Stamps) -> Request | None:
    """Returns None when there is nobody to serve any more, and in each kernel's process its request."""
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, _LONGEST, 4)
        if not message:
            return None
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:  # guards that have ended meanwhile
                pass
        request = json.loads(message)
        channel = socket.socket(fileno=descriptors[0])
        if changed := _find_changed(stamps):
            _send(channel, outdated=f"{changed} was changed")
            if _wait_for_guards(control):
                os._exit(0)  # another serves from now on, and whoever started us still has its folder
            return None
        request["anew"] = refused or _find_shadowing(Path(request["cwd"]))
        if not os.fork():
            control.close()
            _guard(channel, os.getppid())
            for number, descriptor in enumerate(descriptors[1:]):
                os.dup2(descriptor, number)
                os.close(descriptor)
            return request
        channel.close()
        for descriptor in descriptors[1:]:
            os.close(descriptor)


def _wait_for_guards(control: socket.socket) -> bool:
    """Returns when all kernels have ended, which is true then, or the program that they are for."""
    while not select.select([control], [], [], 1.0)[0]:
        try:
            os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return True
    return False


def _end_guards() -> None:
    for guard in _list_children():
        os.kill(guard, signal.SIGTERM)
    with contextlib.suppress(ChildProcessError):
        for _ in _bury_children():
            pass


def _guard(channel: socket.socket, server: int) -> None:
    """Forks the kernel, in whose process alone this returns; the guard itself stays until all is over."""
    os.setsid()
    _prctl(_SET_SUBREAPER, 1)  # orphans of the kernel's children become children of the guard
    guard = os.getpid()
    kernel = os.fork()
    if not kernel:
        os.setpgid(0, 0)
        _die_with(guard, signal.SIGKILL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        channel.close()
        return
    signal.signal(signal.SIGTERM, lambda *_: os.kill(kernel, signal.SIGKILL))
    _die_with(server, signal.SIGTERM)
    with contextlib.suppress(OSError):  # done by the kernel itself as well; whoever comes first
        os.setpgid(kernel, kernel)
    _send(channel, pid=kernel)
    status = next(status for pid, status in _bury_children() if pid == kernel)
    _kill_descendants(kernel)
    _send(channel, status=os.waitstatus_to_exitcode(status))
    os._exit(0)


def _run_kernel(request: Request) -> None:
    """What ``python -m ipykernel_launcher`` does, in this process; where that is not safe, the command itself."""
    for name, value in request["env"].items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    # PYTHONPATH may hold an empty entry, which is the working directory: that of the kernel.
    sys.path[:] = [request["cwd"] if path == str(Path.cwd()) else path for path in sys.path]
    os.chdir(request["cwd"])
    if request["anew"]:  # what was imported ahead is not what the notebook would import
        os.environ["JPY_PARENT_PID"] = str(os.getppid())
        os.execvp(request["command"][0], request["command"])  # noqa: S606  # the kernelspec of this very Python
    gc.enable()
    from ipykernel import kernelapp

    sys.argv[:] = [str(Path(kernelapp.__file__).parents[1] / "ipykernel_launcher.py"), *request["argv"]]
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()  # Python's own generator sees to that itself
    _exit_status.append(1)
    # Whether somebody is there to be told how to connect is read from the environment at import.
    kernelapp.launch_new_instance([*request["argv"], f"--IPKernelApp.parent_handle={os.getppid()}"])
    # ipykernel stops the thread that publishes before the one that controls, which may wait for it for ten seconds.
    control = kernelapp.IPKernelApp.instance().control_thread
    if control and control.is_alive():
        control.stop()
        control.join()
    _exit_status[0] = 0


def _end_kernel() -> None:
    """The last thing at a kernel's end, behind all other exit handlers: what its notebook left open is written.

    Python itself would take down every module next, which costs as much as starting the kernel and shows nowhere.
    """
    if not _exit_status:
        return  # this is the server, or a guard
    from IPython.core.interactiveshell import InteractiveShell

    if InteractiveShell.initialized():
        InteractiveShell.instance().user_ns.clear()
    gc.collect()
    for item in gc.get_objects():
        if isinstance(item, _FILE):
            with contextlib.suppress(Exception):  # closed, or not to be written
                item.flush()
    os._exit(_exit_status[0])


_exit_status: list[int] = []


def _find_changed(stamps: Stamps) -> str:
    """A file or folder of Python code that is no longer what was imported, or nothing."""
    for path, (stamp, names) in stamps.items():
        now = stamp_file(path)
        if now != stamp:
            if not names or names != _list_names(path):
                return path
            stamps[path] = now, names
    return ""


def _find_shadowing(folder: Path) -> str:
    """What in the working directory would have been imported in place of something we have imported ahead."""
    suffixes = importlib.machinery.all_suffixes()
    try:
        entries = list(folder.iterdir())
    except OSError as error:
        return str(error)
    for entry in entries:
        name = entry.name.partition(".")[0]
        module = name in sys.modules and (
            any(entry.name == name + suffix for suffix in suffixes)
            or any((entry / f"__init__{suffix}").exists() for suffix in suffixes)
        )
        if module or (entry.name == "matplotlibrc" and "matplotlib" in sys.modules):
            return f"{entry.name} lies beside the notebook"
    return ""


def _stamp_modules() -> Stamps:
    """The files of all modules, and the folders where others would be found, with what there is in them."""
    loaded = list(sys.modules.values())
    files = {str(module.__file__) for module in loaded if getattr(module, "__file__", None)}
    return {path: (stamp_file(path), "") for path in files} | {
        path: (stamp_file(path), _list_names(path)) for path in sys.path if path != str(Path.cwd())
    }


def _list_names(folder: str) -> str:
    try:
        return list_modules(folder)
    except OSError:
        return "absent"


def _kill_descendants(kernel: int) -> None:
    with contextlib.suppress(OSError):
        os.killpg(kernel, signal.SIGKILL)
    while children := _list_children():
        for pid in children:
            os.kill(pid, signal.SIGKILL)
        next(_bury_children())  # its own children, if it had any, are ours from now on


def _list_children() -> list[int]:
    try:
        return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]
    except OSError:  # Linux built without this file: the group is all we know
        return []


def _bury_children() -> Iterator[tuple[int, int]]:
    while True:
        yield os.waitpid(-1, 0)


def _die_with(parent: int, number: signal.Signals) -> None:
    _prctl(_SET_PARENT_DEATH_SIGNAL, number)
    if os.getppid() != parent:  # it has ended before we asked
        os._exit(1)


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _send(channel: socket.socket, **message: Any) -> None:
    with contextlib.suppress(OSError):  # nobody may be waiting any more
        channel.send(json.dumps(message).encode())


if __name__ == "__main__":
    main()
