"""改进措施: set, carried out, checked against the months after, closed by another person, reopened."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audits.conflicts import ConflictError, RefusedError
from audits.measures.actions import (
    cancel_measure,
    change_measure,
    check_effect,
    close_measure,
    finish_measure,
    note_measure,
    reopen_measure,
    set_measure,
)
from audits.measures.models import Measure
from audits.measures.queries.calendar import calendar_months, year_months
from audits.measures.queries.effects import effect_now, measure_facts
from staff.register.models import Member
from tests import people
from tests.audits.factories import drawn_audit
from tests.audits.monthly.factories import (
    CLAUSE,
    MONTH,
    checked_measure,
    closed_month,
    done_measure,
    drawn_month,
    given,
    open_measure,
    set_then,
)
from trail.models import Event

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)
TODAY = date(2026, 11, 24)


def refused(act, *args, **kwargs) -> str:
    with pytest.raises(RefusedError) as caught:
        act(*args, **kwargs)
    return str(caught.value)


@pytest.fixture
def september(department, officer):
    """A finished month in which two of three reports had a problem."""
    return closed_month(department, officer, faulty=2)


@pytest.fixture
def measure(september, officer, member):
    """Against September's problem; 书写甲 answers for it."""
    return open_measure(september, officer, member)


@pytest.fixture
def october(department, officer, measure):
    """The next month, finished, without a problem."""
    return closed_month(department, officer, month=OCTOBER)


def kinds(measure) -> list[str]:
    return list(measure.entries.order_by("pk").values_list("kind", flat=True))


def test_set_keeps_words_owner_and_day_and_leaves_an_entry(measure, september, member, officer):
    assert (measure.audit, measure.quarter, measure.clauses, measure.status) == (
        september,
        None,
        [CLAUSE],
        "open",
    )
    assert (measure.owner_user, measure.owner_name, measure.due_on) == (
        member,
        "书写甲 1010",
        date(2026, 10, 20),
    )
    assert [(e.kind, e.text, e.by) for e in measure.entries.all()] == [
        ("set", "科内培训并更新模板。", officer)
    ]
    event = Event.objects.order_by("-seq").first()
    assert (event.action, event.detail["clauses"], event.detail["owner"]) == (
        "audits.set_measure",
        [CLAUSE],
        "书写甲 1010",
    )


def test_set_takes_an_owner_of_the_register_with_their_account(september, department, officer, member):
    entry = Member.objects.create(
        department=department, staff_number="1010", full_name="书写甲", kind="physician", user=member
    )
    measure = set_measure(source=september, given=given(owner=entry), by=officer)
    assert (measure.owner, measure.owner_user, measure.owner_name) == (entry, member, "书写甲(1010)")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"clauses": []}, "请选择所针对的条款"),
        ({"clauses": ["9.9"]}, "没有编号为“9.9”的条款"),
        ({"problem": " "}, "请写明问题"),
        ({"action": ""}, "请写明改进措施"),
        ({"owner_user": None}, "请选择责任人"),
        ({"due_on": date(2026, 9, 30)}, "期限应在所查期间（至 2026-09-30）之后"),
    ],
)
def test_set_without_what_it_needs_is_refused(september, officer, member, changes, sentence):
    assert sentence in refused(
        set_measure, source=september, given=given(**{"owner_user": member} | changes), by=officer
    )
    assert Measure.objects.count() == 0


def test_set_with_an_owner_of_another_department_is_refused(september, officer, other_department):
    stranger = Member.objects.create(
        department=other_department, staff_number="9", full_name="外人", kind="physician"
    )
    assert "本科室" in refused(set_measure, source=september, given=given(owner=stranger), by=officer)


def test_set_against_a_quarter_waits_until_its_rulings_are_closed(department, officer, member):
    quarter = drawn_audit(department)
    late = given(member, due_on=date(2036, 12, 1))
    assert "评审完成之后" in refused(set_measure, source=quarter, given=late, by=officer)
    quarter.status = "settled"
    quarter.save()
    measure = set_measure(source=quarter, given=late, by=officer)
    assert (measure.quarter, measure.audit) == (quarter, None)
    assert measure_facts(measure).month == MONTH


def test_set_masks_the_patients_of_the_month(september, officer, member):
    measure = set_measure(
        source=september, given=given(member, problem="受检甲的报告未指明参照。"), by=officer
    )
    assert measure.problem == "受**的报告未指明参照。"


def test_change_tells_old_and_new_in_the_trail(measure, officer, member):
    later = given(member, due_on=date(2036, 12, 1))
    changed = change_measure(measure, given=later, reason="培训改期", version=measure.version, by=officer)
    assert changed.due_on == date(2036, 12, 1)
    detail = Event.objects.order_by("-seq").first().detail
    assert detail == {"reason": "培训改期", "changed": {"due_on": ["2026-10-20", "2036-12-01"]}}


def test_notes_and_carrying_out_are_entries_with_who_and_when(measure, member):
    measure = note_measure(measure, text="已通知全科。", version=measure.version, by=member)
    measure = done_measure(measure, member)
    assert (measure.status, measure.done_on) == ("done", date(2026, 10, 8))
    assert [(e.kind, e.text, e.by) for e in measure.entries.order_by("pk")][1:] == [
        ("note", "已通知全科。", member),
        ("done", "已培训。", member),
    ]


def test_carrying_out_in_the_future_or_before_the_month_is_refused(measure, member):
    tomorrow = timezone.localdate() + timedelta(days=1)
    for day, sentence in ((tomorrow, "在今天之后"), (date(2026, 8, 31), "早于所抽查的月份")):
        assert sentence in refused(
            finish_measure, measure, text="x", done_on=day, version=measure.version, by=member
        )


def test_effect_without_a_later_month_is_refused(measure, officer, member):
    measure = done_measure(measure, member)
    assert "还没有已完成的月度质控" in refused(
        check_effect, measure, effect="effective", text="x", version=measure.version, by=officer
    )


def test_effect_is_the_rate_before_and_after_and_is_kept(measure, october, officer, member):
    effect = effect_now(measure)
    assert (effect.comparison.before.text, effect.comparison.after.text) == ("2/3（66.7%）", "0/3（0.0%）")
    measure = checked_measure(measure, officer)
    assert (measure.status, measure.effect, measure.checked_by) == ("checked", "unclear", officer)
    assert measure.effect_facts["before"] == [["2026-09", 2, 3]]
    assert measure.effect_facts["after"] == [["2026-10", 0, 3]]
    assert measure.effect_facts["trend"] == "unclear"


@pytest.mark.parametrize(("size", "trend"), [(3, "unclear"), (12, "fewer")])
def test_effect_is_called_effective_only_where_the_interval_excludes_zero(
    measure, department, officer, member, size, trend
):
    closed_month(department, officer, month=OCTOBER, size=size, n=size)  # 2/3 to 0/3 or to 0/12
    measure = done_measure(measure, member)
    said = {"effect": "effective", "text": "未再出现。", "version": measure.version, "by": officer}
    if trend == "fewer":
        measure = check_effect(measure, **said)
        assert (measure.effect, measure.effect_facts["trend"]) == ("effective", "fewer")
    else:
        assert "现有数据不支持“有效”：由 2/3（66.7%） 到 0/3（0.0%）" in refused(
            check_effect, measure, **said
        )


@pytest.mark.parametrize("day", [date(2026, 10, 21), timezone.localdate()])
def test_due_day_that_has_come_is_refused_for_a_new_and_for_a_changed_measure(
    measure, september, officer, member, day
):
    sentence = f"期限应在今天（{timezone.localdate()}）之后，收到 {day}"
    new = given(member, due_on=day)
    assert sentence in refused(set_measure, source=september, given=new, by=officer)
    assert sentence in refused(
        change_measure, measure, given=new, reason="x", version=measure.version, by=officer
    )


def test_overdue_measure_is_reworded_without_a_new_day(measure, officer, member):
    same = given(member, due_on=measure.due_on, action="另拟。")
    changed = change_measure(measure, given=same, reason="x", version=measure.version, by=officer)
    assert (changed.action, changed.due_on) == ("另拟。", date(2026, 10, 20))


def test_close_by_another_person_ends_it(measure, october, officer, head):
    measure = checked_measure(measure, officer)
    measure = close_measure(measure, text="同意关闭。", version=measure.version, by=head)
    assert (measure.status, measure.closed_by) == ("closed", head)
    assert kinds(measure) == ["set", "done", "effect", "close"]


def test_close_before_the_effect_was_checked_is_refused(measure, october, member, head):
    measure = done_measure(measure, member)
    assert refused(close_measure, measure, text="x", version=measure.version, by=head) == (
        "关闭之前须先落实措施并核对效果。"
    )


def test_close_by_the_owner_is_refused(september, october, officer):
    own = checked_measure(open_measure(september, officer), officer)
    assert "责任人以外的人" in refused(close_measure, own, text="x", version=own.version, by=officer)


def test_close_by_the_owner_is_refused_also_when_their_account_was_linked_later(
    september, october, department, officer
):
    entry = Member.objects.create(
        department=department, staff_number="77", full_name="测一鸣", kind="physician"
    )
    own = set_then(set_measure(source=september, given=given(owner=entry), by=officer))
    own = checked_measure(own, officer)
    entry.user = officer
    entry.save()
    assert "责任人以外的人" in refused(close_measure, own, text="x", version=own.version, by=officer)


def test_close_by_someone_with_the_owners_staff_number_is_refused(september, october, department, officer):
    entry = Member.objects.create(
        department=department, staff_number=officer.staff_number, full_name="测一鸣", kind="physician"
    )
    own = set_then(set_measure(source=september, given=given(owner=entry), by=officer))
    own = checked_measure(own, officer)
    assert "责任人以外的人" in refused(close_measure, own, text="x", version=own.version, by=officer)


def test_database_refuses_the_owner_as_the_one_who_closed(measure, october, officer, head, member):
    measure = checked_measure(measure, officer)
    measure = close_measure(measure, text="同意。", version=measure.version, by=head)
    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(closed_by=member)


def test_reopen_starts_over_with_a_new_day_and_keeps_the_story(measure, october, officer, head):
    measure = checked_measure(measure, officer)
    measure = close_measure(measure, text="同意。", version=measure.version, by=head)
    for day in (date(2026, 11, 1), timezone.localdate()):
        assert f"期限应在今天（{timezone.localdate()}）之后，收到 {day}" in refused(
            reopen_measure, measure, reason="x", due_on=day, version=measure.version, by=head
        )
    due = timezone.localdate() + timedelta(days=20)
    measure = reopen_measure(measure, reason="再次出现。", due_on=due, version=measure.version, by=head)
    assert (measure.status, measure.due_on, measure.done_on, measure.effect, measure.closed_by) == (
        "open",
        due,
        None,
        "",
        None,
    )
    assert kinds(measure) == ["set", "done", "effect", "close", "reopen"]


def test_cancel_needs_a_reason_and_is_final(measure, officer):
    assert "须写明理由" in refused(cancel_measure, measure, reason="", version=measure.version, by=officer)
    measure = cancel_measure(measure, reason="与另一项合并", version=measure.version, by=officer)
    assert "已取消" in refused(note_measure, measure, text="x", version=measure.version, by=officer)


def test_second_save_of_an_older_page_is_a_conflict(measure, member, officer):
    note_measure(measure, text="一", version=measure.version, by=member)
    with pytest.raises(ConflictError):
        note_measure(measure, text="二", version=measure.version, by=officer)
    assert measure.entries.count() == 2


def months_of_2026(department, *numbers):
    return year_months(department, [date(2026, number, 1) for number in numbers], TODAY)


def test_year_shows_what_is_late_and_what_is_not_covered(department, officer, member):
    closed_month(department, officer, month=date(2026, 7, 1), faulty=1, days_late=12)
    drawn_month(department, officer, month=date(2026, 8, 1))
    september = closed_month(department, officer, faulty=2, days_late=0)
    open_measure(september, officer, member)
    drawn_month(department, officer, month=OCTOBER)
    shown = months_of_2026(department, 6, 7, 8, 9, 10, 11, 12)
    assert [(m.month.month, m.state, m.is_late, m.tag[1]) for m in shown] == [
        (6, "empty", False, "无报告"),
        (7, "closed", False, "逾期12天完成"),
        (8, "drawn", True, "逾期 · 检查中 0/3"),
        (9, "closed", False, "已完成"),
        (10, "drawn", True, "逾期 · 检查中 0/3"),
        (11, "current", False, "本月进行中"),
        (12, "future", False, "未到"),
    ]
    july, september_now = shown[1], shown[3]
    assert (july.uncovered, july.problems, july.faulty.text) == ((CLAUSE,), 1, "1/3（33.3%）")
    assert (september_now.uncovered, september_now.measures.overdue, september_now.measures.total) == (
        (),
        1,
        1,
    )


@pytest.mark.parametrize(("days_late", "label"), [(0, "已完成"), (1, "逾期1天完成"), (12, "逾期12天完成")])
def test_year_month_closed_late_says_by_how_many_days(department, officer, days_late, label):
    closed_month(department, officer, month=date(2026, 7, 1), days_late=days_late)
    (july,) = months_of_2026(department, 7)
    kind = "due" if days_late else "pass"
    assert (july.tag, july.is_late, july.is_finished) == ((kind, label), False, True)


def test_year_month_without_a_check_is_due_and_then_late(department, officer):
    closed_month(department, officer, month=date(2026, 8, 1))
    closed_month(department, officer, month=OCTOBER)
    due = year_months(department, [MONTH], date(2026, 10, 15))[0]
    late = year_months(department, [MONTH], date(2026, 10, 16))[0]
    assert (due.tag, due.is_late, due.due_on) == (("due", "未做"), False, date(2026, 10, 15))
    assert (late.tag, late.is_late) == (("fail", "逾期未做"), True)


def test_year_hides_other_departments(department, officer, other_department):
    closed_month(other_department, people.person("far", "远一", "qc_officer", other_department))
    assert [month.audit for month in months_of_2026(department, 9)] == [None]


def test_calendar_is_twelve_months_that_are_over_and_the_running_one():
    months = calendar_months(TODAY)
    assert (len(months), months[0], months[-1]) == (13, date(2025, 11, 1), date(2026, 11, 1))


def test_carrying_out_before_it_was_set_is_refused_unless_it_is_backfilled(measure, member):
    early = {"text": "已培训。", "done_on": date(2026, 9, 30), "version": measure.version, "by": member}
    assert refused(finish_measure, measure, **early).startswith("落实日期 2026-09-30 早于制定日期 2026-10-01")
    done = finish_measure(measure, **early, is_backfilled=True)
    assert (done.status, done.done_on, done.is_backfilled) == ("done", date(2026, 9, 30), True)
    assert Event.objects.order_by("-seq").first().detail["backfilled"] is True


@pytest.mark.parametrize("day", [date(2026, 10, 1), date(2026, 10, 8)])
def test_carrying_out_on_the_day_it_was_set_or_later_is_no_backfill(measure, member, day):
    given = {"text": "已培训。", "done_on": day, "version": measure.version, "by": member}
    assert finish_measure(measure, **given, is_backfilled=True).is_backfilled is False


def test_effect_of_a_backfilled_measure_counts_from_the_day_it_was_entered(measure, october, officer, member):
    Measure.objects.filter(pk=measure.pk).update(set_on=date(2026, 11, 3))
    measure.refresh_from_db()
    given = {"text": "已培训。", "done_on": date(2026, 10, 2), "version": measure.version, "by": member}
    measure = finish_measure(measure, **given, is_backfilled=True)
    assert effect_now(measure).after_months == ()
    assert "还没有已完成的月度质控" in refused(
        check_effect, measure, effect="effective", text="x", version=measure.version, by=officer
    )


def test_measure_asked_for_again_is_not_carried_out_before_that_day(measure, october, officer, head):
    measure = checked_measure(measure, officer)
    due = timezone.localdate() + timedelta(days=20)
    measure = reopen_measure(measure, reason="再次出现。", due_on=due, version=measure.version, by=head)
    assert measure.set_on == timezone.localdate()
    yesterday = {"text": "x", "done_on": timezone.localdate() - timedelta(days=1), "by": officer}
    assert "早于制定日期" in refused(finish_measure, measure, **yesterday, version=measure.version)


def test_one_person_who_sets_and_checks_a_measure_does_not_close_it(
    september, october, officer, head, member
):
    measure = checked_measure(open_measure(september, officer, member), officer)
    assert refused(close_measure, measure, text="x", version=measure.version, by=officer) == (
        "改进措施须由制定措施的人以外的人关闭，请交由科主任或其他质控员关闭。"
    )
    assert close_measure(measure, text="同意。", version=measure.version, by=head).closed_by == head


def test_person_who_checked_the_effect_does_not_close_it(september, october, department, officer, member):
    second = people.person("officer2", "测二鸣", "qc_officer", department)
    measure = checked_measure(open_measure(september, officer, member), second)
    assert refused(close_measure, measure, text="x", version=measure.version, by=second) == (
        "改进措施须由核对效果的人以外的人关闭，请交由科主任或其他质控员关闭。"
    )


@pytest.mark.parametrize("part", ["created_by", "checked_by"])
def test_database_refuses_who_set_or_checked_it_as_the_one_who_closed(
    measure, october, department, officer, head, part
):
    measure = checked_measure(measure, officer)
    measure = close_measure(measure, text="同意。", version=measure.version, by=head)
    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(**{part: head})


def test_database_refuses_a_measure_carried_out_before_it_was_set(measure, member):
    measure = done_measure(measure, member)
    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(done_on=date(2026, 9, 30))
