"""验真: is this file a packet as it was signed? What is handed in is read, answered, and kept nowhere."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as page
from django.views.decorators.http import require_http_methods

from scoring.forms_verify import VerifyForm
from scoring.keys import known_certificates
from scoring.models import Sheet
from scoring.packet.seal import Seal
from scoring.verification import answer_for
from staff.permissions import requires
from trail.chain import record

_ASKED = {
    "signature": "系统签章",
    "coverage": "覆盖范围",
    "changes": "签章后的改动",
    "signer": "签章证书",
    "later_key": "更换密钥",
    "content": "所附数据",
    "draw": "重抽",
    "points": "重算",
    "enclosures": "佐证文件",
    "layout": "重新生成",
    "records": "签发记录",
    "anchor": "留痕锚点",
    "printed_hash": "所印校验值",
}
_TAGS = {True: ("pass", "相符"), False: ("fail", "不符"), None: ("open", "未核")}


@requires("scoring.download_packet")
@require_http_methods(["GET", "POST"])
def packet_verify(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return page(request, "scoring/verify.html", {"form": VerifyForm(), "seals": _seals()})
    form = VerifyForm(request.POST, request.FILES)
    if not form.is_valid():
        return page(request, "scoring/verify.html", {"form": form, "seals": _seals()}, status=422)
    answer = _answered(request, form)
    context = {
        "form": VerifyForm(),
        "seals": _seals(),
        "answer": answer,
        "file_name": form.cleaned_data["file"].name,
        "checks": [(_ASKED[c["name"]], *_TAGS[c["ok"]], c["sentence"]) for c in answer["checks"]],
    }
    return page(request, "scoring/verify.html", context)


def _answered(request: HttpRequest, form: VerifyForm) -> dict[str, Any]:
    """The command's answer; laid out again is only what a trusted seal or the records here vouch for."""
    given = form.cleaned_data
    answer = answer_for(
        given["file"].read(),
        given["printed"],
        certificates={given["fingerprint"]: ""} if given["fingerprint"] else None,
        sheets=Sheet.objects.downloadable_by(request.user),
        redraws_anything=False,
    )
    sheets = Sheet.objects.downloadable_by(request.user).select_related("audit")
    sheet = sheets.filter(content_hash=answer["content_hash"]).first() if answer["content_hash"] else None
    detail = {"kind": answer["kind"], "sha256": answer["sha256"], "holds": answer["ok"]}
    record("scoring.verify_packet", by=request.user, target=sheet, detail=detail)
    return answer


def _seals() -> list[Seal]:
    """What this installation seals with, to be held against a printed cover."""
    return [Seal(digits, name) for digits, name in known_certificates().items()]
