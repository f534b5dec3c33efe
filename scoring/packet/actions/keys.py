"""签章密钥: the key packets are sealed with; the trail says when another one comes into force."""

from django.db import transaction

from scoring.packet.keys import import_key, key_name, sealing_key
from scoring.packet.signature import SealKey
from staff.accounts.models import User
from staff.departments.models import Institution
from trail.chain import record
from trail.models import Event

_ACTION = "scoring.packet_key"


@transaction.atomic
def current_key(*, by: User | None) -> SealKey:
    """The key in force, made on first use. One the trail has not named yet is recorded.

    Raises SealError when it cannot be read.
    """
    key = sealing_key(_owner())
    _note(key, by=by)
    return key


@transaction.atomic
def take_key(content: bytes, password: str, *, by: User | None) -> SealKey:
    """Bring a PKCS#12 of the hospital's into force for every packet signed from now on. Raises SealError."""
    key = import_key(content, password)
    _note(key, by=by)
    return key


def _note(key: SealKey, *, by: User | None) -> None:
    last = Event.objects.filter(action=_ACTION).order_by("-seq").first()
    before = last.detail.get("fingerprint", "") if last else ""
    if before != key.fingerprint:
        detail = {"fingerprint": key.fingerprint, "name": key_name(key), "replaces": before}
        record(_ACTION, by=by, target=None, detail=detail)


def _owner() -> str:
    """Whom a new certificate names: the institution, or all of them where one installation serves several."""
    return "、".join(Institution.objects.order_by("pk").values_list("name", flat=True)[:5])
