"""更正导入 by its pages: from the refused undo to the comparison and the written correction."""

import pytest
from django.urls import reverse
from django.utils import timezone

from audits.sampling.models import Audit
from reports.archive.models import Report
from reports.imports.actions import batches
from reports.imports.models import ImportBatch
from tests.audits.factories import planned_audit
from tests.reports.reimport.factories import FIRST, RIGHT, SECOND, WRONG, imported, run, tried_out


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(batches, "async_task", lambda *args, **more: None)


@pytest.fixture
def batch(department, officer):
    return imported(department, officer, FIRST, SECOND, mapping=WRONG)


def drawn(department, number):
    report = Report.objects.get(accession_number=number)
    return planned_audit(department).cases.create(
        report=report, revision=report.revisions.get(), position=3, modality="CT", system=report.system
    )


def plain(response):
    """The page's source without blanks: its layout is the formatter's."""
    return "".join(response.content.decode().split())


def test_refused_undo_offers_the_correction_which_starts_from_the_old_columns(
    sign_in, officer, batch, department
):
    drawn(department, "B0002")
    client = sign_in(officer)
    url = reverse("reports:batch_correct", args=[batch.pk])
    assert url in client.get(reverse("reports:batch_undo", args=[batch.pk])).content.decode()
    assert "不算报告修改（4.5）" in client.get(url).content.decode()
    refused = client.post(url, {"reason": " "})
    assert (refused.status_code, ImportBatch.objects.count()) == (400, 1)
    response = client.post(url, {"reason": "描述与诊断对应反了"}, follow=True)
    correction = ImportBatch.objects.get(corrects=batch)
    assert response.redirect_chain == [(reverse("reports:batch", args=[correction.pk]), 302)]
    body = response.content.decode()
    assert "核对列" in body
    assert "理由：描述与诊断对应反了" in body
    assert "打开更正导入" in client.get(url).content.decode()
    assert client.post(url, {"reason": "再来"}).status_code == 400


def test_comparison_shows_both_values_the_drawn_case_and_no_identity(sign_in, officer, batch, department):
    case = drawn(department, "B0002")
    correction = tried_out(batch, officer, RIGHT | {"姓名": "operator", "科别": "patient_name"})
    client = sign_in(officer)
    page = client.get(reverse("reports:batch", args=[correction.pk])).content.decode()
    url = reverse("reports:batch_comparison", args=[correction.pk])
    assert url in page
    body = client.get(url).content.decode()
    squeezed = "".join(body.split())
    assert '<tdclass="pre-line">1、右肺结节。</td><tdclass="pre-line">右肺见结节。</td>' in squeezed
    assert f'<ahref="{reverse("audits:case", args=[case.pk])}">{case.audit.label}第3份</a>' in squeezed
    assert "尚未写入" in squeezed
    assert "张**" in body
    assert "张三丰" not in body
    run(correction, officer, "commit")
    assert "已写入" in plain(client.get(url))


def test_reports_under_review_by_the_reader_are_left_out(sign_in, officer, batch, department):
    case = drawn(department, "B0002")
    Audit.objects.update(status="drawn", drawn_at=timezone.now(), pool_hash="x")
    case.reviews.create(assessor=officer)
    correction = tried_out(batch, officer, RIGHT)
    body = sign_in(officer).get(reverse("reports:batch_comparison", args=[correction.pk])).content.decode()
    assert "B0001" in body
    assert "B0002" not in body
    assert "1 份报告由您评审" in body


def test_batch_that_corrects_nothing_has_no_comparison(sign_in, officer, batch):
    url = reverse("reports:batch_comparison", args=[batch.pk])
    assert sign_in(officer).get(url).status_code == 404


def test_comparison_of_one_or_three_reports_asks_the_same_queries(
    sign_in, officer, department, count_queries
):
    client, counts = sign_in(officer), []
    third = FIRST.replace("B0001", "B0003").replace("P9901001", "P9901003")
    for rows in ([FIRST], [FIRST.replace("B0001", "C0001"), SECOND, third]):
        batch = imported(department, officer, *rows, mapping=WRONG)
        url = reverse("reports:batch_comparison", args=[tried_out(batch, officer, RIGHT).pk])
        client.get(url)
        counts.append(count_queries(lambda: client.get(url)))  # noqa: B023  (called at once)
    assert counts[0] == counts[1]
