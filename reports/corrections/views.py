"""Pages that correct an outcome or the metadata of a report."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from reports.archive.models import Report
from reports.browsing.actions import is_unmasked
from reports.browsing.page import LABELS
from reports.corrections.actions import (
    EDITABLE,
    METADATA,
    correct_metadata,
    edit_outcome,
    rematch_outcome,
    shown_metadata,
    shown_outcome,
    withdraw_outcome,
)
from reports.corrections.forms import EditOutcomeForm, RematchForm, WithdrawForm
from reports.corrections.guards import objection_to_outcome, objection_to_report
from reports.entry.forms import IDENTITY, MetadataForm, read_age
from reports.outcomes.models import Outcome
from reports.outcomes.page import masked_outcome
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.accounts.models import User
from staff.conflicts.forms import with_version
from staff.conflicts.page import edit_conflict

_TYPED_ANEW = {
    "text": "new_text",
    "given_patient_id": "new_patient_id",
    "given_patient_name": "new_patient_name",
}


@requires("reports.record_outcomes")
@require_GET
def outcome_correction(request: SignedInRequest, pk: int) -> HttpResponse:
    return _outcome_page(request, _outcome(request, pk))


@requires("reports.record_outcomes")
@require_POST
def outcome_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    def edit(outcome: Outcome, *, reason: str, version: str, by: User, **given: Any) -> Outcome:
        stored = Outcome.objects.get(pk=pk)  # the form wrote into `outcome`
        typed = given | {name: given[new] for name, new in _TYPED_ANEW.items() if given.get(new)}
        values = {name: typed.get(name, getattr(stored, name)) for name in EDITABLE}
        return edit_outcome(outcome, values=values, reason=reason, version=version, by=by)

    return _run_correction(request, pk, "edit", edit, "结局已更正。")


@requires("reports.record_outcomes")
@require_POST
def outcome_rematch(request: SignedInRequest, pk: int) -> HttpResponse:
    def rematch(outcome: Outcome, *, accession_number: Report, **given: Any) -> Outcome:
        return rematch_outcome(outcome, report=accession_number, **given)

    return _run_correction(request, pk, "rematch", rematch, "结局已改归报告。")


@requires("reports.record_outcomes")
@require_POST
def outcome_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    return _run_correction(request, pk, "withdraw", withdraw_outcome, "结局已撤回，仍可重新归入报告。")


def _outcome(request: SignedInRequest, pk: int) -> Outcome:
    rows = Outcome.objects.select_related("department", "report")
    return fetch(request, rows, "reports.record_outcomes", pk=pk)


def _forms(
    outcome: Outcome, name: str = "", data: Any = None, *, with_text: bool | None = None
) -> dict[str, Any]:
    """The three forms; the one called `name` is bound to the submitted data.

    A text that names the patient is not shown: it can be replaced, not edited (`with_text` False).
    """
    shown = shown_outcome(outcome)  # before a form writes into the instance

    def data_of(form: str) -> Any:
        return data if form == name else None

    def url(form: str) -> str:
        return reverse(f"reports:outcome_{form}", args=[outcome.pk])

    if with_text is None:
        with_text = outcome.masked(outcome.text) == outcome.text
    made: dict[str, forms.BaseForm] = {
        "edit": EditOutcomeForm(data_of("edit"), instance=outcome, action=url("edit"), with_text=with_text),
        "rematch": RematchForm(data_of("rematch"), department=outcome.department, action=url("rematch")),
        "withdraw": WithdrawForm(data_of("withdraw"), action=url("withdraw")),
    }
    return {form: with_version(one, shown) for form, one in made.items()}


def _run_correction(
    request: SignedInRequest, pk: int, name: str, action: Callable[..., Outcome], done: str
) -> HttpResponse:
    outcome = _outcome(request, pk)
    # As the page showed it, whatever is stored by now.
    with_text = "text" in request.POST if name == "edit" else None
    sent = _forms(outcome, name, request.POST, with_text=with_text)
    url = reverse("reports:outcome_correction", args=[pk])
    return run_action(
        request,
        sent[name],
        lambda given: action(outcome, **given, by=request.user),
        done=done,
        url=url,
        show=lambda: _outcome_page(request, _outcome(request, pk), sent, name),
        conflict=lambda error: edit_conflict(
            request, sent[name], _fresh(error.current, with_text)[name], title=str(error.current), url=url
        ),
    )


def _fresh(outcome: Outcome, with_text: bool | None) -> dict[str, Any]:
    """The forms of a conflict's other side, the text masked."""
    outcome.text = outcome.masked(outcome.text)
    return _forms(outcome, with_text=with_text)


def _outcome_page(
    request: SignedInRequest, outcome: Outcome, sent: dict[str, Any] | None = None, opened: str = ""
) -> HttpResponse:
    shown = masked_outcome(outcome)
    corrections = outcome.corrections.select_related("corrected_by")
    context = {
        "outcome": shown,
        "history": [(one, outcome.masked(one.reason)) for one in corrections],
        "objection": objection_to_outcome(outcome, taken_away=False),
        "objection_to_taking": objection_to_outcome(outcome, taken_away=True),
        "is_withdrawn": outcome.match == Outcome.Match.DISMISSED,
        "opened": opened,
    } | (sent or _forms(outcome))
    return render(request, "reports/outcome_correction.html", context, status=400 if sent else 200)


@requires("reports.import")
@require_http_methods(["GET", "POST"])
def report_correction(request: SignedInRequest, pk: int) -> HttpResponse:
    """All metadata of a report, with the reason for the correction."""
    rows = Report.objects.select_related("department", "source")
    report = fetch(request, rows, "reports.import", pk=pk)
    unmasked = is_unmasked(request, report)
    form = _metadata_form(report, unmasked, request.POST if request.method == "POST" else None)
    url = reverse("reports:detail", args=[pk])

    def show() -> HttpResponse:
        history = report.corrections.select_related("corrected_by")
        context = {
            "report": report,
            "form": form,
            "unmasked": unmasked,
            "objection": objection_to_report(report),
            "history": [(one, LABELS[one.field], report.masked(one.reason)) for one in history],
        }
        return render(request, "reports/report_correction.html", context, status=400 if form.errors else 200)

    if request.method == "GET":
        return show()

    return run_action(
        request,
        form,
        lambda given: _correct(report, given, request.user),
        done="更正已保存。",
        url=url,
        show=show,
        conflict=lambda error: edit_conflict(
            request, form, _metadata_form(error.current, unmasked), title=report.accession_number, url=url
        ),
    )


def _correct(report: Report, given: dict[str, Any], by: User) -> Report:
    stored = Report.objects.get(pk=report.pk)  # the form wrote into `report`
    return correct_metadata(
        report,
        values={name: _changed(getattr(stored, name), given[name]) for name in METADATA if name in given},
        age_days=read_age(given.get("age"))[1],
        reason=given["reason"],
        by=by,
        version=given["version"],
    )


def _changed(stored: Any, given: Any) -> Any:
    """The submitted value, or the stored one when they differ only in what an input cannot show.

    An input shows no seconds, and shows unknown (None) and known to be empty ("") alike.
    """
    if isinstance(stored, datetime) and given == stored.replace(second=0, microsecond=0):
        return stored
    return stored if not stored and not given else given


def _metadata_form(report: Report, unmasked: bool, data: Any = None) -> MetadataForm:
    shown = shown_metadata(report)  # before the form writes into the instance
    action = reverse("reports:report_correction", args=[report.pk])
    hidden = () if unmasked else _identifying(shown, report)
    form = MetadataForm(data, instance=report, action=action, hidden=hidden)
    return with_version(form, shown)


def _identifying(shown: Mapping[str, Any], report: Report) -> list[str]:
    """Fields that identify the patient, or whose text repeats the name or number."""
    return [
        name
        for name, value in shown.items()
        if name in IDENTITY or (isinstance(value, str) and report.masked(value) != value)
    ]
