"""The packets of an order: for each audit the newest version the person may download."""

from datetime import date

from django.db.models import QuerySet

from scoring.batches.domain.packet_period import PacketPeriod
from scoring.sheets.models import Sheet
from scoring.sheets.querysets import FROZEN
from staff.accounts.models import User
from staff.departments.models import Department


def packets_within(user: User | None) -> QuerySet[Sheet]:
    """Signed versions the user may download; all of them for the command line (None)."""
    rows = Sheet.objects.filter(status__in=FROZEN) if user is None else Sheet.objects.downloadable_by(user)
    found: QuerySet[Sheet] = rows.for_list()
    return found


def newest_versions(rows: QuerySet[Sheet]) -> list[Sheet]:
    """Of each audit the newest of these versions, by department, window and audit.

    An inspector's grant may be for a version corrected since: then that version is returned.
    """
    order = ("audit__department__code", "audit__window_end", "audit_id", "number")
    return list({sheet.audit_id: sheet for sheet in rows.order_by(*order)}.values())


def packets_of(user: User | None, period: PacketPeriod, department: Department | None = None) -> list[Sheet]:
    """The packets of a period, of one department or of all within the user's reach."""
    rows = packets_within(user).filter(audit__window_end__range=(period.first, period.last))
    return newest_versions(rows.filter(audit__department=department) if department else rows)


def lacking(
    user: User | None, period: PacketPeriod, found: list[Sheet], department: Department | None, today: date
) -> list[str]:
    """Quarters that ended before `today` without a packet, of departments whose sheets the user sees."""
    rows = Department.objects.all()
    if user is not None:
        rows = rows.visible_to(user, "scoring.view_sheet").visible_to(user, "scoring.download_packet")
    if department is not None:
        rows = rows.filter(pk=department.pk)
    over = [quarter for quarter in period.quarters if quarter.last < today]
    have = {
        (s.audit.department_id, q) for s in found for q in over if q.first <= s.audit.window_end <= q.last
    }
    codes = rows.values_list("pk", "code")
    return [f"{code} {q.label}" for pk, code in codes for q in over if (pk, q) not in have]
