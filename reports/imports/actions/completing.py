"""Completing (补全) the current versions of reports with details from a later row."""

from collections.abc import Collection, Mapping

from django.db.models import F

from reports.archive.content import content_of, to_json
from reports.archive.models import Report, Revision
from reports.imports.actions.bulk import update_many
from reports.imports.actions.prior_states import keep_prior_states
from reports.imports.models import ImportBatch, PriorState


def complete_versions(completed: Mapping[Report, Collection[str]], batch: ImportBatch | None) -> None:
    """Copy completed details into the current versions of reports, so that a later draw includes them.

    Unchanged: a version that something refers to, such as a drawn case, because it was judged as it is; and a
    version that would become identical to another one of the report, compared by hash.
    """
    if not completed:
        return
    unused = {relation.name: None for relation in Revision._meta.related_objects}
    current = Revision.objects.filter(report__in=completed, number=F("report__revision_number"), **unused)
    reports = {report.pk: report for report in completed}
    changed, prior = [], {}
    for revision in current:
        report = reports[revision.report_id]
        if report.content_hash not in completed[report]:
            before = revision.content
            revision.content, revision.content_hash = to_json(content_of(report)), report.content_hash
            prior[revision.pk] = (before, revision.content)
            changed.append(revision)
    if batch is not None:
        keep_prior_states(batch, PriorState.Kind.REVISION, prior)
    update_many(Revision, changed, ["content", "content_hash"])
