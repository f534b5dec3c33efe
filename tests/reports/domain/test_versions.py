"""When a row makes a new version (4.5), completes one, changes nothing, or contradicts what is known."""

import hashlib
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.domain.versions import content_hash, decide, merge

AT = datetime(2026, 3, 5, 16, 30, 12)
FIRST = {
    "patient_id": "P1",
    "patient_name": "张三",
    "age": "56岁",
    "age_days": 20454,
    "findings": "左侧丘脑病灶。",
    "impression": "1、左侧丘脑梗死。",
    "technique": "平扫",
    "clinical_diagnosis": "头晕",
    "reported_at": AT,
    "reported_at_precision": "second",
    "examined_at": datetime(2026, 3, 5, 9, 1, 6),
    "examined_at_precision": "second",
    "signed_at": None,
    "last_modified_at": None,
    "report_status": None,
    "signed_by": "",
    "extra": {"备注": "一"},
}
AMENDED = FIRST | {"impression": "1、右侧丘脑梗死。", "reported_at": AT + timedelta(hours=20)}


def action(known, incoming, *earlier):
    decision = decide(known, incoming, [known, *earlier])
    return decision.action, decision.changed


@pytest.mark.parametrize(
    ("incoming", "expected"),
    [
        (FIRST, ("unchanged", ())),
        (FIRST | {"extra": {"备注": "二"}}, ("unchanged", ())),
        (AMENDED, ("update", ("impression", "reported_at"))),
        (FIRST | {"report_status": "已审核"}, ("complete", ("report_status",))),
        (FIRST | {"signed_at": AT}, ("complete", ("signed_at",))),
        (FIRST | {"signed_by": "李测二"}, ("complete", ("signed_by",))),
        (FIRST | {"technique": ""}, ("unchanged", ())),
        (FIRST | {"age": "57Y", "age_days": 20819}, ("unchanged", ())),
        (FIRST | {"age": "65岁", "age_days": 23741}, ("update", ("age",))),
        (FIRST | {"patient_name": "张*", "patient_id": "无"}, ("unchanged", ())),
        (FIRST | {"patient_name": "张 三", "patient_id": "ｐ1"}, ("unchanged", ())),
        (FIRST | {"findings": "左侧 丘脑病灶。\n", "clinical_diagnosis": " 头晕"}, ("unchanged", ())),
        (
            FIRST | {"findings": "左侧 丘脑病灶。", "report_status": "已审核"},
            ("complete", ("report_status",)),
        ),
        (
            FIRST | {"findings": "左侧 丘脑病灶。", "reported_at": AT + timedelta(hours=1)},
            ("update", ("reported_at",)),
        ),
        (FIRST | {"clinical_diagnosis": "头痛"}, ("update", ("clinical_diagnosis",))),
        (FIRST | {"clinical_diagnosis": ""}, ("unchanged", ())),
        (FIRST | {"clinical_diagnosis": None, "technique": None}, ("unchanged", ())),
        (FIRST | {"reported_at": AT.replace(second=0), "reported_at_precision": "minute"}, ("unchanged", ())),
        (FIRST | {"examined_at": datetime(2026, 3, 5), "examined_at_precision": "day"}, ("unchanged", ())),
        (FIRST | {"impression": "1、右侧丘脑梗死。"}, ("refuse", ())),
        (FIRST | {"impression": "1、右侧丘脑梗死。", "reported_at": AT - timedelta(hours=1)}, ("refuse", ())),
        (
            FIRST | {"impression": "1、右侧。", "last_modified_at": AT + timedelta(hours=1)},
            ("update", ("impression", "last_modified_at")),
        ),
        (FIRST | {"impression": "1、右侧。", "last_modified_at": AT - timedelta(hours=1)}, ("refuse", ())),
        (FIRST | {"patient_id": "P2"}, ("refuse", ())),
        (FIRST | {"clinical_diagnosis": "头痛", "reported_at": AT - timedelta(1)}, ("unchanged", ())),
    ],
)
def test_row_for_a_known_report_is_decided_by_what_it_adds(incoming, expected):
    assert action(FIRST, incoming) == expected


COARSER = {
    "minutes": {"reported_at": AT.replace(second=0), "reported_at_precision": "minute"},
    "filled up with zeros": {"reported_at": AT.replace(second=0)},
    "rounded": {"reported_at": AT.replace(second=0), "reported_at_precision": "minute"},
    "day": {"reported_at": datetime(2026, 3, 5), "reported_at_precision": "day"},
    "midnight": {"reported_at": datetime(2026, 3, 5)},
}


@pytest.mark.parametrize("how", COARSER)
def test_finer_time_completes_a_coarser_one_and_the_coarser_then_changes_nothing(how):
    fine = FIRST | {"reported_at": AT + timedelta(seconds=40 if how == "rounded" else 0)}
    coarse = fine | COARSER[how]
    coarse["reported_at"] += timedelta(minutes=how == "rounded")
    decision = decide(coarse, fine, [coarse])
    assert (decision.action, decision.content) == ("complete", fine)
    assert action(fine, coarse) == ("unchanged", ())


@pytest.mark.parametrize("field", ["signed_at", "last_modified_at"])
@pytest.mark.parametrize("coarse", [datetime(2026, 3, 5), datetime(2026, 3, 5, 16, 30)])
def test_time_without_a_precision_of_its_own_is_as_exact_as_it_looks(field, coarse):
    fine = FIRST | {field: AT}
    assert decide(FIRST | {field: coarse}, fine, []).content == fine
    assert action(fine, FIRST | {field: coarse}) == ("unchanged", ())


@pytest.mark.parametrize(
    "other", [AT + timedelta(minutes=1), AT - timedelta(seconds=31), AT + timedelta(seconds=5)]
)
def test_other_moment_given_as_exactly_is_a_change(other):
    assert action(FIRST | {"signed_at": AT}, FIRST | {"signed_at": other}) == ("update", ("signed_at",))


@pytest.mark.parametrize("empty", [None, ""])
@pytest.mark.parametrize("field", ["technique", "clinical_diagnosis", "impression", "signed_by"])
def test_field_that_was_empty_and_is_filled_completes(field, empty):
    full = FIRST | {"signed_by": "李测二"}
    decision = decide(full | {field: empty}, full, [])
    assert (decision.action, decision.changed, decision.content) == ("complete", (field,), full)


def test_full_name_and_number_complete_masked_ones():
    decision = decide(FIRST | {"patient_name": "张*", "patient_id": "无"}, FIRST, [])
    assert (decision.action, decision.content) == ("complete", FIRST)


def test_age_grown_by_a_year_stays_with_its_days():
    older = FIRST | {"age": "57岁", "age_days": 20819}
    assert decide(FIRST, older | {"report_status": "已审核"}, []).content == FIRST | {
        "report_status": "已审核"
    }
    infant = FIRST | {"age": "3月", "age_days": 91}
    assert action(infant, infant | {"age": "8月", "age_days": 244}) == ("update", ("age",))


def test_text_emptied_by_a_later_version_is_a_change():
    assert action(FIRST, AMENDED | {"technique": ""})[0] == "update"


def test_row_of_another_patient_or_examination_is_refused_however_late():
    other = AMENDED | {"patient_name": "李四", "examined_at": datetime(2026, 3, 6, 9, 0)}
    decision = decide(FIRST, other, [FIRST])
    assert (decision.action, decision.reason, decision.differing) == (
        "refuse",
        "",
        (
            ("patient_name", "姓名", "张三", "李四"),
            ("examined_at", "检查日期", "2026-03-05", "2026-03-06"),
        ),
    )


def test_text_unknown_so_far_is_no_amendment():
    assert action(FIRST | {"technique": None}, FIRST) == ("complete", ("technique",))


def test_older_version_met_again_changes_nothing():
    assert action(AMENDED, FIRST, FIRST) == ("unchanged", ())
    assert action(AMENDED, FIRST | {"report_status": "已审核"}, FIRST) == ("unchanged", ())


def test_amendment_is_later_by_report_time_even_after_a_late_administrative_correction():
    corrected = FIRST | {"last_modified_at": AT + timedelta(hours=23)}
    amended = AMENDED | {"last_modified_at": AT + timedelta(hours=20)}
    assert action(corrected, amended)[0] == "update"


def test_amendment_at_one_report_time_is_later_by_its_change():
    known = FIRST | {"last_modified_at": AT}
    assert (
        action(known, known | {"impression": "1、右侧。", "last_modified_at": AT + timedelta(minutes=1)})[0]
        == "update"
    )


def test_contradiction_names_the_time_and_what_to_do():
    reason = decide(FIRST, FIRST | {"findings": "另一段。"}, [FIRST]).reason
    assert (
        reason == "与已有版本检查号、报告时间（2026-03-05 16:30）相同而文字不同，无法判定先后；"
        "请核对后以更晚的时间重新导出。"
    )


VERSIONS = st.fixed_dictionaries(
    {
        "patient_id": st.just("P1"),
        "findings": st.sampled_from([None, "甲", "乙"]),
        "impression": st.sampled_from([None, "丙", "丁"]),
        "technique": st.sampled_from([None, "平扫"]),
        "clinical_diagnosis": st.sampled_from([None, "", "头晕", "头痛"]),
        "reported_at": st.sampled_from([None, AT, AT + timedelta(1)]),
        "reported_at_precision": st.just("second"),
        "extra": st.just({}),
    }
)


@given(st.lists(VERSIONS, min_size=1, max_size=6))
def test_rows_taken_twice_change_nothing_the_second_time(rows):
    def take(rows, versions):
        for row in rows:
            decision = decide(versions[-1], row, versions)
            if decision.action in ("update", "complete"):
                versions.append(decision.content)
        return versions

    once = take(rows[1:], [rows[0]])
    known = len(once)
    last = decide(once[-1], rows[-1], once)
    assert last.action in ("unchanged", "refuse", "complete")
    assert len(take([rows[-1]], once)) == known or last.action == "complete"


@given(VERSIONS, VERSIONS)
def test_merge_never_loses_what_was_known(known, incoming):
    merged = merge(known, incoming)
    assert all(merged[f] is not None for f in known if known[f] is not None)
    assert merge(merged, incoming) == merged


def test_hash_tells_contents_apart_and_ignores_other_columns():
    assert content_hash(FIRST) == content_hash(FIRST | {"extra": {}})
    assert content_hash(FIRST) != content_hash(AMENDED)


def test_content_hash_can_be_computed_by_anyone_from_the_content():
    canonical = '{"findings":"右肺结节","reported_at":"2026-09-01T10:24:00","sex":null}'
    content = {"sex": None, "findings": "右肺结节", "reported_at": datetime(2026, 9, 1, 10, 24)}
    assert content_hash(content) == hashlib.sha256(canonical.encode("utf-8")).hexdigest()
