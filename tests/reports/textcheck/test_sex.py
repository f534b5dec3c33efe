"""Organs of the other sex."""

import pytest

from reports.domain.textcheck.rules.sex import RULES
from tests.reports.textcheck.said_kit import messages, said

CODE = "6.1.2/sex-organ-conflict"

FOUND = [
    ("男", "子宫及双侧附件区未见明显异常。", ["子宫", "双侧附件区"]),
    ("男", "子宫前位，双侧附件区未见肿块。", ["子宫", "双侧附件区"]),
    ("男性", "膀胱充盈可，宫颈形态正常。", ["宫颈"]),
    ("M", "盆腔：子宫体积不大，双侧卵巢未见占位。", ["子宫", "卵巢"]),
    ("男", "宫腔内见节育器影。", ["宫腔", "节育器"]),
    ("男", "双侧附件未见异常。", ["双侧附件"]),
    ("男", "阴道壁未见增厚。", ["阴道"]),
    ("女", "前列腺体积增大，精囊腺形态正常。", ["前列腺", "精囊腺"]),
    ("女性", "膀胱壁光整，前列腺不大。", ["前列腺"]),
    ("F", "双侧睾丸未见异常，阴囊未见积液。", ["睾丸", "阴囊"]),
    ("女", "左侧精索静脉曲张。", ["精索"]),
    ("男", "子宫前位，腰椎椎体骨质增生。", ["子宫"]),
    ("男", "腰椎椎体骨质增生，双侧附件区见肿块。", ["双侧附件区"]),
    ("男", "腰椎椎体骨质增生。双侧附件见肿块。", ["双侧附件"]),
    ("男", "子宫前位，子宫未见异常。", ["子宫"]),  # once a field
]

SILENT = [
    ("男", "前列腺大小、形态正常。"),
    ("男", "L4椎体及双侧附件未见骨折。"),
    ("男", "腰椎序列规整，各椎体及附件骨质完整。"),
    ("男", "各椎体骨质增生，双侧附件对称。"),
    ("男", "左侧附件骨质结构完整。"),
    ("男", "双侧大脑后动脉呈胎儿型。"),
    ("男", "前列腺中线处见囊状影，考虑前列腺小囊（男性子宫）。"),
    ("男", "主动脉内膜片影。"),
    ("男", "双侧乳腺发育。"),
    ("男", "颈椎生理曲度变直，颈椎附件形态正常。"),
    ("女", "子宫前位，双侧附件区未见异常。"),
    ("女", "乳腺腺体呈不均匀致密型。"),
    ("女", "会阴部软组织未见异常，膀胱充盈良好。"),
    ("", "子宫前位，前列腺不大。"),
    ("未知", "子宫前位。"),
    ("其他", "前列腺增生。"),
]


@pytest.mark.parametrize(("sex", "findings", "marked"), FOUND)
def test_organ_of_the_other_sex_is_found(sex: str, findings: str, marked: list[str]) -> None:
    assert said(RULES, sex=sex, findings=findings, impression="") == [(CODE, word) for word in marked]


@pytest.mark.parametrize(("sex", "findings"), SILENT)
def test_words_of_either_sex_stay_silent(sex: str, findings: str) -> None:
    assert said(RULES, sex=sex, findings=findings, impression="") == []


def test_organ_in_the_conclusion_is_found_too() -> None:
    assert said(RULES, sex="男", findings="盆腔见囊性灶。", impression="1、右侧附件区囊肿。") == [
        (CODE, "右侧附件区")
    ]


@pytest.mark.parametrize("history", ["雄激素不敏感综合征", "性发育异常（46,XY）", "变性术后"])
def test_disorder_of_sex_development_silences(history: str) -> None:
    assert (
        said(RULES, sex="女", clinical_diagnosis=history, findings="腹股沟区见睾丸影。", impression="") == []
    )


def test_unknown_sex_silences() -> None:
    assert said(RULES, findings="子宫前位，前列腺增大。", impression="") == []


@pytest.mark.parametrize(("sex", "organ"), [("男", "子宫"), ("女", "前列腺")])
def test_organ_of_the_other_sex_is_reported_with_the_registered_sex(sex: str, organ: str) -> None:
    assert messages(RULES, sex=sex, findings=f"{organ}未见异常。", impression="") == [
        f"受检者性别为{sex}，文中却写到“{organ}”，请核对是否误用模板或性别登记有误。"
    ]


def test_organ_in_findings_and_conclusion_is_reported_in_both() -> None:
    assert said(RULES, sex="男", findings="子宫增大。", impression="子宫肌瘤") == [(CODE, "子宫")] * 2


@pytest.mark.parametrize("field", ["clinical_diagnosis", "surgical_history", "impression"])
def test_disorder_of_sex_development_in_any_field_silences(field: str) -> None:
    fields = {"findings": "腹股沟区见睾丸影。", "impression": "", field: "性发育异常"}
    assert said(RULES, sex="女", **fields) == []
