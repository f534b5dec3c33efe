"""专业组 and their 人员梯队: titles as ranks, what is missing."""

import pytest

from staff.register.domain.groups import LADDER, Placed, group_staffing, rank_of


@pytest.mark.parametrize(
    ("kind", "title", "rank"),
    [
        ("physician", "主任医师", "senior"),
        ("physician", "教授、主任医师", "senior"),
        ("physician", "副主任医师", "associate"),
        ("physician", "副 主任医师（返聘）", "associate"),
        ("physician", "副教授", "associate"),
        ("physician", "副高", "associate"),
        ("physician", "教授", "senior"),
        ("physician", "正高级", "senior"),
        ("physician", "主治医师", "attending"),
        ("physician", "中级", "attending"),
        ("physician", "医生", "resident"),
        ("physician", "住院", "resident"),
        ("physician", "住院医师", "resident"),
        ("physician", "医师", "resident"),
        ("physician", "", None),
        ("physician", "研究员", None),
        ("technologist", "", "technologist"),
        ("technologist", "副主任技师", "technologist"),
    ],
)
def test_title_stands_for_its_rank(kind, title, rank):
    assert rank_of(kind, title) == rank


def placed(*titles: str, kind: str = "physician") -> list[Placed]:
    return [Placed(n, f"甲{n}", f"D{n}", kind, title) for n, title in enumerate(titles)]


def test_group_with_every_rank_and_a_leader_misses_nothing():
    found = group_staffing(placed("主任医师", "副主任医师", "主治医师", "住院医师"), lead="甲0(D0)")
    assert (found.missing, found.size, found.unranked) == ((), 4, ())
    assert [len(people) for _, people in found.members] == [1, 1, 1, 1, 0]


def test_group_of_nobody_misses_all_ranks_and_a_leader():
    assert group_staffing([], lead="").missing == ("组长", "主任医师", "副主任医师", "主治医师", "住院医师")


def test_group_counts_technologists_and_unknown_titles_without_taking_them_for_a_rank():
    people = [*placed("技师", kind="technologist"), *placed("研究员")]
    found = group_staffing(people, lead="甲")
    assert (len(found.missing), found.size, [p.title for p in found.unranked]) == (len(LADDER), 2, ["研究员"])
