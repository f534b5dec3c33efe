"""Pages of the evidence register: coverage of a year, the list, a document, its file."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from scoring.evidence.actions import change_document, replace_document, withdraw_document
from scoring.evidence.models import EvidenceDocument
from tests.markup import unwrapped
from tests.scans import PDF
from tests.scoring.evidence.factories import RULES, WRITING, make_document, scan, whole_year_part
from trail.models import Event

SENT = {
    "title": "报告书写规范",
    "version_label": "2026版",
    "kinds": ["writing_rules"],
    "valid_from": "2026-01-01",
    "version": "",
}


@pytest.fixture(autouse=True)
def _store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def keeper(sign_in, officer):
    return sign_in(officer)


def url(name, *args):
    return reverse(f"scoring:{name}", args=args)


def text(response):
    return response.content.decode()


def queries(keeper, address):
    """Statements of the page itself: the session is written now and then."""
    with CaptureQueriesContext(connection) as found:
        assert keeper.get(address).status_code == 200
    return len([one for one in found if "session" not in one["sql"] and "SAVEPOINT" not in one["sql"]])


def test_coverage_of_an_empty_register_says_what_is_missing(keeper):
    shown = text(keeper.get(url("evidence") + "?year=2026"))
    assert "还缺" in shown
    assert "1.1　报告书写规范：2026-03-31没有有效的文件" in shown
    assert "1.2　2026年1月：没有质控检查" in shown


def test_coverage_shows_whole_part_and_missing_quarters(keeper, department):
    make_document(department, valid_from=date(2026, 2, 1), valid_until=date(2026, 6, 30))
    page = keeper.get(url("evidence") + "?year=2026")
    block = page.context["coverage"].blocks[0]
    assert [(cell.word, cell.note) for cell in block.lines[0].cells] == [
        ("部分有效", ""),
        ("全季有效", ""),
        ("缺", ""),
        ("缺", ""),
    ]
    assert [cell.word for cell in block.lines[1].cells] == ["缺"] * 4


def test_coverage_of_a_whole_quarter_suggests_all_points(keeper, department, officer):
    whole_year_part(department, officer)
    blocks = keeper.get(url("evidence") + "?year=2026").context["coverage"].blocks
    assert [block.suggested[2].word for block in blocks] == ["建议2分"] * 5
    lines = {line.name: line.cells[2] for block in blocks for line in block.lines}
    assert lines["月度质控检查与改进措施"].word == "3/3个月"
    assert lines["随访与反馈记录"].url == reverse("audits:follow_ups") + "?since=2026-07-01&until=2026-09-30"


@pytest.mark.parametrize("asked", ["", "abc", "0", "99999", "²⁰²⁶"])
def test_coverage_of_a_year_that_is_none_shows_this_one(keeper, asked):
    page = keeper.get(url("evidence"), {"year": asked})
    assert page.context["coverage"].year == timezone.localdate().year


def test_coverage_queries_do_not_grow_with_the_documents(keeper, department):
    make_document(department)
    one = queries(keeper, url("evidence"))
    for number in range(3):
        make_document(department, title=f"附件{number}")
    assert queries(keeper, url("evidence")) == one


def test_list_of_one_and_three_documents_asks_equally_often(keeper, department):
    make_document(department)
    one = queries(keeper, url("documents"))
    for number in range(2):
        make_document(department, title=f"附件{number}")
    assert queries(keeper, url("documents")) == one


def test_list_hides_the_documents_of_another_department(keeper, department, other_department):
    make_document(department, title="本科室规范")
    make_document(other_department, title="他科室规范")
    shown = text(keeper.get(url("documents")))
    assert ("本科室规范" in shown, "他科室规范" in shown) == (True, False)


def test_list_narrows_by_state(keeper, department, officer):
    today = timezone.localdate()
    soon = today + timedelta(days=10)
    titles = {
        "现行": make_document(department, title="现行"),
        "将到期": make_document(department, title="将到期", valid_until=soon),
        "已到期": make_document(department, title="已到期", valid_until=today - timedelta(days=1)),
        "复审": make_document(department, title="复审", review_due_on=today - timedelta(days=1)),
        "撤回": make_document(department, title="撤回"),
    }
    gone = titles["撤回"]
    withdraw_document(gone, reason="误", version=gone.version, by=officer)

    def shown(state):
        rows = keeper.get(url("documents"), {"state": state}).context["table"].rows
        return sorted(row.record.title for row in rows)

    assert {state: shown(state) for state in ("", "valid", "review", "ending", "ended", "withdrawn")} == {
        "": ["复审", "将到期", "已到期", "现行"],
        "valid": ["复审", "将到期", "现行"],
        "review": ["复审"],
        "ending": ["将到期"],
        "ended": ["已到期"],
        "withdrawn": ["撤回"],
    }


def test_list_goes_out_as_a_workbook_and_leaves_an_event(keeper, department):
    make_document(department)
    response = keeper.get(url("documents") + "?export=xlsx")
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    assert Event.objects.filter(action="scoring.export_documents").count() == 1


def test_new_document_is_registered_with_its_file(keeper, department):
    upload = SimpleUploadedFile("规范.pdf", PDF)
    response = keeper.post(url("document_new"), SENT | {"file": upload})
    document = EvidenceDocument.objects.get()
    assert response.url == url("document", document.pk)
    assert (document.department, document.file_sha256, document.kinds) == (
        department,
        scan().sha256,
        ("writing_rules",),
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "请填写资料名称"),
        ({"kinds": []}, "请至少勾选一个资料类别"),
        ({"valid_until": "2025-12-31"}, "早于生效日期（2026-01-01）"),
        ({"kinds": ["writing_rules", "conference_minutes"]}, "分开登记"),
    ],
)
def test_unfit_form_says_why_and_registers_nothing(keeper, department, changes, sentence):
    response = keeper.post(url("document_new"), SENT | changes)
    assert (response.status_code, sentence in text(response)) == (422, True)
    assert EvidenceDocument.objects.count() == 0


def test_period_of_conferences_is_registered_shown_and_in_the_trail(keeper, department):
    given = SENT | {"kinds": ["conference_rules"], "conference_period": "monthly"}
    keeper.post(url("document_new"), given | {"file": SimpleUploadedFile("制度.pdf", PDF)})
    document = EvidenceDocument.objects.get()
    assert document.conference_period == "monthly"
    assert "<dd>每月</dd>" in text(keeper.get(url("document", document.pk)))
    keeper.post(url("document_edit", document.pk), given | {"conference_period": "quarterly", "version": 1})
    event = Event.objects.get(action="scoring.change_document")
    assert event.detail == {"changed": {"conference_period": ["monthly", "quarterly"]}}


def test_file_of_another_kind_is_refused_by_its_content(keeper, department):
    upload = SimpleUploadedFile("规范.pdf", b"MZ\x90\x00")
    response = keeper.post(url("document_new"), SENT | {"file": upload})
    assert (response.status_code, "文件内容不是PDF、JPEG或PNG" in text(response)) == (422, True)


def test_link_from_what_is_missing_ticks_its_kind(keeper, department):
    form = keeper.get(url("document_new") + "?kind=review_rules").context["form"]
    assert form.initial["kinds"] == ["review_rules"]


def test_stale_form_gets_the_conflict_page_and_writes_nothing(keeper, department):
    document = make_document(department)
    sent = SENT | {"title": "改名", "version": 99}
    response = keeper.post(url("document_edit", document.pk), sent)
    assert (response.status_code, "载入现有内容，再决定" in text(response)) == (409, True)
    titles = [(now, mine) for _, now, mine in response.context["rows"] if "改名" in (now, mine)]
    assert titles == [("报告书写规范", "改名")]
    document.refresh_from_db()
    assert document.title == "报告书写规范"


def test_new_version_by_page_leads_back_to_the_old_one(keeper, department):
    old = make_document(department)
    sent = SENT | {"version_label": "2027版", "valid_from": "2026-08-01", "version": old.version}
    response = keeper.post(url("document_replace", old.pk), sent)
    newer = EvidenceDocument.objects.get(replaces=old)
    assert response.url == url("document", newer.pk)
    shown = unwrapped(text(keeper.get(url("document", old.pk))))
    assert "2026-01-01 至 2026-07-31" in shown
    assert url("document", newer.pk) in shown


def test_document_whose_entries_changed_after_its_file_says_so(keeper, department):
    document = make_document(department)
    words = "晚于所附文件"
    assert words not in text(keeper.get(url("document", document.pk)))
    change_document(document, replace(WRITING, note="科发〔2026〕9号"), version=document.version, by=None)
    assert words in text(keeper.get(url("document", document.pk)))


def test_withdrawal_by_page_shows_its_reason(keeper, department):
    document = make_document(department)
    sent = {"version": document.version, "reason": "登记重复"}
    keeper.post(url("document_withdraw", document.pk), sent)
    shown = text(keeper.get(url("document", document.pk)))
    assert "登记重复" in shown
    assert "登记新版本" not in shown


def test_withdrawal_without_reason_is_refused(keeper, department):
    document = make_document(department)
    response = keeper.post(url("document_withdraw", document.pk), {"version": 1, "reason": ""})
    assert (response.status_code, "撤回须写明理由" in text(response)) == (422, True)


def test_file_goes_out_as_an_attachment_in_a_sandbox(keeper, department):
    document = make_document(department, file=scan(name="规范.pdf"))
    response = keeper.get(url("document_file", document.pk))
    assert response.content == PDF
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert Event.objects.filter(action="scoring.download_document", result="done").count() == 1


def test_file_changed_on_the_disk_is_never_handed_out(keeper, department):
    document = make_document(department)
    with document.file.storage.open(document.file.name, "wb") as file:
        file.write(PDF + b" ")
    response = keeper.get(url("document_file", document.pk))
    assert (response.status_code, "校验值不符" in text(response)) == (409, True)
    assert Event.objects.filter(action="scoring.download_document", result="refused").count() == 1


def test_head_sees_the_register_and_may_not_change_it(sign_in, head, department):
    document = make_document(department)
    theirs = sign_in(head)
    shown = text(theirs.get(url("document", document.pk)))
    assert ("报告书写规范" in shown, url("document_edit", document.pk) in shown) == (True, False)
    assert theirs.get(url("document_new")).status_code == 403


def test_home_reminds_of_a_review_overdue_and_of_a_kind_without_document(keeper, department, officer):
    today = timezone.localdate()
    make_document(department, review_due_on=today - timedelta(days=1))
    make_document(department, RULES["review_rules"], valid_until=today - timedelta(days=1))
    make_document(department, RULES["follow_up_rules"], review_due_on=today + timedelta(days=30))
    shown = text(keeper.get(reverse("home")))
    for words in (
        "1 份佐证文件复审逾期",
        "1 份佐证文件将在30天内到复审日期",
        "没有现行有效的报告审核制度，评分表相应的行不得分",
    ):
        assert words in shown


def test_home_of_a_department_without_register_does_not_nag(keeper, department):
    assert "佐证文件" not in text(keeper.get(reverse("home")))


def test_list_ends_a_replaced_document_on_the_day_before_the_new_one(keeper, department):
    old = make_document(department, valid_from=date(2025, 1, 1))
    newer = replace(WRITING, version_label="新版", valid_from=date(2026, 7, 15))
    replace_document(old, newer, version=1, by=None, file=scan())
    page = keeper.get(reverse("scoring:documents")).content.decode().replace("<td >", "<td>")
    page = re.sub(r">\s+<", "><", page)
    assert "<td>2025-01-01</td><td>2026-07-14</td>" in page
    assert "<td>2026-07-15</td><td>长期</td>" in page
