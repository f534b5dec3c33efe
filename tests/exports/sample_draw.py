"""The sample packet's draw: a real one, found so that it comes to the sample's own reports."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from audits.sampling.domain.document import draw_document
from audits.sampling.domain.draw import commitment_of, draw
from audits.sampling.domain.draw_chain import ChainedDraw, EarlierRuling
from audits.sampling.domain.frozen_list import Entry
from audits.sampling.domain.ledger import Reason
from audits.sampling.domain.replacement import Sample, replacement_for
from audits.sampling.domain.strata import SYSTEM_ZH
from scoring.content import parts
from scoring.content.document import PacketDocument
from tests.exports.sample_texts import Text

SEED = "1-" + "5e0d" * 8


@lru_cache(maxsize=4)
def drawn_sample(texts: tuple[Text, ...]) -> Sample:
    """A draw that comes, after one replacement, to exactly these reports; the rest stays in reserve."""
    wanted = {text.number for text in texts}
    pool = [Entry(t.number, t.system, t.modality, f"p{i:03d}", f"r{i % 4}") for i, t in enumerate(texts)]
    found = Sample(draw(pool, SEED))
    for text, number in _candidates(texts, count=60):
        more = [*pool, Entry(number, text.system, text.modality, f"q{number}", f"r{5 + len(pool) % 4}")]
        sample = Sample(draw(more, SEED))
        gone = {entry.accession_number for entry in sample.draw.drawn} - wanted
        if len(gone) > 1 or (found.replacements and not gone):
            continue
        for number in gone:
            step = replacement_for(sample, number, "结局与另一次检查对应，录入有误，不符合入选条件。")
            sample = replace(sample, replacements=(step,))
        if {entry.accession_number for entry in sample.current} == wanted:
            pool, found = more, sample
    return found


def _candidates(texts: tuple[Text, ...], count: int) -> list[tuple[Text, str]]:
    prefixes = {"MRI": "MR", "CT": "CT", "DR": "DR"}
    return [
        (texts[i % len(texts)], f"{prefixes[texts[i % len(texts)].modality]}2508{10 + i % 19}{count + i:04d}")
        for i in range(count)
    ]


def draw_facts(sample: Sample) -> parts.Draw:
    drawn = sample.draw
    counts = {Reason.NO_OUTCOME: 812, Reason.NOT_FINAL: 9, Reason.OUTCOME_AFTER_CUT_OFF: 6}
    return parts.Draw(
        seed=drawn.seed,
        list_hash=drawn.list_hash,
        size=drawn.size,
        pool_size=len(drawn.entries),
        looked_at=len(drawn.entries) + sum(counts.values()),
        drawn_by="测一鸣 1007",
        drawn_at="2025-10-15 17:02",
        ledger=tuple(parts.LedgerCount(r.value, r.zh, n) for r, n in counts.items()),
        excluded=tuple(
            parts.LedgerRow(f"CT25090{i:05d}", SYSTEM_ZH["respiratory"], "CT", "无结局") for i in range(30)
        ),
        steps=tuple(f"{s.kind.zh}：{s.accession_number}，{s.reason_zh}" for s in drawn.steps),
        notes=drawn.notes,
        reserve=tuple(e.accession_number for e in drawn.reserve),
        document=draw_document(sample),
    )


def place_of(sample: Sample, number: str | None) -> int:
    return [entry.accession_number for entry in sample.current].index(number) + 1


def draw_chains(document: PacketDocument, **changed: Any) -> parts.DrawChains:
    """The chain of a packet drawn once by a committed seed, and of its months; `changed`: of its own draw."""
    draw, period = document.draw, document.period
    assert draw is not None
    own = ChainedDraw(
        audit=31,
        is_this=True,
        label=period.label,
        window_start=period.window_start,
        window_end=period.window_end,
        state="settled",
        state_zh="评审完成",
        opened_by=draw.drawn_by,
        opened_at="2025-10-15 09:00",
        opened_seq=3,
        seed=draw.seed,
        seed_origin="committed",
        commitment=commitment_of(draw.seed),
        drawn_by=draw.drawn_by,
        drawn_at=draw.drawn_at,
        drawn_seq=4,
        list_hash=draw.list_hash,
        pool_size=draw.pool_size,
        reason="",
        reason_by="",
        signed_at="",
        cancelled_by="",
        cancelled_at="",
        cancelled_reason="",
        judged=10,
        faulty=2,  # by one reader or the other
        discordant=1,
        rulings=(),
    )
    drawn = [line for line in document.monthly.months if line.seed] if document.monthly else []
    months = tuple(
        replace(
            own,
            audit=40 + place,
            label=line.label,
            window_start=f"{line.month}-01",
            window_end=f"{line.month}-28",
            seed=line.seed,
            commitment=commitment_of(line.seed),
            list_hash=line.list_hash,
            judged=line.checked or 0,
            faulty=line.faulty or 0,
            discordant=None,
            rulings=tuple(
                EarlierRuling(
                    *(n, f"CT250701{n:05d}", "有问题" if n <= (line.faulty or 0) else "未见问题", ""),
                    *("测一鸣 1007", "2025-08-01 09:00"),
                )
                for n in range(1, (line.checked or 0) + 1)
            ),
        )
        for place, line in enumerate(drawn)
    )
    return parts.DrawChains((replace(own, **changed),), months)
