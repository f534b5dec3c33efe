"""The first sign-in with a second factor, a lost telephone, and the password asked for again."""

from base64 import b32decode
from os import environ

import pytest
from django_otp.oath import TOTP
from playwright.sync_api import expect

from tests.browser.conftest import CAST, serving
from tests.browser.test_axe import violations
from tests.people import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SETTINGS = {"QC_SECOND_FACTOR": "privileged", "QC_CONFIRM_MINUTES": "0"}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The app as by default, but that every password is too old to sign or grant with."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SETTINGS.items():
            patch.setitem(environ, name, value)
        with serving(tmp_path_factory.mktemp("served"), ["-c", CAST]) as app:
            yield app


@pytest.fixture
def page(browser, served):
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    context.set_default_timeout(60_000)
    made, errors = context.new_page(), []
    made.on("pageerror", lambda error: errors.append(str(error)))
    made.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield made
    context.close()
    # The browser's own line for a page answered with 400 is meant here.
    assert [error for error in errors if "status of 400" not in error] == []


def send(page, **fields):
    """Fill in fields by name and send the form."""
    for name, value in fields.items():
        page.fill(f"main input[name={name.replace('_', '-')}]", value)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sign_in(page, served, username):
    page.goto(f"{served.url}/login/")
    send(page, username=username, password=PASSWORD)


def check_axe(page):
    """No violation of WCAG in either scheme; measured when no color is on its way to another."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert violations(page) == []


def new_account(page, served):
    page.goto(f"{served.url}/settings/accounts/new/")
    page.fill("input[name=username]", "new.person")
    page.fill("input[name=full_name]", "新来者")
    page.select_option("select[name=role]", "assessor")
    page.click("main form [type=submit]")
    expect(page.locator("h1")).to_have_text("确认身份")


def test_administrator_sets_up_signs_in_and_confirms(page, served):
    sign_in(page, served, "admin")
    page.goto(f"{served.url}/settings/accounts/")
    expect(page.locator("h1")).to_have_text("双重验证")
    picture = page.locator(".second-factor-qr")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
    check_axe(page)
    device = TOTP(b32decode(page.inner_text(".second-factor-secret").replace(" ", "")))
    send(page, code=f"{device.token():06d}")
    check_axe(page)
    send(page, confirm_password=PASSWORD)
    check_axe(page)
    codes = page.locator(".recovery-codes code").all_inner_texts()
    assert len(set(codes)) == 10
    page.goto(f"{served.url}/second-factor/")
    check_axe(page)
    page.click("text=退出")

    sign_in(page, served, "admin")
    expect(page.locator("h1")).to_have_text("输入验证码")
    send(page, code="000000")
    check_axe(page)
    expect(page.locator(".alert-box.fail")).to_contain_text("验证码不正确")
    send(page, code=codes[0])
    expect(page.locator("h1")).to_have_text("工作台")

    new_account(page, served)
    page.click("text=返回，暂不操作")
    expect(page.locator(".unsaved")).to_contain_text("已恢复")
    assert page.input_value("input[name=full_name]") == "新来者"
    page.click("main form [type=submit]")
    page.fill("input[name=confirm-password]", PASSWORD)
    send(page, confirm_code=codes[1])
    expect(page.locator("h1")).to_have_text("账号已建立")
    page.goto(f"{served.url}/settings/accounts/new/")
    expect(page.locator(".unsaved")).to_have_count(0)


def test_lost_telephone_is_reset_by_the_administrator_and_told_at_the_next_sign_in(page, served):
    served.run(
        "from tests.staff.second_factor.factories import enrol; from staff.accounts.models import User;"
        "enrol(User.objects.get(username='officer'));"
        "from staff.second_factor.actions import reset_second_factor;"
        "reset_second_factor(User.objects.get(username='officer'), by=User.objects.get(username='admin'))"
    )
    sign_in(page, served, "officer")
    expect(page.locator(".messages")).to_contain_text("由管理甲重设")
