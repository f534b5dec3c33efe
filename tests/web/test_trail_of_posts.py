"""Every write of every page is in the trail, with who and no patient (docs/quality.md L1, A4)."""

import json

import pytest
from django.db import transaction

from tests.web.permission_table import ROLES, Row, all_rows
from tests.web.world import World
from trail.chain import verify_newest
from trail.models import Event

# Forms that write nothing anyone could be held to.
SILENT = {
    "choose_department": "remembers in the session which department is looked at",
    "reports:batch_preview": "shows the first row under the choices so far, and stores nothing",
    "search": "leads to a list, like the address of one",
    "login_code": "leads back to the sign-in page while no password was right",
    "second_factor_replace": "shows a new QR code; the device in use stays in use",
    "second_factor_codes": "has nothing to replace where no second factor is set up",
    "second_factor_remove": "has nothing to remove where no second factor is set up",
    "staff:second_factor_reset": "has nothing to reset where no second factor is set up",
    "staff:enrol_list": "shows which accounts a list would make, and makes none",
    "audits:draft": "decides nothing, and one is saved every few seconds (judging.actions.save_draft)",
}
# In the world of the table these are refused in words, which also sends the browser back to the page;
# they succeed in tests/audits/quarter/actions/test_quarters.py, tests/audits/monthly/test_without_reports.py,
# tests/staff/register/views/test_register_import.py, tests/staff/{enrolment,leaving,sessions}/test_views.py.
REFUSED = ("audits:draw", "audits:extend", "audits:settle", "audits:month_no_reports")
REFUSED += ("calendar_revoke",)  # of an address that nobody made: tests/qcportal/notices/test_calendar.py
REFUSED += ("register:import_commit", "staff:enrol", "staff:leaving", "staff:account_work", "sessions_end")


def done() -> list[tuple[Row, str]]:
    """Every form of the permission table with a role for which it succeeds."""
    found = []
    for row in all_rows():
        role = next((role for role in ROLES if row.expected[role] in (200, 302)), None)
        if row.method == "POST" and role is not None and row.url not in REFUSED:
            found.append((row, role))
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(("row", "role"), [pytest.param(*pair, id=str(pair[0])) for pair in done()])
def test_form_that_succeeds_leaves_an_event_without_identity(world: World, row: Row, role: str):
    with transaction.atomic():
        before = Event.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
        assert world.status(role, row) == row.expected[role]
        events = list(Event.objects.filter(seq__gt=before))
        breaks = verify_newest(50)
        transaction.set_rollback(True)
    user = world.users["qc_officer" if row.url == "login" else role]  # the sign-in form names the officer
    assert bool(events) is (row.url not in SILENT)
    assert {event.actor_id for event in events} <= {user.pk, None}
    assert [event.ip for event in events] == ["127.0.0.1"] * len(events)
    told = json.dumps([event.detail for event in events], ensure_ascii=False)
    assert [word for word in ("受检甲", "P-A0001", "P-Q0001", "P-1") if word in told] == []
    assert breaks == []


def test_forms_that_leave_no_event_are_forms_that_exist():
    assert set(SILENT) <= {row.url for row, _ in done()}
