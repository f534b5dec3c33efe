"""The draw, the checks and the closing of a month, each compared with its event in the trail."""

from collections.abc import Iterator, Mapping
from functools import partial

from audits.appeals.models import Appeal
from audits.monthly.models import MonthlyAudit, MonthlyCase
from audits.monthly.queries.hashes import check_hash, closing_hash, month_draw_hash
from audits.sampling.domain.frozen_list import stored_list_hash
from scoring.sheets.queries.compared import (
    Compared,
    compared_presence,
    compared_row,
    is_as_named,
    newest_events,
    steps_taken,
)
from trail.models import Event

DRAW, CHECK = "audits.draw_month", "audits.check_case"
CLOSE, NO_REPORTS = "audits.close_month", "audits.close_month_without_reports"
_CANCEL = "audits.cancel_month"
_STATUS_AFTER = {
    "audits.open_month": MonthlyAudit.Status.PLANNED,
    DRAW: MonthlyAudit.Status.DRAWN,
    CLOSE: MonthlyAudit.Status.CLOSED,
    NO_REPORTS: MonthlyAudit.Status.NO_REPORTS,
    "audits.reopen_month": MonthlyAudit.Status.DRAWN,
    _CANCEL: MonthlyAudit.Status.CANCELLED,
}
_Events = Mapping[str, Event]


def compare_month(audit: MonthlyAudit) -> Compared:
    """Draw, checks and closing of one month in any state; a fixed number of queries."""
    events = newest_events("audits.monthlyaudit", [audit.pk], tuple(_STATUS_AFTER)).get(audit.pk, {})
    steps = steps_taken(audit, f"{audit.label}月度质控", events.values(), _STATUS_AFTER, _CANCEL)
    return sum(_checks(audit), steps + _draw(audit, events)) + _closing(audit, events)


def _draw(audit: MonthlyAudit, events: _Events) -> Compared:
    what, event = f"{audit.label}月度质控的抽样", events.get(DRAW)
    found = compared_presence(what, event, is_stored=bool(audit.pool_hash or audit.drawn_at))
    if found is not None or event is None:
        return found or Compared()
    named = (
        is_as_named(event, "seed", audit.seed),
        is_as_named(event, "list_sha256", audit.pool_hash),
        audit.pool_hash == stored_list_hash(audit.pool_list),
        is_as_named(event, "digest", audit.draw.get("digest")),
        is_as_named(event, "drawn", audit.draw.get("drawn")),
    )
    return compared_row(what, event, lambda: month_draw_hash(audit), named)


def _checks(audit: MonthlyAudit) -> Iterator[Compared]:
    cases = list(MonthlyCase.objects.filter(audit=audit).prefetch_related("faults").order_by("position"))
    events = newest_events("audits.monthlycase", [case.pk for case in cases], (CHECK,))
    for case in cases:
        what, event = f"{audit.label}月度质控第{case.position}份的检查", events.get(case.pk, {}).get(CHECK)
        found = compared_presence(what, event, is_stored=bool(case.verdict or case.judged_at))
        if found is not None or event is None:
            yield found or Compared()
            continue
        faults = sorted(case.faults.all(), key=lambda fault: fault.pk)
        named = (
            event.actor_id == case.judged_by_id,
            is_as_named(event, "verdict", case.verdict),
            is_as_named(event, "clauses", [fault.clause for fault in faults]),
        )
        yield compared_row(what, event, partial(check_hash, case, faults), named)


def _closing(audit: MonthlyAudit, events: _Events) -> Compared:
    """The newest closing while the month is closed; one opened again has none (`steps_taken`)."""
    event = max(
        (events[action] for action in (CLOSE, NO_REPORTS) if action in events),
        key=lambda found: found.seq,
        default=None,
    )
    if not audit.is_finished:
        return Compared()
    what = f"{audit.label}月度质控的小结"
    found = compared_presence(what, event, is_stored=True)
    if found is not None or event is None:
        return found or Compared()
    named = (event.actor_id == audit.closed_by_id, is_as_named(event, "summary", audit.summary))
    return compared_row(what, event, lambda: closing_hash(audit), named)


def appeals_of_month(audit: MonthlyAudit) -> list[Appeal]:
    """Appeals against checks of the month."""
    rows = Appeal.objects.filter(monthly_case__audit=audit).select_related("monthly_case__audit")
    return list(rows.order_by("pk"))
