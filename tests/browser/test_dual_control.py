"""A role asked for by one administrator and confirmed by another; nobody gives one to themselves."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_role_is_asked_for_confirmed_and_never_ones_own(open_as, served):
    admin = open_as("admin")
    admin.goto(f"{served.url}/settings/accounts/")
    admin.get_by_role("link", name="member", exact=True).click()
    admin.get_by_label("角色", exact=False).first.select_option("qc_officer")
    admin.get_by_role("button", name="申请角色").click()
    expect(admin.locator("main")).to_contain_text("经另一位安全管理员确认后生效")
    admin.get_by_role("link", name="第1号").click()
    expect(admin.get_by_role("button", name="撤回申请")).to_be_visible()
    expect(admin.get_by_role("button", name="确认", exact=True)).to_have_count(0)

    other = open_as("security")
    other.goto(f"{served.url}/")
    expect(other.locator("main")).to_contain_text("1 项角色或密码的申请待确认")
    other.goto(f"{served.url}/settings/requests/1/")
    other.get_by_role("button", name="确认", exact=True).click()
    expect(other.locator("main")).to_contain_text("书写甲现为质控员")

    other.goto(f"{served.url}/settings/accounts/")
    other.get_by_role("link", name="security", exact=True).click()
    expect(other.get_by_role("button", name="授予角色")).to_have_count(0)
    # A form made by hand is refused as well.
    token = other.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    sent = {"role": "head", "department": "", "until": "", "csrfmiddlewaretoken": token}
    answer = other.request.post(f"{other.url}roles/", form=sent, headers={"Referer": other.url})
    assert answer.status == 400
    assert "不能给自己授予或申请角色" in answer.text()
