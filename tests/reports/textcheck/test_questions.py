"""The clinician's question: the suspected disease's organ, and an answer."""

import pytest

from reports.domain.textcheck.report import Request
from reports.domain.textcheck.rules.questions import RULES
from tests.reports.textcheck.said_kit import said

SILENT_ORGAN = "6.4.1.1c/suspected-organ-silent"
UNANSWERED = "6.5.1/question-not-answered"
BOTH = [(SILENT_ORGAN, ""), (UNANSWERED, "")]
LUNG = "双肺纹理清晰，未见实变及结节。气管通畅。心影大小正常。双侧胸腔未见积液。"
ABDOMEN = "肝脏大小、形态正常，密度均匀。胆囊壁光整。胰腺形态正常。脾不大。双肾未见积水。腹腔未见积液。"

FOUND = [
    ("CT", "胸部CT平扫", "食管癌术前评估", LUNG, "胸部CT平扫检查未见明确异常。"),
    ("CT", "胸部CT平扫", "食管癌？", LUNG, "双肺未见异常。"),
    ("CT", "胸部CT增强", "胸痛，肺栓塞？", "双肺清晰，心影不大。纵隔未见肿大淋巴结。", "未见明显异常。"),
    ("CT", "胸部CT平扫", "主动脉夹层待排", LUNG, "未见明显异常。"),
    ("CT", "腹部CT平扫", "阑尾炎？", ABDOMEN, "未见明显异常。"),
    ("CT", "腹部CT平扫", "有无阑尾炎", ABDOMEN, "未见明显异常。"),
    ("CT", "腹部CT平扫", "了解有无阑尾炎", ABDOMEN, "未见明显异常。"),
    ("CT", "全腹部CT平扫", "右下腹痛，急性阑尾炎待排", ABDOMEN, "未见明显异常。"),
    ("CT", "上腹部CT平扫+增强", "胰腺癌？", "肝脏大小正常。胆囊壁光整。脾不大。", "肝囊肿。"),
    ("CT", "上腹部CT平扫", "胆囊结石", "肝脏大小正常，密度均匀。胰腺形态正常。脾不大。", "未见异常。"),
    ("CT", "泌尿系CT平扫", "输尿管结石？", "双肾大小正常，未见积水。膀胱充盈可。", "未见异常。"),
    ("CT", "盆腔CT平扫", "直肠癌", "膀胱充盈良好。前列腺不大。盆腔未见积液。", "未见异常。"),
    ("MRI", "盆腔MRI平扫", "子宫肌瘤？", "膀胱充盈良好，直肠壁不厚，盆腔未见积液。", "未见异常。"),
    ("MRI", "左膝关节MRI平扫", "半月板损伤？", "前后交叉韧带连续，髌上囊少量积液。", "左膝关节少量积液。"),
    ("MRI", "右肩关节MRI平扫", "肩袖损伤？", "肱骨头骨髓信号正常，关节腔少量积液。", "右肩少量积液。"),
    ("CT", "颈部CT平扫+增强", "甲状腺结节", "咽喉部结构对称，颈部未见肿大淋巴结。", "未见异常。"),
    ("CT", "上腹部CT增强", "肾上腺占位？", ABDOMEN, "未见异常。"),
    ("CT", "全腹部CT平扫", "前列腺癌", ABDOMEN, "未见异常。"),
    ("CT", "腰椎CT平扫", "腰椎间盘突出？", "腰椎曲度变直，椎体缘骨质增生。", "腰椎退变。"),
]

SILENT = [
    ("CT", "胸部CT平扫", "食管癌术前评估", LUNG + "食管壁未见增厚。", "双肺未见异常。"),
    ("CT", "胸部CT平扫", "食管癌术后复查", LUNG, "双肺未见异常。"),
    ("CT", "胸部CT平扫", "肺炎？", LUNG, "胸部CT未见明显异常。"),
    ("CT", "胸部CT平扫", "体检", LUNG, "未见异常。"),
    ("CT", "胸部CT平扫", "咳嗽、发热待查", LUNG, "未见异常。"),
    ("CT", "胸部CT平扫", "高血压病3级，2型糖尿病", LUNG, "未见异常。"),
    ("CT", "胸部CT平扫", "胆囊结石", LUNG, "未见异常。"),
    ("CT", "胸部CT平扫", "脑梗死", LUNG, "双肺未见异常。"),
    ("CT", "胸部CT平扫", "胃癌术后", LUNG, "双肺未见异常。"),
    ("CT", "上腹部CT平扫", "阑尾炎？", ABDOMEN, "未见异常。"),
    ("CT", "腹部CT平扫", "腹痛待查", ABDOMEN, "未见异常。"),
    ("CT", "全腹部CT平扫", "阑尾炎？", ABDOMEN + "阑尾不粗，周围脂肪间隙清晰。", "未见异常。"),
    ("CT", "上腹部CT平扫", "胰腺炎？", ABDOMEN, "上腹部CT未见异常。"),
    ("DR", "胸部DR正位", "食管癌？", "双肺清晰，心影不大。", "心肺膈未见异常。"),
    ("DR", "胸部DR正位", "主动脉夹层？", "双肺清晰，心影不大。", "心肺膈未见异常。"),
    ("CT", "冠状动脉CTA", "肺癌", "左主干通畅，右冠状动脉管壁光整。", "冠脉未见狭窄。"),
    ("CT", "冠状动脉CTA", "冠心病", "右优势型。LAD近段混合斑块，管腔轻度狭窄。", "LAD近段轻度狭窄。"),
    ("CT", "下腹部CT平扫", "子宫肌瘤", "阑尾不粗，肠管未见扩张。", "未见异常。"),
    ("CT", "肋骨CT三维重建", "食管癌", "诸肋骨骨质连续。", "肋骨未见骨折。"),
    ("CT", "胸椎CT平扫", "肺结核", "胸椎序列规整。", "胸椎退变。"),
    ("CT", "头颅CT平扫", "脑梗死？", "脑实质密度均匀，中线居中。", "颅脑CT未见异常。"),
    ("CT", "头颅CT平扫", "垂体瘤", "脑实质密度均匀，中线居中。", "颅脑CT未见异常。"),
    ("MRI", "腰椎MRI平扫", "腰椎间盘突出？", "L4/5椎间盘膨出。", "L4/5椎间盘膨出。"),
    ("MRI", "膝关节MRI", "半月板损伤", "内侧半月板后角信号增高。", "内侧半月板损伤。"),
    ("DR", "左膝DR正侧位", "半月板损伤", "骨质未见异常。", "左膝未见异常。"),
    ("", "", "阑尾炎？", ABDOMEN, "未见异常。"),
    ("CT", "全腹部CT平扫", "否认阑尾炎", ABDOMEN, "未见异常。"),
    ("CT", "全腹部CT平扫", "无阑尾炎", ABDOMEN, "未见异常。"),
    ("CT", "全腹部CT平扫", "腹痛，患者无阑尾炎", ABDOMEN, "未见异常。"),
    ("CT", "上腹部CT平扫", "胆囊炎", "肝胆胰脾大小、形态正常。", "未见异常。"),
    ("CT", "上腹部CT平扫", "胃癌化疗后", "肝脏大小正常。", "未见异常。"),
    ("CT", "双肾CT平扫", "阑尾炎", "双肾大小对称。", "未见异常。"),
    ("CT", "全腹部CT平扫", None, ABDOMEN, "未见异常。"),
]


@pytest.mark.parametrize(("modality", "name", "asked", "findings", "impression"), FOUND)
def test_unmentioned_organ_of_the_suspected_disease_is_found(
    modality: str, name: str, asked: str, findings: str, impression: str
) -> None:
    found = said(
        RULES,
        modality=modality,
        examination_name=name,
        clinical_diagnosis=asked,
        findings=findings,
        impression=impression,
    )
    assert found == BOTH


@pytest.mark.parametrize(("modality", "name", "asked", "findings", "impression"), SILENT)
def test_answered_or_unasked_stays_silent(
    modality: str, name: str, asked: str | None, findings: str, impression: str
) -> None:
    found = said(
        RULES,
        modality=modality,
        examination_name=name,
        clinical_diagnosis=asked,
        findings=findings,
        impression=impression,
    )
    assert found == []


def test_purpose_of_the_request_is_a_question_but_no_suspected_disease() -> None:
    found = said(
        RULES,
        modality="CT",
        examination_name="胸部CT平扫",
        clinical_diagnosis="胸痛",
        request=Request(clinical_question="了解有无肺栓塞"),
        findings="双肺清晰，心影不大。",
        impression="双肺未见异常。",
    )
    assert found == [(UNANSWERED, "")]


def test_conclusion_alone_answers_the_question() -> None:
    found = said(
        RULES,
        modality="CT",
        examination_name="全腹部CT平扫",
        clinical_diagnosis="阑尾炎？",
        findings=ABDOMEN,
        impression="1、未见阑尾炎征象。",
    )
    assert found == [(SILENT_ORGAN, "")]
