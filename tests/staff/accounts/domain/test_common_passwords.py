"""Passwords that are easy to guess in Chinese, and those that only look like it."""

import pytest

from staff.accounts.domain.common_passwords import is_common


@pytest.mark.parametrize(
    "password",
    [
        "Zhangsan@1985",  # a name and a year
        "WangXiaoming19900312",  # a name and a birthday
        "Liming#0312",
        "Woaini520!",
        "Beijing2024!",
        "P@ssw0rd2024",
        "Admin@10086",
        "Fangshe@123",  # the hospital
        "XieheYiyuan120!",
        "1qaz@WSX3edc",  # the keyboard, down and across
        "Qwe123!@#asd",
        "Abc@13812345678",  # a mobile number
        "Aa123456789!",
        "ZXCvbn,./890",
        "Wang01088889999",
    ],
)
def test_is_common_made_of_guessable_parts(password):
    assert is_common(password)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "woxihuanchipingguo9",  # a sentence in pinyin
        "Zhang8834kx#",
        "kT7#mvRx2pQ=aa",
        "Neuro+Brahms77x",
        "Li-48291-fog",
        "玉兰树下9月Ap",
        "qwe123" * 11,  # longer than what is searched
    ],
)
def test_is_common_spares_what_has_a_part_of_its_own(password):
    assert not is_common(password)


def test_is_common_is_quick_for_the_longest_text():
    assert not is_common("an" * 31 + "kx")
