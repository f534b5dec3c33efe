"""Every form of every page: it carries the version of what it changes, and leads back to a page."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve

from tests.staff.sign_in.test_session_end import asked_page, sign_in
from tests.web.forms_read import forms_on
from tests.web.permission_table import ROLES, all_rows, values

pytestmark = pytest.mark.django_db
POSTS = [row for row in all_rows() if row.method == "POST" and not row.url.startswith(("log", "password"))]
# A RIS with a token is told 401 and has no page to come back to.
POSTS = [row for row in POSTS if row.url != "reports:check"]

# Forms on a stored thing that carry no version, and why a second one overwrites nothing.
ADDS = {
    "reports:outcome_record": "adds an outcome",
    "reports:unmask": "changes nothing",
    "register:record_new": "adds a record",
    "register:own_record_new": "adds a record",
    "staff:role_grant": "adds a role",
    "audits:conference_file": "adds a file, an earlier one stays",
    "scoring:unmask_ask": "adds a request",
    "audits:own_appeal": "adds an appeal",
    "staff:purge_new": "adds a request, a second one is refused while it waits",
    "audits:reader_allow": "adds a permission, a second one for the same person is refused",
}
DECIDES = {
    "register:record_decide": "decided once, then refused",
    "register:record_withdraw": "withdrawn once, then refused",
    "reports:outcome_match": "settled once, then refused",
    "reports:rule_restore": "restored once, then refused",
    "scoring:unmask_approve": "decided once, then refused",
    "scoring:unmask_refuse": "decided once, then refused",
    "scoring:unmask_withdraw": "withdrawn once, then refused",
    "staff:grant_refuse": "decided once, then refused",
    "audits:my_feedback_confirm": "confirmed once, then refused",
}


@pytest.mark.slow
def test_every_form_that_changes_a_stored_thing_carries_its_version(world):
    lacking, seen = {}, set()
    pages = [(row, role) for row in all_rows() if row.method == "GET" for role in ROLES]
    for row, role in pages:
        if row.expected[role] != 200:
            continue
        answer = world.client(role).get(world.address(row))
        if not answer.get("Content-Type", "").startswith("text/html"):
            continue
        for form in forms_on(answer.content.decode()):
            where = resolve((form.action or world.address(row)).partition("?")[0])
            if form.method == "post" and form.asked and where.kwargs:
                seen.add(where.view_name)
                if "version" not in form.sent:
                    lacking.setdefault(where.view_name, sorted(form.asked))
    assert set(lacking) == set(ADDS | DECIDES), lacking
    assert {"register:member_edit", "register:group_edit", "staff:department_edit"} <= seen - set(lacking)


# In the world of the table the page itself is nobody's, or of another; with it comes no 405 either.
NOT_THEIRS = ("reports:rule_switch", "reports:rule_restore", "audits:measure_new")
NOT_THEIRS += ("audits:own_acknowledge", "audits:own_appeal")


# Any row of a URL will do: which object it names changes nothing of where its page is.
@pytest.mark.slow
@pytest.mark.usefixtures("shell_made_once")
@pytest.mark.parametrize("row", {row.url: row for row in POSTS}.values(), ids=str)
def test_form_sent_without_a_session_leads_to_a_page_that_opens(world, row):
    role = next((role for role in ROLES if row.expected[role] not in (403, 404)), "qc_officer")
    client, address = Client(), world.address(row)
    with transaction.atomic():
        page = asked_page(client.post(address, values(row.data, world)))
        for asked in (page, address):  # what the redirect says, and a form's own address brought by hand
            landed = client.get(sign_in(client, asked, world.users[role]), follow=True)
            assert landed.status_code in ((200, 403, 404) if row.url in NOT_THEIRS else (200,))
            client.logout()
        transaction.set_rollback(True)
