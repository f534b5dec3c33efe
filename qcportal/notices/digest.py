"""One digest a day for each person for whom something waits: counts and links, and no patient."""

import json
import logging
import smtplib
import urllib.request
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone
from django_q.models import Schedule

from qcportal.links import link
from qcportal.waiting.queries import kinds_of, waiting_counts
from staff.accounts.models import User
from staff.form_tokens.receipts import delete_old_receipts
from staff.notices.actions import claim_digest, release_digest
from trail.chain import record

logger = logging.getLogger(__name__)
_NOWHERE = "django.core.mail.backends.dummy.EmailBackend"
_HOUR, _MINUTE = 7, 30
_TIMEOUT = 10


@dataclass(frozen=True)
class Digest:
    """What waits for one person on a day: (code, label, count, address) of each kind."""

    username: str
    day: date
    lines: tuple[tuple[str, str, int, str], ...]

    @property
    def total(self) -> int:
        return sum(count for _, _, count, _ in self.lines)

    @property
    def subject(self) -> str:
        return f"质控平台待办提醒：{self.total} 项（{self.day}）"

    @property
    def body(self) -> str:
        """The mail as text."""
        lines = [f"{label}：{count} 项  {address}" for _, label, count, address in self.lines]
        end = f"不再接收此提醒：{address_of('notices')}"
        return "\n".join(["以下事项待您处理：", "", *lines, "", end])

    @property
    def values(self) -> dict[str, Any]:
        """What a webhook is sent."""
        names = ("code", "label", "count", "url")
        items = [dict(zip(names, line, strict=True)) for line in self.lines]
        return {
            "user": self.username,
            "date": str(self.day),
            "total": self.total,
            "url": address_of("waiting"),
            "items": items,
        }


def address_of(name: str, *args: Any) -> str:
    """The whole address of a page, for texts that leave the app."""
    return f"{settings.QC_BASE_URL}{link(name, *args)}"


def digest_of(user: User, day: date) -> Digest:
    """What waits for this person now; without lines when nothing does."""
    counts = waiting_counts(user)
    kinds = [kind for kind in kinds_of(user) if counts[kind.code]]
    lines = [(kind.code, kind.label, counts[kind.code], address_of("waiting_at", kind.at)) for kind in kinds]
    return Digest(user.username, day, tuple(lines))


def send_digests(day: date | None = None) -> int:
    """Send each person's digest of the day once; how many were sent. Nothing where nothing waits."""
    day = day or timezone.localdate()
    by_mail = settings.EMAIL_BACKEND != _NOWHERE
    if not (by_mail or settings.QC_WEBHOOK_URL):
        return 0
    people = [user for user in User.objects.filter(is_active=True).order_by("pk") if not user.has_ended]
    return sum(_send(user, day, by_mail=by_mail and bool(user.email)) for user in people)


def _send(user: User, day: date, *, by_mail: bool) -> bool:
    if not (by_mail or settings.QC_WEBHOOK_URL):
        return False
    digest = digest_of(user, day)
    if not digest.lines or not claim_digest(user, day):
        return False
    try:
        if by_mail:
            send_mail(digest.subject, digest.body, None, [user.email])
        if settings.QC_WEBHOOK_URL:
            post_json(settings.QC_WEBHOOK_URL, digest.values)
    except (smtplib.SMTPException, OSError) as error:
        release_digest(user)
        # The message may quote an address: the log gets its type only.
        logger.warning("a digest was not sent: %s", type(error).__name__)
        return False
    detail = {"rows": digest.total, "by_mail": by_mail, "by_webhook": bool(settings.QC_WEBHOOK_URL)}
    record("staff.digest", by=None, target=user, detail=detail)
    return True


def post_json(url: str, values: dict[str, Any]) -> None:
    """POST the values as JSON; OSError when they were not taken."""
    data = json.dumps(values, ensure_ascii=False).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310  # see settings
    with urllib.request.urlopen(request, timeout=_TIMEOUT):  # noqa: S310  # http or https only: settings
        pass


def run_daily() -> int:
    """The daily job: the digests, and the receipts of forms that nobody can send again."""
    delete_old_receipts()
    return send_digests()


def schedule_digests() -> None:
    """Schedule the daily job; called at each start, so that a restored database has it too."""
    now = timezone.localtime()
    first = now.replace(hour=_HOUR, minute=_MINUTE, second=0, microsecond=0)
    Schedule.objects.get_or_create(
        name="每日待办提醒",
        defaults={
            "func": f"{__name__}.run_daily",
            "schedule_type": Schedule.DAILY,
            "next_run": first if first > now else first + timedelta(days=1),
        },
    )
