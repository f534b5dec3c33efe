"""Target organs, midline, symmetry."""

import pytest

from reports.domain.textcheck.rules.organs import RULES
from tests.reports.textcheck.said_kit import messages, said

ATTRIBUTES = "6.4.1.1a/attributes"
MIDLINE = "6.4.1.1b/no-midline"
SYMMETRY = "6.4.1.1b/no-symmetry"

OTHERS = "胆囊壁光整，胰腺形态、大小正常，脾脏不大，密度均匀。双肾大小对称，未见积水。腹腔未见积液。"
HEAD = "脑实质密度均匀，未见异常密度影，灰白质分界清楚。脑室系统无扩张，脑沟裂不宽。颅骨完整。"

FOUND = [
    ("CT", "上腹部CT", "肝未见异常。", ATTRIBUTES, "肝未见异常"),
    (
        "CT",
        "上腹部CT平扫+增强",
        "胰腺体尾部增大，胰周见渗出。肝内外胆管无扩张。肝脏未见异常。",
        ATTRIBUTES,
        "肝脏未见异常",
    ),
    ("CT", "腹部CT平扫", "肝脏未见明显异常。" + OTHERS, ATTRIBUTES, "肝脏未见明显异常"),
    (
        "MRI",
        "上腹部MRI平扫",
        "肝脏平扫及增强未见明确异常；" + OTHERS,
        ATTRIBUTES,
        "肝脏平扫及增强未见明确异常",
    ),
    ("CT", "全腹部CT平扫", "肝脏正常。" + OTHERS, ATTRIBUTES, "肝脏正常"),
    ("CT", "上腹部CT平扫", "肝脏大小正常，" + OTHERS.replace("大小", ""), ATTRIBUTES, None),
    ("CT", "上腹部CT平扫", OTHERS, ATTRIBUTES, ""),
    ("CT", "双肾CT平扫", "双肾未见异常。膀胱充盈良好，壁光整。肝脏密度均匀。", ATTRIBUTES, "双肾未见异常"),
    ("MRI", "前列腺MRI平扫", "前列腺未见异常。精囊腺对称，膀胱壁光整。", ATTRIBUTES, "前列腺未见异常"),
    ("MRI", "垂体MRI平扫", "垂体未见明显异常，垂体柄居中。", ATTRIBUTES, "垂体未见明显异常"),
    ("CT", "头颅CT", "脑实质未见异常密度影。", MIDLINE, ""),
    ("CT", "头颅CT平扫", HEAD, MIDLINE, ""),
    ("CT", "头颅CT平扫", HEAD + "未见脑疝征象。", MIDLINE, ""),
    ("MRI", "颅脑MRI平扫+增强", HEAD.replace("密度", "信号"), MIDLINE, ""),
    ("CT", "头部CT平扫", "双侧大脑半球对称，第四脑室居中。", MIDLINE, ""),
    ("CT", "头颅、胸部、全腹部CT平扫", HEAD + "肝脏大小、形态正常。" + OTHERS, MIDLINE, ""),
    ("MRI", "脑MRI平扫", "脑实质内未见异常信号，脑室无扩张。", MIDLINE, ""),
    (
        "CT",
        "双肾CT平扫",
        "右肾中部见囊状影，突出肾轮廓外。肾盂、肾盏无扩张。双侧肾上腺对称。",
        SYMMETRY,
        "右肾中部",
    ),
    ("CT", "双肾CT平扫+增强", "左肾见结石，左肾盂扩张。膀胱充盈良好。", SYMMETRY, "左肾"),
    ("CT", "泌尿系CT平扫", "右肾及右侧输尿管扩张，见致密影。膀胱壁光整。", SYMMETRY, "右肾"),
    ("MRI", "腮腺MRI平扫", "左侧腮腺浅叶见一结节，边界清楚。颈部未见肿大淋巴结。", SYMMETRY, "左侧腮腺浅叶"),
    ("CT", "肾上腺CT平扫", "左侧肾上腺见一结节，密度均匀。双肾大小正常，对称。", SYMMETRY, "左侧肾上腺"),
    ("CT", "甲状腺CT平扫", "甲状腺右叶见低密度结节，大小约1cm，边界清楚。气管居中。", SYMMETRY, "甲状腺右"),
    ("DR", "双乳钼靶摄影", "右乳外上象限见肿块，边缘毛刺，右侧腋下见淋巴结。", SYMMETRY, "右乳"),
    ("MRI", "眼眶MRI平扫", "右侧眼球后见占位，视神经受压，信号不均匀。", SYMMETRY, "右侧眼球"),
]

SILENT = [
    ("CT", "上腹部CT平扫", "肝脏位置、形态、大小正常，密度均匀。" + OTHERS),
    ("CT", "上腹部CT平扫", "肝、胆、胰、脾未见异常。双肾未见积水。腹腔未见积液，腹膜后未见肿大淋巴结。"),
    ("CT", "上腹部CT平扫", "肝胆胰脾形态、大小正常，密度均匀。双肾对称。"),
    ("CT", "上腹部CT平扫", "肝脏形态规则，肝右叶见一囊状水样密度影，大小约2cm，余肝未见异常。" + OTHERS),
    ("CT", "上腹部CT平扫", "肝内见多发囊状影，边界清楚，增强后无强化。" + OTHERS),
    ("CT", "胸部CT平扫", "双肺清晰，未见结节。扫描范围内肝脏未见异常。"),
    ("CT", "胸部CT平扫", "双肺纹理清晰，肺野内未见实变。纵隔未见肿大淋巴结。"),
    ("CT", "腰椎CT平扫", "腰椎序列规整，肝脏未见异常。"),
    ("MRI", "MRCP", "胆总管扩张，下段见充盈缺损，肝内胆管轻度扩张，胰管显示清楚，胆囊增大。"),
    ("CT", "腹主动脉CTA", "腹主动脉管壁钙化，管腔通畅，肝脏未见异常。"),
    ("CT", "上腹部CT平扫", "未见明显异常。"),
    ("DR", "腹部DR立位", "膈下未见游离气体，肠管未见扩张及气液平面，双侧腹脂线清晰。"),
    ("CT", "双肾CT平扫", "双肾形态、大小对称，密度均匀，未见结石。"),
    ("CT", "双肾CT平扫", "右肾见囊肿，大小约2cm。左肾形态正常，密度均匀。"),
    ("CT", "双肾CT平扫", "右肾见囊肿，大小约2cm。余肾实质密度均匀。"),
    ("CT", "双肾CT平扫", "右肾见囊肿，边界清。对侧肾形态正常。"),
    ("CT", "双肾CT平扫", "左肾缺如，右肾代偿性增大，密度均匀。"),
    ("CT", "左肾CT平扫", "左肾见囊肿，大小约2cm，边界清。"),
    ("CT", "肾动脉CTA", "右肾动脉起始部狭窄，右肾体积小。"),
    ("MRI", "腮腺MRI平扫", "左侧腮腺见结节，右侧腮腺形态正常，信号均匀。"),
    ("MRI", "腮腺MRI平扫", "左侧腮腺见结节，信号不均匀，右侧大小正常。"),
    ("CT", "甲状腺CT平扫", "甲状腺右叶见结节，密度不均匀；左叶大小、形态正常。"),
    ("CT", "甲状腺CT平扫", "甲状腺双叶对称，密度均匀，大小正常。"),
    ("DR", "双乳钼靶摄影", "双乳腺体对称，右乳见钙化，左乳未见肿块。"),
    ("DR", "右乳钼靶摄影", "右乳见钙化，边缘清楚。"),
    ("DR", "泌尿系平片", "右肾区见致密影，双侧腰大肌影清晰。"),
    ("MRI", "眼眶MRI平扫", "右侧眼球后见占位；左眼未见异常，双侧眼肌对称。"),
    ("CT", "颈部CT平扫", "甲状腺右叶见结节，密度不均匀。"),
    ("CT", "肾上腺CT平扫", "左侧肾上腺见一结节，密度均匀；右侧肾上腺形态正常。右肾见囊肿。"),
    ("CT", "头颅CT平扫", HEAD + "中线结构居中。"),
    ("CT", "头颅CT平扫", HEAD + "中线结构无移位。"),
    ("CT", "头颅CT平扫", HEAD + "中线结构向左偏移约0.6cm。"),
    ("CT", "头颅CT平扫", HEAD + "脑中线居中。"),
    ("CT", "头颅CT平扫", HEAD + "大脑镰居中。"),
    ("MRI", "垂体MRI平扫+动态增强", "垂体高约0.6cm，形态正常，信号均匀，垂体柄居中。"),
    ("CT", "头颈部CTA", "双侧颈内动脉管腔通畅，未见狭窄。"),
    ("MRI", "头颅MRA", "双侧大脑中动脉显影良好。"),
    ("MRI", "头颅MRV", "上矢状窦显影良好。"),
    ("CT", "颞骨CT平扫", "双侧乳突气房清晰。"),
    ("CT", "鼻窦CT平扫", "双侧上颌窦含气良好。"),
    ("CT", "眼眶CT平扫", "双侧眼球对称，密度均匀。"),
    ("MRI", "内听道MRI", "双侧内听道对称。"),
    ("DR", "头颅DR正侧位", "颅骨骨板完整，未见骨折线。"),
    ("CT", "胸部CT平扫", "双肺纹理清晰。"),
    ("", "", "脑实质密度均匀。"),
]  # fmt: skip


@pytest.mark.parametrize(("modality", "name", "findings", "code", "marked"), FOUND)
def test_missing_description_is_found(
    modality: str, name: str, findings: str, code: str, marked: str | None
) -> None:
    found = said(RULES, modality=modality, examination_name=name, findings=findings, impression="")
    assert found == ([(code, marked)] if marked is not None else [])


@pytest.mark.parametrize(("modality", "name", "findings"), SILENT)
def test_described_or_not_examined_stays_silent(modality: str, name: str, findings: str) -> None:
    assert said(RULES, modality=modality, examination_name=name, findings=findings, impression="") == []


@pytest.mark.parametrize("field", ["surgical_history", "clinical_diagnosis"])
@pytest.mark.parametrize("history", ["左肾切除术后", "肾癌根治术后", "孤立肾"])
def test_one_side_gone_silences_symmetry(field: str, history: str) -> None:
    found = said(
        RULES,
        modality="CT",
        examination_name="双肾CT平扫",
        findings="右肾形态正常，密度均匀。",
        **{field: history},
    )
    assert found == []


@pytest.mark.parametrize(
    ("name", "part", "found"),
    [("腹部MRI平扫", "双肾", []), ("双肾MRI平扫", "腹部", []), ("腹部MRI平扫", "上腹部", [(ATTRIBUTES, "")])],
)
def test_region_is_narrowed_by_the_organ_that_name_or_part_says(
    name: str, part: str, found: list[tuple[str, str]]
) -> None:
    findings = (
        "左肾上极见肿块，大小约4.8cm，信号不均，边界清楚。右肾形态、大小正常，信号均匀。双侧肾盂未见扩张。"
    )
    assert (
        said(RULES, modality="MRI", examination_name=name, body_part=part, findings=findings, impression="")
        == found
    )


def test_unknown_findings_silence() -> None:
    assert said(RULES, modality="CT", examination_name="头颅CT平扫") == []


CHEST = "双侧胸腔未见积液，心影不大，纵隔居中，胸廓对称，肋骨未见骨折，胸壁软组织无肿胀。"


@pytest.mark.parametrize(("length", "is_found"), [(39, False), (40, True)])
def test_organ_is_missed_in_findings_of_forty_characters_or_more(length: int, is_found: bool) -> None:
    found = said(RULES, modality="CT", examination_name="上腹部CT", findings=CHEST.ljust(40)[:length])
    assert found == ([(ATTRIBUTES, "")] if is_found else [])


@pytest.mark.parametrize(("length", "is_found"), [(200, False), (201, True)])
def test_attributes_of_an_organ_are_read_for_200_characters(length: int, is_found: bool) -> None:
    # The second attribute (大小) ends this far behind the organ.
    rest = "密度均匀".ljust(length - 2, "甲") + "大小正常。"
    text = f"肝脏未见异常。肝脏{rest}"
    found = said(RULES, modality="CT", examination_name="上腹部CT", findings=text)
    assert found == ([(ATTRIBUTES, "肝脏未见异常")] if is_found else [])


@pytest.mark.parametrize(
    ("name", "findings", "message"),
    [
        ("上腹部CT", CHEST + "胸壁对称。", "检查的主要脏器是肝，描述中没有提到。"),
        (
            "上腹部CT",
            "肝脏未见异常。",
            "检查的主要脏器只写“肝脏未见异常”，位置、大小、形态、密度/信号中至少应描述两项。",
        ),
        ("头颅CT平扫", "脑实质密度均匀", "头颅检查的描述中没有说明中线结构有无偏移。"),
        (
            "双肾CT平扫",
            "右肾形态正常，密度均匀。",
            "检查了成对的肾，描述只见右侧，没有说明左侧或双侧是否对称。",
        ),
    ],
)
def test_missing_description_is_found_with_what_is_missing(name: str, findings: str, message: str) -> None:
    assert messages(RULES, modality="CT", examination_name=name, findings=findings) == [message]
