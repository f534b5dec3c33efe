"""Which records show that a person was qualified on a day: the ones `signing` and `operating` look for."""

from datetime import date

from staff.register.domain.operating import equipment_record, last_training
from staff.register.domain.people import Person, Record
from staff.register.domain.rules import QualificationRules
from staff.register.domain.signing import in_force, in_specialty, residency_suffices


def signing_proof(person: Person, on: date, rules: QualificationRules) -> tuple[Record, ...]:
    """The certificate, the licence of the specialty and stage one; what is not there is left out."""
    certificates = (r for r in person.of_type("physician_certificate") if r.number and in_force(r, on))
    licences = (
        r
        for r in person.of_type("practice_licence")
        if r.number and in_specialty(r.practice_scope, rules) and in_force(r, on)
    )
    stages = (r for r in person.of_type("residency_stage_one") if residency_suffices(r, on))
    found = (next(certificates, None), next(licences, None), next(stages, None))
    return tuple(record for record in found if record)


def operating_proof(person: Person, modality: str, on: date) -> tuple[Record, ...]:
    """The last radiation training and the training on this kind of equipment."""
    found = (last_training(person, on), equipment_record(person, modality, on))
    return tuple(record for record in found if record)
