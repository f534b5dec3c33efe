"""Proposed user names."""

import pytest

from staff.enrolment.domain.usernames import pinyin_initials, proposed_usernames


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("张一鸣", "zym"),
        ("欧阳修", "oyx"),
        ("任主任", "rzr"),
        ("单国平", "sgp"),  # as a surname not read dan
        ("国单", "gd"),
        ("阿座", "az"),
        ("邬敏", ""),  # 邬 is sorted by its radical: not known
        ("李𠮷", ""),
        ("Anna", ""),
        ("", ""),
    ],
)
def test_pinyin_initials(name, initials):
    assert pinyin_initials(name) == initials


PEOPLE = [("D01", "张一鸣"), ("D02", "赵宇明"), ("", "周元梅"), ("D04", "邬敏"), ("工四", "邬敏")]


@pytest.mark.parametrize(
    ("pinyin", "names"),
    [
        (False, ["d012", "d02", "zym", "d04", ""]),
        (True, ["zym", "zym2", "zym3", "d04", ""]),
    ],
)
def test_proposed_usernames_are_free_and_differ(pinyin, names):
    assert proposed_usernames(PEOPLE, {"D01"}, pinyin=pinyin) == names
