"""佐证材料: what covers which quarter, the list, and one document with its versions and its file."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audits.conflicts import ConflictError
from exporting.listing import listing
from exporting.register import wants_workbook, workbook_response
from exporting.uploads import FileDamagedError, stored_response
from scoring.evidence.actions import (
    change_document,
    register_document,
    replace_document,
    values_of,
    withdraw_document,
)
from scoring.evidence.forms import DocumentForm, WithdrawForm, asked_year
from scoring.evidence.models import EvidenceDocument
from scoring.evidence.queries.coverage import coverage_of
from scoring.evidence.tables import DocumentFilter, DocumentTable, kinds_zh, validity_tag
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import policy, requires
from staff.access.requests import SignedInRequest
from staff.conflicts.page import edit_conflict, typed_values
from staff.departments.queries import working_department
from standards.loader import current_edition
from trail.history import history
from trail.models import Event

REVIEW_AHEAD = timedelta(days=30)
VIEWS, EDITS = "scoring.view_evidence", "scoring.edit_evidence"


@requires(VIEWS)
@require_GET
def evidence(request: SignedInRequest) -> HttpResponse:
    """覆盖情况 of a year: kinds by quarters, what is missing, what waits for review."""
    department, year = working_department(request, VIEWS), asked_year(request.GET.get("year"))
    today = timezone.localdate()
    rows = EvidenceDocument.objects.visible_to(request.user, VIEWS).filter(department=department)
    context = {
        "department": department,
        "coverage": coverage_of(department, year) if department else None,
        "years": range(today.year + 1, today.year - 4, -1),
        "reviews": list(rows.to_review(today + REVIEW_AHEAD).order_by("review_due_on")[:10]),
        "today": today,
        "may_edit": department is not None and request.user.may(EDITS, department),
    }
    return render(request, "scoring/evidence.html", context)


@requires(VIEWS)
@require_GET
def documents(request: SignedInRequest) -> HttpResponse:
    rows = EvidenceDocument.objects.visible_to(request.user, VIEWS).for_list()
    narrowed = DocumentFilter(request.GET, queryset=rows)
    if wants_workbook(request):
        action = "scoring.export_documents"
        return workbook_response(request, DocumentTable, narrowed.qs, name="佐证材料", action=action)
    page = listing(request, DocumentTable, narrowed.qs, exports=True)
    may_edit = bool(request.user.may(EDITS))
    context = {"filter": narrowed, "page": page, "table": page.table, "may_edit": may_edit}
    name = "scoring/_evidence_documents.html" if request.htmx else "scoring/evidence_documents.html"
    return render(request, name, context)


@requires(EDITS)
@require_http_methods(["GET", "POST"])
def document_new(request: SignedInRequest) -> HttpResponse:
    """`kind=` ticks a kind: the matrix leads here from what is missing."""
    department = working_department(request, EDITS)
    if department is None:
        return HttpResponseRedirect(reverse("scoring:documents"))
    asked = request.GET.get("kind", "")
    initial: dict[str, Any] = {"valid_from": timezone.localdate()}
    if asked in current_edition().document_kinds:
        initial["kinds"] = [asked]
    form = DocumentForm(
        *_sent(request), department=department, submit="登记", initial=None if request.POST else initial
    )

    def write(given: DocumentForm) -> EvidenceDocument:
        file = given.cleaned_data["file"]
        return register_document(department, given.values(), by=request.user, file=file)

    return _write(request, form, write, "已登记。", {"title": "登记佐证材料"})


@requires(VIEWS)
@require_GET
def document(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _fetch(request, pk, VIEWS)
    return render(request, "scoring/evidence_document.html", _page(request, found))


@requires(EDITS)
@require_http_methods(["GET", "POST"])
def document_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _fetch(request, pk, EDITS)
    form = _form_of(request, found, "保存")

    def write(given: DocumentForm) -> EvidenceDocument:
        values, sent = given.values(), given.cleaned_data
        return change_document(found, values, version=sent["version"], by=request.user, file=sent["file"])

    return _write(request, form, write, "已保存。", {"title": f"修改：{found}", "document": found})


@requires(EDITS)
@require_http_methods(["GET", "POST"])
def document_replace(request: SignedInRequest, pk: int) -> HttpResponse:
    """新版本: starts from the old one's words, with a day of its own and without the file."""
    found = _fetch(request, pk, EDITS)
    form = _form_of(request, found, "登记新版本", new=True)

    def write(given: DocumentForm) -> EvidenceDocument:
        values, sent = given.values(), given.cleaned_data
        return replace_document(found, values, version=sent["version"], by=request.user, file=sent["file"])

    context = {"title": f"新版本：{found.title}", "document": found, "replacing": True}
    return _write(request, form, write, "新版本已登记，原版本有效至新版本生效前一日。", context)


@requires(EDITS)
@require_POST
def document_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _fetch(request, pk, EDITS)
    form = WithdrawForm(request.POST, action=reverse("scoring:document_withdraw", args=[pk]))

    def show() -> HttpResponse:
        context = _page(request, found, withdraw_form=form)
        return render(request, "scoring/evidence_document.html", context, status=422)

    return run_action(
        request,
        form,
        lambda given: withdraw_document(found, by=request.user, **given),
        done="已撤回：不再计入任何期间，连同理由保留可查。",
        url=reverse("scoring:document", args=[pk]),
        show=show,
        conflict=lambda conflict: _conflicted(request, conflict),
    )


@requires(VIEWS)
@require_GET
def document_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """The file as uploaded; one that changed on the disk is never returned."""
    found = _fetch(request, pk, VIEWS)
    if not found.file:
        raise Http404
    try:
        return stored_response(
            request,
            found.file,
            name=found.file_name,
            sha256=found.file_sha256,
            action="scoring.download_document",
            target=found,
            department=found.department_id,
        )
    except FileDamagedError as damaged:
        messages.error(request, str(damaged))
        return render(request, "scoring/evidence_document.html", _page(request, found), status=409)


def _fetch(request: SignedInRequest, pk: int, code: str) -> EvidenceDocument:
    return fetch(request, EvidenceDocument.objects.for_page(), code, pk=pk)


def _sent(request: SignedInRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _form_of(
    request: SignedInRequest, found: EvidenceDocument, submit: str, *, new: bool = False
) -> DocumentForm:
    initial = values_of(found) | {"version": found.version}
    if new:
        initial |= {"version_label": "", "valid_from": None, "valid_until": None, "review_due_on": None}
    file_name = "" if new else found.file_name
    return DocumentForm(
        *_sent(request), department=found.department, submit=submit, file_name=file_name, initial=initial
    )


def _write(
    request: SignedInRequest,
    form: DocumentForm,
    write: Callable[[DocumentForm], EvidenceDocument],
    done: str,
    context: dict[str, Any],
) -> HttpResponse:
    """GET shows the form; a POST writes and goes to the document, 422 with the form, or 409."""

    def show() -> HttpResponse:
        status = 422 if form.errors else 200
        return render(request, "scoring/evidence_form.html", context | {"form": form}, status=status)

    if request.method != "POST":
        return show()
    return run_action(
        request,
        form,
        lambda given: write(form),
        done=done,
        url=lambda made: reverse("scoring:document", args=[made.pk]),
        show=show,
        conflict=lambda conflict: _conflicted(request, conflict),
    )


def _conflicted(request: SignedInRequest, conflict: ConflictError) -> HttpResponse:
    """409: both sides of every field of the document, or what was sent to an operation on it."""
    found, form = EvidenceDocument.objects.for_page().get(pk=conflict.current.pk), conflict.form
    if isinstance(form, DocumentForm):
        fresh = DocumentForm(
            department=found.department, submit="", file_name=found.file_name, initial=values_of(found)
        )
        url = reverse("scoring:document", args=[found.pk])
        return edit_conflict(request, form, fresh, title=found, url=url)
    context = {"document": found, "sentence": str(conflict), "typed": typed_values(form)}
    return render(request, "scoring/evidence_conflict.html", context, status=409)


def _page(request: SignedInRequest, found: EvidenceDocument, **more: Any) -> dict[str, Any]:
    action = reverse("scoring:document_withdraw", args=[found.pk])
    form = WithdrawForm(initial={"version": found.version}, action=action)
    kind, word = validity_tag(found, timezone.localdate())
    may_edit = request.user.may(EDITS, found.department)
    return {
        "document": found,
        "kinds_zh": kinds_zh(found),
        "valid_zh": _valid_zh(found),
        "state": {"kind": kind, "word": word},
        "versions": _versions(found),
        "changed_at": _changed_since_the_file(found),
        "may_edit": may_edit and found.withdrawn_at is None,
        "withdraw_form": form,
        "history": history(found, limit=20, codes=policy().codes),
    } | more


def _changed_since_the_file(found: EvidenceDocument) -> datetime | None:
    """When what was entered changed last after the file had been added; None: not since."""
    changes = Event.objects.about(found).filter(action="scoring.change_document")
    last = changes.first() if found.file else None
    return last.at if last is not None and "sha256" not in last.detail["changed"] else None


def _valid_zh(found: EvidenceDocument) -> str:
    """Its first and last valid day; ends before the name of the version that replaces it."""
    last = found.validity.last
    until = f"{last}（首末日均有效）" if last else ("—" if found.withdrawn_at else "长期")
    replaced = found.successor is not None and not found.withdrawn_at
    return f"{found.valid_from} 至 {until}" + ("，此后由" if replaced else "")


def _versions(found: EvidenceDocument) -> list[EvidenceDocument]:
    """The chain of versions, newest first; a few at most, one query each."""
    chain = [found]
    while (newer := chain[0].successor) is not None:
        chain.insert(0, newer)
    while chain[-1].replaces is not None:
        chain.append(chain[-1].replaces)
    return chain if len(chain) > 1 else []
