"""随访与反馈登记表 of a period as A4 pages, to file."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from audits.follow_up.documents import register_of, register_pdf
from audits.follow_up.forms import PeriodForm
from audits.follow_up.models import FollowUp
from audits.follow_up.rules import follow_up_rules
from audits.follow_up.views.follow_ups import VIEWS
from exporting.download import download_response
from reports.archive.queries import left_out
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.departments.queries import working_department

MOST_LINES = 400  # a longer register would block a web worker: the period must be shortened


@requires(VIEWS)
@require_GET
def follow_up_register(request: SignedInRequest) -> HttpResponse:
    form = PeriodForm(request.GET)
    department = working_department(request, VIEWS)
    back = HttpResponseRedirect(reverse("audits:follow_ups"))
    if department is None or not form.is_valid():
        messages.error(request, "打印登记表请填写检查日期的首日和末日，首日不晚于末日，最长一年。")
        return back
    since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    rows = FollowUp.objects.visible_to(request.user, VIEWS).filter(department=department)
    rows = rows.open().examined_between(since, until)
    found = list(rows.with_facts().order_by("examined_on", "pk")[: MOST_LINES + 1])
    if not found:
        messages.error(request, f"{since} 至 {until} 没有纳入随访的病例，没有可打印的登记表。")
        return back
    if len(found) > MOST_LINES:
        messages.error(request, f"这一期间的随访超过{MOST_LINES}例，请缩短期间分次打印。")
        return back
    document = register_of(
        department,
        found,
        since=since,
        until=until,
        on=timezone.localdate(),
        note=follow_up_rules().note_zh + left_out(request.user),
    )
    return download_response(
        request,
        filename=f"随访与反馈登记表_{department.code}_{since:%Y%m%d}-{until:%Y%m%d}.pdf",
        content=register_pdf(document),
        content_type="application/pdf",
        action="audits.print_follow_ups",
        department=department,
        detail={"rows": len(found), "label": f"{since} 至 {until}"},
    )
