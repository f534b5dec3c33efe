"""One name for an account, however it is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staff.accounts.domain.usernames import canonical_username

VARIANTS = [
    "admin",
    " admin",
    "admin\t",
    "\u3000admin\u3000",
    "ad min",
    "ＡＤＭＩＮ",
    "ａdmin",
    "ADMIN",
    "admin\u200b",
    "\ufeffadmin",
    "ad\u00admin",
    "admin\u2060\u180e",
    "admin\ufe0f",
    "admin\u3164",
    "admin\x00",
    "𝐚𝐝𝐦𝐢𝐧",
    "admin\u202e",
    "admin\u034f",
]


@pytest.mark.parametrize("typed", VARIANTS)
def test_canonical_username_variant_of_a_name_is_the_name(typed):
    assert canonical_username(typed) == "admin"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("admin2", "admin2"),
        ("admın", "admın"),
        ("аdmin", "аdmin"),
        (" 张　三 ", "张三"),
        ("A.b-c_d@e+f", "a.b-c_d@e+f"),
    ],
)
def test_canonical_username_another_name_stays_another(typed, name):
    assert canonical_username(typed) == name


@given(st.text())
def test_canonical_username_of_a_canonical_name_is_itself(typed):
    assert canonical_username(canonical_username(typed)) == canonical_username(typed)
