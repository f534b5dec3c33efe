"""A month as people do it: draw, check by keyboard, set a measure, carry it out, check the effect, close."""

from collections.abc import Iterator

import pypdf
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import CAST, Served, serving
from tests.browser.test_journey import picture

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# Two months of reports in which the text checks have something to say; 评一 may check, 书写甲 wrote none.
REPORTS = """
from datetime import date
from reports.findings.actions.checking import check_arrived
from tests.audits.monthly.factories import reports_of
findings = "肝右叶见类圆形结节，大小约1.2cm×1.0cm，边界清楚；增强扫描未见明显强化。"
for month, text in ((date(2026, 8, 1), findings), (date(2026, 9, 1), None)):
    fields = {"reporting_physician": "书写子"} | ({"findings": text} if text else {})
    check_arrived(reports_of(department, month, 5, **fields), department=department, by=None)
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("month"), ["-c", CAST + REPORTS]) as app:
        yield app


def draw(page: Page, served: Served, label: str, value: str) -> None:
    page.goto(f"{served.url}/audits/monthly/")
    card = page.locator(".year-month").filter(has_text=label)
    card.get_by_role("link", name="开始", exact=True).click()
    expect(page.locator("select[name=month]")).to_have_value(value)
    page.fill("input[name=size]", "3")
    page.get_by_role("button", name="建立，公布种子哈希").click()
    page.get_by_role("button", name="冻结名单并抽取").click()
    expect(page.locator("tr[data-href]")).to_have_count(3)


def check_by_keyboard(page: Page, served: Served, *, takes: bool) -> None:
    """Every report of the month: the hint on 6.4.3.4 taken where `takes`, else 未见问题; by keyboard."""
    page.wait_for_load_state("load")
    page.keyboard.press("j")
    for place in range(1, 4):
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"第{place}份")
        page.wait_for_load_state("load")
        if takes:
            hint = page.locator('[data-hint][data-clause="6.4.3.4"]').first
            page.keyboard.press(hint.get_attribute("value") or "")
            expect(page.locator("[data-fault]:not([hidden])")).to_have_count(1)
            expect(page.locator("input[name=verdict]:checked")).to_have_value("nonconforming")
            if place == 1:
                picture(page, served, "month-2-check")
        else:
            page.keyboard.press("a")
            expect(page.locator("input[name=verdict]:checked")).to_have_value("conforming")
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("月度质控")


def finish(page: Page) -> None:
    page.get_by_role("button", name="完成本月质控").click()
    expect(page.locator("body")).to_contain_text("本月质控已完成")


def test_month_from_draw_to_closed_measure(open_as, served):
    officer = open_as("officer")
    draw(officer, served, "2026年8月", "2026-08")
    picture(officer, served, "month-1-drawn")
    check_by_keyboard(officer, served, takes=True)
    expect(officer.locator("body")).to_contain_text("3/3（100.0%）")
    expect(officer.locator("body")).to_contain_text("缺措施")

    officer.get_by_role("link", name="制定", exact=True).first.click()
    expect(officer.locator("textarea[name=problem]")).to_contain_text("2026年8月抽查发现")
    officer.fill("textarea[name=action]", "停用模板中“未见明显强化”一句。")
    officer.select_option("select[name=owner]", label="书写甲 1010")
    officer.fill("input[name=due_on]", "2036-09-20")
    officer.get_by_role("button", name="制定措施").click()
    expect(officer.get_by_role("heading", level=1)).to_contain_text("整改中")
    address = officer.url
    # In life the measure is set in September; here everything happens today.
    served.run("from audits.measures.models import Measure; Measure.objects.update(set_on='2026-09-01')")
    officer.get_by_role("link", name="2026年8月", exact=True).first.click()
    expect(officer.locator("body")).not_to_contain_text("缺措施")
    finish(officer)

    member = open_as("member")
    expect(member.locator("body")).to_contain_text("由我负责的改进措施：停用模板中")
    member.get_by_role("link", name="去办理").click()
    member.fill("input[name=done_on]", "2026-09-02")
    member.locator("#done_text").fill("模板已修订，早会通报。")
    member.get_by_role("button", name="标为已落实").click()
    expect(member.get_by_role("heading", level=1)).to_contain_text("已落实")

    officer.goto(address)
    expect(officer.locator("body")).to_contain_text("无数据：此后还没有已完成的月度质控")
    draw(officer, served, "2026年9月", "2026-09")
    check_by_keyboard(officer, served, takes=False)
    expect(officer.locator("body")).to_contain_text("未发现问题")
    finish(officer)
    officer.goto(address)
    expect(officer.locator("body")).to_contain_text("由 3/3（100.0%） 到 0/3（0.0%）")
    officer.get_by_role("radio", name="有效", exact=True).check()
    officer.locator("#effect_text").fill("九月未再出现。")
    officer.get_by_role("button", name="保存核对结果").click()
    expect(officer.locator("body")).to_contain_text("核对结论：有效")
    picture(officer, served, "month-3-effect")

    head = open_as("head")
    head.goto(address)
    head.locator("#close_text").fill("同意关闭。")
    head.get_by_role("button", name="关闭措施").click()
    expect(head.get_by_role("heading", level=1)).to_contain_text("已关闭")
    head.goto(f"{served.url}/audits/monthly/")
    picture(head, served, "month-4-year")
    card = head.locator(".year-month").filter(has_text="2026年8月")
    expect(card).to_contain_text("已关闭 1")
    with head.expect_download() as waited:
        card.get_by_role("link", name="记录（PDF）").click()
    text = "".join(page.extract_text() for page in pypdf.PdfReader(waited.value.path()).pages)
    assert "月度质控检查记录" in text
    assert "受检甲" not in text
