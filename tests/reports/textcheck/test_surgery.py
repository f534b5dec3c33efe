"""Organs that surgery took away: described all the same, or missing without a word why."""

from datetime import date

import pytest

from reports.domain.textcheck.report import Prior, Request
from reports.domain.textcheck.rules.surgery import RULES
from tests.reports.textcheck.said_kit import messages, said

DESCRIBED = "6.4.1.1d/removed-organ-described"
ABSENT = "6.4.1.1d/absent-without-history"

FOUND = [
    # (history, findings, what is marked)
    ("胆囊切除术后", "胆囊不大，壁不厚。", "胆囊不大"),
    ("2019年腹腔镜胆囊切除术后", "胆总管扩张。胆囊大小正常，壁光整，腔内未见异常信号影。", "胆囊大小"),
    ("胆囊结石切除术后5年", "肝脏、胆囊、胰腺形态、大小正常。", "胆囊、胰腺形态"),
    ("LC术后", "胆囊充盈良好。", "胆囊充盈"),
    ("胆囊摘除", "胆囊形态正常。", "胆囊形态"),
    ("2014年子宫全切除术后", "子宫前位，形态正常。", "子宫前位"),
    ("全子宫切除术后", "子宫大小正常，肌层信号均匀。", "子宫大小"),
    ("子宫切除术后", "子宫形态、大小未见异常。", "子宫形态"),
    ("宫颈癌根治术后", "子宫体积不大。", "子宫体积"),
    ("外伤性脾切除术后", "脾脏不大，密度均匀。", "脾脏不大"),
    ("脾破裂切除术后", "肝、脾大小正常。", "脾大小"),
    ("左肾切除术后", "双肾形态、大小正常。", "双肾形态"),
    ("左肾癌根治性切除术后", "左肾大小正常，未见积水。", "左肾大小"),
    ("右肾切除术后", "右侧肾脏形态正常。", "右侧肾脏形态"),
    ("阑尾切除术后", "阑尾不粗，周围脂肪间隙清晰。", "阑尾不粗"),
    ("前列腺癌根治术后", "前列腺体积增大。", "前列腺体积"),
    ("膀胱全切术后", "膀胱充盈良好，壁光整。", "膀胱充盈"),
    ("右乳癌改良根治术后", "右乳腺体呈散在纤维腺体型。", "右乳腺体"),
    ("甲状腺全切术后", "甲状腺形态正常，密度均匀。", "甲状腺形态"),
]

SILENT = [
    ("胆囊切除术后3年", "胆囊缺如，肝内外胆管无扩张。"),
    ("胆囊切除术后", "胆囊呈术后改变，胆囊窝区见银夹影。"),
    ("胆囊切除术后", "胆囊未见显示，胆总管轻度扩张。"),
    ("胆囊切除术后", "胆囊窝区结构清晰，未见异常密度影。"),
    ("胆囊切除术后", "胆囊已切除，肝脏大小正常。"),
    ("胆囊切除术后", "肝内外胆管未见扩张，胰腺形态正常。"),
    ("胆囊结石取石术后（保胆）", "胆囊大小正常。"),
    ("拟行胆囊切除术", "胆囊增大，壁增厚。"),
    ("胆囊切除术前", "胆囊增大，腔内见结石。"),
    ("母亲胆囊切除术后", "胆囊大小正常。"),
    ("子宫肌瘤剔除术后", "子宫前位，形态正常。"),
    ("2021年子宫肌瘤剔除术后", "子宫前位，大小正常。"),
    ("子宫肌瘤切除术后", "子宫前位，大小正常。"),
    ("子宫次全切除术后", "宫颈形态正常。"),
    ("剖宫产术后", "子宫前位，前壁下段见瘢痕。"),
    ("胃大部切除术后", "残胃形态正常。"),
    ("甲状腺部分切除术后", "甲状腺左叶形态正常。"),
    ("右肾部分切除术后", "右肾形态正常。"),
    ("右肾切除术后", "左肾大小正常，右肾缺如。"),
    ("右肾切除术后", "左肾形态正常，代偿性增大。"),
    ("膀胱肿瘤电切术后", "膀胱充盈良好，壁光整。"),
    ("前列腺电切术后", "前列腺体积增大。"),
    ("脾切除术后", "脾脏缺如，肝脏形态正常。"),
    ("右乳癌保乳术后5年", "双乳腺体对称。"),
    ("", "胆囊大小正常。"),
    ("高血压病史", "胆囊大小正常，壁不厚。"),
    ("胆囊炎", "胆囊增大，壁厚。"),
]


@pytest.mark.parametrize(("history", "findings", "marked"), FOUND)
def test_removed_organ_described_is_found(history: str, findings: str, marked: str) -> None:
    found = said(RULES, surgical_history=history, findings=findings, impression="1、未见明显异常。")
    assert found == [(DESCRIBED, marked)]


@pytest.mark.parametrize(("history", "findings"), SILENT)
def test_partial_surgery_and_told_absence_stay_silent(history: str, findings: str) -> None:
    assert said(RULES, surgical_history=history, findings=findings, impression="1、未见明显异常。") == []


@pytest.mark.parametrize(
    "source",
    [
        {"clinical_diagnosis": "胆囊切除术后，腹痛"},
        {"request": Request(surgical_history="胆囊切除术后")},
        {"request": Request(clinical_diagnosis="胆囊切除术后，腹胀")},
        {"priors": (Prior(examined_on=date(2024, 1, 5), impression="1、胆囊切除术后改变。"),)},
    ],
)
def test_every_source_of_history_is_read(source: dict[str, object]) -> None:
    assert said(RULES, findings="胆囊大小正常。", impression="", **source) == [(DESCRIBED, "胆囊大小")]


@pytest.mark.parametrize(
    ("findings", "marked"),
    [
        ("肝内外胆管无扩张，胆囊未见显示，胆囊窝区未见异常密度影。", "胆囊未见显示"),
        ("胆囊未显示。", "胆囊未显示"),
        ("胆囊缺如，肝脏形态正常。", "胆囊缺如"),
        ("子宫未见显示，膀胱充盈良好。", "子宫未见显示"),
        ("脾脏缺如。", "脾脏缺如"),
        ("左肾未见显示，右肾代偿性增大。", "左肾未见显示"),
        ("右肾缺如，左肾形态正常。", "右肾缺如"),
        ("胆囊未见明确显示。", "胆囊未见明确显示"),
    ],
)
def test_absence_without_a_reason_is_found(findings: str, marked: str) -> None:
    found = said(
        RULES, surgical_history="", clinical_diagnosis="体检", findings=findings, impression="1、轻度脂肪肝。"
    )
    assert found == [(ABSENT, marked)]


@pytest.mark.parametrize(
    ("history", "findings", "impression"),
    [
        ("", "胆囊未见显示，结合病史为切除术后改变。", "1、脂肪肝。"),
        ("", "胆囊缺如。", "1、胆囊切除术后改变。"),
        ("", "胆囊缺如，胆囊窝区见银夹影。", "1、脂肪肝。"),
        ("胆囊切除术后", "胆囊缺如。", "1、脂肪肝。"),
        ("胰头癌术后", "胆囊未见显示。", "1、肝囊肿。"),
        ("", "右肾缺如，考虑先天性发育不良。", "1、未见异常。"),
        ("", "胆囊充盈不佳，壁显示不清。", "1、未见异常。"),
        ("", "阑尾未见显示，右下腹未见渗出。", "1、未见异常。"),
        ("", "左肾区未见肾脏，盆腔内见异位肾。", "1、左肾异位。"),
        ("", "扫描范围内胆囊未显示。", "1、双肺未见异常。"),
        ("", "胆囊未见结石，壁不厚。", "1、未见异常。"),
        ("", "胆囊未见异常。", "1、未见异常。"),
        ("", "子宫未见异常信号，卵巢未显示。", "1、未见异常。"),
        ("", "脾脏未见增大。", "1、未见异常。"),
        ("", "胆囊萎缩，腔内未见显示胆汁。", "1、慢性胆囊炎。"),
    ],
)
def test_absence_with_a_reason_stays_silent(history: str, findings: str, impression: str) -> None:
    found = said(
        RULES, surgical_history=history, clinical_diagnosis="", findings=findings, impression=impression
    )
    assert found == []


def test_unknown_history_silences_absence() -> None:
    assert said(RULES, findings="胆囊缺如。", impression="1、脂肪肝。") == []


@pytest.mark.parametrize(
    ("known", "marked"),
    [
        ({"surgical_history": ""}, [(ABSENT, "胆囊缺如")]),
        ({"clinical_diagnosis": "体检"}, [(ABSENT, "胆囊缺如")]),
        ({"request": Request(surgical_history="")}, [(ABSENT, "胆囊缺如")]),
        ({"request": Request(clinical_diagnosis="体检")}, [(ABSENT, "胆囊缺如")]),
        ({"request": Request(patient_name="张三")}, []),
    ],
)
def test_absence_is_asked_about_when_report_or_request_gives_a_history(
    known: dict[str, object], marked: list[tuple[str, str]]
) -> None:
    assert said(RULES, findings="胆囊缺如。", impression="1、脂肪肝。", **known) == marked


@pytest.mark.parametrize(("distance", "marked"), [(8, []), (9, [(DESCRIBED, "胆囊不大")])])
def test_word_within_eight_characters_of_an_operation_limits_it(
    distance: int, marked: list[tuple[str, str]]
) -> None:
    filler = "甲" * (distance - 2)
    for history in (f"胆囊切除{filler}部分", f"拟行{filler}胆囊切除"):
        found = said(RULES, surgical_history=history, findings="胆囊不大，壁不厚。", impression="")
        assert found == marked


def test_removed_organ_is_told_with_its_history() -> None:
    assert messages(
        RULES, surgical_history="2019年胆囊切除术后", findings="胆囊不大，胆囊充盈。", impression=""
    ) == ["手术史为“胆囊切除”，描述中却有“胆囊不大”，与已切除的事实不符，请核对图像。"]
