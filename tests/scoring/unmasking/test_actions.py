"""An unmasked packet: asked for with a reason, let out by another person, for one version, until a day."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audits.conflicts import RefusedError
from scoring.sheets.actions.corrections import correct_sheet
from scoring.sheets.models import Sheet
from scoring.signing.actions import sign_sheet, submit_sheet
from scoring.unmasking.actions.requests import (
    OWN,
    approve_unmasked,
    ask_unmasked,
    refuse_unmasked,
    withdraw_unmasked,
)
from scoring.unmasking.models import UnmaskRequest
from staff.accounts.models import RoleGrant
from tests import people
from tests.scoring.unmasking.factories import (
    FITS,
    IDENTITY,
    NAME,
    OTHER_NAME,
    REASON,
    approved,
    asked,
    canary_sheet,
    tomorrow,
)
from tests.stories import made_once
from trail.models import Event

pytestmark = pytest.mark.usefixtures("laid_out_once")


@made_once
def signed(department, officer, head, assessor) -> Sheet:
    return canary_sheet(department, officer=officer, head=head, assessor=assessor)


def refusal(action, *args, **more) -> str:
    with pytest.raises(RefusedError) as refused:
        action(*args, **more)
    return str(refused.value)


def corrected(sheet: Sheet, *, officer, head) -> Sheet:
    new = correct_sheet(sheet, reason="补交记录", version=sheet.version, by=officer)
    new = submit_sheet(new, version=new.version, by=officer)
    return sign_sheet(new, version=new.version, by=head)


# --- two persons -----------------------------------------------------------------------------------


def test_request_and_approval_by_two_persons_are_recorded_with_their_reasons(
    signed, officer, head, inspector
):
    request = approved(signed, by=officer, head=head, inspector=inspector, days=7)
    until = timezone.localdate() + timedelta(days=7)
    facts = (request.status, request.asked_by, request.decided_by, request.decision_reason, request.until)
    assert facts == ("approved", officer, head, FITS, until)
    told = {"approval": request.pk, "receiver": "检查甲（inspector）", "number": 1}
    events = Event.objects.about(signed).filter(action__contains="unmasked").order_by("seq")
    assert [(e.action, e.actor_id, e.detail) for e in events] == [
        ("scoring.ask_unmasked", officer.pk, told | {"reason": REASON}),
        ("scoring.approve_unmasked", head.pk, told | {"reason": FITS, "until": str(until)}),
    ]


def test_asker_who_may_approve_too_cannot_decide_their_own_request(signed, department, officer, head):
    RoleGrant.objects.create(user=officer, role="head", department=department)
    request = asked(signed, by=officer)
    given = {"until": tomorrow(), "reason": FITS, "by": officer}
    assert refusal(approve_unmasked, request, **given) == OWN
    assert refusal(refuse_unmasked, request, reason="不必", by=officer) == OWN
    request.refresh_from_db()
    assert (request.status, request.decided_by) == ("asked", None)


def test_database_refuses_a_decision_by_the_asker(signed, officer):
    request = asked(signed, by=officer)
    decision = {"decided_by": officer, "decided_at": timezone.now(), "decision_reason": FITS}
    with pytest.raises(IntegrityError, match="unmask_decided_by_another"), transaction.atomic():
        UnmaskRequest.objects.filter(pk=request.pk).update(status="approved", until=tomorrow(), **decision)
    with pytest.raises(IntegrityError, match="unmask_decided_by_another"), transaction.atomic():
        UnmaskRequest.objects.filter(pk=request.pk).update(status="refused", **decision)


def test_database_refuses_a_receiver_who_asked_or_decides(signed, officer, head, inspector):
    request = asked(signed, by=officer, inspector=inspector)
    for change in ({"inspector": officer}, {"decided_by": inspector}):
        with pytest.raises(IntegrityError, match="unmask_receiver_is_another"), transaction.atomic():
            UnmaskRequest.objects.filter(pk=request.pk).update(**change)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"reason": ""}, "unmask_has_reason"),
        ({"institution": ""}, "unmask_has_one_receiver"),
        ({"status": "approved"}, "unmask_decision_is_whole|unmask_approval_ends"),
        ({"status": "refused"}, "unmask_decision_is_whole"),
        ({"status": "withdrawn"}, "unmask_withdrawal_is_whole"),
    ],
)
def test_database_refuses_a_request_that_is_not_whole(signed, officer, change, constraint):
    request = asked(signed, by=officer)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        UnmaskRequest.objects.filter(pk=request.pk).update(**change)


def test_decided_request_is_not_decided_again(signed, officer, head):
    request = approved(signed, by=officer, head=head)
    other = {"reason": "不必", "by": head}
    assert refusal(refuse_unmasked, request, **other) == "本申请已批准，不能再次决定。"
    withdraw_unmasked(request, reason="检查取消", by=head)
    again = refusal(approve_unmasked, request, until=tomorrow(), reason=FITS, by=head)
    assert again == "本申请已收回，不能再次决定。"
    assert refusal(withdraw_unmasked, request, reason="检查取消", by=head) == "本申请已收回，不能收回。"


@pytest.mark.parametrize("days", [-1, 15, 4000])
def test_approval_beyond_the_set_time_is_refused(signed, officer, head, days, settings):
    settings.QC_UNMASKED_DAYS = 14
    until = timezone.localdate() + timedelta(days=days)
    words = refusal(approve_unmasked, asked(signed, by=officer), until=until, reason=FITS, by=head)
    assert words == f"有效期应在今天（{timezone.localdate()}）至14天之内，收到 {until}。"


# --- what is typed ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [NAME, OTHER_NAME, IDENTITY, "鹳 雀 儿"])
@pytest.mark.parametrize("place", ["reason", "institution"])
def test_reason_or_receiver_that_names_a_patient_is_refused_without_repeating_it(
    signed, officer, name, place
):
    given = {"inspector": None, "institution": "卫健委", "reason": "核对", "by": officer}
    words = refusal(ask_unmasked, signed, **given | {place: f"核对{name}"})
    assert ("不得写受检者的姓名或编号" in words, name in words) == (True, False)
    assert not UnmaskRequest.objects.exists()


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("", "请填写用途与理由。"),
        (" \n\t　", "请填写用途与理由。"),
        ("查" * 101, "用途与理由最多100字，现有101字，请精简。"),
    ],
)
def test_empty_or_long_reason_is_refused(signed, officer, reason, words):
    assert refusal(asked, signed, by=officer, reason=reason or " ") == words


def test_reason_over_several_lines_becomes_one_line_without_control_characters(signed, officer):
    request = asked(signed, by=officer, reason=" 依据通知\r\n第7号\u202e \x00核对 ")
    assert request.reason == "依据通知 第7号 核对"


@pytest.mark.parametrize("action", ["refuse", "withdraw", "approve"])
def test_decision_and_withdrawal_need_reasons_that_name_no_patient(signed, officer, head, action):
    request = asked(signed, by=officer)
    actions = {"refuse": refuse_unmasked, "withdraw": withdraw_unmasked, "approve": approve_unmasked}
    more = {"until": tomorrow()} if action == "approve" else {}
    for reason in ("  ", f"{NAME}的病历已核"):
        refusal(actions[action], request, reason=reason, by=head, **more)
    request.refresh_from_db()
    assert request.status == "asked"


def test_receiver_without_the_inspectors_role_in_the_department_is_refused(
    signed, officer, head, member, inspector, other_department
):
    far = people.person("far", "远专家", "inspector", other_department)
    for user in (member, far, head):
        assert "不是本科室在用的检查专家账号" in refusal(asked, signed, by=officer, inspector=user)
    request = asked(signed, by=officer, inspector=inspector)
    inspector.is_active = False
    inspector.save()
    words = refusal(approve_unmasked, request, until=tomorrow(), reason=FITS, by=head)
    assert "不是本科室在用的检查专家账号" in words


def test_second_request_for_the_same_receiver_is_refused_while_one_waits_or_holds(signed, officer, head):
    first = asked(signed, by=officer)
    assert refusal(asked, signed, by=officer) == f"同一接收人已有待批准的申请（第{first.pk}号）。"
    approve_unmasked(first, until=tomorrow(), reason=FITS, by=head)
    assert "不必重复申请" in refusal(asked, signed, by=officer)
    withdraw_unmasked(first, reason="换用途", by=officer)
    assert asked(signed, by=officer).status == "asked"
