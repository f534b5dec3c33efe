"""Places of a text: their side, their parts, the text about them, and whether they are abnormal."""

import pytest

from reports.domain.textcheck.anatomy import (
    clauses_naming,
    mentions,
    mentions_after,
    mentions_within,
)
from reports.domain.textcheck.report import moment_of
from reports.domain.textcheck.sidedness import place_of, segment, state
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


def first_place(plain):
    text = Text(plain)
    return text, place_of(text, mentions(text)[0])


@pytest.mark.parametrize(
    ("plain", "parts", "end"),
    [
        ("右肺上叶结节", {"上"}, 4),
        ("右肺尖段结节", {"上"}, 3),
        ("左肺上叶及下叶结节", {"上"}, 4),
        ("左肾上极囊肿", {"上"}, 4),
        ("左肺结节", set(), 2),
        ("左侧额颞叶梗死", {"额", "颞"}, 5),
        ("左肺" + "甲" * 6 + "上叶", {"上"}, 10),
        ("左肺" + "甲" * 7 + "上叶", set(), 2),  # a part ends within eight characters
    ],
)
def test_place_has_the_parts_named_behind_it(plain, parts, end):
    _, place = first_place(plain)
    assert (place.parts, place.end) == (parts, end)


@pytest.mark.parametrize(
    ("one", "other", "meets"),
    [
        ("右侧第3～5肋骨", "左侧第5肋骨", True),
        ("右侧第3～5肋骨", "左侧第2肋骨", False),
        ("右侧第3～5肋骨", "左侧第6肋骨", False),
        ("右侧第1肋骨", "左侧第11肋骨", False),
        ("右侧第10～14肋骨", "左侧第12肋骨", True),
        ("右侧第10～14肋骨", "左侧第13肋骨", True),  # no such rib: it names no part
        ("右侧肋骨", "左侧第2肋骨", True),
        ("右肺上叶", "左肺下叶", False),
        ("右肺上叶", "左肺", True),
    ],
)
def test_places_meet_unless_their_parts_differ(one, other, meets):
    first, second = first_place(one)[1], first_place(other)[1]
    assert (first.meets(second), second.meets(first)) == (meets, meets)


@pytest.mark.parametrize(
    ("plain", "about", "judged"),
    [
        ("左肾囊肿，右肾正常", (0, 5), "abnormal"),
        ("左肾囊肿，大小3cm，左肾盂扩张", (0, 11), "abnormal"),
        ("左肾正常", (0, 4), "normal"),
        ("左肾未见囊肿", (0, 6), "normal"),
        ("未见左肾囊肿", (2, 6), "normal"),
        ("左肾大小如何", (0, 6), "unclear"),
        ("左肾与右肾比较增大", (0, 9), "abnormal"),
        ("与左肾比较，右肾囊肿", (1, 6), "normal"),
    ],
)
def test_place_is_judged_by_the_text_about_it(plain, about, judged):
    text = Text(plain)
    first = mentions(text)[0]
    assert (segment(text, first), state(text, first), state(text, first)) == (about, judged, judged)


@pytest.mark.parametrize(("distance", "judged"), [(160, "abnormal"), (161, "unclear")])
def test_text_about_a_place_is_read_for_160_characters(distance, judged):
    text = Text("左肾" + "甲" * (distance - 2) + "囊肿")
    assert state(text, mentions(text)[0]) == judged


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
