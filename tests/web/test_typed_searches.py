"""What is typed into the filter of any list stands in no address (docs/quality.md A4)."""

import re
from urllib.parse import unquote

import pytest
from django.core.signals import request_started
from django.db import transaction
from django.urls import reverse

from tests.web.forms_read import Form, forms_on
from tests.web.permission_table import ROLES, Row, all_rows

pytestmark = pytest.mark.django_db
CANARY = "鹳雀儿"
LISTS = [
    (row, next(role for role in ROLES if row.expected[role] == 200))
    for row in all_rows()
    if row.method == "GET" and not row.kwargs and any(row.expected[role] == 200 for role in ROLES)
]
# A search here would prove nothing: the list of lists whose filters take typed text, as of today.
SEARCHED = {
    *("reports:list", "reports:findings", "reports:outcomes", "reports:rules", "audits:follow_ups"),
    *("audits:measures", "scoring:documents", "staff:accounts", "staff:departments", "staff:trail"),
    *("register:members", "register:matrix", "register:expiring", "standards:clauses", "reports:readings"),
}


def typed_forms(answer) -> list[Form]:
    """Forms of a page into which a text is typed and that ask for a page rather than change something."""
    if not answer.get("Content-Type", "").startswith("text/html"):
        return []
    asking = ("get", reverse("search"))
    return [
        form
        for form in forms_on(answer.content.decode())
        if form.typed and {form.method, form.action} & {*asking}
    ]


def addresses(html: str) -> list[str]:
    """Every address the page offers."""
    return [unquote(link) for link in re.findall(r'(?:href|action|hx-get|hx-post)="([^"]+)"', html)]


def searched(world, row: Row, role: str) -> int:
    """Search for the canary in every such form of the page; the number of forms."""
    client = world.client(role)
    forms = typed_forms(client.get(world.address(row)))
    for form in forms:
        assert (form.method, form.action) == ("post", reverse("search")), row
        answer = client.post(form.action, form.sent | dict.fromkeys(form.typed, CANARY))
        assert CANARY not in unquote(answer["Location"]), row
        page = client.get(answer["Location"])
        assert page.status_code == 200
        html = page.content.decode()
        assert CANARY in html, f"{row}: the field shows what was typed"
        assert [link for link in addresses(html) if CANARY in link] == []
    return len(forms)


@pytest.mark.slow
def test_typed_text_stands_in_no_address_and_no_request_line_of_any_list(world):
    found, logged = set(), []

    def log(sender, environ, **more):
        """What an access log writes of a request: its line and where it came from."""
        logged.append(
            unquote(f"{environ['PATH_INFO']}?{environ['QUERY_STRING']} {environ.get('HTTP_REFERER')}")
        )

    request_started.connect(log)
    for row, role in LISTS:
        with transaction.atomic():
            if searched(world, row, role):
                found.add(row.url)
            transaction.set_rollback(True)
    request_started.disconnect(log)
    assert found >= SEARCHED
    assert [line for line in logged if CANARY in line] == []
    assert len(logged) > 3 * len(SEARCHED)
