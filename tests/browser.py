"""The Chromium of the tests and the benchmark: ``python tests/browser.py`` prints its path, or nothing.

With ``--install`` Playwright's own is fetched where there is none and it can be had.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]


def find_browser() -> str:
    """The one that SOURCEBOOK_CHROMIUM names, one on the path, Playwright's own, or none: ""."""
    if named := os.environ.get("SOURCEBOOK_CHROMIUM"):
        return named
    installed = (path for path in map(shutil.which, NAMES) if path)
    return next(filter(_starts, installed), "") or next(filter(_starts, [_find_own()]), "")


def _starts(path: str) -> bool:
    """Some are there but only say where to get one, or lack a library."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _find_own() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def main() -> None:
    found = find_browser()
    if not found and "--install" in sys.argv:
        sys.stderr.write("No Chromium is installed: asking for Playwright's (once; about 170 MB) ...\n")
        command = [sys.executable, "-m", "playwright", "install", "chromium"]
        subprocess.run(command, capture_output=True, check=False)
        found = find_browser()
    sys.stdout.write(f"{found}\n")


if __name__ == "__main__":
    main()
