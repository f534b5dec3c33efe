"""Sign-in, sign-out and refused sign-in leave trail events."""

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.utils import timezone

from staff.middleware import STARTED
from staff.models import User
from trail.chain import record


@receiver(user_logged_in)
def signed_in(sender: Any, user: User, request: Any = None, **kwargs: Any) -> None:
    if request is not None:
        # Signing in again over one's own session keeps its data: the absolute limit starts anew.
        request.session[STARTED] = timezone.now().timestamp()
    record("staff.sign_in", by=user, target=user)


@receiver(user_logged_out)
def signed_out(sender: Any, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        record("staff.sign_out", by=user, target=user)


@receiver(user_login_failed)
def sign_in_refused(sender: Any, credentials: dict[str, Any], **kwargs: Any) -> None:
    # The name typed may be a password typed into the wrong field: only a known account is named.
    user = User.objects.filter(username=credentials.get("username") or "").first()
    record("staff.sign_in", by=None, target=user, result="refused")


@receiver(user_locked_out)
def locked_out(sender: Any, username: str | None = None, **kwargs: Any) -> None:
    user = User.objects.filter(username=username or "").first()
    record("staff.lock_out", by=None, target=user, result="refused")
