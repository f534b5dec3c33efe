"""Import critical-alert records (危急值记录): complete or correct a known one, otherwise add a new one."""

from collections.abc import Callable, Sequence

from reports.domain.exam_records import which_alert
from reports.imports.actions.exam_records import Content, Entry, Shelf, receive_exam_records
from reports.imports.actions.receive import RowRefusal, Tally
from reports.imports.models import CriticalAlert, ImportBatch, ImportSource
from reports.intake.values import IncomingAlert
from staff.accounts.models import User
from staff.departments.models import Department


def receive_alerts(
    rows: Sequence[IncomingAlert],
    *,
    department: Department,
    by: User | None,
    source: ImportSource | None = None,
    batch: ImportBatch | None = None,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    unread: Sequence[RowRefusal] = (),
) -> Tally:
    """Import alerts, including incomplete ones: the checks decide whether a record meets 4.1.

    `unread`: rows refused by the reader, which are added to the tally.
    """
    return receive_exam_records(
        rows,
        action="alerts.import",
        model=CriticalAlert,
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
    entries = shelf.of_examination(incoming["accession_number"])
    place = which_alert(incoming, [e.content for e in entries], [e.claimed for e in entries])
    return None if place is None else entries[place]
