"""Commands on the ledger and the article: check, verify, trace, anchor, new."""

from __future__ import annotations

import argparse
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sourcebook.commands.printing import FOUND, print_issues, shorten_path
from sourcebook.core.console import say
from sourcebook.core.root import find_root
from sourcebook.errors import LedgerError, ProjectError

if TYPE_CHECKING:
    from sourcebook.ledger.anchors import Anchor


def check(args: argparse.Namespace) -> int:
    """Check the ledger and the notebooks against their rules."""
    from sourcebook.edition.edition_check import check_edition
    from sourcebook.ledger.codebook import write_codebook
    from sourcebook.ledger.load import read_ledger
    from sourcebook.ledger.project_check import check_project
    from sourcebook.ledger.verdicts import seal_verdicts

    root = find_root(args.project)
    said = args.format != "text"
    if args.codebook:
        say(f"Written: {shorten_path(write_codebook(root))}", error=said)
    if args.seal is not None:
        sealed = seal_verdicts(read_ledger(root), args.seal)
        say(f"Sealed: {', '.join(sealed) or 'nothing; a stale verdict is sealed by name'}", error=said)
    result = check_project(root)
    issues = [*result.issues, *check_edition(root)]
    if args.format == "text":
        return print_issues(issues, result.summary)
    from sourcebook.core.machine_output import write_issues

    say(write_issues(issues, args.format, "check", result.summary))
    return FOUND if issues else 0


def verify(args: argparse.Namespace) -> int:
    """Find every anchor of the ledger in the article."""
    from sourcebook.ledger.load import read_ledger
    from sourcebook.ledger.verify import verify_claims

    ledger = read_ledger(find_root(args.project))
    claims = [row.cells for row in ledger.rows("claims")]
    issues = verify_claims(args.article, ledger.article.meta, claims)
    sound = f"All {len(claims)} anchors were found once, with the digests recorded."
    return print_issues(issues, "" if issues else sound)


def trace(args: argparse.Namespace) -> int:
    """Write the article beside the ledger, for whoever has the article."""
    from sourcebook.render.article_trace import render_trace

    written = render_trace(find_root(args.project), args.article)
    say(f"{shorten_path(written)}: not for publication, it holds the article's text")
    return 0


def anchor(args: argparse.Namespace) -> int:
    """Print selector, digest and section for words of the article."""
    from sourcebook.ledger.anchors import propose_anchors
    from sourcebook.ledger.article import find_sections
    from sourcebook.ledger.verify import read_article

    text = read_article(args.article)
    for found in propose_anchors(text, args.words, find_sections(text, args.project)):
        unique = "yes" if found.unique else "no, the passage above was made longer until it was"
        say(
            f"section: {found.section}\npassage: {found.passage}\ndigest:  {found.digest}\nunique:  {unique}\n"
        )
        for table, row in _draft(args.project, found).items():
            say(f"A row for data/{table}.csv, in the order of ids:\n{row}")
    return 0


def _draft(project: Path | None, found: Anchor) -> dict[str, str]:
    """Rows to begin a claim with, where there is a project whose ledger can be read."""
    from sourcebook.ledger.scaffold import draft_rows

    try:
        return draft_rows(find_root(project), found)
    except (ProjectError, LedgerError):
        return {}


def new(args: argparse.Namespace) -> int:
    """Start a project for another article."""
    from sourcebook.ledger.scaffold import create_project

    made = create_project(args.folder, args.article)
    parts = f"{made.sections} section{'' if made.sections == 1 else 's'}"
    say(f"Started {shorten_path(made.root)}: {made.claims} sentences to read in {parts}.")
    command = Path(sys.argv[0]).absolute()
    tool = "" if shutil.which(command.name) == str(command) else f" SOURCEBOOK={shlex.quote(str(command))}"
    say(f"Build it: make -C {shlex.quote(shorten_path(made.root))}{tool}")
    say(f"What to do next: {shorten_path(made.root / 'README.md')}")
    return 0
