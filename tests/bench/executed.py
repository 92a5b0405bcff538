"""Processor time of running notebooks alone: `python executed.py forked|anew notebook.ipynb ...` prints the seconds.

``anew`` starts each kernel as jupyter_client does, by a kernelspec that says so; nothing is converted or kept.
"""

import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from sourcebook.execute import fork_client
from sourcebook.execute.plan import Settings, run_notebooks

PLAIN = {"kernel_provisioner": {"provisioner_name": "local-provisioner", "config": {}}}


def main(way: str, *names: str) -> None:
    paths = [Path(name) for name in names]
    with tempfile.TemporaryDirectory() as folder:
        if way == "anew":
            write_kernelspec(Path(folder))
        started = time.process_time()
        run_notebooks(paths, names=names, settings=Settings(jobs=2))
        for server in fork_client._servers:
            server.close()
    kernels = resource.getrusage(resource.RUSAGE_CHILDREN)
    sys.stdout.write(f"{time.process_time() - started + kernels.ru_utime + kernels.ru_stime}\n")


def write_kernelspec(folder: Path) -> None:
    """Ours lies before the installed one of the same name."""
    from ipykernel.kernelspec import write_kernel_spec

    path = Path(write_kernel_spec(folder / "kernels/python3")) / "kernel.json"
    spec = json.loads(path.read_text())
    path.write_text(json.dumps(spec | {"metadata": PLAIN}))
    os.environ["JUPYTER_PATH"] = str(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
