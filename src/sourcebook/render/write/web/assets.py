"""Styles and the script of the page, and the hash by which its security policy lets the script run."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

THEME = Path(__file__).parent.parent.parent / "theme" / "page"
_STYLES = ("base", "dialect", "reading", "claims", "exhibits", "charts", "explorer", "print")
_SCRIPTS = ("contents", "cards", "previews", "exhibits", "charts", "explorer")


def read_styles() -> str:
    """All style sheets in the order in which they override each other."""
    return "\n".join(_read(f"{name}.css") for name in _STYLES)


def read_script() -> str:
    """All scripts as one; each keeps its names to itself."""
    return "\n".join(f"{{\n{_read(f'{name}.js')}}}" for name in _SCRIPTS)


def hash_script(script: str) -> str:
    """The source expression that allows exactly this inline script (CSP level 2)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _read(name: str) -> str:
    """A file of the theme without its comments, which are for those who change it."""
    text = (THEME / name).read_text(encoding="utf-8")
    return re.sub(r"^\s*(?://.*\n|/\*.*?\*/\n)", "", text, flags=re.MULTILINE)
