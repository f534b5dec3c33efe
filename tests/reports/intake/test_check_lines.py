"""A report as JSON: null is not known, "" is empty, what cannot be read is refused in words."""

import json
from datetime import date, datetime

import pytest

from reports.domain.textcheck.report import Alert, CheckedReport, Moment, Prior, Request
from reports.intake.check_lines import LineRefused, read_line

NOW = datetime(2026, 11, 1, 8, 0)


def read(**given):
    return read_line(json.dumps(given, ensure_ascii=False), now=NOW)


def test_missing_and_null_are_not_known_and_empty_stays_empty():
    assert read(accession_number="A1", findings="", impression=None) == (
        CheckedReport(accession_number="A1", findings="", now=NOW),
        (),
    )


def test_every_kind_of_value_is_read():
    report, unknown = read(
        accession_number=1001,
        age="56岁",
        modality="MR",
        examined_at="2026-10-12 09:30",
        reported_at="",
        signed_at="昨天",
        birth_on="1970-01-02",
        has_prior=True,
        keeps_lines=False,
        priors=[{"examined_on": "2026-09-01", "modality": "CT"}],
        request={"clinical_question": "结节？"},
        alerts=[{"content": "气胸", "notified_at": "2026-10-12 10:00:00", "notified_by": None}],
        note="…",
    )
    assert unknown == ("note",)
    assert report == CheckedReport(
        accession_number="1001",
        age="56岁",
        modality="MRI",
        examined_at=Moment("2026-10-12 09:30", datetime(2026, 10, 12, 9, 30), "minute"),
        reported_at=Moment("", None, ""),
        signed_at=Moment("昨天", None, ""),
        birth_on=date(1970, 1, 2),
        has_prior=True,
        keeps_lines=False,
        priors=(Prior(examined_on=date(2026, 9, 1), modality="CT"),),
        request=Request(clinical_question="结节？"),
        alerts=(Alert(content="气胸", notified_at=datetime(2026, 10, 12, 10, 0)),),
        now=NOW,
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "不是有效的JSON"),
        ("[]", "应为一个JSON对象"),
        ("[" * 100_000, "JSON"),
        ('{"findings": ["a"]}', "“findings”应为文字，收到数组"),
        ('{"findings": true}', "“findings”应为文字，收到true/false"),
        ('{"findings": "\\ud800"}', "无法显示的字符"),
        ('{"has_prior": "是"}', "“has_prior”应为true或false，收到文字"),
        ('{"modality": "US"}', "不适用本标准"),
        ('{"birth_on": "七十年代"}', "“birth_on”不是日期"),
        ('{"priors": {}}', "“priors”应为数组，收到对象"),
        ('{"priors": [{}]}', "应有examined_on"),
        ('{"request": 1}', "“request”应为JSON对象，收到数字"),
    ],
)
def test_line_that_is_no_report_is_refused_in_words(line, words):
    with pytest.raises(LineRefused, match=words):
        read_line(line)


@pytest.mark.parametrize(
    ("name", "longest"), [("findings", 32_767), ("clinical_diagnosis", 32_767), ("patient_name", 100)]
)
def test_text_longer_than_an_import_takes_is_refused_and_the_longest_is_read(name, longest):
    assert getattr(read(**{name: "字" * longest})[0], name) == "字" * longest
    with pytest.raises(LineRefused) as refused:
        read(**{name: "字" * (longest + 1)})
    assert str(refused.value) == f"“{name}”有{longest + 1}个字，上限为{longest}个。"
