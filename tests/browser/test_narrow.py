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
# The demo has two signed quarters; the page shows up to eight.
EIGHT_QUARTERS = """all => all.forEach(row => {
    for (let more = 0; more < 6; more++) row.append(row.lastElementChild.cloneNode(true)); })"""
TO_THE_TOP = "e => e.scrollIntoView({behavior: 'instant'})"
CALLED = "all => all.map(cell => getComputedStyle(cell, '::before').content)"
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


def printed(page: Page) -> list[str]:
    """The lines of the page as the browser prints it, white space removed."""
    read = pypdf.PdfReader(io.BytesIO(page.pdf(format="A4")))
    return ["".join(line.split()) for sheet in read.pages for line in sheet.extract_text().split("\n")]


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


@pytest.mark.parametrize("screen", SCREENS)
def test_comparison_of_quarters_shows_its_figures(demo: Served, sign_in, screen):
    page = sign_in("head", screen)
    page.goto(f"{demo.url}/sheets/packets/compare/")
    page.eval_on_selector(".comparison", TO_THE_TOP)
    assert page.eval_on_selector_all(".comparison tbody td:nth-child(4)", IN_VIEW) >= 5


@pytest.mark.parametrize("screen", SCREENS)
def test_latest_of_eight_quarters_is_reached_beside_its_words(demo: Served, sign_in, screen):
    page = sign_in("head", screen)
    page.goto(f"{demo.url}/sheets/packets/compare/")
    page.eval_on_selector_all(".comparison tr", EIGHT_QUARTERS)
    page.eval_on_selector(".comparison", TO_THE_TOP)
    assert page.eval_on_selector_all(".comparison tbody td:nth-child(4)", IN_VIEW) >= 5
    if screen == "phone":
        page.eval_on_selector(".table-responsive:has(.comparison)", "e => e.scrollLeft = e.scrollWidth")
    assert page.eval_on_selector_all(".comparison tbody td:nth-child(11)", IN_VIEW) >= 4
    assert page.eval_on_selector_all(".comparison tbody th", IN_VIEW) >= 4


def test_sheet_printed_from_the_browser_has_points_and_reasons(demo: Served, sign_in):
    page = sign_in("head", "laptop")
    page.goto(f"{demo.url}/sheets/2/")
    reason = page.locator(".b1 .b1-reason p, .b1 .b1-reason li").first.inner_text().strip()[:6]
    text = "".join(printed(page))
    assert ("得分" in text, "扣分理由" in text, reason in text) == (True, True, True)


def test_form_and_list_printed_from_the_browser_are_laid_out_for_paper(demo: Served, sign_in):
    page = sign_in("head", "laptop")
    page.goto(f"{demo.url}/")
    assert any(line == "状态事项时间" for line in printed(page))
    page.goto(f"{demo.url}/reports/1/")
    assert any("性别" in line and "年龄" in line for line in printed(page))


def test_points_and_reasons_of_the_sheet_are_read_on_a_phone_without_moving_it_aside(demo: Served, sign_in):
    page = sign_in("head", "phone")
    page.goto(f"{demo.url}/sheets/2/")
    for name, word in (("points", "分值"), ("score", "得分"), ("reason", "扣分理由")):
        cells = page.locator(f".b1 tr[data-row] .b1-{name}")
        boxes = [cell.bounding_box() for cell in cells.all()]
        assert len(boxes) == 7
        assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
        assert cells.evaluate_all(CALLED) == [f'"{word}"'] * 7


@pytest.mark.parametrize("screen", SCREENS)
def test_tasks_of_the_head_are_reached_without_moving_them_aside(demo: Served, sign_in, screen):
    page = sign_in("head", screen)
    boxes = [link.bounding_box() for link in page.locator(".tasks a").all()]
    edges = [box["x"] + box["width"] for box in boxes]
    assert boxes
    assert all(box["x"] >= 0 and box["height"] >= (44 if screen == "phone" else 20) for box in boxes)
    card = page.locator(".card:has(.tasks)").last.bounding_box()
    assert max(edges) <= card["x"] + card["width"]
    if screen == "phone":
        assert max(edges) - min(edges) < 1
    page.locator(".tasks a").first.click()
    assert page.url != f"{demo.url}/"
