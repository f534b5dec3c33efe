"""The register from a workbook: tried out first, written when a person confirms.

In between the file is stored under a random name that only the session knows, so that nobody can confirm the
file of another person. An unconfirmed file is removed with the next upload, or after a day.
"""

import contextlib
from datetime import timedelta
from pathlib import PurePath
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from spreadsheets import FileRefused
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.departments.models import Department
from staff.departments.queries import working_department
from staff.register.actions.imports import RegisterTally, import_register
from staff.register.forms import RegisterFileForm
from staff.register.models import RegisterBatch
from staff.register.views.members import EDITS
from trail.chain import record

_FOLDER = "register-uploads"
_WAITING = "register_upload"  # in the session: the file that was tried out
_SHOWN = 200


@requires(EDITS)
@require_http_methods(["GET", "POST"])
def register_import(request: SignedInRequest) -> HttpResponse:
    """Upload and try out: what would be created, changed and refused; nothing is written."""
    department = working_department(request, EDITS)
    sent = request.method == "POST" and department is not None
    form = RegisterFileForm(request.POST, request.FILES) if sent else RegisterFileForm()
    context: dict[str, Any] = {"form": form, "department": department}
    if sent and department is not None and form.is_valid():
        upload = form.cleaned_data["file"]
        content, name = upload.read(), PurePath(upload.name).name[:100]
        try:
            tally = import_register(content, name, department=department, by=request.user, dry_run=True)
        except FileRefused as refused:
            form.add_error("file", str(refused))
        else:
            _store_upload(request, department, name, content)
            detail = {"file_name": name, **tally.counts}
            record("staff.register_try_out", by=request.user, department=department, detail=detail)
            context |= {"tally": tally, "refusals": tally.refused[:_SHOWN], "file_name": name}
    rows = RegisterBatch.objects.visible_to(request.user, EDITS).filter(department=department)
    context["batches"] = rows.select_related("created_by")[:10]
    return render(request, "staff/register/import.html", context, status=400 if form.errors else 200)


@requires(EDITS)
@require_POST
def register_commit(request: SignedInRequest) -> HttpResponse:
    """Write the file that was tried out; the department is the one it was tried out for."""
    waiting = request.session.pop(_WAITING, None)
    content = _stored_upload(waiting) if waiting else None
    departments = Department.objects.visible_to(request.user, EDITS).select_related("institution")
    found = departments.filter(pk=waiting["department"]).first() if waiting else None
    if content is None or waiting is None or found is None:
        messages.warning(request, "没有等待写入的登记表，请重新上传并试导入。")
        return HttpResponseRedirect(reverse("register:import"))
    try:
        tally = import_register(content, waiting["name"], department=found, by=request.user)
    except FileRefused as refused:
        messages.error(request, f"登记表没有写入：{refused}")
        return HttpResponseRedirect(reverse("register:import"))
    finally:
        _discard(waiting["stored"])
    messages.success(request, _receipt_text(tally))
    return HttpResponseRedirect(reverse("register:members"))


def _receipt_text(tally: RegisterTally) -> str:
    counts = tally.counts
    return (
        f"登记表已写入：新增{counts['created']}行、修改{counts['updated']}行、"
        f"无变化{counts['unchanged']}行、拒收{counts['refused']}行。"
    )


def _store_upload(request: SignedInRequest, department: Department, name: str, content: bytes) -> None:
    if waiting := request.session.get(_WAITING):
        _discard(waiting["stored"])
    _sweep()
    stored = default_storage.save(f"{_FOLDER}/{uuid4().hex}", ContentFile(content))
    request.session[_WAITING] = {"stored": stored, "name": name, "department": department.pk}


def _stored_upload(waiting: dict[str, Any]) -> bytes | None:
    try:
        with default_storage.open(waiting["stored"], "rb") as file:
            content: bytes = file.read()
            return content
    except OSError:
        return None


def _discard(stored: str) -> None:
    with contextlib.suppress(OSError):
        default_storage.delete(stored)


def _sweep() -> None:
    """Files whose session ended before anyone confirmed them."""
    limit = timezone.now() - timedelta(days=1)
    with contextlib.suppress(OSError):
        for name in default_storage.listdir(_FOLDER)[1]:
            if default_storage.get_modified_time(f"{_FOLDER}/{name}") < limit:
                _discard(f"{_FOLDER}/{name}")
