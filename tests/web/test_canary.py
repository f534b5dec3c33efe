"""Patients nobody else is called like, from the file to every page, file and job: they come out nowhere.

docs/quality.md A3, A4. The rows are read in through the pages themselves, people name the patient in every
reason they give, and each role then opens everything it is offered.
"""

import csv
import html
import io
import json
import re
import zipfile
from collections import Counter
from datetime import date, timedelta
from urllib.parse import parse_qsl

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ, Task

from audits.conferences.actions import CaseValues, change_conference
from audits.follow_up.actions.records import FeedbackInput, JudgementInput, note_receipt, record_follow_up
from audits.follow_up.models import Feedback
from audits.judging.actions.assignment import assign_fairly
from audits.judging.actions.replacement import replace_case
from audits.judging.actions.rulings import FaultInput, reveal_outcome, rule_conclusion, rule_description
from audits.quarter.actions.quarters import draw_audit, open_audit
from audits.sampling.domain.window import audit_window
from reports.archive.models import Report
from reports.findings.models import Finding
from reports.imports.actions.batches import commit, try_out
from reports.imports.models import CriticalAlert, ImagingRequest, ImportBatch
from reports.outcomes.models import Outcome
from scoring.downloads.actions import grant_packet
from scoring.sheets.actions.sheets import create_sheet, set_row
from scoring.signing.actions import sign_sheet, submit_sheet
from tests import people
from tests.audits.factories import DIFFERS, concordance_ruling, reviews_of
from tests.audits.follow_up.factories import conference_values, make_conference, marked
from tests.exports.reading import pdf_text
from tests.scoring.sheets.factories import ALL_MET
from tests.scoring.unmasking.factories import approved
from trail.chain import verify
from trail.models import Event

# The seal in hexadecimal digits and the places of objects: any five digits may stand there by chance.
CHANCE_DIGITS = re.compile(r"<[0-9A-Fa-f]{1000,}>|\d{10} \d{5} [nf]")
pytestmark = pytest.mark.slow  # six roles crawl every page and open every file

PATIENTS = (
    ("鹳雀儿", "11010519491231002X"),
    ("司徒青禾", "ZY77X0912K"),
    ("Zephyrine Quillfeather", "880771239"),
    ("𠮷田鹤见", "H-55Q81903"),
    ("买合木提·吐尔逊江", "MRN0071844"),
)
TELLING = (
    *(name for name, _ in PATIENTS),
    *(number for _, number in PATIENTS),
    *("雀儿", "青禾", "ephyrine", "uillfeather", "田鹤", "合木提", "吐尔逊"),
    *("19491231", "77X09", "77123", "55Q819", "007184"),
)
HEADERS = (
    "检查号 受检者ID 姓名 性别 年龄 检查名称 检查部位 设备类型 检查时间 "
    "报告时间 报告医师 审核医师 临床诊断 影像描述 诊断结论"
)
PARTS = (("头颅", "脑内"), ("胸部", "右肺"), ("腹部", "肝内"), ("膝关节", "股骨"), ("心脏", "冠状动脉"))
UNTIL = date(2026, 9, 30)


def patient(place: int) -> tuple[str, str]:
    """Name and number; the first five alone have theirs, the draw takes one of a patient."""
    name, number = PATIENTS[place % 5]
    return name, number if place < 5 else f"{number}{place:02}"


def told(place: int) -> str:
    """A text that names its patient, spaced out too where the name is written in hanzi."""
    name, number = patient(place)
    return f"受检者{name}（{name if name.isascii() else ' '.join(name)}，{number}）"


def report_file() -> bytes:
    """Twenty-five good rows, one patient in five of them a canary's text, and two rows that are refused."""
    lines = [HEADERS.split()]
    for n in range(27):
        name, number = patient(n)
        part, place = PARTS[n % 5]
        text = f"{told(n)}{place}见类圆形结节，大小约1.2cm×1.0cm，边界清楚。"
        day = f"2026-09-{n % 25 + 2:02}" if n < 25 else "2026-13-45"
        device = ("CT", "MR", "DR")[n % 3] if n != 26 else name
        words = (f"X{n:04}", number, name, "女", "56岁", f"{part}CT平扫", part, device, f"{day} 09:30")
        lines.append([*words, f"{day} 11:00", "书写甲", "审核乙", told(n), text, f"{told(n)}考虑良性。"])
    return _csv(lines)


def outcome_file() -> bytes:
    """An outcome for each report, and some that wait for a person."""
    lines = [["检查号", "受检者ID", "姓名", "结局来源", "结局日期", "结局内容", "登记人"]]
    for n in range(25):
        lines.append([f"X{n:04}", "", "", "手术病理", "2026-10-12", f"{told(n)}术后病理：错构瘤。", "登记员"])
    for n, (name, number) in enumerate(PATIENTS):
        lines.append(["", number, "李逵", "手术病理", "2026-10-13", f"李逵（{number}）术后。", "登记员"])
        lines.append(
            ["", f"{number}9", name, "手术病理", "2026-10-13", f"{name}（{number}9）复查。", "登记员"]
        )
        lines.append(
            [f"X{n:04}", number, name, "手术病理", f"1990-01-{n + 1:02}", f"{told(n)}旧。", "登记员"]
        )
    return _csv(lines)


def request_file() -> bytes:
    """A request for each report, whose texts name the patient, and one that is refused."""
    lines = [["检查号", "受检者ID", "姓名", "申请单号", "临床诊断", "检查目的", "申请时间"]]
    for n in range(26):
        name, number = patient(n if n != 1 else 0)  # the second names another patient: 6.3.1 quotes both
        day = "2026-09-01 08:00" if n < 25 else "2026-13-45"
        lines.append([f"X{n:04}", number, name, f"Q{n:04}", told(n), f"{told(n)}复查", day])
    return _csv(lines)


def alert_file() -> bytes:
    """An alert for every other report that names the patient and no receiver, and one that is refused."""
    lines = [["检查号", "受检者ID", "姓名", "危急值内容", "发现时间", "接收人"]]
    for n in range(0, 26, 2):
        name, number = patient(n)
        lines.append([f"X{n:04}", number, name, f"{told(n)}气胸", "2026-09-30 11:00", ""])
    lines.append(["", *reversed(PATIENTS[0]), f"{told(0)}气胸", "2026-09-30 11:00", "护士甲"])
    return _csv(lines)


def _csv(lines: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue().encode()


def take_in(client, kind: str, content: bytes) -> None:
    """Upload a file, and do what the jobs of its batch do."""
    upload = SimpleUploadedFile(f"{kind}.csv", content)
    sent = {"kind": kind, "source": "甲", "file": upload}
    assert client.post(reverse("reports:imports"), sent).status_code == 302
    batch = ImportBatch.objects.get(kind=kind)
    for status, job in (("checking", try_out), ("committing", commit)):
        ImportBatch.objects.filter(pk=batch.pk).update(status=status)
        job(batch.pk)
    if kind == "reports":
        # A second batch stays where a person looks at the columns.
        client.post(reverse("reports:imports"), sent | {"file": SimpleUploadedFile("again.csv", content)})


@pytest.fixture
def everyone(department, sign_in):
    """A quarter of canaries, from files to a granted packet; the users by role."""
    users = {role: make(department) for role, make in people.ROLES.items()}
    officer, head = users["qc_officer"], users["head"]
    client = sign_in(officer)
    take_in(client, "reports", report_file())
    take_in(client, "outcomes", outcome_file())
    take_in(client, "requests", request_file())
    take_in(client, "alerts", alert_file())
    assert (Report.objects.count(), Outcome.objects.count()) == (25, 35)
    assert (ImagingRequest.objects.count(), CriticalAlert.objects.count()) == (25, 13)
    _rule_on_findings(client)
    for outcome in Outcome.objects.pending()[:4]:
        choice = {
            "choice": "dismiss",
            "reason": f"{outcome.given_patient_name}（{outcome.given_patient_id}）不符。",
        }
        assert client.post(reverse("reports:outcome_match", args=[outcome.pk]), choice).status_code == 302
    _follow(department, officer, users["member"])
    audit = open_audit(department=department, window=audit_window(UNTIL), by=officer)
    audit = draw_audit(audit, version=audit.version, by=officer)
    assign_fairly(audit, assessors=[users["assessor"]], version=audit.version, by=officer)
    audit.refresh_from_db()
    case = audit.cases.active().first()
    reason = f"{case.report.patient_name}（{case.report.patient_id}）的影像不可读"
    replace_case(case, reason=reason, version=audit.version, by=officer)
    for review in reviews_of(audit):
        _judge(review)
    sheet = create_sheet(audit=audit, by=officer)
    for row, state in ALL_MET.items():
        against = {"state": state, "differs_reason": f"{case.report.patient_name}的原件已核对"}
        sheet = set_row(sheet, row=row, version=sheet.version, by=officer, **against)
    sheet = submit_sheet(sheet, version=sheet.version, by=officer)
    sheet = sign_sheet(sheet, version=sheet.version, by=head)
    until = timezone.localdate() + timedelta(days=7)
    grant_packet(sheet, inspector=users["inspector"], until=until, by=head)
    approved(sheet, by=officer, head=head, inspector=users["inspector"])
    approved(sheet, by=officer, head=head, institution="示例区卫生健康委")
    return users


def _rule_on_findings(client) -> None:
    """Rulings on what the checks said, with reasons that name the patient."""
    findings = Finding.objects.select_related("report").order_by("code", "pk")
    assert findings.filter(code="6.3.1/identity-mismatch", field="patient_name").exists()
    for place, finding in enumerate(findings[:6]):
        reason = f"{finding.report.patient_name}（{finding.report.patient_id}）的图像已核对"
        ruling = {"verdict": ("confirm", "dismiss")[place % 2], "version": 0, "reason": reason}
        address = reverse("reports:finding_rule", args=[finding.pk])
        assert client.post(address, ruling).status_code == 302


def _follow(department, officer, member) -> None:
    """Follow-ups and a conference whose every text names the patients of their reports."""
    reports = list(Report.objects.order_by("accession_number")[:5])
    for place, report in enumerate(reports):
        row = marked(report, by=officer, reason=told(place))
        judgement = JudgementInput("discordant", "missed", told(place))
        feedback = FeedbackInput(told(place), member if place % 2 else None)
        record_follow_up(row, version=row.version, by=officer, judgement=judgement, feedback=feedback)
    for sent in Feedback.objects.filter(recipient=None)[:2]:
        note_receipt(sent, note=told(int(sent.follow_up.report.accession_number[1:])), by=officer)
    cases = tuple(CaseValues(report, told(n), told(n)) for n, report in enumerate(reports))
    title = f"{PATIENTS[0][0]}等{len(reports)}例"
    summary = "".join(told(n) for n in range(5))
    held = make_conference(department, reports, by=officer, title=title, summary=summary, cases=cases)
    changed = conference_values(reports, title=f"{title}读片", cases=cases)
    change_conference(held, changed, version=1, by=officer)


def _judge(review) -> None:
    """Faults and reasons that name the patient; the description ruled again after the outcome."""
    by, report = review.assessor, review.case.report
    word = f"{report.patient_name}（{report.patient_id}）"
    fault = FaultInput(clause="6.4.3.2", reason=f"{word}未指明参照组织。", field="findings", start=0, end=30)
    given = {"verdict": "nonconforming", "faults": [fault], "reason": f"{word}描述不全。"}
    review = rule_description(review, **given, version=review.version, by=by)
    review = reveal_outcome(review, version=review.version, by=by)
    again = given | {"reopened_reason": f"{word}复核后改判。"}
    review = rule_description(review, **again, version=review.version, by=by)
    ruling = concordance_ruling(**DIFFERS | {"reason": f"{word}结局为另一种疾病。"})
    rule_conclusion(review, ruling=ruling, version=review.version, by=by)


def readable(response) -> str:
    """Everything the answer tells: its head, and its body with archives and PDFs opened."""
    body = response.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            text = "".join(parts.read(name).decode(errors="replace") for name in parts.namelist())
    elif body.startswith(b"%PDF"):
        text = pdf_text(body) + CHANCE_DIGITS.sub("", body.decode("latin-1"))
    else:
        text = body.decode()
    return html.unescape(f"{response.headers}\n{text}")


def crawl(client) -> dict[str, str]:
    """Every page and file the user is offered, from the home page on, and the direct address of each list."""
    waiting, seen, kinds = [reverse("home")], {}, Counter()
    while waiting:
        url = waiting.pop()
        path, _, query = url.partition("?")
        kind = path, tuple(sorted(name for name, _ in parse_qsl(query)))
        # Of addresses that differ in what they ask for alone (a rule, a month) a few are enough.
        if url in seen or kinds[kind] == 3 or kinds[path] == 80:
            continue
        kinds[kind] += 1
        kinds[path] += 1
        response = client.get(url)
        seen[url] = f"{response.status_code} {readable(response)}"
        if response.status_code >= 300 and response.get("Location"):
            waiting.append(plain(response["Location"]))
        if "html" not in response["Content-Type"]:
            continue
        links = re.findall(r'(?:href|hx-get)="([^"#]+)', response.content.decode())
        for link in map(html.unescape, links):
            link = url.split("?")[0] + link if link.startswith("?") else link
            # One order of a list is enough; rows a person must mend are theirs to see (docs/quality.md I6).
            ours = link.startswith("/") and not link.startswith(("/static/", "/standard/"))
            if ours and "sort=" not in link and "/refused/" not in link and len(seen) < 600:
                waiting.append(plain(link))
    return seen


def plain(link: str) -> str:
    """How a report was come to changes its links alone: its address without that."""
    return re.sub(r"^(/reports/\d+/)[?#].*", r"\1", link)


def leaks(text: str) -> list[str]:
    return [word for word in TELLING if word in text]


@pytest.mark.parametrize("role", list(people.ROLES))
def test_canary_patients_are_on_no_page_and_in_no_file_of_any_role(everyone, sign_in, role):
    seen = crawl(sign_in(everyone[role]))
    # The one exception: the file two persons let out, for its receiver and for who hands it on.
    unmasked = [url for url in seen if re.search(r"/unmasked/\d+/file/", url)]
    assert all(leaks(seen.pop(url)) for url in unmasked)
    assert bool(unmasked) == (role in ("qc_officer", "inspector"))
    assert {url: leaks(url + text) for url, text in seen.items() if leaks(url + text)} == {}
    assert [url for url, text in seen.items() if text.startswith("5")] == []
    # The crawl went where the role's work is, or the test proves nothing.
    wanted = {
        "qc_officer": (
            *("/reports/import/", "export=xlsx", "/document/", "/packet/pdf/", "/outcomes/"),
            *("/reports/findings/?code=", "/findings/?by=month", "/findings/next/", "/reports/rules/6.3.1/"),
            *("/audits/follow-ups/", "/audits/conferences/", "/minutes/"),
        ),
        "head": (
            "/reports/findings/?code=",
            "/reports/rules/6.3.1/",
            "export=xlsx",
            "/document/",
            "/packet/xlsx/",
            "/audits/cases/",
        ),
        "assessor": ("/audits/mine/",),
        "member": ("/reports/findings/?code=", "/reports/", "export=xlsx"),
        "inspector": ("/packet/pdf/", "/packet/xlsx/", "/packet/json/"),
        "admin": ("/settings/accounts/", "/settings/security/"),
        "security_admin": ("/settings/accounts/", "/settings/security/"),
        "auditor": ("/settings/trail/", "export=xlsx"),
    }[role]
    assert [part for part in wanted if not any(part in url for url in seen)] == []


def test_canary_patients_are_in_no_event_and_no_job_and_the_chain_holds(everyone, sign_in):
    client = sign_in(everyone["qc_officer"])
    report = Report.objects.get(accession_number="X0000")
    reason = {"reason": f"核对{told(0)}的病理号"}
    assert client.post(reverse("reports:unmask", args=[report.pk]), reason).status_code == 302
    details = json.dumps(list(Event.objects.values_list("detail", flat=True)), ensure_ascii=False)
    assert leaks(details) == []
    jobs = [*Task.objects.values_list("name", "func", "args", "result"), *OrmQ.objects.values_list("payload")]
    assert leaks(str(jobs)) == []
    assert verify() == []
