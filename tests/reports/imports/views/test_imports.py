"""The import pages, from the upload to the rows that were taken, for reports and for outcomes."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reports.archive.models import Report
from reports.imports.models import ImportBatch, ImportSource
from reports.outcomes.models import Outcome
from tests.factories import make_outcome, make_report
from tests.markup import unwrapped
from trail.models import Event

HEAD = "检查号,检查时间,检查部位,设备类型,姓名,受检者ID,影像描述,诊断结论,报告时间"
GOOD = "B0001,2026-10-12 09:30,胸部,CT,张三丰,P9901001,右肺见结节。,1、右肺结节。,2026-10-12 10:00"
BAD = "B0002,2026-02-30 09:30,胸部,CT,李四光,P9901002,右肺见结节。,1、右肺结节。,2026-10-12 10:00"


def csv(*rows, head=HEAD):
    return SimpleUploadedFile("十月.csv", "\r\n".join([head, *rows, ""]).encode("gb18030"))


def upload(client, file, *, kind="reports", source="RIS导出"):
    """Upload and follow to the batch's page."""
    data = {"kind": kind, "source": source, "file": file}
    response = client.post(reverse("reports:imports"), data)
    assert response.status_code == 302, response.content.decode()
    return ImportBatch.objects.latest("pk")


def confirm_columns(client, batch, **changes):
    """Post the form as the page suggests it, with `changes` by header."""
    page = client.get(reverse("reports:batch", args=[batch.pk]))
    form = page.context["form"]
    data = {f"c{i}": changes.get(h, form.fields[f"c{i}"].initial) for i, h in enumerate(form.headers)}
    data["version"] = form["version"].value()
    return client.post(reverse("reports:batch_columns", args=[batch.pk]), data)


def commit(client, batch, callbacks):
    """Write the rows of a batch that was tried out."""
    with callbacks(execute=True):
        client.post(reverse("reports:batch_commit", args=[batch.pk]))
    batch.refresh_from_db()
    return batch


def test_upload_of_an_export_confirmed_takes_the_good_rows_and_lists_the_bad(
    sign_in, officer, department, django_capture_on_commit_callbacks
):
    client = sign_in(officer)
    batch = upload(client, csv(GOOD, BAD))
    with django_capture_on_commit_callbacks(execute=True):
        confirm_columns(client, batch)
    batch.refresh_from_db()
    assert (batch.status, Report.objects.count()) == ("checked", 0)
    assert (batch.counts["created"], batch.counts["refused"]) == (1, 1)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("reports:batch_commit", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.status == "done"
    assert list(Report.objects.values_list("accession_number", flat=True)) == ["B0001"]
    body = client.get(reverse("reports:batch", args=[batch.pk])).content.decode()
    assert "检查时间" in body
    assert "2026-02-30 09:30" in body


def test_file_that_fills_fields_and_one_of_another_patient_say_so_on_their_page(
    sign_in, officer, department, django_capture_on_commit_callbacks
):
    client = sign_in(officer)
    fuller = GOOD.replace("2026-10-12 10:00", "2026-10-12 10:00:25")
    other = GOOD.replace("张三丰,P9901001", "李四光,P9901002").replace("10:00", "11:00")
    pages = []
    for row in (GOOD, fuller, other):
        batch = upload(client, csv(row))
        with django_capture_on_commit_callbacks(execute=True):
            confirm_columns(client, batch)
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse("reports:batch_commit", args=[batch.pk]))
        pages.append(unwrapped(client.get(reverse("reports:batch", args=[batch.pk])).content.decode()))
    counts = [tuple(re.findall(r"<dt>(新增|补全|无变化|拒收)</dt><dd>(\d+)", page)) for page in pages]
    assert counts == [
        (("新增", "1"), ("补全", "0"), ("无变化", "0"), ("拒收", "0")),
        (("新增", "0"), ("补全", "1"), ("无变化", "0"), ("拒收", "0")),
        (("新增", "0"), ("补全", "0"), ("无变化", "0"), ("拒收", "1")),
    ]
    assert "姓名已登记为“张**”，本行为“李**”" in pages[2]
    assert [name in pages[2] for name in ("张三丰", "李四光", "P9901002")] == [False, False, False]
    assert "补全1" in client.get(reverse("reports:imports")).content.decode()


def test_column_page_opened_masks_the_patients_of_its_samples(sign_in, officer, department):
    client = sign_in(officer)
    batch = upload(client, csv(GOOD))
    body = client.get(reverse("reports:batch", args=[batch.pk])).content.decode()
    assert "张三丰" not in body
    assert "P9901001" not in body
    assert "张**" in body


def test_columns_changed_by_a_person_are_remembered_for_the_source(
    sign_in, officer, department, django_capture_on_commit_callbacks
):
    client = sign_in(officer)
    head = HEAD.replace("诊断结论", "备注栏乙")
    batch = upload(client, csv(GOOD, head=head))
    with django_capture_on_commit_callbacks(execute=True):
        confirm_columns(client, batch, 备注栏乙="impression")
    assert ImportSource.objects.get().mapping == {}
    commit(client, batch, django_capture_on_commit_callbacks)
    assert ImportSource.objects.get().mapping["备注栏乙"] == "impression"
    again = upload(client, csv(GOOD, head=head))
    form = client.get(reverse("reports:batch", args=[again.pk])).context["form"]
    assert form.fields[f"c{form.headers.index('备注栏乙')}"].initial == "impression"


def test_columns_without_a_needed_one_are_refused_by_its_name(sign_in, officer, department):
    client = sign_in(officer)
    batch = upload(client, csv(GOOD))
    response = confirm_columns(client, batch, 检查号="")
    assert response.status_code == 400
    assert "检查号" in response.content.decode()
    batch.refresh_from_db()
    assert batch.status == "uploaded"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.csv", b"", "0字节"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(64), ""),
        ("letter.pdf", b"%PDF-1.7\n", ""),
        ("noheader.csv", "一,二\n三,四\n".encode(), ""),
    ],
)
def test_upload_of_something_else_is_refused_in_words_and_stores_no_report(
    sign_in, officer, department, name, content, sentence
):
    client = sign_in(officer)
    data = {"kind": "reports", "source": "RIS导出", "file": SimpleUploadedFile(name, content)}
    response = client.post(reverse("reports:imports"), data, follow=True)
    body = response.content.decode()
    assert sentence in body
    assert "未能导入" in body or response.status_code == 400
    assert not Report.objects.exists()


def test_upload_over_the_limit_is_refused_by_its_size(sign_in, officer, department, settings):
    settings.QC_UPLOAD_MAX_BYTES = 100
    data = {"kind": "reports", "source": "RIS导出", "file": csv(GOOD)}
    response = sign_in(officer).post(reverse("reports:imports"), data)
    assert response.status_code == 400
    assert "上限" in response.content.decode()
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize("name", ["../../x.csv", ".htaccess", "报‮vsc.exe", "报" * 100 + ".csv"])
def test_upload_under_an_awkward_name_is_stored_under_a_random_one(sign_in, officer, department, name):
    batch = upload(sign_in(officer), SimpleUploadedFile(name, csv(GOOD).read()))
    stored = batch.file.name.removeprefix("imports/")
    assert stored.isalnum()
    assert "/" not in batch.file_name


def test_same_file_taken_twice_changes_nothing(
    sign_in, officer, department, django_capture_on_commit_callbacks
):
    client = sign_in(officer)
    for _ in range(2):
        batch = upload(client, csv(GOOD))
        with django_capture_on_commit_callbacks(execute=True):
            confirm_columns(client, batch)
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse("reports:batch_commit", args=[batch.pk]))
    batch.refresh_from_db()
    assert (batch.counts["created"], batch.counts["unchanged"]) == (0, 1)
    assert Report.objects.get().revisions.count() == 1


def test_batch_pressed_twice_commits_once(sign_in, officer, department, django_capture_on_commit_callbacks):
    client = sign_in(officer)
    batch = upload(client, csv(GOOD))
    with django_capture_on_commit_callbacks(execute=True):
        confirm_columns(client, batch)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            client.post(reverse("reports:batch_commit", args=[batch.pk]))
    assert Event.objects.filter(action="reports.import").count() == 1


def test_batch_given_up_can_not_be_committed(sign_in, officer, department):
    client = sign_in(officer)
    batch = upload(client, csv(GOOD))
    client.post(reverse("reports:batch_cancel", args=[batch.pk]))
    client.post(reverse("reports:batch_commit", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.status == "cancelled"
    assert not Report.objects.exists()


def test_refused_rows_downloaded_open_without_formulas_and_leave_an_event(
    sign_in, officer, department, django_capture_on_commit_callbacks
):
    client = sign_in(officer)
    bad = BAD.replace("右肺见结节。", "=HYPERLINK(1)")
    batch = upload(client, csv(bad))
    with django_capture_on_commit_callbacks(execute=True):
        confirm_columns(client, batch)
    response = client.get(reverse("reports:batch_refused", args=[batch.pk]), {"purpose": "退回信息科改正"})
    text = response.content.decode("utf-8-sig")
    assert "2026-02-30" in text
    assert "'=HYPERLINK" in text
    assert ",=HYPERLINK" not in text
    assert Event.objects.filter(action="reports.export", target_id=str(batch.pk)).exists()


def test_batch_of_another_department_looks_missing(sign_in, officer, other_department):
    source = ImportSource.objects.create(department=other_department, name="RIS导出")
    batch = ImportBatch.objects.create(
        department=other_department, source=source, kind="reports", file_name="x.csv", sha256="0", size=1
    )
    assert sign_in(officer).get(reverse("reports:batch", args=[batch.pk])).status_code == 404


def test_outcome_import_ties_one_row_and_leaves_the_other_for_a_person(
    sign_in, officer, department, django_capture_on_commit_callbacks
):
    make_report(department, "A0001", patient_id="P1")
    make_report(department, "A0002", patient_id="P2")
    make_report(department, "A0003", patient_id="P2")
    head = "检查号,受检者ID,结局来源,结局日期,结局内容"
    rows = ("A0001,P1,手术病理,2026-10-20,错构瘤。", ",P2,手术病理,2026-10-21,腺癌。")
    client = sign_in(officer)
    batch = upload(client, csv(*rows, head=head), kind="outcomes", source="结局登记")
    with django_capture_on_commit_callbacks(execute=True):
        confirm_columns(client, batch)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("reports:batch_commit", args=[batch.pk]))
    assert Outcome.objects.matched().get().report.accession_number == "A0001"
    assert Outcome.objects.pending().get().report is None


def test_pending_outcome_settled_by_a_person_counts_from_then_on(sign_in, officer, department):
    report = make_report(department, "A0002")
    pending = make_outcome(None, department=department, match=Outcome.Match.AMBIGUOUS, candidates=["A0002"])
    page = reverse("reports:outcome_match", args=[pending.pk])
    client = sign_in(officer)
    assert "A0002" in client.get(page).content.decode()
    client.post(page, {"choice": str(report.pk)})
    pending.refresh_from_db()
    assert (pending.report, Outcome.objects.matched().count()) == (report, 1)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "归入"),
        ({"choice": "other", "accession_number": "NONE"}, "没有检查号为“NONE”的报告"),
        ({"choice": "dismiss"}, "请写明理由"),
    ],
)
def test_pending_outcome_settled_wrongly_is_refused_in_words(sign_in, officer, department, data, sentence):
    pending = make_outcome(None, department=department, match=Outcome.Match.UNMATCHED)
    response = sign_in(officer).post(reverse("reports:outcome_match", args=[pending.pk]), data)
    assert response.status_code == 400
    assert sentence in response.content.decode()
    pending.refresh_from_db()
    assert pending.match == Outcome.Match.UNMATCHED


def test_outcome_list_offers_settling_only_to_those_who_may(sign_in, officer, head, department):
    make_outcome(None, department=department, match=Outcome.Match.UNMATCHED)
    assert ">核对</a>" in sign_in(officer).get(reverse("reports:outcomes")).content.decode()
    assert ">核对</a>" not in sign_in(head).get(reverse("reports:outcomes")).content.decode()


def test_outcome_list_with_a_patient_named_in_the_text_masks_the_name(sign_in, officer, department):
    report = make_report(department, "A0001", patient_name="张三丰")
    make_outcome(report, text="张三丰术后病理：错构瘤。")
    body = sign_in(officer).get(reverse("reports:outcomes")).content.decode()
    assert "张三丰" not in body
    assert "张**术后病理" in body


@pytest.mark.parametrize("url", ["reports:imports", "reports:outcomes", "reports:sources"])
def test_lists_with_one_and_three_rows_ask_equally_often(sign_in, officer, department, count_queries, url):
    client = sign_in(officer)

    def add(number):
        report = make_report(department, f"A{number}")
        make_outcome(report)
        upload(client, csv(GOOD), source=f"来源{number}")

    add(1)
    client.get(reverse(url))
    one = count_queries(lambda: client.get(reverse(url)))
    add(2)
    add(3)
    assert count_queries(lambda: client.get(reverse(url))) == one


def test_source_forgotten_recognises_its_columns_afresh(sign_in, officer, department):
    source = ImportSource.objects.create(department=department, name="RIS导出", mapping={"甲": "impression"})
    client = sign_in(officer)
    assert "甲" in client.get(reverse("reports:source_edit", args=[source.pk])).content.decode()
    client.post(reverse("reports:source_edit", args=[source.pk]))
    source.refresh_from_db()
    assert source.mapping == {}
