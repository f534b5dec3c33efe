"""The mapping page of a register of people: headers and values nobody knows, the first person, the memory."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from reports.imports.models import ImportBatch, ImportSource
from staff.register.models import Member, RegisterBatch
from tests.markup import unwrapped
from tests.reports.imports.views.test_imports import commit, upload
from tests.reports.imports.views.test_mapping import columns_of, preview, try_out
from tests.staff.registers import workbook

ROSTER = {
    "名册": [
        ("甲", "乙", "丙", "丁", "戊"),
        ("D01", "周测衡", "01", "K1", "110101199001011234"),
        ("J11", "吕工测", "02", "K2", "x"),
        ("H21", "护甲测", "09", "K2", ""),
        ("J12", "欧工测", "02", "K2", ""),
    ],
    "说明": [("本表由人事科提供",)],
}
COLUMNS = {"甲": "staff_number", "乙": "full_name", "丙": "person_kind", "丁": "title"}
VALUES = {"01": "医师", "02": "技师", "09": "-", "K1": "主治医师", "K2": "技师"}
STORED = {
    "columns": COLUMNS,
    "values": {
        "person_kind": {"01": "医师", "02": "技师", "09": None},
        "title": {"K1": "主治医师", "K2": "技师"},
    },
    "constants": {},
}


def opened(client, sheets=ROSTER):
    file = SimpleUploadedFile("名册.xlsx", workbook(sheets))
    return upload(client, file, kind="staff", source="人事科")


def page_of(client, batch):
    return client.get(reverse("reports:batch", args=[batch.pk])).context["page"]


def sent(client, batch, values=VALUES, **columns):
    form = page_of(client, batch).form
    data = columns_of(form, **(columns or COLUMNS))
    named = {row.writing.text: row for row in preview(client, batch, data).context["page"].writings}
    data |= {named[text].field.html_name: word for text, word in values.items() if text in named}
    return data | {"version": form["version"].value()}


def people():
    return list(Member.objects.values_list("staff_number", "kind", "title").order_by("staff_number"))


def test_unknown_register_is_mapped_written_and_remembered(
    sign_in, officer, department, django_capture_on_commit_callbacks
):
    client = sign_in(officer)
    batch = opened(client)
    assert page_of(client, batch).missing == ["还没有指定“工号”或“姓名”是哪一列；没有这一列无法导入。"]

    shown = preview(client, batch, sent(client, batch)).context["page"]
    assert [(row.text, row.writing.count, row.writing.rows) for row in shown.writings] == [
        ("02", 2, (3, 5)),
        ("01", 1, (2,)),
        ("09", 1, (4,)),
        ("K2", 3, (3, 4, 5)),
        ("K1", 1, (2,)),
    ]
    assert [(box.label, box.text) for box in shown.preview.boxes] == [
        ("工号", "D01"),
        ("姓名", "周测衡"),
        ("人员类别（岗位）", "医师"),
        ("职称", "主治医师"),
    ]
    assert [(row.header, row.samples) for row in shown.unused] == [("戊", ("（已隐藏）", "x"))]

    try_out(client, batch, sent(client, batch), django_capture_on_commit_callbacks)
    assert (batch.status, batch.counts["created"], batch.counts["refused"]) == ("checked", 3, 0)
    assert batch.counts["unused_columns"] == ["戊"]
    result = unwrapped(client.get(reverse("reports:batch", args=[batch.pk])).content.decode())
    assert "“09”按列对应不导入" in result
    assert (people(), ImportSource.objects.get().mapping) == ([], {})

    client.post(reverse("reports:batch_reopen", args=[batch.pk]))
    batch.refresh_from_db()
    assert {row.text: row.field.value() for row in page_of(client, batch).writings} == VALUES
    try_out(client, batch, sent(client, batch), django_capture_on_commit_callbacks)
    commit(client, batch, django_capture_on_commit_callbacks)
    assert people() == [
        ("D01", "physician", "主治医师"),
        ("J11", "technologist", "技师"),
        ("J12", "technologist", "技师"),
    ]
    source = ImportSource.objects.get()
    assert (source.mapping, source.mapping_version) == (STORED, 1)
    page = client.get(reverse("reports:batch", args=[batch.pk])).content.decode()
    assert ("查看人员登记" in page, "撤销导入" in page) == (True, False)

    again = opened(client)
    assert page_of(client, again).missing == []
    assert page_of(client, again).columns.suggested == COLUMNS


def test_remembered_parts_of_a_register_are_shown_and_removed(sign_in, officer, department):
    source = ImportSource.objects.create(department=department, kind="staff", name="人事科", mapping=STORED)
    client, url = sign_in(officer), reverse("reports:source_edit", args=[source.pk])

    page = client.get(url).content.decode()
    assert ("人员类别（岗位）" in page, "不导入" in page) == (True, True)
    client.post(url, {"part": "values", "name": "title", "writing": "K1"})

    source.refresh_from_db()
    assert source.mapping["values"]["title"] == {"K2": "技师"}


@pytest.mark.parametrize("way", ["file", "source"])
def test_command_reads_a_register_by_the_mapping(department, tmp_path, way):
    file, said = tmp_path / "名册.xlsx", tmp_path / "列.json"
    file.write_bytes(workbook(ROSTER))
    said.write_text(json.dumps(STORED), encoding="utf-8")
    words = ["--mapping", str(said)] if way == "file" else ["--source", "人事科"]
    if way == "source":
        ImportSource.objects.create(department=department, kind="staff", name="人事科", mapping=STORED)

    out = io.StringIO()
    call_command("import_staff", str(file), "--department", "RAD", *words, stdout=out)

    answer = json.loads(out.getvalue())
    assert (answer["created"], answer["refused"], answer["unused_columns"]) == (3, [], ["戊"])
    assert [one["row"] for one in answer["ignored"]] == [1, 4]
    assert [number for number, _, _ in people()] == ["D01", "J11", "J12"]


def test_register_with_known_headers_needs_no_choice(
    sign_in, officer, department, django_capture_on_commit_callbacks
):
    person = ("D01", "周测衡")
    sheets = {
        "医师": [("工号", "姓名", "职称", "执业范围"), (*person, "主治医师", "医学影像和放射治疗专业")],
        "放射防护培训": [("工号", "姓名", "培训日期", "主办系统"), (*person, "2025-01-02", "卫生健康")],
    }
    client = sign_in(officer)
    batch = opened(client, sheets)
    page = page_of(client, batch)
    assert (page.missing, page.writings, page.unused) == ([], (), [])

    form = page.form
    data = columns_of(form) | {"version": form["version"].value()}
    try_out(client, batch, data, django_capture_on_commit_callbacks)
    commit(client, batch, django_capture_on_commit_callbacks)

    assert RegisterBatch.objects.get().counts["created"] == 2
    assert (people(), ImportSource.objects.get().mapping) == ([("D01", "physician", "主治医师")], {})


def test_headers_without_a_kind_are_asked_and_settled_by_a_constant(sign_in, officer, department):
    client = sign_in(officer)
    batch = opened(client, {"表": [("工号", "姓名", "入职日期"), ("J11", "吕工测", "2020-01-02")]})
    page = page_of(client, batch)
    assert [sentence[:6] for sentence in page.missing] == ["还不能判断登"]

    data = columns_of(page.form) | {"k_person_kind": "技师"}
    shown = preview(client, batch, data).context["page"]
    assert (shown.missing, shown.preview.row) == ([], 2)


def test_import_of_a_register_cannot_be_undone(sign_in, officer, department):
    source = ImportSource.objects.create(department=department, kind="staff", name="人事科")
    batch = ImportBatch.objects.create(
        department=department, source=source, kind="staff", status="done", file_name="名册.xlsx", size=1
    )
    client = sign_in(officer)

    page = client.post(reverse("reports:batch_undo", args=[batch.pk]), {"reason": "填错"})

    batch.refresh_from_db()
    assert (batch.status, "人员登记表的导入不能撤销" in page.content.decode()) == ("done", True)
