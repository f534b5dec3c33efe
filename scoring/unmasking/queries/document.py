"""From a signed packet and the stored reports to the packet without masks that was approved."""

import json
from typing import Any

from audits.conflicts import RefusedError
from audits.judging.queries.results import AuditResults, audit_results
from scoring.content.codec import UnfitPacketError, to_plain
from scoring.content.document import PacketDocument
from scoring.content.unmasked import put_back, unmasked_problems
from scoring.content.unmasked_parts import MARK, IdentityLine, Restored, Unmasked
from scoring.packet.queries.cases import Lifted, case_part
from scoring.packet.rendering import file_name
from scoring.sheets.queries.signed_records import signed_document
from scoring.sheets.queries.stamps import stamp
from scoring.unmasking.models import UnmaskRequest, who
from standards.loader import load_edition

UNSEALED = "这份迎检包由尚不加盖系统签章的程序签发，不能另出未脱敏的一份；请先建立更正版并签发。"


def unmasked_document(request: UnmaskRequest) -> PacketDocument:
    """What was signed, the identity of its reports put back. Raises RefusedError when it cannot be shown to
    be the same packet: reports revised, cases replaced, stored content changed since."""
    signed = signed_document(request.sheet)
    if signed.seal is None:
        raise RefusedError(UNSEALED)
    results = audit_results(request.sheet.audit)
    try:
        raw, restored, left = put_back(signed.to_dict(), _plain_cases(request, results, signed))
    except UnfitPacketError as problem:
        raise RefusedError(str(problem)) from None
    part = _part(request, signed, results, restored, left)
    raw["unmasked"] = to_plain(part, signed.schema_number)
    document = PacketDocument.from_dict(json.loads(json.dumps(raw)))
    for sentence in unmasked_problems(document):
        raise RefusedError(sentence)
    return document


def _plain_cases(
    request: UnmaskRequest, results: AuditResults, signed: PacketDocument
) -> list[dict[str, Any]]:
    edition, department = load_edition(request.sheet.edition), request.sheet.audit.department
    found = (case_part(case, edition, department, Lifted) for case in results.cases)
    # As it is read back from JSON: codes of enumerations become plain texts.
    plain: list[dict[str, Any]] = json.loads(
        json.dumps([to_plain(case, signed.schema_number) for case in found])
    )
    return plain


def _part(
    request: UnmaskRequest,
    signed: PacketDocument,
    results: AuditResults,
    restored: tuple[Restored, ...],
    left: int,
) -> Unmasked:
    return Unmasked(
        approval=request.pk,
        receiver=request.receiver,
        reason=request.reason,
        asked_by=who(request.asked_by),
        asked_at=stamp(request.asked_at),
        approved_by=who(request.decided_by),
        approved_at=stamp(request.decided_at),
        approval_note=request.decision_reason,
        until=str(request.until),
        masked_hash=signed.content_hash(),
        left=left,
        identities=tuple(
            IdentityLine(
                case.position,
                case.report.accession_number,
                (case.content.get("patient_name") or "").strip(),
                (case.content.get("patient_id") or "").strip(),
            )
            for case in results.cases
        ),
        restored=restored,
    )


def unmasked_name(request: UnmaskRequest, kind: str) -> str:
    """未脱敏_迎检包_RAD_2026年第3季度_第1版_第5号批准.pdf: no masked one's name, and no patient's."""
    stem, _, ending = file_name(request.sheet, kind).rpartition(".")
    return f"{MARK}_{stem}_第{request.pk}号批准.{ending}"
