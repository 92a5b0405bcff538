"""The report's page as the preview serves it: with a script that reloads it, allowed by a hash of its own.

The file that was written stays without; only what is served has the script, and may ask this server for news.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from sourcebook.render.formats.html import hash_script

_POLICY = (
    "default-src 'none'; script-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
EMPTY = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>Preview</title>
<style>:root {{ color-scheme: light dark }} body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem }}</style>
</head>
<body>
<p>The report appears here as soon as it has been built.</p>
</body>
</html>
""".encode()
"""What is served while there is no report yet."""
# Chapters and sections begin lines of their own.
_SEAM = re.compile(rb"\n(?=<section |<footer>)")


def digest_pages(pages: dict[str, bytes]) -> str:
    """By this a page in a browser knows that there is a newer one."""
    return hashlib.sha256(b"\0".join(dict.fromkeys(pages.values()))).hexdigest()[:16]


def compare_pages(old: bytes, new: bytes) -> list[tuple[str, str]] | None:
    """The sections that are not as they were, each as it was and as it is; None when others came or what is before them
    has changed.
    """
    before, after = _SEAM.split(old), _SEAM.split(new)
    if len(before) != len(after) or before[0] != after[0]:
        return None
    return [(one.decode(), other.decode()) for one, other in zip(before, after, strict=True) if one != other]


def dress_page(page: bytes, digest: str) -> bytes:
    """``page`` with the preview's script; its security policy allows that and connections to this server."""
    script = _read_script()
    allowed = f"connect-src 'self'; script-src '{hash_script(script)}' "
    page = re.sub(rb"script-src (?:'none')?", allowed.encode(), page, count=1)
    before, _, after = page.rpartition(b"</body>")
    ours = f'<script data-page="{digest}">{script}</script>\n</body>'
    return before + ours.encode() + after


@cache
def _read_script() -> str:
    return (Path(__file__).parent / "preview.js").read_text(encoding="utf-8")
