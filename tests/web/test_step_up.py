"""Every URL that signs, unmasks, grants or approves asks for the password again (docs/quality.md T5)."""

import re

import pytest

from tests.web.permission_table import Page, pages

# What a URL's name says when it does one of the four, or could undo the protection itself.
MATTERS = re.compile(
    r"(?:^|[:_])(?:sign|unmask\w*|grant|approve|account_new|account_password|second_factor\w*)(?:_|$)"
)
# Named so and asking nothing, each with the reason.
EXEMPT = {
    "scoring:unmask_list": "lists requests",
    "scoring:unmask_request": "shows a request",
    "scoring:unmask_refuse": "refuses: nothing is given away",
    "scoring:unmask_withdraw": "takes an approval back: nothing is given away",
}
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
    "staff:role_grant",
    "staff:second_factor_reset",
}


def asks(page: Page) -> bool:
    return bool(getattr(page.view, "qc_confirmed", False))


def test_urls_that_ask_for_the_password_again_are_these():
    found = {page.url for page in pages() if asks(page)}
    assert sorted(ASKS - found) == []


def test_url_named_as_what_matters_asks_for_the_password_again():
    named = {page.url for page in pages() if MATTERS.search(page.url)}
    lacking = {page.url for page in pages() if page.url in named and not asks(page)}
    assert named >= ASKS | set(EXEMPT)
    assert sorted(lacking - set(EXEMPT)) == []


@pytest.mark.parametrize("url", ["staff:role_grant", "scoring:sign", "audits:grant_x", "staff:grant_approve"])
def test_names_of_what_matters_are_recognised(url):
    assert MATTERS.search(url)


@pytest.mark.parametrize("url", ["staff:role_revoke", "audits:assign", "audits:design", "register:record"])
def test_other_names_are_not(url):
    assert not MATTERS.search(url)
