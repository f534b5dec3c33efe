"""更换: a drawn report that proves unfit gives way to the next reserve, with a reason (DOMAIN 2, step 6)."""

from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from audits.conflicts import RefusedError, expect_version
from audits.judging.actions.assignment import carry_over
from audits.judging.domain.concordance import Judgement
from audits.judging.queries.results import AuditResults, CaseResult, audit_results
from audits.sampling.domain.document import draw_document
from audits.sampling.domain.replacement import ReplacementRefusedError, Source, replacement_for
from audits.sampling.models import Audit, Case
from audits.sampling.queries.hashes import hash_detail
from audits.sampling.queries.pool import freeze_cases, sample_of
from staff.accounts.models import User
from trail.chain import record


@transaction.atomic
def replace_case(case: Case, *, reason: str, version: int, by: User | None) -> tuple[Case | None, list[str]]:
    """Replace a drawn case by the reserve the rules prescribe; None: none is left, the place stays empty.

    `version`: of the audit. Refused once the conclusion is judged, except as 无法判定. The readers move to
    the new case; a sentence is returned for each who may not. Raises RefusedError, ConflictError.
    """
    audit = Audit.objects.select_for_update().get(pk=case.audit_id)
    expect_version(audit, version)
    if audit.status != Audit.Status.DRAWN:
        raise RefusedError(f"这次抽样{audit.get_status_display()}，不能更换病例。")
    case = Case.objects.select_related("report").get(pk=case.pk)
    sample = sample_of(audit, judged_numbers(audit_results(audit)))
    try:
        # The reason goes into the draw document, which is handed out, and into the trail.
        step = replacement_for(sample, case.report.accession_number, case.report.masked(reason))
        audit.draw = draw_document(replace(sample, replacements=(*sample.replacements, step)))
    except (ReplacementRefusedError, ValueError) as refused:
        raise RefusedError(str(refused)) from None
    case.state, case.replaced_reason = Case.State.REPLACED, step.reason
    case.replaced_by, case.replaced_at = by, timezone.now()
    case.save()
    added = freeze_cases(audit, [step.added], position=case.position, replaces=case) if step.added else []
    problems = carry_over(case, added[0], by) if added else [_empty_place(case)]
    audit.version += 1
    audit.save()
    detail = {
        "removed": step.removed,
        "added": step.added,
        "reason": step.reason,
        "source": _source(step.source),
        **hash_detail(audit),
    }
    record("audits.replace", by=by, target=case, department=audit.department_id, detail=detail)
    return (added[0] if added else None), problems


def judged_numbers(results: AuditResults) -> frozenset[str]:
    """Accession numbers whose conclusion somebody judged and that did not settle as 无法判定."""
    return frozenset(case.report.accession_number for case in results.cases if _is_judged(case))


def _is_judged(case: CaseResult) -> bool:
    if case.concordance.judgement is Judgement.UNDECIDABLE:
        return False
    return any(r.judgement not in ("", Judgement.UNDECIDABLE) for r in case.readings)


def _empty_place(case: Case) -> str:
    return f"备选已用完，第{case.position}份空缺：不足10份时不能得出合格与否的结论。"


def _source(source: Source) -> str:
    return source.zh
