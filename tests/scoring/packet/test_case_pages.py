"""A case as laid out: notes beside their marks however many, one fault of two readers printed once."""

from dataclasses import replace

from scoring.content import parts
from scoring.packet.case_pages import case_page, outcome_origin
from tests.exports.sample import sample_document

CASE = sample_document().cases[0]


def with_faults(count: int, text: str, step: int):
    faults = tuple(
        parts.FaultMark("6.4.3.2", "参照组织", "findings", at, at + 3, "", f"第{at}处。", "评一", True)
        for at in range(0, count * step, step)
    )
    return replace(
        CASE,
        report=replace(CASE.report, findings=text),
        description=replace(CASE.description, faulty=True, faults=faults),
    )


def test_notes_of_a_hundred_faults_stand_beside_their_own_marks():
    text = "".join(f"第{n:03d}段可见低密度影，边界清楚。" for n in range(100))
    page = case_page(with_faults(100, text, len(text) // 100))
    rows = page.noted_rows
    assert "".join(piece.text for row in rows for piece in row.pieces) == text
    for row in rows:
        assert [p.sign for p in row.pieces if p.sign] == [note.sign for note in row.notes]
    assert (len(rows), max(len(row.notes) for row in rows)) == (100, 1)


def test_notes_of_a_text_without_sentences_still_stay_by_threes():
    page = case_page(with_faults(30, "影" * 300, 10))
    assert [len(row.notes) for row in page.noted_rows] == [*[3] * 10, 0]
    assert "".join(piece.text for row in page.noted_rows for piece in row.pieces) == "影" * 300


def test_only_a_long_report_may_be_cut_by_a_pages_end():
    short = [case_page(case).is_long for case in sample_document().cases]
    assert (short, case_page(with_faults(0, "影" * 1300, 1)).is_long) == ([False] * 10, True)
    assert case_page(with_faults(13, "影" * 300, 10)).is_long


def test_few_notes_leave_the_text_in_one_piece():
    page = case_page(with_faults(4, "影" * 80, 20))
    assert [len(row.notes) for row in page.noted_rows] == [4]


def test_fault_of_both_readers_is_printed_once_with_both_names():
    fault = parts.FaultMark(
        "6.4.3.2", "参照组织", "findings", 0, 3, "低密度", "未指定参照组织。", "评一", True
    )
    alike, other = replace(fault, by="评二"), replace(fault, by="评二", reason="另有理由。")
    case = replace(CASE, description=replace(CASE.description, faulty=True, faults=(fault, alike, other)))
    notes = case_page(case).notes
    assert [(note.sign, note.fault.by, note.fault.reason) for note in notes] == [
        ("①", "评一、评二", "未指定参照组织。"),
        ("②", "评二", "另有理由。"),
    ]


def test_reader_names_a_printed_fault_by_its_sign_alone():
    fault = parts.FaultMark("6.4.3.2", "", "findings", 0, 3, "", "未指定参照组织。", "评一", True)
    reader = replace(CASE.assessors[0], faults=("6.4.3.2　未指定参照组织。", "6.3.6　标点有误。"))
    case = replace(
        CASE,
        assessors=(reader,),
        description=replace(CASE.description, faulty=True, faults=(fault,)),
    )
    (line,) = case_page(case).assessors
    assert "描述：①；6.3.6　标点有误" in line


def test_origin_of_an_outcome_says_source_match_and_who_confirmed():
    outcome = parts.OutcomeFact(
        *("手术病理", "2025-09-01", "腺癌。", "田"),
        *(36, "导入 结局.csv", "2025-10-01 09:00", "人工指定", "测一鸣 1007", "2025-10-02 10:00"),
    )
    assert outcome_origin(outcome).split("　") == [
        *("结局第36号", "导入 结局.csv", "2025-10-01 09:00", "登记人 田"),
        "匹配：人工指定，测一鸣 1007 2025-10-02 10:00确认",
    ]
    assert outcome_origin(replace(outcome, number=None)) == ""
