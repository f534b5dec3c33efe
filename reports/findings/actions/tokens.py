"""API tokens of the text checks: shown once, stored as a hash, revocable at any time."""

import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from reports.conflicts import RefusedError
from reports.findings.models import CheckToken
from staff.accounts.models import User
from staff.departments.models import Department
from trail.chain import record

_NAME_LENGTH = CheckToken._meta.get_field("name").max_length or 0


def hash_of(token: str) -> str:
    """The stored hash of a token; tokens are long and random, so a fast hash suffices."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@transaction.atomic
def add_check_token(*, department: Department, name: str, by: User | None) -> tuple[CheckToken, str]:
    """Create a token; returns it with its secret, which is not stored. RefusedError for a name in use."""
    name = name.strip()
    if not name or len(name) > _NAME_LENGTH:
        raise RefusedError(f"令牌名称应有1至{_NAME_LENGTH}个字，例如“RIS”。")
    if CheckToken.objects.filter(department=department, name=name, revoked_at__isnull=True).exists():
        raise RefusedError(f"本科室已有名为“{name}”的令牌，请先停用或换一个名称。")
    secret = f"qc_{secrets.token_urlsafe(32)}"
    token = CheckToken.objects.create(
        department=department, name=name, token_hash=hash_of(secret), created_by=by
    )
    record("reports.add_check_token", by=by, target=token, detail={"name": name})
    return token, secret


@transaction.atomic
def revoke_check_token(*, department: Department, name: str, by: User | None) -> CheckToken:
    """Revoke the token of this name. RefusedError when there is no active one."""
    rows = CheckToken.objects.select_for_update().filter(department=department, revoked_at__isnull=True)
    token: CheckToken | None = rows.filter(name=name).first()
    if token is None:
        raise RefusedError(f"本科室没有名为“{name}”的有效令牌。")
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    record("reports.revoke_check_token", by=by, target=token, detail={"name": name})
    return token
