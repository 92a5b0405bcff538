"""What a person begins with: a project for another article, with a pending claim for each sentence, and rows for one more claim."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from sourcebook.core.dates import today
from sourcebook.core.files import write_folder
from sourcebook.core.text import escape
from sourcebook.errors import ProjectError
from sourcebook.ledger.anchors import Anchor, propose_claims
from sourcebook.ledger.article import Section, propose_sections
from sourcebook.ledger.codebook import write_codebook
from sourcebook.ledger.csv_tables import render_rows
from sourcebook.ledger.load import Ledger, read_ledger
from sourcebook.ledger.schema import read_schema
from sourcebook.ledger.verify import read_article

CODING = {
    "emphasis": "plain",
    "kind": "assessment",
    "theme": "unsorted",
    "direction": "neutral",
    "attribution": "none",
}
_NO_WORDS = "To be put into words of our own."
LONGEST_TITLE = 120  # characters; a longer first line is the first paragraph


@dataclass(frozen=True)
class NewProject:
    """Where the project is, and how much there is to read."""

    root: Path
    sections: int
    claims: int


def create_project(folder: Path, article: Path) -> NewProject:
    """Start a project for the text file ``article`` in ``folder``, which appears whole or not at all.

    Raises ProjectError when the folder is not empty or cannot be written, or the text has no sentence;
    AnchorError when the article cannot be read.
    """
    folder = folder.absolute()
    text = read_article(article)
    sections, title = propose_sections(text), _find_title(text, article)
    rows = propose_claims(text, sections, title) or propose_claims(text, sections)
    claims = _describe_claims(rows, sections)
    if not claims:
        raise ProjectError(f"{article} has no sentence that its words tell apart: is it the article's text?")
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ProjectError(f"{folder} is not empty: name a folder that is empty or not there yet.")
        with write_folder(folder) as draft:
            _write_project(draft, article, title, sections, claims)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProjectError(f"{folder} cannot be written: {reason}. Choose another place.") from error
    return NewProject(folder, len({claim["section"] for claim in claims}), len(claims))


def draft_rows(root: Path, anchor: Anchor) -> dict[str, str]:
    """The line for the table of claims and that for the verdicts, by name of the table.

    Raises LedgerError when the ledger is not sound.
    """
    ledger = read_ledger(root)
    name = _next_id(ledger, anchor.section)
    found = {"section": anchor.section, "passage": anchor.passage, "digest": anchor.digest}
    rows = {
        "claims": {"id": name, "claim": _NO_WORDS, **found, **CODING},
        "verdicts": {"claim": name, "verdict": "pending"},
    }
    return {
        table: render_rows(ledger.schema.tables[table].names, [row]).partition("\n")[2]
        for table, row in rows.items()
    }


def _describe_claims(rows: Sequence[Mapping[str, str]], sections: Sequence[Section]) -> list[dict[str, str]]:
    """Rows as the claims table has them; numbers get as many digits as the longest section needs."""
    headings = {section.id: section.heading for section in sections}
    width = max(2, len(str(max(Counter(row["section"] for row in rows).values(), default=0))))
    claims = []
    for row in rows:
        prefix, number = row["id"].split("-")
        words = f"Sentence {int(number)} of “{headings[row['section']]}”, to be put into words of our own."
        claims.append({**row, **CODING, "id": f"{prefix}-{int(number):0{width}d}", "claim": words})
    return sorted(claims, key=lambda claim: claim["id"])


def _write_project(
    root: Path, article: Path, title: str, sections: Sequence[Section], claims: Sequence[Mapping[str, str]]
) -> None:
    used = {claim["section"] for claim in claims}
    chapters, appendices = _write_notebooks(root, [section for section in sections if section.id in used])
    values = {
        "title": _quote(title),
        "heading": title,
        "today": today().isoformat(),
        "chapters": "\n".join(f"    - {path}" for path in chapters),
        "appendices": "\n".join(f"    - {path}" for path in appendices),
    }
    for name in ("_quarto.yml", "index.md", "Makefile", "README.md", "data/README.md", "data/sources.yaml"):
        _write(root / name, _fill(_template(name), values))
    _write(root / ".gitignore", _template("gitignore"))
    _write(root / "_brand.yml", _template("_brand.yml"))
    _write(
        root / "data/datapackage.json",
        _fill(_template("data/datapackage.json"), {"title": _quote(title)[1:-1]}),
    )
    _write(root / "data/article.toml", _describe_article(title, article, sections))
    rows: dict[str, Sequence[Mapping[str, str]]]
    rows = {"claims": claims, "verdicts": [{"claim": claim["id"], "verdict": "pending"} for claim in claims]}
    rows["numbers"] = list(csv.DictReader(io.StringIO(_template("data/numbers.csv"))))
    for table in read_schema(root).tables.values():
        _write(root / table.path, render_rows(table.names, rows.get(table.name, ())))
    write_codebook(root)
    read_ledger(root)  # what we hand over is sound


def _write_notebooks(root: Path, sections: Sequence[Section]) -> tuple[list[str], list[str]]:
    """A chapter for each section between findings and conclusion, then the appendices; returns their paths."""
    parts: list[tuple[str, str, dict[str, str]]] = [("findings", "findings", {})]
    parts += [
        ("chapter", section.id, {"id": section.id, "heading": escape(section.heading)})
        for section in sections
    ]
    parts += [(name, name, {}) for name in ("conclusion", "ledger", "sources")]
    paths = []
    for number, (template, name, values) in enumerate(parts, start=1):
        paths.append(f"notebooks/{number:0{len(str(len(parts) + 10))}d}-{name}.ipynb")
        inside = {key: _quote(value)[1:-1] for key, value in values.items()}
        _write(root / paths[-1], _fill(_template(f"notebooks/{template}.ipynb"), inside))
    return paths[:-2], paths[-2:]


def _describe_article(title: str, article: Path, sections: Sequence[Section]) -> str:
    lines = [
        f"title = {_quote(title)}",
        f'date = "{today().isoformat()}"',
        'date_reason = "Not inferred yet: the day on which this project was started."',
        f'sha256 = "{hashlib.sha256(article.read_bytes()).hexdigest()}"',
        'thesis = "To be named: what the article argues, in a sentence"',
    ]
    for section in sections:
        lines += ["", "[[sections]]"]
        fields = {
            "id": section.id,
            "heading": section.heading,
            "prefix": section.prefix,
            "after": section.after,
        }
        lines += [f"{name} = {_quote(value)}" for name, value in fields.items() if value is not None]
    return "\n".join(lines) + "\n"


def _find_title(text: str, article: Path) -> str:
    first = next(line for line in text.splitlines() if line.strip()).strip("#*_ \t")
    title = " ".join(first.split())
    is_title = title and len(title) <= LONGEST_TITLE and not title.endswith(".")
    return title if is_title else article.stem


def _fill(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def _quote(text: str) -> str:
    """A text in double quotes as JSON, TOML and YAML all read it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _template(name: str) -> str:
    return (resources.files("sourcebook.ledger") / "template" / name).read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def _next_id(ledger: Ledger, section: str) -> str:
    prefix = next(known.prefix for known in ledger.article.sections if known.id == section)
    taken = [row["id"].partition("-")[2] for row in ledger.rows("claims") if row["section"] == section]
    return f"{prefix}-{max(map(int, taken), default=0) + 1:0{max(map(len, taken), default=2)}d}"
