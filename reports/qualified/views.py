"""当日资质: reports whose signer or operator was not qualified on the day, and signature faults (4.5)."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import DateField
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from exporting.listing import ListedKeys, listing
from exporting.register import MOST_ROWS, lines_response, wants_workbook
from reports.archive.models import Report
from reports.archive.queries import left_out
from reports.domain.quarters import quarter_around, quarter_before
from reports.qualified.queries.periods import ROLE_WORDS, QualifiedPeriod
from reports.qualified.queries.signatures import SignedPeriod
from reports.qualified.tables import CODES, COLUMNS, Asked, QualifiedTable, SignedTable, code_words
from staff.access.permissions import requires
from staff.access.purposes import with_purpose
from staff.access.requests import SignedInRequest
from staff.departments.models import Department
from staff.departments.queries import working_department
from staff.register.models import Member

VIEWS = "reports.view_qualified"
_FIRST, _LAST = date(1900, 1, 1), date(9998, 12, 31)


@requires(VIEWS)
@require_GET
def qualified(request: SignedInRequest) -> HttpResponse:
    """`part=signature` lists the faults of 4.5; without it the exceptions of 4.3 and 4.4."""
    department = working_department(request, VIEWS)
    if department is None:
        return render(request, "reports/qualified.html", {"department": None})
    asked = _asked(request.GET, department, timezone.localdate())
    period = QualifiedPeriod(department, asked.since, asked.until, hidden=_under_review(request))
    if asked.signature:
        found = _signature(request, department, asked)
    else:
        found = _qualified(request, department, asked, period)
    if isinstance(found, HttpResponse):
        return found
    context = found | _around(department, asked, period.register.names)
    name = "reports/_qualified.html" if request.htmx else "reports/qualified.html"
    return render(request, name, context)


def _qualified(
    request: SignedInRequest, department: Department, asked: Asked, period: QualifiedPeriod
) -> HttpResponse | dict[str, Any]:
    which: dict[str, Any] = {"role": asked.role, "code": asked.code, "member": asked.member}
    if wants_workbook(request):
        make = partial(_workbook, request, department, period, period.reports(**which), asked)
        return with_purpose(request, "当日资质例外", make)
    rows = Report.objects.only(*COLUMNS)
    shown: dict[str, Any] = {"listed": _listed_keys(period, **which), "period": period, "asked": asked}
    page = listing(request, QualifiedTable, rows, exports=True, asks_purpose=True, **shown)
    counts = period.counts()
    return {
        "page": page,
        "table": page.table,
        "counts": counts,
        "codes": [(code, code_words(code), counts.codes.get(code, 0)) for code in CODES],
        "roles": [(role, word, counts.roles.get(role, 0)) for role, word in ROLE_WORDS.items()],
        "nobody": not period.register.names,
    }


def _workbook(
    request: SignedInRequest,
    department: Department,
    period: QualifiedPeriod,
    rows: Any,
    asked: Asked,
    purpose: str,
) -> HttpResponse:
    lines = [["检查号", "报告时间", "角色", "人员", "核对日期", "条款", "说明", "判断"]]
    shown_rows = rows.order_by("-reported_at", "-id").only(*COLUMNS)
    for report in shown_rows[: MOST_ROWS + 1]:
        at = timezone.localtime(report.reported_at) if report.reported_at else None
        for found in asked.shown(period, report):
            reasons = found.answer.reasons
            clauses = "、".join(dict.fromkeys(reason.clause for reason in reasons))
            lines.append(
                [
                    report.accession_number,
                    f"{at:%Y-%m-%d %H:%M}" if at else "",
                    ROLE_WORDS[found.role],
                    str(found.person),
                    str(found.on),
                    clauses,
                    "".join(found.answer.sentences),
                    "不合资质" if found.answer.qualified is False else "无法确认",
                ]
            )
    return lines_response(
        request,
        lines,
        name="当日资质例外",
        action="staff.export_qualified",
        department=department,
        note=left_out(request.user),
        purpose=purpose,
    )


def _signature(
    request: SignedInRequest, department: Department, asked: Asked
) -> HttpResponse | dict[str, Any]:
    period = SignedPeriod(department, asked.since, asked.until, hidden=_under_review(request))
    counts = period.counts()
    code = asked.code if asked.code.startswith("4.5/") else ""
    if wants_workbook(request):
        make = partial(_signature_workbook, request, department, period, code)
        return with_purpose(request, "签名例外", make)
    rows = Report.objects.only(*COLUMNS)
    listed = _listed_keys(period, code=code)
    page = listing(request, SignedTable, rows, exports=True, asks_purpose=True, listed=listed, period=period)
    codes = [(code, code_words(code), count) for code, count in sorted(counts.items())]
    return {"page": page, "table": page.table, "signature_codes": codes, "nobody": False}


def _signature_workbook(
    request: SignedInRequest, department: Department, period: SignedPeriod, code: str, purpose: str
) -> HttpResponse:
    lines = [["检查号", "报告时间", "条款", "说明"]]
    shown_rows = period.reports(code=code).order_by("-reported_at", "-id")
    for found in period.of(shown_rows[: MOST_ROWS + 1]):
        at = timezone.localtime(found.report.reported_at) if found.report.reported_at else None
        moment = f"{at:%Y-%m-%d %H:%M}" if at else ""
        lines.append([found.report.accession_number, moment, "4.5", found.sentence])
    return lines_response(
        request,
        lines,
        name="签名例外",
        action="staff.export_qualified",
        department=department,
        note=left_out(request.user),
        purpose=purpose,
    )


def _under_review(request: SignedInRequest) -> frozenset[int]:
    """Reports that the user has still to judge: a count of one day would tell of them."""
    return frozenset(Report.objects.withheld_from(request.user).values_list("pk", flat=True))


def _listed_keys(period: Any, **which: Any) -> ListedKeys:
    return ListedKeys(period.ids(**which), lambda: period.reports(**which).only(*COLUMNS))


def _around(department: Department, asked: Asked, names: tuple[tuple[int, str], ...]) -> dict[str, Any]:
    today = timezone.localdate()
    spans = (("本季度", quarter_around(today)), ("上季度", quarter_before(today)))
    return {
        "department": department,
        "asked": asked,
        "spans": [(word, *span, span == (asked.since, asked.until)) for word, span in spans],
        "role_words": ROLE_WORDS.items(),
        "code_choices": [(code, code_words(code)) for code in CODES],
        "members": _options(names, asked.member.pk if asked.member else None),
    }


def _options(names: tuple[tuple[int, str], ...], chosen: int | None) -> SafeString:
    """The options of the choice of a person."""
    given = ((pk, " selected" if pk == chosen else "", name) for pk, name in names)
    return format_html_join("", '<option value="{}"{}>{}</option>', given)


def _asked(query: Mapping[str, str], department: Department, today: date) -> Asked:
    first, last = quarter_around(today)
    since, until = _day(query.get("since"), first), _day(query.get("until"), last)
    if until < since:
        since, until = until, since
    member, role, code = query.get("member", ""), query.get("role", ""), query.get("code", "")
    rows = Member.objects.filter(department=department)
    is_number = member.isascii() and member.isdecimal() and len(member) < 10
    return Asked(
        since,
        until,
        role if role in ROLE_WORDS else "",
        code if code in CODES or code.startswith("4.5/") else "",
        rows.filter(pk=int(member)).first() if is_number else None,
        query.get("part") == "signature",
    )


def _day(given: str | None, otherwise: date) -> date:
    """The date sent by the browser; the default when it is invalid or out of range."""
    try:
        day = DateField().to_python(given or None)
    except ValidationError:
        return otherwise
    return min(max(day, _FIRST), _LAST) if day else otherwise
