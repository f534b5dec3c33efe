"""The register from a workbook and back: nothing twice, nothing erased, nothing half-written."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from staff.register.actions.imports import import_register
from staff.register.documents import register_workbook
from staff.register.models import Member, Qualification, RegisterBatch, SubspecialtyGroup
from tests.paths import DATA
from tests.staff.registers import workbook
from trail.models import Event

pytestmark = pytest.mark.django_db
STAFF = DATA / "ris" / "staff.xlsx"
NOTHING = {"created": 0, "updated": 0, "unchanged": 95, "refused": 0}
TECHNOLOGISTS = ["工号", "姓名", "职称", "操作设备类别"]
TRAINING = ["工号", "姓名", "主办系统", "培训日期", "天数", "考核结果"]


def take(data, department, **options):
    return import_register(data, "staff.xlsx", department=department, by=None, **options)


def run(*words):
    out = StringIO()
    code = 0
    try:
        call_command("import_staff", *words, stdout=out)
    except SystemExit as stop:
        code = stop.code
    return code, json.loads(out.getvalue())


def test_import_staff_the_shared_register_is_taken_whole(department):
    assert run(str(STAFF), "--department", "RAD") == (
        0,
        {"created": 95, "updated": 0, "unchanged": 0, "refused": []},
    )
    assert (Member.objects.count(), Qualification.objects.count()) == (40, 127)
    assert list(SubspecialtyGroup.objects.values_list("name", flat=True)) == [
        "呼吸循环",
        "头颈乳腺",
        "消化泌尿",
        "神经",
        "骨关节",
    ]


def test_import_staff_dry_run_answers_the_same_and_writes_nothing(department):
    answer = run(str(STAFF), "--department", "RAD", "--dry-run")
    assert answer == (0, {"created": 95, "updated": 0, "unchanged": 0, "refused": []})
    counted = (Member, Qualification, RegisterBatch, SubspecialtyGroup, Event)
    assert [model.objects.count() for model in counted] == [0, 0, 0, 0, 0]


def test_import_same_file_twice_changes_nothing(department):
    take(STAFF.read_bytes(), department)
    before = list(Qualification.objects.order_by("id").values())
    assert take(STAFF.read_bytes(), department).counts == NOTHING
    assert list(Qualification.objects.order_by("id").values()) == before
    assert RegisterBatch.objects.count() == 1


def test_import_is_recorded_without_names(department, officer):
    import_register(STAFF.read_bytes(), "staff.xlsx", department=department, by=officer)
    event = Event.objects.get(action="staff.import_register")
    assert (event.actor_id, event.department_id, event.target_type) == (
        officer.pk,
        department.pk,
        "staff.registerbatch",
    )
    assert {k: v for k, v in event.detail.items() if k != "sha256"} == {
        "created": 95,
        "updated": 0,
        "unchanged": 0,
        "refused": 0,
    }


def test_register_workbook_taken_in_again_is_unchanged_and_elsewhere_the_same(department, other_department):
    take(STAFF.read_bytes(), department)
    data = register_workbook(department, made_at=timezone.now())
    assert take(data, department).counts == NOTHING
    assert take(data, other_department).counts == {"created": 95, "updated": 0, "unchanged": 0, "refused": 0}
    assert _content(department) == _content(other_department)


def _content(department):
    fields = ("member__staff_number", "type", "number", "issued_on", "result", "basis", "organiser", "course")
    fields += ("course_name", "days", "modality", "device_model", "trainer", "practice_scope")
    rows = Qualification.objects.filter(member__department=department)
    return sorted(rows.values_list(*fields), key=str)


def test_import_later_file_adds_and_corrects_but_never_erases(department):
    take(STAFF.read_bytes(), department)
    later = workbook(
        {
            "技师": [TECHNOLOGISTS, ["J02", "吕工测", "主管技师", None]],
            "放射防护培训": [
                TRAINING,
                ["J02", "吕工测", "卫生健康", "2024-05-13", 2, "不合格"],
                ["J02", "吕工测", "卫生健康", "2025-05-13", 2, "合格"],
            ],
        }
    )
    assert take(later, department).counts == {"created": 1, "updated": 2, "unchanged": 0, "refused": 0}
    member = Member.objects.get(staff_number="J02")
    assert (member.title, member.modalities) == ("主管技师", ["DR"])
    trainings = member.qualifications.filter(type="radiation_training").order_by("issued_on")
    assert [(str(t.issued_on), t.result, t.course) for t in trainings] == [
        ("2018-06-04", "passed", "initial"),
        ("2024-05-13", "failed", "refresher"),
        ("2025-05-13", "passed", ""),
    ]


def test_import_rows_that_contradict_the_register_are_refused_the_others_taken(department):
    take(STAFF.read_bytes(), department)
    bad = workbook(
        {
            "技师": [
                TECHNOLOGISTS,
                ["J01", "另一人", "技师", "DR"],
                ["D001", "林测文", "技师", "DR"],
                ["J90", "新工测", "技师", "DR"],
                ["J90", "新工测", "技士", "DR"],
            ],
            "放射防护培训": [
                TRAINING,
                ["J99", "无工测", "卫生健康", "2025-05-13", 2, "合格"],
                ["J90", "新工测", "卫生健康", "2025-05-13", 2, "合格"],
                ["J90", "新工测", "卫生健康", "2025-05-13", 2, "不合格"],
                [None, "新工测", "卫生健康", "2025-06-13", 2, "合格"],
            ],
        }
    )
    tally = take(bad, department)
    assert (tally.created, tally.updated, tally.unchanged) == (3, 0, 0)
    assert [(r.row, r.column, r.reason) for r in tally.refused] == [
        (
            2,
            "姓名",
            "工作表“技师”第2行：工号J01登记的姓名为“何工测”，本行为“另一人”；请核对工号，改名请在人员页修改。",
        ),
        (3, "工号", "工作表“技师”第3行：工号D001已登记为医师，不能同时登记为技师。"),
        (5, "工号", "工作表“技师”第5行：工号J90与“技师”第4行重复，且内容不同，请只保留一行。"),
        (
            2,
            "工号",
            "工作表“放射防护培训”第2行：工号J99不在人员登记表中，请先在“医师”或“技师”表中登记该人员。",
        ),
        (4, "培训日期", "工作表“放射防护培训”第4行：与第3行是同一条记录，但内容不同，请只保留一行。"),
    ]
    assert Member.objects.get(staff_number="J90").title == "技师"


def test_import_name_twice_in_the_register_needs_the_number(department):
    rows = [TECHNOLOGISTS, ["J1", "同名", "技师", "DR"], ["J2", "同名", "技师", "CT"]]
    training = [TRAINING, [None, "同名", "卫生健康", "2025-05-13", 2, "合格"]]
    tally = take(workbook({"技师": rows, "放射防护培训": training}), department)
    assert [r.reason for r in tally.refused] == [
        "工作表“放射防护培训”第2行：没有工号，且姓名“同名”有2人，请填写工号。"
    ]
    assert Qualification.objects.count() == 0


def test_import_text_longer_than_its_column_is_refused_not_cut(department):
    long = workbook({"技师": [TECHNOLOGISTS, ["J1", "技甲", "师" * 31, "DR"]]})
    assert [r.reason for r in take(long, department).refused] == [
        "工作表“技师”第2行：职称有31个字，上限为30个。"
    ]
    assert not Member.objects.exists()


def test_import_new_equipment_lifts_the_exemption_of_who_operated_mri_only(department, officer):
    take(workbook({"技师": [TECHNOLOGISTS, ["J1", "技甲", "技师", "MRI"]]}), department)
    Member.objects.update(exempt_reason="仅操作MRI", exempt_by=officer, exempt_at=timezone.now())
    take(workbook({"技师": [TECHNOLOGISTS, ["J1", "技甲", "技师", "MRI、CT"]]}), department)
    member = Member.objects.get()
    assert (member.modalities, member.exempt_reason, member.exempt_at) == (["CT", "MRI"], "", None)


def test_import_of_one_department_leaves_the_other_alone(department, other_department):
    take(STAFF.read_bytes(), department)
    assert take(STAFF.read_bytes(), other_department).created == 95
    assert Member.objects.filter(department=department).count() == 40


def test_import_queries_do_not_grow_with_the_rows(department, count_queries):
    def file(count):
        members = [[f"N{i}", f"技{i}", "技师", "DR"] for i in range(count)]
        trainings = [[f"N{i}", f"技{i}", "卫生健康", "2025-05-13", 2, "合格"] for i in range(count)]
        return workbook({"技师": [TECHNOLOGISTS, *members], "放射防护培训": [TRAINING, *trainings]})

    few = count_queries(lambda: take(file(2), department))
    # Twenty rows still go into one statement of SQLite's 999 parameters.
    assert count_queries(lambda: take(file(20), department)) == few


def test_import_staff_refusals_exit_1_no_register_exit_2(department, tmp_path):
    path = tmp_path / "r.xlsx"
    path.write_bytes(workbook({"技师": [TECHNOLOGISTS, ["", "技甲", "技师", "DR"]]}))
    code, answer = run(str(path), "--department", "RAD")
    assert (code, answer["refused"][0]["column"]) == (1, "工号")
    path.write_bytes(b"no workbook")
    for words in ((str(path), "--department", "RAD"), (str(STAFF), "--department", "NONE")):
        with pytest.raises(CommandError) as caught:
            call_command("import_staff", *words, stdout=StringIO())
        assert caught.value.returncode == 2


def test_day_after_today_is_refused_but_an_expiry_may_lie_there(department, tmp_path):
    path = tmp_path / "r.xlsx"
    head = [*TRAINING, "有效期至", "车牌"]
    days = {"N1": ("2199-05-13", "2201-05-13"), "N2": ("2025-05-13", "2099-05-13")}
    rows = [[n, f"技{n}", "卫生健康", on, 2, "合格", until, "京A"] for n, (on, until) in days.items()]
    members = [[n, f"技{n}", "技师", "DR"] for n in days]
    path.write_bytes(workbook({"技师": [TECHNOLOGISTS, *members], "放射防护培训": [head, *rows]}))
    code, answer = run(str(path), "--department", "RAD")
    assert (code, answer["created"], answer["unused_columns"]) == (1, 3, ["车牌"])
    assert [(r["row"], r["column"]) for r in answer["refused"]] == [(2, "培训日期")]


def test_trained_after_today_is_refused_with_the_day(department, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: date(2025, 5, 12))
    members = [["N1", "技甲", "技师", "DR"]]
    rows = [["N1", "技甲", "卫生健康", "2025-05-13", 2, "合格"]]
    tally = take(workbook({"技师": [TECHNOLOGISTS, *members], "放射防护培训": [TRAINING, *rows]}), department)
    assert [r.reason for r in tally.refused] == [
        "工作表“放射防护培训”第2行：日期2025-05-13晚于今天（2025-05-12），不可能。"
    ]


def test_import_staff_names_what_it_passes_over(department, tmp_path):
    path = tmp_path / "证照.xlsx"
    head = ["工号", "持证人", "岗位", "证照名称", "发证日期"]
    path.write_bytes(
        workbook(
            {
                "证": [
                    head,
                    ["J5", "技戊", "技师", "CT设备操作培训", "2020-05-08"],
                    ["J5", "技戊", "技师", "上岗证"],
                ]
            }
        )
    )
    code, answer = run(str(path), "--department", department.code)
    assert (code, answer["created"], answer["ignored"]) == (
        0,
        1,
        [{"row": 3, "reason": "工作表“证”第3行：“上岗证”不是4.3、4.4要求的资质或培训记录，未导入。"}],
    )
