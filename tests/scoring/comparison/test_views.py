"""季度对照 as a page: the state of each quarter as every other page says it, and what is left out."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audits.quarter.actions.quarters import open_audit
from audits.sampling.domain.window import quarter_window
from scoring.downloads.actions import grant_packet
from scoring.sheets.actions.corrections import correct_sheet
from tests.audits.factories import assigned_audit
from tests.scoring.sheets.factories import signed_sheet
from tests.stories import made_once

pytestmark = pytest.mark.django_db
URL = reverse("scoring:comparison")


@made_once
def signed(department, officer, head, assessor):
    return signed_sheet(department, by=officer, head=head, assessor=assessor)


def states(client) -> list[str]:
    """The cells of the row 季度状态."""
    page = client.get(URL).content.decode()
    row = page.partition('<th scope="row">季度状态</th>')[2].partition("</tr>")[0]
    return [cell.partition("<")[0].strip() for cell in row.split('<td class="num">')[1:]]


def test_signed_quarter_has_the_state_that_list_and_quarter_page_say(signed, officer, sign_in):
    client = sign_in(officer)
    assert states(client) == ["已签发"]
    correct_sheet(signed, reason="合计有误", version=signed.version, by=officer)
    (state,) = states(client)
    assert state == "已评10/10，评分表填写中"
    for place in (reverse("audits:list"), reverse("audits:detail", args=[signed.audit_id])):
        assert state in client.get(place).content.decode()


def test_inspector_learns_of_a_signed_quarter_only_whether_it_is_in_force(
    signed, inspector, officer, head, sign_in
):
    grant_packet(signed, inspector=inspector, until=timezone.localdate() + timedelta(days=3), by=head)
    correct_sheet(signed, reason="合计有误", version=signed.version, by=officer)
    assert states(sign_in(inspector)) == ["已签发"]


def test_unsigned_quarter_is_named_with_its_state_and_not_added_up(
    signed, department, officer, inspector, head, sign_in
):
    other = open_audit(department=department, window=quarter_window(2026, 2), by=officer)
    words = f"没有签发的季度不列入，也不合计：{other.label}（待抽样）。"
    assert words in sign_in(officer).get(URL).content.decode()
    grant_packet(signed, inspector=inspector, until=timezone.localdate() + timedelta(days=3), by=head)
    assert "没有签发的季度" not in sign_in(inspector).get(URL).content.decode()


def test_quarter_waiting_for_its_sheet_has_the_one_state(department, assessor, officer, sign_in):
    audit = assigned_audit(department, [assessor])
    page = sign_in(officer).get(reverse("scoring:list")).content.decode()
    waiting = page.partition(audit.label)[2].partition("</tr>")[0]
    assert "评审中 0/10" in waiting
