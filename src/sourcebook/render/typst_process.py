"""Typst in a process of its own, so that it can be stopped and cannot take all memory: ``python typst_process.py``.

It reads JSON from its standard input: ``main``, ``root``, ``fonts``, ``memory`` in bytes, the name of the first file to
write in ``root``, and ``options`` of ``typst.compile``. It writes JSON: ``files``, or ``error`` with ``hints`` and
``diagnostic``. It imports nothing of ours, to start fast.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """One document."""
    asked = json.load(sys.stdin)
    _limit_memory(asked["memory"])
    import typst

    root = Path(asked["root"])
    try:
        made: Any = typst.compile(
            str(root / asked["main"]),
            root=str(root),
            font_paths=asked["fonts"],
            **asked["options"],
        )
    except typst.TypstError as error:
        said = {"error": str(error), "hints": list(getattr(error, "hints", None) or [])}
        json.dump(said | {"diagnostic": getattr(error, "diagnostic", "") or ""}, sys.stdout)
        return
    except BaseException as error:  # noqa: BLE001  # a panic of its Rust code is no Exception
        json.dump({"error": f"it broke off: {error}"[:300], "hints": [], "diagnostic": ""}, sys.stdout)
        return
    parts = made if isinstance(made, list) else [made]  # one page comes alone
    names = [f"{number}.{asked['options'].get('format', 'pdf')}" for number in range(len(parts))]
    for name, part in zip(names, parts, strict=True):
        (root / name).write_bytes(part)
    json.dump({"files": names}, sys.stdout)


def _limit_memory(size: int) -> None:
    if sys.platform == "linux":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (size, most))


if __name__ == "__main__":
    main()
