"""Import imaging requests (申请单), identified by their number or, without one, by the examination."""

from collections.abc import Callable, Sequence

from reports.domain.exam_records import contradicting, revised
from reports.domain.identity import patient_contradictions
from reports.imports.actions.exam_records import (
    Content,
    Entry,
    ExamRecordRefused,
    Shelf,
    receive_exam_records,
)
from reports.imports.actions.other_reports import refused_for
from reports.imports.actions.receive import RowRefusal, Tally
from reports.imports.models import ImagingRequest, ImportBatch, ImportSource
from reports.intake.labels import REQUEST_LABELS
from reports.intake.values import IncomingRequest
from staff.accounts.models import User
from staff.departments.models import Department


def receive_requests(
    rows: Sequence[IncomingRequest],
    *,
    department: Department,
    by: User | None,
    source: ImportSource | None = None,
    batch: ImportBatch | None = None,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    unread: Sequence[RowRefusal] = (),
) -> Tally:
    """Import requests: new, changed (the newest content is stored) and unchanged ones.

    `unread`: rows refused by the reader, which are added to the tally.
    """
    return receive_exam_records(
        rows,
        action="requests.import",
        model=ImagingRequest,
        find=_find,
        department=department,
        by=by,
        source=source,
        batch=batch,
        dry_run=dry_run,
        progress=progress,
        unread=unread,
    )


def _find(incoming: Content, shelf: Shelf) -> Entry | None:
    """The stored request to which a row belongs; None for a new one.

    ExamRecordRefused when several requests match, when the patient differs, or when rows of the file
    contradict each other.
    """
    number, accession = incoming["request_number"], incoming["accession_number"]
    of_examination = shelf.of_examination(accession)
    if number:
        # A request stored without its number gets it from this row.
        unnumbered = (entry for entry in of_examination if not entry.content["request_number"])
        found = shelf.numbered.get(number) or next(unnumbered, None)
    else:
        found = _only(incoming, of_examination)
    if found and (differing := patient_contradictions(found.content, incoming)):
        raise ExamRecordRefused(*refused_for(_named(incoming), differing))
    if found and found.claimed:
        _refuse_contradiction(incoming, found)
    return found


def _only(incoming: Content, of_examination: list[Entry]) -> Entry | None:
    if len(of_examination) < 2:
        return of_examination[0] if of_examination else None
    for entry in of_examination:
        if not contradicting(entry.content, incoming) and not revised(entry.content, incoming)[1]:
            return entry
    raise ExamRecordRefused(
        "申请单号",
        f"检查号“{incoming['accession_number']}”已有{len(of_examination)}张申请单，这一行没有申请单号，"
        "无法确定是哪一张。请补上申请单号后重新导入。",
    )


def _named(incoming: Content) -> str:
    number = incoming["request_number"]
    return f"申请单号“{number}”" if number else f"检查号“{incoming['accession_number']}”的申请单"


def _refuse_contradiction(incoming: Content, found: Entry) -> None:
    """Refuse a row that contradicts another row of the file for the same request: neither is surely newer."""
    columns = [REQUEST_LABELS[name] for name in contradicting(found.content, incoming)]
    if columns:
        raise ExamRecordRefused(
            columns[0],
            f"{_named(incoming)}在这份文件中不止一行，而“{'、'.join(columns)}”不同，无法确定以哪一行为准。"
            "请核对后只保留一行，或为另一行补上它自己的申请单号，再重新导入。",
        )
