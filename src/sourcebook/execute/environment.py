"""The surroundings every notebook is run in, whichever way: variables, scratch folder, limits."""

from __future__ import annotations

import os
import platform
import sys
import sysconfig
from pathlib import Path

from sourcebook.execute.inputs import digest

# The same hash seed, time zone and locale everywhere: same input, same bytes. One thread per numeric library: the
# notebooks themselves run side by side.
_FIXED = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
# Where somebody else's notebook was opened must not lead ours to another project.
_FOREIGN = ("JPY_SESSION_NAME", "JPY_PARENT_PID", "IPYKERNEL_CELL_NAME")


def worker_environment(scratch: Path) -> dict[str, str]:
    """Environment variables of a process that runs notebooks; temporary files and settings go to ``scratch``."""
    return variables_for_workers() | {"TMPDIR": str(scratch), "IPYTHONDIR": str(scratch / "ipython")}


def describe_environment() -> dict[str, str]:
    """What is installed here, by name: Python, the system, each package with its version, and this room's own code."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    described = {"Python": python, "the system": f"{sys.platform} {platform.machine()}"}
    for folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        for path in Path(folder).glob("*.dist-info"):
            name, _, version = path.name.removesuffix(".dist-info").partition("-")
            described[name] = version
    own = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    return described | {"sourcebook.execute": digest(own)}


def variables_for_workers() -> dict[str, str]:
    """The environment variables a notebook would see now, apart from its scratch folder."""
    return {name: value for name, value in os.environ.items() if name not in _FOREIGN} | _FIXED


def limit_memory(mebibytes: int) -> None:
    """From now on this process may allocate ``mebibytes`` more; beyond that Python raises ``MemoryError``.

    Counted is what the process writes to (RLIMIT_DATA), not the libraries it maps. Linux only; elsewhere no limit.
    """
    status = Path("/proc/self/status")
    if not mebibytes or not status.exists():
        return
    import resource

    held = next(
        int(line.split()[1]) * 1024 for line in status.read_text().splitlines() if line.startswith("VmData:")
    )
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (held + mebibytes * 2**20, most))


def use_scratch(scratch: Path) -> None:
    """Makes ``scratch`` the place of this process's temporary files."""
    import tempfile

    os.environ["TMPDIR"] = str(scratch)
    tempfile.tempdir = None
