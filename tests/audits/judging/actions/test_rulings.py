"""Rulings of one assessor on one case: order, blindness, versions, trail."""

import pytest

from audits.conflicts import ConflictError, RefusedError
from audits.judging.actions.rulings import (
    FaultInput,
    concordance_ruling,
    reveal_outcome,
    rule_conclusion,
    rule_description,
    save_draft,
)
from audits.judging.models import Review
from audits.judging.queries.hashes import conclusion_hash, description_hash
from audits.quarter.actions.quarters import cancel_audit
from tests import people
from tests.audits.factories import AGREES, DIFFERS, FAULT, assigned_audit, describe, judge, reviews_of
from tests.stories import made_once
from trail.models import Event


@made_once
def review(department, assessor):
    """The assessor's first case, nothing judged."""
    return reviews_of(assigned_audit(department, [assessor]))[0]


def rule(review, verdict="conforming", faults=(), **more):
    values = {"version": review.version, "by": review.assessor} | more
    return rule_description(review, verdict=verdict, faults=faults, **values)


def conclude(review, **changes):
    ruling = concordance_ruling(**(AGREES | changes))
    return rule_conclusion(review, ruling=ruling, version=review.version, by=review.assessor)


def seen(review):
    """The review with the description judged and the outcome shown."""
    review = describe(review)
    return reveal_outcome(review, version=review.version, by=review.assessor)


def test_rule_description_faulty_keeps_clause_place_and_reason(review):
    fault = FaultInput(
        clause="6.4.3.2", reason="未指明参照组织。", field="findings", start=0, end=4, excerpt="右肺上叶"
    )
    review = rule(review, "nonconforming", [fault], reason="参照不明")
    row = review.faults.get()
    assert (row.clause, row.field, row.start, row.end, row.excerpt, row.reason) == (
        "6.4.3.2",
        "findings",
        0,
        4,
        "右肺上叶",
        "未指明参照组织。",
    )
    assert (review.description, review.description_reason, review.version) == ("nonconforming", "参照不明", 2)
    assert Event.objects.order_by("-seq").first().detail == {
        "verdict": "nonconforming",
        "before": "",
        "clauses": ["6.4.3.2"],
        "hash": description_hash(review, review.faults.all()),
    }


def test_rule_description_excerpt_alone_is_found_in_the_text(review):
    fault = FaultInput(clause="6.4.3.4", reason="缺少模式。", field="findings", excerpt="明显均匀强化")
    row = rule(review, "nonconforming", [fault]).faults.get()
    text = review.case.revision.content["findings"]
    assert text[row.start : row.end] == row.excerpt == "明显均匀强化"


def test_rule_description_alias_of_clause_is_stored_under_its_number(review):
    row = rule(review, "nonconforming", [FaultInput(clause="6.4.1.2a", reason="缺形态。")]).faults.get()
    assert row.clause == "6.4.1.2d"


@pytest.mark.parametrize(
    ("verdict", "faults", "sentence"),
    [
        ("", [], "请选择"),
        ("perhaps", [], "请选择"),
        ("nonconforming", [], "至少列出一项"),
        ("nonconforming", [FaultInput(clause="6.4.3.6", reason="单位不一。")], "只作提示，不扣分"),
        ("nonconforming", [FaultInput(clause="6.5.3", reason="定位不准。")], "至少列出一项"),
        ("conforming", [FAULT], "请改判“不规范”"),
        ("nonconforming", [FaultInput(clause="9.9", reason="无。"), FAULT], "没有编号为“9.9”的条款"),
        ("nonconforming", [FaultInput(clause="6.4.3.2", reason=" ")], "须写明理由"),
        (
            "nonconforming",
            [FaultInput(clause="6.4.3.2", reason="无。", field="findings", start=0, end=9999)],
            "超出报告文字的范围",
        ),
        (
            "nonconforming",
            [FaultInput(clause="6.4.3.2", reason="无。", field="findings", excerpt="报告里没有的话")],
            "影像描述中没有",
        ),
        ("nonconforming", [FaultInput(clause="6.4.3.2", reason="无。", excerpt="右肺")], "哪一部分"),
    ],
)
def test_rule_description_unfit_ruling_refused(review, verdict, faults, sentence):
    with pytest.raises(RefusedError, match=sentence):
        rule(review, verdict, faults)
    review.refresh_from_db()
    assert (review.description_at, review.version, review.faults.count()) == (None, 1, 0)


def test_rule_description_advice_beside_conforming_is_kept_and_costs_nothing(review):
    review = rule(review, "conforming", [FaultInput(clause="6.4.3.6", reason="单位宜统一。")])
    assert (review.description, review.faults.count()) == ("conforming", 1)


def test_rule_description_again_before_reveal_replaces_faults(review):
    review = rule(review, "nonconforming", [FAULT])
    review = rule(review, "conforming")
    assert (review.description, review.faults.count(), review.reopened_reason) == ("conforming", 0, "")


def test_rule_description_after_reveal_needs_a_reason(review):
    review = seen(review)
    with pytest.raises(RefusedError, match="结局已揭示"):
        rule(review, "nonconforming", [FAULT])
    review = rule(review, "nonconforming", [FAULT], reopened_reason="看漏一处")
    assert (review.description, review.reopened_reason) == ("nonconforming", "看漏一处")
    assert Event.objects.order_by("-seq").first().detail["reopened_reason"] == "看漏一处"


def test_reveal_outcome_before_description_refused(review):
    with pytest.raises(RefusedError, match="请先评定影像描述"):
        reveal_outcome(review, version=review.version, by=review.assessor)


def test_reveal_outcome_twice_keeps_first_time_and_one_event(review):
    review = seen(review)
    again = reveal_outcome(review, version=1, by=review.assessor)
    assert again.outcome_seen_at == review.outcome_seen_at
    assert Event.objects.filter(action="audits.reveal_outcome").count() == 1


@pytest.mark.parametrize("ready", ["nothing", "described"])
def test_rule_conclusion_before_outcome_refused(review, ready):
    if ready == "described":
        review = describe(review)
    with pytest.raises(RefusedError, match="请先"):
        conclude(review)


def test_rule_conclusion_discordant_is_stored_whole(review):
    review = conclude(seen(review), **DIFFERS | {"stage_differs": True})
    assert (review.localisation, review.characterisation, review.error_kind, review.judgement) == (
        "correct",
        "wrong",
        "misdiagnosed",
        "discordant",
    )
    assert (review.conclusion_reason, review.stage_differs) == ("结局为另一种疾病。", True)
    assert Event.objects.order_by("-seq").first().detail == {
        "judgement": "discordant",
        "error_kind": "misdiagnosed",
        "before": "",
        "hash": conclusion_hash(review),
    }


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"judgement": "discordant"}, "须指明漏诊、误诊或过诊"),
        ({"judgement": "partly"}, "应判为“符合”"),
        (DIFFERS | {"reason": " "}, "须写明理由"),
        ({"judgement": "undecidable"}, "须写明理由"),
    ],
)
def test_rule_conclusion_contradiction_refused(review, changes, sentence):
    review = seen(review)
    with pytest.raises(RefusedError, match=sentence):
        conclude(review, **changes)
    review.refresh_from_db()
    assert review.conclusion_at is None


def test_concordance_ruling_unknown_code_refused():
    with pytest.raises(RefusedError, match="所列各项"):
        concordance_ruling(**(AGREES | {"localisation": "maybe"}))


@pytest.mark.parametrize("action", ["describe", "reveal", "conclude"])
def test_second_save_conflicts_and_overwrites_nothing(review, action):
    if action == "conclude":
        review = seen(review)
    stale = review.version
    newer = rule(review, "nonconforming", [FAULT], reopened_reason="改判")
    ruling = concordance_ruling(**AGREES)
    second_save = {
        "describe": lambda: rule(review, "conforming", version=stale, reopened_reason="改判"),
        "reveal": lambda: reveal_outcome(review, version=stale, by=review.assessor),
        "conclude": lambda: rule_conclusion(review, ruling=ruling, version=stale, by=review.assessor),
    }
    with pytest.raises(ConflictError) as conflict:
        second_save[action]()
    assert conflict.value.current.version == newer.version
    review.refresh_from_db()
    assert (review.description, review.version, review.faults.count()) == ("nonconforming", newer.version, 1)


def test_ruling_by_another_person_refused(review, officer):
    with pytest.raises(RefusedError, match="医师本人"):
        rule(review, by=officer)


def test_ruling_on_cancelled_audit_refused(review):
    audit = review.case.audit
    cancel_audit(audit, reason="重来", version=audit.version, by=None)
    with pytest.raises(RefusedError, match="已作废"):
        rule(review)


def test_save_draft_leaves_rulings_version_and_trail_alone(review):
    before = Event.objects.count()
    saved = save_draft(review, draft={"description": {"reason": "半句"}}, draft_version=0, by=review.assessor)
    assert (saved.draft, saved.draft_version, saved.version) == ({"description": {"reason": "半句"}}, 1, 1)
    assert (saved.description_at, Event.objects.count()) == (None, before)


def test_save_draft_from_older_window_conflicts(review):
    save_draft(review, draft={"description": {"reason": "新"}}, draft_version=0, by=review.assessor)
    with pytest.raises(ConflictError, match="另一窗口"):
        save_draft(review, draft={"description": {"reason": "旧"}}, draft_version=0, by=review.assessor)
    review.refresh_from_db()
    assert review.draft == {"description": {"reason": "新"}}


def test_save_draft_too_long_refused(review):
    with pytest.raises(RefusedError, match="过长"):
        save_draft(review, draft={"x": "长" * 30_000}, draft_version=0, by=review.assessor)


def test_save_draft_does_not_make_the_rulings_save_stale(review):
    save_draft(review, draft={"description": {"reason": "半句"}}, draft_version=0, by=review.assessor)
    assert rule(review).description == "conforming"


def test_ruling_clears_its_own_part_of_the_draft_only(review):
    draft = {"description": {"reason": "一"}, "conclusion": {"reason": "二"}}
    save_draft(review, draft=draft, draft_version=0, by=review.assessor)
    assert rule(review).draft == {"conclusion": {"reason": "二"}}


def test_unfinished_counts_own_open_reviews_only(department, assessor):
    second = people.second_assessor(department)
    audit = assigned_audit(department, [assessor, second])
    mine = [review for review in reviews_of(audit) if review.assessor == assessor]
    judge(mine[0])
    describe(mine[1])
    assert Review.objects.visible_to(assessor).unfinished().count() == 9
    assert Review.objects.visible_to(second).unfinished().count() == 10
