"""One report in the exports of several systems: no order of them makes a revision in the sense of 4.5."""

import csv
import io
from itertools import permutations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from reports.archive.content import content_of_incoming
from reports.archive.models import Report, Revision
from reports.domain.versions import decide
from reports.imports.actions import batches
from reports.intake.reports import read_reports

SECONDS = {
    "检查号": "B1",
    "姓名": "张三丰",
    "性别": "男",
    "年龄": "56岁",
    "检查时间": "2026-10-12 09:30:45",
    "检查部位": "胸部",
    "检查名称": "胸部CT平扫",
    "设备类型": "CT",
    "影像描述": "右肺见结节，大小约1.2cm×1.0cm。\n余未见异常。",
    "诊断结论": "1、右肺结节（良性可能）。\n2、请随访。",
    "报告医师": "书写甲",
    "审核医师": "审核乙",
    "签名时间": "2026-10-12 10:05:33",
    "报告时间": "2026-10-12 10:00:50",
    "末次修改时间": "2026-10-12 10:05:20",
    "科别": "呼吸科",
}
TIMES = ("检查时间", "签名时间", "报告时间", "末次修改时间")
MINUTES = SECONDS | {name: SECONDS[name][:-3] for name in TIMES}
EXPORTS = {
    "seconds": SECONDS,
    "minutes": MINUTES,
    "zeros": SECONDS | {name: f"{MINUTES[name]}:00" for name in TIMES},
    "days": SECONDS | dict.fromkeys(TIMES, "2026-10-12"),
    "rounded": SECONDS
    | {
        "检查时间": "2026/10/12 9:31",
        "签名时间": "2026/10/12 10:06",
        "报告时间": "2026/10/12 10:01",
        "末次修改时间": "2026/10/12 10:05",
    },
    "width": SECONDS
    | {
        "姓名": "张 三 丰",
        "年龄": "５６岁",
        "检查时间": "20261012093045",
        "检查名称": "胸部ＣＴ平扫",
        "影像描述": "　　右肺见结节, 大小约1.2cm×1.0cm。 余未见异常。",
        "诊断结论": "1、右肺结节(良性可能)。  2、请随访。 ",
        "报告医师": "书写甲 ",
        "签名时间": "2026年10月12日 10:05:33",
        "报告时间": "2026年10月12日 10时00分50秒",
    },
    "line ends": SECONDS
    | {
        "性别": "男性",
        "年龄": "056Y",
        "检查时间": "2026-10-12T09:30:45+08:00",
        "影像描述": "右肺见结节，大小约1.2cm×1.0cm。\r\n余未见异常。\r\n",
        "诊断结论": "1、右肺结节（良性可能）。\r\n2、请随访。",
        "报告时间": "2026-10-12 10:00:50.123",
    },
    "empty": MINUTES
    | {"姓名": "张*丰", "签名时间": "", "末次修改时间": ""}
    | dict.fromkeys(("性别", "年龄", "检查部位", "检查名称", "报告医师", "审核医师", "科别"), ""),
    "few columns": {
        name: value
        for name, value in MINUTES.items()
        if name not in ("年龄", "审核医师", "签名时间", "末次修改时间")
    },
}


def file_of(row):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([row.keys(), row.values()])
    return out.getvalue().encode()


def content_of(row):
    (report,) = read_reports(file_of(row), "x.csv").reports
    return content_of_incoming(report)


def test_three_exports_in_any_order_complete_a_report_and_never_amend_it():
    contents = {name: content_of(row) for name, row in EXPORTS.items()}
    wrong = []
    for order in permutations(contents, 3):
        stored = contents[order[0]]
        earlier = [stored]
        for name in order[1:]:
            decision = decide(stored, contents[name], earlier)
            if decision.action not in ("complete", "unchanged"):
                wrong.append((order, name, decision.action, decision.changed))
            stored = decision.content or stored
    assert wrong == []


def test_a_minute_that_differs_together_with_the_text_is_an_amendment():
    stored = content_of(MINUTES)
    later = content_of(MINUTES | {"报告时间": "2026-10-12 10:01", "诊断结论": "1、右肺结节。"})
    assert decide(stored, later, [stored]).action == "update"
    moved = content_of(MINUTES | {"报告时间": "2026-10-12 10:02"})
    assert decide(stored, moved, [stored]).changed == ("reported_at",)
    exact = content_of(SECONDS | {"报告时间": "2026-10-12 10:01:50"})
    assert decide(content_of(SECONDS), exact, []).changed == ("reported_at",)


@pytest.mark.parametrize("order", [tuple(EXPORTS), tuple(reversed(EXPORTS))])
def test_imports_of_every_export_leave_one_version(
    department, officer, monkeypatch, settings, tmp_path, order
):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(batches, "async_task", lambda *args, **more: None)
    counts = []
    for name in order:
        batch = batches.open_batch(
            department=department,
            kind="reports",
            source_name="甲",
            upload=SimpleUploadedFile(f"{name}.csv", file_of(EXPORTS[name])),
            by=officer,
        )
        for job in ("try_out", "commit"):
            assert batches.begin(batch, job=job, by=officer)
            getattr(batches, job)(batch.pk)
        batch.refresh_from_db()
        counts.append((batch.counts["updated"], batch.counts["refused"]))
    assert counts == [(0, 0)] * len(EXPORTS)
    assert (Report.objects.get().revision_number, Revision.objects.count()) == (1, 1)
    assert f"{Report.objects.get().reported_at:%M:%S}" == "00:50"
