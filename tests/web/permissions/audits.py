"""Quarters, cases, one's own reviews, arbitration."""

from datetime import date, datetime

from audits.judging.actions.assignment import assign_case
from audits.judging.actions.permissions import allow_reader
from audits.judging.models import Review
from audits.quarter.actions.quarters import draw_audit, open_audit
from audits.sampling.domain.window import audit_window
from tests import people
from tests.audits.factories import AGREES, describe, judge
from tests.factories import MODALITIES, SYSTEMS, make_outcome, make_report
from tests.web.permission_table import row


def build(world):
    department = world.department
    _reports(department)
    planned = open_audit(department=department, window=audit_window(date(2024, 6, 30)), by=None)
    world.add("quarter_planned", planned)
    head, clerk = world.users["head"], people.person("audits-clerk", "质丙", "qc_officer", department)
    world.add("reader_to_allow", clerk)
    permission = allow_reader(planned, reader=world.users["qc_officer"], reason="科内仅一位评审。", by=head)
    world.add("reader_permission", permission)
    audit = open_audit(department=department, window=audit_window(date(2024, 9, 30)), readers=2, by=None)
    audit = draw_audit(audit, version=audit.version, by=None)
    assessor, officer = world.users["assessor"], world.users["qc_officer"]
    second = people.person("audits-second", "评乙", "assessor", department)
    allow_reader(audit, reader=officer, reason="科内仅一位评审医师。", by=head)
    mine, disputed, free = audit.cases.order_by("position")[:3]
    for case, readers in ((mine, [assessor, officer]), (disputed, [officer, second])):
        assign_case(case, assessors=readers, version=audit.version, by=None)
        audit.refresh_from_db()
    for reader, faulty in ((officer, True), (second, False)):
        judge(Review.objects.get(case=disputed, assessor=reader), faulty=faulty)
    world.add("quarter", audit)
    again = {"repeat_reason": "原窗口登记错误", "by": head}
    world.add(
        "quarter_again",
        open_audit(department=department, window=audit_window(date(2024, 10, 10)), **again),
    )
    world.add("case_free", free)
    world.add("case_disputed", disputed)
    world.add("review", Review.objects.get(case=mine, assessor=assessor))
    world.add("review_described", describe(Review.objects.get(case=mine, assessor=officer)))


def _reports(department):
    """Twelve eligible reports of 2024, apart from what the other apps' rows speak of."""
    for n in range(12):
        at = datetime(2024, 9, 2 + n, 9)
        values = {
            "system": SYSTEMS[n % 5],
            "modality": MODALITIES[n % 3],
            "examined_at": at,
            "reported_at": at,
        }
        make_outcome(make_report(department, f"Q{n:04d}", **values))


def _of(name):
    return lambda world: {"pk": world[name].pk}


def _version(name, **more):
    return lambda world: {"version": world[name].version} | more


FAULTS = {"verdict": "conforming", "fault-TOTAL_FORMS": "0", "fault-INITIAL_FORMS": "0"}
CONCLUSION = {k: v for k, v in AGREES.items() if k not in ("reason", "stage_differs")}
NEW = {"period": "until", "until": "2025-12-31", "readers": "1"}

ROWS = (
    row("audits:list", qc_officer=200, head=200),
    row("audits:new", qc_officer=200, head=200),
    row(
        "audits:new",
        "POST",
        data=lambda w: NEW | {"department": w.department.pk},
        qc_officer=302,
        head=302,
        foreign=400,
    ),
    row("audits:detail", kwargs=_of("quarter"), qc_officer=200, head=200),
    row("audits:detail", kwargs=_of("quarter_planned"), qc_officer=200, head=200, note="planned"),
    row(
        "audits:draw",
        "POST",
        kwargs=_of("quarter_planned"),
        data=_version("quarter_planned"),
        qc_officer=302,
        head=404,
    ),
    row(
        "audits:draw",
        "POST",
        kwargs=_of("quarter_again"),
        data=_version("quarter_again"),
        qc_officer=302,
        head=302,
        note="judged days again",
    ),
    row(
        "audits:extend",
        "POST",
        kwargs=_of("quarter_planned"),
        data=_version("quarter_planned"),
        qc_officer=302,
        head=302,
    ),
    row(
        "audits:cancel",
        "POST",
        kwargs=_of("quarter_planned"),
        data=_version("quarter_planned", reason="重新建立"),
        qc_officer=302,
        head=302,
    ),
    row("audits:settle", "POST", kwargs=_of("quarter"), data=_version("quarter"), qc_officer=302),
    row(
        "audits:assign",
        "POST",
        kwargs=_of("quarter"),
        data=lambda w: {"version": w["quarter"].version, "assessors": [w.users["assessor"].pk]},
        qc_officer=302,
        head=302,
    ),
    row(
        "audits:reader_allow",
        "POST",
        kwargs=_of("quarter_planned"),
        data=lambda w: {"reader": w["reader_to_allow"].pk, "reason": "科内仅一位评审医师。"},
        head=302,
    ),
    row("audits:reader_withdraw", "POST", kwargs=_of("reader_permission"), head=302),
    row("audits:ledger", kwargs=_of("quarter"), qc_officer=200, head=200),
    # The officer is a reader in this quarter, and the document names every number drawn.
    row("audits:document", kwargs=_of("quarter"), head=200, foreign=404),
    row("audits:case", kwargs=_of("case_free"), qc_officer=200, head=200),
    row(
        "audits:case_assign",
        "POST",
        kwargs=_of("case_free"),
        data=_version("quarter"),
        qc_officer=302,
        head=302,
    ),
    row(
        "audits:case_replace",
        "POST",
        kwargs=_of("case_free"),
        data=_version("quarter", reason="影像不可读"),
        qc_officer=302,
    ),
    row("audits:my_reviews", qc_officer=200, assessor=200),
    row("audits:judge", kwargs=_of("review"), assessor=200, qc_officer=404, foreign=404),
    row(
        "audits:judge",
        kwargs=_of("review_described"),
        qc_officer=200,
        assessor=404,
        note="the other reader's",
    ),
    row(
        "audits:rule_description",
        "POST",
        kwargs=_of("review"),
        data=_version("review", **FAULTS),
        assessor=302,
        qc_officer=404,
        foreign=404,
    ),
    row(
        "audits:reveal",
        "POST",
        kwargs=_of("review_described"),
        data=_version("review_described"),
        qc_officer=302,
        assessor=404,
    ),
    row(
        "audits:rule_conclusion",
        "POST",
        kwargs=_of("review_described"),
        data=_version("review_described", **CONCLUSION),
        qc_officer=400,
        assessor=404,
        note="before the outcome was seen",
    ),
    row(
        "audits:draft",
        "POST",
        kwargs=_of("review"),
        data={"part": "description", "draft_version": 0},
        assessor=200,
        qc_officer=404,
        foreign=404,
    ),
    row("audits:arbitration", assessor=200),
    row("audits:take", "POST", kwargs=_of("case_disputed"), assessor=302),
)
