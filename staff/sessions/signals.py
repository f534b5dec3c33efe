"""At sign-in the session notes the device and the address."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from staff.sessions.domain.devices import device_of
from staff.sessions.store import DEVICE, IP
from trail.middleware import client_ip


@receiver(user_logged_in)
def note_device(sender: Any, request: Any = None, **kwargs: Any) -> None:
    if request is not None:
        request.session[IP] = client_ip(request)
        request.session[DEVICE] = device_of(request.META.get("HTTP_USER_AGENT", ""))
