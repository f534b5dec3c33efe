"""验真: verify uploaded files as signed packets. They are read and not stored."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render as page
from django.views.decorators.http import require_http_methods

from audits.sampling.queries.withheld import withheld_reports
from scoring.content.seal import Seal
from scoring.packet.keys import known_certificates
from scoring.sheets.models import Sheet
from scoring.unmasking.models import UnmaskRequest
from scoring.verification.batch import UNREAD, verify_many
from scoring.verification.certificates import Certificates
from scoring.verification.documents import head_cells, shown_cells, summary_sentences
from scoring.verification.forms import ARCHIVE_LIMITS, VerifyForm
from scoring.verification.queries import ALTERED, PROVED, UNCONFIRMED, answer_for
from scoring.verification.sources import uploaded_sources
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from trail.chain import record

_ASKED = {
    "signature": "系统签章",
    "coverage": "覆盖范围",
    "changes": "签章后的改动",
    "signer": "签章证书",
    "later_key": "更换密钥",
    "content": "所附数据",
    "draw": "重抽",
    "draws": "历次抽样",
    "draws_shown": "历次抽样",
    "draw_events": "抽样留痕",
    "points": "重算",
    "enclosures": "佐证文件",
    "left_out": "未附文件",
    "layout": "重新生成",
    "records": "签发记录",
    "anchor": "留痕锚点",
    "printed_hash": "所印校验值",
    "unmasked": "未脱敏",
    "masked_form": "遮回核对",
    "approval": "批准记录",
    "status": "状态",
    "workbook": "工作簿",
}
_VERDICT_TAGS = {PROVED: "pass", UNCONFIRMED: "due", ALTERED: "fail", UNREAD: "fail"}
_HEEDED = ("unmasked", "approval", "left_out", "status", "draws_shown")
_TAGS = {True: ("pass", "相符"), False: ("fail", "不符"), None: ("open", "未核")}


@requires("scoring.download_packet")
@require_http_methods(["GET", "POST"])
def packet_verify(request: SignedInRequest) -> HttpResponse:
    if request.method == "GET":
        return page(request, "scoring/verify.html", {"form": VerifyForm(), "seals": _seals()})
    form = VerifyForm(request.POST, request.FILES)
    if not form.is_valid():
        return page(request, "scoring/verify.html", {"form": form, "seals": _seals()}, status=422)
    shown = _one(request, form) if form.is_single else _many(request, form)
    return page(request, "scoring/verify.html", {"form": VerifyForm(), "seals": _seals(), **shown})


def _one(request: SignedInRequest, form: VerifyForm) -> dict[str, Any]:
    (file,) = form.uploads
    file.seek(0)
    answer = _answered(request, form, file.read(), form.cleaned_data["printed"])
    return {
        "answer": answer,
        "file_name": file.name,
        "kind": _kind(answer),
        "checks": [(_ASKED[c["name"]], *_tag(c), c["sentence"]) for c in answer["checks"]],
    }


def _many(request: SignedInRequest, form: VerifyForm) -> dict[str, Any]:
    """The table of the command, each file for itself; a trusted seal is not laid out again."""
    trusted = Certificates(_given(form) or {}, {}, ())
    answers = partial(_answered, request, form, redraws_sealed=False)
    batch = verify_many(uploaded_sources(form.uploads, ARCHIVE_LIMITS), trusted, answers)
    return {
        "heads": head_cells(),
        "summary": summary_sentences(batch),
        "lines": [(shown_cells(line), _kind(line.answer), line.problems, line.notes) for line in batch.lines],
    }


def _kind(answer: dict[str, Any]) -> str:
    return "due" if answer["superseded_by"] else _VERDICT_TAGS[answer["verdict"]]


def _unmasked_sheet(request: SignedInRequest, stated: dict[str, Any]) -> Sheet | None:
    """The sheet of an unmasked packet: its receiver needs no grant for the masked one."""
    rows = UnmaskRequest.objects.visible_to(request.user).select_related("sheet__audit")
    found = rows.filter(pk=stated["approval"], sheet__content_hash=stated["masked_hash"]).first()
    return found.sheet if found else None


def _tag(check: dict[str, Any]) -> tuple[str, str]:
    """Kind and word of an answer; an answer to be noted without a check is marked 注意."""
    if check["ok"] is False and check["name"] == "signer":
        return ("due", "未确认")
    heeded = check["name"] in _HEEDED and check["ok"] is None
    return ("due", "注意") if heeded else _TAGS[check["ok"]]


def _given(form: VerifyForm) -> dict[str, str] | None:
    digits = form.cleaned_data["fingerprint"]
    return {digits: ""} if digits else None


def _answered(
    request: SignedInRequest, form: VerifyForm, content: bytes, printed: str = "", **more: bool
) -> dict[str, Any]:
    """The command's answer, recorded; laid out again is only what a seal or the records here vouch for."""
    answer = answer_for(
        content,
        printed,
        certificates=_given(form),
        sheets=Sheet.objects.downloadable_by(request.user),
        redraws_anything=False,
        withheld=withheld_reports(request.user).values_list("accession_number", flat=True),
        **more,
    )
    sheets = Sheet.objects.downloadable_by(request.user).select_related("audit")
    unmasked = (answer["packet"] or {}).get("unmasked")
    signed = unmasked["masked_hash"] if unmasked else answer["content_hash"]
    sheet = sheets.filter(content_hash=signed).first() if signed else None
    sheet = sheet or (_unmasked_sheet(request, unmasked) if unmasked else None)
    detail = {
        "kind": answer["kind"],
        "sha256": answer["sha256"],
        "holds": answer["ok"],
        "verdict": answer["verdict_zh"],
    }
    if unmasked:
        detail["approval"] = unmasked["approval"]
    record("scoring.verify_packet", by=request.user, target=sheet, detail=detail)
    return answer


def _seals() -> list[Seal]:
    """What this installation seals with, to be held against a printed cover."""
    return [Seal(digits, name) for digits, name in known_certificates().items()]
