"""Registers of outcomes with several texts: what proves the finding is kept, earlier guesses are not."""

from datetime import date

import pytest

from reports.intake.outcomes import read_outcomes
from tests.reports.intake.test_layouts import csv_of


def only(head, row):
    result = read_outcomes(csv_of([head.split(), row.split("|")]), "登记.csv")
    assert result.refusals == ()
    (outcome,) = result.outcomes
    return outcome


def test_diagnosis_before_the_examination_is_no_outcome():
    outcome = only("检查号 临床诊断 影像诊断 手术日期 病理诊断", "C1|咳嗽待查|肺癌|2026-03-20|腺癌")
    assert (outcome.kind, outcome.text) == ("surgical_pathology", "腺癌")


@pytest.mark.parametrize(
    ("row", "kind", "text"),
    [
        ("C1|2026-03-20|见肿物|腺癌", "surgical_pathology", "病理诊断：腺癌\n手术所见：见肿物"),
        ("C1|2026-03-20||腺癌", "surgical_pathology", "腺癌"),
        ("C1|2026-03-20|见肿物|", "surgical_finding", "见肿物"),
    ],
)
def test_texts_of_several_columns_are_all_kept_and_the_strongest_names_the_kind(row, kind, text):
    outcome = only("检查号 手术日期 手术所见 病理诊断", row)
    assert (outcome.kind, outcome.text) == (kind, text)


def test_text_that_stands_in_the_second_column_is_not_lost():
    outcome = only("检查号 随访日期 随访方式 随访结果 病理诊断", "C1|2026-03-20|手术病理||腺癌")
    assert (outcome.kind, outcome.text) == ("surgical_pathology", "腺癌")


def test_day_and_writer_of_the_report_are_neither_the_examination_nor_who_registered():
    outcome = only("检查号 报告日期 报告医生 病理结果 病理日期", "C1|2026-03-06|李测|腺癌|2026-03-20")
    assert (outcome.examined_on, outcome.recorded_by, outcome.observed_on) == (None, None, date(2026, 3, 20))


def test_empty_kind_is_refused_as_empty():
    head = ["检查号", "结局来源", "结局日期", "结局内容"]
    (refusal,) = read_outcomes(csv_of([head, ["C1", "", "2026-03-20", "腺癌"]]), "登记.csv").refusals
    assert refusal.reason == (
        "结局来源为空。请填写下列之一：手术病理、手术所见、穿刺活检病理、内镜、细胞学、实验室、影像随访、"
        "临床随访结局、病例讨论、尸检。"
    )
