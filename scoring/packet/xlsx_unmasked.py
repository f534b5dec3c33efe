"""The sheet 未脱敏 of an unmasked packet's workbook, and the line at the head of each printed page."""

from exporting.xlsx import HEAD, PLAIN, TITLE, Page
from scoring.content.document import PacketDocument
from scoring.content.unmasked_parts import MARK, Unmasked

_HEAD_LIMIT = 240  # a page's head holds 255 characters, its codes included; & is written twice


def head_line(document: PacketDocument) -> str:
    """Receiver, approver and reason, cut to the width of the page header."""
    if document.unmasked is None:
        return ""
    line, room = document.unmasked.words, _HEAD_LIMIT
    while len(line) + line.count("&") > room:
        line = f"{line[: len(line) - 2].removesuffix('…')}…"
    return line


def add_unmasked(page: Page, unmasked: Unmasked) -> None:
    """Who let it out for whom, and whose reports these are."""
    page.heading(f"{MARK}：仅限{unmasked.receiver}", TITLE)
    for name, text in (
        ("用途与理由", unmasked.reason),
        ("申请", f"{unmasked.asked_by}　{unmasked.asked_at}"),
        ("批准", f"{unmasked.approved_by}　{unmasked.approved_at}　第{unmasked.approval}号"),
        ("批准意见", unmasked.approval_note),
        ("有效期至", f"{unmasked.until}（含当日），此后所持副本应当销毁"),
        ("脱敏版校验值", unmasked.masked_hash),
        ("还原", f"抽查报告、结局及其评定文字中的{len(unmasked.restored)}处；其余照签发时的脱敏文字"),
    ):
        page.fact(name, text, PLAIN)
    page.heading("受检者对照")
    page.add(["序号", "检查号", "姓名", "受检者ID", ""], HEAD)
    for line in unmasked.identities:
        page.add([line.position, line.accession_number, line.patient_name, line.patient_id, ""])
