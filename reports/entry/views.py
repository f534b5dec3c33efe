"""The page on which a report is typed or pasted."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from reports.archive.models import Report
from reports.entry.actions import enter_report
from reports.entry.domain.pasted import split_report
from reports.entry.forms import EntryForm, PasteForm, read_age
from staff.access.acting import run_action
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.departments.queries import working_department

_NO_LABEL = "没有认出任何小标题。请保留“影像描述：”“诊断结论：”等字样，或直接在下面填写。"


@requires("reports.import")
@require_http_methods(["GET", "POST"])
def report_entry(request: SignedInRequest) -> HttpResponse:
    """An empty form; the same with a pasted report split into its parts; or a report to store."""
    department = working_department(request, "reports.import")
    if request.method == "GET" or department is None:
        return _page(request, EntryForm(), PasteForm())
    if "text" in request.POST:
        paste = PasteForm(request.POST)
        parts = split_report(paste.cleaned_data["text"]) if paste.is_valid() else {}
        if paste.is_valid() and not parts:
            paste.add_error(
                "text", "没有认出任何小标题。请保留“影像描述：”“诊断结论：”等字样，或直接在下面填写。"
            )
        return _page(request, EntryForm(initial=_readable(parts)), paste)
    form = EntryForm(request.POST)
    return run_action(
        request,
        form,
        lambda values: enter_report(department=department, values=_values(values), by=request.user),
        done="报告已保存。",
        url=lambda report: reverse("reports:detail", args=[report.pk]),
        show=lambda: _page(request, form, PasteForm()),
    )


def _values(cleaned: dict[str, Any]) -> dict[str, Any]:
    text, days = read_age(cleaned["age"])
    return cleaned | {"age": text, "age_days": days}


def _readable(parts: dict[str, str]) -> dict[str, Any]:
    """The parts as initial values; a time that the form cannot read is left for the person to enter."""
    form = EntryForm(parts)
    form.full_clean()
    fields = EntryForm.Meta.fields
    return {name: form.cleaned_data.get(name, parts[name]) for name in parts if name in fields}


def _page(request: SignedInRequest, form: EntryForm, paste: PasteForm) -> HttpResponse:
    wrong = bool(form.errors or paste.errors)
    context = {"form": form, "paste": paste, "title": Report._meta.verbose_name}
    return render(request, "reports/entry.html", context, status=400 if wrong else 200)
