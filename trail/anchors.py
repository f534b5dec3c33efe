"""Anchors: the end of the chain, written hourly to a file outside the database (docs/quality.md L2).

A trail whose last events were deleted is still a valid chain; an anchor beyond its end shows it. The file
is append-only JSON lines in QC_DATA_DIR; copy it elsewhere with the backups. Each anchor leaves an event in
the trail, so that a file that was deleted, cut or edited is found as well.
"""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_q.models import Schedule

from trail.chain import Anchor, anchor, lock_chain, record
from trail.models import Event

ANCHORED = "trail.anchor"
_NEWEST = 200  # anchors that are compared with their events before each signature
_NAMED = 5  # missing anchors that are named one by one


def anchors_file() -> Path:
    return Path(settings.QC_DATA_DIR) / "trail-anchors.jsonl"


@transaction.atomic
def keep_anchor(path: Path | None = None) -> Anchor | None:
    """Append the end of the chain to the file, hourly; None when nothing was recorded since.

    The line is on the disk before its event is committed: after a crash the file has a line more than the
    trail asks for, never one less.
    """
    path = path or anchors_file()
    lock_chain()
    end = anchor()
    if end.at is None or Event.objects.filter(seq=end.seq, action=ANCHORED).exists():
        return None
    lines = _append(path, {"seq": end.seq, "hash": end.hash, "at": end.at.isoformat()})
    record(ANCHORED, by=None, detail={"anchor_seq": end.seq, "hash": end.hash, "anchors": lines})
    return end


def _append(path: Path, line: dict[str, object]) -> int:
    """Write one line to the disk, after removing one that a crash cut short; the number of lines then."""
    with path.open("a+b") as file:
        file.seek(0)
        whole = file.read()
        file.truncate(whole.rfind(b"\n") + 1)
        file.write(json.dumps(line).encode("ascii") + b"\n")
        file.flush()
        os.fsync(file.fileno())
        return whole.count(b"\n") + 1


def schedule_anchors() -> None:
    """Schedule the hourly anchor; called at each start, so that a restored database gets it too."""
    Schedule.objects.get_or_create(
        name="留痕锚点", defaults={"func": "trail.anchors.keep_anchor", "schedule_type": Schedule.HOURLY}
    )


def stored_anchors(path: Path | None = None) -> list[Anchor]:
    """All stored anchors, oldest first. A last line cut short by a crash is skipped; else ValueError."""
    path = path or anchors_file()
    if not path.exists():
        return []
    lines = path.read_bytes().splitlines(keepends=True)
    found = []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            found.append(Anchor(int(row["seq"]), str(row["hash"]), datetime.fromisoformat(row["at"])))
        except (ValueError, KeyError, TypeError) as error:
            if number == len(lines) and not line.endswith(b"\n"):
                break
            raise ValueError(f"锚点文件第{number}行无法读取：{path.name}。请从备份取回该文件。") from error
    return found


def anchor_events() -> list[dict[str, Any]]:
    """The trail's detail of each anchor: {"anchor_seq", "hash", "anchors": lines in the file then}."""
    return list(Event.objects.filter(action=ANCHORED).order_by("seq").values_list("detail", flat=True))


def anchor_problems(stored: list[Anchor], path: Path | None = None) -> list[str]:
    """What is missing from the file, by the trail's own events, as Chinese sentences; one query."""
    path = path or anchors_file()
    expected = anchor_events()
    if expected and not path.exists():
        return [f"留痕记有{len(expected)}个锚点，锚点文件{path.name}不存在：文件被删除，请从备份取回。"]
    in_file = {(one.seq, one.hash) for one in stored}
    missing = [one["anchor_seq"] for one in expected if (one["anchor_seq"], one["hash"]) not in in_file]
    problems = [
        f"留痕记有第{seq}条的锚点，锚点文件中没有或与之不同：文件被改动或截短。" for seq in missing[:_NAMED]
    ]
    if len(missing) > _NAMED:
        problems.append(f"锚点文件中共有{len(missing)}个锚点缺失或不同，以上只列前{_NAMED}个。")
    # Lines written before there were such events are known by their number only.
    written = max((one["anchors"] for one in expected), default=0)
    if not missing and len(stored) < written:
        problems.append(f"锚点文件曾有{written}行，现只有{len(stored)}行：文件被截短。")
    return problems


def read_anchors() -> tuple[list[Anchor], list[str]]:
    """The stored anchors and what is wrong with them; none, and why, when the file cannot be read."""
    try:
        stored = stored_anchors()
    except ValueError as unreadable:
        return [], [str(unreadable)]
    return stored, anchor_problems(stored)


def anchor_file_problems() -> list[str]:
    """What is wrong with the file, and newest anchors in it that the trail contradicts; two queries.

    Quick enough before each signature and seal; the chain between the anchors is verified nightly.
    """
    try:
        stored = stored_anchors()
    except ValueError as unreadable:
        return [str(unreadable)]
    newest = stored[-_NEWEST:]
    found = dict(Event.objects.filter(seq__in=[one.seq for one in newest]).values_list("seq", "hash"))
    wrong = [one.seq for one in newest if found.get(one.seq) != one.hash]
    return [
        *anchor_problems(stored),
        *(f"第{seq}条与留存的锚点不符：留痕曾被改写或删除。" for seq in wrong[:_NAMED]),
    ]


def is_overdue(last: Anchor | None) -> bool:
    """Is the newest anchor more than two hours old, though the worker should write one each hour?"""
    return last is None or last.at is None or timezone.now() - last.at > timedelta(hours=2)
