"""Whether every claim still stands in the article where, and as, it was read.

An anchor holds when its passage is found exactly once in its section and has the digest it had
when it was read. Anything else is an issue that proposes candidates; nothing here moves an anchor.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from sourcebook.errors import AnchorError, Issue
from sourcebook.ledger.anchors import (
    Span,
    find_candidates,
    find_passages,
    name_span,
)
from sourcebook.ledger.article import Section, read_sections, split_sections
from sourcebook.ledger.wording import digest, normalise

_SHOWN = 12  # digits of a SHA-256 that a person compares


def verify_claims(
    article_path: Path, article_meta: Mapping[str, object], claims: Iterable[Mapping[str, str]]
) -> list[Issue]:
    """Check every claim's anchor against the article; no issue means that all were found as recorded.

    ``article_meta`` is ``article.toml`` as read; a claim needs id, section, passage and digest. Another
    file than the recorded one is an issue of its own, and the anchors are checked all the same.
    Raises AnchorError when the article cannot be read.
    """
    text = read_article(article_path)
    sections = read_sections(article_meta)
    texts = {name: normalise(part) for name, part in split_sections(text, sections).items()}
    issues = _check_edition(article_path, article_meta)
    issues += [_missing_section(section) for section in sections if section.id not in texts]
    for claim in claims:
        issues += _check_claim(claim, texts, [section.id for section in sections])
    return issues


def read_article(path: Path) -> str:
    """The article's text; raises AnchorError when it cannot be read, is empty, code, or not UTF-8 text."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise AnchorError(f"The article {path} cannot be read ({error.strerror}). Check the path.") from error
    except UnicodeDecodeError as error:
        byte = f"byte {error.start + 1} is 0x{error.object[error.start]:02x}"
        raise AnchorError(f"The article {path} is not UTF-8: {byte}. Save it as UTF-8 plain text.") from error
    if not text.strip():
        raise AnchorError(f"The article {path} is empty. Save its text there and try again.")
    if re.match(r"\s*<(?:!doctype|html|\?xml)", text, re.IGNORECASE):
        raise AnchorError(f"The article {path} is a web page's code. Save its text as UTF-8 plain text.")
    return text


def _check_edition(path: Path, meta: Mapping[str, object]) -> list[Issue]:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    recorded = str(meta.get("sha256", ""))
    if found == recorded:
        return []
    return [
        Issue(
            str(path),
            "this is not the file the claims were read from",
            found=f"SHA-256 {found[:_SHOWN]}…",
            expected=f"{recorded[:_SHOWN]}… as in data/article.toml",
            fix="give the recorded file; if the article was changed on purpose, re-read it and record the new one",
        )
    ]


def _missing_section(section: Section) -> Issue:
    return Issue(
        f"data/article.toml, section {section.id}",
        "its start was not found in the article, so none of its claims could be checked",
        expected=f"the words “{section.heading if section.after is None else section.after}”",
        fix="correct the section's heading (or its key after), and the order of the sections",
    )


def _check_claim(claim: Mapping[str, str], texts: Mapping[str, str], known: list[str]) -> list[Issue]:
    where, section = f"data/claims.csv, claim {claim['id']}", claim["section"]
    if section not in known:
        return [Issue(where, "its section is not in data/article.toml", section, ", ".join(known))]
    if section not in texts:
        return []
    spans = find_passages(texts[section], claim["passage"])
    if len(spans) != 1:
        return [_misplaced(where, claim, texts, spans)]
    found = digest(spans[0].text)
    if found == claim["digest"]:
        return []
    fix = f"read the passage again; if the claim still holds, record digest {found}"
    return [Issue(where, f"the wording of “{claim['passage']}” has changed", found, claim["digest"], fix)]


def _misplaced(where: str, claim: Mapping[str, str], texts: Mapping[str, str], spans: list[Span]) -> Issue:
    section, passage = claim["section"], claim["passage"]
    longer = [anchor for span in spans[:3] if (anchor := name_span(section, texts[section], span))]
    near = longer if spans else find_candidates(texts, passage)
    found = f"{len(spans)} places" if spans else "no place"
    candidates = "; ".join(map(str, near)) or "none alike"
    what = f"“{passage}” does not stand exactly once in section {section}"
    return Issue(where, what, found, "one place", f"read the article again; candidates: {candidates}")
