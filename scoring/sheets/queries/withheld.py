"""The sheet as someone sees it who has still to judge one of its reports: without that report's number."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

from audits.sampling.queries.withheld import withheld_numbers
from scoring.sheets.models import Sheet
from scoring.sheets.queries.values import SheetView
from staff.access.withholding import hidden_in


def view_for(user: Any, sheet: Sheet, view: SheetView) -> SheetView:
    """The sheet's view; an open case's number and system (the outcome's, maybe) are left out for its reader.

    Rulings need no hiding: a case is settled, and shown as such, only when every reader has judged it.
    """
    numbers = withheld_numbers(user, sheet.department_id)
    if not numbers:
        return view
    cases = (replace(case, system="") if case.accession_number in numbers else case for case in view.cases)
    shown: SheetView = _without(replace(view, cases=tuple(cases)), numbers)
    return shown


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
