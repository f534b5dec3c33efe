"""Begin the correction of an import: a new batch of the same stored file, waiting for its columns."""

from django.db import transaction

from reports.conflicts import RefusedError
from reports.imports.models import ImportBatch
from reports.reimport.queries import correction_of
from staff.accounts.models import User
from staff.departments.models import Department
from trail.chain import record


@transaction.atomic
def begin_correction(batch: ImportBatch, *, reason: str, by: User) -> ImportBatch:
    """Open a batch that reads the file of `batch` again, with its columns to start from. RefusedError."""
    if not reason.strip():
        raise RefusedError("请写明更正这次导入的理由。")
    Department.objects.select_for_update().get(pk=batch.department_id)
    batch = ImportBatch.objects.select_related("source").get(pk=batch.pk)
    if batch.kind != "reports":
        raise RefusedError("只有检查报告的导入可以更正导入；结局可以逐条更正。")
    if batch.status != ImportBatch.Status.DONE:
        raise RefusedError(f"只有已完成的导入可以更正；这次导入现在是“{batch.get_status_display()}”。")
    if not batch.file:
        raise RefusedError("这次导入的原文件已按保存期限清除，不能更正导入；请更正后重新导入。")
    if other := correction_of(batch):
        raise RefusedError(f"这次导入已有更正导入（{other.get_status_display()}），请在那一批上继续。")
    correction = ImportBatch.objects.create(
        department=batch.department,
        source=batch.source,
        kind=batch.kind,
        file=batch.file.name,
        file_name=batch.file_name,
        sha256=batch.sha256,
        size=batch.size,
        mapping=batch.mapping,
        created_by=by,
        corrects=batch,
        correction_reason=reason.strip(),
    )
    detail = {"sha256": batch.sha256, "corrected_batch": batch.pk, "reason": reason.strip()}
    record("reports.begin_import_correction", by=by, target=correction, detail=detail)
    return correction
