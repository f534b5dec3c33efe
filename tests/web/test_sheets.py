"""The sheet page: as Table B.1 is printed, filled row by row, with its live verdict."""

import pytest
from django.urls import reverse

from scoring.actions.sheets import create_sheet
from scoring.models import Sheet
from tests import people
from tests.audit_factories import AGREES, DIFFERS, assigned_audit, drawn_audit, judge, reviews_of
from tests.sheet_factories import draft_sheet, judged_audit, signed_sheet, submitted_sheet

HTMX = {"HTTP_HX_REQUEST": "true"}


def url(name, *args):
    return reverse(f"scoring:{name}", args=args)


@pytest.fixture
def draft(department, officer, assessor):
    """A draft over ten judged reports: two faulty, one discordant; section 1 all met."""
    return draft_sheet(department, by=officer, assessor=assessor, faulty=2, discordant=1)


def test_page_of_draft_shows_printed_rows_points_and_reasons(sign_in, officer, draft):
    text = sign_in(officer).get(url("detail", draft.pk)).content.decode()
    for words in (
        "放射影像检查报告质控评分表",
        "科室有放射影像检查报告书写规范、审核制度",
        "描述不规范或错误，每例-1分：2例，扣2分",
        "90% 未达到“大于90%”的要求，但未触发-5分。",
        "不合格判定为：总分＜21分。",
        "再有2例不符合将低于21分",
        'href="#case-1"',
        'id="case-10"',
    ):
        assert words in text
    assert ("合格</b>", "27") == ("合格</b>", "27") and "27<small> / 30 分" in text
