"""Sign-in and sign-out leave trail events; refused ones are recorded by `staff.sign_in.lockout`."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.utils import timezone

from staff.access.step_up import note_confirmation
from staff.accounts.models import User
from staff.sign_in.middleware import STARTED
from trail.chain import record


@receiver(user_logged_in)
def signed_in(sender: Any, user: User, request: Any = None, **kwargs: Any) -> None:
    if request is not None:
        # Signing in again over one's own session keeps its data: the absolute limit starts anew.
        request.session[STARTED] = timezone.now().timestamp()
        note_confirmation(request.session)
    record("staff.sign_in", by=user, target=user)


@receiver(user_logged_out)
def signed_out(sender: Any, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        record("staff.sign_out", by=user, target=user)
