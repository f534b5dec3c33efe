"""What is cached with a clause says the same as reading the whole text would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.domain.textcheck import degrees, priors
from reports.domain.textcheck.clauses import Clause, pieces_of
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.rules import measures
from reports.domain.textcheck.text import Text

# Sizes, degrees and comparisons, with marks of both widths and line breaks wherever they may fall.
WORDS = (
    "大小约2.4cm×1.8cm", "3mm", "2.4×", "1.8", "cm", "×", "层厚", "5mm", "等密度", "呈等信号", "略低密度影",
    "未见高信号", "较前", "与2025-01-02前片", "比较", "结节", "见", "左肺", "无",
)  # fmt: skip
MARKS = ("", "，", "；", "。", "\n", ",", ";", "!", "？", " ", "、")
texts = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(MARKS)), max_size=14).map(
    lambda pairs: "".join(word + mark for word, mark in pairs)
)


@given(texts)
def test_sizes_of_clauses_are_those_of_the_text(plain):
    def told(start, end, size):
        return start, end, size.text, size.numbers, size.decimals, size.units, size.is_product

    found = [
        told(one.start, one.end, one.size)
        for one in measures._read(CheckedReport(findings=plain), "findings")
    ]
    assert found == [told(size.start, size.end, size) for size in measures._sizes(plain)]


@given(texts)
def test_degrees_of_clauses_are_those_of_the_text(plain):
    text = Text(plain)
    read = [degrees._level(plain, match) for match in degrees._LEVEL.finditer(plain)]
    read += [degrees._change(plain, match) for match in degrees._CHANGED.finditer(plain)]
    wanted = [one for one in read if one and not text.is_negated(one.start)]

    def told(found):
        return [(one.start, one.end, one.kind, one.adverb) for one in found]

    assert told(degrees._read(text)) == told(sorted(wanted, key=lambda one: one.start))


@given(texts)
def test_comparisons_are_those_made_in_the_text(plain):
    text = Text(plain)
    wanted = [match.span() for match in priors._COMPARE.finditer(plain) if priors._is_made(text, match)]
    assert [(one.start, one.end) for one in priors._read(text)] == wanted


@given(st.text(alphabet="肺肝，；。！？,;!?\n 未见", max_size=60))
def test_pieces_are_the_text(plain):
    pieces = pieces_of(plain)
    assert "".join(pieces) == plain
    assert [clause.plain for clause in Text(plain).parts] == pieces


@pytest.mark.parametrize(
    ("plain", "denied"), [("未见结节，", [2]), ("结节，", []), ("无积液但见结节，", [1, 2])]
)
def test_clause_tells_what_it_denies(plain, denied):
    clause = Clause(plain)
    assert [at for at in range(len(plain) - 1) if plain[at] in "结积液" and clause.is_negated(at)] == denied


def test_number_behind_a_question_mark_begins_an_item():
    text = Text("1.考虑尿道结石？2.左肾结石?3.右肾囊肿，大小约3.5cm。")
    assert [span.of(text.plain) for span in text.items] == [
        "考虑尿道结石？",
        "左肾结石?",
        "右肾囊肿，大小约3.5cm",
    ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("肺，肝。", ["肺", "肝"]),
        (" 肺 ，，肝", ["肺", "肝"]),
        ("肺；。\n肝?", ["肺", "肝"]),
    ],
)
def test_clauses_are_those_around_their_places(text, parts):
    cut = Text(text)
    assert [span.of(cut.plain) for span in cut.clauses] == parts
    around = [cut.clause_at(span.start) for span in cut.clauses]
    assert [(span.start, span.end) for span in around] == [(span.start, span.end) for span in cut.clauses]
    assert cut.clause_ends[-1] == len(text)


def test_negation_ends_with_its_clause_however_long_the_clause_is():
    for filling in ("", "肺" * 200):
        text = Text(f"肝{filling}未见{filling}结节，肾见结石，但无积液")
        denied = [text.is_negated(text.plain.index(word)) for word in ("肝", "结节", "结石", "积液")]
        assert denied == [False, True, False, True]
