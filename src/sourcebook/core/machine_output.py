"""Results of commands for programs: JSON of a stable shape, and the annotations that forges show at the line.

``check --json``: ``{"format": 1, "command": "check", "summary": text, "issues": [issue]}``.
An issue is ``{"file", "line", "place", "what", "found", "expected", "fix", "level", "text"}``: ``file`` is a path in the
project, null when it is about no file; ``line`` is a line of that file, null when it is not known, as for notebooks, whose
cell and line ``place`` names; ``level`` is ``error``; ``text`` is the whole as a person reads it.

``why --json``: ``{"format": 1, "command": "why", "chapters": [{"chapter", "up_to_date", "reasons": [text]}]}``.

``compare --json`` is described in ``compare.json_output``. A field keeps its meaning as long as ``format`` stays.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

from sourcebook.errors import Issue

FORMAT = 1
FORMATS = ("text", "json", "github", "gitlab")
_LINE = re.compile(r"\bline (\d+)")


def write_json(command: str, **content: Any) -> str:
    """The result of a command as JSON, indented for people too."""
    return json.dumps({"format": FORMAT, "command": command, **content}, ensure_ascii=False, indent=1)


def write_issues(issues: Sequence[Issue], form: str, command: str, summary: str = "") -> str:
    """Issues as ``json``, as GitHub's workflow commands (``github``) or as GitLab's code quality report (``gitlab``)."""
    if form == "github":
        return "\n".join(map(_annotate, issues))
    if form == "gitlab":
        return json.dumps([_rate(issue) for issue in issues], ensure_ascii=False, indent=1)
    return write_json(command, summary=summary, issues=[describe_issue(issue) for issue in issues])


def describe_issue(issue: Issue) -> dict[str, str | int | None]:
    """An issue as plain data."""
    file, line, place = split_place(issue.where)
    return {
        "file": file,
        "line": line,
        "place": place,
        "what": issue.what,
        "found": issue.found,
        "expected": issue.expected,
        "fix": issue.fix,
        "level": "error",
        "text": str(issue),
    }


def split_place(where: str) -> tuple[str | None, int | None, str]:
    """File, line and the rest of a place such as ``data/claims.csv, line 12, claim eco-01``.

    A line inside a cell of a notebook is no line of its file.
    """
    file, _, place = where.partition(", ")
    if "/" not in file and "." not in file:
        return None, None, where
    found = None if re.search(r"\bcell \S+", place) else _LINE.search(place)
    return file, int(found[1]) if found else None, place


def _annotate(issue: Issue) -> str:
    """See GitHub's documentation of workflow commands: ``::error file=…,line=…::message``."""
    file, line, place = split_place(issue.where)
    properties = [("file", file), ("line", str(line) if line else None)]
    said = ",".join(f"{key}={_escape(value, ':,')}" for key, value in properties if value)
    text = str(issue) if not file or place else str(issue).removeprefix(f"{file}: ")
    return f"::error{' ' + said if said else ''}::{_escape(text)}"


def _escape(text: str, more: str = "") -> str:
    return "".join(f"%{ord(sign):02X}" if sign in "%\r\n" + more else sign for sign in text)


def _rate(issue: Issue) -> dict[str, Any]:
    """See GitLab's documentation of code quality reports; the fingerprint tells issues apart between two runs."""
    file, line, _ = split_place(issue.where)
    return {
        "description": str(issue),
        "check_name": "sourcebook",
        "fingerprint": hashlib.sha256(str(issue).encode()).hexdigest(),
        "severity": "major",
        "location": {"path": file or "_quarto.yml", "lines": {"begin": line or 1}},
    }
