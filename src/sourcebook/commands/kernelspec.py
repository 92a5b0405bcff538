"""The kernelspec that gives warm kernels to nbconvert, papermill and JupyterLab as well."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from sourcebook.core.files import scratch_folder
from sourcebook.errors import Issue, ToolError
from sourcebook.execute.provisioner import NAME as PROVISIONER
from sourcebook.execute.warm import HEAVY


def install_kernelspec(name: str, *, user: bool = False, modules: Sequence[str] = HEAVY) -> Path:
    """Installs a kernelspec called ``name`` for this Python, into its own environment or for the ``user``; its folder.

    Its kernels have ``modules`` imported ahead. Raises ``ToolError`` when the folder cannot be written or the name
    will not do.
    """
    from ipykernel.kernelspec import write_kernel_spec
    from jupyter_client.kernelspec import KernelSpecManager

    try:
        with scratch_folder() as folder:
            source = Path(write_kernel_spec(Path(folder) / "spec"))
            path = source / "kernel.json"
            spec = json.loads(path.read_text(encoding="utf-8"))
            config = {"provisioner_name": PROVISIONER, "config": {"modules": list(modules)}}
            spec["display_name"] = f"Python {sys.version_info[0]} (warm)"
            spec["metadata"] = {**spec.get("metadata", {}), "kernel_provisioner": config}
            path.write_text(json.dumps(spec, indent=1), encoding="utf-8")
            manager = KernelSpecManager()
            return Path(
                manager.install_kernel_spec(str(source), name, user=user, prefix=None if user else sys.prefix)
            )
    except (OSError, ValueError) as error:
        fix = "name it in letters, digits, '-', '_' and '.', or install it with --user"
        raise ToolError("The kernel cannot be installed.", [Issue(name, str(error), fix=fix)]) from error
