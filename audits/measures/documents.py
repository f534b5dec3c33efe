"""月度质控检查记录: one frozen value of a month, and the A4 pages a hospital files.

The same value gives the same bytes. It names no patient: reports are identified by accession number, and
texts were masked when they were saved.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import timezone

from audits.measures.models import Measure
from audits.measures.queries.calendar import closed_late
from audits.monthly.domain.monthly import last_of_month
from audits.monthly.models import MonthlyAudit
from audits.monthly.page import clause_title, fault_lines, suggested_summary, verdict_tag
from audits.monthly.queries.draw_chain import earlier_draws_of
from audits.monthly.queries.results import MonthResult, month_result
from audits.sampling.domain.strata import SYSTEM_ZH
from exporting.pdf import html_to_pdf, missing_glyphs, missing_sentence, printable
from standards.loader import load_edition


@dataclass(frozen=True)
class RecordCase:
    position: int
    accession_number: str
    modality: str
    system: str
    assessor: str
    judged_on: str
    verdict: str
    remark: str
    faults: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True)
class RecordClause:
    number: str
    title: str
    faults: int
    share: str
    interval: str
    before: str
    trend: str


@dataclass(frozen=True)
class RecordMeasure:
    number: int
    clauses: str
    problem: str
    action: str
    owner: str
    due_on: str
    state: str
    done_on: str
    effect: str
    closed: str


@dataclass(frozen=True)
class MonthlyRecord:
    """Texts as printed; "" where there is nothing. `final`: the month is finished."""

    institution: str
    department: str
    standard: str
    label: str
    period: str
    final: bool
    seed: str
    list_hash: str
    digest: str
    pool_size: int
    excluded: str
    checked: int
    size: int
    faulty: str
    interval: str
    comparison: str
    clauses: tuple[RecordClause, ...]
    cases: tuple[RecordCase, ...]
    measures: tuple[RecordMeasure, ...]
    summary: str
    drawn: str
    closed: str
    made_at: str
    earlier: tuple[str, ...] = ()
    no_reports: bool = False
    commitment: str = ""
    seed_chosen: bool = False

    def content_hash(self) -> str:
        """SHA-256 of the record's content but the time of printing."""
        content = {key: value for key, value in asdict(self).items() if key != "made_at"}
        if not self.earlier:
            del content["earlier"]  # for the hash of records filed before
        if not self.no_reports:
            del content["no_reports"]  # likewise
        if not self.seed_chosen:
            del content["seed_chosen"]  # likewise
        del content["commitment"]  # follows from the seed
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def monthly_record(audit: MonthlyAudit, at: datetime) -> MonthlyRecord:
    """The record of the month at the moment `at`."""
    result, edition = month_result(audit), load_edition(audit.edition)
    rows = audit.measures.exclude(status=Measure.Status.CANCELLED)
    measures = rows.select_related("owner", "owner_user", "closed_by").order_by("pk")
    final = audit.is_finished
    return MonthlyRecord(
        institution=audit.department.institution.name,
        department=audit.department.name,
        standard=f"{edition.number_zh}《{edition.title_zh}》",
        label=audit.label,
        period=f"{audit.month} 至 {last_of_month(audit.month)}",
        final=final,
        seed=audit.seed,
        list_hash=audit.pool_hash,
        digest=audit.draw.get("digest", ""),
        pool_size=audit.pool_size,
        excluded="；".join(f"{reason}{count}份" for reason, count in sorted(audit.excluded.items())),
        checked=result.judged,
        size=len(result.cases),
        faulty=result.faulty.text,
        interval=result.faulty.interval_text,
        comparison=result.comparison.sentence,
        clauses=tuple(_clauses(result)),
        cases=tuple(_cases(result)),
        measures=tuple(_measure(n, one) for n, one in enumerate(measures, start=1)),
        summary=audit.summary if final else suggested_summary(result),
        drawn=_who_when(audit.drawn_by, audit.drawn_at),
        closed=_closed(audit) if final else "",
        made_at=timezone.localtime(at).strftime("%Y-%m-%dT%H:%M:00+08:00"),
        earlier=earlier_draws_of(audit),
        no_reports=audit.status == MonthlyAudit.Status.NO_REPORTS,
        commitment=audit.commitment,
        seed_chosen=audit.seed_chosen,
    )


def _closed(audit: MonthlyAudit) -> str:
    late = closed_late(audit)
    return _who_when(audit.closed_by, audit.closed_at) + (f"（逾期{late}天）" if late else "")


def _clauses(result: MonthResult) -> list[RecordClause]:
    edition = load_edition(result.audit.edition)
    return [
        RecordClause(
            line.count.clause,
            clause_title(edition, line.count.clause),
            line.count.faults,
            line.share.text,
            line.share.interval_text,
            line.comparison.before.text,
            line.comparison.trend.zh,
        )
        for line in result.clauses
    ]


def _cases(result: MonthResult) -> list[RecordCase]:
    edition = load_edition(result.audit.edition)
    return [
        RecordCase(
            position=case.position,
            accession_number=case.report.accession_number,
            modality=case.get_modality_display(),
            system=SYSTEM_ZH.get(case.system, case.system),
            assessor=case.judged_by.full_name if case.judged_by else "",
            judged_on=timezone.localtime(case.judged_at).strftime("%Y-%m-%d") if case.judged_at else "",
            verdict=verdict_tag(case, result.faults.get(case.pk, ()))[1],
            remark=case.remark,
            faults=tuple(
                (line.clause, line.place, line.excerpt, line.reason)
                for line in fault_lines(result.faults.get(case.pk, ()), edition)
            ),
        )
        for case in result.cases
    ]


def _done(measure: Measure) -> str:
    """The day it was carried out; 补录 when it was entered afterwards."""
    if measure.done_on is None:
        return ""
    return f"{measure.done_on}补录" if measure.is_backfilled else str(measure.done_on)


def _measure(number: int, measure: Measure) -> RecordMeasure:
    effect = measure.get_effect_display() if measure.effect else ""
    sentence = measure.effect_facts.get("sentence", "")
    return RecordMeasure(
        number=number,
        clauses="、".join(measure.clauses),
        problem=measure.problem,
        action=measure.action,
        owner=measure.owner_name,
        due_on=measure.due_on.isoformat(),
        state=measure.get_status_display(),
        done_on=_done(measure),
        effect=f"{effect}：{sentence}" if effect else "",
        closed=_who_when(measure.closed_by, measure.closed_at),
    )


def _who_when(user: object, at: datetime | None) -> str:
    return f"{user or '系统'}　{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def render_record(record: MonthlyRecord) -> bytes:
    """The record as PDF; the same record gives the same bytes."""
    missing = missing_glyphs(json.dumps(asdict(record), ensure_ascii=False))
    context = {
        "record": record,
        "hash": record.content_hash(),
        "missing": missing_sentence(missing),
        "title_rows": any(case.faults or case.remark for case in record.cases),
    }
    html = printable(render_to_string("audits/pdf/monthly.html", context))
    return html_to_pdf(html, identifier=f"{record.content_hash()}{record.made_at}", tagged=True)


def record_name(audit: MonthlyAudit) -> str:
    """月度质控记录_RAD_202609.pdf; with _未完成 before the month is finished."""
    mark = "" if audit.is_finished else "_未完成"
    return f"月度质控记录_{audit.department.code}_{audit.month:%Y%m}{mark}.pdf"
