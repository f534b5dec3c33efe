"""The frozen document: strict both ways, hashed, and readable back from its JSON."""

import hashlib
import json
from dataclasses import replace

import pytest

from audits.sampling.domain.verify import verify_draw
from scoring.content.codec import UnfitPacketError
from scoring.content.document import PacketDocument, canonical_json
from scoring.packet.json import read_json, render_json
from tests.exports.sample import sample_document


def test_document_to_dict_and_back_is_the_same():
    document = sample_document()
    plain = json.loads(json.dumps(document.to_dict()))
    assert PacketDocument.from_dict(plain) == document


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda raw: raw | {"more": 1}, "迎检包中有未知的项：more。"),
        (lambda raw: {k: v for k, v in raw.items() if k != "anchor"}, "迎检包缺少必需的项：anchor。"),
        (
            lambda raw: raw | {"schema": "other/1"},
            "不是迎检包文件：所标的格式应为“qcportal-packet/4”，实为“other/1”。",
        ),
        (
            lambda raw: raw | {"anchor": raw["anchor"] | {"seq": "1"}},
            "迎检包.anchor.seq应为整数，收到“1”。",
        ),
        (
            lambda raw: raw | {"anchor": raw["anchor"] | {"seq": True}},
            "迎检包.anchor.seq应为整数，收到“True”。",
        ),
        (lambda raw: raw | {"cases": None}, "迎检包.cases应为列表，收到空值。"),
        (lambda raw: raw | {"department": 3}, "迎检包.department应为文本，收到“3”。"),
    ],
)
def test_document_from_unfit_dict_says_the_place(change, message):
    with pytest.raises(UnfitPacketError) as refused:
        PacketDocument.from_dict(change(sample_document().to_dict()))
    assert str(refused.value) == message


def test_content_hash_same_value_is_same_and_any_change_differs():
    document = sample_document()
    assert document.content_hash() == sample_document().content_hash()
    assert document.content_hash() != replace(document, department="影像科").content_hash()


def test_json_content_hash_is_that_of_the_rest():
    raw = json.loads(render_json(sample_document()))
    stated = raw.pop("content_hash")
    assert hashlib.sha256(canonical_json(raw)).hexdigest() == stated


def test_json_read_back_is_the_document_and_its_draw_repeats():
    document = sample_document()
    assert read_json(render_json(document)) == document
    assert document.draw is not None
    assert verify_draw(document.draw.document).problems == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", "文件内容不能读取：不是迎检包的数据文件（JSON），或已损坏。"),
        (b"[]", "文件不是迎检包的数据。"),
        (
            render_json(sample_document()).replace("放射科".encode(), "影像科".encode(), 1),
            "内容校验值与内容不符：文件在生成之后被改动。",
        ),
    ],
)
def test_json_damaged_is_refused(content, message):
    with pytest.raises(UnfitPacketError) as refused:
        read_json(content)
    assert str(refused.value) == message


def test_sample_total_and_verdict_follow_from_its_rows():
    document = sample_document()
    assert [row.score for row in document.rows] == [2, 2, 1, 2, 2, 8, 9]
    assert (document.result.total, document.result.verdict_zh) == (26, "合格")


def test_draft_short_sample_has_bounds_and_no_verdict():
    result = sample_document(status="draft", judged=6).result
    assert (result.total, result.verdict, result.bounds.lowest, result.bounds.highest) == (
        None, "insufficient_sample", 14, 27,
    )  # fmt: skip
