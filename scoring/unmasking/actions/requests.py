"""申请, 批准, 拒绝, 收回 of an unmasked packet: one person asks with a reason, another decides.

Every function raises RefusedError, with a Chinese sentence, for what may not be done and writes nothing then.
"""

import unicodedata
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audits.conflicts import RefusedError
from audits.judging.queries.results import audit_results
from scoring.downloads.actions import inspectors_of
from scoring.packet.queries.cases import Masks
from scoring.sheets.models import Sheet
from scoring.sheets.queries.signed_records import signed_document
from scoring.unmasking.actions.files import remove_files
from scoring.unmasking.models import LONGEST_REASON, LONGEST_RECEIVER, UnmaskRequest
from scoring.unmasking.queries.document import UNSEALED
from staff.accounts.models import User
from trail.chain import record

Status = UnmaskRequest.Status
OWN = "申请人不能批准或拒绝自己的申请：须由另一人决定。"
_NAMED = "{what}中不得写受检者的姓名或编号：它印在每一页上，也记入留痕。请改用检查号或第几份。"


@transaction.atomic
def ask_unmasked(
    sheet: Sheet, *, inspector: User | None, institution: str, reason: str, by: User
) -> UnmaskRequest:
    """Ask for an unmasked packet of a signed version, for one inspector or one institution."""
    sheet = Sheet.objects.select_for_update().select_related("audit__department").get(pk=sheet.pk)
    if sheet.status != Sheet.Status.SIGNED:
        raise RefusedError("只能为已签发且未被更正的评分表申请未脱敏的迎检包。")
    if signed_document(sheet).seal is None:
        raise RefusedError(UNSEALED)
    institution = "" if inspector else _line(institution, "接收机构", sheet, LONGEST_RECEIVER)
    if inspector is not None:
        _expect_inspector(inspector, sheet, by)
    reason = _line(reason, "用途与理由", sheet)
    same = UnmaskRequest.objects.filter(sheet=sheet, inspector=inspector, institution=institution)
    if waiting := same.filter(status=Status.ASKED).first():
        raise RefusedError(f"同一接收人已有待批准的申请（第{waiting.pk}号）。")
    if granted := same.in_force().first():
        raise RefusedError(f"同一接收人的批准（第{granted.pk}号）有效至 {granted.until}，不必重复申请。")
    request = UnmaskRequest.objects.create(
        sheet=sheet,
        inspector=inspector,
        institution=institution,
        reason=reason,
        asked_by=by,
        asked_at=timezone.now(),
    )
    record("scoring.ask_unmasked", by=by, target=sheet, detail=_facts(request) | {"reason": reason})
    return request


@transaction.atomic
def approve_unmasked(request: UnmaskRequest, *, until: date, reason: str, by: User) -> UnmaskRequest:
    """Let the unmasked packet be made, until a day and for the receiver who was named."""
    request = _waiting(request, by)
    today, most = timezone.localdate(), settings.QC_UNMASKED_DAYS
    if not today <= until <= today + timedelta(days=most):
        raise RefusedError(f"有效期应在今天（{today}）至{most}天之内，收到 {until}。")
    if request.sheet.status != Sheet.Status.SIGNED:
        raise RefusedError("该版评分表已被更正：请拒绝本申请，由申请人对现行版重新申请。")
    if request.inspector is not None:
        _expect_inspector(request.inspector, request.sheet, by)
    _decide(request, Status.APPROVED, reason, by, until=until)
    detail = _facts(request) | {"reason": request.decision_reason, "until": until}
    record("scoring.approve_unmasked", by=by, target=request.sheet, detail=detail)
    return request


@transaction.atomic
def refuse_unmasked(request: UnmaskRequest, *, reason: str, by: User) -> UnmaskRequest:
    """Let no unmasked packet be made."""
    request = _waiting(request, by)
    _decide(request, Status.REFUSED, reason, by)
    detail = _facts(request) | {"reason": request.decision_reason}
    record("scoring.refuse_unmasked", by=by, target=request.sheet, detail=detail)
    return request


@transaction.atomic
def withdraw_unmasked(request: UnmaskRequest, *, reason: str, by: User) -> UnmaskRequest:
    """Take a request back, or end an approval at once: its files are removed."""
    request = _locked(request)
    if request.status not in (Status.ASKED, Status.APPROVED):
        raise RefusedError(f"本申请{request.state_zh}，不能收回。")
    request.withdrawn_reason = _line(reason, "收回理由", request.sheet)
    before = request.status
    request.status, request.withdrawn_by, request.withdrawn_at = Status.WITHDRAWN, by, timezone.now()
    request.save()
    detail = _facts(request) | {"reason": request.withdrawn_reason, "from": str(Status(before).label)}
    record("scoring.withdraw_unmasked", by=by, target=request.sheet, detail=detail)
    remove_files(request, by=by)
    return request


def _decide(
    request: UnmaskRequest, status: Status, reason: str, by: User, *, until: date | None = None
) -> None:
    request.decision_reason = _line(reason, "批准意见" if until else "拒绝理由", request.sheet)
    request.status, request.until = status, until
    request.decided_by, request.decided_at = by, timezone.now()
    request.save()


def _waiting(request: UnmaskRequest, by: User) -> UnmaskRequest:
    """The request, still to be decided, and by another than its asker and its receiver."""
    request = _locked(request)
    if request.status != Status.ASKED:
        raise RefusedError(f"本申请{request.state_zh}，不能再次决定。")
    if by.pk == request.asked_by_id:
        raise RefusedError(OWN)
    if by.pk == request.inspector_id:
        raise RefusedError("接收人不能决定给自己的申请。")
    return request


def _locked(request: UnmaskRequest) -> UnmaskRequest:
    UnmaskRequest.objects.select_for_update().get(pk=request.pk)
    rows = UnmaskRequest.objects.select_related("sheet__audit__department", "inspector", "asked_by")
    locked: UnmaskRequest = rows.get(pk=request.pk)
    return locked


def _expect_inspector(inspector: User, sheet: Sheet, by: User) -> None:
    if inspector.pk == by.pk:
        raise RefusedError("不能申请或批准给自己。")
    if inspector.pk not in {user.pk for user in inspectors_of(sheet.department_id)}:
        raise RefusedError("接收人不是本科室在用的检查专家账号；请系统管理员先授予“检查专家”角色。")


def _line(text: str, what: str, sheet: Sheet, longest: int = LONGEST_REASON) -> str:
    """The text as one line, as it is printed; RefusedError without one, too long, or naming a patient."""
    shown = "".join(char for char in text if char.isspace() or unicodedata.category(char)[0] != "C")
    line = " ".join(shown.split())
    if not line:
        raise RefusedError(f"请填写{what}。")
    if len(line) > longest:
        raise RefusedError(f"{what}最多{longest}字，现有{len(line)}字，请精简。")
    if Masks.of(audit_results(sheet.audit)).text(line) != line:
        raise RefusedError(_NAMED.format(what=what))
    return line


def _facts(request: UnmaskRequest) -> dict[str, object]:
    return {"approval": request.pk, "receiver": request.receiver, "number": request.sheet.number}
