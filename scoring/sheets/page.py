"""The context of the sheet page: the printed form, what may be done with it, and how it got here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from audits.quarter.domain.state import quarter_state
from audits.quarter.page import Step
from audits.quarter.queries.draw_chain import draw_chain
from audits.sampling.queries.withheld import withheld_ids
from exporting.columns import tag
from scoring.sheets.models import Sheet
from scoring.sheets.queries.appeals import appeals_of
from scoring.sheets.queries.corrections import correction_under_way
from scoring.sheets.queries.draft_view import draft_view
from scoring.sheets.queries.later_changes import change_sentences
from scoring.sheets.queries.obstacles import obstacles
from scoring.sheets.queries.scored import ScoredSheet, enclosures, scored_sheet
from scoring.sheets.queries.signed_records import signed_sheet
from scoring.sheets.queries.signed_view import signed_view
from scoring.sheets.queries.values import SheetView
from scoring.sheets.queries.warnings import signing_warnings
from scoring.sheets.queries.withheld import view_for
from staff.access.requests import SignedInRequest


@dataclass(frozen=True)
class Happening:
    """A line of the sheet's history, for components/_timeline.html."""

    title: str
    who: str
    at: datetime | None
    note: str = ""
    kind: str = ""


def sheet_page(request: SignedInRequest, sheet: Sheet) -> dict[str, Any]:
    """Everything the page shows; the number of queries does not depend on cases, rows or versions."""
    scored: ScoredSheet | None = None
    record_note = ""
    if sheet.content is None:
        scored = scored_sheet(sheet)
        whole = draft_view(scored)
    else:
        signed = signed_sheet(sheet)
        whole, record_note = signed_view(signed.document), signed.note
    view = view_for(request.user, sheet, whole)
    editable = sheet.status == Sheet.Status.DRAFT and _may(request, "edit_sheet", sheet)
    return {
        "sheet": sheet,
        "view": view,
        "editable": editable,
        "obstacles": obstacles(scored) if scored and sheet.status == Sheet.Status.DRAFT else (),
        "steps": steps(sheet, view),
        "state": _state(sheet, view),
        "history": history(sheet),
        "versions": list(sheet.audit.sheets.defer("content").order_by("-number")),
        "draw_chain": draw_chain(sheet.audit, withheld_ids(request.user)),
        "level_now": _changed_level(sheet),
        "may_sign": _may(request, "sign_sheet", sheet),
        "warnings": signing_warnings(scored) if scored and sheet.status == Sheet.Status.SUBMITTED else None,
        "is_own_submission": sheet.submitted_by_id == request.user.pk,
        "appeals": appeals_of(sheet),
        "left_out": enclosures(scored).left_out if scored else (),
        "record_note": record_note,
        "later_changes": change_sentences(sheet),
        "being_corrected": correction_under_way(sheet),
        "may_correct": sheet.status == Sheet.Status.SIGNED and _may(request, "edit_sheet", sheet),
        "may_download": _may(request, "download_packet", sheet),
        **_unmasking(request, sheet),
        "perms_audits": request.user.may("audits.view", sheet.audit.department),
    }


def _unmasking(request: SignedInRequest, sheet: Sheet) -> dict[str, Any]:
    """Requests for unmasked packets of a signed version, for who may download its masked one."""
    if sheet.content is None or not _may(request, "download_packet", sheet):
        return {"unmask_requests": None, "may_ask_unmasked": False}
    rows = sheet.unmask_requests.select_related("inspector", "asked_by", "sheet").defer("sheet__content")
    asks = sheet.status == Sheet.Status.SIGNED and _may(request, "ask_unmasked", sheet)
    return {
        "unmask_requests": [(row, tag(row.state_tag, row.state_zh)) for row in rows],
        "may_ask_unmasked": asks,
    }


def _may(request: SignedInRequest, code: str, sheet: Sheet) -> bool:
    return request.user.may(f"scoring.{code}", sheet.audit.department)


def _changed_level(sheet: Sheet) -> str:
    """The institution's current level as a label, when an unsigned sheet was scored with another one."""
    now = sheet.audit.department.institution
    if sheet.status not in (Sheet.Status.DRAFT, Sheet.Status.SUBMITTED) or now.level == sheet.hospital_level:
        return ""
    return now.get_level_display()


def _state(sheet: Sheet, view: SheetView) -> str:
    """The quarter's state as every page says it; of an older version, that it was superseded."""
    if sheet.status == Sheet.Status.SUPERSEDED:
        return sheet.get_status_display()
    settled = view.judged
    return quarter_state(cancelled=False, cases=len(view.cases), settled=settled, sheet=sheet.status).label


def steps(sheet: Sheet, view: SheetView) -> tuple[Step, ...]:
    """The quarter's steps, with the one the sheet has reached."""
    done = len(view.cases) > 0 and view.judged == len(view.cases)
    signed = sheet.status in (Sheet.Status.SIGNED, Sheet.Status.SUPERSEDED)
    submitted = sheet.status == Sheet.Status.SUBMITTED
    audit_url = reverse("audits:detail", args=[sheet.audit_id])
    filled = "done" if signed or submitted else "current" if done else "todo"
    return (
        Step("抽样", "done", url=audit_url),
        Step("评审", "done" if done else "current", f"{view.judged}/{len(view.cases)}", audit_url),
        Step("评分表", filled),
        Step("签发", "done" if signed else "current" if submitted else "todo"),
        Step("迎检包", "current" if signed else "todo", url=reverse("scoring:packets") if signed else ""),
    )


def history(sheet: Sheet) -> list[Happening]:
    """The events of this version, oldest first."""
    made = "建立更正版" if sheet.corrects_id else "建立"
    found = [Happening(made, str(sheet.created_by or "命令行"), sheet.created_at, sheet.correction_reason)]
    if sheet.returned_at:
        found.append(
            Happening("退回", str(sheet.returned_by), sheet.returned_at, sheet.returned_reason, "fail")
        )
    if sheet.submitted_at:
        found.append(Happening("提交", str(sheet.submitted_by), sheet.submitted_at))
    if sheet.signed_at:
        found.append(Happening("签发", str(sheet.signed_by), sheet.signed_at, "", "pass"))
    return found
