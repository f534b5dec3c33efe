"""What holds for every rule and any text: no exception, offsets inside, linear work."""

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.domain.textcheck.engine import BoundRule, Rule, bind, check
from reports.domain.textcheck.finding import Hit, absent
from reports.domain.textcheck.registry import RULES, bound_rules
from reports.domain.textcheck.report import Alert, CheckedReport, Prior, Request, moment_of
from standards.loader import current_edition
from tests.reports.textcheck.work_kit import assert_linear, count_work, times

VOCABULARY = sorted({word for terms in current_edition().terms.vocabularies.values() for word in terms.words})
WORDS = (
    *(
        "右肺上叶",
        "左侧",
        "双侧",
        "结节",
        "肿块",
        "大小约",
        "1.2cm×1.0cm",
        "与肌肉相比",
        "呈等密度",
        "稍低信号",
    ),
    *(
        "T1WI",
        "T2WI",
        "FLAIR",
        "DWI",
        "T1WI+C",
        "增强扫描",
        "明显强化",
        "未见明显强化",
        "无强化",
        "未见",
        "无",
    ),
    *(
        "排除",
        "不除外",
        "术后",
        "子宫",
        "前列腺",
        "胆囊缺如",
        "建议",
        "考虑",
        "可能",
        "待查",
        "较前",
        "对比",
        "夹层",
    ),
    *(
        "癌",
        "cT2N0M0",
        "横断位：",
        "冠状位",
        "平扫+增强",
        "扫描范围",
        "XX",
        "（",
        "）",
        "{{",
        "待补充",
        "男",
        "女",
    ),
    *(
        "2026-10-12",
        "09:30",
        "0岁",
        "120kV",
        "１２ｍｍ",
        "1.",
        "2、",
        "①",
        "；",
        "，",
        "。",
        "。。",
        "\n",
        "\t",
    ),
    *("\x00", "\u3000", "𠮷", "\ud83d", "℃", " "),
)
SAID = (*WORDS, *VOCABULARY)
TEXTS = st.one_of(
    st.none(),
    st.text(max_size=60),
    st.lists(st.sampled_from((*WORDS, *VOCABULARY)), max_size=30).map("".join),
    st.lists(st.one_of(st.sampled_from((*WORDS, *VOCABULARY)), st.text(max_size=3)), max_size=20).map(
        "".join
    ),
)
MOMENTS = st.one_of(
    st.none(),
    st.sampled_from(("", "2026-10-12", "2026-10-12 09:30", "2026-10-12 09:30:07", "不详")).map(moment_of),
    st.text(max_size=20).map(moment_of),
)
DAYS = st.dates(min_value=datetime(1990, 1, 1).date(), max_value=datetime(2030, 1, 1).date())
TIMES = ("examined_at", "signed_at", "last_modified_at", "reported_at")
PLAIN = [
    name
    for name, spec in CheckedReport.__dataclass_fields__.items()
    if spec.type in (str | None, "str | None") and name != "modality"
]
REPORTS = st.builds(
    CheckedReport,
    **dict.fromkeys(PLAIN, TEXTS),
    **dict.fromkeys(TIMES, MOMENTS),
    modality=st.sampled_from((None, "", "DR", "CT", "MRI")),
    birth_on=st.one_of(st.none(), DAYS),
    one_step_reporting=st.booleans(),
    keeps_lines=st.booleans(),
    has_prior=st.sampled_from((None, True, False)),
    priors=st.one_of(
        st.none(),
        st.lists(st.builds(Prior, examined_on=DAYS, body_part=st.sampled_from(WORDS)), max_size=3).map(tuple),
    ),
    request=st.one_of(
        st.none(),
        st.builds(
            Request,
            clinical_question=TEXTS,
            clinical_diagnosis=TEXTS,
            surgical_history=TEXTS,
            requested_examination=TEXTS,
            sex=TEXTS,
            age=TEXTS,
        ),
    ),
    alerts=st.one_of(
        st.none(), st.lists(st.builds(Alert, content=TEXTS, notified_by=TEXTS), max_size=2).map(tuple)
    ),
    now=st.sampled_from((None, datetime(2026, 11, 1, 8, 0))),
)


@given(REPORTS)
def test_any_report_gives_findings_inside_its_text_and_the_same_again(report):
    findings = check(report, bound_rules())
    for finding in findings:
        value = report.value(finding.field) or ""
        assert 0 <= finding.start <= finding.end <= len(value)
        assert finding.excerpt == value[finding.start : finding.end]
        assert finding.message
    assert findings == check(replace(report), bound_rules())


HARD = {
    "one letter": "a",
    "digits": "1",
    "commas": "，",
    "line breaks": "\n",
    "blanks": " ",
    "negations": "未见无",
    "openings": "（((【{{",
    "numbered items": "1、结节；\n",
    "measurements": "1.2cm×1.0cm×",
    "sequences": "横断位：T1WI，T2WI、",
    "sides": "左侧右侧双侧",
    "grades": "呈稍低信号，与脑灰质相比",
    "enhancement": "增强扫描动脉期明显强化，",
    "possibilities": "考虑甲、乙、丙可能，不除外",
    "roman stages": "ⅠⅡⅢcT2N0M0",
    "sentences": "右肺上叶见结节，大小约1.2cm，边界清楚。",
    "one long clause": "右肺结节见癌",
}


@pytest.mark.parametrize("piece", HARD.values(), ids=HARD)
def test_work_on_adversarial_texts_grows_with_their_length_and_no_faster(monkeypatch, piece):
    assert_linear(count_work(monkeypatch), lambda length: _made(piece, length))


def _made(piece, length):
    text = times(piece, length)
    return CheckedReport(
        examination_name="胸部CT平扫+增强",
        modality="CT",
        sex="男",
        technique=text,
        findings=text,
        impression=text,
        clinical_diagnosis=text[:300],
        priors=(),
        alerts=(),
    )


def _said(*hits):
    return Rule("4.1/critical-suspect", lambda report: hits)


def _bound(rule, severity="suspect"):
    return (BoundRule(rule, "4.1", severity),)


def test_place_outside_the_text_is_a_fault_of_the_rule_and_named():
    with pytest.raises(ValueError, match=r"4\.1/critical-suspect: 2-9 lies outside findings"):
        check(CheckedReport(findings="肺炎"), _bound(_said(Hit("findings", 2, 9, "…"))))


def test_same_place_said_twice_is_one_finding():
    hit = Hit("findings", 0, 1, "…")
    assert len(check(CheckedReport(findings="肺炎"), _bound(_said(hit, hit)))) == 1


def test_findings_come_in_the_order_of_the_printed_form():
    hits = [
        Hit("impression", 0, 1, "…"),
        Hit("findings", 1, 2, "…"),
        Hit("sex", 0, 0, "…"),
        Hit("findings", 0, 1, "…"),
    ]
    found = check(CheckedReport(findings="肺炎", impression="肺炎", sex=""), _bound(_said(*hits)))
    assert [(f.field, f.start) for f in found] == [
        ("sex", 0),
        ("findings", 0),
        ("findings", 1),
        ("impression", 0),
    ]


def test_rule_may_be_milder_than_its_clause_and_never_harder():
    severities = [
        check(CheckedReport(findings=""), _bound(_said(*absent("findings", "…", said)), own))[0].severity
        for own in ("violation", "note")
        for said in (None, "note", "violation")
    ]
    assert severities == ["violation", "note", "violation", "note", "note", "note"]


def test_rule_that_reads_what_is_not_known_or_is_switched_off_stays_silent():
    rules = _bound(_said(Hit("findings", 0, 1, "…")))
    assert check(CheckedReport(), rules) == ()
    assert check(CheckedReport(findings="肺"), rules, off={"4.1/critical-suspect"}) == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_rule_is_called_unless_a_field_it_reads_is_not_known(rule):
    """Nothing else holds one back: a rule that reads nothing is called for every report."""
    called = (BoundRule(replace(rule, find=lambda _: (Hit("sex", 0, 0, "…"),)), "4.1", "note"),)
    assert len(check(CheckedReport(**dict.fromkeys(rule.reads, "")), called)) == 1
    for field in rule.reads:
        others = dict.fromkeys(set(rule.reads) - {field}, "")
        assert check(CheckedReport(**others), called) == ()


def test_code_the_edition_does_not_have_or_given_twice_is_refused():
    rule = _said()
    with pytest.raises(ValueError, match="unknown codes"):
        bind((Rule("9.9/none", rule.find),), current_edition())
    with pytest.raises(ValueError, match="given twice"):
        bind((rule, rule), current_edition())
