"""A refused submission, signature or seal leaves an event, although nothing else of it stays."""

import pytest
from django.urls import reverse

from audits.conflicts import RefusedError
from audits.judging.models import Review
from scoring.packet.actions.files import packet_files
from scoring.sheets.actions.sheets import set_row
from scoring.sheets.models import Sheet
from scoring.signing.actions import sign_sheet, submit_sheet
from tests.scoring.sheets.factories import draft_sheet, submitted_sheet
from tests.stories import made_once
from trail.models import Event

pytestmark = pytest.mark.django_db


@made_once
def draft(department, officer, head, assessor):
    return draft_sheet(department, by=officer, assessor=assessor)


def newest():
    event = Event.objects.order_by("-seq").first()
    return event.action, event.target_id, event.actor_id, event.result, event.detail


def test_refused_submission_leaves_an_event_with_its_reason(draft, officer, sign_in):
    sheet = set_row(draft, row="1.2", state="", version=draft.version, by=officer)
    answer = sign_in(officer).post(reverse("scoring:submit", args=[sheet.pk]), {"version": sheet.version})
    assert (answer.status_code, Sheet.objects.get().status) == (422, "draft")
    detail = {"reason": "还不能提交：第1.2行尚未评定。"}
    assert newest() == ("scoring.submit_refused", str(sheet.pk), officer.pk, "refused", detail)


def test_submission_over_an_edited_ruling_leaves_the_difference_once(draft, officer):
    Review.objects.update(conclusion_reason="改写")
    for _ in range(2):
        with pytest.raises(RefusedError):
            submit_sheet(draft, version=draft.version, by=officer)
    event = Event.objects.get(action="scoring.record_differs")
    assert (event.target_id, event.result) == (str(draft.pk), "refused")
    assert not Event.objects.filter(action="scoring.submit_refused").exists()


def test_signature_refused_for_a_changed_basis_leaves_an_event(draft, officer, head, sign_in):
    sheet = submit_sheet(draft, version=draft.version, by=officer)
    sheet.row_settings.filter(row="1.1").update(reason="改写")
    answer = sign_in(head).post(reverse("scoring:sign", args=[sheet.pk]), {"version": sheet.version})
    assert (answer.status_code, Sheet.objects.get().status) == (422, "submitted")
    action, target, actor, result, detail = newest()
    assert (action, target, actor, result) == ("scoring.sign_refused", str(sheet.pk), head.pk, "refused")
    assert "与提交时不同" in detail["reason"]


def test_submission_by_a_stale_page_leaves_no_event(draft, officer, sign_in):
    answer = sign_in(officer).post(reverse("scoring:submit", args=[draft.pk]), {"version": draft.version - 1})
    assert (answer.status_code, Event.objects.filter(action__endswith="refused").count()) == (409, 0)


def test_seal_refused_for_a_key_that_cannot_be_read_leaves_an_event(
    department, officer, head, assessor, settings
):
    sheet = submitted_sheet(department, by=officer, assessor=assessor)
    sheet = sign_sheet(sheet, version=sheet.version, by=head)
    settings.QC_PACKET_KEY = "/nowhere/gone.p12"
    with pytest.raises(RefusedError, match="请联系系统管理员"):
        packet_files(Sheet.objects.get(pk=sheet.pk), ("pdf",), by=officer)
    action, target, actor, result, detail = newest()
    assert (action, target, actor, result) == ("scoring.seal_refused", str(sheet.pk), officer.pk, "refused")
    assert "gone.p12" in detail["reason"]
