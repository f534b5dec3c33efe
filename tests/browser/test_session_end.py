"""What was typed when the session had ended comes back, to the person who typed it and to nobody else."""

import pytest
from playwright.sync_api import expect

from tests.people import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]
STORED = "sessionStorage.getItem('unsaved')"
SECRET = "患者王小明转诊"
RESTORED = "登录中断前填写、还没有保存的内容已恢复，请核对后保存。"


def end_session(page):
    page.context.clear_cookies(name="sessionid")


def sign_in(page, username="officer"):
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def fill_member(page, served, number="J01", title=SECRET):
    """The form of a new member, filled in and sent without a session."""
    page.goto(f"{served.url}/staff/new/")
    page.fill("input[name=staff_number]", number)
    page.fill("input[name=full_name]", "测甲")
    page.select_option("select[name=kind]", "technologist")
    page.check("input[name=modalities][value=CT]")
    page.fill("input[name=title]", title)
    end_session(page)
    page.click("input[type=submit]")
    expect(page.locator("h1")).to_have_text("登录")


def shown(page):
    return [
        page.input_value("input[name=staff_number]"),
        page.input_value("input[name=full_name]"),
        page.input_value("select[name=kind]"),
        page.is_checked("input[name=modalities][value=CT]"),
        page.input_value("input[name=title]"),
    ]


EMPTY = ["", "", "", False, ""]


@pytest.fixture
def page(browser, served):
    """A browser of its own: what ends a session must not end that of other tests."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    context.set_default_timeout(30_000)
    made = context.new_page()
    errors = []
    made.on("pageerror", lambda error: errors.append(str(error)))
    made.goto(f"{served.url}/login/")
    sign_in(made)
    yield made
    context.close()
    assert errors == []


def test_form_sent_after_the_session_ended_is_restored_and_saved(page, served):
    fill_member(page, served)
    sign_in(page)
    assert page.url == f"{served.url}/staff/new/"
    expect(page.locator(".unsaved")).to_contain_text(RESTORED)
    assert shown(page) == ["J01", "测甲", "technologist", True, SECRET]
    if served.pictures:
        page.screenshot(path=served.pictures / "restored.png")
    page.click("input[type=submit]")
    expect(page.locator("h1")).to_contain_text("测甲")
    assert page.evaluate(STORED) is None
    page.goto(f"{served.url}/staff/new/")
    assert shown(page) == EMPTY
    expect(page.locator(".unsaved")).to_have_count(0)


def test_restored_text_is_thrown_away_when_the_person_says_so(page, served):
    fill_member(page, served, "J02")
    sign_in(page)
    page.get_by_role("button", name="不要恢复").click()
    assert shown(page) == EMPTY
    expect(page.locator(".unsaved")).to_have_count(0)
    page.reload()
    assert shown(page) == EMPTY


def test_text_of_one_person_is_not_shown_to_the_next(page, served):
    fill_member(page, served, "J03")
    assert SECRET not in page.content()
    sign_in(page, "head")
    assert page.evaluate(STORED) is None
    end_session(page)
    page.goto(f"{served.url}/login/?next=/staff/new/")
    sign_in(page)
    assert shown(page) == EMPTY
    assert SECRET not in page.content()


def test_text_goes_with_signing_out(page, served):
    page.goto(f"{served.url}/staff/new/")
    page.fill("input[name=title]", SECRET)
    page.get_by_role("button", name="退出").click()
    expect(page.locator("h1")).to_have_text("登录")
    assert page.evaluate(STORED) is None


def test_text_left_on_purpose_is_not_kept(page, served):
    page.goto(f"{served.url}/staff/new/")
    page.fill("input[name=title]", SECRET)
    page.goto(f"{served.url}/staff/")
    assert page.evaluate(STORED) is None


def test_text_waits_for_its_page_when_signing_in_leads_elsewhere(page, served):
    page.goto(f"{served.url}/staff/new/")
    page.fill("input[name=title]", SECRET)
    end_session(page)
    page.goto(f"{served.url}/standard/")  # a link, no form
    sign_in(page)
    note = page.locator(".unsaved")
    expect(note).to_contain_text("您在“登记人员”页填写的内容，因登录中断还没有保存。")
    note.get_by_role("link", name="打开该页").click()
    page.wait_for_url(f"{served.url}/staff/new/")
    assert shown(page) == ["", "", "", False, SECRET]


def test_text_is_gone_after_half_an_hour(page, served):
    fill_member(page, served, "J04")
    page.evaluate(
        """() => { const notes = JSON.parse(sessionStorage.getItem('unsaved'));
        notes.forEach((note) => { note.at -= 31 * 60 * 1000; });
        sessionStorage.setItem('unsaved', JSON.stringify(notes)); }"""
    )
    sign_in(page)
    assert shown(page) == EMPTY
    assert page.evaluate(STORED) is None


def test_restored_text_of_what_was_saved_meanwhile_is_a_conflict(page, browser, served):
    fill_member(page, served, "J05", "技师")
    sign_in(page)
    page.click("input[type=submit]")
    expect(page.locator("h1")).to_contain_text("测甲")
    edit = page.url.split("?")[0] + "edit/"
    page.goto(edit)
    page.fill("input[name=title]", "我填的职称")
    other = page.context.new_page()
    other.goto(edit)
    other.fill("input[name=title]", "同事填的职称")
    other.click("input[type=submit]")
    expect(other.locator("h1")).to_contain_text("测甲")
    end_session(page)
    page.click("input[type=submit]")
    expect(page.locator("h1")).to_have_text("登录")
    sign_in(page)
    assert page.input_value("input[name=title]") == "我填的职称"
    page.click("input[type=submit]")
    expect(page.locator("h1")).to_have_text("已有改动，未保存您填写的内容")
    expect(page.locator("table")).to_contain_text("同事填的职称")
    expect(page.locator("table")).to_contain_text("我填的职称")
    if served.pictures:
        page.screenshot(path=served.pictures / "conflict.png")


def test_passwords_are_never_kept(page, served):
    page.goto(f"{served.url}/password/")
    page.fill("input[name=old_password]", "Some-secret-1")
    end_session(page)
    page.goto(f"{served.url}/standard/")
    assert page.evaluate(STORED) is None
