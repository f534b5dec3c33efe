"""The demo department, in whose texts, names and reasons people left words of 300 characters."""

WORD = "W" * 300
# What people write, by model; where a field takes less, it has as much as it takes.
WRITTEN = {
    "reports.Report": "findings impression technique clinical_diagnosis surgical_history patient_name "
    "examination_name body_part requesting_department institution_name report_title",
    "reports.Finding": "message ruling_reason",
    "reports.Outcome": "text match_note recorded_by given_patient_name",
    "reports.ImportSource": "name",
    "reports.ImportBatch": "file_name problem",
    "audits.Appeal": "reason decision_reason",
    "audits.MonthlyCase": "remark",
    "audits.MonthlyFault": "reason",
    "audits.Measure": "problem action",
    "audits.MeasureEntry": "text",
    "audits.FollowUp": "reason note",
    "audits.Feedback": "recipient_name message reply receipt_note",
    "audits.Conference": "title place chair recorder summary",
    "audits.ConferenceCase": "question conclusion",
    "audits.Participant": "name unit",
    "audits.MinutesFile": "name",
    "audits.Review": "description_reason conclusion_reason",
    "audits.Fault": "reason",
    "scoring.EvidenceDocument": "title owner_name note",
    "scoring.UnmaskRequest": "institution reason decision_reason",
    "staff.SubspecialtyGroup": "name",
    "staff.Member": "title exempt_reason",
    "staff.Qualification": "number issuer practice_scope basis course_name trainer device_model",
    "staff.Institution": "name",
    "staff.Department": "name",
    "staff.User": "full_name",
}
# Rulings under a signed sheet are frozen by the database: only those of other quarters can be written.
SIGNED_AT = {
    "audits.Review": "case__audit__sheet_signed_at",
    "audits.Fault": "review__case__audit__sheet_signed_at",
}


def write() -> None:
    """Into every row, after what stands there; a field that is empty stays so."""
    from django.apps import apps  # run within the served app's process only
    from django.db.models import F, Value
    from django.db.models.functions import Concat, Substr

    for label, names in WRITTEN.items():
        model = apps.get_model(label)
        for name in names.split():
            field = model._meta.get_field(name)
            longer = Concat(F(name), Value(WORD))
            taken = Substr(longer, 1, field.max_length) if field.max_length else longer
            rows = model.objects.filter(**{f"{name}__isnull": False}).exclude(**{name: ""})
            if label in SIGNED_AT:
                rows = rows.filter(**{SIGNED_AT[label]: None})
            if any(name in getattr(one, "fields", ()) for one in model._meta.constraints) and rows.exists():
                rows = rows.filter(pk=rows.values_list("pk", flat=True)[0])  # two may not become alike
            rows.update(**{name: taken})
