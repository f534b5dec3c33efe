"""The announced end of the session, drafts that outlive a reload, warnings, and forms sent twice."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_session_end import end_session, page, sign_in  # noqa: F401  # page: a fixture

pytestmark = [pytest.mark.browser, pytest.mark.slow]
STORED = "sessionStorage.getItem('unsaved')"


def almost_ended(page, seconds):  # noqa: F811
    """The page as it is shown with so many seconds left."""

    def shorten(route):
        answer = route.fetch()
        body = answer.text().replace('data-session-left="', f'data-session-left="{seconds}" data-was="')
        route.fulfill(response=answer, body=body)

    page.route("**/staff/new/", shorten)


def test_end_of_the_session_is_announced_and_postponed_by_a_key(page, served):  # noqa: F811
    almost_ended(page, 200)
    page.goto(f"{served.url}/staff/new/")
    bar = page.locator(".session-end")
    expect(bar).to_contain_text("长时间没有操作，登录将在 4 分钟内自动退出。")
    page.fill("input[name=title]", "技师")
    if served.pictures:
        page.screenshot(path=served.pictures / "session-ends.png")
    page.keyboard.press("Alt+l")
    expect(bar).to_have_count(0)
    assert page.input_value("input[name=title]") == "技师"


def test_work_in_another_tab_postpones_the_end_for_all(page, served):  # noqa: F811
    almost_ended(page, 200)
    page.goto(f"{served.url}/staff/new/")
    expect(page.locator(".session-end")).to_have_count(1)
    other = page.context.new_page()
    other.goto(f"{served.url}/standard/")
    expect(page.locator(".session-end")).to_have_count(0)


def test_ended_session_says_so_and_gives_the_text_back_after_signing_in(page, served):  # noqa: F811
    almost_ended(page, 1)
    page.goto(f"{served.url}/staff/new/")
    page.fill("input[name=title]", "技师")
    bar = page.locator(".session-end.ended")
    expect(bar).to_contain_text("登录已自动退出。")
    page.unroute("**/staff/new/")
    end_session(page)
    bar.get_by_role("link", name="重新登录").click()
    sign_in(page)
    assert page.input_value("input[name=title]") == "技师"


def test_two_tabs_each_get_their_own_text_back(page, served):  # noqa: F811
    other = page.context.new_page()
    tabs = {page: "甲的职称", other: "乙的职称"}
    for tab, text in tabs.items():
        tab.goto(f"{served.url}/staff/new/")
        tab.fill("input[name=title]", text)
    end_session(page)
    for tab in tabs:
        tab.goto(f"{served.url}/standard/")
    sign_in(page)  # in one tab only
    page.goto(f"{served.url}/staff/new/")
    other.goto(f"{served.url}/staff/new/")
    for tab, text in tabs.items():
        assert tab.input_value("input[name=title]") == text


def test_text_typed_before_a_reload_comes_back(page, served):  # noqa: F811
    page.goto(f"{served.url}/staff/new/")
    page.fill("input[name=title]", "技师")
    page.reload()
    assert page.input_value("input[name=title]") == "技师"


def test_draft_is_noted_while_typing(page, served):  # noqa: F811
    page.goto(f"{served.url}/staff/new/")
    page.fill("input[name=title]", "技师")
    page.wait_for_timeout(2000)
    assert "技师" in page.evaluate(STORED)


def test_leaving_with_something_typed_asks_first(page, served):  # noqa: F811
    page.goto(f"{served.url}/staff/new/")
    page.locator("input[name=title]").press_sequentially("技师")
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.get_by_role("link", name="工作台").click(no_wait_after=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert page.url == f"{served.url}/staff/new/"
    assert page.input_value("input[name=title]") == "技师"


def test_leaving_what_was_sent_asks_nothing(page, served):  # noqa: F811
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{served.url}/staff/groups/new/")
    page.locator("input[name=name]").press_sequentially("神经")
    page.click("main input[type=submit]")
    page.wait_for_url(f"{served.url}/staff/groups/")
    assert asked == []


def test_back_and_send_again_makes_one(page, served):  # noqa: F811
    page.goto(f"{served.url}/staff/groups/new/")
    page.fill("input[name=name]", "腹部")
    page.click("main input[type=submit]")
    page.wait_for_url(f"{served.url}/staff/groups/")
    page.go_back()
    page.fill("input[name=name]", "腹部")
    page.click("main input[type=submit]")
    page.wait_for_url(f"{served.url}/staff/groups/")
    expect(page.locator(".messages")).to_contain_text("这份表单已提交过")
    page.go_back()
    page.fill("input[name=name]", "骨关节")
    page.click("main input[type=submit]")
    expect(page.locator("h1")).to_have_text("这份表单已提交过")
    if served.pictures:
        page.screenshot(path=served.pictures / "sent-before.png")
    page.get_by_role("button", name="作为新的一项提交").click()
    page.wait_for_url(f"{served.url}/staff/groups/")
    expect(page.locator("main")).to_contain_text("骨关节")


def test_double_click_makes_one(page, served):  # noqa: F811
    page.goto(f"{served.url}/staff/groups/new/")
    page.fill("input[name=name]", "乳腺")
    page.dblclick("main input[type=submit]", no_wait_after=True)
    page.wait_for_url(f"{served.url}/staff/groups/")
    expect(page.locator("main")).to_contain_text("乳腺")
