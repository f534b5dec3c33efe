"""The state of a quarter: one function, and the same count of settled cases from rows and from results."""

import pytest
from django.urls import reverse
from django.utils import timezone

from audits.judging.models import Review
from audits.judging.queries.results import audit_results
from audits.judging.queries.settled import settled_cases
from audits.quarter.domain.state import quarter_state
from audits.quarter.queries.state import state_from, state_of, with_state
from audits.sampling.models import Audit, Case
from scoring.sheets.models import Sheet
from standards.loader import current_edition
from tests.audits.factories import assigned_audit


@pytest.mark.parametrize(
    ("cancelled", "cases", "settled", "sheet", "tag"),
    [
        (True, 10, 10, "", ("open", "已作废")),
        (False, 0, 0, "", ("due", "待抽样")),
        (False, 10, 0, "", ("info", "评审中 0/10")),
        (False, 10, 9, "draft", ("info", "评审中 9/10")),
        (False, 10, 10, "", ("due", "已评10/10，评分表未建立")),
        (False, 10, 10, "draft", ("due", "已评10/10，评分表填写中")),
        (False, 7, 7, "", ("due", "已评7/7，评分表未建立")),
        (False, 10, 10, "submitted", ("due", "待签发")),
        (False, 10, 10, "signed", ("pass", "已签发")),
    ],
)
def test_state_follows_the_draw_the_rulings_and_the_sheet(cancelled, cases, settled, sheet, tag):
    assert quarter_state(cancelled=cancelled, cases=cases, settled=settled, sheet=sheet).tag == tag


# description and judgement of the first reader, the second and the arbiter; None: not ruled; "": no reader
CLEAN, FAULTY = "conforming", "nonconforming"
READINGS = [
    ((CLEAN, "concordant"), (CLEAN, "partly"), "", True),
    ((CLEAN, "concordant"), (CLEAN, "discordant"), "", False),
    ((CLEAN, "concordant"), (CLEAN, "discordant"), (CLEAN, "discordant"), True),
    ((CLEAN, "concordant"), (CLEAN, "discordant"), (CLEAN, "undecidable"), False),
    ((CLEAN, "concordant"), (FAULTY, "concordant"), "", False),
    ((CLEAN, "concordant"), (FAULTY, "concordant"), (FAULTY, "concordant"), True),
    ((CLEAN, "concordant"), None, "", False),
    ((CLEAN, "concordant"), "", "", False),
    ((CLEAN, "undecidable"), (CLEAN, "undecidable"), "", False),
    ((FAULTY, "discordant"), (FAULTY, "discordant"), "", True),
]


def _read(case: Case, place: int, ruling, assessor) -> None:
    if ruling == "":
        return
    at = timezone.now() if ruling else None
    description, judgement = ruling or ("", "")
    Review.objects.create(
        case=case,
        reader=place,
        assessor=assessor,
        description=description,
        description_reason="理由" if description == FAULTY else "",
        description_at=at,
        outcome_seen_at=at,
        localisation="correct",
        characterisation="first_choice",
        error_kind="missed" if judgement == "discordant" else "none",
        judgement=judgement,
        conclusion_reason="理由" if judgement not in ("", "concordant") else "",
        conclusion_at=at,
    )


@pytest.mark.django_db
def test_settled_cases_are_those_that_the_results_call_settled(department, assessor, officer, head, sign_in):
    audit = assigned_audit(department, [assessor])
    Audit.objects.filter(pk=audit.pk).update(readers=2)
    Review.objects.all().delete()
    for case, (first, second, arbiter, _) in zip(audit.cases.order_by("position"), READINGS, strict=True):
        for place, ruling in enumerate((first, second, arbiter), start=1):
            _read(case, place, ruling, (assessor, officer, head)[place - 1])
    audit.refresh_from_db()
    wanted = [settled for *_, settled in READINGS]
    results = audit_results(audit)
    assert [case.settled for case in results.cases] == wanted
    found = set(settled_cases(Case.objects.filter(audit=audit)).values_list("position", flat=True))
    assert found == {place for place, settled in enumerate(wanted, start=1) if settled}
    row = with_state(Audit.objects.filter(pk=audit.pk)).get()
    assert (
        state_of(row)
        == state_from(audit, results, "")
        == quarter_state(cancelled=False, cases=10, settled=4, sheet="")
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "label"), [("draft", "评审中 0/10"), ("submitted", "待签发")])
def test_home_list_quarter_page_sheet_and_status_line_say_one_state(
    sign_in, department, officer, assessor, status, label
):
    audit = assigned_audit(department, [assessor])
    sheet = Sheet.objects.create(
        audit=audit, edition=current_edition().id, hospital_level="tertiary", submitted_by=officer
    )
    Sheet.objects.filter(pk=sheet.pk).update(
        status=status, submitted_at=timezone.now() if status == "submitted" else None
    )
    client = sign_in(officer)
    pages = {
        name: client.get(reverse(name, args=args)).content.decode()
        for name, args in (
            ("home", []),
            ("audits:list", []),
            ("audits:detail", [audit.pk]),
            ("scoring:detail", [sheet.pk]),
        )
    }
    line = f"{audit.label} · {label}"
    assert [name for name, page in pages.items() if line not in page] == []
    said = {name: page.replace(line, "").count(label) for name, page in pages.items()}
    assert all(said.values()), said
