"""Compare a signed sheet with its signing event, before it is shown, rendered or sealed.

The trail contains the hash of what was signed: editing the row and recomputing its hash does not change that.
Where the event of an early program version has no hash, only its fields are compared, with a note.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from audits.conflicts import RefusedError
from scoring.content.codec import UnfitPacketError
from scoring.content.document import PacketDocument, canonical_json
from scoring.sheets.domain.verdict import VERDICT_ZH
from scoring.sheets.models import Sheet
from scoring.sheets.queries.stamps import stamp
from scoring.sheets.querysets import FROZEN, SIGN
from trail.chain import event_hash
from trail.models import Event

_NO_HASH = "签发时的程序未在留痕中记下内容校验值，内容未能与留痕核对。"
_HEAD = "评分表与签发时的记录不符，数据库中的内容被改动过："
_TAIL = "。不能作为已签发的评分表显示，也不能生成或加盖签章；请联系系统管理员从备份核查。"


class RecordDiffersError(RefusedError):
    """A signed sheet differs from its signing event; the message is `SignedRecord.sentence`."""


@dataclass(frozen=True)
class SignedRecord:
    """`differs`: sentences on what differs from the signed row; `note`: what could not be compared."""

    differs: tuple[str, ...]
    note: str = ""

    @property
    def sentence(self) -> str:
        """The sentence shown to a person opening the sheet; "" when the record is unchanged."""
        return _HEAD + "；".join(self.differs) + _TAIL if self.differs else ""


def signing_events(sheets: Iterable[Sheet]) -> dict[int, Event]:
    """The signing event of each sheet by the sheet's id; one query. The first one: a sheet is signed once."""
    keys = [str(sheet.pk) for sheet in sheets]
    rows = Event.objects.filter(action=SIGN, target_type=Sheet._meta.label_lower, target_id__in=keys)
    return {int(event.target_id): event for event in rows.order_by("-seq")}


def remember_events(sheets: Iterable[Sheet]) -> None:
    """Give each sheet its signing event and whether it was corrected, with two queries for all of them:
    `signed_record` then asks none of its own."""
    sheets = list(sheets)
    events = signing_events(sheets)
    corrections = Sheet.objects.filter(corrects__in=sheets, status__in=FROZEN)
    corrected = set(corrections.values_list("corrects_id", flat=True))
    for sheet in sheets:
        sheet.signing_event = events.get(sheet.pk)
        sheet.was_corrected = sheet.pk in corrected


def signed_record(sheet: Sheet) -> SignedRecord:
    """A signed sheet held against its signing event; two queries unless `remember_events` made them."""
    if not hasattr(sheet, "signing_event"):
        remember_events([sheet])
    event = sheet.signing_event
    whole = hashlib.sha256(canonical_json(sheet.content)).hexdigest() == sheet.content_hash
    found = [] if whole else ["内容与签发时的校验值不符"]
    if event is None:
        return SignedRecord((*found, "留痕中没有这份评分表的签发记录"))
    if event_hash(event) != event.hash:
        found.append(f"留痕第{event.seq}条（签发）的内容与其校验值不符")
    signed_hash = event.detail.get("hash")
    if signed_hash and signed_hash != sheet.content_hash:
        found.append("内容校验值与签发时留痕所记的不同")
    if _wrong_status(sheet):
        corrected = "已签发过更正版" if sheet.was_corrected else "没有签发过更正版"
        found.append(f"状态现为{sheet.get_status_display()}，{corrected}")
    compared = [*_named(sheet, event.detail), ("签发人编号", sheet.signed_by_id, event.actor_id)]
    compared.append(("科室编号", sheet.audit.department_id, event.department_id))
    if whole and signed_hash == sheet.content_hash:  # then the content is what was signed, and can be read
        compared += _printed(sheet)
    for what, now, then in compared:
        if now != then:
            found.append(f"{what}现为{_shown(now)}，签发时为{_shown(then)}")
    return SignedRecord(tuple(found), "" if signed_hash else _NO_HASH)


@dataclass(frozen=True)
class SignedSheet:
    """A signed sheet whose record was checked: its document, and what could not be compared."""

    document: PacketDocument
    note: str


def signed_sheet(sheet: Sheet) -> SignedSheet:
    """The content as signed, read and checked once.

    RecordDiffersError when the row differs from its signing event, RefusedError when it cannot be read.
    """
    if sheet.status not in FROZEN:
        raise RefusedError("评分表尚未签发，没有正式的迎检包。")
    found = signed_record(sheet)
    if found.sentence:
        raise RecordDiffersError(found.sentence)
    try:
        return SignedSheet(PacketDocument.from_dict(sheet.content), found.note)
    except UnfitPacketError as problem:
        raise RefusedError(f"已签发的内容不能读取：{problem}请联系系统管理员核查。") from None


def signed_document(sheet: Sheet) -> PacketDocument:
    """The document of `signed_sheet`."""
    return signed_sheet(sheet).document


def columns_differ(sheet: Any) -> bool:
    """Whether a row of `Sheet.objects.with_signed_as()` names other points or another hash than were signed.

    For lists: the content, which may be large, is held against the hash where the sheet is opened.
    """
    if sheet.status not in FROZEN:
        return False
    named: dict[str, Any] | None = sheet.signed_as
    if named is None or named.get("hash", sheet.content_hash) != sheet.content_hash:
        return True
    return _wrong_status(sheet) or any(now != then for _, now, then in _named(sheet, named))


def _wrong_status(sheet: Any) -> bool:
    """Whether the status contradicts the corrections: superseded exactly when a correction was signed."""
    return bool((sheet.status == Sheet.Status.SUPERSEDED) != sheet.was_corrected)


def _named(sheet: Sheet, detail: dict[str, Any]) -> Iterable[tuple[str, Any, Any]]:
    """(what, as it is in the row, as the detail of its signing event names it)."""
    columns = (
        ("number", "number", "版次"),
        ("total", "total", "合计得分"),
        ("audit", "audit_id", "抽样编号"),
        ("corrects", "corrects_id", "所更正评分表的编号"),
    )
    for name, column, what in columns:
        if name in detail:
            yield what, getattr(sheet, column), detail[name]
    if "verdict" in detail:
        yield "判定", _verdict(sheet.verdict), _verdict(detail["verdict"])


def _printed(sheet: Sheet) -> Iterable[tuple[str, Any, Any]]:
    """(what, as it is in the row, as the signed content prints it)."""
    content: dict[str, Any] = sheet.content or {}
    period = content["period"]
    yield "抽样窗口起", str(sheet.audit.window_start), period["window_start"]
    yield "抽样窗口止", str(sheet.audit.window_end), period["window_end"]
    yield "标准版本", sheet.edition, content["edition"]["id"]
    yield "机构级别", sheet.hospital_level, content["institution"]["level"]
    yield "提交时间", stamp(sheet.submitted_at), content["sheet"]["submitted_at"]
    yield "签发时间", stamp(sheet.signed_at), content["sheet"]["signed_at"]


def _shown(value: Any) -> str:
    return "空" if value in (None, "") else str(value)


def _verdict(code: Any) -> str:
    return VERDICT_ZH.get(code, str(code or ""))
