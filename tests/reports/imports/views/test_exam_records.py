"""The import pages with requests and alerts: four kinds of file, one way in."""

import pytest
from django.urls import reverse

from reports.imports.models import CriticalAlert, ImagingRequest, ImportSource
from tests.reports.imports.views.test_imports import commit, confirm_columns, csv, upload
from trail.models import Event

PAPERS = (
    (
        "requests",
        "检查号,姓名,受检者ID,申请单号,检查目的,申请时间",
        ("B0001,张三丰,P9901001,Q1,复查,2026-10-12 09:30", "B0002,李四光,P9901002,Q2,复查,2026-02-30 09:30"),
        ImagingRequest,
    ),
    (
        "alerts",
        "检查号,姓名,受检者ID,危急值内容,通知时间,接收人",
        ("B0001,张三丰,P9901001,张三丰气胸,,", "B0002,李四光,P9901002,脑疝,2026-02-30 09:30,护士甲"),
        CriticalAlert,
    ),
)


@pytest.mark.parametrize(("kind", "head", "rows", "model"), PAPERS)
def test_papers_uploaded_and_confirmed_are_taken_and_the_bad_row_listed(
    sign_in, officer, department, django_capture_on_commit_callbacks, kind, head, rows, model
):
    client = sign_in(officer)
    batch = upload(client, csv(*rows, head=head), kind=kind, source="HIS")
    page = client.get(reverse("reports:batch", args=[batch.pk])).content.decode()
    assert ("张三丰" in page, "P9901001" in page, "张**" in page) == (False, False, True)
    with django_capture_on_commit_callbacks(execute=True):
        confirm_columns(client, batch)
    batch.refresh_from_db()
    assert (batch.status, batch.counts["created"], batch.counts["refused"]) == ("checked", 1, 1)
    assert not model.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("reports:batch_commit", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.status == "done"
    assert list(model.objects.values_list("department", "accession_number", "batch")) == [
        (department.pk, "B0001", batch.pk)
    ]
    body = client.get(reverse("reports:batch", args=[batch.pk])).content.decode()
    assert [word in body for word in ("2026-02-30 09:30", reverse("reports:list"), "查看检查报告")] == [
        True
    ] * 3
    assert Event.objects.filter(action=f"{kind}.import").count() == 1


@pytest.mark.parametrize(("kind", "head", "rows", "model"), PAPERS)
def test_column_of_papers_chosen_by_a_person_is_remembered_and_forgotten(
    sign_in, officer, department, django_capture_on_commit_callbacks, kind, head, rows, model
):
    client = sign_in(officer)
    head = head.replace("检查号", "内部码")
    batch = upload(client, csv(*rows, head=head), kind=kind, source="HIS")
    with django_capture_on_commit_callbacks(execute=True):
        confirm_columns(client, batch, 内部码="accession_number")
    commit(client, batch, django_capture_on_commit_callbacks)
    source = ImportSource.objects.get(kind=kind)
    assert source.mapping["内部码"] == "accession_number"
    assert "检查号" in client.get(reverse("reports:source_edit", args=[source.pk])).content.decode()
    client.post(reverse("reports:source_edit", args=[source.pk]))
    source.refresh_from_db()
    assert source.mapping == {}


def test_import_page_offers_five_kinds_each_with_its_usual_source(sign_in, officer, department):
    client = sign_in(officer)
    form = client.get(reverse("reports:imports")).context["form"]
    assert form.fields["kind"].choices == [
        ("reports", "检查报告"),
        ("outcomes", "结局"),
        ("requests", "申请单"),
        ("alerts", "危急值记录"),
        ("staff", "人员登记表"),
    ]
    asked = {
        kind: client.get(reverse("reports:imports"), {"kind": kind}).context["form"].initial
        for kind in ("reports", "outcomes", "requests", "alerts", "none")
    }
    assert asked == {
        "reports": {"kind": "reports", "source": "RIS导出"},
        "outcomes": {"kind": "outcomes", "source": "结局登记"},
        "requests": {"kind": "requests", "source": "HIS申请单"},
        "alerts": {"kind": "alerts", "source": "危急值登记"},
        "none": {"kind": "none", "source": ""},
    }


def test_columns_of_papers_with_data_that_go_nowhere_are_named_on_the_page(
    sign_in, officer, department, django_capture_on_commit_callbacks
):
    client = sign_in(officer)
    batch = upload(
        client, csv("B0001,气胸,乙,是", head="检查号,危急值内容,通知人,回执"), kind="alerts", source="HIS"
    )
    with django_capture_on_commit_callbacks(execute=True):
        confirm_columns(client, batch)
    page = client.get(reverse("reports:batch", args=[batch.pk])).content.decode()
    assert "以下列有数据，但没有对应的内容，未用于检查：回执" in page
