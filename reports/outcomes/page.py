"""The values of an outcome as its page shows them; identity is masked here."""

from types import SimpleNamespace

from exporting.masking import mask_id, mask_name
from reports.outcomes.models import Outcome


def masked_outcome(outcome: Outcome) -> SimpleNamespace:
    """An outcome as given, the patient's name and id masked."""
    return SimpleNamespace(
        pk=outcome.pk,
        kind=outcome.get_kind_display(),
        match=outcome.get_match_display(),
        match_note=outcome.masked(outcome.match_note),
        observed_on=outcome.observed_on,
        text=outcome.masked(outcome.text),
        recorded_by=outcome.recorded_by,
        given_accession=outcome.given_accession,
        given_patient_id=mask_id(outcome.given_patient_id),
        given_patient_name=mask_name(outcome.given_patient_name),
        given_examined_on=outcome.given_examined_on,
        report=outcome.report,
    )
