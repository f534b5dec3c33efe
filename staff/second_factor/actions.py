"""Set up, use, replace and remove the second factor of a person."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from staff.accounts.models import User
from staff.conflicts.versions import RefusedError
from staff.second_factor.domain.codes import (
    canonical_code,
    matching_step,
    new_recovery_codes,
    shown_recovery_code,
)
from staff.second_factor.encryption import decrypted, encrypted
from staff.second_factor.models import RecoveryCode, SecondFactor
from staff.second_factor.queries import is_required
from trail.chain import record

WRONG_CODE = "验证码不正确或已过期。请核对手机时间是否准确，等验证器显示新的6位数字后再输入。"


@transaction.atomic
def confirm_setup(user: User, *, secret: bytes, code: str) -> list[str]:
    """Take the secret of a new device into use, proven by its code; ten new recovery codes, shown this once.

    All sessions of the person end but the one whose hash the caller renews. RefusedError for a wrong code.
    """
    row, _ = SecondFactor.objects.select_for_update().get_or_create(user=user)
    now = timezone.now()
    step = matching_step(secret, canonical_code(code), at=now.timestamp(), after=row.last_step)
    if step is None:
        raise RefusedError(WRONG_CODE)
    row.secret, row.last_step = encrypted(secret), step
    row.reset_at, row.reset_by = None, ""
    row.save()
    user.second_factor_at = now
    user.save(update_fields=["second_factor_at"])
    record("staff.second_factor_set_up", by=user, target=user)
    return _new_codes(user)


@transaction.atomic
def renew_recovery_codes(user: User) -> list[str]:
    """Ten new recovery codes, shown this once; the earlier ones are void."""
    codes = _new_codes(user)
    record("staff.recovery_codes_renew", by=user, target=user)
    return codes


@transaction.atomic
def remove_second_factor(user: User) -> None:
    """Switch the own second factor off. RefusedError where it is required, or not in use."""
    if user.second_factor_at is None:
        raise RefusedError("双重验证没有启用。")
    if is_required(user):
        raise RefusedError("您的角色须使用双重验证，不能停用；更换手机请用“更换设备”。")
    _forget(user)
    record("staff.second_factor_remove", by=user, target=user)


@transaction.atomic
def reset_second_factor(user: User, *, by: Any) -> None:
    """Remove the device of somebody who lost it; they are notified at the next sign-in.

    RefusedError for one's own: who holds a stolen session must not get rid of the second factor with it.
    """
    if by is not None and by.pk == user.pk:
        raise RefusedError("不能重设自己的双重验证：请由另一位管理员操作，或使用恢复码登录后更换设备。")
    if user.second_factor_at is None:
        raise RefusedError("该账号没有启用双重验证，无需重设。")
    _forget(user)
    values = {"reset_at": timezone.now(), "reset_by": getattr(by, "full_name", "") or "服务器命令"}
    SecondFactor.objects.update_or_create(user=user, defaults=values)
    record("staff.second_factor_reset", by=by, target=user)


def use_code(user: User, typed: str) -> bool:
    """Is this a code of the person's device, or an unused recovery code? Each is accepted once."""
    code, now = canonical_code(typed), timezone.now()
    row = SecondFactor.objects.filter(user=user).exclude(secret="").first()
    if row is None:
        return False
    step = matching_step(decrypted(row.secret), code, at=now.timestamp(), after=row.last_step)
    if step is not None:
        # Compare and set: of two requests with one code, one wins.
        return SecondFactor.objects.filter(pk=row.pk, last_step__lt=step).update(last_step=step) == 1
    return _use_recovery_code(user, code)


@transaction.atomic
def _use_recovery_code(user: User, code: str) -> bool:
    rows = RecoveryCode.objects.filter(user=user, digest=_digest(user, code), used_at=None)
    if rows.update(used_at=timezone.now()) != 1:
        return False
    left = user.recovery_codes.filter(used_at=None).count()
    record("staff.recovery_code_use", by=user, target=user, detail={"codes_left": left})
    return True


def _forget(user: User) -> None:
    user.second_factor_at = None
    user.save(update_fields=["second_factor_at"])
    SecondFactor.objects.filter(user=user).update(secret="")
    RecoveryCode.objects.filter(user=user).delete()


def _new_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = new_recovery_codes()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in codes)
    return [shown_recovery_code(code) for code in codes]


def _digest(user: User, code: str) -> str:
    # Keyed and random: no slow hash is needed, and the code is found by its digest.
    return salted_hmac("staff.recovery_code", f"{user.pk}:{code}", algorithm="sha256").hexdigest()
