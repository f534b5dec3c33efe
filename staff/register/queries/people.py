"""The register of a department as the values the rules take: three queries for any size."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from staff.departments.models import Department, Institution
from staff.register.domain.people import Person, Record
from staff.register.domain.roster import Roster
from staff.register.domain.rules import days_left
from staff.register.domain.status import QualificationStatus, statuses_of
from staff.register.models import Member, Qualification
from staff.register.qualification_rules import qualification_rules

# What 4.3 a), b) and 4.4 are answered from; the other kinds are for the matrix only.
JUDGED = (
    *("physician_certificate", "practice_licence", "residency_stage_one"),
    *("radiation_training", "equipment_training"),
)


def people_of(members: Iterable[Member], types: Iterable[str] = ()) -> tuple[Person, ...]:
    """These members with their approved records (of some types only, where named): one query for these."""
    members = list(members)
    records: dict[int, list[Record]] = defaultdict(list)
    rows = Qualification.objects.approved().filter(member__in=members).order_by("id")
    if types:
        rows = rows.filter(type__in=types)
    for member_id, *values in rows.values_list("member_id", *Record._fields):
        records[member_id].append(Record._make(values))
    return tuple(person_of(member, records[member.pk]) for member in members)


def person_of(member: Member, records: Iterable[Record]) -> Person:
    """One member as a value; the names their account signs with are theirs too."""
    return Person(
        staff_number=member.staff_number,
        name=member.full_name,
        kind="technologist" if member.kind == Member.Kind.TECHNOLOGIST else "physician",
        records=tuple(records),
        exempt_reason=member.exempt_reason,
        aliases=tuple(member.user.report_names) if member.user else (),
        modalities=tuple(member.modalities),
        pk=member.pk,
    )


def register_of(department: Department) -> tuple[Person, ...]:
    """Everybody of a department's register, those who left included: their old reports are still theirs."""
    return people_of(_members_of(department))


def _members_of(department: Department) -> Iterable[Member]:
    return Member.objects.filter(department=department).select_related("user")


def roster_of(department: Department) -> Roster:
    """The register as the answerer of "who was it, and qualified on that day?"."""
    people = people_of(_members_of(department), JUDGED)
    return Roster(people, rules=qualification_rules(), binding=is_binding(department))


def is_binding(department: Department) -> bool:
    """4.3 and 4.4 bind the secondary level and above; others go by them as advice (参照执行)."""
    return department.institution.level != Institution.Level.OTHER


def matrix(people: Iterable[Person], on: date) -> list[tuple[Person, tuple[QualificationStatus, ...]]]:
    """People × kinds of qualification, each with its status on that day."""
    rules = qualification_rules()
    return [(person, statuses_of(person, on, rules)) for person in people]


def expiring(people: Iterable[Person], on: date | None = None) -> list[tuple[Person, QualificationStatus]]:
    """What ends within the longest warning term, or has ended, the most pressing first."""
    on = on or timezone.localdate()
    found = [
        (person, cell)
        for person, row in matrix(people, on)
        for cell in row
        if cell.ends_on is not None and cell.state in ("expiring", "expired")
    ]
    return sorted(found, key=lambda item: (days_left(item[1].ends_on or on, on), item[0].staff_number))
