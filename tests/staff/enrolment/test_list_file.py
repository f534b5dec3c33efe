"""A list of people read from a file."""

from datetime import date

import pytest

from spreadsheets import FileRefused
from staff.enrolment.domain.lines import Line, Refusal, unpacked
from staff.enrolment.list_file import read_list

CSV = """放射科开通账号人员
姓 名,工号,用户名,角色,科室,邮箱,有效期至,署名
张 三,0012,zhangsan,质控员,RAD,z3@example.org,2027-03-31,"张叁、ZHANG San"

李四,,,,,,,
,0099,,,,,,
王五,0013,,,,,三月底,
"""


def test_read_list_finds_the_table_and_names_rows_that_cannot_be_read():
    lines, refused = read_list(CSV.encode("gb18030"), "名单.csv")

    first, second = lines
    assert (first.row, first.full_name, first.staff_number, first.username) == (3, "张三", "0012", "zhangsan")
    assert (first.role, first.department, first.email) == ("质控员", "RAD", "z3@example.org")
    assert (first.expires_on, first.aliases) == (date(2027, 3, 31), ("张叁", "ZHANG San"))
    assert (second.full_name, second.staff_number, second.expires_on, second.aliases) == (
        "李四",
        "",
        None,
        (),
    )
    assert [(one.row, one.column, one.found, one.expected) for one in refused] == [
        (6, "姓名", "空", "姓名"),
        (7, "账号有效期至", "三月底", "应为日期，例如2025-09-08"),
    ]


def test_line_survives_being_packed():
    line = Line(3, "张三", expires_on=date(2027, 3, 31), aliases=("张叁",), member=7)
    assert unpacked(line.packed()) == line


@pytest.mark.parametrize(
    ("content", "words"),
    [("工号,角色\n1,质控员\n", "没有找到人员名单的表头"), ("", "0字节")],
)
def test_read_list_refuses_a_file_without_a_list(content, words):
    with pytest.raises(FileRefused, match=words):
        read_list(content.encode(), "x.csv")


def test_read_list_refuses_a_row_it_cannot_trust():
    _, refused = read_list("姓名,工号\n张三,1,多,列\n".encode(), "x.csv")
    assert [(type(one), one.row) for one in refused] == [(Refusal, 2)]
