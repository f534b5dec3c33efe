"""A packet forged with a content hash that fits again still contradicts itself, and is refused for it."""

import pytest

from scoring.content.codec import UnfitPacketError
from scoring.content.document import PacketDocument
from scoring.packet.json import read_json, render_json
from scoring.packet.verify import document_problems, verify_packet
from tests.exports.sample import sample_document

FORGERIES = {
    "verdict in words": (("result", "verdict_zh"), "不合格", "判定写作“不合格”，按所载评定应为“合格”。"),
    "verdict code": (("result", "verdict"), "fail", "判定记为“不合格”，按所载评定重算为“合格”。"),
    "bounds": (
        ("result", "bounds"),
        {"lowest": 1, "highest": 2, "foregone": None},
        "可能的总分与按所载评定重算的不符。",
    ),
    "flags": (("result", "flags"), [], "提示与按所载评定重算的不符。"),
    "section score": (("sections", 0, "score"), 10, "各部分的名称、分值或得分与按所载评定重算的不符。"),
    "pass line": (
        ("words", "pass_line"),
        18,
        "标准名称或表B.1的固定文字、分值、合格线与所称的标准版本不符。",
    ),
    "edition": (
        ("edition", "status"),
        "地方标准",
        "标准名称或表B.1的固定文字、分值、合格线与所称的标准版本不符。",
    ),
    "row method": (("rows", 2, "method"), "不扣分", "1.3行的固定文字或分值与所称的标准版本不符。"),
    "row points": (("rows", 0, "points"), 5, "1.1行的固定文字或分值与所称的标准版本不符。"),
    "rate points": (("rows", 6, "rate_points"), 0, "2.2行的固定文字或分值与所称的标准版本不符。"),
    "row state": (
        ("rows", 2, "state_zh"),
        "有制度且记录完整",
        "1.3行的评定写作“有制度且记录完整”，应为“有制度但记录不完整”。",
    ),
    "deductions": (("rows", 2, "deductions"), [], "1.3行的扣分明细与按所载评定重算的不符。"),
    "failed count": (("rows", 5, "failed"), 0, "2.1行所记的份数或扣分报告与各份报告的评定不符。"),
    "failed cases": (("rows", 5, "cases"), [], "2.1行所记的份数或扣分报告与各份报告的评定不符。"),
    "judgement": (
        ("cases", 0, "conclusion", "judgement_zh"),
        "不符合",
        "第1份的结论判定写作“不符合”，与所载评定不符。",
    ),
    "description": (
        ("cases", 0, "description", "zh"),
        "不规范",
        "第1份的描述评定写作“不规范”，与所载评定不符。",
    ),
    "rate": (("statistics", "rate"), "100.0%", "诊断符合率或其份数与各份报告的判定不符。"),
    "signer": (("sheet", "signed_by"), "", "评分表的状态与签发人、签发时间不符。"),
    "status": (("sheet", "status"), "draft", "评分表的状态与签发人、签发时间不符。"),
    "correction": (("sheet", "corrects"), None, "评分表的版次与所更正的版次不符。"),
    "seed": (("draw", "seed"), "1-0", "所印的种子、名单校验值、份数或备选次序与抽样记录不符。"),
    "reserve": (("draw", "reserve"), [], "所印的种子、名单校验值、份数或备选次序与抽样记录不符。"),
    "looked at": (("draw", "looked_at"), 31, "窗口内报告31份，不等于合格31份加排除827份。"),
    "replaced": (("replaced",), [], "更换记录与抽样记录不符。"),
    "modality": (("cases", 0, "modality"), "DR", "报告的系统或检查种类与冻结名单不符。"),
    "position": (("cases", 0, "position"), 9, "所列报告与抽样结果不一致：报告或次序被改动。"),
    "no draw": (("draw",), None, "没有抽样记录，却列有报告。"),
}


def forged(path, value) -> PacketDocument:
    raw = sample_document().to_dict()
    place = raw
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return PacketDocument.from_dict(raw)


@pytest.mark.parametrize(("path", "value", "problem"), FORGERIES.values(), ids=FORGERIES)
def test_statement_forged_with_a_fitting_hash_is_refused(path, value, problem):
    assert verify_packet(render_json(forged(path, value))).problems[0] == problem


@pytest.mark.parametrize("judged", [0, 6, 10])
@pytest.mark.parametrize("status", ["draft", "submitted"])
def test_document_as_made_agrees_with_itself(status, judged):
    assert document_problems(sample_document(status=status, judged=judged)) == ()


def test_open_row_as_made_agrees_with_itself():
    assert document_problems(sample_document(status="draft", states={"1.1": None})) == ()


def test_json_with_a_key_twice_is_refused():
    content = render_json(sample_document())
    twice = content.replace(b'"verdict_zh": ', '"verdict_zh": "不合格", "verdict_zh": '.encode(), 1)
    with pytest.raises(UnfitPacketError, match="重复的项"):
        read_json(twice)


def test_json_with_an_endless_number_is_refused():
    content = render_json(sample_document()).replace(b'"total": 26', b'"total": ' + b"9" * 5000)
    assert not verify_packet(content).ok
