"""How long 100,000 trail events take to verify (docs/quality.md L2: in 30 s), and the trail page to answer.

    python benchmarks/verify_trail.py [EVENTS]

Makes a database of its own in a temporary directory; prints one line of JSON. Exit 1 when a limit is missed.
"""

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qcportal.settings")
VERIFY_SECONDS = 30.0
PAGE_SECONDS = 0.3
ACTIONS = ("reports.import", "outcomes.match", "audits.rule_description", "staff.sign_in", "scoring.set_row")


def main(count: int) -> dict[str, Any]:
    """Seconds for each step, and the process's peak memory in MB."""
    with tempfile.TemporaryDirectory(prefix="qcportal-bench-") as place:
        os.environ["QC_DATA_DIR"] = place
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return {"events": count, **_steps(count)}


def _steps(count: int) -> dict[str, Any]:
    from trail.chain import verify
    from trail.models import Event

    made = _timed(lambda: Event.objects.bulk_create(_events(count), batch_size=5000))
    before = _peak()
    verified = _timed(lambda: _must_hold(verify()))
    page, filtered = _pages()
    return {
        "made_s": made,
        "verify_s": verified,
        "verify_more_mb": round(_peak() - before, 1),
        "page_ms": round(page * 1000),
        "filtered_page_ms": round(filtered * 1000),
        "peak_mb": round(_peak()),
        "holds": verified < VERIFY_SECONDS and max(page, filtered) < PAGE_SECONDS,
    }


def _events(count: int) -> Iterator[Any]:
    """The chain as record() would make it, without one transaction an event."""
    from django.utils import timezone

    from trail.chain import GENESIS, event_hash
    from trail.models import Event

    at, previous = timezone.now() - timedelta(seconds=count), GENESIS
    for seq in range(1, count + 1):
        event = Event(
            seq=seq,
            at=at + timedelta(seconds=seq),
            actor_id=seq % 40,
            actor_name=f"人员{seq % 40}",
            actor_roles="质控员",
            ip="10.0.0.1",
            action=ACTIONS[seq % len(ACTIONS)],
            target_type="reports.report",
            target_id=str(seq),
            department_id=1,
            detail={"created": seq, "reason": "核对"},
            previous_hash=previous,
        )
        event.hash = previous = event_hash(event)
        yield event


def _pages() -> tuple[float, float]:
    """Median seconds of the trail page, plain and filtered by a name."""
    from django.test import Client

    from staff.accounts.models import RoleGrant, User

    user = User.objects.create_user("bench", full_name="测量者")
    RoleGrant.objects.create(user=user, role="auditor")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.get("/settings/trail/")
    return tuple(_median(client, query) for query in ({}, {"who": "人员7"}))  # type: ignore[return-value]


def _median(client: Any, query: dict[str, str]) -> float:
    return sorted(_timed(lambda: client.get("/settings/trail/", query)) for _ in range(7))[3]


def _must_hold(problems: list[str]) -> None:
    if problems:
        raise SystemExit("；".join(problems))


def _timed(call: Any) -> float:
    start = time.perf_counter()
    call()
    return round(time.perf_counter() - start, 3)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    answer = main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.exit(0 if answer["holds"] else 1)
