"""机构提供的资料 and grants: noted, corrected, struck out; given and taken back."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from audits.conflicts import ConflictError, RefusedError
from scoring.downloads.actions import grant_packet, inspectors_of, revoke_grant
from scoring.downloads.models import PacketGrant
from scoring.sheets.actions.notes import add_evidence, change_evidence, remove_evidence
from scoring.sheets.actions.sheets import create_sheet
from scoring.sheets.models import EvidenceNote, Sheet
from tests import people
from tests.audits.factories import drawn_audit
from tests.scoring.sheets.factories import draft_sheet, signed_sheet, submitted_sheet
from tests.stories import made_once
from trail.models import Event


@pytest.fixture
def draft(department, officer):
    return create_sheet(audit=drawn_audit(department), by=officer)


@made_once
def signed(department, officer, head, assessor):
    return signed_sheet(department, by=officer, head=head, assessor=assessor)


def test_evidence_added_is_kept_with_its_row_and_who(draft, officer):
    note = add_evidence(
        draft, row="1.1", title=" 书写规范 ", dated_on=date(2025, 1, 6), note="档案柜", version=1, by=officer
    )
    note.refresh_from_db()
    assert (note.row, note.title, note.dated_on, note.note, note.added_by, note.sheet.version) == (
        "1.1",
        "书写规范",
        date(2025, 1, 6),
        "档案柜",
        officer,
        2,
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"row": "3.1", "title": "规范"}, "没有第“3.1”行"),
        ({"row": "1.1", "title": "  "}, "请填写资料名称"),
        ({"row": "1.1", "title": "字" * 201}, "最多200字"),
        ({"row": "1.1", "title": "规范", "note": "字" * 501}, "最多500字"),
    ],
)
def test_evidence_that_does_not_fit_is_refused(draft, officer, given, sentence):
    with pytest.raises(RefusedError, match=sentence):
        add_evidence(draft, version=1, by=officer, **given)
    assert EvidenceNote.objects.count() == 0


def test_evidence_changed_leaves_old_and_new_in_the_trail(draft, officer):
    note = add_evidence(draft, row="1.1", title="规范", version=1, by=officer)
    change_evidence(note, title="书写规范", dated_on=None, note="", version=2, by=officer)
    assert EvidenceNote.objects.get().title == "书写规范"
    event = Event.objects.get(action="scoring.change_evidence")
    assert event.detail == {"row": "1.1", "changed": {"title": ["规范", "书写规范"]}}


def test_evidence_removed_is_named_in_the_trail(draft, officer):
    note = add_evidence(draft, row="1.1", title="规范", version=1, by=officer)
    remove_evidence(note, version=2, by=officer)
    assert EvidenceNote.objects.count() == 0
    assert Event.objects.get(action="scoring.remove_evidence").detail == {"row": "1.1", "title": "规范"}


def test_evidence_from_stale_page_conflicts(draft, officer):
    add_evidence(draft, row="1.1", title="规范", version=1, by=officer)
    with pytest.raises(ConflictError):
        add_evidence(draft, row="1.2", title="记录", version=1, by=officer)
    assert EvidenceNote.objects.count() == 1


def test_evidence_of_submitted_sheet_is_refused(department, officer, assessor):
    sheet = submitted_sheet(department, by=officer, assessor=assessor)
    with pytest.raises(RefusedError, match="不能再改"):
        add_evidence(sheet, row="1.1", title="规范", version=sheet.version, by=officer)


# --- grants ----------------------------------------------------------------------------------------


def days(n: int) -> date:
    return timezone.localdate() + timedelta(days=n)


def test_grant_lets_this_inspector_download_until_the_day(signed, inspector, head, department):
    other = people.person("inspector2", "检查乙", "inspector", department)
    grant_packet(signed, inspector=inspector, until=days(0), by=head)
    assert list(Sheet.objects.downloadable_by(inspector)) == [signed]
    assert list(Sheet.objects.downloadable_by(other)) == []


def test_grant_that_ran_out_lets_nobody_in(signed, inspector, head):
    grant_packet(signed, inspector=inspector, until=days(3), by=head)
    PacketGrant.objects.update(until=days(-1))
    assert list(Sheet.objects.downloadable_by(inspector)) == []


def test_grant_given_again_moves_its_last_day(signed, inspector, head):
    grant_packet(signed, inspector=inspector, until=days(3), by=head)
    grant_packet(signed, inspector=inspector, until=days(9), by=head)
    assert list(PacketGrant.objects.values_list("until", flat=True)) == [days(9)]


def test_grant_taken_back_shuts_out_at_once(signed, inspector, head):
    grant = grant_packet(signed, inspector=inspector, until=days(3), by=head)
    revoke_grant(grant, by=head)
    assert list(Sheet.objects.downloadable_by(inspector)) == []
    assert Event.objects.order_by("seq").last().action == "scoring.revoke_grant"


@pytest.mark.parametrize("shift", [-1, 367])
def test_grant_until_an_unfit_day_is_refused(signed, inspector, head, shift):
    with pytest.raises(RefusedError, match="授权截止日"):
        grant_packet(signed, inspector=inspector, until=days(shift), by=head)


def test_grant_to_who_is_no_inspector_here_is_refused(signed, officer, head, other_department):
    stranger = people.person("far", "检查丙", "inspector", other_department)
    for person in (officer, stranger):
        with pytest.raises(RefusedError, match="检查专家"):
            grant_packet(signed, inspector=person, until=days(3), by=head)


def test_grant_of_draft_is_refused(department, officer, assessor, inspector, head):
    sheet = draft_sheet(department, by=officer, assessor=assessor)
    with pytest.raises(RefusedError, match="只能授权已签发"):
        grant_packet(sheet, inspector=inspector, until=days(3), by=head)


def test_inspectors_of_department_are_its_own_and_active(department, inspector, other_department):
    people.person("far", "检查丙", "inspector", other_department)
    people.person("gone", "检查丁", "inspector", department, is_active=False)
    assert inspectors_of(department.pk) == [inspector]


def test_downloadable_by_people_of_the_department_needs_both_permissions(
    signed, officer, head, member, admin
):
    found = {
        user.username: list(Sheet.objects.downloadable_by(user)) for user in (officer, head, member, admin)
    }
    assert found == {"officer": [signed], "head": [signed], "member": [], "admin": []}


def test_downloadable_by_other_department_is_empty(signed, other_department):
    stranger = people.person("far", "邻县甲", "qc_officer", other_department)
    assert list(Sheet.objects.downloadable_by(stranger)) == []
