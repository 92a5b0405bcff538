"""The surroundings every notebook is run in: environment variables, scratch folder, limits."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from sourcebook.core.files import session_folder

# The same hash seed, time zone and locale everywhere: same input, same bytes. One thread per numeric library: the
# notebooks themselves run side by side.
_FIXED: Final = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")},
    "VECLIB_MAXIMUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
# Where somebody else's notebook was opened must not lead ours to another project; the size of this terminal, which
# some libraries ask for, must not break the lines of a report.
_FOREIGN: Final = frozenset({"JPY_SESSION_NAME", "JPY_PARENT_PID", "IPYKERNEL_CELL_NAME", "COLUMNS", "LINES"})


def kernel_variables() -> dict[str, str]:
    """The environment variables of kernels, apart from those of one kernel alone (``use_scratch``)."""
    variables = {name: value for name, value in os.environ.items() if name not in _FOREIGN} | _FIXED
    if "MPLCONFIGDIR" not in variables and not os.access(Path.home(), os.W_OK | os.X_OK):
        # matplotlib would say so in a warning, among the outputs of whichever notebook imports it first.
        variables["MPLCONFIGDIR"] = str(session_folder() / "matplotlib")
    return variables


def use_scratch(variables: dict[str, str], scratch: Path) -> dict[str, str]:
    """``variables`` for a kernel whose temporary files and settings go to ``scratch``."""
    return variables | {"TMPDIR": str(scratch), "IPYTHONDIR": str(scratch / "ipython")}


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
