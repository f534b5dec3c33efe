"""roles.yaml: what it may say, and that everything else is refused."""

import copy

import pytest
from django.conf import settings

from staff.access.permissions import parse_policy, policy, read_policy
from staff.access.profile import ADMINISTRATORS

GOOD = {
    "permissions": {"home.view": "查看工作台", "reports.view": "查看报告"},
    "roles": {
        "head": {"name": "科主任", "duty": "签发", "permissions": ["home.view", "reports.view"]},
        "member": {"name": "报告医师", "duty": "书写", "permissions": ["home.view"]},
    },
    "two_persons": ["reports.view"],
}


def changed(**paths):
    raw = copy.deepcopy(GOOD)
    for path, value in paths.items():
        place = raw
        *way, last = path.split("__")
        for step in way:
            place = place[step]
        place[last] = value
    return raw


def test_parse_policy_good_file_becomes_values():
    found = parse_policy(GOOD)
    assert found.granted("member") == {"home.view"}
    assert found.granted("head") == {"home.view", "reports.view"}
    assert (found.roles["head"].name, found.roles["head"].duty) == ("科主任", "签发")


def test_granted_to_a_role_no_longer_in_the_file_is_nothing():
    assert parse_policy(GOOD).granted("king") == frozenset()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ([], "top level"),
        (GOOD | {"extra": 1}, "top level"),
        (changed(roles__head__inherits="member"), "unknown keys"),
        (changed(roles__member__permissions=["home.view", "home.edit"]), "unknown permissions"),
        (changed(roles__member__permissions=["home.view", "home.view"]), "listed twice"),
        (changed(permissions__unused="没人用"), "granted to no role"),
        (changed(two_persons=["reports.see"]), "two_persons: unknown permissions"),
    ],
)
def test_parse_policy_what_it_does_not_know_is_refused(raw, words):
    with pytest.raises(ValueError, match=words):
        parse_policy(raw, source="test.yaml")


CLINICAL = {"qc_officer", "assessor", "head", "member", "inspector"}


def test_policy_of_the_house_has_five_clinical_roles_and_three_administrators():
    assert set(policy().roles) == CLINICAL | set(ADMINISTRATORS)


def test_policy_of_the_house_has_two_persons_grant_what_sees_patients_or_grants_that():
    found = {code for code in policy().roles if policy().needs_two_persons(code)}
    assert found == CLINICAL | {"security_admin"}


def test_policy_of_the_house_divides_accounts_roles_and_the_trail():
    powers = ("staff.manage_accounts", "staff.grant_roles", "staff.view_trail")
    holders = {power: [c for c, r in policy().roles.items() if power in r.permissions] for power in powers}
    assert holders == dict(zip(powers, [[role] for role in ADMINISTRATORS], strict=True))


def test_policy_of_the_house_lets_nobody_both_submit_and_sign():
    both = {"scoring.edit_sheet", "scoring.sign_sheet"}
    assert [code for code, role in policy().roles.items() if both <= role.permissions] == []


def test_policy_of_the_house_keeps_administration_and_clinical_data_apart():
    admin = frozenset().union(*(policy().granted(role) for role in ADMINISTRATORS))
    assert {code for code in admin if code.startswith(("reports.view", "audits.", "scoring."))} == set()


def test_policy_of_the_house_shows_a_member_and_an_inspector_no_list_of_reports():
    for role in ("member", "inspector", "assessor"):
        assert "reports.view" not in policy().granted(role)


def test_read_policy_role_written_twice_is_refused(tmp_path):
    text = settings.QC_ROLES_FILE.read_text(encoding="utf-8")
    path = tmp_path / "roles.yaml"
    path.write_text(
        text + "\n  head:\n    name: 又一主任\n    duty: 无\n    permissions: [home.view]\n", "utf-8"
    )
    with pytest.raises(ValueError, match="written twice: head"):
        read_policy(path)
