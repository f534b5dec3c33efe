"""Map columns of times: incomplete headers above times, and times of day with the date in another column."""

from collections.abc import Sequence
from dataclasses import replace

from reports.intake.headers import meaning, normal, rank
from reports.intake.heads import Head
from reports.intake.joining import TIMES
from reports.intake.profiles import Profiles


def with_times(head: Head, places: Sequence[int], profiles: Profiles) -> Head:
    """Head with the times recognised by their cells, and with the dates for times of day."""
    head = _bare_times(head, places, profiles)
    head = _found_by_elimination(head, places, profiles)
    return _days_of_clocks(head, places, profiles)


def _bare_times(head: Head, places: Sequence[int], profiles: Profiles) -> Head:
    """Map unknown columns of times whose header plus 时间 is a known name (检出, 告知)."""
    found: list[tuple[int, str, str]] = []
    for place in places:
        label = head.labels[place]
        named = next((n for n in (f"{label}时间", f"{label} time") if meaning(n, head.kind) in TIMES), "")
        if named and label not in head.mapping and profiles(place).is_day:
            name = meaning(named, head.kind)
            found.append((rank(named, name, head.kind), label, name))
    mapping, evidence = dict(head.mapping), dict(head.evidence)
    for _, label, name in sorted(found, key=lambda each: each[0]):
        if name not in mapping.values():
            mapping[label] = name
            evidence[label] = "列名、内容"
    return replace(head, mapping=mapping, evidence=evidence)


def _found_by_elimination(head: Head, places: Sequence[int], profiles: Profiles) -> Head:
    """In an alert register, map a bare 时间 next to the time of notification as the time of the finding."""
    if head.kind != "alerts" or "found_at" in head.fields or "notified_at" not in head.fields:
        return head
    bare = [
        i for i in places if _is_bare_time(head.labels[i]) and (profiles(i).is_clock or profiles(i).is_day)
    ]
    if len(bare) != 1:
        return head
    label = head.labels[bare[0]]
    evidence = dict(head.evidence) | {label: "列名、内容：通知时间另有一列"}
    return replace(head, mapping=dict(head.mapping) | {label: "found_at"}, evidence=evidence)


def _is_bare_time(label: str) -> bool:
    return normal(label) in ("时间", "时刻", "日期时间", "time", "datetime")


def _days_of_clocks(head: Head, places: Sequence[int], profiles: Profiles) -> Head:
    """For a field with times of day only (发现时间 20:27), add a column with the date (日期)."""
    mapping = dict(head.mapping)
    for name in TIMES:
        carrying = [i for i in places if mapping.get(head.labels[i]) == name]
        if not carrying or not all(profiles(i).is_clock for i in carrying):
            continue
        days = [i for i in places if head.labels[i] not in mapping and profiles(i).is_day]
        named = [
            i for i in days if meaning(head.labels[i], head.kind) == name or _is_bare_day(head.labels[i])
        ]
        only = days if head.kind == "alerts" and len(days) == 1 else []
        mapping |= {head.labels[i]: name for i in (named or only)[:1]}
    return replace(head, mapping=mapping)


def _is_bare_day(label: str) -> bool:
    return normal(label) in ("日期", "date", "年月日")
