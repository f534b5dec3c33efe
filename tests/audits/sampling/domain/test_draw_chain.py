"""The chain of draws: its sentences, and where it contradicts its commitments."""

from dataclasses import replace

import pytest

from audits.sampling.domain.draw import commitment_of
from audits.sampling.domain.draw_chain import (
    ChainedDraw,
    EarlierRuling,
    chain_problems,
    chain_summary,
    draw_sentence,
    seed_words,
)

SEED = "7-" + "ab" * 16
DRAWN = ChainedDraw(
    audit=7,
    is_this=False,
    label="2026年第3季度",
    window_start="2026-07-01",
    window_end="2026-09-30",
    state="drawn",
    state_zh="评审中",
    opened_by="测一鸣",
    opened_at="2026-10-08 09:00",
    opened_seq=4,
    seed=SEED,
    seed_origin="committed",
    commitment=commitment_of(SEED),
    drawn_by="测一鸣",
    drawn_at="2026-10-08 10:00",
    drawn_seq=9,
    list_hash="7d" * 32,
    pool_size=40,
    reason="",
    reason_by="",
    signed_at="",
    cancelled_by="",
    cancelled_at="",
    cancelled_reason="",
    judged=0,
    faulty=0,
    discordant=0,
    rulings=(),
)
CANCELLED = replace(
    DRAWN,
    state="cancelled",
    cancelled_at="2026-10-09 08:00",
    cancelled_by="任主任",
    cancelled_reason="漏一台设备。",
)
RULED = tuple(EarlierRuling(n, f"A{n}", "规范", "", "评一", "2026-10-08 11:00") for n in (1, 2))


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (DRAWN, "随机种子由服务器生成，抽取前已公布哈希（留痕第4条），核对一致"),
        (replace(DRAWN, drawn_at="", drawn_seq=None), "建立时已公布哈希（留痕第4条）"),
        (replace(DRAWN, seed="", drawn_at=""), "随机种子由服务器生成并保密，哈希已公布，抽取时公开"),
        (replace(DRAWN, seed=SEED + "0"), "随机种子与事先公布的哈希核对不符"),
        (
            replace(DRAWN, seed_origin="chosen", commitment=""),
            f"随机种子由人指定（{SEED}），并非服务器随机产生",
        ),
        (replace(DRAWN, seed_origin="uncommitted", commitment=""), "没有公布哈希，无从核对"),
    ],
)
def test_origin_of_a_seed_is_said(draw, words):
    assert words in seed_words(draw)


@pytest.mark.parametrize(
    ("draw", "parts"),
    [
        (
            replace(DRAWN, is_this=True, judged=3),
            ["第2次（本次）：2026年第3季度（2026-07-01 至 2026-09-30），2026-10-08 10:00由测一鸣抽取；"],
        ),
        (DRAWN, ["；未作评定。"]),
        (replace(DRAWN, drawn_at="", seed=""), ["，未抽取；"]),
        (replace(DRAWN, judged=6, faulty=1, discordant=5), ["已评定6份，其中描述不规范1份、结论不符合5份"]),
        (replace(DRAWN, judged=6, faulty=1, discordant=None), ["已检查6份，其中有问题1份"]),
        (replace(DRAWN, reason="补齐名单。", reason_by="任主任"), ["再次抽样的理由（任主任）：补齐名单；"]),
        (replace(DRAWN, signed_at="2026-10-20 08:00"), ["评分表已于2026-10-20 08:00签发。"]),
        (CANCELLED, ["；于2026-10-09 08:00由任主任作废，理由：漏一台设备。"]),
        (replace(CANCELLED, cancelled_at="", cancelled_reason=""), ["；作废，理由：未写明。"]),
    ],
)
def test_draw_is_told_in_one_sentence(draw, parts):
    sentence = draw_sentence(draw, 2)
    assert [part for part in parts if part not in sentence] == []
    assert ("未作评定" in sentence) is (
        draw is DRAWN or (draw.judged == 0 and bool(draw.drawn_at) and not draw.is_this)
    )


def test_chain_of_sound_draws_has_no_problem():
    assert list(chain_problems([DRAWN, replace(DRAWN, audit=8)], 9)) == []
    assert "共抽样2次" in chain_summary([CANCELLED, replace(DRAWN, audit=8)])


@pytest.mark.parametrize(
    ("draw", "problem"),
    [
        (replace(DRAWN, seed_origin="chosen"), "第1次抽样的种子称未经公布，却记有种子哈希。"),
        (replace(DRAWN, seed=""), "第1次抽样已抽取，却没有公开种子。"),
        (replace(DRAWN, seed=SEED + "0"), "第1次抽样的种子与事先公布的哈希不符：种子或哈希被改动。"),
        (replace(DRAWN, opened_seq=None), "第1次抽样的种子哈希在留痕中没有公布。"),
        (replace(DRAWN, opened_seq=9), "第1次抽样的种子哈希不是在冻结名单之前公布的。"),
        (replace(DRAWN, drawn_seq=None), "第1次抽样的种子哈希不是在冻结名单之前公布的。"),
        (replace(DRAWN, drawn_seq=10), "第1次抽样所记的留痕条目在留痕锚点之后。"),
        (replace(DRAWN, seed_origin="given", commitment=""), "第1次抽样的种子来源“given”未知。"),
        (replace(DRAWN, judged=1, discordant=2), "第1次抽样的评定份数前后不符。"),
        (replace(DRAWN, judged=1, faulty=2), "第1次抽样的评定份数前后不符。"),
        (replace(DRAWN, judged=3, rulings=RULED), "第1次抽样所列的评定与评定份数不符。"),
    ],
)
def test_draw_that_contradicts_itself_is_named(draw, problem):
    assert list(chain_problems([draw], 9)) == [problem]


def test_draws_out_of_order_or_twice_are_named():
    assert list(chain_problems([DRAWN, DRAWN])) == ["历次抽样的次序有误，或有重复。"]
