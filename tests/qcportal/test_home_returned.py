"""A sheet that was sent back reaches who fills it, whichever quarter it is of."""

import pytest
from django.utils import timezone

from qcportal.home.tasks.quarter import quarter_tasks
from scoring.sheets.models import Sheet
from tests.scoring.sheets.factories import draft_sheet

pytestmark = pytest.mark.django_db


def test_returned_sheet_waits_for_who_fills_it_and_for_nobody_else(department, assessor, officer, head):
    sheet = draft_sheet(department, by=officer, assessor=assessor)
    assert [task.word for task in quarter_tasks(officer, None)] == []
    Sheet.objects.filter(pk=sheet.pk).update(returned_at=timezone.now(), returned_reason="第1行缺佐证")
    found = [task for task in quarter_tasks(officer, None) if task.word == "已退回"]
    assert [task.text for task in found] == [f"{sheet.audit.label}评分表被退回：第1行缺佐证"]
    assert [task for task in quarter_tasks(head, None) if task.word == "已退回"] == []
