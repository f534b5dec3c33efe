"""Differences of two texts: nothing is lost, and what stays is not shown as changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.versions.domain.differences import differences

TEXTS = st.text(alphabet="右肺左见结节，。；\n1、2", max_size=80)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("右肺见结节。", "右肺见结节。", [("same", "右肺见结节。")]),
        (
            "右肺上叶见结节。心影正常。",
            "右肺下叶见结节。心影正常。",
            [("same", "右肺"), ("removed", "上"), ("added", "下"), ("same", "叶见结节。心影正常。")],
        ),
        ("", "新增描述。", [("added", "新增描述。")]),
        ("两肺清晰。", "脂肪肝。", [("removed", "两肺清晰。"), ("added", "脂肪肝。")]),
    ],
)
def test_segments_of_a_change_are_those_a_reader_would_mark(before, after, expected):
    assert [(one.kind, one.text) for one in differences(before, after)] == expected


@given(TEXTS, TEXTS)
def test_segments_rebuild_both_texts(before, after):
    segments = differences(before, after)
    assert "".join(one.text for one in segments if one.kind != "added") == before
    assert "".join(one.text for one in segments if one.kind != "removed") == after
    assert all(one.text for one in segments)


def test_long_texts_without_punctuation_are_replaced_as_a_whole():
    before, after = "甲乙" * 8000, "乙甲" * 8000
    assert [one.kind for one in differences(before, after)] == ["removed", "added"]
