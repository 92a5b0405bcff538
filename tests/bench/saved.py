"""The preview as its user meets it: seconds from a saved edit until the words stand in the page of a real browser."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from measure import weigh_process

SECONDS = 120
FIRST = 1000  # edits of other cases have smaller numbers
# Tells when words like those of the edit have come, with the page or into it.
TELL = """new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const node of addedNodes) {
    for (const [words] of node.textContent.matchAll(/Edited, edition \\d+/g)) told(words, Date.now() / 1000);
  }
}).observe(document, { childList: true, subtree: true });"""


def time_preview(
    command: Sequence[str],
    variables: Mapping[str, str],
    browser: str,
    edit: Callable[[int], None],
    number: int,
) -> tuple[float, float]:
    """Seconds from a saved edit to the words in the browser, and the MiB that the preview then holds.

    ``edit`` saves the words "Edited, edition N". The first one is not timed: it imports what only an edit needs.
    """
    with _serve(command, variables) as (address, process), _open(browser, address) as (page, seen):
        for edition in (FIRST + 2 * number, FIRST + 2 * number + 1):
            _wait_until_idle(process)
            edit(edition)
            begun, words = time.time(), f"Edited, edition {edition}"
            while words not in seen:
                if time.time() > begun + SECONDS:
                    raise TimeoutError(words)
                page.wait_for_timeout(10)
        return seen[words] - begun, weigh_process(process.pid)


@contextmanager
def _serve(
    command: Sequence[str], variables: Mapping[str, str]
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            address = next(word for word in process.stdout.readline().split() if word.startswith("http"))
            process.stdout.readline()  # built
            yield address, process
        finally:
            process.send_signal(signal.SIGINT)


def _wait_until_idle(process: subprocess.Popen[str]) -> None:
    """Returns when the formats that follow a page are written: an edit before that would wait for them."""
    assert process.stdout
    while " and " not in process.stdout.readline():
        pass


@contextmanager
def _open(browser: str, address: str) -> Iterator[tuple[Any, dict[str, float]]]:
    from playwright.sync_api import sync_playwright

    seen: dict[str, float] = {}

    def note(words: str, moment: float) -> None:
        seen.setdefault(words, moment)

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = running.new_page()
        page.expose_function("told", note)
        page.add_init_script(TELL)
        page.goto(address)
        yield page, seen
        running.close()
