"""What monitors ask: does the process answer, can it work, and its figures."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from qcportal.watching.metrics import CONTENT_TYPE, metrics_text
from qcportal.watching.readiness import recent_checks
from staff.access.permissions import public
from trail.middleware import client_ip

_PLAIN = "text/plain; charset=utf-8"
_DETAIL = "staff.view_security"


@public
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; says nothing about the database."""
    return HttpResponse("ok", content_type="text/plain")


@public
@never_cache
@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """200 ok or 503 unready; what is wrong is for administrators only."""
    found = recent_checks()
    ready = not any(check.problem for check in found)
    text = "ok\n" if ready else "unready\n"
    # Who asks is looked up in the database: not while that is what fails.
    database_answers = not any(check.problem for check in found if check.code in ("database", "integrity"))
    if database_answers and request.user.is_authenticated and request.user.may(_DETAIL):
        text += "".join(f"{check.label}：{check.problem or '正常'}\n" for check in found)
    response = HttpResponse(text, status=200 if ready else 503, content_type=_PLAIN)
    # The access log has it; Django would log an error each time a monitor asks.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


@public
@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus; 404 for everybody who is neither named by address nor has the token."""
    if not _may_read_metrics(request):
        raise Http404
    return HttpResponse(metrics_text(), content_type=CONTENT_TYPE)


def _may_read_metrics(request: HttpRequest) -> bool:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.QC_METRICS_TOKEN and constant_time_compare(token, settings.QC_METRICS_TOKEN):
        return True
    try:
        address = ip_address(client_ip(request))
    except ValueError:
        return False
    return any(address in ip_network(network) for network in settings.QC_METRICS_FROM)
