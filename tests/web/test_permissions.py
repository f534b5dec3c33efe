"""Deny by default, held for every URL, method and role (docs/quality.md A1)."""

import pytest
from django.db import transaction

from staff.access.permissions import SIGNED_IN, policy
from tests.web.permission_table import ACTORS, Row, all_rows, pages
from tests.web.world import World


@pytest.mark.django_db
@pytest.mark.usefixtures("shell_made_once")
@pytest.mark.parametrize("row", all_rows(), ids=str)
def test_row_asked_by_every_actor_answers_as_the_table_says(world: World, row: Row):
    answers = {}
    for actor in ACTORS:
        with transaction.atomic():
            answers[actor] = world.status(actor, row)
            transaction.set_rollback(True)
    assert answers == dict(row.expected)


def test_table_walked_beside_the_resolver_names_every_url_and_method():
    served = {(page.url, method) for page in pages() for method in page.methods}
    stated = {(row.url, row.method) for row in all_rows()}
    assert sorted(served - stated) == []
    assert sorted(stated - served) == []


def test_views_walked_by_the_resolver_all_name_their_methods():
    assert [page.url for page in pages() if not page.methods] == []


def test_views_walked_by_the_resolver_all_name_their_permission():
    assert [page.url for page in pages() if not hasattr(page.view, "qc_permissions")] == []


def test_permissions_named_by_views_are_all_in_the_roles_file():
    named = {code for page in pages() for code in page.view.qc_permissions}
    assert sorted(named - set(policy().permissions) - {SIGNED_IN}) == []


def test_public_pages_are_the_few_we_know():
    public = {page.url for page in pages() if page.view.qc_permissions == ()}
    signing_in = {"login", "login_code", "login_openid", "login_openid_return", "logout"}
    assert public == signing_in | {"healthz", "readyz", "metrics", "calendar_feed"}
