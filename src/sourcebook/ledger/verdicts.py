"""Verdicts: whether they keep the rules, whether they are stale, and sealing them."""

from __future__ import annotations

from collections.abc import Collection

from sourcebook.core.files import write_textfile
from sourcebook.core.text import nearest
from sourcebook.errors import Issue, LedgerError
from sourcebook.ledger.cases import Case, collect_cases, digest_case
from sourcebook.ledger.csv_tables import render_rows
from sourcebook.ledger.load import Ledger
from sourcebook.ledger.rules import RULES


def check_verdicts(ledger: Ledger) -> list[Issue]:
    """Every breach of the grading rules, in the order of the file."""
    cases = collect_cases(ledger)
    return [
        Issue(_where(ledger, case), *breach)
        for case in cases.values()  # sorted, as the rows of the file must be
        for rule in RULES
        for breach in rule(case, cases, ledger.article.date)
    ]


def check_stale(ledger: Ledger) -> list[Issue]:
    """Verdicts whose claim or evidence has changed since they were sealed, and verdicts that were never sealed."""
    issues = []
    for case in collect_cases(ledger).values():
        seen, now = case.verdict["seen"], digest_case(case)
        if case.verdict["verdict"] == "pending" or seen == now:
            continue
        if seen:
            fix = f"judge it again, then `sourcebook check --seal {case.id}`"
            issues.append(Issue(_where(ledger, case), "a stale verdict", f"seen {seen}", now, fix))
        else:
            issues.append(
                Issue(_where(ledger, case), "a verdict not sealed", fix="`sourcebook check --seal`")
            )
    return issues


def seal_verdicts(ledger: Ledger, names: Collection[str] = ()) -> list[str]:
    """Write into ``seen`` what each verdict judged; returns the claims sealed. The file is rewritten whole.

    Without names only judgements never sealed are; a stale one must be named, for sealing it says that
    somebody judged again. Raises LedgerError when a name is no claim.
    """
    cases = collect_cases(ledger)
    for name in names:
        if name not in cases:
            raise LedgerError(
                f"There is no claim {name} to seal; {nearest(name, cases) or 'see data/claims.csv'}"
            )
    sealed = {name: digest_case(case) for name, case in cases.items() if _wants_seal(case, names)}
    if sealed:
        table = ledger.sheet("verdicts").table
        rows = [
            row.cells | {"seen": sealed.get(row["claim"], row["seen"])} for row in ledger.rows("verdicts")
        ]
        write_textfile(ledger.root / table.path, render_rows(table.names, rows))
    return list(sealed)


def _wants_seal(case: Case, names: Collection[str]) -> bool:
    if case.verdict["verdict"] == "pending":
        return False
    return case.id in names or not case.verdict["seen"]


def _where(ledger: Ledger, case: Case) -> str:
    return f"{ledger.sheets['verdicts'].where(case.verdict)}, claim {case.id}"
