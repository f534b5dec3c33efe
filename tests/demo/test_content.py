"""The demonstration department: whole, plausible, clean unless said otherwise, and the same every time."""

import hashlib
import json
import re
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from audits.judging.actions.rulings import concordance_ruling
from audits.judging.domain.concordance import consistent
from audits.sampling.domain.draw import draw
from audits.sampling.domain.frozen_list import Entry
from demo.content import DEFAULT_SEED, demo_department
from demo.content.cases import BaseCase, base_cases, filled, random_slots
from demo.content.days import twelve_months
from demo.content.dice import Dice
from reports.archive.models import CONTENT_FIELDS
from reports.domain.systems import system_of_examination
from reports.outcomes.models import Outcome
from standards.loader import CURRENT, load_edition

TODAY = date(2026, 11, 24)
MAY_BE_EMPTY = {"surgical_history", "last_modified_by", "last_modified_at", "modification_kind", "extra"}
DAYS = [date(2026, 1, 1) + timedelta(23 * n) for n in range(16)] + [date(2028, 2, 29), date(2026, 2, 15)]


@pytest.fixture(scope="module")
def demo():
    return demo_department(TODAY, DEFAULT_SEED)


@pytest.fixture(scope="module")
def clean(demo):
    return [report for report in demo.reports if not report.description_faults]


def test_department_has_four_quarters_and_the_people_it_needs(demo):
    posts = Counter(person.post for person in demo.people)
    assert (demo.code, demo.name, demo.level) == ("DEMO", "放射科", "tertiary")
    assert posts == {"reporting": 10, "reviewing": 5, "technologist": 8}
    assert len({person.name for person in demo.people}) == 23
    assert [q.label for q in demo.quarters] == [f"2026年第{n}季度" for n in (1, 2, 3, 4)]
    assert [(q.stage, q.judged, q.passes) for q in demo.quarters] == [
        ("signed", 10, True),
        ("signed", 10, False),
        ("submitted", 10, True),
        ("judging", 6, None),
    ]


def test_reports_are_as_many_as_promised(demo):
    assert {q.label: len(demo.reports_of(q)) for q in demo.quarters} == {
        "2026年第1季度": 128,
        "2026年第2季度": 120,
        "2026年第3季度": 132,
        "2026年第4季度": 124,
    }
    with_outcome = sum(report.outcome is not None for report in demo.reports)
    amended = sum(report.earlier is not None for report in demo.reports)
    assert 0.22 < with_outcome / len(demo.reports) < 0.30
    assert 0.015 < amended / len(demo.reports) < 0.03
    shares = Counter(report.content["modality"] for report in demo.reports)
    assert shares["CT"] > shares["MRI"] > shares["DR"] > 80
    assert len({report.case for report in demo.reports}) >= 70


@pytest.mark.parametrize("today", [TODAY, date(2027, 1, 20)])
def test_same_day_and_seed_give_the_same_department(today):
    one, other = (demo_department(today, "甲") for _ in range(2))
    assert one == other
    assert one != demo_department(today, "乙")


def test_dice_throw_what_they_always_threw():
    dice = Dice("甲")
    assert [dice.below(1000) for _ in range(3)] == [
        int(hashlib.sha256(f"甲:{n}".encode()).hexdigest(), 16) % 1000 for n in (1, 2, 3)
    ]
    assert sorted(Dice("乙").shuffled(range(9))) == list(range(9))


def test_content_has_every_field_of_a_report_and_no_element_is_missing(demo):
    for report in demo.reports:
        assert tuple(sorted(report.content)) == tuple(sorted(CONTENT_FIELDS))
        empty = {name for name, value in report.content.items() if value in ("", None, {})}
        assert empty <= MAY_BE_EMPTY
        assert report.accession_number
    assert len({report.accession_number for report in demo.reports}) == len(demo.reports)


def test_texts_are_never_the_same_and_hold_no_open_slot(demo):
    findings = Counter(report.content["findings"] for report in demo.reports)
    assert [text for text, count in findings.items() if count > 1] == []
    whole = json.dumps([dict(report.content) for report in demo.reports], ensure_ascii=False, default=str)
    assert re.findall(r'"[^"]*\{\w+\}', whole) == []


@pytest.mark.parametrize("case", base_cases(), ids=lambda case: case.id)
def test_case_has_a_text_for_every_slot(case: BaseCase):
    dice = Dice(case.id)
    known = {"prior": "2026-01-05"}
    for first in (c for c in base_cases() if c.id == case.after):
        known |= random_slots(first, dice)
    slots = random_slots(case, dice, known)
    texts = [case.technique, case.findings, case.impression, case.examination_name, *case.clinical]
    texts += [text for outcome in case.outcomes.values() for text in (outcome.text, outcome.why)]
    assert all("{" not in filled(text, slots) for text in texts)
    assert len(case.findings) >= 90
    assert {outcome.kind for outcome in case.outcomes.values()} <= set(Outcome.Kind.values)


def test_times_lie_in_working_hours_and_in_order(demo):
    quarters = {quarter.label: quarter for quarter in demo.quarters}
    for report in demo.reports:
        content, quarter = report.content, quarters[report.quarter]
        examined, reported, signed = (content[f] for f in ("examined_at", "reported_at", "signed_at"))
        assert examined < reported < signed
        assert examined.date() == reported.date() == signed.date()
        assert examined.weekday() < 5
        assert 8 <= examined.hour <= 17
        assert quarter.window_start <= reported.date() <= quarter.window_end
        assert reported.date() < TODAY


def test_patient_is_one_person_throughout(demo):
    people: dict[str, set] = {}
    for report in demo.reports:
        c = report.content
        people.setdefault(c["patient_id"], set()).add((c["patient_name"], c["sex"], c["birth_on"]))
    assert all(len(seen) == 1 for seen in people.values())
    several = Counter(report.content["patient_id"] for report in demo.reports)
    assert sum(count > 1 for count in several.values()) >= 20
    eligible = Counter(report.content["patient_id"] for report in demo.reports if report.is_eligible)
    assert set(eligible.values()) == {1}


def test_system_and_modality_agree_with_the_examination(demo):
    for report in demo.reports:
        c = report.content
        named = system_of_examination(c["examination_name"], c["body_part"], c["impression"])
        assert named == report.system, report.case
        assert ("信号" in c["findings"]) <= (c["modality"] == "MRI"), report.case
        assert ("密度" in c["findings"]) <= (c["modality"] != "MRI"), report.case
        assert ("HU" in c["findings"]) <= (c["modality"] == "CT"), report.case
        label = {"DR": "投照方位：", "CT": "重建技术：", "MRI": "扫描序列："}[c["modality"]]
        assert label in c["technique"], report.case


def test_sides_of_examination_and_conclusion_are_those_of_the_findings(demo):
    side = re.compile(r"[左右](?=侧|肺|肾|乳|膝|髋|腕|踝|肘|肩|桡|股|胫)")
    for report in demo.reports:
        c = report.content
        found = set(side.findall(c["findings"]))
        assert set(side.findall(c["impression"])) <= found, report.case
        assert set(side.findall(c["examination_name"])) <= found, report.case


def test_sex_fits_the_organs(demo):
    for report in demo.reports:
        c = report.content
        text = c["findings"] + c["impression"]
        if re.search("子宫|卵巢|宫颈", text):
            assert c["sex"] == "女"
        if re.search("前列腺|精囊", text):
            assert c["sex"] == "男"


@pytest.mark.parametrize(
    "unwanted",
    [
        r"(?:未见|无)(?:明显|显著|明确|确切)(?:异常)?强化|强化(?:不明显|不显著)",
        r"(?:轻微|稍|略|显著|高度|重度|中等度?)(?:不?均匀|环形)?强化",
        r"(?:略|较|极|很|偏|轻度|显著)(?:低|高)(?:密度|信号)|(?:密度|信号)(?:减低|增高|不高)",
        r"[长短等]T[12]",
        r"[\u4e00-\u9fff][,;:?!()][\u4e00-\u9fff]|[\u4e00-\u9fff] +[\u4e00-\u9fff]",
        r"[，。；：、]{2,}",
        r"\d(?:mm|毫米|厘米)",
    ],
)
def test_clean_texts_hold_nothing_clause_64_forbids(clean, unwanted):
    hits = [
        (report.case, found[0])
        for report in clean
        for found in [re.search(unwanted, report.content["findings"] + report.content["impression"])]
        if found
    ]
    assert hits == []


def test_graded_density_names_its_reference_tissue(clean):
    graded = re.compile("(?:明显|中度|稍)(?:低|高)(?:密度|信号)|等(?:密度|信号)")
    for report in clean:
        for sentence in re.split("[。\n]", report.content["findings"]):
            if graded.search(sentence):
                assert re.search("相比|样密度|样信号|HU", sentence), (report.case, sentence)


def test_follow_up_names_the_day_of_the_examination_before(demo):
    followed = [report for report in demo.reports if report.case.endswith("_follow")]
    assert len(followed) >= 15
    for report in followed:
        first_case = report.case.removesuffix("_follow")
        before = [
            r
            for r in demo.reports
            if r.content["patient_id"] == report.content["patient_id"] and r.case == first_case
        ]
        day = f"{before[0].content['examined_at']:%Y-%m-%d}"
        assert f"与{day}" in report.content["findings"]
        assert day in report.content["impression"]


def test_amended_report_is_signed_by_who_amended_it_last(demo):
    for report in (r for r in demo.reports if r.earlier):
        now, before = report.content, report.earlier
        assert now["findings"].startswith(before["findings"])
        assert now["findings"] != before["findings"]
        assert now["reported_at"] > before["reported_at"]
        assert now["last_modified_by"] == now["signed_by"] == now["reviewing_physician"]


def test_fault_lies_where_it_says_and_costs_its_point(demo):
    edition = load_edition(CURRENT)
    faulty = [report for report in demo.reports if report.description_faults]
    assert len(faulty) == 21 + 61  # with outcomes, drawn by the quarters; and without, by the months alone
    assert sum(report.outcome is not None for report in faulty) == 21
    for report in faulty:
        for fault in report.description_faults:
            clause = edition.clauses_by_number[fault.clause]
            assert fault.field == "findings"
            assert fault.excerpt
            assert fault.excerpt in report.content["findings"]
            assert fault.reason.endswith("。")
            assert clause.binds
            assert clause.appendix_b_row == "description"


def test_outcome_follows_the_examination_and_keeps_to_the_cut_off(demo):
    quarters = {quarter.label: quarter for quarter in demo.quarters}
    for report in (r for r in demo.reports if r.outcome):
        outcome, quarter = report.outcome, quarters[report.quarter]
        assert report.content["examined_at"].date() <= outcome.observed_on <= TODAY
        assert (outcome.observed_on <= quarter.cut_off) == outcome.in_time
        assert outcome.text
        assert outcome.recorded_by
        assert report.content["patient_name"] not in outcome.text


def test_truth_is_a_ruling_an_assessor_could_make(demo):
    for report in (r for r in demo.reports if r.truth):
        truth = report.truth
        ruling = concordance_ruling(
            localisation=truth.localisation,
            characterisation=truth.characterisation,
            error_kind=truth.error_kind,
            judgement=truth.judgement,
            reason=truth.reason,
            stage_differs=truth.stage_differs,
        )
        assert consistent(ruling) == (), report.case
    assert all((report.truth is None) == (report.outcome is None) for report in demo.reports)


def test_every_report_has_an_assessor_who_took_no_part_in_it(demo):
    for report in demo.reports:
        c = report.content
        part = {c["reporting_physician"], c["reviewing_physician"], c["signed_by"], c["operator"]}
        assert set(demo.assessors) - part
    assert demo.member in {report.content["reporting_physician"] for report in demo.reports}


def drawn_from(demo, quarter, seed):
    pool = {r.accession_number: r for r in demo.reports_of(quarter) if r.is_eligible}
    entries = [
        Entry(
            accession_number=number,
            patient_key=report.content["patient_id"],
            modality=report.content["modality"],
            system=report.system,
            reporting_physician=report.content["reporting_physician"],
        )
        for number, report in pool.items()
    ]
    return [pool[entry.accession_number] for entry in draw(entries, seed).drawn]


def counts(drawn):
    faulty = sum(bool(report.description_faults) for report in drawn)
    return faulty, sum(report.truth.judgement == "discordant" for report in drawn)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_story_holds_whichever_ten_are_drawn(today):
    demo = demo_department(today, "任意")
    passed, failed, good, running = (
        [counts(drawn_from(demo, quarter, f"s{n}")) for n in range(25)] for quarter in demo.quarters
    )
    # Rows 1.1–1.5: 10 points, in the failing quarter 5; k = 0, 1 leave 10, 9 in row 2.2, k ≥ 5 nothing.
    assert all(d <= 4 and k <= 1 for d, k in passed)
    assert all(k >= 5 for _, k in failed)
    assert all(d <= 3 and k <= 1 for d, k in good)
    assert all(len(drawn_from(demo, quarter, "s")) == 10 for quarter in demo.quarters)
    assert all(k <= 3 for _, k in running)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_quarters_are_closed_but_the_last(today):
    demo = demo_department(today, "任意")
    *closed, last = demo.quarters
    assert all(quarter.cut_off <= today and quarter.window_end < today for quarter in closed)
    assert last.window_end <= today == last.cut_off
    assert (last.window_end - last.window_start).days >= 44
    assert all(one.window_end + timedelta(1) == two.window_start for one, two in pairwise(closed))


@pytest.mark.parametrize("today", [TODAY, date(2026, 10, 20), date(2026, 2, 20)])
def test_months_before_the_quarters_make_up_a_whole_year(today):
    made = demo_department(today, DEFAULT_SEED)
    reported = {r.content["reported_at"].date().replace(day=1) for r in (*made.earlier, *made.reports)}
    assert set(twelve_months(today)) <= reported
    assert all(report.outcome is None for report in made.earlier)
    assert all(r.content["reported_at"].date() < made.quarters[0].window_start for r in made.earlier)
    numbers = [report.accession_number for report in (*made.earlier, *made.reports)]
    findings = [report.content["findings"] for report in (*made.earlier, *made.reports)]
    assert len(set(numbers)) == len(numbers)
    assert len(set(findings)) == len(findings)
