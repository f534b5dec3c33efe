"""Anchors: the end of the chain, written hourly to a file outside the database (docs/quality.md L2).

A trail whose last events were deleted is still a valid chain; an anchor beyond its end shows it. The file
is append-only JSON lines in QC_DATA_DIR; copy it elsewhere with the backups.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django_q.models import Schedule

from trail.chain import Anchor, anchor


def anchors_file() -> Path:
    return Path(settings.QC_DATA_DIR) / "trail-anchors.jsonl"


def keep_anchor(path: Path | None = None) -> Anchor | None:
    """Append the present end of the chain; None when it is already stored. Run hourly by the worker."""
    path = path or anchors_file()
    end = anchor()
    stored = stored_anchors(path)
    if end.at is None or (stored and stored[-1].seq == end.seq):
        return None
    line = {"seq": end.seq, "hash": end.hash, "at": end.at.isoformat()}
    with path.open("a", encoding="ascii") as file:
        file.write(json.dumps(line) + "\n")
    return end


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
    lines = path.read_text(encoding="ascii").splitlines(keepends=True)
    found = []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            found.append(Anchor(int(row["seq"]), str(row["hash"]), datetime.fromisoformat(row["at"])))
        except (ValueError, KeyError, TypeError) as error:
            if number == len(lines) and not line.endswith("\n"):
                break
            raise ValueError(f"锚点文件第{number}行无法读取：{path.name}。请从备份取回该文件。") from error
    return found


def is_overdue(last: Anchor | None) -> bool:
    """Is the newest anchor more than two hours old, though the worker should write one each hour?"""
    return last is None or last.at is None or timezone.now() - last.at > timedelta(hours=2)
