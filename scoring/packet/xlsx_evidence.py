"""The register in the packet's workbook: each row's suggestion, documents and records, in row order."""

from exporting.xlsx import CENTRE, HEAD, PLAIN, TEXT, Page
from scoring.content.document import PacketDocument
from scoring.content.parts import DocumentLine, EvidenceItem, EvidenceRow, RecordLine, TableRow

_HEAD = ["行", "资料或记录", "日期或有效期", "说明", "负责人", "文件", "SHA-256"]
_HEAD_BEFORE = [word.replace("负责人", "登记人") for word in _HEAD]  # as packets before schema 3 were signed


def add_register(page: Page, document: PacketDocument) -> None:
    """Every row of section 1: suggestion and decision, then the supporting records."""
    rows = {row.id: row for row in document.rows}
    for found in document.evidence or ():
        page.heading(f"{found.row}　{rows[found.row].content}")
        for sentence in decision_sentences(found, rows[found.row]):
            page.heading(sentence, PLAIN)
        page.add(_HEAD if document.schema_number >= 3 else _HEAD_BEFORE, HEAD)
        for line in found.documents:
            page.add(_document(found.row, line), [CENTRE, *[TEXT] * 6])
        for record in found.records:
            page.add(_record(found.row, record), [CENTRE, *[TEXT] * 6])
        typed = typed_notes(found, rows[found.row]) if document.schema_number >= 4 else ()
        for item in typed:
            page.add(_typed(found.row, item), [CENTRE, *[TEXT] * 6])
        if not found.documents and not found.records and not typed:
            page.add([found.row, "没有登记的资料与记录", "", "", "", "", ""], [CENTRE, *[TEXT] * 6])
        if found.records_left_out:
            page.heading(f"另有{found.records_left_out}项记录未逐项列出。", PLAIN)


def typed_notes(found: EvidenceRow, row: TableRow) -> tuple[EvidenceItem, ...]:
    """What was noted on the sheet and is not listed already: a bare title of a registered document is."""
    listed = {line.title for line in found.documents}
    return tuple(item for item in row.evidence if item.note or item.title not in listed)


def decision_sentences(found: EvidenceRow, row: TableRow) -> list[str]:
    """The suggestion and the decision as sentences, the same as in the PDF."""
    if not found.suggested:
        return ["评定时没有系统建议。"] if row.state else []
    sentences = [f"系统建议：{found.suggested_zh}。{found.sentence}"]
    sentences += [f"缺：{'；'.join(found.missing)}。"] if found.missing else []
    sentences += [f"提示：{note}" for note in found.notes]
    same = "与建议一致" if row.state == found.suggested else f"与建议不同，理由：{found.differs_reason}"
    who = f"（{row.set_by}，{row.set_at}）" if row.set_by else ""
    return [*sentences, f"评定：{row.state_zh}，{same}{who}"] if row.state else sentences


def _document(row: str, line: DocumentLine) -> list[str]:
    until = line.valid_until or "长期"
    days = f"{line.valid_from} 至 {until}" if line.standing_zh != "记录" else line.valid_from
    standing = _says(line.standing_zh, line.counts)
    says = "；".join(part for part in (line.kind_zh, standing, line.note) if part)
    file = f"{line.file}（随册PDF内 {line.attached_as}）" if line.attached_as else line.file
    if line.not_attached:
        file = f"{line.file}（未附：{line.not_attached}）"
    name = f"{line.title} {line.version}".strip()
    return [row, name, days, says, line.owner or line.registered_by, file, line.sha256]


def _typed(row: str, item: EvidenceItem) -> list[str]:
    """Noted on the sheet by a person: without a registered file or a record of the app."""
    note = item.note or "没有登记文件或系统记录"
    return [row, item.title, item.dated_on or "—", f"随表注明：{note}", item.added_by, "", ""]


def _record(row: str, line: RecordLine) -> list[str]:
    says = _says(line.says, line.counts)
    return [row, f"{line.source_zh}　{line.title}", line.on, says, line.who, line.file, line.sha256]


def _says(text: str, counts: bool) -> str:
    return text if counts else f"不计：{text}"
