"""月度质控: opened, drawn, checked, closed; what may not be done is refused, and all of it leaves events."""

import json
from datetime import date, datetime
from hashlib import sha256
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from audits.appeals.actions.appeals import lodge_appeal
from audits.conflicts import ConflictError, RefusedError
from audits.judging.actions.rulings import FaultInput
from audits.judging.domain.appeals import Subject
from audits.measures.documents import monthly_record
from audits.measures.queries.calendar import year_months
from audits.monthly.actions.checking import check_case
from audits.monthly.actions.months import (
    assign_month,
    cancel_month,
    close_month,
    draw_month,
    open_month,
    reopen_month,
)
from audits.monthly.actions.repeating import month_needs_reason
from audits.monthly.domain.monthly import verify_monthly_draw
from audits.monthly.models import MonthlyAudit, MonthlyCase, MonthlyFault
from audits.monthly.page import case_lines, suggested_summary
from audits.monthly.queries.draw_chain import earlier_draws_of
from audits.monthly.queries.results import month_result
from audits.sampling.queries.draw_chain import minute
from reports.findings.actions.checking import check_arrived
from scoring.evidence.queries.suggestions import facts_between
from tests import people
from tests.audits.appeals.factories import assigned, decided
from tests.audits.monthly.factories import (
    CLAUSE,
    FAULT,
    MONTH,
    SEED,
    cases_of,
    check_all,
    closed_month,
    drawn_month,
    open_measure,
    reports_of,
)
from tests.factories import make_report, make_revision
from trail.models import Event

pytestmark = pytest.mark.django_db
CLEAN, FAULTY = MonthlyCase.Verdict.CLEAN, MonthlyCase.Verdict.FAULTY


def refused(act, *args, **kwargs) -> str:
    with pytest.raises(RefusedError) as caught:
        act(*args, **kwargs)
    return str(caught.value)


def last_event() -> tuple:
    event = Event.objects.order_by("-seq").first()
    return event.action, event.target_type, event.department_id


def test_month_opens_with_its_first_day_and_a_seed_of_its_own(department, officer):
    audit = open_month(department=department, month=date(2026, 9, 17), by=officer)
    assert (audit.month, audit.size, audit.status, audit.label) == (MONTH, 10, "planned", "2026年9月")
    assert audit.seed == ""
    assert audit.secret_seed.startswith(f"m{audit.pk}-")
    assert len(audit.secret_seed) > 32
    assert audit.commitment == sha256(audit.secret_seed.encode()).hexdigest()
    assert last_event() == ("audits.open_month", "audits.monthlyaudit", department.pk)


def test_month_that_is_not_over_is_refused(department, officer):
    assert refused(open_month, department=department, month=date(2999, 1, 1), by=officer) == (
        "2999年1月尚未结束，月末之后才能抽查；名单须包括全月的报告。"
    )


def test_month_is_opened_once_and_again_after_cancelling(department, officer):
    audit = open_month(department=department, month=MONTH, by=officer)
    assert "已经建立" in refused(open_month, department=department, month=MONTH, by=officer)
    cancel_month(audit, reason="份数有误", version=audit.version, by=officer)
    assert open_month(department=department, month=MONTH, by=officer).status == "planned"


def test_draw_freezes_every_final_report_of_the_month_and_repeats(department, officer):
    make_report(department, "AUG", reported_at=datetime(2026, 8, 31, 23))
    make_report(department, "DRAFT", reported_at=datetime(2026, 9, 9, 9), is_final=False)
    audit = drawn_month(department, officer, n=6, size=3)
    numbers = [row[0] for row in audit.pool_list]
    assert numbers == [f"M2609{n:03d}" for n in range(6)]
    assert audit.excluded == {"未完成（非最终报告）": 1}
    assert verify_monthly_draw(audit.draw).ok
    assert [case.report.accession_number for case in cases_of(audit)] == audit.draw["drawn"]
    assert {case.assessor_id for case in cases_of(audit)} == {officer.pk}
    assert last_event() == ("audits.draw_month", "audits.monthlyaudit", department.pk)


def test_verify_draw_repeats_a_month_and_tells_a_forged_one(department, officer, tmp_path):
    audit = drawn_month(department, officer)
    told = []
    for name, document in (("month", audit.draw), ("forged", audit.draw | {"seed": "another"})):
        path, out = tmp_path / f"{name}.json", StringIO()
        path.write_text(json.dumps(document), encoding="utf-8")
        try:
            call_command("verify_draw", str(path), stdout=out)
            code = 0
        except SystemExit as ended:
            code = ended.code
        told.append((code, json.loads(out.getvalue())["ok"]))
    assert told == [(0, True), (1, False)]


def test_draw_takes_the_version_in_force_and_keeps_it(department, officer):
    report = reports_of(department, n=1)[0]
    second = make_revision(report, impression="改写后的结论。")
    audit = open_month(department=department, month=MONTH, size=1, by=officer)
    draw_month(audit, version=audit.version, by=officer)
    make_revision(report, impression="再改写。")
    assert cases_of(audit)[0].revision == second


def test_draw_without_a_report_is_refused(department, officer):
    audit = open_month(department=department, month=MONTH, by=officer)
    sentence = refused(draw_month, audit, version=audit.version, by=officer)
    assert sentence == "2026年9月没有一份最终报告，无从抽取；请先导入该月的报告。"


def test_draw_on_an_older_version_is_a_conflict(department, officer):
    reports_of(department)
    audit = open_month(department=department, month=MONTH, by=officer)
    with pytest.raises(ConflictError):
        draw_month(audit, version=audit.version - 1, by=officer)
    assert MonthlyAudit.objects.get(pk=audit.pk).status == "planned"


def test_draw_gives_nobody_their_own_report(department):
    writer = people.person("writer", "书写甲", "qc_officer", department)
    audit = drawn_month(department, writer)
    assert [case.assessor for case in cases_of(audit)] == [None] * 3


def test_assign_spreads_open_cases_and_says_who_may_not(department, officer, assessor):
    audit = drawn_month(department, officer, n=8, size=4)
    first = cases_of(audit)[0]
    check_case(first, verdict=CLEAN, version=first.version, by=officer)
    audit, problems = assign_month(audit, assessors=[officer, assessor], version=audit.version, by=officer)
    names = [case.assessor.full_name for case in cases_of(audit)]
    assert (names[0], sorted(names), problems) == (
        officer.full_name,
        sorted([officer.full_name] * 2 + [assessor.full_name] * 2),
        [],
    )


def test_assign_to_someone_without_the_right_is_refused(department, officer, member):
    audit = drawn_month(department, officer)
    assert "没有评审权限" in refused(
        assign_month, audit, assessors=[member], version=audit.version, by=officer
    )


def test_check_keeps_faults_with_their_place_and_mask_the_patient(department, officer):
    audit = drawn_month(department, officer)
    case = cases_of(audit)[0]
    excerpt = "边界清楚"
    fault = FaultInput(clause=CLAUSE, reason="受检甲的报告未指明参照。", field="findings", excerpt=excerpt)
    case = check_case(
        case, verdict=FAULTY, faults=[fault], remark="受检甲复查", version=case.version, by=officer
    )
    kept = MonthlyFault.objects.get()
    text = case.revision.content["findings"]
    assert (kept.clause, kept.field, kept.excerpt) == (CLAUSE, "findings", excerpt)
    assert text[kept.start : kept.end] == excerpt
    assert kept.reason == "受**的报告未指明参照。"
    assert (case.remark, case.judged_by, case.verdict) == ("受**复查", officer, FAULTY)
    assert last_event() == ("audits.check_case", "audits.monthlycase", department.pk)


def test_check_remembers_which_text_check_had_pointed_there(department, officer):
    report = reports_of(department, n=1, findings="肝右叶见一低密度影，增强扫描未见明显强化。")[0]
    check_arrived([report], department=department, by=None)
    audit = open_month(department=department, month=MONTH, size=1, by=officer)
    audit = draw_month(audit, version=audit.version, by=officer)
    case = cases_of(audit)[0]
    finding = report.text_findings.filter(clause="6.4.3.4").first()
    fault = FaultInput(
        clause=finding.clause, reason="强化程度不明。", field="findings", start=finding.start, end=finding.end
    )
    check_case(case, verdict=FAULTY, faults=[fault], version=case.version, by=officer)
    assert MonthlyFault.objects.get().code == finding.code


@pytest.mark.parametrize(
    ("verdict", "faults", "sentence"),
    [
        (FAULTY, [], "请至少列出一项"),
        (CLEAN, [FAULT], "请选“有问题”"),
        ("", [], "请选择“未见问题”或“有问题”"),
        (FAULTY, [FaultInput(clause="9.9", reason="x")], "没有编号为“9.9”的条款"),
        (FAULTY, [FaultInput(clause=CLAUSE, reason=" ")], "须写明理由"),
        (
            FAULTY,
            [FaultInput(clause=CLAUSE, reason="x", field="findings", excerpt="没有的字")],
            "没有“没有的字”",
        ),
    ],
)
def test_check_that_contradicts_itself_is_refused_and_writes_nothing(
    department, officer, verdict, faults, sentence
):
    case = cases_of(drawn_month(department, officer))[0]
    events = Event.objects.count()
    assert sentence in refused(
        check_case, case, verdict=verdict, faults=faults, version=case.version, by=officer
    )
    assert (MonthlyFault.objects.count(), Event.objects.count()) == (0, events)
    assert MonthlyCase.objects.get(pk=case.pk).verdict == ""


def test_check_by_another_is_refused(department, officer, assessor):
    case = cases_of(drawn_month(department, officer))[0]
    assert "只有分配到的检查人" in refused(check_case, case, verdict=CLEAN, version=case.version, by=assessor)


def test_check_of_a_report_that_became_ones_own_is_refused(department, officer):
    case = cases_of(drawn_month(department, officer))[0]
    officer.aliases = ["书写甲"]
    officer.save()
    assert "不能由其评审" in refused(check_case, case, verdict=CLEAN, version=case.version, by=officer)


def test_check_on_an_older_version_is_a_conflict(department, officer):
    case = cases_of(drawn_month(department, officer))[0]
    check_case(case, verdict=CLEAN, version=case.version, by=officer)
    with pytest.raises(ConflictError):
        check_case(case, verdict=FAULTY, faults=[FAULT], version=case.version, by=officer)


def test_check_again_replaces_the_faults_while_the_month_is_open(department, officer):
    case = cases_of(drawn_month(department, officer))[0]
    case = check_case(case, verdict=FAULTY, faults=[FAULT, FAULT], version=case.version, by=officer)
    check_case(case, verdict=CLEAN, version=case.version, by=officer)
    assert MonthlyFault.objects.count() == 0
    detail = Event.objects.order_by("-seq").first().detail
    assert (detail["before"], detail["verdict"]) == (FAULTY, CLEAN)


def test_close_before_all_is_checked_or_without_words_is_refused(department, officer):
    audit = drawn_month(department, officer)
    assert refused(close_month, audit, summary="完", version=audit.version, by=officer) == (
        "还有3份报告未检查，不能完成。"
    )
    audit = check_all(audit, officer)
    assert "请写明本月小结" in refused(close_month, audit, summary=" ", version=audit.version, by=officer)


def test_close_with_nothing_found_is_refused_where_problems_are_recorded(department, officer):
    audit = check_all(drawn_month(department, officer), officer)
    draft = suggested_summary(month_result(audit))
    assert draft == "2026年9月从6份最终报告中随机抽查3份，未发现问题。"
    case = cases_of(audit)[0]  # found after the page with the draft was opened
    check_case(case, verdict=FAULTY, faults=[FAULT], version=case.version, by=officer)
    assert refused(close_month, audit, summary=draft, version=audit.version, by=officer) == (
        "小结写“未发现问题”，而本月已记1项问题，请更正小结。"
    )
    audit = close_month(audit, summary="DR未发现问题，CT一份有问题。", version=audit.version, by=officer)
    assert audit.status == "closed"


def test_close_with_nothing_found_is_refused_where_nothing_was_checked(department, officer):
    audit = drawn_month(department, officer)
    assert suggested_summary(month_result(audit)) == "2026年9月从6份最终报告中随机抽查3份，尚未检查。"
    audit.cases.all().delete()
    assert refused(close_month, audit, summary="未发现问题。", version=audit.version, by=officer).startswith(
        "没有检查过任何报告，不能完成"
    )


def test_close_without_any_problem_is_a_result(department, officer):
    audit = closed_month(department, officer)
    assert (audit.status, audit.closed_by, audit.summary) == ("closed", officer, "已检查。")
    result = month_result(audit)
    assert (result.problems, result.faulty.text, result.clauses) == (0, "0/3（0.0%）", ())


def test_close_masks_the_patients_of_the_sample(department, officer):
    audit = check_all(drawn_month(department, officer), officer)
    audit = close_month(audit, summary="受检甲的报告较好。", version=audit.version, by=officer)
    assert audit.summary == "受**的报告较好。"
    assert "受检甲" not in str(Event.objects.order_by("-seq").first().detail)


def test_closed_month_is_not_checked_any_more_until_reopened(department, officer):
    audit = closed_month(department, officer)
    case = cases_of(audit)[0]
    assert "已完成，不能再改" in refused(check_case, case, verdict=CLEAN, version=case.version, by=officer)
    assert "须写明理由" in refused(reopen_month, audit, reason=" ", version=audit.version, by=officer)
    audit = reopen_month(audit, reason="漏看一处", version=audit.version, by=officer)
    assert (audit.status, audit.closed_by) == ("drawn", None)
    check_case(case, verdict=FAULTY, faults=[FAULT], version=case.version, by=officer)


def test_cancel_of_a_closed_month_or_one_with_measures_is_refused(department, officer):
    audit = drawn_month(department, officer)
    check_all(audit, officer, faulty=1)
    open_measure(audit, officer)
    assert "已针对本月的问题制定改进措施" in refused(
        cancel_month, audit, reason="重来", version=audit.version, by=officer
    )
    audit = close_month(audit, summary="完", version=audit.version, by=officer)
    assert "不能作废" in refused(cancel_month, audit, reason="重来", version=audit.version, by=officer)


def test_month_result_compares_with_the_three_finished_months_before(department, officer):
    for number, faulty in ((5, 3), (6, 0), (7, 1), (8, 2)):
        closed_month(department, officer, month=date(2026, number, 1), faulty=faulty)
    result = month_result(closed_month(department, officer, faulty=1))
    assert [facts.month.month for facts in result.earlier] == [8, 7, 6]
    line = result.clauses[0]
    assert (line.count.clause, line.share.text) == (CLAUSE, "1/3（33.3%）")
    assert line.comparison.before.text == "3/9（33.3%）"


def test_database_refuses_a_closed_month_without_a_summary(department, officer):
    audit = closed_month(department, officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthlyAudit.objects.filter(pk=audit.pk).update(summary="")


def test_seed_given_draws_the_same_again(department, officer):
    first = drawn_month(department, officer)
    cancel_month(first, reason="重抽核对", version=first.version, by=officer)
    again = open_month(
        department=department, month=MONTH, size=3, by=officer, seed=f"{SEED}-{MONTH}", repeat_reason="核对"
    )
    again = draw_month(again, version=again.version, by=officer)
    assert (again.draw, again.pool_hash) == (first.draw, first.pool_hash)


def test_fault_an_appeal_struck_counts_no_more_and_the_ruling_stays(department, officer, assessor):
    physician = people.person("writer", "书写甲", "member", department)
    audit = closed_month(department, officer, faulty=1)
    case = cases_of(audit)[0]
    appeal = lodge_appeal(Subject.MONTHLY, case.pk, reason="原文已写明。", by=physician)
    decided(assigned(appeal, assessor, by=officer), upheld=True)
    result = month_result(audit)
    assert (result.problems, result.faulty.text) == (0, "0/3（0.0%）")
    assert next(line.verdict for line in case_lines(result, ())) == ("pass", "申诉后无问题")
    assert MonthlyFault.objects.count() == 1
    audit = reopen_month(audit, reason="复核", version=audit.version, by=officer)
    case.refresh_from_db()
    assert "正在处理或已有结论" in refused(check_case, case, verdict=CLEAN, version=case.version, by=officer)


REASON = "名单漏了一台设备的报告，已报科主任"


@pytest.fixture
def checked(department, officer):
    """September, all of it checked and finished, then opened again."""
    audit = closed_month(department, officer, faulty=1)
    return reopen_month(audit, reason="改判", version=audit.version, by=officer)


def test_cancel_month_once_checked_needs_the_head(checked, officer, head):
    for by in (officer, None):
        assert refused(cancel_month, checked, reason="结果不好看", version=checked.version, by=by) == (
            "2026年9月已检查3份报告，须由科主任写明理由作废；检查结果会保留。"
        )
    assert cancel_month(checked, reason=REASON, version=checked.version, by=head).status == "cancelled"


def test_open_month_again_after_it_was_checked_needs_the_head_and_a_reason(
    department, checked, officer, head
):
    cancel_month(checked, reason=REASON, version=checked.version, by=head)
    for by, reason in ((officer, REASON), (None, REASON), (head, " ")):
        sentence = refused(open_month, department=department, month=MONTH, by=by, repeat_reason=reason)
        assert sentence.startswith("2026年9月抽查过、已检查3份而后作废；重新抽查须由科主任写明理由")
    again = open_month(department=department, month=MONTH, by=head, repeat_reason=f"{REASON} ")
    assert (again.repeat_reason, again.repeat_by) == (REASON, head)
    assert Event.objects.order_by("-seq").first().detail["repeat_reason"] == REASON
    at = minute(checked.drawn_at)
    told = (
        f"第1次：2026年9月（2026-09-01 至 2026-09-30），{at}由{officer}抽取；"
        f"随机种子由人指定（month-seed-2026-09-01），并非服务器随机产生；已检查3份，其中有问题1份；"
        f"于{at}由{head.full_name}作废，理由：{REASON}。"
    )
    own = (
        f"第2次（本次）：2026年9月（2026-09-01 至 2026-09-30），未抽取；再次抽样的理由（{head}）：{REASON}；"
        "随机种子由服务器生成并保密，哈希已公布，抽取时公开。"
    )
    assert earlier_draws_of(again) == (told, own)
    assert year_months(department, [MONTH], date(2026, 11, 1))[0].given_up == (told,)
    facts = facts_between(department, MONTH, date(2026, 9, 30), level="tertiary", on=date(2026, 11, 1))
    assert facts.months[0].given_up == earlier_draws_of(again)
    again = draw_month(again, version=again.version, by=officer)
    assert monthly_record(again, timezone.now()).earlier == earlier_draws_of(again)


def test_open_month_again_before_anything_was_checked_needs_a_reason_and_no_head(
    department, officer, assessor
):
    first = drawn_month(department, officer)
    cancel_month(first, reason="份数有误", version=first.version, by=officer)
    for by, reason in ((officer, " "), (assessor, REASON), (None, REASON)):
        sentence = refused(open_month, department=department, month=MONTH, by=by, repeat_reason=reason)
        assert sentence.startswith("2026年9月抽取过、而后作废；再次抽查须写明理由")
    again = open_month(department=department, month=MONTH, by=officer, repeat_reason=REASON)
    assert (again.repeat_reason, again.repeat_by) == (REASON, officer)
    assert len(earlier_draws_of(again)) == 2


def test_month_planned_without_a_reason_takes_one_at_the_draw(department, officer):
    # As it stands in departments that planned again before a reason was asked for.
    first = drawn_month(department, officer)
    cancel_month(first, reason="份数有误", version=first.version, by=officer)
    planned = MonthlyAudit.objects.create(
        department=department, month=MONTH, seed="s", edition=first.edition, size=3
    )
    assert month_needs_reason(planned)
    assert "再次抽查须写明理由" in refused(draw_month, planned, version=planned.version, by=officer)
    drawn = draw_month(planned, version=planned.version, by=officer, repeat_reason=REASON)
    assert (drawn.repeat_reason, drawn.repeat_by, month_needs_reason(drawn)) == (REASON, officer, False)
