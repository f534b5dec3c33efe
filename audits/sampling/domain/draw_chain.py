"""The draws of one window or month, first to last: each as a value, and sentences on all of them.

The values are part of a packet (scoring.content.document, `draws`): a field that is added here needs
`field(default=None, metadata={"since": N})`, as scoring.content.codec.since makes it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audits.labels import LabelledEnum
from audits.sampling.domain.draw import commitment_of


class SeedOrigin(LabelledEnum):
    COMMITTED = "committed", "服务器生成，事先公布哈希"
    UNCOMMITTED = "uncommitted", "服务器生成，未公布哈希"
    CHOSEN = "chosen", "人为指定"


@dataclass(frozen=True)
class EarlierRuling:
    """What one assessor ruled on one report of a draw; `judgement_zh` is empty before the conclusion."""

    position: int
    accession_number: str
    description_zh: str
    judgement_zh: str
    assessor: str
    ruled_at: str


@dataclass(frozen=True)
class ChainedDraw:
    """One draw: `audit` is its number, as the trail names it; `is_this` marks the draw that is looked at.

    `opened_seq` and `drawn_seq` are the trail's numbers of the events that published the commitment and that
    froze the list; None where there is no such event. `judged` reports were ruled on, `faulty` and
    `discordant` among them by any assessor; `discordant` is None in a month, which has no conclusions.
    `rulings` is () for a draw whose sheet was signed: its own packet has them.
    """

    audit: int
    is_this: bool
    label: str
    window_start: str
    window_end: str
    state: str
    state_zh: str
    opened_by: str
    opened_at: str
    opened_seq: int | None
    seed: str
    seed_origin: str
    commitment: str
    drawn_by: str
    drawn_at: str
    drawn_seq: int | None
    list_hash: str
    pool_size: int
    reason: str
    reason_by: str
    signed_at: str
    cancelled_by: str
    cancelled_at: str
    cancelled_reason: str
    judged: int
    faulty: int
    discordant: int | None
    rulings: tuple[EarlierRuling, ...]


def chain_summary(draws: Sequence[ChainedDraw], subject: str = "本抽样窗口") -> str:
    """How often was drawn, and what became of the draws: one sentence."""
    drawn = [one for one in draws if one.drawn_at]
    cancelled = [one for one in drawn if one.state == "cancelled"]
    given_up = sum(one.judged for one in cancelled)
    unused = sum(1 for one in draws if one.state == "cancelled" and not one.drawn_at)
    chosen = sum(1 for one in draws if one.seed_origin == SeedOrigin.CHOSEN)
    parts = [f"{subject}共抽样{len(drawn)}次"]
    if cancelled:
        judged = f"（其中已有{given_up}份作过评定）" if given_up else "（均未作评定）"
        parts.append(f"作废{len(cancelled)}次{judged}")
    if unused:
        parts.append(f"另有{unused}次建立后未抽取即作废")
    if chosen:
        parts.append(f"{chosen}次的随机种子由人指定")
    return "，".join(parts) + "。"


def draw_sentence(one: ChainedDraw, number: int, *, blind: bool = False) -> str:
    """All that is known of one draw, for an inspector to read.

    `blind`: for a person who still has to judge one of its reports, without what was found.
    """
    this = "（本次）" if one.is_this else ""
    drawn = f"{one.drawn_at}由{one.drawn_by}抽取" if one.drawn_at else "未抽取"
    parts = [f"第{number}次{this}：{one.label}（{one.window_start} 至 {one.window_end}），{drawn}"]
    if one.reason:
        parts.append(f"再次抽样的理由（{one.reason_by}）：{_clause(one.reason)}")
    parts += [seed_words(one), *_judged(one, blind)]
    if one.signed_at:
        parts.append(f"评分表已于{one.signed_at}签发")
    if one.state == "cancelled":
        by = f"于{one.cancelled_at}由{one.cancelled_by}" if one.cancelled_at else ""
        parts.append(f"{by}作废，理由：{_clause(one.cancelled_reason) or '未写明'}")
    return "；".join(parts) + "。"


def seed_words(one: ChainedDraw) -> str:
    """Where the seed came from, and whether it is the one whose hash was published."""
    if one.seed_origin == SeedOrigin.CHOSEN:
        return f"随机种子由人指定（{one.seed}），并非服务器随机产生"
    if one.seed_origin == SeedOrigin.UNCOMMITTED:
        return "随机种子由服务器生成，建立时的程序没有公布哈希，无从核对"
    if not one.seed:
        return "随机种子由服务器生成并保密，哈希已公布，抽取时公开"
    if any(_seed_problems(one, "")):
        return "随机种子与事先公布的哈希核对不符"
    before = "抽取前" if one.drawn_at else "建立时"
    return f"随机种子由服务器生成，{before}已公布哈希（留痕第{one.opened_seq}条），核对一致"


def _judged(one: ChainedDraw, blind: bool) -> Iterator[str]:
    if not one.drawn_at or one.is_this:
        return
    if not one.judged:
        yield "未作评定"
    elif blind:
        yield f"已评定{one.judged}份，其中有您正在评审的报告，完成评审后显示结果"
    elif one.discordant is None:
        yield f"已检查{one.judged}份，其中有问题{one.faulty}份"
    else:
        yield f"已评定{one.judged}份，其中描述不规范{one.faulty}份、结论不符合{one.discordant}份"


def _clause(text: str) -> str:
    return text.strip().rstrip("。；")


def chain_problems(draws: Sequence[ChainedDraw], last_seq: int | None = None) -> Iterator[str]:
    """Where a draw contradicts its commitment or the order of the trail, whose last event is `last_seq`."""
    for number, one in enumerate(draws, start=1):
        where = f"第{number}次抽样"
        yield from _seed_problems(one, where)
        if last_seq is not None and max(one.opened_seq or 0, one.drawn_seq or 0) > last_seq:
            yield f"{where}所记的留痕条目在留痕锚点之后。"
        if one.seed_origin not in {origin.value for origin in SeedOrigin}:
            yield f"{where}的种子来源“{one.seed_origin[:40]}”未知。"
        if one.judged < max(one.faulty, one.discordant or 0):
            yield f"{where}的评定份数前后不符。"
        if one.rulings and one.judged != _reports(one):
            yield f"{where}所列的评定与评定份数不符。"
    numbers = [one.audit for one in draws]
    if numbers != sorted(set(numbers)):
        yield "历次抽样的次序有误，或有重复。"


def _reports(one: ChainedDraw) -> int:
    return len({line.accession_number for line in one.rulings})


def _seed_problems(one: ChainedDraw, where: str) -> Iterator[str]:
    if one.seed_origin != SeedOrigin.COMMITTED:
        if one.commitment:
            yield f"{where}的种子称未经公布，却记有种子哈希。"
        return
    if one.drawn_at and not one.seed:
        yield f"{where}已抽取，却没有公开种子。"
    elif one.seed and commitment_of(one.seed) != one.commitment:
        yield f"{where}的种子与事先公布的哈希不符：种子或哈希被改动。"
    if one.opened_seq is None:
        yield f"{where}的种子哈希在留痕中没有公布。"
    elif one.drawn_at and (one.drawn_seq is None or one.opened_seq >= one.drawn_seq):
        yield f"{where}的种子哈希不是在冻结名单之前公布的。"
