"""Who a field of a report names."""

import pytest

from reports.domain.people import NamedPerson, people_in


@pytest.mark.parametrize(
    ("written", "name", "number"),
    [
        ("张三", "张三", ""),
        ("张 三", "张三", ""),
        ("张三(1023)", "张三", "1023"),
        ("张三（D001）", "张三", "D001"),
        ("张三[工号:77]", "张三", "77"),
        ("张三1023", "张三", "1023"),
        ("1023-张三", "张三", "1023"),
        ("(J01)何工测", "何工测", "J01"),
        ("张三（进修）", "张三", ""),
        ("张三 副主任医师", "张三", ""),
        ("何工测 主管技师(J01)", "何工测", "J01"),
        ("张三 1023", "张三", "1023"),
        ("王伟1", "王伟1", ""),
        ("王伟A", "王伟A", ""),
        ("John Smith (77)", "John Smith", "77"),
        ("阿卜杜拉·买买提", "阿卜杜拉·买买提", ""),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提", ""),
        ("ZHANG^SAN=张^三", "张三", ""),
        ("Smith^John", "Smith John", ""),
        ("“张三”", "张三", ""),
        ("主任医师：张三", "张三", ""),
        ("主任医师张三", "张三", ""),
        ("张三主治", "张三", ""),
        ("王主任", "王主任", ""),
    ],
)
def test_people_in_one_person_name_and_number_come_apart(written, name, number):
    assert people_in(written) == (NamedPerson(name, number),)


def test_people_in_several_each_once_in_their_order():
    both = (NamedPerson("张三"), NamedPerson("李四"))
    assert people_in("张三/李四、张三") == people_in("初写:张三 终审（签发）：李四") == both


@pytest.mark.parametrize("nobody", [None, "", "  ", "-", "——", "无"])
def test_people_in_nobody_is_empty(nobody):
    assert people_in(nobody) == ()


def test_may_be_numbers_decide_over_names():
    assert NamedPerson("张三", "1").may_be(NamedPerson("张三"))
    assert NamedPerson("张三", "d01").may_be(NamedPerson("张三", "D01"))
    assert not NamedPerson("张三", "1").may_be(NamedPerson("张三", "2"))
    assert not NamedPerson("张三").may_be(NamedPerson("李四"))
