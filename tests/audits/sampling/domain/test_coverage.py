"""Coverage: a gap is a note, never a bar (D-22)."""

from audits.sampling.domain.coverage import pool_table, sample_gaps
from audits.sampling.domain.ledger import Ledger
from audits.sampling.domain.pool import Pool
from tests.audits.sampling.domain.draw_kit import entry, even_list


def pool(rows) -> Pool:
    return Pool(tuple(rows), Ledger(len(rows), len(rows), ()))


def test_pool_table_counts_by_system_and_modality():
    table = pool_table(pool([entry("a"), entry("b"), entry("c", "skeletal", "MRI", patient="p-a")]))
    nervous, *_, other = table.rows
    assert (nervous.system_zh, nervous.counts, nervous.total, nervous.patients) == (
        "神经系统",
        (0, 2, 0),
        2,
        2,
    )
    assert (other.system, other.total) == ("other", 0)
    assert (table.totals, table.total, table.patients) == ((0, 2, 1), 3, 2)


def test_pool_table_enough_has_no_gaps():
    assert pool_table(pool(even_list(3))).gaps == ()


def test_pool_table_gaps_name_system_modality_and_patients():
    table = pool_table(pool([entry("a"), *(entry(f"b{n}", "skeletal") for n in range(2))]))
    assert table.gaps == (
        "神经系统只有1名受检者的合格报告，目标为2份。",
        "呼吸系统没有合格报告，抽样将覆盖不足。",
        "消化及泌尿生殖系统没有合格报告，抽样将覆盖不足。",
        "循环系统没有合格报告，抽样将覆盖不足。",
        "没有DR的合格报告，抽样将覆盖不足。",
        "没有MRI的合格报告，抽样将覆盖不足。",
        "合格报告只涉及3名受检者，不足10例，不能得出合格与否的结论；请补录结局，或写明理由后延长抽样窗口。",
    )


def test_pool_table_two_reports_of_one_patient_are_one_for_the_aim():
    rows = [entry("a", patient="p"), entry("b", patient="p")]
    assert "神经系统只有1名受检者的合格报告，目标为2份。" in pool_table(pool(rows)).gaps


def test_sample_gaps_full_sample_has_none():
    assert sample_gaps(even_list(2), {"DR", "CT", "MRI"}) == ()


def test_sample_gaps_say_whether_the_list_had_the_modality():
    rows = [row._replace(modality="CT") for row in even_list(2)]
    assert sample_gaps(rows, {"CT", "MRI"}) == (
        "抽样中没有DR（名单中没有）：覆盖不足。",
        "抽样中没有MRI（名单中有，但无法在同一系统内调换）：覆盖不足。",
    )


def test_sample_gaps_short_sample_gives_no_verdict():
    assert (
        sample_gaps(even_list(1), {"DR", "CT", "MRI"})[-1] == "只抽到5份，不足10份：不能得出合格与否的结论。"
    )
