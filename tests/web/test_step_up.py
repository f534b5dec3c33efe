"""Every URL that signs, unmasks, grants or approves asks for the password again (docs/quality.md T5)."""

import re

import pytest

from tests.web.permission_table import Page, pages

# What the name of a form's URL says when it does one of the four, or could undo the protection itself.
MATTERS = re.compile(
    r"(?:^|[:_])(?:(?:sign|unmask|grant|role|approve|purge|account_new|account_password|second_factor)(?:_\w+)?"
    r"|enrol|slips)$"
)
GIVES_NOTHING_AWAY = re.compile(r"_(?:refuse|withdraw)$")
ASKS = {
    "reports:unmask",
    "scoring:grant",
    "scoring:sign",
    "scoring:unmask_approve",
    "scoring:unmask_ask",
    "scoring:unmask_file",
    "second_factor",
    "second_factor_codes",
    "second_factor_remove",
    "second_factor_replace",
    "staff:account_new",
    "staff:account_password",
    "staff:enrol",
    "staff:grant_confirm",
    "staff:purge_confirm",
    "staff:purge_new",
    "staff:role_grant",
    "staff:role_revoke",
    "staff:second_factor_reset",
    "staff:slips",
}


def asks(page: Page) -> bool:
    return bool(getattr(page.view, "qc_confirmed", False))


def test_urls_that_ask_for_the_password_again_are_these():
    found = {page.url for page in pages() if asks(page)}
    assert sorted(ASKS - found) == []


def matters(url: str) -> bool:
    return bool(MATTERS.search(url)) and not GIVES_NOTHING_AWAY.search(url)


def test_form_whose_url_is_named_as_what_matters_asks_for_the_password_again():
    forms = [page for page in pages() if "POST" in page.methods and matters(page.url)]
    assert {page.url for page in forms} == ASKS - {"scoring:unmask_file"}  # a download, by GET
    assert [page.url for page in forms if not asks(page)] == []


@pytest.mark.parametrize(
    "url",
    [
        "staff:role_grant",
        "staff:role_revoke",
        "scoring:sign",
        "audits:grant_x",
        "staff:grant_confirm",
        "staff:enrol",
    ],
)
def test_names_of_what_matters_are_recognised(url):
    assert matters(url)


@pytest.mark.parametrize(
    "url",
    ["staff:grant_withdraw", "staff:grant_refuse", "staff:enrol_list", "audits:assign", "audits:design"],
)
def test_other_names_are_not(url):
    assert not matters(url)
