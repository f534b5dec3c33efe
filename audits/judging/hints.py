"""文本检查提示 in judging: findings of the text checks on the frozen version, offered as faults.

Nothing is deducted automatically (D-14). Only findings on the description, blinded like the page: the excerpt
is cut from the hidden text, and the sentence is hidden the same way.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from audits.judging.domain.blinding import hide
from audits.judging.domain.places import FIELD_ZH
from audits.judging.forms import MOST_FAULTS, PREFIX, clause_groups
from audits.judging.models import Review
from audits.judging.queries.readings import is_deductible
from audits.sampling.models import FrozenCase
from reports.findings.models import Finding
from reports.findings.page import KIND_OF, TAG_OF
from reports.findings.queries.frozen import findings_of_version
from reports.findings.rule_texts import advice_of, field_zh, title_of
from standards.edition import Edition

OFFERED = (
    "technique",
    "findings",
    "examination_name",
    "body_part",
    "clinical_diagnosis",
    "surgical_history",
)
MOST_HINTS = 30


@dataclass(frozen=True)
class Hint:
    """One finding, offered as a fault; `counts`: its clause costs the point of row 2.1."""

    number: int
    clause: str
    title: str
    severity_zh: str
    tag: str
    kind: str
    field: str
    field_zh: str
    start: int | None
    end: int | None
    excerpt: str
    message: str
    advice: str
    counts: bool

    @property
    def fault(self) -> dict[str, Any]:
        """The fields of a fault row."""
        place: dict[str, Any] = {"field": self.field if self.field in FIELD_ZH else ""}
        if self.start is not None and place["field"]:
            place |= {"start": self.start, "end": self.end, "excerpt": self.excerpt}
        return {"clause": self.clause, "start": "", "end": "", "excerpt": "", "reason": self.message} | place


def hints_of(
    case: FrozenCase, shown: Mapping[str, Any], secrets: Set[str], edition: Edition
) -> tuple[Hint, ...]:
    """`shown`: the page's texts, hidden in place; `secrets`: what is hidden in them."""
    citable = {clause.number for _, clauses in clause_groups(edition) for clause in clauses}
    found = [
        finding
        for finding in findings_of_version(case.report, case.revision)
        if finding.field in OFFERED and finding.clause in citable
    ]
    return tuple(_hint(n, row, shown, secrets, edition) for n, row in enumerate(found[:MOST_HINTS], start=1))


def _hint(
    number: int, finding: Finding, shown: Mapping[str, Any], secrets: Set[str], edition: Edition
) -> Hint:
    has_place = finding.start < finding.end
    text = shown.get(finding.field) or ""
    return Hint(
        number=number,
        clause=finding.clause,
        title=title_of(finding.code),
        severity_zh=str(Finding.Severity(finding.severity).label),
        tag=TAG_OF[finding.severity],
        kind=KIND_OF[finding.severity],
        field=finding.field,
        field_zh=field_zh(finding.field),
        start=finding.start if has_place else None,
        end=finding.end if has_place else None,
        excerpt=text[finding.start : finding.end] if has_place else "",
        message=hide(finding.message, secrets),
        advice=advice_of(finding.code),
        counts=is_deductible(edition, finding.clause),
    )


def with_hint(data: QueryDict, hint: Hint) -> QueryDict:
    """The sent description form with a hint as one more fault row: for browsers without JavaScript."""
    given = data.get(f"{PREFIX}-TOTAL_FORMS", "")
    total = min(int(given), MOST_FAULTS) if given.isascii() and given.isdecimal() and len(given) < 6 else 0
    names = ("clause", "reason", "excerpt")
    blank = (n for n in range(total) if not any(data.get(f"{PREFIX}-{n}-{name}") for name in names))
    place = next(blank, total)
    if place >= MOST_FAULTS:
        return data
    more = data.copy()
    for name, value in hint.fault.items():
        more[f"{PREFIX}-{place}-{name}"] = str(value)
    more[f"{PREFIX}-TOTAL_FORMS"] = str(max(total, place + 1))
    if hint.counts:
        more["verdict"] = Review.Description.NONCONFORMING.value
    return more
