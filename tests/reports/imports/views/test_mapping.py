"""The mapping page: columns, unknown writings, constants, the first row beside them, and the way back."""

import io
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from reports.archive.models import Report
from reports.imports.actions.files import read_file, take_rows
from reports.imports.documents import template_workbook
from reports.imports.models import ImportBatch, ImportSource
from reports.imports.page.mapping import read_mapping
from reports.outcomes.models import Outcome
from reports.undo.actions import undo
from staff.register.actions.imports import import_register
from staff.register.models import Member
from tests.markup import unwrapped
from tests.reports.imports.views.test_imports import BAD, GOOD, HEAD, commit, confirm_columns, csv, upload
from tests.staff.factories import register_file

WAYS = ("K1", "K1", "K2", "K9")
ENTRIES = tuple(f"A{i},P{i},{way},2025-03-0{i},右肺腺癌。" for i, way in enumerate(WAYS, start=1))
HEAD_OF_REGISTER = "检查号,受检者ID,途径,完成日,结局内容"


def columns_of(form, **changes):
    return {f"c{i}": changes.get(h, form.fields[f"c{i}"].initial) for i, h in enumerate(form.headers)}


def preview(client, batch, data, **headers):
    return client.post(reverse("reports:batch_preview", args=[batch.pk]), data, **headers)


def sent(client, batch, values=None, constants=None, **changes):
    """What the page sends once the columns are changed and the writings they bring are explained."""
    form = client.get(reverse("reports:batch", args=[batch.pk])).context["form"]
    data = columns_of(form, **changes) | {f"k_{name}": value for name, value in (constants or {}).items()}
    page = preview(client, batch, data).context["page"]
    named = {row.writing.text: row.field.html_name for row in page.writings}
    data |= {named[text]: word for text, word in (values or {}).items()}
    return data | {"version": form["version"].value()}


def try_out(client, batch, data, callbacks):
    with callbacks(execute=True):
        response = client.post(reverse("reports:batch_columns", args=[batch.pk]), data)
    assert response.status_code == 302, response.content.decode()
    batch.refresh_from_db()
    return batch


def opened(client, *rows, head=HEAD_OF_REGISTER, kind="outcomes", source="病理科"):
    return upload(client, csv(*rows, head=head), kind=kind, source=source)


KINDS = {"K1": "手术病理", "K2": "内镜", "K9": "-"}
CHANGES = {"途径": "kind", "完成日": "observed_on"}


def test_unknown_register_is_mapped_taken_whole_and_remembered_for_the_next_file(
    sign_in, officer, department, django_capture_on_commit_callbacks
):
    client = sign_in(officer)
    batch = opened(client, *ENTRIES)
    data = sent(client, batch, KINDS, **CHANGES)
    try_out(client, batch, data, django_capture_on_commit_callbacks)
    assert (batch.status, batch.counts["refused"], batch.counts["ignored"]) == ("checked", 0, 1)
    page = unwrapped(client.get(reverse("reports:batch", args=[batch.pk])).content.decode())
    assert re.search(r"按列对应不导入</th>\s*<td class=\"num\">1</td>\s*<td>5</td>", page)
    commit(client, batch, django_capture_on_commit_callbacks)
    assert list(Outcome.objects.order_by("pk").values_list("kind", flat=True)) == [
        "surgical_pathology",
        "surgical_pathology",
        "endoscopy",
    ]
    again = opened(client, *(row.replace("右肺", "左肺") for row in ENTRIES))
    with django_capture_on_commit_callbacks(execute=True):
        confirm_again(client, again)
    again.refresh_from_db()
    assert (again.status, again.counts["created"], again.counts["refused"]) == ("checked", 3, 0)


def confirm_again(client, batch):
    """Press the button on the page as it comes."""
    form = client.get(reverse("reports:batch", args=[batch.pk])).context["form"]
    data = {name: field.initial for name, field in form.fields.items()} | {"version": form["version"].value()}
    return client.post(reverse("reports:batch_columns", args=[batch.pk]), data)


def test_mapping_of_a_file_given_up_is_not_remembered_and_the_file_stays_given_up(
    sign_in, officer, department, django_capture_on_commit_callbacks
):
    client = sign_in(officer)
    batch = opened(client, *ENTRIES)
    try_out(client, batch, sent(client, batch, KINDS, **CHANGES), django_capture_on_commit_callbacks)
    client.post(reverse("reports:batch_cancel", args=[batch.pk]))
    assert ImportSource.objects.get().mapping == {}
    client.post(reverse("reports:batch_reopen", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.status == "cancelled"


def test_wrong_mapping_committed_is_undone_and_the_right_one_taken(
    sign_in, officer, department, django_capture_on_commit_callbacks
):
    client = sign_in(officer)
    swapped = {"影像描述": "impression", "诊断结论": "findings"}
    wrong = opened(client, GOOD, head=HEAD, kind="reports")
    try_out(client, wrong, sent(client, wrong, **swapped), django_capture_on_commit_callbacks)
    commit(client, wrong, django_capture_on_commit_callbacks)
    assert Report.objects.get().findings == "1、右肺结节。"
    assert ImportSource.objects.get().mapping["影像描述"] == "impression"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("reports:batch_undo", args=[wrong.pk]), {"reason": "两列对应反了"})
    undo(wrong.pk)
    assert (Report.objects.count(), ImportSource.objects.get().mapping) == (0, {})
    right = opened(client, GOOD, head=HEAD, kind="reports")
    with django_capture_on_commit_callbacks(execute=True):
        confirm_again(client, right)
    commit(client, right, django_capture_on_commit_callbacks)
    assert (right.counts["refused"], Report.objects.get().findings) == (0, "右肺见结节。")


@pytest.mark.parametrize("status", ["checked", "failed"])
def test_result_leads_back_to_the_mapping_with_everything_chosen(
    sign_in, officer, department, django_capture_on_commit_callbacks, status
):
    client = sign_in(officer)
    batch = opened(client, *ENTRIES)
    try_out(client, batch, sent(client, batch, KINDS, **CHANGES), django_capture_on_commit_callbacks)
    ImportBatch.objects.filter(pk=batch.pk).update(status=status)
    back = reverse("reports:batch_reopen", args=[batch.pk])
    assert back in client.get(reverse("reports:batch", args=[batch.pk])).content.decode()
    page = client.post(back, follow=True).context["page"]
    assert [page.columns.suggested[h] for h in ("途径", "完成日")] == ["kind", "observed_on"]
    assert {row.writing.text: row.field.initial for row in page.writings} == KINDS


def test_unknown_writings_are_counted_with_their_rows_and_offered_the_words_of_their_field(
    sign_in, officer, department
):
    client = sign_in(officer)
    batch = opened(client, *ENTRIES)
    data = columns_of(client.get(reverse("reports:batch", args=[batch.pk])).context["form"], **CHANGES)
    page = preview(client, batch, data).context["page"]
    assert [(row.label, row.writing.text, row.writing.count, row.writing.rows) for row in page.writings] == [
        ("结局来源", "K1", 2, (2, 3)),
        ("结局来源", "K2", 1, (4,)),
        ("结局来源", "K9", 1, (5,)),
    ]
    words = [value for value, _ in page.writings[0].field.field.choices]
    assert (words[0], words[1], words[-1]) == ("", "手术病理", "-")


def test_kind_of_a_list_without_such_a_column_is_stated_once_for_all_rows(
    sign_in, officer, department, django_capture_on_commit_callbacks
):
    client = sign_in(officer)
    head, rows = "检查号,受检者ID,结局日期,记录", ("A1,P1,2025-03-01,右肺腺癌。", "A2,P2,2025-03-02,错构瘤。")
    batch = opened(client, *rows, head=head)
    refused = client.post(reverse("reports:batch_columns", args=[batch.pk]), sent(client, batch, 记录="text"))
    assert (refused.status_code, "还没有指定“结局来源”" in refused.content.decode()) == (400, True)
    data = sent(client, batch, constants={"kind": "穿刺活检病理"}, 记录="text")
    try_out(client, batch, data, django_capture_on_commit_callbacks)
    assert batch.counts["refused"] == 0
    commit(client, batch, django_capture_on_commit_callbacks)
    assert set(Outcome.objects.values_list("kind", flat=True)) == {"biopsy"}
    assert ImportSource.objects.get().mapping["constants"] == {"kind": "穿刺活检病理"}


def test_preview_draws_the_first_report_as_mapped_and_marks_its_empty_boxes(sign_in, officer, department):
    client = sign_in(officer)
    batch = opened(client, GOOD, head=HEAD, kind="reports")
    page = client.get(reverse("reports:batch", args=[batch.pk]))
    drawn = page.context["page"].preview
    assert (drawn.row, drawn.report.findings, drawn.report.impression) == (
        2,
        "右肺见结节。",
        "1、右肺结节。",
    )
    assert (drawn.report.examined_at_text, drawn.report.patient_name) == ("2026-10-12 09:30", "张**")
    assert {"科别（申请科室）", "报告医师"} <= set(drawn.empty)
    body = page.content.decode()
    assert '<mark class="blank">未对应列</mark>' in body
    assert "张三丰" not in body
    data = columns_of(page.context["form"], 影像描述="impression", 诊断结论="findings")
    answer = preview(client, batch, data, headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    swapped = answer.context["page"].preview.report
    assert (swapped.findings, swapped.impression) == ("1、右肺结节。", "右肺见结节。")
    whole = preview(client, batch, data)
    assert "<html" in whole.content.decode()
    batch.refresh_from_db()
    assert (batch.status, batch.mapping) == ("uploaded", {})


def test_preview_hides_the_patient_whose_name_column_is_left_out(sign_in, officer, department):
    client = sign_in(officer)
    batch = opened(client, GOOD.replace("右肺见结节", "张三丰右肺见结节"), head=HEAD, kind="reports")
    form = client.get(reverse("reports:batch", args=[batch.pk])).context["form"]
    body = preview(client, batch, columns_of(form, 姓名="", 受检者ID="")).content.decode()
    assert [word in body for word in ("张三丰", "P9901001", "张**右肺见结节")] == [False, False, True]


def test_preview_names_what_is_missing_what_would_be_refused_and_what_goes_nowhere(
    sign_in, officer, department
):
    client = sign_in(officer)
    batch = opened(client, BAD, head=HEAD, kind="reports")
    form = client.get(reverse("reports:batch", args=[batch.pk])).context["form"]
    page = preview(client, batch, columns_of(form, 检查号="")).context["page"]
    assert page.missing == ["还没有指定“检查号”是哪一列；没有这一列无法导入。"]
    assert "2026-02-30 09:30" in page.preview.problem
    assert [row.header for row in page.unused] == ["检查号"]


def test_preview_reads_the_first_rows_alone_once_the_page_was_shown(
    sign_in, officer, department, monkeypatch
):
    client = sign_in(officer)
    batch = opened(client, GOOD, head=HEAD, kind="reports")
    form = client.get(reverse("reports:batch", args=[batch.pk])).context["form"]

    def unread(*args):
        raise AssertionError("the file was read again")

    monkeypatch.setattr("reports.imports.queries.sheets_of", unread)
    assert preview(client, batch, columns_of(form)).status_code == 200


def test_page_of_sixty_columns_shows_each_with_its_choice(sign_in, officer, department, count_queries):
    client = sign_in(officer)
    wide = opened(
        client,
        GOOD + "".join(f",值{i}" for i in range(52)),
        head=HEAD + "".join(f",院内列{i}" for i in range(52)),
        kind="reports",
    )
    page = client.get(reverse("reports:batch", args=[wide.pk]))
    assert len(page.context["page"].columns.rows) == 61
    assert len(page.context["page"].unused) == 52
    narrow = opened(client, GOOD, head=HEAD, kind="reports")
    asked = [
        count_queries(lambda batch=batch: client.get(reverse("reports:batch", args=[batch.pk])))
        for batch in (narrow, wide)
    ]
    assert asked[0] == asked[1]


def test_result_shows_the_cells_of_a_refused_row_without_the_patient(
    sign_in, officer, department, django_capture_on_commit_callbacks
):
    client = sign_in(officer)
    batch = opened(client, GOOD, BAD, head=HEAD, kind="reports")
    with django_capture_on_commit_callbacks(execute=True):
        confirm_columns(client, batch)
    page = unwrapped(client.get(reverse("reports:batch", args=[batch.pk])).content.decode())
    assert re.search(r"<dt>检查时间</dt>\s*<dd>2026-02-30 09:30</dd>", page)
    assert re.search(r"<dt>姓名</dt>\s*<dd>李\*\*</dd>", page)
    assert [word in page for word in ("李四光", "P9901002")] == [False, False]


def test_source_lists_what_it_remembers_and_forgets_one_part(sign_in, officer, department):
    mapping = {
        "columns": {"途径": "kind"},
        "values": {"kind": {"K1": "手术病理", "K9": None}},
        "constants": {"text": "见病理"},
    }
    source = ImportSource.objects.create(
        department=department, name="病理科", kind="outcomes", mapping=mapping
    )
    client, url = sign_in(officer), reverse("reports:source_edit", args=[source.pk])
    page = unwrapped(client.get(url).content.decode())
    assert [word in page for word in ("途径", "手术病理", "K9", "不导入", "见病理")] == [True] * 5
    assert "1 列，2 个写法，1 个固定值" in client.get(reverse("reports:sources")).content.decode()
    client.post(url, {"part": "values", "name": "kind", "writing": "K9"})
    source.refresh_from_db()
    assert source.mapping["values"] == {"kind": {"K1": "手术病理"}}
    assert client.post(url, {"part": "values", "name": "kind", "writing": "K9"}).status_code == 302
    source.refresh_from_db()
    assert source.mapping_version == 1


@pytest.mark.parametrize(
    ("part", "meaning", "stored"),
    [
        ({"part": "columns", "name": "途径"}, "observed_on", {"columns": {"途径": "observed_on"}}),
        ({"part": "columns", "name": "途径"}, "", {"columns": {"途径": None}}),
        (
            {"part": "values", "name": "kind", "writing": "K9"},
            "细胞学",
            {"values": {"kind": {"K9": "细胞学"}}},
        ),
        ({"part": "constants", "name": "text"}, "另见病理", {"constants": {"text": "另见病理"}}),
        ({"part": "columns", "name": "途径"}, "nothing", {}),  # not offered
        ({"part": "columns", "name": "科别"}, "kind", {}),  # not remembered
        ({"part": "constants", "name": "text"}, " ", {}),
    ],
)
def test_part_of_a_remembered_mapping_is_changed_in_place(
    sign_in, officer, department, part, meaning, stored
):
    mapping = {
        "columns": {"途径": "kind"},
        "values": {"kind": {"K9": None}},
        "constants": {"text": "见病理"},
    }
    source = ImportSource.objects.create(
        department=department, name="病理科", kind="outcomes", mapping=mapping
    )
    client, url = sign_in(officer), reverse("reports:source_edit", args=[source.pk])
    page = client.get(url).content.decode()
    assert f'name="version" value="{source.mapping_version}"' in page
    for _ in range(2):  # the second time on a version that is no longer shown
        client.post(url, part | {"meaning": meaning, "version": source.mapping_version})
        meaning = "手术病理" if part["part"] == "values" else meaning
    changed = ImportSource.objects.get(pk=source.pk)
    assert changed.mapping == mapping | stored
    assert changed.mapping_version == source.mapping_version + bool(stored)


@pytest.mark.parametrize("kind", ["reports", "outcomes", "requests", "alerts", "staff"])
def test_template_filled_in_is_read_without_a_question(sign_in, officer, department, kind):
    client = sign_in(officer)
    answer = client.get(reverse("reports:import_template", args=[kind]))
    batch = upload(client, SimpleUploadedFile("模板.xlsx", answer.content), kind=kind, source="模板")
    page = client.get(reverse("reports:batch", args=[batch.pk])).context["page"]
    assert [row.header for row in page.columns.rows if not row.field.initial] == []
    assert (page.missing, page.writings, page.columns.ambiguous) == ([], (), ())
    assert client.get(reverse("reports:import_template", args=["others"])).status_code == 404


def test_example_row_of_the_template_of_people_is_refused(sign_in, officer, department):
    content = SimpleUploadedFile("模板.xlsx", template_workbook("staff"))
    batch = upload(sign_in(officer), content, kind="staff")
    read, _ = read_file(Path(batch.file.path), "模板.xlsx", kind="staff", mapping=None)
    tally = take_rows(read, kind="staff", department=department, source=None, by=officer)
    assert [(one.row, "没有工号" in one.reason) for one in tally.refused] == [(2, True)]
    assert (tally.created, Member.objects.count()) == (0, 0)


def test_preview_of_a_surgery_list_shows_the_kind_that_its_heads_give(sign_in, officer, department):
    client = sign_in(officer)
    row = "S1,2026-10-20,术中见病灶质硬。"
    batch = opened(client, row, head="检查号,手术日期,术中所见", source="手麻系统")
    boxes = client.get(reverse("reports:batch", args=[batch.pk])).context["page"].preview.boxes
    assert [box.text for box in boxes if box.label == "结局来源"] == ["手术所见"]


def test_register_of_the_department_settles_a_column_on_the_page_and_in_the_command(
    sign_in, officer, department, tmp_path
):
    import_register(register_file(), "登记表.xlsx", department=department, by=officer)
    operators = ("吕工测", "J11-吕工测")
    line = "A{0},试{0}拟,{1},CT,双肺清晰。,未见异常。,2026-03-0{0} 10:00"
    rows = [line.format(i, operators[i % 2]) for i in range(1, 7)]
    head = "检查号,姓名,检查医生,检查类型,影像描述,诊断结论,报告时间"

    batch = opened(sign_in(officer), *rows, head=head, kind="reports", source="RIS")
    row = read_mapping(batch)["page"].columns.rows[2]
    assert (row.field.initial, row.why) == ("operator", "内容：本科室技师")

    file = tmp_path / "导出.csv"
    file.write_text("\n".join([head, *rows]), encoding="utf-8")
    call_command("import_reports", str(file), "--department", "RAD", stdout=io.StringIO())
    assert {report.operator for report in Report.objects.all()} == set(operators)
