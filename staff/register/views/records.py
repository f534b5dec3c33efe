"""Records of qualification: entered, looked at with their scan, submitted by members, decided."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exporting.listing import listing
from exporting.uploads import FileDamagedError, stored_response
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import policy, requires
from staff.access.requests import SignedInRequest
from staff.register.actions.qualifications import add_record, decide_record, withdraw_record
from staff.register.domain.rules import QualificationType
from staff.register.forms import ReasonForm, RecordForm
from staff.register.models import Member, Qualification
from staff.register.qualification_rules import qualification_rules
from staff.register.tables import SubmittedTable
from trail.history import history

VIEWS, EDITS = "staff.view_register", "staff.edit_register"
APPROVES, OWN = "staff.approve_certificates", "staff.view_own_record"


@requires(EDITS)
@require_http_methods(["GET", "POST"])
def record_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """First the kind (`type=`), then the fields this kind has."""
    rows = Member.objects.select_related("department__institution")
    found = fetch(request, rows, EDITS, pk=pk)
    kind = asked_kind(request, found)
    form = record_form(request, kind, submit="登记")
    return run_action(
        request,
        form,
        lambda data: add_record(found, form.values(), by=request.user, scan=data["scan"]),
        done=f"已登记{found}的{kind.name_zh}。",
        url=reverse("register:member", args=[pk]),
        show=lambda: record_form_page(request, form, found, kind),
    )


def kinds_for(found: Member) -> list[QualificationType]:
    """The kinds of record that make sense for this kind of member."""
    return [kind for kind in qualification_rules().types if found.kind in kind.kinds]


def asked_kind(request: SignedInRequest, found: Member) -> QualificationType:
    """The kind named by `type`, else the first that fits."""
    kinds = kinds_for(found)
    asked = request.POST.get("type") or request.GET.get("type")
    return next((kind for kind in kinds if kind.code == asked), kinds[0])


def record_form_page(
    request: SignedInRequest, form: RecordForm, found: Member, kind: QualificationType, *, own: bool = False
) -> HttpResponse:
    """The page of a new record; `own`: a member submits it for approval."""
    context = {"form": form, "member": found, "kind": kind, "kinds": kinds_for(found), "own": own}
    status = 400 if form.errors else 200
    return render(request, "staff/register/record_form.html", context, status=status)


def record_form(request: SignedInRequest, kind: QualificationType, **more: Any) -> RecordForm:
    """The form of one kind, filled from the request."""
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return RecordForm(*sent, kind=kind, **more)


@requires(VIEWS, OWN)
@require_GET
def record(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _record(request, pk)
    return render(request, "staff/register/record.html", _page(request, found))


@requires(VIEWS, OWN)
@require_GET
def record_scan(request: SignedInRequest, pk: int) -> HttpResponse:
    """Download the stored scan; refused when the file no longer matches its hash."""
    found = _record(request, pk)
    if not found.scan:
        raise Http404
    try:
        return stored_response(
            request,
            found.scan,
            name=found.scan_name,
            sha256=found.scan_sha256,
            action="staff.download_scan",
            target=found,
            department=found.member.department_id,
        )
    except FileDamagedError as damaged:
        messages.error(request, str(damaged))
        return render(request, "staff/register/record.html", _page(request, found), status=409)


@requires(APPROVES)
@require_POST
def record_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """`decision=approve`, or `reject` with a reason."""
    found = fetch(request, _rows(), APPROVES, pk=pk)
    form = _decision_form(pk, request.POST)
    approve = request.POST.get("decision") == "approve"
    if approve or form.is_valid():
        reason = form.data.get("reason", "").strip()[:200] if approve else form.cleaned_data["reason"]
        try:
            decide_record(found, approve=approve, reason=reason, by=request.user)
        except ValueError as error:
            # The form may be gone by now: the certificate was decided meanwhile, or is the person's own.
            messages.error(request, str(error))
        else:
            words = "已确认，即日起计入资质。" if approve else "已注明未采纳，理由已告知本人。"
            messages.success(request, words)
            return HttpResponseRedirect(reverse("register:submitted"))
    context = _page(request, found, decision_form=form)
    return render(request, "staff/register/record.html", context, status=400)


@requires(EDITS)
@require_POST
def record_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    found = fetch(request, _rows(), EDITS, pk=pk)
    form = _withdraw_form(pk, request.POST)
    if form.is_valid():
        try:
            withdraw_record(found, reason=form.cleaned_data["reason"], by=request.user)
        except ValueError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "已撤销，这条记录不再计入资质，连同理由保留可查。")
            return HttpResponseRedirect(reverse("register:member", args=[found.member_id]))
    context = _page(request, found, withdraw_form=form)
    return render(request, "staff/register/record.html", context, status=400)


@requires(APPROVES)
@require_GET
def submitted(request: SignedInRequest) -> HttpResponse:
    """What members submitted: waiting first, decided ones on demand."""
    rows = Qualification.objects.visible_to(request.user, APPROVES).exclude(submitted_by=None)
    state = request.GET.get("state", "submitted")
    if state in Qualification.State.values:
        rows = rows.filter(state=state)
    page = listing(request, SubmittedTable, rows.select_related("member", "submitted_by"))
    context = {"page": page, "table": page.table, "states": Qualification.State.choices, "state": state}
    name = "staff/register/_submitted.html" if request.htmx else "staff/register/submitted.html"
    return render(request, name, context)


def _rows() -> QuerySet[Qualification]:
    return Qualification.objects.select_related(
        "member__department__institution", "submitted_by", "decided_by", "batch"
    )


def _record(request: SignedInRequest, pk: int) -> Qualification:
    """One's own record, or one of a department whose register one may view; else 404."""
    found: Qualification | None = _rows().filter(pk=pk, member__user=request.user).first()
    if found is not None and request.user.may(OWN, found.member.department):
        return found
    return fetch(request, _rows(), VIEWS, pk=pk)


def _decision_form(pk: int, data: Any = None) -> ReasonForm:
    form = ReasonForm(
        data,
        submit="不采纳",
        style="btn-danger",
        action=reverse("register:record_decide", args=[pk]),
        help_text="不采纳须写明理由，本人可以看到，并据此补正后重新提交。",
    )
    form.fields["reason"].label = "不采纳的理由"
    return form


def _withdraw_form(pk: int, data: Any = None) -> ReasonForm:
    words = "撤销后不再计入资质，记录保留可查。更正时先撤销，再登记正确的一条。"
    action = reverse("register:record_withdraw", args=[pk])
    form = ReasonForm(data, submit="撤销这条记录", action=action, help_text=words, style="btn-danger")
    form.fields["reason"].label = "撤销的理由"
    return form


def _page(request: SignedInRequest, found: Qualification, **forms: Any) -> dict[str, Any]:
    user, department = request.user, found.member.department
    is_own = found.member.user_id == user.pk
    kind = qualification_rules().by_code.get(found.type)
    return {
        "record": found,
        "member": found.member,
        "kind": kind,
        "kind_zh": kind.name_zh if kind else found.type,
        "ends_on": ends_on(found),
        "facts": facts_of(found),
        "is_own": is_own,
        "may_view_member": user.may(VIEWS, department),
        "may_decide": found.state == "submitted" and not is_own and user.may(APPROVES, department),
        "may_withdraw": found.state == "approved" and user.may(EDITS, department),
        "decision_form": _decision_form(found.pk),
        "withdraw_form": _withdraw_form(found.pk),
        "history": history(found, limit=20, codes=policy().codes),
    } | forms


def ends_on(found: Qualification) -> Any:
    """The last valid day: by the law's cycle where there is one, else as the certificate says."""
    if found.issued_on is None:
        return found.valid_until
    return qualification_rules().ends_on(found.type, found.issued_on, found.valid_until)


def facts_of(found: Qualification) -> list[tuple[str, str]]:
    """(label, text) of the record's non-empty fields."""
    names = (
        *("number", "issuer", "practice_category", "practice_scope", "basis", "basis_approver"),
        *("course_name", "days", "modality", "device_model", "trainer"),
    )
    label = {field.name: str(field.verbose_name) for field in Qualification._meta.fields}
    found_facts = [(label[n], str(v)) for n in names if (v := getattr(found, n)) not in ("", None)]
    for name in ("organiser", "course"):
        if getattr(found, name):
            found_facts.append((label[name], getattr(found, f"get_{name}_display")()))
    return found_facts
