"""Mapping an unknown register in the browser: the page follows each choice, and remembers the mapping."""

import pytest

from tests.browser.conftest import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HEAD = "检查号,受检者ID,途径,完成日,结局内容\n"
ROWS = "A1,P1,K1,2025-03-01,右肺腺癌。\nA2,P2,K2,2025-03-02,肺炎。\nA3,P3,K9,2025-03-03,失访。\n"


def _upload(page, served, name, text):
    page.goto(f"{served.url}/reports/import/?kind=outcomes")
    page.set_input_files("input[name=file]", {"name": name, "mimeType": "text/csv", "buffer": text.encode()})
    page.get_by_role("button", name="上传并核对").click()


def test_unknown_register_is_mapped_while_the_preview_follows_and_is_remembered(served, open_as):
    page = open_as("officer")
    _upload(page, served, "一月.csv", HEAD + ROWS)
    preview = page.locator("#preview")
    expect(preview).to_contain_text("还没有指定“结局来源”")
    page.get_by_label("途径").select_option("kind")
    expect(preview).not_to_contain_text("还没有指定“结局来源”")
    page.get_by_label("完成日").select_option("observed_on")
    expect(preview).to_contain_text("2025-03-01")
    for text, word in (("K1", "手术病理"), ("K2", "临床随访结局"), ("K9", "-")):
        page.locator("#writings").get_by_label(text, exact=True).select_option(word)
    expect(preview).to_contain_text("手术病理")
    assert page.get_by_label("途径").input_value() == "kind"
    page.get_by_role("button", name="试导入（不写入）").click()
    expect(page.get_by_role("heading", name="试导入结果")).to_be_visible()
    page.get_by_role("button", name="返回核对列").click()
    expect(page.locator("#writings").get_by_label("K9", exact=True)).to_have_value("-")
    page.get_by_role("button", name="试导入（不写入）").click()
    page.get_by_role("button", name="写入").click()
    expect(page.get_by_role("link", name="撤销导入")).to_be_visible()
    expect(page.locator("dl.figures div", has_text="拒收")).to_contain_text("0")
    _upload(page, served, "二月.csv", HEAD + ROWS.replace("A", "B"))
    expect(page.locator("#preview")).not_to_contain_text("还没有指定")
    expect(page.locator("#writings").get_by_label("K2", exact=True)).to_have_value("临床随访结局")
