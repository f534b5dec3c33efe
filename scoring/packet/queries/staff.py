"""人员资质 as a packet prints it: the window's reports held against the register, and the register itself."""

from collections.abc import Iterator

from django.utils import timezone

from audits.sampling.models import Audit
from reports.qualified.queries.failing import OPERATOR, SIGNER
from reports.qualified.queries.periods import (
    ROLE_WORDS,
    QualificationException,
    QualifiedPeriod,
)
from reports.qualified.queries.signatures import SignedPeriod
from reports.qualified.tables import CODES, code_words
from scoring.content import parts
from scoring.packet.queries.staff_reports import staff_reports
from staff.register.domain.people import Person
from staff.register.domain.status import QualificationStatus
from staff.register.domain.summary import summary
from staff.register.models import Member
from staff.register.qualification_rules import qualification_rules
from staff.register.queries.deadlines import current_members
from staff.register.queries.people import is_binding, matrix, people_of

Matrix = list[tuple[Person, tuple[QualificationStatus, ...]]]
LISTED = 300  # more would bury the packet; the counts stand for all of them
_UNKNOWN = "“无法确认”指人员登记表中没有可供判断的记录，不等于没有资质。"
_ADVISORY = "本机构为二级以下，4.3、4.4参照执行，所列不作为不符合。"
_EMPTY = "尚未建立人员登记表，无法核对签发、操作当日的资质。"


def staff_part(audit: Audit) -> parts.Staffing:
    """The window's exceptions and the register; the number of queries depends on neither."""
    department, first, last = audit.department, audit.window_start, audit.window_end
    names = {m.pk: str(m) for m in Member.objects.filter(department=department)}
    period, signed = QualifiedPeriod(department, first, last), SignedPeriod(department, first, last)
    counts = period.counts()
    rows = period.reports().order_by("accession_number")[:LISTED] if names else ()
    listed = [_exception(found, names) for found in period.of(rows)]
    shown = len({line.accession_number for line in listed})
    faults = [
        parts.SignatureFault(found.report.accession_number, code_words(found.code), found.sentence)
        for found in signed.of(signed.reports().order_by("accession_number")[:LISTED])
    ]
    cells = matrix(people_of(current_members(department)), timezone.localdate())
    return parts.Staffing(
        people=len(names),
        reports=period.size,
        on=f"{timezone.localdate()}",
        with_exception=counts.reports if names else 0,
        signers=counts.roles[SIGNER] if names else 0,
        operators=counts.roles[OPERATOR] if names else 0,
        by_reason=tuple(
            parts.ReasonCount(code, code_words(code), counts.codes[code]) for code in CODES if names
        ),
        exceptions=tuple(listed),
        left_out=counts.reports - shown if names else 0,
        signature_faults=tuple(faults),
        signature_left_out=signed.reports().count() - len({fault.accession_number for fault in faults}),
        requirements=tuple(_requirements(cells)) if names else (),
        notes=_notes(bool(names), binding=is_binding(department)),
        checked=staff_reports(period, tuple(_members(cells, names))),
    )


def _notes(has_register: bool, *, binding: bool) -> tuple[str, ...]:
    found = [_UNKNOWN] if has_register else [_EMPTY]
    if not binding:
        found.append(_ADVISORY)
    return (*found, qualification_rules().note_zh)


def _exception(found: QualificationException, names: dict[int, str]) -> parts.StaffException:
    known = names.get(found.member_ids[0]) if len(found.member_ids) == 1 else None
    sure = "不合资质" if found.answer.qualified is False else "无法确认"
    return parts.StaffException(
        accession_number=found.report.accession_number,
        role=found.role,
        role_zh=ROLE_WORDS[found.role],
        person=known or str(found.person),
        on=str(found.on),
        clauses="、".join(dict.fromkeys(reason.clause for reason in found.answer.reasons)),
        reason="".join(found.answer.sentences),
        judged_zh=f"参照执行：{sure}" if found.answer.advisory else sure,
    )


def _members(cells: Matrix, names: dict[int, str]) -> Iterator[parts.StaffMember]:
    """The matrix's rows on the day the packet is made, then who is no longer on duty."""
    for person, row in cells:
        yield parts.StaffMember(str(person), tuple(cell.state for cell in row))
    current = {person.pk for person, _ in cells}
    yield from (parts.StaffMember(name, ()) for pk, name in names.items() if pk not in current)


def _requirements(cells: Matrix) -> Iterator[parts.RequirementLine]:
    """The matrix's columns on the day the packet is made."""
    for place, kind in enumerate(qualification_rules().types):
        counts = summary(row[place] for _, row in cells).counts
        yield parts.RequirementLine(
            kind.name_zh,
            kind.clause,
            *(
                counts.get(state, 0)
                for state in ("valid", "expiring", "expired", "missing", "faulty", "not_applicable")
            ),
        )
