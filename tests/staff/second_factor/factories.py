"""A person with a second factor, and the codes of the device."""

from django.utils import timezone
from django_otp.oath import TOTP

from staff.accounts.models import User
from staff.second_factor.actions import confirm_setup
from staff.second_factor.domain.codes import new_secret
from staff.second_factor.encryption import decrypted
from staff.second_factor.models import SecondFactor


def code_of(secret: bytes, *, steps: int = 0) -> str:
    """What the device shows now, or some steps of 30 seconds away."""
    clock = TOTP(secret)
    clock.time = timezone.now().timestamp() + 30 * steps
    return f"{clock.token():06d}"


def enrol(user: User) -> list[str]:
    """Set up a device some minutes ago; the recovery codes."""
    secret = new_secret()
    codes = confirm_setup(user, secret=secret, code=code_of(secret))
    SecondFactor.objects.filter(user=user).update(last_step=-1)
    return codes


def device_code(user: User, *, steps: int = 0) -> str:
    """What the person's device in use shows."""
    return code_of(decrypted(SecondFactor.objects.get(user=user).secret), steps=steps)


def other_code(user: User) -> str:
    """Six digits that the device shows at no time near."""
    near = {device_code(user, steps=steps) for steps in range(-3, 4)}
    return next(code for code in ("000000", "111111", "222222", "333333", "444444") if code not in near)
