"""Findings ruled by keyboard, one after the other, over reports; hints taken by key in judging."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# Two reports with two findings each, and a drawn case of which the checks say something.
SCENE = """
import django; django.setup()
from tests import people
from tests.audits.factories import assigned_audit, reviews_of
from tests.factories import make_report
from tests.reports.findings.factories import make_finding
department = people.radiology()
people.officer(department)
assessor = people.assessor(department)
for number in ("A9001", "A9002"):
    report = make_report(department, number)
    make_finding(report, "类圆形结节")
    make_finding(report, "边界清楚")
for review in reviews_of(assigned_audit(department, [assessor])):
    make_finding(review.case.report, "类圆形结节", severity="note")
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("findings"), ["-c", SCENE]) as app:
        yield app


def picture(page: Page, served: Served, name: str) -> None:
    if served.pictures:
        page.screenshot(path=served.pictures / f"{name}.png")


def test_officer_rules_findings_over_reports_by_keyboard_alone(served: Served, open_as):
    page = open_as("officer")
    page.goto(f"{served.url}/reports/findings/")
    page.keyboard.press("g")
    page.wait_for_url("**/reports/*/**")
    notes = page.locator("[data-note]")
    hand = page.locator("[data-note].in-hand")
    expect(hand).to_have_attribute("data-state", "open")
    expect(page.locator("mark.in-hand")).to_have_text("类圆形结节")
    page.keyboard.press("n")
    expect(notes.first).to_have_attribute("data-state", "dismissed")
    expect(page.locator("mark.in-hand")).to_have_text("边界清楚")
    page.keyboard.press("u")
    expect(notes.first).to_have_attribute("data-state", "open")
    page.keyboard.press("r")
    page.keyboard.type("图像已核对")
    page.keyboard.press("Enter")
    page.keyboard.press("y")
    expect(notes.first).to_have_attribute("data-state", "confirmed")
    expect(notes.first).to_contain_text("图像已核对")
    page.keyboard.press("y")
    expect(page.locator("[data-open-words]")).to_have_text("本份已核对完")
    picture(page, served, "findings")
    before = page.url
    page.keyboard.press("Enter")
    expect(page.locator("[data-open-words]")).to_have_text("待核对 2 条")
    assert page.url.split("#")[0] != before.split("#")[0]


def test_key_pressed_as_the_answer_arrives_rules_without_leaving_the_page(served: Served, open_as):
    page = open_as("officer")
    page.goto(f"{served.url}/reports/findings/next/")
    expect(page.locator("[data-note].in-hand")).to_have_attribute("data-state", "open")
    note = page.locator("#" + page.locator("[data-note].in-hand").get_attribute("id"))
    version = int(note.locator("[name=version]").get_attribute("value"))
    page.evaluate("""() => {
        window.stayed = true;
        document.addEventListener("htmx:afterRequest", () => {
            document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "u", bubbles: true }));
        }, { once: true });
    }""")
    page.keyboard.press("n")
    expect(note.locator("[name=version]")).to_have_attribute("value", str(version + 2))
    expect(note).to_have_attribute("data-state", "open")
    expect(note).to_contain_class("in-hand")
    assert page.evaluate("window.stayed") is True


def test_key_pressed_while_typing_a_reason_rules_nothing(served: Served, open_as):
    page = open_as("officer")
    page.goto(f"{served.url}/reports/findings/next/")
    page.keyboard.press("r")
    page.keyboard.type("yny")
    expect(page.locator("[data-note].in-hand")).to_have_attribute("data-state", "open")


def test_assessor_takes_a_hint_by_its_key(served: Served, open_as):
    page = open_as("assessor")
    page.goto(f"{served.url}/audits/mine/")
    page.locator("main a", has_text="评审").first.click()
    expect(page.locator("[data-hint]")).to_have_count(1)
    page.wait_for_load_state("load")
    page.keyboard.press("1")
    expect(page.locator("[data-hint] span").first).to_have_text("已采用")
    row = page.locator("[data-fault]:not([hidden])")
    expect(row.locator('[name$="-excerpt"]')).to_have_value("类圆形结节")
    expect(row.locator('[name$="-clause"]')).to_have_value("6.4.3.2")
    page.keyboard.press("1")
    expect(row).to_have_count(1)
    picture(page, served, "hints")
