"""An appeal as three people live it: the physician, the officer, another assessor; and the sheet after it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import serving
from tests.browser.test_journey import picture

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# A signed sheet whose first report was judged faulty; its physician is the member of the cast.
STORY = """
import django; django.setup()
from tests import people
from tests.factories import make_report
from tests.scoring.sheets.factories import signed_sheet
department = people.radiology()
cast = {name: make(department) for name, make in people.ROLES.items()}
people.second_assessor(department)
sheet = signed_sheet(
    department, by=cast["qc_officer"], head=cast["head"], assessor=cast["assessor"], faulty=1
)
case = sheet.audit.cases.select_related("report").get(position=1, state="active")
member = cast["member"]
member.full_name = case.report.reporting_physician
member.save()
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("appeal"), ["-c", STORY]) as app:
        yield app


def test_appeal_is_lodged_decided_and_followed_by_a_new_version(open_as, served):
    physician = open_as("member")
    expect(physician.locator("body")).to_contain_text("1 项对我的报告的评定待确认")
    physician.get_by_role("link", name="我的报告问题").click()
    picture(physician, served, "appeal-1-own")
    physician.locator("tbody a").first.click()
    expect(physician.locator("aside")).to_contain_text("如何写对")
    picture(physician, served, "appeal-2-report")
    physician.get_by_text("不同意，提出申诉").click()
    physician.get_by_label("申诉理由").fill("与胸壁肌肉相比已写明，参照组织明确。")
    physician.get_by_role("button", name="提交申诉").click()
    expect(physician.locator("aside")).to_contain_text("申诉处理中")
    picture(physician, served, "appeal-3-lodged")

    officer = open_as("officer")
    expect(officer.locator("body")).to_contain_text("1 件申诉待分配复核人")
    officer.goto(f"{served.url}/audits/appeals/")
    picture(officer, served, "appeal-4-list")
    officer.locator("tbody a").first.click()
    expect(officer.locator("aside")).to_contain_text("复核人不能是原评审人")
    officer.get_by_label("复核人").select_option(label="评二 1003")
    picture(officer, served, "appeal-5-assign")
    officer.get_by_role("button", name="交其复核").click()
    expect(officer.locator("aside")).to_contain_text("由评二复核")

    assessor = open_as("assessor2")
    assessor.get_by_role("link", name="去复核").click()
    assessor.get_by_role("radio", name="申诉成立").check()
    assessor.get_by_label("复核理由（申诉人会看到）").fill("原文已写明与胸壁肌肉相比，问题不成立。")
    picture(assessor, served, "appeal-6-decide")
    assessor.get_by_role("button", name="提交复核结论").click()
    expect(assessor.locator("aside")).to_contain_text("不规范 → 规范")
    picture(assessor, served, "appeal-7-decided")

    physician.reload()
    expect(physician.locator("aside")).to_contain_text("申诉成立")
    expect(physician.locator("aside")).not_to_contain_text("评二")
    picture(physician, served, "appeal-8-told")

    officer.goto(served.url)
    officer.get_by_role("link", name="去更正").click()
    expect(officer.locator("#after-appeal")).to_contain_text("第1份影像描述由“不规范”改为“规范”")
    picture(officer, served, "appeal-9-sheet")
    officer.get_by_role("button", name="据此建立更正版").click()
    expect(officer.locator("body")).to_contain_text(re.compile("更正第1版，理由：第1号申诉成立"))
    expect(officer.locator("body")).to_contain_text("30")
    officer.get_by_role("link", name="更正了什么").first.click()
    expect(officer.locator("table")).to_contain_text("第1份影像描述")
    picture(officer, served, "appeal-10-changes")
