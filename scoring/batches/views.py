"""批量迎检包: order, watch, cancel, download; a person sees only their own orders."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render as page
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from exporting.download import stream_response
from exporting.listing import listing
from scoring.batches.actions import archive_name, begin_packets, cancel_packets
from scoring.batches.forms import BatchForm
from scoring.batches.models import PacketJob
from scoring.batches.queries import packets_within
from scoring.batches.tables import PacketJobTable
from scoring.sheets.actions.openings import open_reports
from scoring.sheets.models import Sheet
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from trail.chain import record

NEEDED = "scoring.download_packet"


@requires(NEEDED)
@require_GET
def packet_jobs(request: SignedInRequest) -> HttpResponse:
    return _jobs(request, BatchForm(packets=packets_within(request.user)))


def _jobs(request: SignedInRequest, form: BatchForm, *, status: int = 200) -> HttpResponse:
    rows = PacketJob.objects.visible_to(request.user).for_page()
    found = listing(request, PacketJobTable, rows)
    context = {"page": found, "table": found.table}
    if request.htmx and status == 200:
        return page(request, "scoring/_packet_jobs.html", context)
    return page(request, "scoring/packet_jobs.html", context | {"form": form}, status=status)


@requires(NEEDED)
@require_POST
def packet_job_start(request: SignedInRequest) -> HttpResponse:
    form = BatchForm(request.POST, packets=packets_within(request.user))
    return run_action(
        request,
        form,
        lambda given: begin_packets(given["period"], department=given["department"], by=request.user),
        done="",
        url=lambda job: reverse("scoring:packet_job", args=[job.pk]),
        show=lambda: _jobs(request, form, status=422),
    )


@requires(NEEDED)
@require_GET
def packet_job(request: SignedInRequest, pk: int) -> HttpResponse:
    job = _fetch(request, pk)
    if request.htmx:
        response = page(request, "scoring/_packet_job_progress.html", {"job": job})
        if not job.is_open:
            response.headers["HX-Refresh"] = "true"
        return response
    context: dict[str, Any] = {"job": job, "withheld": job.status == PacketJob.Status.DONE and _withheld(job)}
    return page(request, "scoring/packet_job.html", context)


@requires(NEEDED)
@require_POST
def packet_job_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    job = _fetch(request, pk)
    if cancel_packets(job, by=request.user):
        messages.success(request, "已取消。已生成的各份文件会保留，下次更快。")
    else:
        messages.error(request, "任务已经结束，不能取消。")
    return HttpResponseRedirect(reverse("scoring:packet_job", args=[pk]))


@requires(NEEDED)
@require_GET
def packet_job_file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The result, until it expires and while every packet in it may still be downloaded."""
    job = _fetch(request, pk)
    if job.status != PacketJob.Status.DONE:
        raise Http404
    if _withheld(job):
        return _refused(request, job, "其中有迎检包的授权已到期或已收回，不能再下载；请重新发起。")
    try:
        return _sent(request, job)
    except (OSError, ValueError):
        return _refused(request, job, "结果文件已丢失或被改动，不能下载；请重新发起。")


@transaction.atomic
def _sent(request: SignedInRequest, job: PacketJob) -> HttpResponseBase:
    """The file, and a line in the trail for every packet in it as well as for the whole."""
    name = archive_name(job.period, job.department)
    response = stream_response(
        request,
        filename=name,
        file=job.file.open("rb"),
        sha256=job.sha256,
        content_type="application/zip",
        action="scoring.download_packets",
        target=job,
        department=job.department,
        detail={"label": job.period.label, "packets": len(job.included)},
    )
    detail = {"kind": "zip", "draft": False, "job": job.pk, "file": name, "sha256": job.sha256}
    sheets = Sheet.objects.filter(pk__in=job.included).select_related("audit").only("audit__department")
    for sheet in sheets.order_by("pk"):
        record("scoring.download_packet", by=request.user, target=sheet, detail=detail)
    open_reports(sheets, by=request.user)
    return response


def _withheld(job: PacketJob) -> bool:
    """Whether the result contains a packet its owner may no longer download."""
    rows = Sheet.objects.downloadable_by(job.asked_by).filter(pk__in=job.included)
    return bool(rows.count() != len(job.included))


def _refused(request: SignedInRequest, job: PacketJob, sentence: str) -> HttpResponse:
    record(
        "scoring.download_packets",
        by=request.user,
        target=job,
        department=job.department,
        detail={"label": job.period.label},
        result="refused",
    )
    messages.error(request, sentence)
    return HttpResponseRedirect(reverse("scoring:packet_job", args=[job.pk]))


def _fetch(request: SignedInRequest, pk: int) -> PacketJob:
    return fetch(request, PacketJob.objects.for_page(), NEEDED, pk=pk)
