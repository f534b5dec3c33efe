"""A signed sheet beneath which an import was corrected: it stays; its page and the home page say so."""

from django.urls import reverse
from django.utils import timezone

from reports.imports.models import ImportBatch, ImportSource, PriorState
from tests.scoring.sheets.factories import signed_sheet

FLAG = "本表签发在先，内容不变；请核对是否需要建立更正版。"
TASK = "评分表签发后原始数据更正导入"


def correct_report_of(case, *, values):
    """The trace that a correcting import leaves of a report that it changed."""
    source = ImportSource.objects.create(department=case.audit.department, name="甲")
    given = {"department": case.audit.department, "source": source, "kind": "reports", "size": 1}
    batch = ImportBatch.objects.create(**given, status="done")
    correction = ImportBatch.objects.create(
        **given, status="done", corrects=batch, correction_reason="两列反了", finished_at=timezone.now()
    )
    PriorState.objects.create(batch=correction, kind="report", row_id=case.report_id, values=values)


def pages(sign_in, head, sheet):
    client = sign_in(head)
    urls = (reverse("scoring:detail", args=[sheet.pk]), reverse("home"))
    return [client.get(url).content.decode() for url in urls]


def test_signed_sheet_is_untouched_and_flagged(sign_in, department, officer, head, assessor):
    sheet = signed_sheet(department, by=officer, head=head, assessor=assessor)
    content = sheet.content
    page, home = pages(sign_in, head, sheet)
    assert FLAG not in page
    assert TASK not in home
    correct_report_of(sheet.audit.cases.get(position=4), values={"findings": "旧"})
    sheet.refresh_from_db()
    assert sheet.content == content
    page, home = pages(sign_in, head, sheet)
    day = timezone.localdate()
    assert f"第4份：原始数据已于{day}更正导入，评定所依据的版本保留。理由：两列反了。{FLAG}" in page
    assert f"{sheet.audit.label}{TASK}" in home


def test_columns_beside_the_report_do_not_count(sign_in, department, officer, head, assessor):
    sheet = signed_sheet(department, by=officer, head=head, assessor=assessor)
    correct_report_of(sheet.audit.cases.get(position=4), values={"extra": {}})
    page, home = pages(sign_in, head, sheet)
    assert "更正导入" not in page
    assert TASK not in home
