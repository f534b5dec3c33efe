"""Every report of the window with its signer and operator, and the certificates that qualified them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from reports.archive.models import Report
from reports.domain.people import NamedPerson, people_in
from reports.qualified.queries.failing import OPERATOR, SIGNER, Faults
from reports.qualified.queries.periods import QualifiedPeriod, period_of, signer_of
from scoring.content import parts
from staff.departments.models import Department
from staff.register.domain.people import Person, Record
from staff.register.domain.proof import operating_proof, signing_proof
from staff.register.domain.rules import QualificationRules
from staff.register.qualification_rules import qualification_rules
from staff.register.queries.people import register_of

_COLUMNS = (
    *("id", "accession_number", "department_id", "is_final", "modality", "operator", "examined_at"),
    *("signed_by", "reviewing_physician", "reporting_physician", "signed_at", "reported_at"),
)


@dataclass
class _Proofs:
    """The proofs cited so far, each once; answers are remembered by person, kind of equipment and day."""

    people: dict[int, Person]
    rules: QualificationRules
    codes: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict)
    known: dict[tuple[str, str, str, date], str] = field(default_factory=dict)

    def code(self, period: QualifiedPeriod, role: str, written: str, modality: str, on: date) -> str:
        """ "P1、P2" for the persons of a written name who are all shown to be qualified; else ""."""
        key = (role, written, modality if role == OPERATOR else "", on)
        if key not in self.known:
            found = [self._one(period, role, person, modality, on) for person in people_in(written)]
            self.known[key] = "、".join(found) if all(found) else ""
        return self.known[key]

    def _one(self, period: QualifiedPeriod, role: str, who: NamedPerson, modality: str, on: date) -> str:
        if period.register.answer(role, who, modality, on).reasons:
            return ""
        members = period.register.member_ids(role, str(who))
        person = self.people.get(members[0]) if members else None
        if person is None:
            return ""
        if role == SIGNER:
            records = signing_proof(person, on, self.rules)
        else:
            records = operating_proof(person, modality, on)
        named = tuple(_certificate(record, self.rules) for record in records)
        return self.codes.setdefault((str(person), named), f"P{len(self.codes) + 1}")


def staff_reports(period: QualifiedPeriod, members: tuple[parts.StaffMember, ...] = ()) -> parts.StaffReports:
    """Reports with an exception first, then by accession number; three queries for any number of them."""
    people = _by_pk(period.department)
    # Without a register nothing can be held against it, and nothing is an exception.
    failing = {pk: _codes(faults) for pk, faults in period.failing.by_report()} if people else {}
    proofs = _Proofs(people, qualification_rules())
    rows = [_row(report, period, proofs, failing.get(report.pk, ())) for report in _reports(period)]
    return parts.StaffReports(
        rows=tuple(sorted(rows, key=lambda row: (not row.exceptions, row.accession_number))),
        proofs=tuple(
            parts.StaffProof(code, person, certificates)
            for (person, certificates), code in proofs.codes.items()
        ),
        members=members,
    )


def _codes(faults: Faults) -> tuple[str, ...]:
    return tuple(f"{fault.role} {code}" for fault in faults for code in fault.codes)


def _reports(period: QualifiedPeriod) -> Iterator[Report]:
    rows = period_of(period.department, period.since, period.until).order_by("accession_number")
    return rows.only(*_COLUMNS).iterator(chunk_size=2000)


def _by_pk(department: Department) -> dict[int, Person]:
    return {person.pk: person for person in register_of(department) if person.pk}


def _row(
    report: Report, period: QualifiedPeriod, proofs: _Proofs, exceptions: tuple[str, ...]
) -> parts.StaffReport:
    signed, examined = _day(report.signed_at or report.reported_at), _day(report.examined_at)
    signer, operator = signer_of(report, period.department) or "", report.operator or ""
    signs = proofs.code(period, SIGNER, signer, report.modality, signed) if signed and report.is_final else ""
    operates = proofs.code(period, OPERATOR, operator, report.modality, examined) if examined else ""
    return parts.StaffReport(
        accession_number=report.accession_number,
        signed_on=str(signed or ""),
        signer=signer,
        signer_proof=signs,
        examined_on=str(examined or ""),
        modality=report.modality,
        operator=operator,
        operator_proof=operates,
        exceptions=exceptions,
    )


def _day(at: datetime | None) -> date | None:
    return timezone.localtime(at).date() if at else None


def _certificate(record: Record, rules: QualificationRules) -> str:
    """医师执业证书 110…（2015-07-01 起，有效至 …）"""
    kind = rules.by_code[record.type]
    name = f"{kind.name_zh}（{record.modality}）" if record.modality else kind.name_zh
    number = f" {record.number}" if record.number else ""
    days = f"{record.issued_on or '日期不详'}" + (f"至{record.valid_until}" if record.valid_until else "")
    basis = f"，视同通过：{record.basis}" if record.result == "deemed" and record.basis else ""
    return f"{name}{number}（{days}{basis}）"
