"""科主任允许评审: let somebody who may see outcomes read in one draw, with a reason that is printed."""

from django.db import transaction

from audits.conflicts import RefusedError
from audits.judging.models import ReaderPermission, Review
from audits.judging.queries.judges import judges_of, seeing_outcomes
from audits.sampling.models import Audit
from staff.accounts.models import User
from trail.chain import record

ALLOWS = "audits.allow_reader"
_OPEN = (Audit.Status.PLANNED, Audit.Status.DRAWN)


@transaction.atomic
def allow_reader(audit: Audit, *, reader: User, reason: str, by: User) -> ReaderPermission:
    """Offer `reader` for the cases of the draw; raises RefusedError."""
    audit = _open(audit.pk, by)
    if reader not in judges_of(audit.department):
        raise RefusedError(f"{reader.full_name}没有本科室的评审权限，请先由管理员授予“评审医师”角色。")
    if reader.pk not in seeing_outcomes(audit.department):
        raise RefusedError(f"{reader.full_name}不能查看结局，可以直接分配，无须允许。")
    if not reason.strip():
        raise RefusedError("允许能查看结局的人员评审须写明理由，理由会印在迎检包中。")
    if audit.reader_permissions.filter(reader=reader).exists():
        raise RefusedError(f"已允许{reader.full_name}参加本次评审；理由要改，请先收回。")
    permission: ReaderPermission = ReaderPermission.objects.create(
        audit=audit, reader=reader, reason=reason.strip(), allowed_by=by
    )
    detail = {"assessor": reader.full_name, "reason": permission.reason}
    record("audits.allow_reader", by=by, target=audit, detail=detail)
    return permission


@transaction.atomic
def withdraw_reader(permission: ReaderPermission, *, by: User) -> None:
    """Take a permission back, as long as its reader has no case of the draw; raises RefusedError."""
    audit = _open(permission.audit_id, by)
    reader = permission.reader
    if Review.objects.filter(case__audit=audit, assessor=reader).exists():
        raise RefusedError(f"{reader.full_name}已分到本次抽样的病例，请先改派，再收回。")
    ReaderPermission.objects.filter(pk=permission.pk).delete()
    detail = {"assessor": reader.full_name, "reason": permission.reason}
    record("audits.withdraw_reader", by=by, target=audit, detail=detail)


def _open(pk: int, by: User) -> Audit:
    audit: Audit = Audit.objects.select_for_update().get(pk=pk)
    if not by.may(ALLOWS, audit.department):
        raise RefusedError("只有科主任可以允许能查看结局的人员评审。")
    if audit.status not in _OPEN:
        raise RefusedError(f"这次抽样{audit.get_status_display()}，评审医师不再更改。")
    return audit
