"""Verify a packet file against this installation: its keys, signed records and trail.

The command (manage.py verify_packet) and the page 验真 give the same answer. Without a database, as on an
inspector's own machine, the checks of the file alone are still answered.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from django.db import DatabaseError
from django.db.models import Q

from scoring.content.document import FIRST_SCHEMA, PacketDocument
from scoring.packet.file_checks import Check, Trust
from scoring.packet.keys import known_certificates
from scoring.packet.models import PacketFile
from scoring.packet.verify import Verified, verify_packet
from scoring.packet.workbook import named_hashes
from scoring.sheets.models import Sheet
from scoring.sheets.queries.signed_records import signed_record
from scoring.sheets.queries.stamps import stamp
from scoring.sheets.querysets import SheetQuerySet
from scoring.unmasking.models import UnmaskedFile
from scoring.unmasking.queries.approval import approval_check
from scoring.verification.draw_events import draw_events_check
from scoring.verification.withheld import refuse_withheld
from trail.models import Event

PROVED, UNCONFIRMED, ALTERED = "proved", "unconfirmed", "altered"
VERDICTS_ZH = {
    PROVED: "已证实",
    UNCONFIRMED: "内容完整，但签章人或原件未能确认",
    ALTERED: "已改动",
}
_NOT_A_PACKET = "不是迎检包，或已损坏"
_ORIGINAL_UNKNOWN = "未能确认：文件本身不能核对，本机也没有留存"
# Not that the file was changed, but that nobody known vouches for it, or that the trail here was edited.
_DOUBTS = frozenset({"signer", "anchor", "draw_events"})
_RECORDS = {
    "signed": Check("records", True, "本机有这份评分表的签发记录，内容相同，现行有效。"),
    "superseded": Check("records", True, "本机有这份评分表的签发记录，内容相同；之后已有更正的新版。"),
    "differs": Check(
        "records", False, "本机记录中，该科室该期间同一版次签发的是另一内容：此文件不是签发时的文件。"
    ),
    "damaged": Check(
        "records", None, "本机的这份签发记录与留痕不符，不能用来核对：请科室联系系统管理员核查。"
    ),
    "unknown": Check("records", None, "本机没有这份评分表的签发记录。"),
    "not_here": Check(
        "records", None, "本机有这个科室的签发记录，但没有签发过这份评分表（该期间的这一版）。"
    ),
    "unavailable": Check("records", None, "本机没有科室的数据库，未与签发记录核对。"),
}
_HELD = ("signed", "superseded")


def answer_for(
    content: bytes,
    printed_hash: str = "",
    *,
    certificates: Mapping[str, str] | None = None,
    sheets: SheetQuerySet[Sheet] | None = None,
    redraws_anything: bool = True,
    redraws_sealed: bool = True,
    withheld: Collection[str] = (),
) -> dict[str, Any]:
    """The JSON answer of manage.py verify_packet; WithheldError for a packet with a report of `withheld`.

    `certificates`: fingerprint → name of seals to trust besides this installation's own. `sheets`: those of
    which the asker may learn that another content was signed (all, by default). `redraws_anything`: also
    render a file without a trusted seal or a matching record again (a server should not). `redraws_sealed`:
    also one with a trusted seal, which proves it already; it takes some seconds.
    `withheld`: accession numbers of reports that the asker still has to judge.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    found = verify_packet(content, _trust(certificates, redraws_anything, redraws_sealed))
    refuse_withheld(found, sha256, content, frozenset(withheld))
    sheets = sheets if sheets is not None else Sheet.objects.all()
    records = _records(found, sha256, sheets)
    content_hash = found.document.content_hash() if found.document else ""
    checks = (
        *_settled(found, records, sha256),
        *_workbook_checks(found, records, content),
        *_more_checks(found, records, sheets, content_hash, printed_hash),
        *approval_check(found.document, sha256),
    )
    verdict = _verdict(found, checks, records, sha256)
    current = _current(found, sha256) if records == "superseded" else None
    return {
        "ok": verdict == PROVED,
        "verdict": verdict,
        "verdict_zh": _words(found, verdict) + (_superseded(current) if current else ""),
        "superseded_by": _version(current) if current else None,
        "kind": found.kind,
        "sha256": sha256,
        "content_hash": content_hash or None,
        "packet": _packet(found.document) if found.document else None,
        "records": records,
        "signer": _signer(found),
        "checks": [asdict(check) for check in checks],
        "problems": [check.sentence for check in checks if check.ok is False],
    }


def _trust(certificates: Mapping[str, str] | None, redraws_anything: bool, redraws_sealed: bool) -> Trust:
    """What `answer_for` trusts and renders again, by its arguments."""
    return Trust(
        known_certificates() | dict(certificates or {}),
        wants_seal=bool(certificates),
        redraws=(lambda document: True) if redraws_anything else _is_recorded,
        redraws_sealed=redraws_sealed,
    )


def _verdict(found: Verified, checks: tuple[Check, ...], records: str, sha256: str) -> str:
    """PROVED by the seal of a known key, or by this installation's records; ALTERED where something fails."""
    failed = {check.name for check in checks if check.ok is False}
    if failed - _doubts(found):
        return ALTERED
    if failed:
        return UNCONFIRMED
    if found.seal is not None:
        return PROVED
    return PROVED if records in _HELD and _vouched(found, checks, sha256) else UNCONFIRMED


def _doubts(found: Verified) -> frozenset[str]:
    """Checks whose failing leaves open what the file is."""
    if found.kind in ("xlsx", "zip"):
        return _DOUBTS | {"content"}
    of_old = found.document is not None and found.document.schema == FIRST_SCHEMA and found.seal is None
    return _DOUBTS | {"signature"} if of_old else _DOUBTS


def _vouched(found: Verified, checks: tuple[Check, ...], sha256: str) -> bool:
    """Whether the records here, which contain its content hash, cover every byte of an unsealed file."""
    if found.document is None or _is_stored(sha256):
        return _is_stored(sha256)
    if found.kind == "pdf" and not any(check.name == "layout" and check.ok for check in checks):
        return False
    # The records hold the masked form alone: what was put back must be what was put back here.
    whole = found.document.content_hash()
    return found.document.unmasked is None or UnmaskedFile.objects.filter(content_hash=whole).exists()


def _words(found: Verified, verdict: str) -> str:
    if found.document is None and verdict != PROVED:
        return _NOT_A_PACKET if verdict == ALTERED else _ORIGINAL_UNKNOWN
    return VERDICTS_ZH[verdict]


def _current(found: Verified, sha256: str) -> Sheet | None:
    """The version in force of the sheet that the file was made from."""
    if found.document is not None:
        old = Sheet.objects.filter(signed_at__isnull=False, content_hash=_signed_hash(found.document))
    else:
        old = Sheet.objects.filter(Q(packet_files__sha256=sha256) | Q(unmask_requests__files__sha256=sha256))
    rows: SheetQuerySet[Sheet] = Sheet.objects.signed().filter(audit__in=old.values("audit"))
    return rows.defer("content").first()


def _version(current: Sheet) -> dict[str, Any]:
    return {"number": current.number, "signed_at": stamp(current.signed_at)}


def _superseded(current: Sheet) -> str:
    return f"；但已被更正，现行版本为第{current.number}版（{stamp(current.signed_at)}签发）"


def _settled(found: Verified, records: str, sha256: str) -> tuple[Check, ...]:
    """The file's own checks, settled by the records where the file alone is not enough.

    A workbook cannot be checked against itself, but may equal the one stored here; and a PDF of an earlier
    program is not made the same way again, but is genuine when it equals the stored one byte by byte.
    """
    settles = {"xlsx": "content", "pdf": "layout"}.get(found.kind)
    if settles is None or records not in _HELD or not _is_stored(sha256):
        return found.checks
    stored = Check(settles, True, "与本机留存的签发文件逐字节相同。")
    return tuple(stored if check.name == settles and not check.ok else check for check in found.checks)


def _workbook_checks(found: Verified, records: str, content: bytes) -> tuple[Check, ...]:
    """Checks of a workbook: one that names a packet signed here but is not its file was changed."""
    if found.kind != "xlsx" or records != "unknown":
        return ()
    named = Sheet.objects.filter(signed_at__isnull=False, content_hash__in=named_hashes(content))
    made = PacketFile.objects.filter(sheet__in=named, kind=PacketFile.Kind.XLSX)
    if not made.exists() or _was_made(hashlib.sha256(content).hexdigest()):
        return ()
    return (Check("workbook", False, "所称的迎检包由本机签发，而本工作簿与本机生成的不同：生成之后被改动。"),)


def _was_made(sha256: str) -> bool:
    """Whether a file of these bytes was made here once, though another has taken its place since."""
    rows = Event.objects.filter(action__in=("scoring.packet_rendered", "scoring.packet_damaged"))
    return rows.filter(detail__sha256=sha256).exists()


def _more_checks(
    found: Verified, records: str, sheets: SheetQuerySet[Sheet], content_hash: str, printed: str
) -> tuple[Check, ...]:
    checks = [_RECORDS["not_here" if records == "unknown" and _is_of_here(found, sheets) else records]]
    if found.document and not found.document.is_final:
        checks.append(Check("status", None, "这是草稿，不是已签发的迎检包。"))
    if found.document and records in _HELD:
        checks.append(_anchor_check(found.document))
        checks += draw_events_check(found.document)
    if found.document and printed:
        same = content_hash.startswith(printed)
        words = f"内容校验值为{content_hash}，与所给的“{printed}”"
        checks.append(Check("printed_hash", same, words + ("相符。" if same else "不同。")))
    return tuple(checks)


def _anchor_check(document: PacketDocument) -> Check:
    """Check that the trail still contains its end at the time of signing."""
    anchor = document.anchor
    if not anchor.seq:
        return Check("anchor", None, "签发时留痕尚无记录。")
    try:
        holds = Event.objects.filter(seq=anchor.seq, hash=anchor.hash).exists()
    except DatabaseError:
        return Check("anchor", None, "未能与本机留痕核对。")
    words = "与本机留痕一致。" if holds else "与本机留痕不一致：留痕在签发之后被改动。"
    return Check("anchor", holds, f"签发时最后一条操作留痕（第{anchor.seq}条，即留痕锚点）{words}")


def _records(found: Verified, sha256: str, sheets: SheetQuerySet[Sheet]) -> str:
    """The state of this packet in the department's database: a key of _RECORDS."""
    try:
        if found.document is None:
            return _kept_status(sha256)
        return _sheet_records(found.document, sheets)
    except DatabaseError:
        return "unavailable"


def _kept_status(sha256: str) -> str:
    """Of a file that names no packet of itself, a workbook: is it one that was made here?"""
    if masked := PacketFile.objects.filter(sha256=sha256).select_related("sheet").first():
        return str(masked.sheet.status)
    unmasked = UnmaskedFile.objects.filter(sha256=sha256).select_related("request__sheet").first()
    return str(unmasked.request.sheet.status) if unmasked else "unknown"


def _signed_hash(document: PacketDocument) -> str:
    """The content hash under which the packet was signed: of an unmasked one, of what it was made of."""
    return document.unmasked.masked_hash if document.unmasked else document.content_hash()


def _sheet_records(document: PacketDocument, sheets: SheetQuerySet[Sheet]) -> str:
    signed = Sheet.objects.filter(signed_at__isnull=False)
    if sheet := signed.filter(content_hash=_signed_hash(document)).first():
        return "damaged" if signed_record(sheet).differs else sheet.status
    same = _of_department(document, sheets).filter(
        audit__label=document.period.label, number=document.sheet.number
    )
    if not same:
        return "unknown"
    return "damaged" if all(signed_record(sheet).differs for sheet in same) else "differs"


def _of_department(document: PacketDocument, sheets: SheetQuerySet[Sheet]) -> SheetQuerySet[Sheet]:
    """Signed versions of the department the document names."""
    return sheets.filter(
        signed_at__isnull=False,
        audit__department__code=document.department_code,
        audit__department__institution__name=document.institution.name,
    )


def _is_of_here(found: Verified, sheets: SheetQuerySet[Sheet]) -> bool:
    return found.document is not None and _of_department(found.document, sheets).exists()


def _is_stored(sha256: str) -> bool:
    is_known = PacketFile.objects.filter(sha256=sha256).exists()
    return is_known or UnmaskedFile.objects.filter(sha256=sha256).exists()


def _is_recorded(document: PacketDocument) -> bool:
    return Sheet.objects.filter(signed_at__isnull=False, content_hash=_signed_hash(document)).exists()


def _signer(found: Verified) -> dict[str, str] | None:
    if found.seal is None or not found.seal.fingerprint:
        return None
    return {"fingerprint": found.seal.fingerprint, "name": found.seal.subject}


def _packet(document: PacketDocument) -> dict[str, Any]:
    part = document.unmasked
    names = ("approval", "receiver", "until", "masked_hash")
    unmasked = {"unmasked": {name: getattr(part, name) for name in names}} if part else {}
    return {
        "institution": document.institution.name,
        "department": document.department,
        "period": document.period.label,
        "number": document.sheet.number,
        "status": document.sheet.status,
        "total": document.result.total,
        "verdict": document.result.verdict,
        **unmasked,
    }
