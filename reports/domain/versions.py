"""Comparison of an incoming row with a stored report: unchanged, a new version, or a contradiction (4.5).

Content is a plain dict of the fields of a report (glossary names) with None for "not known". A row never
erases what it does not know: an export without a column, or with times to the minute, adds nothing by that.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from reports.domain.identity import PATIENT, contradictions, says_less
from reports.domain.moments import MOMENTS, TIMES, compare, is_finer, is_rounded_otherwise, same_moment
from reports.domain.textcheck.identity import Difference, is_grown

Content = Mapping[str, Any]
TEXTS = ("technique", "findings", "impression")
_DERIVED = {"age_days", "extra"}  # the row counter of an export is not content


@dataclass(frozen=True)
class Decision:
    """What to do with an incoming row: `unchanged`, `complete`, `update` (with the content), `refuse`.

    A row of another patient or examination is refused with `differing`, any other with its `reason`.
    """

    action: str
    content: dict[str, Any]
    changed: tuple[str, ...] = ()
    reason: str = ""
    differing: tuple[Difference, ...] = ()


def content_hash(content: Content) -> str:
    """SHA-256 of the content that makes a version; export counters and derived values do not count."""
    fields = {k: _plain(v) for k, v in content.items() if k not in _DERIVED}
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def decide(stored: Content, incoming: Content, earlier: Iterable[Content]) -> Decision:
    """Compare an incoming row with the current version `stored` and the `earlier` ones of the same report.

    Only the same patient's same examination can be amended. Texts may only change with a later time; equal
    times with different texts contradict each other and neither can be called the later (refused, naming the
    time). A row that knows more of the same version (a column, a filled field, a time to the second)
    completes it, and one that writes it otherwise (blanks, width, line ends, minutes rounded instead of
    truncated) changes nothing: neither is an amendment (4.5) and makes a version.
    """
    if contradicting := contradictions(stored, incoming):
        return Decision("refuse", {}, differing=contradicting)
    merged = merge(stored, incoming)
    differing = [f for f in merged if f not in _DERIVED and merged[f] != stored.get(f)]
    rewritten = {f: stored.get(f) for f in differing if _same_writing(f, stored, merged)}
    if not (set(differing) - set(rewritten)) & set(TEXTS):
        rewritten |= {f: stored.get(f) for f in differing if _is_rounded(f, stored, incoming)}
    if "age" in rewritten:
        rewritten["age_days"] = stored.get("age_days")
    changed = tuple(f for f in differing if f not in rewritten)
    if not changed:
        return Decision("unchanged", dict(stored))
    if all(_is_addition(field, stored, incoming) for field in changed):
        return Decision("complete", merged | rewritten, changed)
    order = _order(incoming, stored)
    if order > 0:
        return Decision("update", merged, changed)
    if any(_adds_nothing(incoming, version) for version in earlier):
        return Decision("unchanged", dict(stored))
    if not set(changed) & set(TEXTS):
        return Decision("unchanged", dict(stored)) if order < 0 else Decision("update", merged, changed)
    return _contradiction(stored, incoming, order)


def _is_addition(field: str, stored: Content, incoming: Content) -> bool:
    """Was the stored value unknown, or the same with less precision?"""
    old, new = stored.get(field), incoming.get(field)
    if old is None or old == "" or says_less(field, old, new):
        return True
    field = field.removesuffix("_precision")
    if field not in TIMES or not incoming.get(field):
        return False
    return stored.get(field) is None or same_moment(field, stored, incoming)


def _same_writing(field: str, stored: Content, incoming: Content) -> bool:
    """Do two texts differ only in blanks, width and line ends, or two names only in spelling?"""
    old, new = stored.get(field), incoming.get(field)
    if not (isinstance(old, str) and isinstance(new, str) and old and new) or says_less(field, old, new):
        return False
    if field == "age":
        return is_grown(old, new)
    if field in PATIENT:
        return not PATIENT[field][1](old, new)
    return _squeezed(old) == _squeezed(new)


def _is_rounded(field: str, stored: Content, incoming: Content) -> bool:
    """Do two times, or the precisions of two times, differ only by how seconds were left off?"""
    moment = field.removesuffix("_precision")
    return moment in TIMES and is_rounded_otherwise(moment, stored, incoming)


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _adds_nothing(incoming: Content, version: Content) -> bool:
    """Is the row contained in this version, possibly from an export with other columns?"""
    merged = merge(version, incoming)
    changed = (f for f in merged if f not in _DERIVED and merged[f] != version.get(f))
    return all(_is_addition(f, version, incoming) or _same_writing(f, version, incoming) for f in changed)


def _contradiction(stored: Content, incoming: Content, order: int) -> Decision:
    have, got = _shown(stored), _shown(incoming)
    if order == 0:
        return _refused(
            f"与已有版本检查号、报告时间（{have}）相同而文字不同，无法判定先后；请核对后以更晚的时间重新导出。"
        )
    return _refused(
        f"文字与已有版本不同，但时间（{got}）早于已有版本（{have}）；较早的版本不能覆盖较晚的版本。"
    )


def merge(stored: Content, incoming: Content) -> dict[str, Any]:
    """The stored content merged with the row; less precise times and unknown fields add nothing."""
    merged = dict(stored)
    for field, value in incoming.items():
        if field.endswith("_precision"):
            continue
        old = stored.get(field)
        if value is None or (value == old and field not in MOMENTS) or says_less(field, value, old):
            continue
        # Only a later version may empty a text.
        if value == "" and old and (field not in TEXTS or _order(incoming, stored) <= 0):
            continue
        if field in MOMENTS:
            exact = f"{field}_precision"
            if value == old and stored.get(exact) == incoming.get(exact):
                continue
            if old is None or not same_moment(field, stored, incoming) or is_finer(field, incoming, stored):
                merged[field] = value
                if exact in incoming:
                    merged[exact] = incoming[exact]
        else:
            merged[field] = value
    return merged


def _order(one: Content, other: Content) -> int:
    """-1, 0 or 1: `one` is earlier, equal or later, by report time, then by time of the last change.

    The report time comes first: an administrative correction carries a late time of change, and the text
    amended afterwards an earlier one.
    """
    return compare("reported_at", one, "reported_at", other) or compare(_last(one), one, _last(other), other)


def _last(content: Content) -> str:
    """The time of the last change; the report time where there was none."""
    return "last_modified_at" if content.get("last_modified_at") else "reported_at"


def _shown(content: Content) -> str:
    reported: datetime | None = content.get("reported_at")
    return reported.strftime("%Y-%m-%d %H:%M") if reported else "无报告时间"


def _refused(reason: str) -> Decision:
    return Decision("refuse", {}, (), reason)
