"""Quarters, cases, one's own reviews, arbitration."""

from audits.actions.assignment import assign_case
from audits.actions.quarter import draw_audit, open_audit
from audits.domain.window import audit_window
from audits.models import Review
from tests import people
from tests.audit_factories import AGREES, UNTIL, describe, judge
from tests.factories import pool_of
from tests.web.permission_table import row


def build(world):
    department = world.department
    pool_of(department, 12, patient_name="权限甲")
    world.add(
        "audit_planned",
        open_audit(department=department, window=audit_window(UNTIL.replace(month=6)), by=None),
    )
    audit = open_audit(department=department, window=audit_window(UNTIL), readers=2, by=None)
    audit = draw_audit(audit, version=audit.version, by=None)
    assessor, officer = world.users["assessor"], world.users["qc_officer"]
    second = people.second_assessor(department)
    mine, disputed, free = audit.cases.order_by("position")[:3]
    for case, readers in ((mine, [assessor, officer]), (disputed, [officer, second])):
        assign_case(case, assessors=readers, version=audit.version, by=None)
        audit.refresh_from_db()
    for reader, faulty in ((officer, True), (second, False)):
        judge(Review.objects.get(case=disputed, assessor=reader), faulty=faulty)
    world.add("audit", audit)
    world.add("case_free", free)
    world.add("case_disputed", disputed)
    world.add("review", Review.objects.get(case=mine, assessor=assessor))
    world.add("review_described", describe(Review.objects.get(case=mine, assessor=officer)))


def _of(name):
    return lambda world: {"pk": world[name].pk}


def _version(name, **more):
    return lambda world: {"version": world[name].version} | more


FAULTS = {"verdict": "conforming", "fault-TOTAL_FORMS": "0", "fault-INITIAL_FORMS": "0"}
CONCLUSION = {k: v for k, v in AGREES.items() if k not in ("reason", "stage_differs")}
NEW = {"period": "until", "until": "2025-12-31", "readers": "1"}

ROWS = (
    row("audits:list", qc_officer=200, head=200),
    row("audits:new", qc_officer=200),
    row(
        "audits:new",
        "POST",
        data=lambda w: NEW | {"department": w.department.pk},
        qc_officer=302,
        foreign=400,
    ),
    row("audits:detail", kwargs=_of("audit"), qc_officer=200, head=200),
    row("audits:detail", kwargs=_of("audit_planned"), qc_officer=200, head=200, note="planned"),
    row("audits:draw", "POST", kwargs=_of("audit_planned"), data=_version("audit_planned"), qc_officer=302),
    row("audits:extend", "POST", kwargs=_of("audit_planned"), data=_version("audit_planned"), qc_officer=302),
    row(
        "audits:cancel",
        "POST",
        kwargs=_of("audit_planned"),
        data=_version("audit_planned", reason="重新建立"),
        qc_officer=302,
    ),
    row("audits:settle", "POST", kwargs=_of("audit"), data=_version("audit"), qc_officer=302),
    row(
        "audits:assign",
        "POST",
        kwargs=_of("audit"),
        data=lambda w: {"version": w["audit"].version, "assessors": [w.users["assessor"].pk]},
        qc_officer=302,
        head=302,
    ),
    row("audits:ledger", kwargs=_of("audit"), qc_officer=200, head=200),
    row("audits:document", kwargs=_of("audit"), qc_officer=200, head=200),
    row("audits:case", kwargs=_of("case_free"), qc_officer=200, head=200),
    row(
        "audits:case_assign",
        "POST",
        kwargs=_of("case_free"),
        data=_version("audit"),
        qc_officer=302,
        head=302,
    ),
    row(
        "audits:case_replace",
        "POST",
        kwargs=_of("case_free"),
        data=_version("audit", reason="影像不可读"),
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
