"""Quarters side by side: what is added up, what is not, and what is said."""

from dataclasses import replace

import pytest

from scoring.comparison.domain.comparison import Quarter, RowPoints, compare

HONEST = "每个季度只有约十份报告，置信区间很宽：相邻季度的差别不能当作趋势，本表不作升降标记。"


def quarter(n: int, good: int = 9, judged: int = 10, **more) -> Quarter:
    """The n-th quarter, windows one after the other."""
    rows = (RowPoints("2.1", "影像描述", 10, 10), RowPoints("1.1", "书写规范", 2, None))
    values = {"window_start": f"20{n:02}-01-01", "window_end": f"20{n:02}-12-31", "level_zh": "三级医院"}
    values |= {"edition": "e1", "rows": rows, "good": good, "judged": judged}
    return Quarter(n, f"第{n}期", 1, **values | more)


def test_four_quarters_are_added_up_with_their_interval():
    found = compare([quarter(n) for n in range(1, 6)])
    assert (found.together.quarters, found.together.numerator, found.together.denominator) == (4, 36, 40)
    assert (found.together_text, found.together.interval.label) == ("90.0%", "77%–96%")
    assert found.notes == (HONEST,)


def test_rows_stand_in_printed_order_with_every_quarters_points():
    other = quarter(
        2,
        rows=(
            RowPoints("2.1", "影像描述", 10, 8),
            RowPoints("1.10", "新增", 2, 2),
            RowPoints("1.2", "月检", 2, 2),
        ),
    )
    found = compare([quarter(1), other])
    assert [(row.id, scores) for row, scores in found.lines] == [
        ("1.1", ("未评", "—")),
        ("1.2", ("—", 2)),
        ("1.10", ("—", 2)),
        ("2.1", (10, 8)),
    ]


@pytest.mark.parametrize(
    ("changed", "note"),
    [
        ({"edition": "e2"}, "所列季度按不同版本的标准评分，各行的分值和评法可能不同，不宜直接相比。"),
        ({"window_start": "2003-12-31"}, "有的抽样窗口互相重叠，同一份报告可能计入两次，不作合计。"),
        ({"window_start": "2003-06-01"}, "有的抽样窗口互相重叠，同一份报告可能计入两次，不作合计。"),
    ],
)
def test_quarters_that_do_not_fit_together_are_not_added_up(changed, note):
    quarters = [quarter(n) for n in range(1, 5)]
    quarters[-1] = replace(quarters[-1], **changed)
    found = compare(quarters)
    assert (found.together, found.together_text, found.notes) == (None, "", (HONEST, note))


def test_three_quarters_and_one_that_cannot_be_read_are_not_added_up():
    found = compare([*(quarter(n) for n in (1, 2, 3)), Quarter(4, "第4期", 1, problem="被改动过")])
    assert (found.together, found.notes) == (
        None,
        (HONEST, "已签发的季度不足4个，暂不能合计。", "第4期的内容不能读取，最近4个季度不作合计。"),
    )


@pytest.mark.parametrize(("place", "counted"), [(0, True), (1, False), (4, False)])
def test_quarter_that_cannot_be_read_among_the_last_four_is_named_and_nothing_is_added_up(place, counted):
    quarters = [quarter(n) for n in range(1, 5)]
    quarters.insert(place, Quarter(9, "第9期", 1, problem="被改动过"))
    found = compare(quarters)
    assert (found.together is not None) == counted
    assert ("第9期的内容不能读取，最近4个季度不作合计。" in found.notes) != counted


def test_quarter_that_cannot_be_read_has_no_figures():
    unread = Quarter(4, "第4期", 1, problem="被改动过")
    assert (unread.superseded, unread.total, unread.rows, unread.good, unread.judged) == (
        False,
        None,
        (),
        0,
        0,
    )


def test_other_level_is_said_and_does_not_forbid_adding_up():
    found = compare([*(quarter(n) for n in (1, 2, 3)), quarter(4, level_zh="二级医院")])
    assert found.together is not None
    assert found.notes[1] == "所列季度的机构级别不同，第1.5行的评法随级别而不同（D-06）。"


def test_quarter_without_a_judged_report_adds_nothing():
    found = compare([*(quarter(n) for n in (1, 2, 3)), quarter(4, good=0, judged=0)])
    assert (found.together.quarters, found.together.denominator) == (3, 30)
