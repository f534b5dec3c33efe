"""Own reports' problems, appeals and their decision."""

from datetime import date, datetime

from audits.judging.actions.assignment import assign_fairly
from audits.quarter.actions.quarters import draw_audit, open_audit
from audits.sampling.domain.window import audit_window
from tests import people
from tests.audits.appeals.factories import appealed, assigned
from tests.audits.factories import judge, reviews_of
from tests.factories import make_outcome, make_report
from tests.web.permission_table import row


def build(world):
    """Three reports of the member, all judged faulty by somebody who decides no appeal here."""
    department, member = world.department, world.users["member"]
    for n in (1, 2, 3):
        at = datetime(2025, 3, n, 9)
        values = {"examined_at": at, "reported_at": at, "reporting_physician": member.full_name}
        make_outcome(make_report(department, f"AP{n}", **values))
    audit = open_audit(department=department, window=audit_window(date(2025, 3, 31)), by=None)
    audit = draw_audit(audit, version=audit.version, by=None)
    judging = people.person("appeals-judge", "评丁", "assessor", department)
    assign_fairly(audit, assessors=[judging], version=audit.version, by=None)
    for review in reviews_of(audit):
        judge(review, faulty=True)
    own = audit.cases.filter(report__accession_number__startswith="AP")
    free, first, second = own.order_by("position")
    world.add("case_faulty", free)
    world.add("appeal_open", appealed(first, member))
    officer = world.users["qc_officer"]
    world.add("appeal_assigned", assigned(appealed(second, member), world.users["assessor"], officer))


def _of(name, **more):
    return lambda world: {"pk": world[name].pk} | more


def _version(name, **more):
    return lambda world: {"version": world[name].version} | more


def _faults(world):
    fault = world["case_faulty"].reviews.get().faults.get()
    return {"reason": "已写明。", "faults": [fault.pk]}


SEES = {"qc_officer": 200, "head": 200, "member": 200}

ROWS = (
    row("audits:own", member=200),
    row("audits:own_one", kwargs=_of("case_faulty", kind="case"), member=200),
    row("audits:own_one", kwargs=_of("case_free", kind="case"), member=404, note="another's"),
    row("audits:own_one", kwargs=_of("case_faulty", kind="else"), member=404, note="unknown kind"),
    row(
        "audits:own_acknowledge",
        "POST",
        kwargs=_of("case_faulty", subject="description"),
        member=302,
    ),
    row(
        "audits:own_acknowledge",
        "POST",
        kwargs=_of("case_faulty", subject="conclusion"),
        member=404,
        note="nothing was ruled",
    ),
    row(
        "audits:own_appeal",
        "POST",
        kwargs=_of("case_faulty", subject="description"),
        data=_faults,
        member=302,
    ),
    row("audits:appeals", **SEES, assessor=200),
    row("audits:appeal", kwargs=_of("appeal_open"), **SEES, assessor=404),
    row("audits:appeal", kwargs=_of("appeal_assigned"), **SEES, assessor=200, note="assigned"),
    row(
        "audits:appeal_assign",
        "POST",
        kwargs=_of("appeal_open"),
        data=lambda w: {"version": w["appeal_open"].version, "assessor": w.users["assessor"].pk},
        qc_officer=302,
        head=302,
    ),
    row(
        "audits:appeal_decide",
        "POST",
        kwargs=_of("appeal_assigned"),
        data=_version("appeal_assigned", verdict="rejected", reason="维持。"),
        assessor=302,
    ),
    row(
        "audits:appeal_decide",
        "POST",
        kwargs=_of("appeal_open"),
        data=_version("appeal_open", verdict="rejected", reason="维持。"),
        assessor=404,
        note="not assigned",
    ),
    row(
        "audits:appeal_withdraw",
        "POST",
        kwargs=_of("appeal_open"),
        data=_version("appeal_open"),
        member=302,
    ),
)
