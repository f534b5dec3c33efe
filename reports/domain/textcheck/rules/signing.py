"""4.5 and 4.6: signature of the report, and plausibility of its times."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from reports.domain.signature import (
    NOT_LAST_EDITOR,
    NOT_SIGNED,
    SIGNED_BEFORE_EDIT,
    Fault,
    signature_faults,
)
from reports.domain.status import is_final_status
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.report import CheckedReport, Moment, once_per_report
from reports.domain.textcheck.times import is_before, is_complete


@once_per_report
def _faults(report: CheckedReport) -> tuple[Fault, ...]:
    """The faults of 4.5 on this report."""
    return signature_faults(
        is_final=is_final_status(report.report_status),
        signed_by=report.signed_by,
        signature_method=report.signature_method,
        signed_at=_at(report.signed_at),
        last_modified_by=report.last_modified_by,
        last_modified_at=_at(report.last_modified_at),
        modification_kind=report.modification_kind,
        reported_at=_at(report.reported_at),
    )


def _at(moment: Moment | None) -> datetime | None:
    """The time, if known to the minute: a date alone gives no order."""
    return moment.at if moment and moment.grain in ("minute", "second") else None


def _place(report: CheckedReport, code: str) -> str:
    if code == NOT_SIGNED:
        unnamed = report.signed_by is not None and not report.signed_by.strip()
        return "signed_by" if unnamed or report.signature_method is None else "signature_method"
    return "last_modified_by" if code == NOT_LAST_EDITOR else "signed_at"


def _hits_for(code: str) -> Callable[[CheckedReport], Iterable[Hit]]:
    """The rule function of one code: its faults as hits."""

    def find(report: CheckedReport) -> Iterable[Hit]:
        for found, sentence in _faults(report):
            if found == code:
                place = _place(report, code)
                yield Hit(place, 0, len(report.value(place) or ""), sentence)

    find.__name__ = code.partition("/")[2].replace("-", "_")
    return find


def time_missing(report: CheckedReport) -> Iterable[Hit]:
    """The report time has no date, hour or minute."""
    moment = report.reported_at
    if moment is None or is_complete(moment) or not is_final_status(report.report_status):
        return
    text = moment.text.strip()
    if not text:
        yield Hit("reported_at", 0, 0, "报告没有完成时间，应由RIS系统自动生成日期及时间。")
    else:
        yield Hit(
            "reported_at",
            0,
            len(moment.text),
            f"报告时间“{text[:24]}”没有完整的日期和时分，应由RIS系统自动生成。",
        )


def time_implausible(report: CheckedReport) -> Iterable[Hit]:
    """Examined, reported, signed: not in this order, or in the future."""
    examined, reported, signed = report.examined_at, report.reported_at, report.signed_at
    if reported and examined and is_before(reported, examined):
        yield _reversed("reported_at", "报告时间", reported.text, "检查时间", examined.text)
    if signed and reported and is_before(signed, reported):
        yield _reversed("signed_at", "签名时间", signed.text, "报告时间", reported.text)
    if reported and report.now and _is_after(reported, report.now):
        yield Hit("reported_at", 0, len(reported.text), f"报告时间{reported.text}晚于当前时间。")


def _is_after(moment: Moment, now: datetime) -> bool:
    return bool(moment.at and moment.at > now) and is_before(Moment("", now, "second"), moment)


def _reversed(place: str, one: str, early: str, other: str, late: str) -> Hit:
    return Hit(place, 0, len(early), f"{one}{early}早于{other}{late}，次序颠倒。")


RULES: Final[tuple[Rule, ...]] = (
    *(Rule(code, _hits_for(code), reads=()) for code in (NOT_SIGNED, NOT_LAST_EDITOR, SIGNED_BEFORE_EDIT)),
    Rule("4.6/time-missing", time_missing, reads=("reported_at",)),
    Rule("4.6/time-implausible", time_implausible, reads=()),
)
