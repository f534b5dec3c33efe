"""Imports of a small file by the actions of the pages, and their corrections."""

from django.core.files.uploadedfile import SimpleUploadedFile

from reports.imports.actions import batches
from reports.imports.actions.mapping import set_mapping
from reports.reimport.actions import begin_correction

HEAD = "检查号,检查时间,检查部位,设备类型,姓名,受检者ID,影像描述,诊断结论,报告时间,科别"
FIRST = "B0001,2026-10-12 09:30,胸部,CT,张三丰,P9901001,右肺见结节。,1、右肺结节。,2026-10-12 10:00,呼吸科"
SECOND = "B0002,2026-10-12 09:40,胸部,CT,李四光,P9901002,左肺见结节。,1、左肺结节。,2026-10-12 10:10,胸外科"
WRONG = {"影像描述": "impression", "诊断结论": "findings"}  # 描述 and 诊断 exchanged
RIGHT = {"影像描述": "findings", "诊断结论": "impression"}


def run(batch, officer, *jobs):
    """The batch after its jobs, which run at once."""
    for job in jobs or ("try_out", "commit"):
        assert batches.begin(batch, job=job, by=officer)
        getattr(batches, job)(batch.pk)
    batch.refresh_from_db()
    return batch


def imported(department, officer, *rows, head=HEAD, mapping=None, name="十月.csv"):
    """A finished import of these rows under a mapping."""
    data = "\r\n".join([head, *rows, ""]).encode()
    batch = batches.open_batch(
        department=department,
        kind="reports",
        source_name="甲",
        upload=SimpleUploadedFile(name, data),
        by=officer,
    )
    set_mapping(batch, mapping=mapping or {}, by=officer)
    run(batch, officer)
    assert batch.status == "done", batch.problem
    return batch


def tried_out(batch, officer, mapping, reason="描述与诊断对应反了"):
    """A correction of `batch` under another mapping, tried out."""
    correction = begin_correction(batch, reason=reason, by=officer)
    set_mapping(correction, mapping=mapping, by=officer)
    return run(correction, officer, "try_out")


def corrected(batch, officer, mapping, reason="描述与诊断对应反了"):
    """A correction of `batch` under another mapping, written."""
    return run(tried_out(batch, officer, mapping, reason), officer, "commit")
