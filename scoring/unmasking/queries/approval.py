"""Look up an unmasked packet in this installation's records: was it approved, and is that in force?"""

from django.db import DatabaseError

from scoring.content.document import PacketDocument
from scoring.content.unmasked_parts import Unmasked
from scoring.packet.file_checks import Check
from scoring.sheets.models import Sheet
from scoring.sheets.queries.stamps import stamp
from scoring.unmasking.models import UnmaskedFile, UnmaskRequest

_OVER = "应当销毁所持副本，不得再使用。"
_UNKNOWN = Check("approval", None, "本机没有这次批准的记录：请向出具机构核实。")


def approval_check(document: PacketDocument | None, sha256: str) -> tuple[Check, ...]:
    """() for a masked packet. False where the sheet was signed here and no such approval was given."""
    if document is not None and document.unmasked is None:
        return ()
    try:
        if document is None or document.unmasked is None:
            return _of_file(sha256)
        return (_of_document(document.unmasked),)
    except DatabaseError:
        return (Check("approval", None, "本机没有科室的数据库，未与批准记录核对。"),)


def _of_file(sha256: str) -> tuple[Check, ...]:
    """A workbook is known by its bytes alone."""
    rows = UnmaskedFile.objects.select_related("request__sheet")
    known = rows.filter(sha256=sha256).first()
    return (_in_force(known.request),) if known else ()


def _of_document(found: Unmasked) -> Check:
    rows = UnmaskRequest.objects.select_related("sheet", "inspector", "asked_by", "decided_by")
    request = rows.filter(pk=found.approval, decided_at__isnull=False, until__isnull=False).first()
    if not Sheet.objects.filter(signed_at__isnull=False, content_hash=found.masked_hash).exists():
        return _UNKNOWN
    if request is None or not _same(request, found):
        return Check(
            "approval", False, f"本机没有这样的批准：所称的第{found.approval}号批准不存在，或与记录不同。"
        )
    return _in_force(request)


def _same(request: UnmaskRequest, found: Unmasked) -> bool:
    """Persons are the same by their account: names may have been put right since."""
    people = (
        (request.asked_by, found.asked_by),
        (request.decided_by, found.approved_by),
        *(((request.inspector, found.receiver),) if request.inspector else ()),
    )
    facts = (
        (request.sheet.content_hash, found.masked_hash),
        (request.reason, found.reason),
        (stamp(request.decided_at), found.approved_at),
        (request.decision_reason, found.approval_note),
        (str(request.until), found.until),
        *(() if request.inspector else ((request.institution, found.receiver),)),
    )
    accounts = all(user and stated.endswith(f"（{user.username}）") for user, stated in people)
    return accounts and all(stored == stated for stored, stated in facts)


def _in_force(request: UnmaskRequest) -> Check:
    whole = f"本机有第{request.pk}号未脱敏批准的记录，仅限{request.receiver}，"
    if request.is_in_force:
        return Check("approval", True, f"{whole}有效至 {request.until}。")
    if request.state == "withdrawn":
        return Check("approval", None, f"{whole}已于 {stamp(request.withdrawn_at)} 收回：{_OVER}")
    why = f"已于 {request.until} 到期" if request.state == "expired" else "该版评分表已被更正，批准随之失效"
    return Check("approval", None, f"{whole}{why}：{_OVER}")
