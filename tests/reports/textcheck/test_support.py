"""6.1.2: the conclusion and the findings answer each other."""

import pytest

from reports.domain.textcheck.rules.support import RULES
from tests.reports.textcheck.said_kit import messages, said

CODE = "6.1.2/conclusion-unsupported"


@pytest.mark.parametrize(
    ("findings", "impression"),
    [
        ("双侧肋骨及胸骨、胸椎骨质连续，未见骨折。双肺纹理清晰。", "1、右侧第4、5后肋骨折；"),
        ("胸廓对称。双肺野清晰，未见实变。右侧第5肋骨骨折，断端轻度错位。", "胸部未见异常"),
        ("左肺上叶见一结节影，大小约1.0cm。余双肺清晰。", "双肺未见明显异常。"),
        ("肝脏形态、大小正常，密度均匀。胆囊壁光整，腔内未见异常密度。双肾未见结石。", "1、胆囊结石；"),
        ("双肺纹理清晰，未见实变及结节。双侧胸腔未见积液，心影大小正常。", "1、右侧胸腔积液。"),
        ("肝脏形态正常，密度均匀。右肾下极见囊状水样密度影。左肾未见异常。", "1、肝囊肿；2、右肾囊肿"),
        ("双肺野清晰，气管居中，双侧肋膈角锐利。心影正常。", "左侧气胸"),
        ("脑实质密度均匀，未见异常密度影。中线结构居中，脑室系统未见扩张。", "右侧基底节区腔隙性脑梗死"),
        ("右侧胫骨上段见斜行骨折线，断端轻度移位。", "右膝关节DR未见明显异常。"),
        ("左侧基底节区见团状高密度影，CT值约65HU，大小约2.0cm×1.5cm。", "颅脑CT平扫未见明显异常。"),
        ("甲状腺两叶大小正常，密度均匀。颈部未见肿大淋巴结，双侧腮腺未见异常。", "甲状腺右叶结节"),
        ("L4/5椎间盘未见突出，椎管未见狭窄，各椎体信号均匀。", "L4/5椎间盘突出"),
        (
            "子宫前位，大小正常，肌层信号均匀。左侧附件区见囊状水样信号影。",
            "1、子宫肌壁间占位；2、左侧附件区囊肿",
        ),
        ("主动脉显影良好，管腔通畅，管壁光整，未见内膜片。", "主动脉夹层"),
        (
            "左侧输尿管腹段见小片状高密度影，膀胱充盈欠佳，前列腺未见明显异常。",
            "1.左侧输尿管结石。2.脂肪肝。",
        ),
        ("肝脏形态、大小正常，密度均匀，增强后未见异常强化。胆囊、脾未见异常。", "脂肪肝"),
        ("左侧输尿管腹段见小片状高密度影，膀胱充盈欠佳，壁不厚。", "1.左侧输尿管结石。2.胆囊结石。"),
        ("左肾见囊状水样密度影，边界清，输尿管腹段未见扩张。", "1.左肾囊肿。2.肝囊肿。"),
    ],
)
def test_conclusion_without_counterpart_is_told(findings, impression):
    assert [code for code, _ in said(RULES, findings=findings, impression=impression)] == [CODE]


@pytest.mark.parametrize(
    ("findings", "impression"),
    [
        ("右侧第5肋骨皮质不连续，断端略错位。", "右侧第5肋骨折"),
        ("左侧胸腔见无肺纹理透亮区，肺组织压缩约30%。", "左侧气胸"),
        ("双侧肋膈角变钝，心影增大，肺纹理增多。", "双侧胸腔少量积液"),
        ("肝右叶见囊状低密度灶，边界清楚，无强化。胆囊未见异常。", "肝囊肿"),
        ("胆囊内见点状致密影，肝内未见异常。", "胆囊结石"),
        ("双侧基底节区见斑点状低密度影，中线居中。", "双侧基底节区腔隙性脑梗死"),
        ("膝关节腔内见少量积液，余未见明显异常。", "膝关节未见明显异常"),
        ("双肺纹理增多，未见实质性病变。心影大小正常，主动脉结钙化。", "心肺膈未见明显异常"),
        ("右侧额部脑外见类圆形异常信号，可见脑膜尾征。", "右侧额部脑膜瘤"),
        ("C5/6椎间盘后突，硬膜囊受压，余未见异常。", "C5/6椎间盘突出"),
        ("双侧胸腔积液较前吸收，未见明确积液。右肺清晰。", "右侧胸腔积液已吸收"),
        ("肱骨大结节骨质完整，关节对位良好，未见骨折。", "右肩关节DR未见明显异常。"),
        ("双肺野清晰。气管插管在位。心影正常，双侧膈面光滑。", "双肺未见明显异常"),
        ("子宫及附件未见异常，盆腔见少量生理性积液信号。", "盆腔MRI未见明显异常"),
        ("双侧腋窝见小淋巴结影，双乳未见肿块及钙化。", "双乳未见明显异常，BI-RADS 1类"),
        ("L1椎体变扁，前缘高度减低约1/3，余椎体正常。", "L1椎体压缩骨折"),
        ("右侧颞部颅骨内板下见梭形高密度影，CT值60HU。", "右侧颞部硬膜外血肿"),
        ("双肺散在透亮度增高区，膈面低平，纹理稀疏。", "肺气肿"),
        ("右肺中叶见片状密度增高影，边缘模糊，内见支气管充气征。", "右肺中叶肺炎"),
        ("鼻骨局部凹陷，周围软组织肿胀，鼻中隔居中。", "鼻骨骨折"),
        ("右侧冈上肌腱信号增高、形态不连续，余肌腱正常。", "右侧冈上肌腱撕裂"),
        ("右侧额颞部头皮软组织肿胀，颅骨骨质完整。", "右侧额颞部头皮血肿"),
        ("肺野清晰，右上叶尖段见小结节影，直径4mm。", "右肺上叶小结节"),
        ("鼻窦黏膜增厚，左侧上颌窦见半圆形软组织影。", "左侧上颌窦囊肿"),
        ("双肺未见实变。左侧第3前肋局部骨皮质扭曲。余骨质完整。", "左侧第3前肋骨折"),
        ("双肺野清晰，心影大小形态正常，膈面光整。", "双肺未见明显异常，右侧气胸不除外"),
        ("垂体增大，右翼呈短T1长T2混杂信号，大小约15mm×14mm。", "垂体占位，大腺瘤伴出血可能大"),
        ("髌骨外移，内侧支持带不连续。", "髌骨脱位"),
        ("前列腺左侧外周带见T2WI稍低信号，ADC值减低。", "前列腺左侧外周带结节"),
        ("胸主动脉腔内见线状低信号分隔。", "胸主动脉夹层"),
        ("肝实质密度弥漫性减低，低于同层脾脏。胆囊不大。", "脂肪肝"),
        ("肝脏密度值约21HU，肝/脾CT值比约0.5。", "中度脂肪肝"),
        ("肝脏反相位信号明显下降，同相位信号均匀。", "脂肪肝"),
        ("右叶见囊状水样密度影，边界清，余右上腹未见异常。", "肝囊肿"),
        ("双肺清晰。所见上腹部见囊状水样密度影，边界清。", "1、双肺未见异常；2、肝囊肿"),
        ("双肺清晰，未见实变。附见右上腹结节状致密影。", "胆囊结石"),
        ("", "右侧气胸"),
    ],
)
def test_diagnosis_with_its_sign_or_idiom_is_silent(findings, impression):
    assert said(RULES, findings=findings, impression=impression) == []


def test_one_field_not_known_is_silent():
    assert said(RULES, impression="右侧气胸") == []
    assert said(RULES, findings="右侧胸腔见无肺纹理透亮区。") == []


CLEAR = "双肺野清晰，气管居中，双侧肋膈角锐利。心影正常。"


@pytest.mark.parametrize(("length", "is_told"), [(14, False), (15, True)])
def test_findings_of_fifteen_characters_are_a_description(length, is_told):
    assert said(RULES, findings=CLEAR[:length], impression="左侧气胸") == (
        [(CODE, "左侧气胸")] if is_told else []
    )


@pytest.mark.parametrize(("before", "is_told"), [(19, True), (20, False)])
def test_twenty_claims_of_a_conclusion_are_looked_at(before, is_told):
    impression = "左肺结节；" * before + "左侧气胸"
    found = said(RULES, findings=f"{CLEAR}左肺见结节。", impression=impression)
    assert found == ([(CODE, "左侧气胸")] if is_told else [])


@pytest.mark.parametrize(
    ("findings", "impression", "message"),
    [
        (CLEAR, "1、左侧气胸；", "结论写“左侧气胸”，影像描述中未见与“气胸”对应的征象，前后不呼应。"),
        (
            "肝脏形态正常，密度均匀。右肾下极见囊状水样密度影。左肾未见异常。",
            "1、肝囊肿；2、右肾囊肿",
            "结论写“肝囊肿”，影像描述中“肝”未写任何异常，前后不呼应。",
        ),
        (
            "左侧输尿管腹段见小片状高密度影，膀胱充盈欠佳，壁不厚。",
            "1.左侧输尿管结石。2.胆囊结石。",
            "结论写“胆囊结石”，影像描述中没有提到“胆囊”，前后不呼应。",
        ),
        (
            "左肺上叶见一结节影，大小约1.0cm。余双肺清晰。",
            "双肺未见明显异常。",
            "影像描述写有“见一结节”，结论却为“双肺未见明显异常。”，结节在结论中没有交代。",
        ),
    ],
)
def test_conclusion_without_counterpart_is_told_with_what_is_lacking(findings, impression, message):
    assert messages(RULES, findings=findings, impression=impression) == [message]


@pytest.mark.parametrize(
    ("findings", "impression"),
    [
        (CLEAR, "左侧" + "甲" * 40 + "气胸"),
        ("肝脏形态正常，密度均匀。右肾下极见囊状水样密度影。", "肝" + "甲" * 40 + "囊肿"),
        ("左侧输尿管腹段见高密度结石影，膀胱充盈欠佳。", "胆囊" + "甲" * 40 + "结石"),
        ("左肺上叶见一结节影，大小约1.0cm。余双肺清晰。", "双肺未见明显异常" + "，甲" * 20),
    ],
)
def test_conclusion_is_quoted_up_to_forty_characters(findings, impression):
    (message,) = messages(RULES, findings=findings, impression=impression)
    assert f"“{impression[:40]}”，" in message
