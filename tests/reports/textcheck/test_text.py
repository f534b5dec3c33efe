"""A text in its sentences, clauses, paragraphs, segments and numbered items, and where they are."""

import re

import pytest

from reports.domain.textcheck.report import moment_of
from reports.domain.textcheck.text import Span, Text, text_of

#     0  3   6 7 8    12   17 18   20
RAW = "肝正常，脾大。\n余（－）；未见积液！\n\n 肾可？"
TEXT = Text(RAW)


def pieces(spans):
    return [(span.start, span.end) for span in spans]


@pytest.mark.parametrize(
    ("division", "expected"),
    [
        ("sentences", [(0, 6), (8, 17), (21, 23)]),
        ("clauses", [(0, 3), (4, 6), (8, 12), (13, 17), (21, 23)]),
        ("paragraphs", [(0, 6), (8, 18), (21, 24)]),
        ("segments", [(0, 6), (8, 12), (13, 17), (20, 23)]),
        ("items", [(0, 6), (8, 12), (13, 18), (21, 24)]),
        ("negations", [(13, 17)]),
    ],
)
def test_text_is_divided_at_its_marks(division, expected):
    assert pieces(getattr(TEXT, division)) == expected
    assert pieces(getattr(TEXT, division)) == expected  # cached


@pytest.mark.parametrize("division", ["sentences", "clauses", "paragraphs", "segments", "items"])
def test_text_without_a_mark_at_its_end_is_divided_to_the_end(division):
    assert pieces(getattr(Text("肝正常。脾大"), division))[-1][1] == 6
    assert pieces(getattr(Text("肝"), division)) == [(0, 1)]
    assert pieces(getattr(Text(""), division)) == []


def test_text_keeps_its_length_where_letters_become_half_width():
    assert (TEXT.raw[10], TEXT.plain[10], len(TEXT.plain)) == ("－", "-", len(RAW))
    assert TEXT.clause_ends == [4, 7, 8, 13, 18, 19, 20, 24]


@pytest.mark.parametrize(
    ("at", "sentence", "clause", "paragraph", "segment"),
    [
        (0, (0, 6), (0, 3), (0, 6), (0, 6)),
        (3, (0, 6), (3, 3), (0, 6), (0, 6)),  # a mark is in no clause
        (5, (0, 6), (4, 6), (0, 6), (0, 6)),
        (6, (6, 6), (6, 6), (6, 6), (0, 6)),
        (7, (7, 7), (7, 7), (7, 7), (7, 7)),
        (8, (8, 17), (8, 12), (8, 18), (8, 12)),
        (12, (8, 17), (12, 12), (8, 18), (8, 12)),
        (13, (8, 17), (13, 17), (8, 18), (13, 17)),
        (17, (17, 17), (17, 17), (8, 18), (13, 17)),
        (18, (18, 18), (18, 18), (18, 18), (18, 18)),
        (20, (20, 20), (20, 20), (20, 20), (20, 23)),
        (21, (21, 23), (21, 23), (21, 24), (20, 23)),
        (23, (23, 23), (23, 23), (21, 24), (20, 23)),
        (24, (24, 24), (24, 24), (24, 24), (20, 23)),  # the end of the text
    ],
)
def test_unit_at_a_place_is_found_and_empty_between_two(at, sentence, clause, paragraph, segment):
    found = [TEXT.sentence_at(at), TEXT.clause_at(at), TEXT.paragraph_at(at), TEXT.segment_at(at)]
    assert pieces(found) == [sentence, clause, paragraph, segment]


@pytest.mark.parametrize(
    ("at", "sentence", "clause"),
    [(0, 0, 0), (3, 0, 0), (4, 0, 1), (7, 0, 2), (8, 1, 3), (20, 1, 7), (23, 2, 7)],
)
def test_unit_at_a_place_has_its_number(at, sentence, clause):
    assert (TEXT.sentence_number(at), TEXT.clause_number(at)) == (sentence, clause)


def test_place_is_negated_from_the_negation_to_the_end_of_its_clause():
    assert [at for at in range(len(RAW)) if TEXT.is_negated(at)] == [13, 14, 15, 16]
    assert TEXT.has_negation
    assert not Text("肝正常，脾大。").has_negation
    assert [match.start() for match in TEXT.unnegated(re.compile("[脾积肾]"))] == [4, 21]


@pytest.mark.parametrize(
    ("impression", "items", "is_numbered"),
    [
        ("1、肝囊肿；2、脾大。", ["肝囊肿", "脾大"], True),
        ("前言。1.肝囊肿\n2.脾大", ["前言", "肝囊肿", "脾大"], True),
        ("①肝；②脾", ["肝", "脾"], True),
        ("一、肝。二、脾", ["肝", "脾"], True),
        ("（1）肝。(2)脾", ["肝", "脾"], True),
        ("1.5cm结节；2、脾", ["1.5cm结节", "脾"], True),  # a decimal is no number
        ("肝，2、脾", ["肝，2、脾"], False),  # a number follows a mark that ends an item
        ("1、\n2、脾", ["脾"], True),
        ("肝囊肿；脾大。", ["肝囊肿", "脾大"], False),
        ("", [], False),
    ],
)
def test_conclusion_is_divided_at_its_numbers_else_at_its_marks(impression, items, is_numbered):
    text = Text(impression)
    assert [item.of(text.plain) for item in text.items] == items
    assert text.is_numbered is is_numbered


def test_word_is_before_a_place_in_its_span_when_it_ends_there():
    text, word = Text("建议复查，建议。肝"), re.compile("建议")
    assert not text.has_before(word, Span(0, 4), 1)
    assert text.has_before(word, Span(0, 4), 2)
    assert not text.has_before(word, Span(2, 5), 4)
    assert text.has_before(word, Span(5, 9), 8)
    assert not text.has_before(word, Span(7, 9), 9)


def test_text_that_is_not_known_is_empty_and_blank():
    assert [(bool(text), text.is_blank) for text in map(text_of, (None, "", " \n", "肝"))] == [
        (False, True),
        (False, True),
        (True, True),
        (True, False),
    ]


@pytest.mark.parametrize(
    ("shown", "at", "grain"),
    [
        ("2025-06-01", "2025-06-01T00:00:00", "day"),
        ("2025年6月1日", "2025-06-01T00:00:00", "day"),
        ("2025-06-01 10:24", "2025-06-01T10:24:00", "minute"),
        ("2025/6/1 10时24分", "2025-06-01T10:24:00", "minute"),
        ("2025-06-01T10:24:36Z", "2025-06-01T10:24:36", "second"),
        ("2025-06-01 下午 3:05", "2025-06-01T15:05:00", "minute"),
        ("2025-06-01 晚上 11:05", "2025-06-01T23:05:00", "minute"),
        ("2025-06-01 上午 3:05", "2025-06-01T03:05:00", "minute"),
        ("2025-06-01 下午 12:05", "2025-06-01T12:05:00", "minute"),
        ("2025-06-01 下午 13:05", "2025-06-01T13:05:00", "minute"),
        ("2025-13-01", None, ""),
        ("2025-06-01 24:00", None, ""),
        ("昨日", None, ""),
        ("", None, ""),
    ],
)
def test_moment_is_read_with_its_precision(shown, at, grain):
    moment = moment_of(shown)
    assert (moment.text, moment.at and moment.at.isoformat(), moment.grain) == (shown, at, grain)
