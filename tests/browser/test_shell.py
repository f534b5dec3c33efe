"""The shell by keyboard, in both schemes, on a wide and on a narrow screen."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

READABLE = (Path(__file__).parent / "readable.js").read_text(encoding="utf-8")
PAGES = (
    "/",
    "/reports/",
    "/reports/import/",
    "/audits/",
    "/standard/",
    "/standard/scoresheet/",
    "/password/",
)


def _open_help(page) -> bool:
    return page.evaluate("document.getElementById('keyboard-help').open")


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1366), ("dark", 1366), ("light", 390), ("dark", 390)]
)
def test_page_in_each_scheme_and_width_is_readable(open_as, served, scheme, width):
    page = open_as("officer")
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 768})
    found = {}
    for path in PAGES:
        page.goto(f"{served.url}{path}")
        if wrong := page.evaluate(READABLE):
            found[path] = wrong
    assert found == {}


def test_scheme_switch_is_kept_for_the_next_page(open_as, served):
    page = open_as("officer")
    page.emulate_media(color_scheme="light")
    page.get_by_role("button", name="切换浅色与深色").click()
    page.goto(f"{served.url}/standard/")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 24, 28)"


def test_slash_goes_to_search_and_question_mark_to_help(open_as, served):
    page = open_as("officer")
    page.goto(f"{served.url}/reports/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("?")
    assert not _open_help(page)  # typed into the field, not a command
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert _open_help(page)
    page.keyboard.press("Escape")
    assert not _open_help(page)


def test_single_keys_switched_off_do_nothing(open_as, served):
    page = open_as("officer")
    page.goto(f"{served.url}/reports/")
    page.get_by_role("button", name="键盘帮助").click()
    page.get_by_label("使用单键快捷键").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name || ''") == ""


def test_first_tab_stop_skips_to_the_text(open_as, served):
    page = open_as("officer")
    page.goto(f"{served.url}/standard/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (403, "您没有进行这项操作的权限；若刚调整过角色，请刷新页面。"),
        (502, "系统出错，刚才的操作没有保存。请重试；仍不行请告知系统管理员。"),
        (418, "请求没有完成（418），请刷新页面后重试。"),
    ],
)
def test_failed_request_is_said_in_a_sentence(open_as, status, sentence):
    page = open_as("officer")
    page.evaluate(
        "status => document.dispatchEvent(new CustomEvent('htmx:responseError', {detail: {xhr: {status}}}))",
        status,
    )
    assert page.get_by_role("alert").inner_text() == sentence


def test_navigation_on_a_narrow_screen_folds_and_opens(open_as, served):
    page = open_as("officer")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{served.url}/standard/")
    navigation = page.get_by_role("navigation", name="主导航")
    expect(navigation).not_to_be_visible()
    page.get_by_role("button", name="菜单").click()
    expect(navigation).to_be_visible()
    expect(page.get_by_role("button", name="菜单")).to_have_attribute("aria-expanded", "true")
