"""What an incoming row means for a report already known: nothing new, a new version, a contradiction (4.5).

Content is a plain dict of the fields of a report (glossary names) with None for "not known". A row never
erases what it does not know: an export without a column, or with times to the minute, adds nothing by that.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

Content = Mapping[str, Any]
TEXTS = ("technique", "findings", "impression")
TIMES = ("examined_at", "reported_at", "signed_at", "last_modified_at")
MOMENTS = (*TIMES, "requested_at", "found_at", "notified_at")
_DERIVED = {"age_days", "extra"}  # an export's row counter is no change of the report
_ORDER = {"": 0, "day": 1, "minute": 2, "second": 3}


@dataclass(frozen=True)
class Decision:
    """What to do with an incoming row: `unchanged`, `complete`, `update` (with the content), `refuse`."""

    action: str
    content: dict[str, Any]
    changed: tuple[str, ...] = ()
    reason: str = ""


def content_hash(content: Content) -> str:
    """SHA-256 of the content that makes a version; export counters and derived values do not count."""
    fields = {k: _plain(v) for k, v in content.items() if k not in _DERIVED}
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def decide(known: Content, incoming: Content, earlier: Iterable[Content]) -> Decision:
    """Compare an incoming row with the current version `known` and the `earlier` ones of the same report.

    Texts may only change with a later time; equal times with different texts contradict each other and
    neither can be called the later (refused, naming the time). A row that knows more of the same version
    (another column, a time to the second) completes it: that is no amendment (4.5) and makes no version.
    """
    if _differ(known.get("patient_id"), incoming.get("patient_id")):
        return _refused("该检查号已登记在另一受检者ID名下，请核对检查号与受检者ID。")
    merged = merge(known, incoming)
    changed = tuple(f for f in merged if f not in _DERIVED and merged[f] != known.get(f))
    if not changed:
        return Decision("unchanged", dict(known))
    if all(_is_addition(field, known, incoming) for field in changed):
        return Decision("complete", merged, changed)
    order = _order(incoming, known)
    if order > 0:
        return Decision("update", merged, changed)
    if any(_adds_nothing(incoming, version) for version in earlier):
        return Decision("unchanged", dict(known))
    if not set(changed) & set(TEXTS):
        return Decision("unchanged", dict(known)) if order < 0 else Decision("update", merged, changed)
    return _contradiction(known, incoming, order)


def _is_addition(field: str, known: Content, incoming: Content) -> bool:
    """Was nothing known here, or the same moment less exactly?"""
    if known.get(field) is None:
        return True
    field = field.removesuffix("_precision")
    if field not in TIMES or not incoming.get(field):
        return False
    old = known.get(field)
    if old is None:
        return True
    grain = min(_grain(field, known), _grain(field, incoming))
    return _cut(old, grain) == _cut(incoming[field], grain)


def _adds_nothing(incoming: Content, version: Content) -> bool:
    """Was this version, perhaps in a poorer or richer export, taken before?"""
    merged = merge(version, incoming)
    changed = (f for f in merged if f not in _DERIVED and merged[f] != version.get(f))
    return all(_is_addition(field, version, incoming) for field in changed)


def _contradiction(known: Content, incoming: Content, order: int) -> Decision:
    have, got = _shown(known), _shown(incoming)
    if order == 0:
        return _refused(
            f"与已有版本检查号、报告时间（{have}）相同而文字不同，无法判定先后；请核对后以更晚的时间重新导出。"
        )
    return _refused(
        f"文字与已有版本不同，但时间（{got}）早于已有版本（{have}）；较早的版本不能覆盖较晚的版本。"
    )


def merge(known: Content, incoming: Content) -> dict[str, Any]:
    """The known content with what the incoming row adds; coarser times and unknown fields add nothing."""
    merged = dict(known)
    for field, value in incoming.items():
        if field.endswith("_precision"):
            continue
        old = known.get(field)
        if value is None or (value == "" and old and field not in TEXTS):
            continue
        if field in MOMENTS:
            if _adds_time(field, known, incoming):
                merged[field] = value
                if f"{field}_precision" in incoming:
                    merged[f"{field}_precision"] = incoming[f"{field}_precision"]
        else:
            merged[field] = value
    return merged


def same_moment(field: str, one: Content, other: Content) -> bool:
    """Is a time, given in both, the same at the coarser precision of the two?"""
    grain = min(_grain(field, one), _grain(field, other))
    return _cut(one[field], grain) == _cut(other[field], grain)


def _adds_time(field: str, known: Content, incoming: Content) -> bool:
    old, new = known.get(field), incoming[field]
    if old is None:
        return True
    fine = min(_grain(field, known), _grain(field, incoming))
    return _cut(old, fine) != _cut(new, fine) or _grain(field, incoming) > _grain(field, known)


def _grain(field: str, content: Content) -> int:
    given = content.get(f"{field}_precision")
    if given:
        return _ORDER[given]
    value = content.get(field)
    return 3 if isinstance(value, datetime) and value.second else 2


def _cut(value: datetime, grain: int) -> datetime:
    if grain <= 1:
        return value.replace(hour=0, minute=0, second=0)
    return value.replace(second=0) if grain == 2 else value


def _order(one: Content, other: Content) -> int:
    """-1, 0, 1: is `one` earlier, as late, or later? By report time, then by time of the last change.

    The report time comes first: an administrative correction carries a late time of change, and the text
    amended afterwards an earlier one.
    """
    return _compare("reported_at", one, "reported_at", other) or _compare(
        _last(one), one, _last(other), other
    )


def _last(content: Content) -> str:
    """A version never changed was last changed when it was reported."""
    return "last_modified_at" if content.get("last_modified_at") else "reported_at"


def _compare(field: str, one: Content, other_field: str, other: Content) -> int:
    if not one.get(field) or not other.get(other_field):
        return 0
    grain = min(_grain(field, one), _grain(other_field, other))
    first, second = _cut(one[field], grain), _cut(other[other_field], grain)
    return int(first > second) - int(first < second)


def _shown(content: Content) -> str:
    reported: datetime | None = content.get("reported_at")
    return reported.strftime("%Y-%m-%d %H:%M") if reported else "无报告时间"


def _differ(old: Any, new: Any) -> bool:
    return bool(old) and bool(new) and old != new


def _refused(reason: str) -> Decision:
    return Decision("refuse", {}, (), reason)
