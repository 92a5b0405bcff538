"""Kernel messages -> the outputs of a cell, as nbformat defines them.

Streams are joined per cell and name, as nbclient's ``coalesce_streams`` does: how a text was cut into messages is a
matter of timing, and the same notebook shall give the same outputs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Output = dict[str, Any]

# The kernel calls a cell's code by its process id; a warning that names it would differ with every run.
# The length is limited, and each search below asked for first, since a cell may print a line of a million characters.
_CELL_FILE = re.compile(r"[^\s\"'(]{0,300}ipykernel_\d+/\d+\.py")
_BACKSPACE = re.compile(r"[^\n]\x08")


class Outputs:
    """Gathers the outputs of a notebook's cells; displays of earlier cells stay open to updates."""

    def __init__(self) -> None:
        self._cell: list[Output] = []
        self._displays: dict[str, list[Output]] = {}
        self._clear_next = False

    def start_cell(self) -> None:
        """What comes from now on belongs to a new cell."""
        self._cell = []
        self._clear_next = False

    def take(self, kind: str, content: Mapping[str, Any]) -> None:
        """One message of a kernel; kinds that show nothing are passed over."""
        display = (content.get("transient") or {}).get("display_id")
        if display and kind in ("display_data", "execute_result", "update_display_data"):
            for shown in self._displays.get(display, []):
                shown.update(data=content["data"], metadata=content["metadata"])
        if kind == "clear_output":
            self._clear_next = bool(content.get("wait"))
            if not self._clear_next:
                self._cell.clear()
        elif output := _read_output(kind, content):
            self._append(output, display)

    def end_cell(self) -> list[Output]:
        """The outputs of the cell, streams joined; later updates still reach its displays."""
        joined: list[Output] = []
        streams: dict[str, Output] = {}
        for output in self._cell:
            name = output.get("name", "")
            if output["output_type"] == "stream" and name in streams:
                streams[name]["text"] += output["text"]
                continue
            joined.append(output)
            if output["output_type"] == "stream":
                streams[name] = output
        for stream in streams.values():
            stream["text"] = _settle(stream["text"])
        return _stdout_first(joined)

    def _append(self, output: Output, display: str | None) -> None:
        if self._clear_next:
            self._cell.clear()
            self._clear_next = False
        self._cell.append(output)
        if display:
            self._displays.setdefault(display, []).append(output)


def _read_output(kind: str, content: Mapping[str, Any]) -> Output | None:
    if kind == "stream":
        return {"output_type": kind, "name": content["name"], "text": content["text"]}
    if kind == "display_data":
        return {"output_type": kind, "data": content["data"], "metadata": content["metadata"]}
    if kind == "execute_result":
        keys = ("data", "metadata", "execution_count")
        return {"output_type": kind} | {key: content[key] for key in keys}
    if kind == "error":
        return {"output_type": kind} | {key: content[key] for key in ("ename", "evalue", "traceback")}
    return None


def _settle(text: str) -> str:
    """``text`` as a terminal would show it in the end: backspaces and carriage returns done, cell names fixed."""
    before = None
    while "\x08" in text and text != before:
        before, text = text, _BACKSPACE.sub("", text)
    if "\r" in text:
        text = "\n".join(map(_overwrite, text.split("\n")))
    return _CELL_FILE.sub("<cell>", text) if "ipykernel_" in text else text


def _overwrite(line: str) -> str:
    """What a carriage return leaves of a line; one at its end overwrites nothing."""
    return line[:-1].rpartition("\r")[2] + line[-1:]


def _stdout_first(outputs: list[Output]) -> list[Output]:
    """Which of two neighbouring streams came first is chance; nbclient puts stdout first too."""
    for index in range(len(outputs) - 1):
        if (outputs[index].get("name"), outputs[index + 1].get("name")) == ("stderr", "stdout"):
            outputs[index : index + 2] = [outputs[index + 1], outputs[index]]
    return outputs
