"""历次抽样 of a packet: sentences on the chain of draws, and where it contradicts the packet."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from audits.sampling.domain.draw_chain import (
    ChainedDraw,
    SeedOrigin,
    chain_problems,
    chain_summary,
    draw_sentence,
    seed_words,
)
from scoring.content.document import PacketDocument
from scoring.content.month_parts import MonthLine
from scoring.content.parts import DrawChains
from scoring.packet.file_checks import Check

FROM_SCHEMA = 4


@dataclass(frozen=True)
class PrintedDraw:
    """A draw with its number in the chain, and a sentence with everything known about it."""

    number: int
    draw: ChainedDraw
    sentence: str

    @property
    def is_chosen(self) -> bool:
        """Was its seed chosen by a person?"""
        return self.draw.seed_origin == SeedOrigin.CHOSEN

    @property
    def seed(self) -> str:
        """The seed, or why there is none yet."""
        return self.draw.seed or "抽取时公开"

    @property
    def commitment(self) -> str:
        """The hash that was published before the draw, or that none was."""
        return self.draw.commitment or "没有事先公布"

    @property
    def list_hash(self) -> str:
        """The hash of the frozen list, or that nothing was drawn."""
        return self.draw.list_hash or "未抽取"


@dataclass(frozen=True)
class PrintedChains:
    """What the PDF and the workbook print. `rulings`: of draws that led to no signed sheet."""

    summary: str
    draws: tuple[PrintedDraw, ...]
    months: tuple[str, ...]

    @property
    def own(self) -> PrintedDraw | None:
        """The draw of the packet itself."""
        return next((one for one in self.draws if one.draw.is_this), None)

    @property
    def given_up(self) -> tuple[PrintedDraw, ...]:
        """The draws whose rulings are listed, because no signed sheet has them."""
        return tuple(one for one in self.draws if one.draw.rulings)


def printed_chains(document: PacketDocument) -> PrintedChains | None:
    """None for a packet of an earlier schema, which has no chain."""
    chains = document.draws
    if chains is None:
        return None
    return PrintedChains(
        summary=chain_summary(chains.window),
        draws=tuple(_printed(chains.window)),
        months=tuple(line for _, draws in _by_month(chains) for line in _month_lines(draws)),
    )


def printed_months(document: PacketDocument) -> tuple[tuple[MonthLine, PrintedDraw | None], ...]:
    """Each month with its own draw; None in a packet of an earlier schema, and for a month not drawn."""
    drawn = document.draws.months if document.draws else ()
    own = {draw.window_start[:7]: draw for draw in drawn if draw.is_this}
    return tuple(
        (line, PrintedDraw(1, own[line.month], "") if line.month in own else None)
        for line in (document.monthly.months if document.monthly else ())
    )


def _printed(draws: tuple[ChainedDraw, ...]) -> Iterator[PrintedDraw]:
    for number, draw in enumerate(draws, start=1):
        yield PrintedDraw(number, draw, draw_sentence(draw, number))


def _by_month(chains: DrawChains) -> Iterator[tuple[str, tuple[ChainedDraw, ...]]]:
    for month, draws in groupby(chains.months, key=lambda draw: draw.window_start[:7]):
        yield month, tuple(draws)


def _month_lines(draws: tuple[ChainedDraw, ...]) -> Iterator[str]:
    """One line for a month drawn once; the summary and every draw where there were several."""
    subject = f"{draws[0].label}月度质控"
    if len(draws) == 1:
        unused = "未抽样（本月无报告）" if draws[0].state == "no_reports" else "尚未抽样"
        drawn = "抽样1次" if draws[0].drawn_at else unused
        yield f"{subject}{drawn}，{seed_words(draws[0])}。"
        return
    yield chain_summary(draws, subject)
    yield from (draw_sentence(draw, number) for number, draw in enumerate(draws, start=1))


def draws_checks(document: PacketDocument) -> tuple[Check, ...]:
    """The chain of draws held against its commitments and the packet; () for an earlier schema."""
    if document.schema_number < FROM_SCHEMA:
        return ()
    problems = tuple(Check("draws", False, words) for words in draws_problems(document))
    printed = printed_chains(document)
    if problems or printed is None:
        return problems
    words = " ".join((printed.summary, *(one.sentence for one in printed.draws), *printed.months))
    chains = document.draws
    every = (*chains.window, *chains.months) if chains else ()
    remarkable = [one for one in every if not one.is_this or one.seed_origin != SeedOrigin.COMMITTED]
    if not remarkable:
        return (Check("draws", True, words),)
    fine = "历次抽样的记录与本册一致，事先公布了哈希的种子均核对一致。"
    return (Check("draws", True, fine), Check("draws_shown", None, words))


def draws_problems(document: PacketDocument) -> Iterator[str]:
    """Where the chain of draws contradicts itself, the trail's order or the packet."""
    chains = document.draws
    if chains is None:
        if document.draw is not None:
            yield "缺少历次抽样的记录。"
        return
    yield from chain_problems(chains.window, document.anchor.seq)
    yield from _own_problems(document, chains)
    for month, draws in _by_month(chains):
        yield from (f"{month}月度质控：{problem}" for problem in chain_problems(draws, document.anchor.seq))
    for line in document.monthly.months if document.monthly else ():
        if not _agrees(line, chains):
            yield f"月度质控{line.label}的种子或名单与历次抽样的记录不符。"


def _own_problems(document: PacketDocument, chains: DrawChains) -> Iterator[str]:
    own = [draw for draw in chains.window if draw.is_this]
    if len(own) != 1:
        yield "历次抽样中没有标明本次抽样，或标明了不止一次。"
        return
    draw, period = document.draw, document.period
    said = (own[0].window_start, own[0].window_end, own[0].seed, own[0].list_hash, own[0].pool_size)
    if draw and said != (
        *(period.window_start, period.window_end),
        *(draw.seed, draw.list_hash, draw.pool_size),
    ):
        yield "历次抽样中的本次抽样与所载的窗口、种子或名单不符。"
    if draw and (own[0].drawn_by, own[0].drawn_at) != (draw.drawn_by, draw.drawn_at):
        yield "历次抽样中的本次抽样与所载的抽取人或时间不符。"


def _agrees(line: MonthLine, chains: DrawChains) -> bool:
    if not line.seed:
        return True
    own = [d for d in chains.months if d.is_this and d.window_start[:7] == line.month]
    return [(draw.seed, draw.list_hash) for draw in own] == [(line.seed, line.list_hash)]
