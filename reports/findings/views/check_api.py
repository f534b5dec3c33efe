"""POST /reports/check/: text checks of one report, for a RIS before signing. Nothing is stored.

One report as `check_text` takes a line, the same answer; `unchecked` names the rules for which the time did
not suffice. The caller is a signed-in user (with the CSRF
header, like every form) or a system with its department's token in `Authorization: Bearer …`.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from time import monotonic
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from reports.domain.textcheck.engine import check_while
from reports.domain.textcheck.registry import bound_rules
from reports.findings.actions.tokens import hash_of
from reports.findings.models import CheckToken
from reports.findings.queries.check_input import with_surroundings
from reports.findings.queries.switches import Switches
from reports.intake.check_lines import LineRefused, answer, read_line
from staff.access.token_tries import SENTENCE, is_stopped, note_wrong
from staff.departments.models import Department
from staff.departments.queries import working_department
from trail.middleware import client_ip

NEEDED = "reports.import"
LARGEST = 1_000_000  # bytes: a report has some 2,000
A_MINUTE = 1200  # checks per caller and web worker: a department signs a few a minute
LONGEST = 2.0  # seconds of checking one report; an ordinary one takes milliseconds
AT_ONCE = 2  # checks in a web worker, which has four threads: the others answer pages
# What a browser sends for a form has been read by then, and its body is gone.
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_PATIENCE = 1.0  # seconds until a check that finds no place is refused
_places = BoundedSemaphore(AT_ONCE)


_HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "60"}, 503: {"Retry-After": "1"}}


class _Refused(Exception):  # noqa: N818  (an answer, not an error)
    """status, sentence"""


class _CsrfCheck(CsrfViewMiddleware):
    """Returns the reason instead of an HTML page."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def _checked_view(_: HttpRequest) -> HttpResponse:
    """Placeholder for a view that is not exempt from the check: it is never called."""
    return HttpResponse()


@csrf_exempt  # a token is sent on purpose, never by a browser unasked; a session is checked in _caller
@require_POST
def check_report(request: HttpRequest) -> HttpResponse:
    try:
        department, caller = _caller(request)
        _bound(caller)
        found, unknown = _checked(department, _body(request))
    except _Refused as refused:
        status, sentence = refused.args
        headers = _HEADERS.get(status, {})
        return _json({"error": sentence}, status=status, headers=headers)
    return _json(found, headers={"X-Ignored-Keys": ",".join(unknown)} if unknown else {})


check_report.qc_permissions = (NEEDED,)  # type: ignore[attr-defined]  # read by the URL walk


def _caller(request: HttpRequest) -> tuple[Department, str]:
    """The department whose rules apply, and the key for rate limiting. Raises _Refused."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        ip = client_ip(request)
        if is_stopped(ip):
            raise _Refused(429, SENTENCE)
        rows = CheckToken.objects.select_related("department__institution")
        token = rows.filter(token_hash=hash_of(secret.strip()), revoked_at__isnull=True).first()
        if token is None:
            note_wrong(ip)
            raise _Refused(401, "令牌无效或已停用。")
        return token.department, f"token{token.pk}"
    if not request.user.is_authenticated:
        raise _Refused(401, "请在Authorization头中给出令牌，或先登录。")
    department = working_department(request, NEEDED) if request.user.may(NEEDED) else None
    if department is None:
        raise _Refused(403, "您没有检查报告的权限。")
    csrf = _CsrfCheck(_checked_view)
    csrf.process_request(request)
    if csrf.process_view(request, _checked_view, (), {}):
        raise _Refused(403, "缺少CSRF校验头（X-CSRFToken）。")
    return department, f"user{request.user.pk}"


def _bound(caller: str) -> None:
    """Raise _Refused for a caller that exceeds the limit per minute."""
    key = f"check:{caller}:{timezone.now():%d%H%M}"
    cache.add(key, 0, timeout=120)
    if cache.incr(key) > A_MINUTE:
        raise _Refused(429, f"每分钟最多检查{A_MINUTE}份报告，请稍后重试。")


def _body(request: HttpRequest) -> str:
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        raise _Refused(413, f"内容超过{LARGEST // 1_000_000} MB，不是一份报告。")
    if request.content_type in _FORMS:
        raise _Refused(400, "内容是表单，不是一份报告的JSON。")
    try:
        return request.body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Refused(400, "内容不是UTF-8编码。") from error


def _checked(department: Department, text: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    try:
        given, unknown = read_line(text, now=timezone.localtime().replace(tzinfo=None))
    except LineRefused as refused:
        raise _Refused(400, str(refused)) from refused
    with _place():
        report = with_surroundings(given, department)
        switches = Switches.of(department)
        end = monotonic() + LONGEST
        rules, off = bound_rules(), switches.off(None)
        findings, unchecked = check_while(report, rules, lambda: monotonic() < end, off=off)
    found = answer(report, tuple(switches.softened(finding) for finding in findings))
    return found | ({"unchecked": list(unchecked)} if unchecked else {}), unknown


@contextmanager
def _place() -> Iterator[None]:
    """One of the places for checks in this web worker. Raises _Refused when none becomes free in time."""
    if not _places.acquire(timeout=_PATIENCE):
        raise _Refused(503, "正在检查的报告过多，请稍后重试。")
    try:
        yield
    finally:
        _places.release()


def _json(found: dict[str, Any], *, status: int = 200, headers: dict[str, str]) -> HttpResponse:
    text = json.dumps(found, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type="application/json; charset=utf-8", headers=headers)
