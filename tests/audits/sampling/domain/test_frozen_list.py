"""The canonical text and its hash, which anyone can compute with common tools."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.sampling.domain.frozen_list import Entry, UnfitListError, freeze, frozen_text, list_hash
from tests.audits.sampling.domain.draw_kit import entry, even_list

TWO = [Entry("B", "nervous", "CT", "p2", "d2"), Entry("A", "other", "DR", "p1", "")]
TEXT = "A\tother\tDR\tp1\t\nB\tnervous\tCT\tp2\td2\n"


def test_frozen_text_sorted_tabbed_and_ended():
    assert frozen_text(TWO) == TEXT


def test_list_hash_is_sha256_of_the_text():
    assert list_hash(TWO) == hashlib.sha256(TEXT.encode()).hexdigest()


def test_list_hash_of_nothing_is_sha256_of_nothing():
    assert list_hash([]) == hashlib.sha256(b"").hexdigest()


@given(st.permutations(even_list(2)))
def test_list_hash_input_order_does_not_matter(rows):
    assert list_hash(rows) == list_hash(even_list(2))


@pytest.mark.parametrize("field", range(5))
def test_list_hash_any_changed_field_changes_it(field):
    rows = even_list(2)
    values = ["Z9", "other", "DR", "pz", "dz"]
    changed = rows[3]._replace(**{Entry._fields[field]: values[field]})
    assert list_hash([*rows[:3], changed, *rows[4:]]) != list_hash(rows)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([entry("A"), entry("A", patient="q")], "检查号重复：A"),
        ([entry("A", system="skin")], "未知的系统：skin"),
        ([entry("A", modality="US")], "未知的检查种类：US"),
        ([entry("A\tB")], r"控制字符：A\\tB；"),  # shown as an escape, never as itself
        ([entry("检1"), entry("检1", patient="q")], "检查号重复：检1；"),
        ([entry("A", by="x\ny")], "控制字符"),
        ([entry("A", patient="\ud800")], "控制字符"),
        ([entry("")], "不得为空"),
        ([entry("A")._replace(patient_key="")], "不得为空"),
    ],
)
def test_freeze_unfit_list_is_refused_with_the_reason(rows, sentence):
    with pytest.raises(UnfitListError, match=sentence):
        freeze(rows)


def test_freeze_many_duplicates_are_counted():
    rows = [entry(f"A{n}") for n in range(7)] * 2
    with pytest.raises(UnfitListError, match="等7项"):
        freeze(rows)
