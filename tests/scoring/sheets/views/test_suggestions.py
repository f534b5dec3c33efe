"""The suggestion beside each row of the sheet: pages of its records, one click to take it, or a reason."""

from datetime import date

import pytest
from django.urls import reverse

from scoring.sheets.actions.sheets import create_sheet, set_row
from scoring.sheets.models import Sheet
from tests.markup import unwrapped
from tests.scoring.evidence.factories import whole_year_part
from tests.scoring.sheets.factories import judged_audit

HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def year(department, officer):
    return whole_year_part(department, officer)


@pytest.fixture
def sheet(department, officer, assessor, year):
    return create_sheet(audit=judged_audit(department, assessor), by=officer)


def page(client, sheet):
    return unwrapped(client.get(reverse("scoring:detail", args=[sheet.pk])).content.decode())


def post(client, sheet, row, **data):
    sheet = Sheet.objects.get(pk=sheet.pk)
    url = reverse("scoring:row", args=[sheet.pk, row])
    return unwrapped(client.post(url, {"version": sheet.version} | data, **HTMX).content.decode())


def test_page_links_every_record_a_suggestion_rests_on(sign_in, officer, sheet, year):
    shown = page(sign_in(officer), sheet)
    for name, page_name in (
        ("writing_rules", "scoring:document"),
        ("review_rules", "scoring:document"),
        ("follow_up_rules", "scoring:document"),
        ("group_rules", "scoring:document"),
        ("month_7", "audits:month"),
        ("month_8", "audits:month"),
        ("month_9", "audits:month"),
        ("measure", "audits:measure"),
        ("follow_up", "audits:follow_up"),
        ("conference", "audits:conference"),
    ):
        assert f'href="{reverse(page_name, args=[year[name].pk])}"' in shown
    assert reverse("register:groups") in shown
    assert shown.count(">采纳建议</button>") == 5


def test_suggestion_taken_in_one_click_sets_the_row_and_its_choice(sign_in, officer, sheet):
    moved = unwrapped(post(sign_in(officer), sheet, "1.1", state="met", accept="1"))
    assert "已采纳" in moved
    assert 'id="state-r1-1" hx-swap-oob="true"' in moved
    assert 'id="suggestion-r1-1" hx-swap-oob="true"' in moved
    setting = sheet.row_settings.get(row="1.1")
    assert (setting.state, setting.suggested_state) == ("met", "met")


def test_other_decision_asks_for_its_reason_and_keeps_it(sign_in, officer, sheet):
    client = sign_in(officer)
    moved = post(client, sheet, "1.4", state="absent")
    assert "提交前须写明" in moved
    # What is being chosen must not be replaced under the hand that chooses.
    assert 'id="state-r1-4" hx-swap-oob="true"' not in moved
    post(client, sheet, "1.4", differs_reason="仅一次，不成定期")
    assert sheet.row_settings.get(row="1.4").differs_reason == "仅一次，不成定期"
    assert "提交前须写明" not in page(client, sheet)


def test_missing_records_are_named_on_the_row(sign_in, officer, sheet, year):
    year["group"].memberships.update(until_on=date(2026, 6, 30))
    shown = page(sign_in(officer), sheet)
    assert "窗口内没有亚专业组，或各组都没有成员" in shown
    assert "三级医院未设亚专业组不得分。" in shown


def test_row_overtaken_by_its_records_says_so(sign_in, officer, sheet, year):
    set_row(sheet, row="1.5", state="met", version=sheet.version, by=officer)
    year["group"].memberships.update(until_on=date(2026, 6, 30))
    shown = page(sign_in(officer), sheet)
    assert "评定时的建议是“已设专业组”，之后记录有变化，请重新评定。" in shown


def test_head_sees_the_suggestion_and_cannot_take_it(sign_in, head, sheet):
    shown = page(sign_in(head), sheet)
    assert ("书写规范与审核制度在窗口最后一日" in shown, "采纳建议" in shown) == (True, False)
