"""Publishing: build the report, compare it with the edition before, and replace what changed in ``report/output``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Unpack

from sourcebook.compare.prose_changes import compare_prose
from sourcebook.compare.published import parse_report, read_edition
from sourcebook.compare.trees import OUTPUT, read_folder
from sourcebook.core.files import scratch_folder, write_whole
from sourcebook.edition import corrections
from sourcebook.edition.edition_check import list_verdicts
from sourcebook.edition.manifest import describe_project, read_manifest
from sourcebook.edition.same_content import is_same_content
from sourcebook.errors import EditionError, Issue
from sourcebook.ledger.load import read_ledger
from sourcebook.ledger.verdicts import check_stale
from sourcebook.render.execution import Running
from sourcebook.render.formats.text_widths import hold_widths
from sourcebook.render.report import render_project
from sourcebook.render.source.carried import MANIFEST, hash_bytes

FORMATS = ("pdf", "md", "json")
_REPORT = "report.json"


@dataclass(frozen=True)
class Published:
    """What publishing did: paths written and removed, relative to the project; with issues it did nothing.

    ``kept`` says that the edition was left as it is though the tool has changed, since it would say the same.
    """

    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()
    kept: bool = False


def publish_edition(
    root: Path, *, progress: Callable[[str], None] | None = None, **running: Unpack[Running]
) -> Published:
    """Build the report and publish it; files whose content is the same are not touched.

    A verdict or finding that changed since the published edition without an entry in the corrections is an issue,
    and then nothing is written: the old edition is what the next attempt is held against. So is a verdict that no
    longer judges what stands there. An edition that only another tool made, and that says the same, stays as it is.
    ``running`` says how notebooks are run (``execute.plan.Running``).
    Raises a SourcebookError of the phase that failed.
    """
    record = describe_project(root)
    ledger = read_ledger(root)
    verdicts = list_verdicts(ledger)
    published, _ = read_manifest(root)  # a damaged one is replaced
    outputs = _build(root, progress, running)
    if describe_project(root).inputs != record.inputs:
        raise EditionError("Nothing was published: files changed while the report was built. Publish again.")
    entries = corrections.read_corrections(root)
    issues = [*check_stale(ledger), *corrections.check_corrections(entries)]
    if published:
        issues += corrections.check_verdicts(published, verdicts, entries)
        before = read_edition(read_folder(root))
        changes = compare_prose(before, parse_report(outputs[_REPORT])) if before else []
        issues += corrections.check_findings(published, changes, entries)
    if issues:
        return Published(issues=tuple(issues))
    if published and published.inputs != record.inputs and published.material == record.material:
        present = {
            path: body for path in published.outputs if (body := _read(root / OUTPUT / path)) is not None
        }
        if is_same_content(present, outputs):
            return Published(kept=True)
    record = replace(
        record,
        outputs={path: hash_bytes(body) for path, body in outputs.items()},
        verdicts=verdicts,
        corrections=tuple(sorted({entry.digest for entry in entries})),
    )
    outputs[MANIFEST] = record.to_bytes()  # last, so that half an edition has no manifest that fits it
    removed = [path for path in (published.outputs if published else ()) if path not in outputs]
    return _replace(root / OUTPUT, outputs, removed)


def _build(root: Path, progress: Callable[[str], None] | None, running: Running) -> dict[str, bytes]:
    """The files of the report by their path in the edition."""
    with scratch_folder() as name:
        folder = Path(name)
        render_project(root, FORMATS, progress=progress, out=folder, **running)
        outputs = dict(_read_files(folder))
    for path in list(outputs):
        if "/" not in path:  # whatever the project calls its report, an edition has one name for it
            outputs[f"report{Path(path).suffix}"] = outputs.pop(path)
    return dict(sorted(outputs.items()))


def _read_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            name = path.relative_to(folder).as_posix()
            yield name, hold_widths(name, path.read_bytes())


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _replace(folder: Path, outputs: Mapping[str, bytes], gone: list[str]) -> Published:
    """Write what differs, each file whole, and remove what the edition no longer has."""
    written, removed = [], []
    try:
        for path, body in outputs.items():
            target = folder / path
            if target.is_file() and target.read_bytes() == body:
                continue
            write_whole(target, body)
            written.append(f"{OUTPUT}/{path}")
        for path in gone:
            (folder / path).unlink(missing_ok=True)
            removed.append(f"{OUTPUT}/{path}")
    except OSError as error:
        issue = Issue(str(folder), error.strerror or str(error), fix="make the folder writable")
        raise EditionError("The edition cannot be written.", [issue]) from error
    return Published(tuple(written), tuple(removed))
