"""月度质控 and 改进措施: the calendar, a month, its cases, and the measures."""

from datetime import date

from audits.monthly.actions.months import assign_month, open_month
from tests.audits.monthly.factories import (
    cases_of,
    check_all,
    checked_measure,
    closed_month,
    done_measure,
    drawn_month,
    open_measure,
)
from tests.web.permission_table import row

OPEN, PLANNED, CLOSED, LATER, READY = (date(2023, month, 1) for month in (5, 6, 7, 8, 9))


def build(world):
    department, officer, member = world.department, world.users["qc_officer"], world.users["member"]
    world.add("month_planned", open_month(department=department, month=PLANNED, by=officer))
    drawn = drawn_month(department, officer, month=OPEN, n=3, size=2)
    assign_month(drawn, assessors=[world.users["assessor"]], version=drawn.version, by=officer)
    drawn.refresh_from_db()
    world.add("month", drawn)
    world.add("month_case", cases_of(drawn)[0])
    closed = closed_month(department, officer, month=CLOSED, n=3, size=2, faulty=1)
    closed_month(department, officer, month=LATER, n=3, size=2)
    world.add("month_closed", closed)
    ready = check_all(drawn_month(department, officer, month=READY, n=3, size=2), officer)
    world.add("month_ready", ready)
    world.add("measure_open", open_measure(closed, officer, member))
    world.add("measure_done", done_measure(open_measure(closed, officer, member), member, date(2023, 8, 5)))
    measure = open_measure(closed, officer, member)
    world.add("measure_checked", checked_measure(measure, officer, done_on=date(2023, 8, 5)))


def _of(name):
    return lambda world: {"pk": world[name].pk}


def _version(name, **more):
    return lambda world: {"version": world[name].version} | more


FAULTS = {"verdict": "conforming", "fault-TOTAL_FORMS": "0", "fault-INITIAL_FORMS": "0"}
MEASURE = {"problem": "未指明参照。", "action": "培训。", "due_on": "2030-01-31", "clauses": "6.4.3.2"}


def _measure(world):
    return MEASURE | {"owner": f"u{world.users['head'].pk}"}


ROWS = (
    row("audits:monthly", qc_officer=200, head=200),
    row("audits:monthly_new", qc_officer=200, head=200),
    row(
        "audits:monthly_new",
        "POST",
        data=lambda w: {"department": w.department.pk, "month": "2026-01", "size": "10"},
        qc_officer=302,
        head=302,
        foreign=400,
    ),
    row("audits:month", kwargs=_of("month"), qc_officer=200, head=200),
    row("audits:month", kwargs=_of("month_planned"), qc_officer=200, head=200, note="planned"),
    row(
        "audits:month_draw",
        "POST",
        kwargs=_of("month_planned"),
        data=_version("month_planned"),
        qc_officer=302,
        head=404,
    ),
    row(
        "audits:month_assign",
        "POST",
        kwargs=_of("month"),
        data=lambda w: {"version": w["month"].version, "assessors": [w.users["assessor"].pk]},
        qc_officer=302,
    ),
    row(
        "audits:month_close",
        "POST",
        kwargs=_of("month_ready"),
        data=_version("month_ready", summary="小结"),
        qc_officer=302,
    ),
    row(
        "audits:month_no_reports",
        "POST",
        kwargs=_of("month_planned"),
        data=_version("month_planned", summary="设备停机。"),
        qc_officer=302,
    ),
    row(
        "audits:month_reopen",
        "POST",
        kwargs=_of("month_closed"),
        data=_version("month_closed", reason="漏看一处"),
        qc_officer=302,
    ),
    row(
        "audits:month_cancel",
        "POST",
        kwargs=_of("month_planned"),
        data=_version("month_planned", reason="份数有误"),
        qc_officer=302,
        head=302,
    ),
    row("audits:month_document", kwargs=_of("month"), qc_officer=200, head=200),
    row("audits:month_record", kwargs=_of("month_closed"), qc_officer=200, head=200),
    row("audits:monthly_case", kwargs=_of("month_case"), qc_officer=200, head=200, assessor=200),
    row(
        "audits:monthly_case",
        "POST",
        kwargs=_of("month_case"),
        data=_version("month_case", **FAULTS),
        assessor=302,
        qc_officer=404,
        head=404,
        foreign=404,
    ),
    row("audits:measures", qc_officer=200, head=200, assessor=200, member=200),
    row("audits:measure_new", data=lambda w: {"month": w["month_closed"].pk}, qc_officer=200, foreign=404),
    row(
        "audits:measure_new",
        "POST",
        data=_measure,
        qc_officer=404,
        foreign=404,
        note="against nothing",
    ),
    row("audits:measure", kwargs=_of("measure_open"), qc_officer=200, head=200, member=200, assessor=404),
    row("audits:measure_change", kwargs=_of("measure_open"), qc_officer=200),
    row(
        "audits:measure_change",
        "POST",
        kwargs=_of("measure_open"),
        data=lambda w: _measure(w) | {"version": w["measure_open"].version, "reason": "改期"},
        qc_officer=302,
    ),
    row(
        "audits:measure_note",
        "POST",
        kwargs=_of("measure_open"),
        data=_version("measure_open", text="已通知"),
        qc_officer=302,
        member=302,
        head=404,
        assessor=404,
    ),
    row(
        "audits:measure_done",
        "POST",
        kwargs=_of("measure_open"),
        data=_version("measure_open", text="已培训", done_on="2023-08-05"),
        qc_officer=302,
        member=302,
        head=404,
        assessor=404,
    ),
    row(
        "audits:measure_effect",
        "POST",
        kwargs=_of("measure_done"),
        data=_version("measure_done", effect="unclear", text="份数少"),
        qc_officer=302,
    ),
    row(
        "audits:measure_close",
        "POST",
        kwargs=_of("measure_checked"),
        data=_version("measure_checked", text="同意"),
        qc_officer=400,  # who set it and checked its effect
        head=302,
    ),
    row(
        "audits:measure_reopen",
        "POST",
        kwargs=_of("measure_checked"),
        data=_version("measure_checked", reason="又出现", due_on="2030-01-31"),
        qc_officer=302,
        head=302,
    ),
    row(
        "audits:measure_cancel",
        "POST",
        kwargs=_of("measure_open"),
        data=_version("measure_open", reason="合并"),
        qc_officer=302,
    ),
)
