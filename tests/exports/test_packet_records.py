"""月度质控, 改进措施, versions and readers' reasons in the packet: held to themselves, absent from older ones."""

from dataclasses import replace

import pytest

from scoring.packet.json import read_json, render_json
from scoring.packet.verify import verify_packet
from tests.exports.sample_records import (
    AUGUST,
    CHANGES,
    JULY,
    MEASURES,
    SEPTEMBER,
    VERSIONS,
    history,
    monthly,
    with_records,
)


def problems(**changed) -> tuple[str, ...]:
    return verify_packet(render_json(with_records(**changed))).problems


def test_records_go_to_json_and_back():
    document = with_records()
    assert read_json(render_json(document)) == document
    assert verify_packet(render_json(document)).problems == ()


def test_draft_with_records_agrees_with_itself():
    assert verify_packet(render_json(with_records(status="draft"))).problems == ()


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"months": (JULY, AUGUST)}, "月度质控所列的月份与抽样窗口不符。"),
        ({"months": (replace(JULY, faulty=11), AUGUST, SEPTEMBER)}, "月度质控2025年7月的份数前后不符。"),
        ({"months": (replace(JULY, problems=2), AUGUST, SEPTEMBER)}, "月度质控2025年7月的份数前后不符。"),
        ({"months": (replace(JULY, checked=9), AUGUST, SEPTEMBER)}, "月度质控2025年7月的份数前后不符。"),
        ({"months": (JULY, AUGUST, replace(SEPTEMBER, size=10))}, "月度质控2025年9月的份数前后不符。"),
        (
            {"months": (JULY, replace(AUGUST, without_measure=("6.4.3.2",)), SEPTEMBER)},
            "月度质控2025年8月列有没有问题的条款。",
        ),
        (
            {"measures": (MEASURES[0], replace(MEASURES[1], overdue=False))},
            "第13号措施是否逾期与其期限不符。",
        ),
        ({"measures": (replace(MEASURES[0], closed_at=""),)}, "第12号措施的状态与关闭时间不符。"),
    ],
)
def test_months_that_contradict_themselves_are_found(changed, problem):
    assert problems(monthly=monthly(**changed)) == (problem,)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"versions": VERSIONS}, "版次记录与评分表的版次不符。"),
        ({"versions": ()}, "版次记录与评分表的版次不符。"),
        ({"changes": (replace(CHANGES[0], number=3),)}, "更正内容所属的版次与版次记录不符，或前后相同。"),
        (
            {"changes": (replace(CHANGES[0], after=CHANGES[0].before),)},
            "更正内容所属的版次与版次记录不符，或前后相同。",
        ),
    ],
)
def test_versions_that_contradict_the_sheet_are_found(changed, problem):
    document = with_records()
    assert problems(history=history(document, **changed)) == (problem,)


def test_own_version_that_says_another_total_is_found():
    found = history(with_records())
    own = replace(found.versions[-1], total=30)
    changed = replace(found, versions=(*VERSIONS, own))
    assert problems(history=changed) == ("版次记录中的本版与评分表的提交、签发或结果不符。",)


def test_older_version_without_its_hash_is_found():
    found = history(with_records())
    unsigned = replace(VERSIONS[0], content_hash="")
    changed = replace(found, versions=(unsigned, found.versions[-1]))
    assert problems(history=changed) == ("版次记录列有没有签发的旧版。",)
