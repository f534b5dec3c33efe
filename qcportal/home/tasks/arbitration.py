"""仲裁 on the home page: disputed cases that this person may take, and those taken and not ruled on yet."""

from collections.abc import Iterator
from typing import Any

from audits.judging.actions.arbitration import in_dispute, refuse_arbiter
from audits.judging.queries.judges import reading_refusals
from audits.judging.queries.results import CaseResult, results_of
from audits.sampling.models import Audit
from qcportal.home.tasks.task import Task
from qcportal.links import link

_NEEDS = "audits.arbitrate"


def arbitration_tasks(user: Any) -> list[Task]:
    """Asked only of who may arbitrate; a fixed number of queries, however many cases."""
    if not user.may(_NEEDS):
        return []
    rows = Audit.objects.visible_to(user, _NEEDS).filter(status=Audit.Status.DRAWN, readers=2)
    audits = list(rows.without_draw())
    unblind = reading_refusals(audits, user) if audits else {}
    cases = [case for found in (results_of(audits) if audits else ()) for case in found.cases]
    disputed = [case for case in cases if in_dispute(case)]
    return [*_own(user, disputed), *_free(user, disputed, unblind)]


def _own(user: Any, disputed: list[CaseResult]) -> Iterator[Task]:
    taken = [
        r.review_id for case in disputed for r in case.readings if r.is_arbiter and r.assessor_id == user.pk
    ]
    if taken:
        text = f"{len(taken)} 份病例由我仲裁，待评定"
        yield Task("due", "待仲裁", text, link("audits:judge", taken[0]), "继续仲裁")


def _free(user: Any, disputed: list[CaseResult], unblind: dict[int, str]) -> Iterator[Task]:
    free = [
        case
        for case in disputed
        if not any(reading.is_arbiter for reading in case.readings)
        and not refuse_arbiter(case, user, unblind[case.case.audit_id])
    ]
    if free:
        text = f"{len(free)} 份病例两位评审意见不一，待第三位评审医师仲裁"
        yield Task("due", "待仲裁", text, link("audits:arbitration"), "去仲裁", leads=False)
