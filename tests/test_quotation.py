"""The article is quoted nowhere: no eight words of it in a row stand in any text file of the repository."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from sourcebook.ledger.wording import normalise

ROOT = Path(__file__).resolve().parents[1]
RUN = 8

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def test_no_eight_words_of_the_article_stand_in_the_repository(article: Path) -> None:
    runs = _runs(article.read_text(encoding="utf-8"))
    assert len(runs) > 1000, "the article was not read as words"
    hits = [(path, " ".join(run)) for path, text in _texts() for run in sorted(runs & _runs(text))]
    names = _names() if hits else set()
    found = [
        f"{path.relative_to(ROOT)}: {run}" for path, run in hits if not any(run in name for name in names)
    ]
    assert not found, "the article's words stand in:\n" + "\n".join(found)


def test_a_quotation_is_seen_through_marks_and_line_ends() -> None:
    runs = _runs("Some say that bees dance for joy, others for food.")
    assert runs & _runs('# Some say that\n# **bees** dance for "joy", OTHERS!')
    assert not runs & _runs("Some say that bees dance … joy, others for food")


def _names() -> set[str]:
    """Titles, which may be repeated: the article's, its sections' and those of publications."""
    article = tomllib.loads((ROOT / "data/article.toml").read_text(encoding="utf-8"))
    titles = [article["title"], *(section["heading"] for section in article["sections"])]
    sources = ROOT / "data/sources.yaml"
    if sources.is_file():
        titles += [
            entry["title"] for entry in yaml.safe_load(sources.read_text(encoding="utf-8"))["references"]
        ]
    return {" ".join(_words(title)) for title in titles}


def _texts() -> Iterator[tuple[Path, str]]:
    """Text files that git tracks or would track."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("The files of the repository cannot be listed: this is not a git checkout.")
    for name in filter(None, done.stdout.decode().split("\0")):
        path = ROOT / name
        if path.is_file() and b"\0" not in (data := path.read_bytes()):
            yield path, data.decode("utf-8", errors="replace")


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _words(text)
    return {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}


def _words(text: str) -> list[str]:
    # The ellipsis of a selector breaks a run; the line end inside a notebook's JSON does not.
    plain = re.sub(r"…|\.\.\.", " ellipsis ", text).replace(r'\n",', " ").replace(r"\n", " ")
    return _WORD.findall(normalise(plain).lower())
