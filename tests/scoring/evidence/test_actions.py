"""The evidence register: entered, corrected, replaced, withdrawn; what may not be, and what is recorded."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from audits.conflicts import ConflictError, RefusedError
from scoring.evidence.actions import change_document, register_document, replace_document, withdraw_document
from scoring.evidence.domain.validity import Validity
from scoring.evidence.models import EvidenceDocument
from tests.scans import JPEG
from tests.scoring.evidence.factories import WRITING, make_document, scan
from tests.staff.factories import make_member
from trail.models import Event

NEWER = replace(WRITING, version_label="2027版", valid_from=date(2026, 8, 1))


@pytest.fixture(autouse=True)
def _store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def fresh(document):
    return EvidenceDocument.objects.get(pk=document.pk)


def last_event():
    event = Event.objects.order_by("-seq").first()
    return event.action, event.detail


def stored():
    return set(default_storage.listdir("evidence")[1]) if default_storage.exists("evidence") else set()


def test_registered_document_keeps_its_file_under_a_random_name(department, officer):
    document = make_document(department, by=officer, file=scan(name="../2026书写规范.pdf"))
    assert document.file_name == "2026书写规范.pdf"
    assert "书写规范" not in document.file.name
    assert document.file.name.startswith("evidence/")
    assert (document.file_size, document.kinds) == (len(scan().content), ("writing_rules",))
    assert last_event() == (
        "scoring.register_document",
        {
            "title": "报告书写规范 2026版",
            "document_kinds": "报告书写规范",
            "valid_from": "2026-01-01",
            "valid_until": "",
            "sha256": scan().sha256,
        },
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": " "}, "请填写资料名称"),
        ({"kinds": ()}, "至少勾选一个资料类别"),
        ({"kinds": ("unknown",)}, "至少勾选一个资料类别"),
        ({"kinds": ("writing_rules", "conference_minutes")}, "分开登记"),
        ({"valid_until": date(2025, 12, 31)}, "早于生效日期"),
        ({"title": "字" * 121}, "资料名称最多120字，现有121字"),
        ({"note": "字" * 301}, "说明最多300字"),
        ({"conference_period": "monthly"}, "只用于“疑难病例讨论制度”"),
    ],
)
def test_unfit_document_is_refused_and_leaves_nothing(department, officer, changes, sentence):
    before = stored()
    with pytest.raises(RefusedError, match=sentence):
        register_document(department, replace(WRITING, **changes), by=officer, file=scan())
    assert (EvidenceDocument.objects.count(), stored()) == (0, before)


def test_owner_of_another_department_is_refused(department, other_department, officer):
    stranger = make_member(other_department, "X1", "他测人")
    with pytest.raises(RefusedError, match="负责人不在本科室"):
        register_document(department, replace(WRITING, owner=stranger), by=officer)


def test_ends_on_the_day_it_begins_is_one_valid_day(department):
    document = make_document(department, valid_until=WRITING.valid_from)
    assert document.validity == Validity(date(2026, 1, 1), date(2026, 1, 1))


def test_change_tells_old_and_new(department, officer):
    document = make_document(department)
    change_document(
        document,
        replace(WRITING, title="影像报告书写规范", kinds=("writing_rules", "review_rules")),
        version=1,
        by=officer,
    )
    assert last_event() == (
        "scoring.change_document",
        {
            "changed": {
                "title": ["报告书写规范", "影像报告书写规范"],
                "document_kinds": ["报告书写规范", "报告书写规范、报告审核制度"],
            }
        },
    )
    assert (fresh(document).kinds, fresh(document).version) == (("writing_rules", "review_rules"), 2)


def test_change_of_nothing_leaves_no_event(department, officer):
    document = make_document(department)
    before = Event.objects.count()
    change_document(document, WRITING, version=1, by=officer)
    assert (Event.objects.count(), fresh(document).version) == (before, 1)


def test_file_may_be_added_but_never_exchanged(department, officer):
    document = make_document(department, file=None)
    document = change_document(document, WRITING, version=1, by=officer, file=scan())
    before = stored()
    with pytest.raises(RefusedError, match="不能替换"):
        change_document(document, WRITING, version=2, by=officer, file=scan(JPEG, "新.jpg"))
    assert (fresh(document).file_sha256, stored()) == (scan().sha256, before)


def test_change_from_stale_page_conflicts_and_writes_nothing(department, officer):
    document = make_document(department)
    change_document(document, replace(WRITING, note="甲"), version=1, by=officer)
    with pytest.raises(ConflictError):
        change_document(document, replace(WRITING, note="乙"), version=1, by=officer)
    assert fresh(document).note == "甲"


def test_new_version_takes_over_on_its_first_day(department, officer):
    old = make_document(department)
    newer = replace_document(old, NEWER, version=1, by=officer, file=scan(JPEG, "新.jpg"))
    assert fresh(old).validity == Validity(date(2026, 1, 1), date(2026, 7, 31))
    assert newer.validity == Validity(date(2026, 8, 1), None)
    days = (date(2026, 7, 31), date(2026, 8, 1))
    holding = [list(EvidenceDocument.objects.valid_on(day)) for day in days]
    assert holding == [[old], [newer]]
    assert list(EvidenceDocument.objects.newest()) == [newer]
    assert last_event()[1]["earlier_document"] == "报告书写规范 2026版"


def test_new_version_must_begin_later_and_there_is_one(department, officer):
    old = make_document(department)
    with pytest.raises(RefusedError, match="应晚于原版本"):
        replace_document(old, WRITING, version=1, by=officer)
    replace_document(old, NEWER, version=1, by=officer)
    with pytest.raises(RefusedError, match="已有新版本"):
        replace_document(old, replace(NEWER, valid_from=date(2026, 9, 1)), version=2, by=officer)


def test_withdrawn_new_version_gives_the_old_one_back(department, officer):
    old = make_document(department)
    newer = replace_document(old, NEWER, version=1, by=officer)
    with pytest.raises(RefusedError, match="请先撤回新版本"):
        withdraw_document(old, reason="误", version=2, by=officer)
    withdraw_document(newer, reason="上传了错误的文件", version=1, by=officer)
    assert fresh(old).validity == Validity(date(2026, 1, 1), None)
    assert fresh(newer).validity == Validity(None, None)
    again = replace_document(fresh(old), NEWER, version=2, by=officer)
    assert fresh(old).successor == again


def test_withdrawal_needs_a_reason_and_ends_all_changes(department, officer):
    document = make_document(department)
    with pytest.raises(RefusedError, match="撤回须写明理由"):
        withdraw_document(document, reason=" ", version=1, by=officer)
    withdraw_document(document, reason="登记重复", version=1, by=officer)
    assert last_event() == (
        "scoring.withdraw_document",
        {"title": "报告书写规范 2026版", "reason": "登记重复"},
    )
    with pytest.raises(RefusedError, match="已撤回"):
        change_document(document, WRITING, version=2, by=officer)


def test_documents_to_review_are_the_newest_ones_due(department, officer):
    due = make_document(department, review_due_on=date(2026, 6, 30))
    make_document(department, title="另一份", review_due_on=date(2026, 7, 2))
    assert list(EvidenceDocument.objects.to_review(date(2026, 7, 1))) == [due]
    replace_document(due, NEWER, version=1, by=officer)
    assert list(EvidenceDocument.objects.to_review(date(2026, 7, 1))) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"valid_until": date(2025, 12, 31)},
        {"title": ""},
        {"file_sha256": ""},
        {"withdrawn_reason": "无时间"},
    ],
)
def test_database_refuses_what_must_not_be(department, wrong):
    document = make_document(department)
    with pytest.raises(IntegrityError), transaction.atomic():
        EvidenceDocument.objects.filter(pk=document.pk).update(**wrong)
