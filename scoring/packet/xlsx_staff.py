"""The packet's sheet 人员资质: counts, listed exceptions, the faults of 4.5, the current register."""

from exporting.xlsx import CENTRE, HEAD, PLAIN, TEXT, TITLE, Page
from exporting.xlsx_typing import filter_rows
from scoring.content.parts import Staffing, StaffReports

STAFF_REPORT_WIDTHS = (22, 14, 20, 12, 14, 10, 20, 12, 34)
_REPORT_HEAD = (
    *("检查号", "签发日", "签发医师", "签发证书"),
    *("检查日", "检查种类", "操作技师", "操作证书", "例外"),
)


def add_staffing(page: Page, staffing: Staffing) -> None:
    """As section 六 of the PDF."""
    page.heading("人员资质", TITLE)
    page.fact("核对的报告", f"{staffing.reports}份；人员登记表{staffing.people}人")
    if staffing.people:
        _add_counts(page, staffing)
    for note in staffing.notes:
        page.heading(note, PLAIN)
    _add_exceptions(page, staffing)
    _add_signature(page, staffing)
    if staffing.requirements:
        page.heading(f"资质现状（{staffing.on}，在岗人员）")
        page.add(["资质", "条款", "有效", "将到期", "已过期", "未登记", "不符合", "不适用"], HEAD)
        for line in staffing.requirements:
            counts = (line.valid, line.expiring, line.expired, line.missing, line.faulty, line.not_applicable)
            page.add([line.zh, line.clause, *counts], [TEXT, CENTRE, *[CENTRE] * 6])


def add_staff_reports(page: Page, checked: StaffReports) -> None:
    """Every report of the window with signer and operator, exceptions first; then what the proofs are."""
    page.heading("人员核对", TITLE)
    page.heading(f"窗口内报告共{len(checked.rows)}份；证书一列为下方“所凭证书”的代码，空白即有例外。", PLAIN)
    head = page.add(list(_REPORT_HEAD), HEAD)
    page.repeat_head(1, head)
    for row in checked.rows:
        signed = (row.signed_on, row.signer, row.signer_proof)
        examined = (row.examined_on, row.modality, row.operator, row.operator_proof)
        page.add([row.accession_number, *signed, *examined, "\n".join(row.exceptions) or "无"])
    if checked.rows:
        filter_rows(page, head, len(STAFF_REPORT_WIDTHS))
    page.heading("在岗人员的资质状态（资质现状一表即由此计数）")
    for member in checked.members:
        page.fact(member.person, "　".join(member.states) or "不在岗", PLAIN)
    page.heading("所凭证书")
    page.add(["代码", "人员", "证书", *[""] * 6], HEAD)
    for proof in checked.proofs:
        row_number = page.add([proof.code, proof.person, "\n".join(proof.certificates), *[""] * 6])
        page.merge(row_number, 3, row_number, 9)
        page.height(row_number, 14 * len(proof.certificates) + 6)


def _add_counts(page: Page, staffing: Staffing) -> None:
    page.add(["当日资质有例外的报告", staffing.with_exception])
    page.add(["签发医师", staffing.signers])
    page.add(["操作技师", staffing.operators])
    for line in staffing.by_reason:
        page.add([line.zh, line.count])


def _add_exceptions(page: Page, staffing: Staffing) -> None:
    page.heading("当日资质例外")
    if not staffing.exceptions:
        page.heading("没有。" if staffing.people else "无数据：尚未建立人员登记表。", PLAIN)
        return
    page.add(["检查号", "角色", "人员", "核对日期", "条款", "说明", "判断"], HEAD)
    for line in staffing.exceptions:
        who = (line.accession_number, line.role_zh, line.person, line.on)
        page.add([*who, line.clauses, line.reason, line.judged_zh])
    if staffing.left_out:
        page.heading(f"另有{staffing.left_out}份有例外的报告未逐份列出。", PLAIN)


def _add_signature(page: Page, staffing: Staffing) -> None:
    page.heading("签名例外（4.5）")
    if not staffing.signature_faults:
        page.heading("没有发现签名例外。", PLAIN)
        return
    page.add(["检查号", "", "例外", "", "", "说明"], HEAD)
    for line in staffing.signature_faults:
        page.add([line.accession_number, "", line.zh, "", "", line.reason])
    if staffing.signature_left_out:
        page.heading(f"另有{staffing.signature_left_out}份未逐份列出。", PLAIN)
