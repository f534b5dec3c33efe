"""Every form of the URL table sent twice with one token changes things once (docs/quality.md F8)."""

import pytest
from django.apps import apps
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from tests.web.permission_table import Row, values
from tests.web.test_trail_of_posts import SILENT, done
from tests.web.world import World

OURS = ("trail", "exporting", "standards", "staff", "reports", "audits", "scoring")
# Forms that leave no event and therefore no receipt, by test_trail_of_posts.SILENT: they store nothing twice.
# Signing in and out are no forms of a signed-in person.
EXCEPTIONS = dict(SILENT) | {
    "login": "sent before anybody has signed in; a second one signs in again",
    "logout": "a second one finds nobody signed in",
}
WALKED = [pair for pair in done() if pair[0].url not in EXCEPTIONS]


def counts() -> dict[str, int]:
    models = [model for app in OURS for model in apps.get_app_config(app).get_models()]
    return {model._meta.label: model._default_manager.count() for model in models}


def rewound(sent: dict[str, object]) -> dict[str, object]:
    """The same form, its files to be read from the beginning."""
    for value in sent.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
    return sent


@pytest.mark.django_db
@pytest.mark.parametrize(("row", "role"), [pytest.param(*pair, id=str(pair[0])) for pair in WALKED])
def test_form_sent_twice_changes_things_once(world: World, row: Row, role: str):
    client, address = world.client(role), world.address(row)
    sent = values(row.data, world) | {"csrfmiddlewaretoken": "t" * 64}
    with transaction.atomic():
        first = client.post(address, sent)
        once = counts()
        again = client.post(address, rewound(sent))
        twice = counts()
        transaction.set_rollback(True)
    assert first.status_code == row.expected[role]
    assert again.status_code == 302
    assert twice == once
    assert again["Location"] == first.get("Location", again["Location"])
    assert "已提交过" in "".join(map(str, get_messages(again.wsgi_request)))


def test_exceptions_are_forms_that_exist():
    assert set(EXCEPTIONS) <= {row.url for row, _ in done()}
