"""The mail about what ends soon, and whom it goes to."""

from datetime import date

import pytest

from staff.register.domain.reminder import Line, Reminder, addresses, reminder

DAY = date(2026, 11, 24)
ENDED = Line("甲(1)", "放射防护培训", date(2026, 11, 23), -1)
TODAY = Line("乙(2)", "电子签名", DAY, 0)
SOON = Line("丙(3)", "电子签名", date(2026, 11, 30), 6)


def test_mail_tells_ended_before_ending_in_days():
    assert reminder("示例医院\n放射科", [ENDED, TODAY, SOON], DAY) == Reminder(
        "资质提醒：示例医院 放射科 已过期1项、将到期2项",
        "示例医院\n放射科：截至2026-11-24，以下资质已过期或将到期（到期当日仍有效）。\n\n"
        "已过期（1项）\n"
        "  2026-11-23　甲(1)　放射防护培训（已过期1天）\n\n"
        "将到期（2项）\n"
        "  2026-11-24　乙(2)　电子签名（今天到期）\n"
        "  2026-11-30　丙(3)　电子签名（还有6天）\n\n"
        "请安排复训或换证，并在“人员资质”中登记。此邮件由质控平台自动发出。\n",
    )


def test_mail_has_no_heading_over_nothing():
    headings = [
        [part.splitlines()[0] for part in reminder("放射科", [line], DAY).body.split("\n\n")[1:-1]]
        for line in (ENDED, SOON)
    ]
    assert headings == [["已过期（1项）"], ["将到期（1项）"]]


def test_mail_about_nothing_is_none():
    assert reminder("放射科", [], DAY) is None


def test_addresses_are_read_by_department_and_blank_parts_are_none():
    assert addresses("") == {}
    assert addresses(" RAD = a@h.cn, b@h.cn,;; FAR=c@h.cn ;") == {
        "RAD": ("a@h.cn", "b@h.cn"),
        "FAR": ("c@h.cn",),
    }


@pytest.mark.parametrize(
    "text", ["RAD", "RAD=", "=a@h.cn", "RAD=nobody", "RAD=a@h.cn,nobody", "RAD=a@h.cn;FAR"]
)
def test_addresses_that_cannot_be_read_are_refused(text):
    with pytest.raises(ValueError, match="科室代码=地址"):
        addresses(text)
