"""Wrong tokens of interfaces: so many a minute from one address, then none is looked at, and one event."""

from datetime import timedelta

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from trail.chain import lock_chain, record
from trail.models import Event

MOST_WRONG = 10  # a minute, from one address and in one web worker
FLOOD = "access.token_flood"
SENTENCE = "该地址连续使用无效令牌，请一分钟后再试。"
_QUIET = timedelta(minutes=15)  # one event for all wrong tokens of this time


def is_stopped(ip: str) -> bool:
    """Were there too many wrong tokens from this address within the minute?"""
    return int(cache.get(_key(ip), 0)) >= MOST_WRONG


def note_wrong(ip: str) -> None:
    """Count a wrong token; the one that reaches the limit is recorded."""
    cache.add(_key(ip), 0, timeout=120)
    if cache.incr(_key(ip)) == MOST_WRONG:
        _record_once(ip)


def _key(ip: str) -> str:
    return f"wrong-token:{ip}:{timezone.now():%d%H%M}"


@transaction.atomic
def _record_once(ip: str) -> None:
    lock_chain()  # the workers count apart and reach the limit together
    since = timezone.now() - _QUIET
    if not Event.objects.filter(action=FLOOD, ip=ip, at__gte=since).exists():
        record(FLOOD, by=None, result="refused")
