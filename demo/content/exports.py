"""Reports, outcomes and critical alerts as a hospital exports them: CSV bytes under the usual headers."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from demo.content.values import DemoReport

REPORT_COLUMNS = (
    ("检查号", "accession_number"),
    ("受检者ID", "patient_id"),
    ("姓名", "patient_name"),
    ("性别", "sex"),
    ("年龄", "age"),
    ("出生日期", "birth_on"),
    ("患者来源", "patient_class"),
    ("科别", "requesting_department"),
    ("临床诊断", "clinical_diagnosis"),
    ("手术史", "surgical_history"),
    ("检查名称", "examination_name"),
    ("检查部位", "body_part"),
    ("设备类型", "modality_code"),
    ("检查时间", "examined_at"),
    ("技术参数", "technique"),
    ("影像描述", "findings"),
    ("诊断结论", "impression"),
    ("报告医师", "reporting_physician"),
    ("审核医师", "reviewing_physician"),
    ("报告时间", "reported_at"),
    ("签发医师", "signed_by"),
    ("签名方式", "signature_method"),
    ("签名时间", "signed_at"),
    ("末次修改医师", "last_modified_by"),
    ("末次修改时间", "last_modified_at"),
    ("修改性质", "modification_kind"),
    ("操作技师", "operator"),
    ("报告状态", "report_status"),
    ("机构名称", "institution_name"),
    ("报告标题", "report_title"),
)
OUTCOME_COLUMNS = (
    "检查号",
    "受检者ID",
    "姓名",
    "检查日期",
    "结局来源",
    "结局日期",
    "结局内容",
    "登记人",
)
ALERT_COLUMNS = ("检查号", "危急值内容", "发现时间", "通知时间", "通知人", "接收科室", "接收人")
SEEN_AFTER, TOLD_AFTER = timedelta(minutes=11), timedelta(minutes=16)  # the examination
KIND_ZH = {
    "surgical_pathology": "手术病理",
    "surgical_finding": "手术所见",
    "biopsy": "穿刺活检病理",
    "endoscopy": "内镜",
    "cytology": "细胞学",
    "laboratory": "实验室/病原学",
    "imaging_follow_up": "影像随访",
    "clinical_follow_up": "临床随访结局",
    "case_discussion": "病例讨论",
    "autopsy": "尸检",
}


def report_csv(reports: Iterable[DemoReport]) -> bytes:
    """UTF-8 with BOM; an amended report has two rows, the earlier version first."""
    rows = []
    for report in reports:
        for content in (report.earlier, report.content):
            if content is not None:
                values = {**content, "accession_number": report.accession_number}
                rows.append([_cell(values[name]) for _, name in REPORT_COLUMNS])
    return _csv([header for header, _ in REPORT_COLUMNS], rows)


def outcome_csv(reports: Iterable[DemoReport]) -> bytes:
    """One row an outcome, with as much identity as the hospital's follow-up register noted."""
    rows = []
    for report in reports:
        outcome, content = report.outcome, report.content
        if outcome is None:
            continue
        number = report.accession_number if outcome.tied_by == "accession" else ""
        examined_on = "" if outcome.tied_by == "patient_only" else f"{content['examined_at']:%Y-%m-%d}"
        rows.append(
            [
                number,
                content["patient_id"],
                content["patient_name"],
                examined_on,
                KIND_ZH[outcome.kind],
                outcome.observed_on.isoformat(),
                outcome.text,
                outcome.recorded_by,
            ]
        )
    return _csv(OUTCOME_COLUMNS, rows)


def alert_csv(alerts: Iterable[tuple[DemoReport, str]]) -> bytes:
    """危急值登记: a report and its critical sign, phoned to the ward before the report was written."""
    rows = []
    for report, what in alerts:
        content = report.content
        at = content["examined_at"]
        ward = content["requesting_department"] or "急诊科"
        times = [_cell(at + SEEN_AFTER), _cell(at + TOLD_AFTER)]
        recipients = [content["reporting_physician"], ward, f"{ward}值班护士"]
        rows.append([report.accession_number, what, *times, *recipients])
    return _csv(ALERT_COLUMNS, rows)


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return "" if value is None else str(value)


def _csv(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headers)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")
