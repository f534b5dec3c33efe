"""Layouts nobody listed: what headers say in any writing, what the cells say of them, and what is asked."""

import json

import pytest

from reports.intake.alerts import alerts_of
from reports.intake.headers import meaning, possible
from reports.intake.initials import initials
from reports.intake.labels import LABELS_OF
from reports.intake.layout import understand
from reports.intake.mapping import FileMapping, MappingRefused, mapping_from_json, mapping_of
from reports.intake.outcomes import outcomes_of
from reports.intake.reports import reports_of
from spreadsheets import FileRefused, Row, Sheet

DESCRIPTION = "双侧胸廓对称。右肺上叶见一枚实性结节，大小约19mm×10mm，边缘光整，密度均匀。"
CONCLUSION = "1、右肺上叶结节，考虑良性，建议随访。"
DOCTORS = ("邵例舟", "翟例清", "卢例衡")


def sheet(*rows, name="表"):
    return Sheet(name, tuple(Row(number, tuple(cells)) for number, cells in enumerate(rows, 1)), "UTF-8")


def record(i, **changed):
    day = f"2025-03-{i + 1:02}"
    return {
        "acc": f"CT25{i:05}",
        "pid": f"{730000 + i * 37}",
        "name": f"试{'一二三四五六七八九'[i]}拟",
        "sex": "男女"[i % 2],
        "age": f"{30 + i}岁",
        "dept": "骨一科",
        "diag": "腰痛待查",
        "mod": "CT",
        "item": "胸部CT平扫",
        "exam": f"{day} 08:05",
        "find": DESCRIPTION,
        "concl": CONCLUSION,
        "write": DOCTORS[i % 3],
        "review": DOCTORS[(i + 1) % 3],
        "final": DOCTORS[(i + 2) % 3],
        "report": f"{day} 09:30",
        "signed": f"{day} 10:30",
        "operator": "单例技",
        "status": "已审核",
    } | changed


def table(heads, fields, count=8, **changed):
    """A sheet under `heads`, with `count` records that hold `fields`."""
    records = [record(i, **changed) for i in range(count)]
    return [heads.split("|"), *([each[name] for name in fields.split()] for each in records)]


def mapped(rows, kind="reports", mapping=None):
    return dict(understand([sheet(*rows)], kind, mapping).head.mapping)


def read(rows, mapping=None):
    return reports_of(understand([sheet(*rows)], "reports", mapping))


PLAIN = "检查号|姓名|设备|检查时间|影像描述|诊断结论|报告时间"
PLAIN_FIELDS = "acc name mod exam find concl report"


@pytest.mark.parametrize(
    ("word", "letters"),
    [("检查号", "jch"), ("病人姓名", "brxm"), ("影像所见", "yxsj"), ("诊断意见", "zdyj"), ("CT", "")],
)
def test_initials_of_a_word_are_those_of_its_pinyin(word, letters):
    assert initials(word) == letters


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("影像检查流水编码", "accession_number"),
        ("EXAM_SERIAL_NO", "accession_number"),
        ("患者唯一标识码", "patient_id"),
        ("申请开单科室名称", "requesting_department"),
        ("照片部位及张数", "examination_name"),
        ("放射检查明细项目", "examination_name"),
        ("影像所见详细描述", "findings"),
        ("WRITE_DOCTOR", "reporting_physician"),
        ("报告当前状态", "report_status"),
        ("Patient Name 姓名", "patient_name"),
        ("检查号 Accession No.", "accession_number"),
        ("Approve Time 审核时间", "signed_at"),
    ],
)
def test_header_of_known_words_names_its_field(header, field):
    assert meaning(header, "reports") == field


@pytest.mark.parametrize(
    "header",
    ["报告打印时间", "审核意见", "检查申请医师", "报告医师工号", "登记日期", "影像科编号", "Sex 年龄"],
)
def test_header_with_another_word_or_two_meanings_names_nothing(header):
    assert meaning(header, "reports") == ""


def test_initials_of_two_meanings_are_left_to_the_cells():
    assert set(possible("JCSJ", "reports")) == {"examined_at", "findings"}
    heads = "JCBH|BAH|HZXM|XB|SBLX|JCXM|JCSJ|YXSJ|ZDYJ|BGSJ|BGYSXM|JCJS"
    found = mapped(table(heads, "acc pid name sex mod item exam find concl report write operator"))
    assert found == dict(
        zip(
            heads.split("|"),
            [
                *("accession_number", "patient_id", "patient_name", "sex", "modality", "examination_name"),
                *("examined_at", "findings", "impression", "reported_at", "reporting_physician", "operator"),
            ],
            strict=True,
        )
    )


def test_a_few_abbreviations_are_no_initials():
    assert "JCJS" not in mapped(table(PLAIN + "|JCJS", PLAIN_FIELDS + " operator"))


def test_description_under_the_name_of_the_conclusion_is_noticed_and_asked():
    rows = table(PLAIN, "acc name mod exam concl find report")
    layout = understand([sheet(*rows)], "reports")
    assert not {"findings", "impression"} & layout.head.fields
    with pytest.raises(FileRefused, match="“影像描述”的内容像诊断结论，“诊断结论”的内容像影像描述，可能颠倒"):
        reports_of(layout)


def test_person_may_say_that_the_names_are_right_all_the_same():
    rows = table(PLAIN, "acc name mod exam concl find report")
    fields = [
        "accession_number",
        "patient_name",
        "modality",
        "examined_at",
        "findings",
        "impression",
        "reported_at",
    ]
    found = read(rows, dict(zip(PLAIN.split("|"), fields, strict=True)))
    assert (found.reports[0].findings, len(found.reports)) == (CONCLUSION, 8)


def test_counter_is_no_accession_number_where_another_column_is():
    rows = table("检查号|影像号|" + PLAIN.partition("|")[2], "acc acc name mod exam find concl report")
    for number, row in enumerate(rows[1:], 1):
        row[0] = number
    assert [r.accession_number for r in read(rows).reports] == [f"CT25{i:05}" for i in range(8)]


def test_number_that_could_be_a_time_is_still_a_number():
    rows = table(PLAIN, PLAIN_FIELDS)
    for i, row in enumerate(rows[1:]):
        row[0] = f"20250308{i:04}"
    assert [r.accession_number for r in read(rows).reports] == [f"20250308{i:04}" for i in range(8)]


def test_names_that_are_codes_stay_names():
    assert read(table(PLAIN, PLAIN_FIELDS, name="23170")).reports[0].patient_name == "23170"


def test_columns_shifted_under_their_heads_are_not_taken():
    rows = table(
        "检查号|姓名|性别|年龄|" + PLAIN.partition("姓名|")[2], "acc sex age name mod exam find concl report"
    )
    layout = understand([sheet(*rows)], "reports")
    assert set(layout.head.doubts) == {"姓名", "性别", "年龄"}
    assert [column.label for column in layout.unmapped] == ["姓名", "性别", "年龄"]


def test_two_conclusions_that_disagree_are_asked_unless_one_says_it_is_of_the_images():
    heads = "检查号|设备|诊断|影像结论|检查所见|报告时间"
    assert mapped(table(heads, "acc mod diag concl find report"))["影像结论"] == "impression"
    with pytest.raises(FileRefused, match="不止一列像“诊断结论”，内容不同"):
        read(table(heads.replace("|诊断|", "|影像诊断|"), "acc mod diag concl find report"))


@pytest.mark.parametrize(
    ("heads", "signer"),
    [
        ("报告书写医师|报告审核医师|报告终审医师", ("卢例衡", "翟例清")),
        ("初写医师|二审医师|三审医师", ("卢例衡", "翟例清")),
    ],
)
def test_last_of_three_levels_signs(heads, signer):
    report = read(table(f"{PLAIN}|{heads}", f"{PLAIN_FIELDS} write review final")).reports[0]
    assert (report.signed_by, report.reviewing_physician) == signer


def test_second_of_two_levels_reviews():
    report = read(table(f"{PLAIN}|报告医师|终审医师", f"{PLAIN_FIELDS} write review")).reports[0]
    assert (report.signed_by, report.reviewing_physician) == (None, "翟例清")


def test_whole_report_in_one_cell_is_parted_under_any_head():
    whole = f"【检查方法】螺旋扫描。\n【影像表现】\n{DESCRIPTION}\n【诊断意见】\n{CONCLUSION}"
    report = read(table("检查号|设备|备注|报告时间", "acc mod whole report", whole=whole)).reports[0]
    assert (report.technique, report.findings, report.impression) == ("螺旋扫描。", DESCRIPTION, CONCLUSION)


def test_patient_in_one_cell_is_known_by_its_cells():
    rows = table(
        "检查号|病人情况|设备|影像描述|诊断结论|报告时间",
        "acc who mod find concl report",
        who="张拟三 男 45岁",
    )
    report = read(rows).reports[0]
    assert (report.patient_name, report.sex, report.age) == ("张拟三", "男", "45岁")


def test_rows_of_one_report_for_each_item_are_joined():
    rows = table(PLAIN + "|检查项目", PLAIN_FIELDS + " item", count=1)
    result = read([*rows, [*rows[1][:-1], "三维重建"]])
    assert [r.examination_name for r in result.reports] == ["胸部CT平扫；三维重建"]
    assert [(i.row, i.why) for i in result.ignored] == [(3, "joined")]


def test_rows_that_differ_in_a_text_too_are_not_joined():
    rows = table(PLAIN + "|检查项目", PLAIN_FIELDS + " item", count=1)
    other = [*rows[1][:5], "未见异常。", rows[1][6], "三维重建"]
    assert len(read([*rows, other]).reports) == 2


def coded(codes):
    rows = table(f"{PLAIN}|状态代码", f"{PLAIN_FIELDS} status", count=len(codes))
    for row, code in zip(rows[1:], codes, strict=True):
        row[-1] = code
    return rows


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("代码表", [["状态代码", "含义"], ["3", "已书写"], ["4", "已审核"]]),
        ("状态", [["序号", "代码", "名称"], ["1", "3", "已书写"], ["2", "4", "已审核"]]),
        ("字典", [["报告状态代码说明"], ["代码", "名称"], ["3", "已书写"], ["4", "已审核"]]),
        (
            "字典",
            [["字段", "值", "含义"], ["性别", "1", "男"], ["状态", "3", "已书写"], ["状态", "4", "已审核"]],
        ),
    ],
)
def test_legend_on_another_sheet_explains_the_codes(name, rows):
    legend = sheet(*rows, name=name)
    layout = understand([sheet(*coded("4434")), legend], "reports")
    found = [r.report_status for r in reports_of(layout).reports]
    assert [status.removeprefix("已") for status in found] == ["审核", "审核", "书写", "审核"]


def test_legend_of_another_column_explains_nothing():
    legend = sheet(["代码", "名称"], ["3", "已书写"], ["4", "已审核"], name="设备")
    with pytest.raises(FileRefused, match="没有说明的代码"):
        reports_of(understand([sheet(*coded("4334")), legend], "reports"))


@pytest.mark.parametrize("is_above", [True, False])
def test_legend_in_a_note_around_the_table_explains_the_codes(is_above):
    note = [["状态：3=已书写 4=已审核"]]
    found = read([*note, *coded("43")] if is_above else [*coded("43"), *note])
    assert [r.report_status for r in found.reports] == ["已审核", "已书写"]


def test_codes_without_a_legend_are_asked_of_a_person():
    with pytest.raises(FileRefused, match="没有说明的代码：“状态代码”的3（2行）、“状态代码”的4（2行）"):
        read(coded("4343"))
    given = {"columns": {}, "values": {"report_status": {"3": "已书写", "4": "已审核"}}, "constants": {}}
    assert [r.report_status for r in read(coded("43"), given).reports] == ["已审核", "已书写"]


def test_code_of_nearly_all_signed_reports_is_theirs_and_any_other_refuses_its_row():
    heads, fields = f"{PLAIN}|审核医师|审核时间|状态", f"{PLAIN_FIELDS} review signed status"
    rows = table(heads, fields, count=9, status="50")
    rows[3][-1] = "30"
    result = read(rows)
    assert ([r.report_status for r in result.reports], [(r.row, r.code) for r in result.refusals]) == (
        ["50"] * 8,
        [(4, "unknown_value")],
    )
    assert [(v.value, v.count, v.rows) for v in result.unknown_values] == [("30", 1, (4,))]


def test_writings_no_reader_knows_are_counted_with_their_rows():
    head = ["检查号", "结局来源", "结局日期", "结局内容"]
    rows = [[f"C{i}", kind, "2025-03-01", "溃疡"] for i, kind in enumerate(("内镜", "其他途径", "其他途径"))]
    layout = understand([sheet(head, *rows, head)], "outcomes")
    (unknown,) = layout.unknown_values
    assert (unknown.field, unknown.value, unknown.count, unknown.rows) == ("kind", "其他途径", 2, (3, 4))
    given = {"columns": {}, "values": {"kind": {"其他途径": "临床随访结局"}}, "constants": {}}
    assert [o.kind for o in outcomes(head, *rows, mapping=given).outcomes][1:] == ["clinical_follow_up"] * 2


def test_total_below_two_reports_contradicts_no_header_of_initials():
    heads = ["JCH", "XM", "XB", "JCXM", "SBLX", "JCSJ", "YXBX", "ZDYJ", "BGSJ"]
    rows = [
        [
            f"CT260900{i}",
            "王拟安",
            "F",
            "胸部CT平扫",
            "CT",
            "2026-09-01 08:30",
            "双肺清晰。",
            "正常。",
            "2026-09-01 09:15",
        ]
        for i in (1, 2)
    ]
    layout = understand([sheet(heads, *rows, ["小计", "2", *[""] * 7])], "reports")
    assert layout.head.mapping["JCH"] == "accession_number"
    assert layout.missing == []


def test_footer_under_a_column_of_sexes_is_no_unknown_writing():
    heads = [*PLAIN.split("|"), "性别"]
    rows = table("|".join(heads), PLAIN_FIELDS + " any", count=6, any="男")
    rows[3][-1] = "待查"
    foot = ["制表人：甲", *[""] * (len(heads) - 2), "审核人：乙"]
    (unknown,) = understand([sheet(*rows, foot, rows[0])], "reports").unknown_values
    assert (unknown.field, unknown.value, unknown.rows) == ("sex", "待查", (4,))


@pytest.mark.parametrize(
    "header", ["性别", "年龄", "出生日期", "报告医师", "检查时间", "报告状态", "设备", "检查项目"]
)
def test_damaged_cell_refuses_its_row_whatever_its_column(header):
    heads = [*PLAIN.split("|"), *([] if header in PLAIN else [header])]
    rows = table("|".join(heads), PLAIN_FIELDS + ("" if header in PLAIN else " any"), count=6, any="")
    rows[2][heads.index(header)] = "张锟斤拷"
    result = read(rows)
    assert ([r.row for r in result.refusals], len(result.reports)) == ([3], 5)


def test_value_mapped_to_nothing_leaves_its_rows_out():
    rows = table(f"{PLAIN}|报告状态", f"{PLAIN_FIELDS} status", count=3)
    rows[2][-1] = "作废"
    result = read(rows, {"columns": {}, "values": {"report_status": {"作废": None}}, "constants": {}})
    assert ([r.row for r in result.reports], [(i.row, i.why) for i in result.ignored]) == (
        [2, 4],
        [(3, "excluded")],
    )


def test_column_mapped_to_nothing_is_not_guessed():
    layout = understand([sheet(*table(PLAIN, PLAIN_FIELDS))], "reports", FileMapping(columns={"姓名": None}))
    assert "patient_name" not in layout.head.fields


def test_constant_holds_for_every_row_without_its_own_value():
    rows = table("检查号|影像描述|诊断结论|报告时间", "acc find concl report", count=2)
    found = read(rows, {"columns": {}, "values": {}, "constants": {"modality": "CT"}})
    assert [r.modality for r in found.reports] == ["CT", "CT"]


@pytest.mark.parametrize("line", ["已选择 63 行。", "(63 rows affected)", "63 rows selected."])
def test_line_of_the_exporting_tool_is_passed_over(line):
    result = read([*table(PLAIN, PLAIN_FIELDS, count=2), [line]])
    assert ([i.row for i in result.ignored], result.refusals) == ([4], ())


@pytest.mark.parametrize("foot", ["5月合计", "第一季度小计", "2025年总计", "本页合计"])
def test_subtotal_of_a_period_is_passed_over(foot):
    result = read([*table(PLAIN, PLAIN_FIELDS, count=2), [foot, "", "21"]])
    assert ([(i.row, i.why) for i in result.ignored], result.refusals) == ([(4, "total")], ())


def test_old_sheet_beside_the_table_is_passed_over_by_name():
    rows = table(PLAIN, PLAIN_FIELDS, count=1)
    layout = understand(
        [sheet(*rows), sheet(*table(PLAIN, PLAIN_FIELDS, acc="OLD1"), name="旧表备份")], "reports"
    )
    assert (layout.passed_sheets, len(reports_of(layout).reports)) == (("旧表备份",), 1)


def test_clock_takes_the_day_of_its_row_and_passes_midnight():
    rows = [
        ["日期", "发现时间", "影像号", "危急值情况", "电话通知时间"],
        ["2025-03-01", "20:27", "CT1", "脑疝", "20:32"],
        ["2025-03-01", "23:55", "CT2", "脑疝", "00:03"],
    ]
    found = alerts_of(understand([sheet(*rows)], "alerts")).alerts
    assert [(f"{a.found_at:%m-%d %H:%M}", f"{a.notified_at:%m-%d %H:%M}") for a in found] == [
        ("03-01 20:27", "03-01 20:32"),
        ("03-01 23:55", "03-02 00:03"),
    ]


def outcomes(*rows, mapping=None):
    return outcomes_of(understand([sheet(*rows)], "outcomes", mapping))


@pytest.mark.parametrize(
    "text", ["失访", "待随访", "电话无人接听", "患者拒绝随访", "待病理回报", "多次联系不上", "未随访"]
)
def test_entry_without_a_result_is_no_outcome(text):
    head = ["检查号", "随访方式", "随访日期", "随访结果"]
    result = outcomes(head, ["C1", "电话", "2025-03-01", text], ["C2", "电话", "2025-03-01", "未见复发"])
    assert [(r.row, r.code) for r in result.refusals] == [(2, "no_outcome")]
    assert [o.text for o in result.outcomes] == ["未见复发"]


def test_list_of_the_endoscopists_names_kind_and_day_in_its_own_way():
    rows = [["胃镜", f"2025-03-{day:02}", "731001", "胃窦溃疡", "无"] for day in range(1, 7)]
    result = outcomes(["检查类别", "检查日期", "登记号", "诊断", "并发症"], *rows)
    assert [(o.kind, o.observed_on.day, o.text) for o in result.outcomes] == [
        ("endoscopy", day, "胃窦溃疡") for day in range(1, 7)
    ]


def test_day_of_the_imaging_report_is_no_day_of_an_outcome():
    rows = [["C1", "2025-01-02", "肝癌", "肝细胞癌", "手术病理"] for _ in range(6)]
    with pytest.raises(FileRefused, match="缺少必需的列：结局日期"):
        outcomes(["检查号", "报告日期", "影像诊断", "结果", "类别"], *rows)


def test_title_says_the_kind_of_all_rows_and_so_does_a_constant():
    rows = [["登记号", "日期", "结果"], ["731001", "2025-03-01", "胃窦溃疡"]]
    assert outcomes(["消化内镜检查结果登记"], *rows).outcomes[0].kind == "endoscopy"
    given = {"columns": {}, "values": {}, "constants": {"kind": "手术病理"}}
    assert outcomes(*rows, mapping=given).outcomes[0].kind == "surgical_pathology"


def test_layout_shows_each_column_with_its_evidence_and_samples():
    layout = understand([sheet(*table(f"{PLAIN}|护士站", f"{PLAIN_FIELDS} dept", count=6))], "reports")
    shown = {column.label: (column.field, column.evidence, column.samples[:1]) for column in layout.columns}
    assert shown["检查号"] == ("accession_number", "列名、内容", ("CT2500000",))
    assert shown["护士站"] == ("", "", ("骨一科",))
    assert [(line.row, line.why) for line in layout.passed_over] == [(1, "header")]


def test_mapping_is_the_same_after_a_round_trip():
    mapping = FileMapping({"甲": "sex", "乙": None}, {"sex": {"A": "男"}}, {"modality": "CT"})
    assert mapping_of(json.loads(json.dumps(mapping.as_json()))) == mapping
    assert mapping_of({"甲": "sex"}) == FileMapping(columns={"甲": "sex"})
    assert mapping_of(None) == FileMapping()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "不是有效的JSON"),
        ("[]", "应为一个JSON对象"),
        ('{"cols": {}}', "只含columns、values、constants"),
        ('{"columns": {"甲": "nothing"}}', "不认识字段“nothing”"),
        ('{"values": {"sex": "男"}}', "写法→值"),
    ],
)
def test_mapping_that_cannot_be_used_is_refused_with_a_sentence(text, why):
    with pytest.raises(MappingRefused, match=why):
        mapping_from_json(text, LABELS_OF["reports"])


GROUPS = ["患者信息", "", "", "检查信息", "", "", "报告信息", "", "", ""]
NAMES = ["编号", "姓名", "性别", "编号", "设备", "时间", "所见", "结论", "医师", "时间"]


@pytest.mark.parametrize("header", ["单位", "年龄2", "DW"])
def test_column_of_units_beside_an_age_is_its_unit_whatever_it_is_called(header):
    rows = table(f"{PLAIN}|年龄|{header}", f"{PLAIN_FIELDS} age unit", age="5", unit="月", count=6)
    assert read(rows).reports[0].age == "5月"


def test_group_names_speak_for_bare_names_and_both_rows_may_stand_on_every_page():
    fields = "pid name sex acc mod exam find concl write report"
    body = table("", fields, count=4)[1:]
    foot = ["科主任签字：", "", "填表日期：2025-04"]
    found = read([GROUPS, NAMES, *body[:2], foot, GROUPS, NAMES, *body[2:]])
    assert [(r.accession_number, r.patient_id) for r in found.reports] == [
        (f"CT25{i:05}", f"{730000 + i * 37}") for i in range(4)
    ]
    assert [(i.row, i.why) for i in found.ignored] == [
        (1, "title"),
        (5, "note"),
        (6, "repeated_header"),
        (7, "repeated_header"),
    ]
    assert found.refusals == ()


def test_numbers_of_inpatients_and_outpatients_complete_each_other():
    rows = table(f"{PLAIN}|门诊号|住院号", f"{PLAIN_FIELDS} pid pid", count=2)
    rows[1][-1], rows[2][-2] = "", ""
    assert [r.patient_id for r in read(rows).reports] == ["730000", "730037"]


def test_bare_time_beside_that_of_notification_is_the_finding():
    rows = [
        ["日期", "时间", "影像号", "危急值", "通知时间"],
        ["2025-03-01", "23:55", "CT1", "脑疝", "00:03"],
    ]
    (alert,) = alerts_of(understand([sheet(*rows)], "alerts")).alerts
    assert (f"{alert.found_at:%m-%d %H:%M}", f"{alert.notified_at:%m-%d %H:%M}") == (
        "03-01 23:55",
        "03-02 00:03",
    )


def test_text_beside_a_column_of_conclusions_is_the_description():
    report = read(table("检查号|设备|报告内容|诊断结论|报告时间", "acc mod find concl report")).reports[0]
    assert (report.findings, report.impression) == (DESCRIPTION, CONCLUSION)


def test_rows_are_released_as_they_are_read_and_the_answer_is_the_same():
    heads = "检查号|姓名|性别|检查名称|检查时间|影像描述|诊断结论|报告医师|报告时间|备用"
    rows = table(heads, "acc name sex item exam find concl write report dept", count=9)
    rows[3:3] = [["合计", "3"], heads.split("|")]  # a total, and the header of a second page
    unchanged, taken = sheet(*rows), sheet(*rows)
    taken = Sheet(taken.name, list(taken.rows), taken.encoding)
    expected = reports_of(understand([unchanged], "reports"))
    assert reports_of(understand([taken], "reports")) == expected
    assert (len(expected.reports), expected.unused) == (9, ("备用",))
    assert [row.cells for row in taken.rows] == [()] * 12
    assert [row.cells for row in unchanged.rows] == [tuple(row) for row in rows]


def test_header_merged_over_columns_belongs_to_the_one_that_holds_cells():
    rows = table(PLAIN, PLAIN_FIELDS)
    wide = [[row[0], "", *row[1:], ""] for row in rows]
    for i, row in enumerate(wide[1:], 1):
        row[0], row[1] = "", rows[i][0]
        row[-2], row[-1] = "", rows[i][-1]

    assert mapped(wide) == mapped(rows)
    assert read(wide).reports == read(rows).reports


def test_header_with_cells_of_its_own_stays_beside_an_unnamed_column():
    rows = [[row[0], "" if i == 0 else "x", *row[1:]] for i, row in enumerate(table(PLAIN, PLAIN_FIELDS))]

    assert read(rows).reports == read(table(PLAIN, PLAIN_FIELDS)).reports
