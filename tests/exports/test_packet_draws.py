"""历次抽样 in the packet: held against commitments and packet, printed whole, absent in older ones."""

import io
import re
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from audits.sampling.domain.draw import commitment_of
from audits.sampling.domain.draw_chain import EarlierRuling
from scoring.content.parts import DrawChains
from scoring.packet.draw_chains import printed_chains
from scoring.packet.json import read_json, render_json
from scoring.packet.pdf import render_html
from scoring.packet.verify import verify_packet
from scoring.packet.xlsx import render_xlsx
from tests.exports.sample_draw import draw_chains
from tests.exports.sample_records import with_records

DOCUMENT = with_records()
OWN = DOCUMENT.draws.window[0]
EARLIER = replace(
    OWN,
    audit=30,
    is_this=False,
    state="cancelled",
    state_zh="已作废",
    opened_seq=1,
    drawn_seq=2,
    drawn_at="2025-10-12 08:30",
    seed="30-" + "ab" * 16,
    commitment=commitment_of("30-" + "ab" * 16),
    list_hash="7d" * 32,
    cancelled_by="沈主任",
    cancelled_at="2025-10-14 17:00",
    cancelled_reason="名单漏了一台设备。",
    judged=6,
    faulty=0,
    discordant=6,
    rulings=tuple(
        EarlierRuling(n, f"CT30{n}", "规范", "不符合", "评一 1002", "2025-10-13 09:00") for n in range(1, 7)
    ),
)
AGAIN = replace(OWN, reason="补齐名单后重抽", reason_by="沈主任 1001")
STORY = (
    "第1次：2025年第3季度（2025-07-01 至 2025-09-30），2025-10-12 08:30由测一鸣 1007抽取；"
    "随机种子由服务器生成，抽取前已公布哈希（留痕第1条），核对一致；"
    "已评定6份，其中描述不规范0份、结论不符合6份；"
    "于2025-10-14 17:00由沈主任作废，理由：名单漏了一台设备。"
)


def with_window(*window):
    return replace(DOCUMENT, draws=DrawChains(window, DOCUMENT.draws.months))


def checks(document) -> dict[str, tuple]:
    found = verify_packet(render_json(document)).checks
    return {check.name: (check.ok, check.sentence) for check in found if check.name.startswith("draws")}


def problems(document) -> tuple[str, ...]:
    return verify_packet(render_json(document)).problems


def test_single_committed_draw_is_said_in_one_answer():
    assert read_json(render_json(DOCUMENT)) == DOCUMENT
    ((name, (ok, words)),) = checks(DOCUMENT).items()
    assert (name, ok) == ("draws", True)
    assert words.startswith("本抽样窗口共抽样1次。 第1次（本次）：")
    assert "2025年7月月度质控抽样1次，随机种子由服务器生成，抽取前已公布哈希（留痕第3条），" in words


def test_cancelled_draw_with_six_discordant_is_told_by_the_verifier_and_printed():
    document = with_window(EARLIER, AGAIN)
    found = checks(document)
    assert found["draws"] == (True, "历次抽样的记录与本册一致，事先公布了哈希的种子均核对一致。")
    assert found["draws_shown"][0] is None
    html = re.sub(r"<[^>]+>", "", render_html(document))
    cells = [str(cell) for row in _sheet(document).values for cell in row if cell is not None]
    for words in (
        "本抽样窗口共抽样2次，作废1次（其中已有6份作过评定）。",
        STORY,
        "再次抽样的理由（沈主任 1001）：补齐名单后重抽",
    ):
        assert words in found["draws_shown"][1]
        assert words in html
        assert any(words in cell for cell in cells)
    for printed in (EARLIER.seed, EARLIER.commitment, EARLIER.list_hash, "CT306"):
        assert printed in html
        assert any(printed in cell for cell in cells)


def _sheet(document):
    return load_workbook(io.BytesIO(render_xlsx(document)))["历次抽样"]


def test_chosen_seed_is_marked_in_every_form():
    chosen = replace(OWN, seed_origin="chosen", commitment="")
    document = with_window(chosen)
    words = f"随机种子由人指定（{OWN.seed}），并非服务器随机产生"
    assert words in checks(document)["draws_shown"][1]
    assert words in render_html(document)
    marked = f'<span class="hash">{OWN.seed}</span>　<span class="bad">种子由人指定</span>'
    assert (render_html(document).count(marked), render_html(DOCUMENT).count(marked)) == (1, 0)
    assert any(words in str(row) for row in _sheet(document).values)
    assert any(f"{OWN.seed}（种子由人指定）" in row for row in _sheet(document).values)


def test_seed_its_hash_and_the_list_hash_stand_in_one_table_for_every_draw():
    document = with_window(EARLIER, AGAIN)
    text = re.sub(r"\s+|<[^>]+>", "", render_html(document))
    draws = [*document.draws.window, *(one for one in document.draws.months if one.is_this)]
    for draw in draws:
        shown = f"随机种子{draw.seed}种子哈希{draw.commitment}名单校验值{draw.list_hash}"
        assert text.count(shown) == 1, draw.label


def test_month_with_a_chosen_seed_is_marked_beside_its_seed():
    first, *more = DOCUMENT.draws.months
    chosen = replace(first, seed_origin="chosen", commitment="")
    months = replace(DOCUMENT, draws=replace(DOCUMENT.draws, months=(chosen, *more)))
    text = re.sub(r"\s+|<[^>]+>", "", render_html(months))
    assert f"随机种子{first.seed}种子由人指定种子哈希没有事先公布" in text


@pytest.mark.parametrize(
    ("window", "problem"),
    [
        ((replace(OWN, commitment="0" * 64),), "第1次抽样的种子与事先公布的哈希不符：种子或哈希被改动。"),
        ((replace(EARLIER, seed="30-" + "00" * 16), AGAIN), "第1次抽样的种子与事先公布的哈希不符"),
        ((replace(OWN, opened_seq=5),), "第1次抽样的种子哈希不是在冻结名单之前公布的。"),
        ((replace(OWN, opened_seq=None),), "第1次抽样的种子哈希在留痕中没有公布。"),
        ((replace(OWN, drawn_seq=None),), "第1次抽样的种子哈希不是在冻结名单之前公布的。"),
        ((replace(OWN, drawn_seq=99_999),), "第1次抽样所记的留痕条目在留痕锚点之后。"),
        ((replace(EARLIER, seed=""), AGAIN), "第1次抽样已抽取，却没有公开种子。"),
        ((replace(OWN, seed_origin="chosen"),), "第1次抽样的种子称未经公布，却记有种子哈希。"),
        ((replace(OWN, seed_origin="lucky", commitment=""),), "第1次抽样的种子来源“lucky”未知。"),
        ((EARLIER,), "历次抽样中没有标明本次抽样，或标明了不止一次。"),
        ((AGAIN, EARLIER), "历次抽样的次序有误，或有重复。"),
        ((replace(EARLIER, rulings=EARLIER.rulings[:5]), AGAIN), "第1次抽样所列的评定与评定份数不符。"),
        ((replace(EARLIER, judged=5, rulings=()), AGAIN), "第1次抽样的评定份数前后不符。"),
        ((replace(OWN, list_hash="0" * 64),), "历次抽样中的本次抽样与所载的窗口、种子或名单不符。"),
        ((replace(OWN, drawn_by="他人"),), "历次抽样中的本次抽样与所载的抽取人或时间不符。"),
    ],
)
def test_chain_that_does_not_agree_is_found(window, problem):
    assert any(found.startswith(problem) for found in problems(with_window(*window)))


def test_missing_chain_is_found_and_a_month_with_another_seed():
    assert problems(replace(DOCUMENT, draws=None)) == ("缺少历次抽样的记录。",)
    months = tuple(replace(draw, seed="x", commitment=commitment_of("x")) for draw in DOCUMENT.draws.months)
    assert problems(replace(DOCUMENT, draws=DrawChains(DOCUMENT.draws.window, months))) == (
        "月度质控2025年7月的种子或名单与历次抽样的记录不符。",
        "月度质控2025年8月的种子或名单与历次抽样的记录不符。",
    )


def test_packet_of_an_earlier_schema_has_no_chain_and_needs_none():
    old = replace(DOCUMENT, schema="qcportal-packet/3", draws=None)
    assert (checks(old), problems(old), printed_chains(old)) == ({}, (), None)
    assert "历次抽样" not in render_html(old)
    assert draw_chains(old).window == DOCUMENT.draws.window
