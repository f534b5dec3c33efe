"""The page on which an import is undone: two clicks and a reason, or why it cannot be."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audits.sampling.models import Audit
from reports.archive.models import Report
from reports.imports.actions import batches
from reports.undo import actions
from tests.audits.factories import planned_audit
from tests.markup import unwrapped

ROWS = (
    "检查号,检查时间,检查部位,设备类型,影像描述,诊断结论,报告时间\n"
    "B0001,2026-10-12 09:30,胸部,CT,右肺见结节。,1、右肺结节。,2026-10-12 10:00\n"
)


@pytest.fixture
def batch(department, officer, monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(batches, "async_task", lambda *args, **more: None)
    # The job runs where it is queued.
    monkeypatch.setattr(actions, "async_task", lambda path, pk, **more: actions.undo(pk))
    upload = SimpleUploadedFile("十月.csv", ROWS.encode())
    made = batches.open_batch(
        department=department, kind="reports", source_name="甲", upload=upload, by=officer
    )
    for job in ("try_out", "commit"):
        batches.begin(made, job=job, by=officer)
        getattr(batches, job)(made.pk)
    return made


def test_import_is_undone_from_its_page_by_two_clicks_and_a_reason(
    sign_in, officer, batch, django_capture_on_commit_callbacks
):
    client = sign_in(officer)
    page, undo = (reverse(f"reports:{name}", args=[batch.pk]) for name in ("batch", "batch_undo"))
    assert undo in client.get(page).content.decode()
    assert "<dt>删除这次新增的</dt><dd>1</dd>" in unwrapped(client.get(undo).content.decode())
    refused = client.post(undo, {"reason": ""})
    assert (refused.status_code, Report.objects.count()) == (400, 1)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(undo, {"reason": "两列对应反了"}).status_code == 302
    assert Report.objects.count() == 0
    body = client.get(page).content.decode()
    assert "测一鸣于" in body
    assert "撤销：两列对应反了" in body
    assert undo not in body
    assert "已撤销" in client.get(undo).content.decode()


def test_import_whose_report_is_drawn_says_which_and_offers_no_button(sign_in, officer, batch, department):
    report = Report.objects.get()
    planned_audit(department).cases.create(
        report=report, revision=report.revisions.get(), position=1, modality="CT", system=report.system
    )
    client = sign_in(officer)
    body = client.get(reverse("reports:batch_undo", args=[batch.pk])).content.decode()
    assert f"<li>已进入{Audit.objects.get().label}抽样：检查号 B0001（第1份）</li>" in body
    assert 'name="reason"' not in body
    response = client.post(reverse("reports:batch_undo", args=[batch.pk]), {"reason": "改列"})
    assert (response.status_code, Report.objects.count()) == (400, 1)
