"""4.1: critical findings in the conclusion, and the records of their notification."""

import re
from collections.abc import Iterable
from typing import Final

from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.report import Alert, CheckedReport
from reports.domain.textcheck.statements import RESOLVED
from reports.domain.textcheck.text import Span, Text
from reports.domain.textcheck.vocabulary import any_of, group, pattern, terms

_NEAR: Final = r"[^，；。！？,;!?\n]{0,14}"  # A+B: within one clause
_WITHIN_ITEM: Final = r"[^。；;\n]{0,40}"  # A…B: within one item, in this order
_ADVICE: Final = re.compile(r"\s{0,3}(?:建议|请|必要时|推荐|需|宜|可行|进一步)")
# 压缩约60%: a pneumothorax of half the lung or more is large (hospital lists; not 少量 and 中量).
_COLLAPSE: Final = re.compile(r"(?:压缩|萎陷)[^，；。,;\n\d]{0,8}(\d{2,3})\s?[%％]")
_LARGE_COLLAPSE: Final = 50


def _as_pattern(entry: str) -> str:
    if "…" in entry:
        return _WITHIN_ITEM.join(map(re.escape, entry.split("…")))
    parts = [re.escape(part) for part in entry.split("+")]
    if len(parts) == 1:
        return parts[0]
    return f"{parts[0]}{_NEAR}{parts[1]}|{parts[1]}{_NEAR}{parts[0]}"


# First and last part of every entry (equal where there is only one) and its kind.
_PARTS: Final = tuple(
    (parts[0], parts[-1], kind)
    for kind, given in group("critical_findings").items()
    for parts in (re.split("[+…]", entry) for entry in given)
)
_KINDS: Final = {
    name: re.compile("|".join(map(_as_pattern, given))) for name, given in group("critical_findings").items()
}
_LOOKALIKES: Final = pattern("critical_lookalikes")
_OLD: Final = pattern("critical_old")
_MANAGED: Final = pattern("critical_managed")
_ACUTE: Final = re.compile(rf"(?<!亚)(?<!非)(?:{any_of(terms('critical_acute'))})")


def critical_suspect(report: CheckedReport) -> Iterable[Hit]:
    """The conclusion names a critical finding and the examination has no alert record."""
    if report.alerts:
        return
    text = report.texts["impression"]
    kinds = _possible(text)
    for item in text.items if kinds or "气胸" in text.plain else ():
        found = _first_critical(text, item, kinds)
        if found:
            kind, start, end = found
            why = (
                "没有对应的危急值记录" if report.alerts is not None else "未导入危急值记录，请核对是否已通知"
            )
            message = f"“{text.raw[start:end]}”可能属于危急值（{kind}），{why}。"
            yield Hit("impression", start, end, message)


def _possible(text: Text) -> list[str]:
    """The kinds with an entry whose parts both occur in the text; no others can match."""
    plain = text.plain
    found = {kind for one, other, kind in _PARTS if other in plain and one in plain}
    return [kind for kind in _KINDS if kind in found]


def _first_critical(text: Text, item: Span, kinds: Iterable[str]) -> tuple[str, int, int] | None:
    plain = _LOOKALIKES.sub(lambda found: "\ue000" * len(found[0]), text.plain[item.start : item.end])
    phrase = _Item(text, item)
    best: tuple[int, str, int] | None = None
    for kind in kinds:
        for found in _KINDS[kind].finditer(plain):
            if phrase.asserts(*found.span()):
                best = min(filter(None, (best, (found.start(), kind, found.end()))))
                break
    if best is None:
        best = _large_collapse(phrase, plain)
    return (best[1], item.start + best[0], item.start + best[2]) if best else None


def _large_collapse(phrase: "_Item", plain: str) -> tuple[int, str, int] | None:
    if "气胸" not in plain:
        return None
    for found in _COLLAPSE.finditer(plain):
        if _LARGE_COLLAPSE <= int(found[1]) <= 100 and phrase.asserts(*found.span()):
            return found.start(), "大量液气胸", found.end()
    return None


class _Item:
    """An item of the conclusion, with a cache of which clauses are assertions."""

    def __init__(self, text: Text, span: Span) -> None:
        self.text = text
        self.span = span
        self.asserted: dict[tuple[int, int], bool] = {}
        self.is_managed: bool | None = None

    def asserts(self, start: int, end: int) -> bool:
        """Is the finding at this place of the item asserted, and neither old nor already managed?"""
        text, item = self.text, self.span
        start, end = item.start + start, item.start + end
        if text.is_negated(start) or text.is_negated(end - 1):
            return False
        first, last = text.clause_at(start), text.clause_at(end - 1)
        if RESOLVED.match(text.plain, end, last.end):
            return False
        clause = max(first.start, item.start), min(last.end, item.end)
        if clause not in self.asserted:
            self.asserted[clause] = self._is_asserted(text.plain[slice(*clause)])
        return self.asserted[clause]

    def _is_asserted(self, clause: str) -> bool:
        if _ADVICE.match(clause):
            return False
        acute = _ACUTE.search(clause) is not None
        if _OLD.search(clause):
            # 急性-亚急性期 is acute; 急性脑出血吸收期 and 急性硬膜下血肿术后 are not.
            return acute and not _OLD.search(clause.replace("亚急性", ""))
        if self.is_managed is None:
            self.is_managed = _MANAGED.search(self.span.of(self.text.plain)) is not None
        return acute or not self.is_managed


def alert_incomplete(report: CheckedReport) -> Iterable[Hit]:
    """An alert record lacks proof of the notification, or its times are reversed."""
    for alert in report.alerts or ():
        faults = _lacks(alert)
        if faults:
            yield Hit("critical_alert", 0, 0, f"危急值记录{'，'.join(faults)}。")
            return


def _lacks(alert: Alert) -> list[str]:
    """Faults of a record. A field without a column in the file is not known, so it is not a fault."""
    named = (("内容", alert.content), ("通知人", alert.notified_by), ("接收人", alert.received_by))
    empty = [label for label, value in named if value is not None and not value.strip()]
    times = (("发现时间", "found_at"), ("通知时间", "notified_at"))
    empty += [
        label for label, name in times if getattr(alert, name) is None and name not in alert.unknown_times
    ]
    faults = [f"缺少{'、'.join(empty)}"] if empty else []
    if alert.found_at and alert.notified_at and alert.notified_at < alert.found_at:
        faults.append("通知时间早于发现时间")
    return faults


RULES: Final[tuple[Rule, ...]] = (
    Rule("4.1/critical-suspect", critical_suspect, reads=("impression",)),
    Rule("4.1/alert-incomplete", alert_incomplete, reads=("alerts",)),
)
