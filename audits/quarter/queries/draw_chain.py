"""The chain of draws over the same days, for the quarter's page, the signer and the packet."""

from collections import defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass

from audits.judging.domain.concordance import Judgement
from audits.judging.models import Review
from audits.sampling.domain.draw_chain import (
    ChainedDraw,
    EarlierRuling,
    SeedOrigin,
    chain_problems,
    chain_summary,
    draw_sentence,
)
from audits.sampling.domain.window import Window, repeats
from audits.sampling.models import Audit, Case
from audits.sampling.queries.draw_chain import chained, minute
from audits.sampling.queries.draw_events import draw_events
from audits.sampling.queries.pool import audit_window_of
from staff.departments.models import Department
from trail.models import Event

_JUDGEMENT_ZH = {judgement.value: judgement.zh for judgement in Judgement} | {"": ""}


@dataclass(frozen=True)
class ChainLine:
    """One draw of the chain in a sentence. `pk` is 0 for the draw whose page it is."""

    pk: int
    sentence: str


@dataclass(frozen=True)
class DrawChain:
    """What the draws over the same days show together; `lines` is () for a single unremarkable draw."""

    summary: str
    lines: tuple[ChainLine, ...]
    problems: tuple[str, ...]
    is_remarkable: bool


def overlapping_audits(department: Department | int, window: Window, kind: str = "quarterly") -> list[Audit]:
    """The department's audits whose windows share days with this one, oldest first; one query."""
    rows = Audit.objects.overlapping(department, window.start, window.end, kind)
    rows = rows.select_related("created_by", "drawn_by", "repeat_by").without_draw()
    return [audit for audit in rows if repeats(window, audit_window_of(audit))]


def chained_draws(audit: Audit) -> tuple[ChainedDraw, ...]:
    """Every draw over days of this one, in any state, oldest first; three queries."""
    return tuple(draw for draw, _ in _chain(audit))


def draw_chain(audit: Audit, under_review: Container[int] = ()) -> DrawChain:
    """The chain as sentences; the number of queries does not depend on the draws.

    `under_review`: ids of the reports that the viewer still has to judge; what was found in a draw that
    judged one of them is left out.
    """
    rows = _chain(audit)
    draws = tuple(draw for draw, _ in rows)
    problems = tuple(chain_problems(draws))
    chosen = any(one.seed_origin == SeedOrigin.CHOSEN for one in draws)
    return DrawChain(
        summary=chain_summary(draws),
        lines=tuple(
            ChainLine(
                0 if one.is_this else one.audit,
                draw_sentence(one, number, blind=any(report in under_review for report in judged)),
            )
            for number, (one, judged) in enumerate(rows, start=1)
        ),
        problems=problems,
        is_remarkable=len(draws) > 1 or chosen or bool(problems),
    )


def _chain(audit: Audit) -> list[tuple[ChainedDraw, frozenset[int]]]:
    """Each draw with the ids of the reports that were judged in it."""
    audits = overlapping_audits(audit.department_id, audit_window_of(audit), audit.kind)
    events = draw_events(Audit, [one.pk for one in audits])
    reviews = _reviews(audits)
    return [
        (
            _chained(one, audit, events[one.pk], reviews[one.pk]),
            frozenset(review.case.report_id for review in reviews[one.pk]),
        )
        for one in audits
    ]


def _reviews(audits: Sequence[Audit]) -> dict[int, list[Review]]:
    found: dict[int, list[Review]] = defaultdict(list)
    rows = Review.objects.filter(case__audit__in=audits, description_at__isnull=False)
    rows = rows.select_related("case__report", "assessor").defer("draft")
    for review in rows.order_by("case__position", "case_id", "reader"):
        found[review.case.audit_id].append(review)
    return found


def _chained(audit: Audit, this: Audit, events: dict[str, Event], reviews: list[Review]) -> ChainedDraw:
    given_up = audit.pk != this.pk and not audit.sheet_signed_at
    if audit.pk == this.pk:  # a replaced report is no longer one of its cases
        reviews = [review for review in reviews if review.case.state == Case.State.ACTIVE]
    return chained(
        audit,
        audit.pk == this.pk,
        events,
        window_start=str(audit.window_start),
        window_end=str(audit.window_end),
        signed_at=minute(audit.sheet_signed_at),
        judged=len({review.case_id for review in reviews}),
        faulty=len({r.case_id for r in reviews if r.description == Review.Description.NONCONFORMING}),
        discordant=len({r.case_id for r in reviews if r.judgement == Judgement.DISCORDANT}),
        rulings=tuple(map(_ruling, reviews)) if given_up else (),
    )


def _ruling(review: Review) -> EarlierRuling:
    return EarlierRuling(
        position=review.case.position,
        accession_number=review.case.report.accession_number,
        description_zh=review.get_description_display(),
        judgement_zh=_JUDGEMENT_ZH[review.judgement],
        assessor=str(review.assessor),
        ruled_at=minute(review.conclusion_at or review.description_at),
    )
