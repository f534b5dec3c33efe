"""6.3.6: how a sequence line is parsed into segments and groups, before any fault is looked for."""

import pytest

from reports.domain.textcheck.sequence_grammar import (
    Group,
    has_no_plane,
    is_glued,
    is_orientation,
    is_sequence,
    names_sequence,
    orientations_in,
    parse,
)
from reports.domain.textcheck.sequence_tokens import Token, tokens_of


def groups(line):
    """(kind, name, sequences) of the labelled groups of each segment, and the mark that leads to it."""
    segments, _ = parse(line)
    return [
        (
            segment.led_by and segment.led_by.text,
            [
                (group.kind, group.name, [item.text for item in group.items])
                for group in segment.groups
                if group.kind or group.items
            ],
        )
        for segment in segments
    ]


AXIAL = ("orientation", "横断位", ["T1WI"])
CORONAL = ("orientation", "冠状位", ["T2WI"])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "横断位：T1WI，T2WI；冠状位：T2WI",
            [(None, [("orientation", "横断位", ["T1WI", "T2WI"])]), ("；", [CORONAL])],
        ),
        ("横断位：T1WI，冠状位：T2WI", [(None, [AXIAL, CORONAL])]),
        ("横断位：T1WI；；；冠状位：T2WI", [(None, [AXIAL]), ("；", []), ("；", [CORONAL])]),
        ("横断位：T1WI，；。冠状位：T2WI", [(None, [AXIAL]), ("；", [CORONAL])]),
        ("横断位：T1WI。冠状位：T2WI", [(None, [AXIAL]), ("。", [CORONAL])]),
        ("；横断位：T1WI", [(None, [AXIAL])]),
        ("横断位：T1WI；", [(None, [AXIAL])]),
        ("行横断位：T1WI", [(None, [AXIAL])]),
        ("冠、矢状位：T1WI", [(None, [("orientation", "冠、矢状位", ["T1WI"])])]),
        ("左位：T1WI", [(None, [("other", "左位", ["T1WI"])])]),
        ("T1WI：横断位", [(None, [("sequence", "T1WI", ["横断位"])])]),
        ("平扫：横断位：T1WI", [(None, [("section", "平扫", []), AXIAL])]),
        ("左膝：横断位：T1WI", [(None, [("part", "左膝", []), AXIAL])]),
        ("MRA：横断位：T1WI", [(None, [("part", "MRA", []), AXIAL])]),
        ("左膝：T1WI", [(None, [("remark", "左膝", ["T1WI"])])]),
        ("", []),
    ],
)
def test_line_is_parsed_into_segments_of_labelled_sequences(line, expected):
    assert groups(line) == expected


@pytest.mark.parametrize(("length", "kind"), [(24, "other"), (25, "remark")])
def test_label_of_more_than_24_characters_is_a_remark(length, kind):
    ((_, [(found, _, _)]),) = groups("甲" * (length - 1) + "位：T1WI")
    assert found == kind


@pytest.mark.parametrize(
    ("line", "section", "part"),
    [
        ("横断位：T1WI", False, False),
        ("平扫：横断位：T1WI", True, False),
        ("左膝：横断位：T1WI", True, True),
        ("横断位：T1WI，平扫：冠状位：T2WI", False, False),  # not at the beginning
    ],
)
def test_segment_opens_a_section_or_part_of_the_examination(line, section, part):
    segments, _ = parse(line)
    assert (segments[0].opens_section, segments[0].opens_part) == (section, part)


def test_group_has_its_place_and_marks():
    (segment,), _ = parse("横断位：T1WI、T2WI，冠状位：DWI")
    first, second = segment.labelled
    assert (first.start, first.label_end, first.separator) == (0, 4, None)
    assert [mark.text for mark in first.marks] == ["、"]
    assert (second.start, second.label_end, second.separator.text) == (14, 18, "，")


def test_words_of_the_line_are_told_by_their_kind():
    assert [is_sequence(word) for word in ("T1WI", "T1WI+C", "T1WI FS", "ABC")] == [True, True, False, False]
    assert [is_orientation(word) for word in ("横断位", "短轴位", "左")] == [True, True, False]
    assert [is_glued(word) for word in ("横断位T1WI", "横断位 T1WI", "横断位", "T1WI")] == [
        True,
        True,
        False,
        False,
    ]
    assert [names_sequence(word) for word in ("t1_tse_tra", "层厚")] == [True, False]
    assert [has_no_plane(word) for word in ("MRS", "T1WI")] == [True, False]
    assert [orientations_in(word) for word in ("横断位及冠状位", "左位", "")] == [
        ["横断位", "冠状位"],
        [],
        [],
    ]


def words(line):
    return [token.text for token in tokens_of(line)]


def test_colon_and_comma_between_digits_belong_to_the_word():
    assert words("T1WI，层厚比10:24，b值1,000：横断位") == [
        "T1WI",
        "，",
        "层厚比10:24",
        "，",
        "b值1,000",
        "：",
        "横断位",
    ]


@pytest.mark.parametrize("line", [":3T5", "3T5:", "T:5", "5:T"])
def test_colon_beside_one_digit_or_at_an_end_of_the_line_separates(line):
    assert ":" in words(line)


def test_label_of_two_names_without_a_colon_ends_with_the_last_name():
    first, last = Token("word", 0, 3, "横断位"), Token("word", 4, 7, "冠状位")
    assert Group(names=[first, last]).label_end == 7
