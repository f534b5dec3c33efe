"""月度质控检查记录 as A4 pages a hospital files, read back: no patient in it, the same bytes twice."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from audits.measures.documents import monthly_record, record_name, render_record
from audits.monthly.actions.months import close_month
from tests.audits.monthly.factories import (
    CLAUSE,
    check_all,
    checked_measure,
    closed_month,
    drawn_month,
    open_measure,
)
from tests.exports.reading import pdf_boxes, pdf_fonts, pdf_text

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 3, 4, tzinfo=UTC)


@pytest.fixture
def september(department, officer, member):
    """Two of three reports with a problem, a measure whose effect was checked in October."""
    closed_month(department, officer, month=date(2026, 8, 1))
    audit = check_all(drawn_month(department, officer), officer, faulty=2)
    measure = open_measure(audit, officer, member)
    audit.refresh_from_db()
    audit = close_month(audit, summary="受检甲的两份未指明参照组织。", version=audit.version, by=officer)
    closed_month(department, officer, month=date(2026, 10, 1))
    checked_measure(measure, officer)
    return audit


def test_record_tells_sample_findings_measures_and_summary(september, officer):
    text = pdf_text(render_record(monthly_record(september, AT)))
    told = [
        "放射影像检查报告月度质控检查记录",
        "示例医院",
        "2026-09-01至2026-09-30（含首尾两日）",
        "当月全部最终报告6份",
        "有问题的报告2/3（66.7%）",
        CLAUSE,
        "未指明参照组织。",
        "书写甲1010",
        "已核对效果（2026-10-08）",
        "尚不能判定：由2/3（66.7%）到0/3（0.0%）",
        "受**的两份未指明参照组织。",
        "质控员签字",
        "科主任签字",
        september.seed,
    ]
    assert [words for words in told if words not in text] == []
    for case in september.cases.select_related("report"):
        assert case.report.accession_number in text
    assert "未完成" not in text


def test_record_shows_the_seed_with_its_hash_and_marks_a_chosen_one(september):
    chosen = monthly_record(september, AT)  # drawn by a given seed
    commitment = hashlib.sha256(chosen.seed.encode()).hexdigest()
    record = replace(chosen, seed_chosen=False, commitment=commitment)
    text, marked = (pdf_text(render_record(one)) for one in (record, chosen))
    assert (chosen.seed_chosen, chosen.commitment) == (True, "")
    shown = f"随机种子{record.seed}种子哈希{record.commitment}名单校验值{record.list_hash}"
    assert [shown in text, f"{record.seed}种子由人指定" in text] == [True, False]
    assert f"随机种子{record.seed}种子由人指定种子哈希没有事先公布" in marked
    # The footer's hash of a record filed before must stay what it was.
    assert record.content_hash() == replace(record, commitment="").content_hash() != chosen.content_hash()


def test_record_names_no_patient(september):
    content = render_record(monthly_record(september, AT))
    text = pdf_text(content)
    names = {"受检甲", *(case.report.patient_id for case in september.cases.select_related("report"))}
    assert [name for name in names if name in text] == []


def test_record_of_a_clean_month_says_so(department, officer):
    text = pdf_text(render_record(monthly_record(closed_month(department, officer), AT)))
    assert "所检查的报告未发现问题。" in text
    assert "未发现问题，无需改进措施。" in text


@pytest.mark.parametrize(("days_late", "words"), [(0, "2026-10-1517:00"), (3, "2026-10-1817:00（逾期3天）")])
def test_record_of_a_month_closed_late_says_by_how_many_days(department, officer, days_late, words):
    record = monthly_record(closed_month(department, officer, days_late=days_late), AT)
    assert record.closed.replace(" ", "").endswith(words)


def test_record_before_the_month_is_finished_says_so(department, officer):
    audit = drawn_month(department, officer)
    text = pdf_text(render_record(monthly_record(audit, AT)))
    assert "（未完成）" in text
    assert "尚未检查。" in text
    assert "未发现问题" not in text
    assert record_name(audit) == "月度质控记录_RAD_202609_未完成.pdf"


def test_record_of_the_same_month_is_the_same_file(september):
    first, again = (render_record(monthly_record(september, AT)) for _ in range(2))
    assert first == again
    assert record_name(september) == "月度质控记录_RAD_202609.pdf"


def test_record_keeps_to_its_fonts_and_prints_a_rare_character_by_its_code(department, officer):
    audit = check_all(drawn_month(department, officer), officer)
    audit = close_month(audit, summary="参阅𱁬的意见。", version=audit.version, by=officer)
    content = render_record(monthly_record(audit, AT))
    assert all(name.startswith("Noto") and embedded for name, embedded in pdf_fonts(content))
    assert pdf_boxes(content) == 0
    assert "〓(U+3106C)" in pdf_text(content)
