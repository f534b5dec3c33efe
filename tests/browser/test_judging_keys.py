"""Mouse and single keys mixed: a radio or a box that was clicked takes no letter from the page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SCENE = """
import django; django.setup()
from tests import people
from tests.audits.factories import assigned_audit
department = people.radiology()
assigned_audit(department, [people.assessor(department)])
"""
# A field of each kind on a page whose key F is counted; a field takes the letter or leaves it to the page.
FIELDS = """(html) => {
    document.getElementById("main").innerHTML = html + '<button id="f" data-shortcut="f">F</button>';
    window.pressed = 0;
    document.getElementById("f").addEventListener("click", () => { window.pressed += 1; });
    document.querySelector("#main [data-field]").focus();
}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("judging"), ["-c", SCENE]) as app:
        yield app


def open_case(page: Page, served: Served, place: int) -> None:
    page.goto(f"{served.url}/audits/mine/")
    page.locator("a.go").first.click()
    page.locator(".case-bar a").nth(place).click()
    expect(page.locator("#description-form")).to_be_visible()
    page.wait_for_load_state("load")


def chosen(page: Page) -> str | None:
    return page.evaluate("document.querySelector('input[name=verdict]:checked')?.value ?? null")


def save(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")


def test_verdict_changed_by_key_after_a_click_is_the_one_saved(served: Served, open_as):
    page = open_as("assessor")
    open_case(page, served, 0)
    page.get_by_role("radio", name="规范 A", exact=True).click()
    assert chosen(page) == "conforming"
    page.keyboard.press("s")
    assert chosen(page) == "nonconforming"
    page.keyboard.press("f")
    page.keyboard.type("6.4.3.4")
    page.keyboard.press("Enter")
    page.keyboard.type("强化程度没有写明")
    save(page)
    expect(page.locator("#conclusion-form")).to_be_visible()
    page.get_by_text("改判").first.click()
    assert chosen(page) == "nonconforming"
    expect(page.locator("[data-fault]:not([hidden]) [name$='-reason']")).to_have_value("强化程度没有写明")


def test_arrows_move_a_radio_that_was_clicked_even_while_sentences_are_walked(served: Served, open_as):
    page = open_as("assessor")
    open_case(page, served, 1)
    page.keyboard.press("t")
    page.keyboard.press("ArrowDown")
    page.get_by_role("radio", name="规范 A", exact=True).click()
    page.keyboard.press("ArrowDown")
    assert chosen(page) == "nonconforming"
    page.keyboard.press("a")
    assert chosen(page) == "conforming"


@pytest.mark.parametrize(
    ("field", "pressed"),
    [
        *[
            (f'<input data-field type="{kind}">', 1)
            for kind in ("radio", "checkbox", "range", "button", "color")
        ],
        ("<button data-field>存</button>", 1),
        ('<a data-field href="#main">链接</a>', 1),
        ('<p data-field tabindex="0" contenteditable="false">字</p>', 1),
        *[
            (f'<input data-field type="{kind}">', 0)
            for kind in ("text", "search", "number", "password", "date")
        ],
        ("<input data-field>", 0),
        ("<textarea data-field></textarea>", 0),
        ("<select data-field><option>甲</option><option>f</option></select>", 0),
        ('<p data-field contenteditable="true">字</p>', 0),
        ('<dialog open><input type="checkbox" data-field></dialog>', 0),
    ],
)
def test_letter_is_the_pages_unless_the_focused_field_is_text(served: Served, open_as, field, pressed):
    page = open_as("assessor")
    page.evaluate(FIELDS, field)
    page.keyboard.press("f")
    assert page.evaluate("window.pressed") == pressed
