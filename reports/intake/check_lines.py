"""Parse a report in JSON (glossary names) into a CheckedReport, for `check_text` and the check interface.

A missing key or null means "not known", "" means "known to be empty". Unknown keys are ignored and returned
to the caller: a misspelt key must not make a report look free of faults.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from reports.domain.textcheck.finding import Finding
from reports.domain.textcheck.report import Alert, CheckedReport, Moment, Prior, Request, moment_of
from reports.intake.kinds import kind_of
from reports.intake.values import LIMITS, LONGEST_TEXT

_TIMES = ("examined_at", "signed_at", "last_modified_at", "reported_at")
_FLAGS = ("has_prior", "one_step_reporting", "keeps_lines")
_AROUND = ("priors", "request", "alerts")
_TEXTS = tuple(
    name
    for name in CheckedReport.__dataclass_fields__
    if name not in (*_TIMES, *_FLAGS, *_AROUND, "birth_on", "now", "modality")
)
KEYS = frozenset((*_TEXTS, *_TIMES, *_FLAGS, *_AROUND, "birth_on", "modality"))


class LineRefused(ValueError):  # noqa: N818  (an answer, not an error)
    """The input is not a report; the message is a Chinese sentence."""


def read_line(line: str, *, now: datetime | None = None) -> tuple[CheckedReport, tuple[str, ...]]:
    """The report in one line of JSON, and the ignored keys. Raises LineRefused."""
    try:
        given = json.loads(line)
    except ValueError as error:
        place = getattr(error, "colno", None)
        raise LineRefused(f"不是有效的JSON{f'（第{place}个字符附近）' if place else ''}。") from error
    except RecursionError as error:
        raise LineRefused("JSON嵌套过深。") from error
    return read_report(given, now=now)


def read_report(given: Any, *, now: datetime | None = None) -> tuple[CheckedReport, tuple[str, ...]]:
    """Like read_line(), for parsed JSON; `now` is the time of the check."""
    if not isinstance(given, dict):
        raise LineRefused("应为一个JSON对象（{…}），以字段名给出一份报告。")
    values: dict[str, Any] = {}
    for name in _TEXTS:
        values[name] = _text(given, name)
    for name in _TIMES:
        text = _text(given, name)
        values[name] = None if text is None else _moment(text)
    for name in _FLAGS:
        if given.get(name) is not None:
            values[name] = _flag(given, name)
    values["birth_on"] = _day(given, "birth_on")
    values["modality"] = _modality(given)
    values |= _around(given)
    return CheckedReport(**values, now=now), tuple(sorted(set(given) - KEYS))


def answer(report: CheckedReport, findings: tuple[Finding, ...]) -> dict[str, Any]:
    """Response for one report: its accession number and findings."""
    return {"accession_number": report.accession_number, "findings": [asdict(f) for f in findings]}


def _text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)  # some systems send identifiers and ages as JSON numbers
    if not isinstance(value, str):
        raise LineRefused(f"“{name}”应为文字，收到{_kind(value)}。")
    limit = LIMITS.get(name, LONGEST_TEXT)
    if len(value) > limit:
        raise LineRefused(f"“{name}”有{len(value)}个字，上限为{limit}个。")
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise LineRefused(f"“{name}”含有无法显示的字符（不成对的代理码）。")
    return value


def _moment(text: str) -> Moment:
    return moment_of(text) if text else Moment("", None, "")


def _flag(given: Mapping[str, Any], name: str) -> bool:
    value = given[name]
    if not isinstance(value, bool):
        raise LineRefused(f"“{name}”应为true或false，收到{_kind(value)}。")
    return value


def _day(given: Mapping[str, Any], name: str) -> date | None:
    text = _text(given, name)
    moment = moment_of(text) if text else None
    if moment is not None and moment.at is None:
        raise LineRefused(f"“{name}”不是日期，应写作2025-09-08。")
    return moment.at.date() if moment and moment.at else None


def _modality(given: Mapping[str, Any]) -> str | None:
    text = _text(given, "modality")
    if not text:
        return text
    kind = kind_of(text)
    if kind is None:
        raise LineRefused("“modality”应为DR、CT或MRI；其他检查不适用本标准。")
    return kind


def _around(given: Mapping[str, Any]) -> dict[str, Any]:
    """Priors, request and alerts, where the calling system supplies them."""
    found: dict[str, Any] = {}
    if given.get("priors") is not None:
        found["priors"] = tuple(_prior(one) for one in _objects(given, "priors"))
    if given.get("request") is not None:
        request = _object(given["request"], "request")
        texts = {n: _text(request, n) for n in Request.__dataclass_fields__ if n != "birth_on"}
        found["request"] = Request(birth_on=_day(request, "birth_on"), **texts)
    if given.get("alerts") is not None:
        found["alerts"] = tuple(_alert(one) for one in _objects(given, "alerts"))
    return found


def _prior(given: Mapping[str, Any]) -> Prior:
    examined_on = _day(given, "examined_on")
    if examined_on is None:
        raise LineRefused("“priors”的每一项都应有examined_on（检查日期）。")
    texts = {n: _text(given, n) or "" for n in Prior.__dataclass_fields__ if n != "examined_on"}
    return Prior(examined_on=examined_on, **texts)


def _alert(given: Mapping[str, Any]) -> Alert:
    return Alert(
        content=_text(given, "content"),
        found_at=_time(given, "found_at"),
        notified_at=_time(given, "notified_at"),
        notified_by=_text(given, "notified_by"),
        received_by=_text(given, "received_by"),
    )


def _time(given: Mapping[str, Any], name: str) -> datetime | None:
    text = _text(given, name)
    return moment_of(text).at if text else None


def _objects(given: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = given[name]
    if not isinstance(value, list):
        raise LineRefused(f"“{name}”应为数组，收到{_kind(value)}。")
    return [_object(one, name) for one in value]


def _object(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise LineRefused(f"“{name}”应为JSON对象，收到{_kind(value)}。")
    return value


def _kind(value: Any) -> str:
    names = {dict: "对象", list: "数组", bool: "true/false", str: "文字", int: "数字", float: "数字"}
    return names.get(type(value), "其他内容")
