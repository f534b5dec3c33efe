"""Every form of the URL table sent twice with one token changes things once (docs/quality.md F12)."""

import pytest
from django.apps import apps
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from tests.reports.corrections.test_views import TYPED
from tests.web.permission_table import Row, all_rows, values
from tests.web.permissions.monthly import _measure
from tests.web.test_trail_of_posts import SILENT, done
from tests.web.world import World

OURS = ("trail", "exporting", "standards", "staff", "reports", "audits", "scoring")
# Forms that leave no event and therefore no receipt, by test_trail_of_posts.SILENT: they store nothing twice.
# Signing in and out are no forms of a signed-in person.
EXCEPTIONS = dict(SILENT) | {
    "login": "sent before anybody has signed in; a second one signs in again",
    "logout": "a second one finds nobody signed in",
}
# Refused in the world of the table: what they change has a version or a state that the second does not fit.
NOT_CREATING = {
    "login_confirm": "asks for the password again; a second one confirms again",
    "second_factor": "a code is accepted once",
    "sessions_end": "a session is ended once",
    "staff:account_work": "hands over what is still open",
    "staff:enrol": "user names are taken by the first",
    "staff:enrol_register": "shows which accounts would be made, and makes none",
    "staff:leaving": "disables accounts, which are then disabled",
    "staff:slips": "the answer is a file; printing again makes the first slips void",
    "password_change": "asks for the old password, which is no longer the right one",
    "calendar_revoke": "an address is revoked once",
    "session_extend": "counts the moment as activity, a second one too",
    "register:import_commit": "the waiting file is taken up by the first",
    "reports:check": "a program's interface with a token of its own; stores nothing",
    "reports:batch_columns": "carries the version of the batch",
    "reports:report_correction": "carries the version of the report",
    "reports:outcome_edit": "carries the version of the outcome",
    "reports:outcome_rematch": "carries the version of the outcome",
    "reports:outcome_withdraw": "carries the version of the outcome",
    "reports:batch_undo": "an undone batch is undone once",
    "reports:batch_correct": "a batch is corrected once at a time",
    "audits:draw": "carries the version of the draw",
    "audits:extend": "carries the version of the draw",
    "audits:settle": "carries the version of the draw",
    "audits:month_no_reports": "carries the version of the month",
    "audits:rule_conclusion": "carries the version of the review",
    "scoring:level": "carries the version of the sheet",
    "scoring:correct_after_appeal": "a sheet has one correction",
    "scoring:verify": "checks a file and stores nothing",
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


def measure(world: World) -> tuple[str, dict[str, object]]:
    found = world["month_closed"]
    return f"{reverse('audits:measure_new')}?month={found.pk}", dict(_measure(world)) | {
        "due_on": "2030-01-31"
    }


def typed_report(world: World) -> tuple[str, dict[str, object]]:
    return reverse("reports:entry"), dict(TYPED)


@pytest.mark.django_db
@pytest.mark.parametrize("form", [measure, typed_report])
def test_form_that_the_table_only_refuses_changes_things_once(world: World, form):
    client, (address, sent) = world.client("qc_officer"), form(world)
    sent |= {"csrfmiddlewaretoken": "t" * 64}
    with transaction.atomic():
        before = counts()
        first = client.post(address, sent)
        once = counts()
        again = client.post(address, sent)
        twice = counts()
        transaction.set_rollback(True)
    assert (first.status_code, again.status_code, again["Location"]) == (302, 302, first["Location"])
    assert once != before
    assert twice == once


def test_every_form_of_the_table_is_walked_or_an_exception_with_its_reason():
    table = {row.url for row in all_rows() if row.method == "POST"}
    walked = {row.url for row, _ in WALKED} | {"audits:measure_new", "reports:entry"}
    assert sorted(table - walked) == sorted(set(EXCEPTIONS) | set(NOT_CREATING))
    assert set(NOT_CREATING) & walked == set()


def test_exceptions_are_forms_that_exist():
    assert set(EXCEPTIONS) <= {row.url for row, _ in done()}
