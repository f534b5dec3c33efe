"""Places of a text with their side, and the times that a report shows."""

import pytest

from reports.domain.textcheck.anatomy import (
    clauses_naming,
    mentions,
    mentions_after,
    mentions_within,
)
from reports.domain.textcheck.report import moment_of
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.times import is_before, is_complete

#     0    5     10  14
TEXT = Text("左肾囊肿，右肾结石。肝正常。左肾积水。")


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("左肾、输尿管", [("左肾", "左", False), ("输尿管", "左", True)]),
        ("左肾及输尿管", [("左肾", "左", False), ("输尿管", "左", True)]),
        ("左肾和、输尿管", [("左肾", "左", False), ("输尿管", "左", True)]),
        ("左肾与和及输尿管", [("左肾", "左", False), ("输尿管", "", False)]),
        ("左肾，输尿管", [("左肾", "左", False), ("输尿管", "", False)]),
        ("左肺、右肺", [("左肺", "左", False), ("右肺", "右", False)]),
        ("左及右肾", [("左及右肾", "双", False)]),
        ("左、、右肾", [("右肾", "右", False)]),
        ("左甲右肾", [("右肾", "右", False)]),
        ("右和左肾", [("左肾", "左", False)]),
        ("左侧肾上腺", [("左侧肾上腺", "左", False)]),
        ("侧肺", [("肺", "", False)]),
        ("肾左", [("肾", "", False)]),
        ("甲状腺双侧叶", [("甲状腺双侧叶", "双", False)]),
    ],
)
def test_side_goes_to_its_structure_and_down_a_list(text, sides):
    found = [(text[m.start : m.end], m.side, m.inherited) for m in mentions(Text(text))]
    assert found == sides


@pytest.mark.parametrize(("distance", "side"), [(24, "左"), (25, "")])
def test_side_is_looked_for_24_characters_before_its_structure(distance, side):
    (found,) = mentions(Text("左" + "下" * (distance - 1) + "肺"))
    assert found.side == side


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [(0, 1, []), (0, 2, [1]), (1, 2, [1]), (2, 7, [6]), (6, 7, [6]), (5, 6, []), (0, 19, [1, 6, 10, 15])],
)
def test_mention_is_within_a_stretch_where_its_term_begins(start, end, words):
    assert [mention.word_start for mention in mentions_within(TEXT, start, end)] == words


def test_mentions_after_one_are_those_that_follow():
    named = mentions(TEXT)
    assert [[later.start for later in mentions_after(TEXT, one)] for one in named] == [
        [5, 10, 14],
        [10, 14],
        [14],
        [],
    ]


def test_clauses_are_found_by_the_structure_they_name():
    assert [list(clauses_naming(TEXT, name)) for name in ("肾", "肝", "脾")] == [[0, 1, 3], [2], []]


@pytest.mark.parametrize(
    ("one", "other", "before"),
    [
        ("2025-05-06 11:00:00", "2025-05-06 11:01:00", False),  # 60 seconds between two clocks
        ("2025-05-06 11:00:00", "2025-05-06 11:01:01", True),
        ("2025-05-06 11:00", "2025-05-06 11:01:59", False),
        ("2025-05-06 11:00", "2025-05-06 11:02:00", True),
        ("2025-05-06", "2025-05-06 23:59", False),
        ("2025-05-06", "2025-05-07 00:00", True),
        ("2025-05-06 11:00", "", False),
        ("", "2025-05-06 11:00", False),
    ],
)
def test_time_is_before_another_by_more_than_the_clocks_may_differ(one, other, before):
    assert is_before(moment_of(one), moment_of(other)) is before
    assert is_before(moment_of(other), moment_of(one)) is False
    assert not is_before(None, moment_of(one))
    assert not is_before(moment_of(one), None)


@pytest.mark.parametrize(
    ("shown", "complete"),
    [
        ("2025-05-06 11:02", True),
        ("2025-05-06", False),
        ("20250506110213", True),
        ("25-05-06 11:02", True),
        ("2025-05-06 星期二 11:02", True),
        ("11:02", False),
    ],
)
def test_time_is_complete_with_day_hour_and_minute(shown, complete):
    assert is_complete(moment_of(shown)) is complete
