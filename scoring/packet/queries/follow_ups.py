"""随访登记 as a packet prints it: every record of the window with the day of each part."""

from collections import Counter
from datetime import date

from audits.follow_up.domain.follow_up import State
from audits.follow_up.models import FollowUp
from audits.follow_up.queries import facts_of, status_of
from audits.sampling.models import Audit
from scoring.content import parts
from scoring.packet.queries.cases import Mask


def follow_up_part(audit: Audit, *, on: date) -> parts.FollowUps:
    """The register's cases examined in the window, as row 1.3 counts them; three queries."""
    rows = FollowUp.objects.filter(department=audit.department_id).open()
    rows = rows.examined_between(audit.window_start, audit.window_end)
    records = tuple(_record(row, on) for row in rows.with_facts().order_by("examined_on", "pk"))
    counts = Counter(record.state for record in records)
    return parts.FollowUps(
        on=str(on),
        records=records,
        complete=counts[State.COMPLETE],
        running=counts[State.RUNNING],
        incomplete=counts[State.INCOMPLETE],
    )


def _record(row: FollowUp, on: date) -> parts.FollowUpLine:
    facts, state = facts_of(row), status_of(row, on).state
    messages = list(row.feedbacks.all())
    mask = Mask(row.report.patient_name or "", row.report.patient_id or "")
    return parts.FollowUpLine(
        number=row.pk,
        accession_number=row.report.accession_number,
        kind_zh=row.kind_zh,
        examined_on=str(facts.examination_on or ""),
        outcome_on=str(facts.outcome_on or ""),
        judgement_on=str(facts.judgement_on or ""),
        feedback_on=str(facts.feedback_on or ""),
        receipt_on=str(facts.receipt_on or ""),
        judgement_zh=row.get_judgement_display() if row.judgement else "",
        error_kind_zh=row.get_error_kind_display() if row.error_kind else "",
        recipient="、".join(dict.fromkeys(one.recipient_name for one in messages)),
        receipt_note=mask.text("；".join(one.receipt_note for one in messages if one.receipt_note)),
        state=state.value,
        state_zh=state.zh,
    )
