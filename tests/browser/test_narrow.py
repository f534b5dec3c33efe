"""What must be seen and reached on every screen and on paper: words, figures, tasks, the sheet."""

import io
from collections.abc import Iterator

import pypdf
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Served, serving
from tests.browser.test_axe import NOT_PAGES, STARTS, kind_of
from tests.people import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SCENE = """
import django; django.setup()
from django.core.management import call_command
from tests.browser.long_words import write
call_command("demo")
write()
"""
SCREENS = {"phone": (390, 844), "laptop": (1366, 768)}
WIDTH = "document.documentElement.scrollWidth"
IN_VIEW = """all => all.filter(e => { const box = e.getBoundingClientRect();
    return box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.bottom <= innerHeight; }).length"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("narrow"), ["-c", SCENE]) as app:
        yield app


@pytest.fixture
def sign_in(demo: Served, browser: Browser):
    contexts = []

    def _sign_in(role: str, screen: str) -> Page:
        width, height = SCREENS[screen]
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{demo.url}/login/")
        page.fill("input[name=username]", role)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{demo.url}/")
        return page

    yield _sign_in
    for context in contexts:
        context.close()


def one_rule_is_enough(address: str) -> str:
    kind = kind_of(address)
    return "/reports/rules/*" if kind.startswith("/reports/rules/") and kind.count("/") > 4 else kind


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("role", STARTS)
def test_no_page_is_wider_than_the_window_whatever_words_people_write(demo: Served, sign_in, role, screen):
    page = sign_in(role, screen)
    waiting, seen, wide = list(STARTS[role]), set(), {}
    while waiting:
        address = waiting.pop(0)
        if one_rule_is_enough(address) in seen:
            continue
        seen.add(one_rule_is_enough(address))
        page.goto(demo.url + address)
        if (width := page.evaluate(WIDTH)) > SCREENS[screen][0]:
            wide[address] = width
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
        waiting += [a for a in links if a.startswith("/") and not any(part in a for part in NOT_PAGES)]
    assert wide == {}
    assert len(seen) >= 4


def test_comparison_of_quarters_shows_its_figures(demo: Served, sign_in):
    page = sign_in("head", "laptop")
    page.goto(f"{demo.url}/sheets/packets/compare/")
    assert page.eval_on_selector_all(".comparison tbody td:nth-child(4)", IN_VIEW) >= 5


def test_sheet_printed_from_the_browser_has_points_and_reasons(demo: Served, sign_in):
    page = sign_in("head", "laptop")
    page.goto(f"{demo.url}/sheets/2/")
    reason = page.locator(".b1 .b1-reason p, .b1 .b1-reason li").first.inner_text().strip()[:6]
    printed = pypdf.PdfReader(io.BytesIO(page.pdf(format="A4")))
    text = "".join(sheet.extract_text() for sheet in printed.pages).replace("\n", "").replace(" ", "")
    assert ("得分" in text, "扣分理由" in text, reason in text) == (True, True, True)


def test_tasks_of_the_head_are_reached_by_a_thumb(demo: Served, sign_in):
    page = sign_in("head", "phone")
    links = page.locator(".tasks a")
    boxes = [link.bounding_box() for link in links.all()]
    assert boxes
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["height"] >= 44 for box in boxes)
    page.locator(".tasks a").first.click()
    assert page.url != f"{demo.url}/"
