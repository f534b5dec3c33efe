"""What waits: each count equals the rows of the page it links to, in one query, for whom it concerns only."""

import re

import pytest
from django.urls import reverse

from qcportal.waiting.kinds import KINDS
from qcportal.waiting.queries import by_entry, kinds_of, lines_of, waiting_counts
from tests.web.permission_table import ROLES
from tests.web.world import World

WAITS = {
    "qc_officer": {"reviews", "effects", "new_appeals", "certificates"},
    "assessor": {"reviews", "month_cases", "disputes", "appeals"},
    "head": {"new_appeals", "to_sign", "to_close", "approvals", "certificates"},
    "member": {"measures", "feedback"},
    "inspector": set(),
    "admin": {"purges"},
    "security_admin": {"purges", "requests"},
    "auditor": set(),
}


def badges(text: str) -> dict[str, int]:
    found = re.findall(r'class="nav-count"\s+href="([^"]+)"[^>]*>(\d+)<', text)
    return {address: int(count) for address, count in found}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_each_count_equals_the_rows_of_the_page_it_links_to(world: World, role: str):
    client = world.client(role)
    shown = badges(client.get(reverse("home")).content.decode())
    for address, count in shown.items():
        page = client.get(address)
        assert sum(len(lines) for _, lines in page.context["sections"]) == count, address
        assert page.content.decode().count("<li>\n            <a href=") == count
    total = shown.pop(reverse("waiting"), 0)
    counts = waiting_counts(world.users[role])
    assert total == sum(counts.values())
    entries = {reverse("waiting_at", args=[at]): n for at, n in by_entry(counts).items() if n}
    assert shown.items() <= entries.items()
    assert {code for code, count in counts.items() if count} == WAITS[role]


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_every_line_leads_to_a_page_that_its_person_may_open(world: World, role: str):
    client, user = world.client(role), world.users[role]
    for kind in kinds_of(user):
        for line in lines_of(user, kind):
            assert client.get(line.url).status_code == 200, line
            assert "受检" not in line.text


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_counts_are_one_query_for_any_role_and_number_of_rows(world: World, role: str, count_queries):
    user = type(world.users[role]).objects.get(pk=world.users[role].pk)
    assert user.active_grants
    kinds = len(kinds_of(user))
    assert count_queries(lambda: waiting_counts(user)) == (1 if kinds else 0)


@pytest.mark.django_db
def test_person_of_another_department_has_nothing_of_this_one(world: World):
    assert sum(waiting_counts(world.users["foreign"]).values()) == 0


@pytest.mark.django_db
def test_codes_of_the_kinds_differ():
    assert len({kind.code for kind in KINDS}) == len(KINDS)
