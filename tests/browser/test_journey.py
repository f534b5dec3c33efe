"""The main job as three people do it: from a RIS export to a signed sheet and the inspector's packet."""

import io
import json
from datetime import timedelta
from pathlib import Path

import openpyxl
import pypdf
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.paths import DATA

pytestmark = [pytest.mark.browser, pytest.mark.slow]
RIS = DATA / "ris"


def picture(page: Page, served, name: str) -> None:
    """Kept for the eye when QC_PICTURES names a folder; asserts nothing."""
    if served.pictures:
        served.pictures.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=served.pictures / f"{name}.png")


def import_file(page: Page, served, kind: str, name: str) -> None:
    page.goto(f"{served.url}/reports/import/?kind={kind}")
    page.set_input_files("input[type=file]", RIS / name)
    page.get_by_role("button", name="上传并核对").click()
    picture(page, served, f"1-{kind}-columns")
    page.get_by_role("button", name="试导入").click()
    # The worker of `serve` does the work: the page asks until it is done.
    expect(page.get_by_role("heading", name="试导入结果")).to_be_visible(timeout=30_000)
    picture(page, served, f"2-{kind}-dry-run")
    page.get_by_role("button", name="写入").click()
    expect(page.get_by_role("heading", name="导入结果")).to_be_visible(timeout=30_000)


def draw_quarter(page: Page, served) -> None:
    page.goto(f"{served.url}/audits/new/")
    page.select_option("select[name=period]", "until")
    page.fill("input[name=until]", "2025-09-30")
    page.get_by_role("button", name="建立抽样").click()
    picture(page, served, "3-pool")
    page.get_by_role("button", name="冻结名单并抽取").click()
    expect(page.locator("tr[data-href]")).to_have_count(10)
    page.wait_for_load_state("load")
    for label in ("评一", "评二"):
        page.get_by_role("checkbox", name=label).check()
    for box in page.locator("input[name=assessors]").all():
        if "评" not in (box.locator("xpath=..").inner_text()):
            box.uncheck()
    page.get_by_role("button", name="均衡分配").click()
    expect(page.locator("tr[data-href]").filter(has_text="未分配")).to_have_count(0)
    picture(page, served, "4-drawn")


def press(page: Page, key: str, chosen: str) -> None:
    """Press a key of the page once its scripts listen, and see what it chose."""
    page.wait_for_load_state("load")
    page.keyboard.press(key)
    expect(page.locator(chosen)).to_have_count(1)


def judge_all(page: Page, served) -> int:
    """Judge every case of one assessor by keyboard alone; returns how many there were."""
    page.goto(f"{served.url}/audits/mine/")
    rulings = page.locator("#rows tbody tr").count()
    page.locator("a.go").first.click()
    for turn in range(rulings):
        expect(page.locator("#description-form")).to_be_visible()
        if turn == 0:
            picture(page, served, "5-blind")
        press(page, "a", "input[name=verdict]:checked")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#conclusion-form")).to_be_visible()
        if turn == 0:
            picture(page, served, "6-outcome")
        press(page, "1", "input[name=judgement]:checked")
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
    page.goto(f"{served.url}/audits/mine/")
    expect(page.locator("body")).to_contain_text(f"{rulings}/{rulings}".replace("/", " / "))
    return rulings


def explain(page: Page, row: str) -> None:
    """The department keeps no register, so that nothing was suggested as met: the decision says why."""
    reason = page.locator(f'tr[data-row="{row}"] textarea[name=differs_reason]')
    with page.expect_response(lambda r: "/rows/" in r.url and r.request.method == "POST"):
        reason.fill("纸质原件当场核对")
        reason.blur()


def fill_sheet(page: Page, served) -> None:
    page.goto(f"{served.url}/sheets/")
    page.get_by_role("button", name="建立评分表").click()
    for row in ("1.1", "1.2", "1.3", "1.4", "1.5"):
        choices = page.locator(f'tr[data-row="{row}"] input[type=radio]')
        expect(choices).not_to_have_count(0)  # the sheet is there: the next lines look, and do not wait
        best = max(
            range(choices.count()),
            key=lambda i: int(choices.nth(i).locator("xpath=..").locator("small").inner_text()[:-1]),
        )
        with page.expect_response(lambda r: "/rows/" in r.url and r.request.method == "POST"):
            choices.nth(best).check()
        explain(page, row)
    evidence = page.locator('tr[data-row="1.1"] .evidence-add')
    evidence.locator("summary").click()
    evidence.locator("input[name=title]").fill("放射影像检查报告书写规范")
    with page.expect_response(lambda r: "/evidence/" in r.url):
        evidence.get_by_role("button", name="添加").click()
    expect(page.locator("body")).to_contain_text("放射影像检查报告书写规范")
    picture(page, served, "7-sheet")
    page.reload()
    page.get_by_role("button", name="提交签发").click()
    expect(page.locator("#sheet-signoff")).to_contain_text("等待科主任签发")


def sign_and_grant(page: Page, served) -> str:
    page.goto(f"{served.url}/sheets/")
    page.locator("#rows tbody a").first.click()
    page.get_by_role("checkbox", name="已核对").check()
    picture(page, served, "8-sign")
    page.get_by_role("button", name="签发", exact=True).click()
    expect(page.locator("#sheet-signoff")).to_contain_text("内容冻结")
    address = page.url
    page.goto(f"{served.url}/sheets/packets/")
    page.get_by_role("link", name="授权检查专家").click()
    page.select_option("select[name=inspector]", index=1)
    page.fill("input[name=until]", str(timezone.localdate() + timedelta(30)))
    page.get_by_role("button", name="授权", exact=True).click()
    expect(page.locator("#rows")).to_contain_text("检查甲")
    return address


def download(page: Page, kind: str) -> bytes:
    with page.expect_download() as started:
        page.locator(f"#rows a[href$='/{kind}/']").first.click()
    return Path(started.value.path()).read_bytes()


def test_journey_from_export_to_packet_walked_by_four_people_ends_in_thirty_points(open_as, served):
    officer = open_as("officer")
    import_file(officer, served, "reports", "vendor_gbk.csv")
    import_file(officer, served, "outcomes", "outcomes.csv")
    draw_quarter(officer, served)

    assert judge_all(open_as("assessor"), served) + judge_all(open_as("assessor2"), served) == 10

    officer.goto(f"{served.url}/audits/")
    officer.locator("#rows tbody a").first.click()
    officer.get_by_role("button", name="评审完成").click()
    fill_sheet(officer, served)

    head = open_as("head")
    address = sign_and_grant(head, served)

    inspector = open_as("inspector")
    assert inspector.request.get(address).status == 403
    inspector.goto(f"{served.url}/sheets/packets/")
    picture(inspector, served, "9-packets")
    pdf = pypdf.PdfReader(io.BytesIO(download(inspector, "pdf")))
    text = "".join(page.extract_text() for page in pdf.pages)
    document = json.loads(download(inspector, "json"))
    workbook = openpyxl.load_workbook(io.BytesIO(download(inspector, "xlsx")))
    assert "合格" in text
    assert "表B.1" in text
    assert workbook.sheetnames[0] == "评分表"
    drawn = json.dumps(document, ensure_ascii=False)
    assert drawn.count('"position"') >= 10
    assert "放射影像检查报告书写规范" in text
