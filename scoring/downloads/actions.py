"""授权: an inspector may download one signed packet until a day, the last day included."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from audits.conflicts import RefusedError
from scoring.downloads.models import PacketGrant
from scoring.sheets.models import Sheet
from staff.accounts.models import RoleGrant, User
from trail.chain import record

INSPECTOR = "inspector"
LONGEST_DAYS = 366


def inspectors_of(department_id: int) -> list[User]:
    """Active accounts with the inspector's role in the department or everywhere."""
    held = RoleGrant.objects.in_force().filter(role=INSPECTOR)
    here = held.filter(department=department_id) | held.filter(department__isnull=True)
    return list(
        User.objects.filter(pk__in=here.values("user_id"), is_active=True).order_by("full_name", "pk")
    )


@transaction.atomic
def grant_packet(sheet: Sheet, *, inspector: User, until: date, by: User | None) -> PacketGrant:
    """Grant a signed sheet's packet, or move the last day of a grant. Raises RefusedError."""
    sheet = Sheet.objects.select_for_update().get(pk=sheet.pk)
    if sheet.status != Sheet.Status.SIGNED:
        raise RefusedError("只能授权已签发且未被更正的评分表。")
    today = timezone.localdate()
    if not today <= until <= today + timedelta(days=LONGEST_DAYS):
        raise RefusedError(f"授权截止日应在今天（{today}）至{LONGEST_DAYS}天之内，收到 {until}。")
    if inspector.pk not in {user.pk for user in inspectors_of(sheet.department_id)}:
        raise RefusedError("只能授权给本科室的检查专家账号；请系统管理员先授予“检查专家”角色。")
    grant = PacketGrant.objects.filter(sheet=sheet, inspector=inspector).first()
    before = grant.until if grant else None
    grant = grant or PacketGrant(sheet=sheet, inspector=inspector)
    grant.until, grant.granted_by = until, by
    grant.save()
    detail = {"username": inspector.username, "changed": {"until": [before, until]}}
    record("scoring.grant_packet", by=by, target=sheet, detail=detail)
    return grant


@transaction.atomic
def move_grants(corrected: Sheet, *, by: User | None) -> None:
    """Let the grants in force of the version that `corrected` replaces open `corrected` instead."""
    grants = PacketGrant.objects.in_force().filter(sheet=corrected.corrects_id).select_related("inspector")
    for grant in grants.order_by("pk"):
        grant.sheet = corrected
        grant.save(update_fields=["sheet"])
        changed = {"number": [corrected.number - 1, corrected.number]}
        detail = {"username": grant.inspector.username, "until": grant.until, "changed": changed}
        record("scoring.move_grant", by=by, target=corrected, detail=detail)


@transaction.atomic
def revoke_grant(grant: PacketGrant, *, by: User | None) -> Sheet:
    """Revoke a grant at once; the trail records its inspector and expiry date."""
    sheet = grant.sheet
    detail = {"username": grant.inspector.username, "until": grant.until}
    grant.delete()
    record("scoring.revoke_grant", by=by, target=sheet, detail=detail)
    return sheet
