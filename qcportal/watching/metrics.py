"""The state of the installation in Prometheus's text format."""

from collections.abc import Iterator
from datetime import datetime

from django.db import DatabaseError, InterfaceError
from django.utils import timezone
from django_q.models import OrmQ, Task

from qcportal.watching.backups import last_backup_at
from qcportal.watching.database import database_bytes
from qcportal.watching.forwarding import forwarded_seq
from qcportal.watching.readiness import free_bytes, recent_checks
from qcportal.watching.request_counts import BOUNDS, all_counts
from qcportal.watching.states import WORKER, state_at
from trail.anchors import ANCHORED
from trail.chain import anchor
from trail.models import Event

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_Sample = tuple[str, float | None]


def metrics_text() -> str:
    """All metrics. Without the database those of the process are given, and `qcportal_ready` says 0."""
    lines = list(_requests())
    lines += _metric("ready", "gauge", "1 when /readyz answers ok", [("", _ready())])
    lines += _metric("disk_free_bytes", "gauge", "Free space of the data folder", [("", free_bytes())])
    try:
        lines += list(_stored())
    except (DatabaseError, InterfaceError):
        lines.append("# the database does not answer")
    return "\n".join(lines) + "\n"


def _metric(name: str, kind: str, text: str, samples: list[_Sample]) -> list[str]:
    """The lines of one metric; a sample whose value is not known is left out."""
    rows = [f"qcportal_{name}{labels} {_number(value)}" for labels, value in samples if value is not None]
    return [f"# HELP qcportal_{name} {text}", f"# TYPE qcportal_{name} {kind}", *rows]


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.6f}"


def _requests() -> Iterator[str]:
    counts = all_counts()
    by_class: list[_Sample] = [(f'{{status="{name}"}}', n) for name, n in sorted(counts.statuses.items())]
    yield from _metric("requests_total", "counter", "Requests by class of status", by_class)
    name = "request_duration_seconds"
    yield from _metric(name, "histogram", "Time to the response by view", [])
    for view, row in sorted(counts.buckets.items()):
        total = 0
        for bound, count in zip([*map(str, BOUNDS), "+Inf"], row, strict=True):
            total += count
            yield f'qcportal_{name}_bucket{{view="{view}",le="{bound}"}} {total}'
        yield f'qcportal_{name}_sum{{view="{view}"}} {counts.seconds[view]:.6f}'
        yield f'qcportal_{name}_count{{view="{view}"}} {total}'


def _ready() -> int:
    return int(not any(check.problem for check in recent_checks()))


def _stored() -> Iterator[str]:
    """What the database knows."""
    now = timezone.now()
    running = OrmQ.objects.filter(lock__gt=now).count()
    jobs: list[_Sample] = [
        ('{state="queued"}', OrmQ.objects.count() - running),
        ('{state="running"}', running),
        ('{state="failed"}', Task.objects.filter(success=False).count()),
    ]
    yield from _metric("jobs", "gauge", "Jobs by state; failed ones of the stored results", jobs)
    head = anchor()
    anchored = Event.objects.filter(action=ANCHORED).order_by("-seq").values_list("at", flat=True).first()
    lock_outs = Event.objects.filter(action="staff.lock_out").count()
    gauges: list[tuple[str, str, float | None]] = [
        ("worker_heartbeat_age_seconds", "Age of the worker's last heartbeat", _age(state_at(WORKER), now)),
        ("trail_head", "Number of the newest event of the trail", head.seq),
        ("trail_anchor_age_seconds", "Age of the newest anchor of the trail", _age(anchored, now)),
        ("trail_forwarded", "Number of the last event sent to syslog", forwarded_seq()),
        ("database_bytes", "Size of the database", database_bytes()),
        ("backup_age_seconds", "Age of the newest backup", _age(last_backup_at(), now)),
    ]
    for name, text, value in gauges:
        yield from _metric(name, "gauge", text, [("", value)])
    yield from _metric(
        "lock_outs_total", "counter", "Accounts locked after wrong passwords", [("", lock_outs)]
    )


def _age(moment: datetime | None, now: datetime) -> float | None:
    return (now - moment).total_seconds() if moment else None
