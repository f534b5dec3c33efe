"""The sheet as someone sees it who has still to judge one of its reports: without that report's number."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

from audits.judging.models import Review
from audits.sampling.queries.withheld import withheld_numbers
from scoring.sheets.models import Sheet
from scoring.sheets.queries.values import CaseLine, SheetView
from staff.access.withholding import WithheldError, hidden_in

SHEET = "评分表中有您正在评审的报告的评定结果，完成评审前不能查看。"


def view_for(user: Any, sheet: Sheet, view: SheetView) -> SheetView:
    """The sheet's view; an open case's number and system (the outcome's, maybe) are left out for its reader.

    A case of this draw is settled, and shown as such, only when every reader has judged it. One that was
    ruled on here and is under review in another draw reveals its result by every sum: WithheldError then.
    """
    numbers = withheld_numbers(user, sheet.department_id)
    if not numbers:
        return view
    own = set(Review.objects.filter(assessor=user).still_open().values_list("case_id", flat=True))
    elsewhere = (c for c in view.cases if c.accession_number in numbers and c.case_id not in own)
    if any(map(_is_ruled, elsewhere)):
        raise WithheldError(sentence=SHEET)
    cases = (replace(case, system="") if case.accession_number in numbers else case for case in view.cases)
    shown: SheetView = _without(replace(view, cases=tuple(cases)), numbers)
    return shown


def _is_ruled(case: CaseLine) -> bool:
    return case.description != "open" or case.concordance != "open"


def _without(value: Any, words: frozenset[str]) -> Any:
    """A frozen value with these words hidden in all its texts."""
    if isinstance(value, str):
        return hidden_in(value, words)
    if isinstance(value, tuple):
        return tuple(_without(part, words) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        texts = {field.name: getattr(value, field.name) for field in fields(value)}
        changed = {
            name: _without(part, words)
            for name, part in texts.items()
            if isinstance(part, (str, tuple)) or is_dataclass(part)
        }
        return replace(value, **changed)
    return value
