"""6.4.3.5: punctuation, brackets, blanks and paragraphs."""

import pytest

from reports.domain.textcheck.rules.punctuation import RULES
from tests.reports.textcheck.said_kit import messages, said

HALF, TWICE = "6.4.3.5/halfwidth-punctuation", "6.4.3.5/repeated-punctuation"
BLANK, PAIR = "6.4.3.5/space-in-chinese", "6.4.3.5/unbalanced-pair"
STOP, MIX = "6.4.3.5/no-final-stop", "6.4.3.5/paragraph-mix"

FAULTS = [
    ("肝脏大小,形态正常。", HALF, ","),
    ("双肺清晰;心影正常。", HALF, ";"),
    ("未见异常.", HALF, "."),
    ("边缘模糊. 密度均匀。", HALF, "."),
    ("诊断:右肺癌。", HALF, ":"),
    ("右肺癌?", HALF, "?"),
    ("CT值约35HU,边界清。", HALF, ","),
    ("左肺(以下叶为著)见斑片影。", HALF, "(以下叶为著)"),
    ("(双肺)纹理清晰。", HALF, "(双肺)"),
    ("(一二三)肝囊肿。", HALF, "(一二三)"),  # a number has at most two numerals
    ("一.肝囊肿", STOP, "肿"),
    ("模糊，，见渗出。", TWICE, "，，"),
    ("未见异常。。", TWICE, "。。"),
    ("正常，。", TWICE, "，。"),
    ("肝囊肿；；脾大。", TWICE, "；；"),
    ("肝、、脾正常。", TWICE, "、、"),
    ("正常， ，未见异常。", TWICE, "， ，"),
    ("双肺 纹理清晰。", BLANK, " "),
    ("双肺　纹理清晰。", BLANK, "　"),
    ("颈椎  退行性变。", BLANK, "  "),
    ("（余未见异常。", PAIR, "（"),
    ("余未见异常）。", PAIR, "）"),
    ("“磨玻璃影。", PAIR, "“"),
    ("分布对称（以左肺为著)，见索条影。", PAIR, "（"),
    ("见结节（S5，边界清。", PAIR, "（"),
    ("参考《指南。", PAIR, "《"),
    ("双肺纹理清晰", STOP, "晰"),
    ("双肺纹理清晰，", STOP, "，"),
]
CLEAN = """
1、肝囊肿（S5）；2、脾不大。|1.右肺结节 (8 mm)，Lung-RADS 3。|1) 肝囊肿；2) 余未见异常。
1）肝囊肿；2）脾大。|（1）肝脏：正常；（2）脾：正常。|诊断1）右肺炎；2）左肺正常。
一、肝囊肿。二、脾大。|一.肝囊肿。|(一)肝囊肿。|①肝：正常；②脾：正常。|(十二)肝囊肿。|a）肝囊肿；b）脾大。
T1,T2像均未见异常。|CT:右肺见结节。|C5/6、L4/5椎间盘突出。|检查时间10:24:22。
大小约3.5*2.1cm。|与前片(2017.3.3)比较。|BI-RADS 4A类(BI-RADS 4A)。|左肺上叶结节(S1+2)，大小(2.3cm×1.4cm)。
ground glass opacity, GGO, 6 mm。|稀释比例1:2。|……
T1WI 呈等信号，病变大小约 2.4cm×1.8cm。|改良 Fazekas2 级。|　　双肺纹理清晰。|双肺清晰。　　纵隔居中。
气管居中。  心影正常。|双肺清晰。\r\n\r\n纵隔居中。
“双轨征”、“树芽征”可见。|左肾（大小约10.2cm×5.1cm（上下径）），右肾（未见）。|未见异常！|肺癌可能？
见3.5cm结节，ADC约0.8。|http://a.b/c?d=1,2。|DWI(b=1000)。|右肺结节（待查？）。
Lung-RADS 2。|CT值约35HU.|L4/5,L5/S1椎间隙正常。|双肺纹理增多．心影不大．
"""
SINUS = (
    "右侧上颌窦、筛窦见线状黏膜增厚，窦腔内未见液平，窦口通畅；左侧上颌窦、额窦及蝶窦含气良好，黏膜无增厚，窦壁骨质连续，未见破坏。鼻中隔居中，"
    "双侧下鼻甲肥大，鼻咽腔形态正常，双侧咽隐窝对称，咽旁间隙清晰。所示双侧眼眶、视神经形态对称，眼外肌无增粗；颅底骨质连续，中线结构居中，"
    "所示脑实质未见异常密度影，双侧乳突气房含气良好，颞颌关节对位正常。"
)
HEAD = (
    "头颅形态如常。右侧顶部大脑凸面脑外见一类圆形异常信号，边界清楚，边缘光滑，邻近脑组织略受压移位，邻近颅骨增厚。左侧侧脑室后角旁及双侧基底节区见多发斑点状"
    "脑脊液样信号影，增强后未见强化。双侧侧脑室周围及大脑深部白质区见多发斑点状异常信号影，增强后未见强化。中线结构无偏移。脑室系统扩张，脑沟裂增宽，小脑及脑干未见异常。"
)
CHEST = (
    "胸廓对称，气管居中。双肺野透光度正常，肺纹理走行自然，未见实变、结节及间质性改变。双肺门大小、位置正常，未见增浓。纵隔无增宽，心影大小及形态正常，"
    "心胸比约0.48，主动脉结无突出。双侧膈面光滑，肋膈角及心膈角锐利。所示诸肋骨、双侧锁骨及肩胛骨骨质连续，未见骨折及骨质破坏；胸壁软组织对称，膈下未见异常气体影。"
)


def cases(text):
    return [case for line in text.split("\n") for case in line.split("|") if case]


@pytest.mark.parametrize(("text", "code", "excerpt"), FAULTS)
def test_typographic_fault_is_told_in_findings_and_conclusion(text, code, excerpt):
    assert said(RULES, findings=text) == [(code, excerpt)]
    assert said(RULES, impression=text) == [(code, excerpt)]


@pytest.mark.parametrize("text", cases(CLEAN))
def test_numbers_latin_text_and_usual_layout_are_silent(text):
    assert [found for found in said(RULES, findings=text, impression=text) if found[0] != STOP] == []


def test_many_faults_of_one_kind_are_told_once_with_their_number():
    assert said(RULES, findings="肝,胆,胰,脾,肾正常。") == [(HALF, ",")]
    assert said(RULES, findings="肝,胆,胰正常。") == [(HALF, ",")]  # once a report
    assert said(RULES, findings="肝,胆,胰,脾正常。") == [(HALF, ",")]
    assert said(RULES, findings="肝,胆,胰,脾;肾正常。") == [(HALF, ",")]  # at the first


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("肝脏大小,形态正常。", "中文语句中用了半角标点（如“大小,”），标点符号应准确。"),
        ("肝,胆正常。", "中文语句中用了半角标点（如“肝,”），标点符号应准确。"),
        ("肝,胆,胰,脾,肾正常。", "中文语句中用了半角标点（如“肝,”），标点符号应准确，本报告共4处。"),
        ("正常，，，，，，，见渗出。", "“，，，，，，”处标点重复，标点符号应准确。"),
        ("双肺 纹理清晰。", "汉字之间有多余的空格（如“肺 纹”），空格应准确。"),
        ("肝脏（未见异常。", "“（”没有对应的“）”，标点应成对使用。"),
        ("肝脏未见异常》。", "“》”没有对应的“《”，标点应成对使用。"),
        ("肝脏（以左叶为著)。", "“（”只有半角的另一半，全角与半角混用，标点应成对使用。"),
        ("双肺纹理清晰", "结尾“纹理清晰”后没有句号，标点符号应完整。"),
        ("清晰", "结尾“清晰”后没有句号，标点符号应完整。"),
    ],
)
def test_typographic_fault_is_quoted_with_the_characters_beside_it(text, message):
    assert messages(RULES, findings=text) == [message]


def test_brackets_that_do_not_match_are_told_up_to_three():
    assert said(RULES, findings="（肝（胆（胰（脾正常。") == [(PAIR, "（")] * 3


@pytest.mark.parametrize(("length", "is_told"), [(150, False), (151, True)])
def test_paragraph_is_suspected_from_151_characters_on(length, is_told):
    codes = [code for code, _ in said(RULES, findings=SINUS[: length - 1] + "。")]
    assert (MIX in codes) is is_told


def test_source_that_loses_lines_is_not_asked_for_them():
    assert said(RULES, findings="双肺清晰    纵隔居中。", keeps_lines=False) == []
    assert said(RULES, findings="双肺 清晰。", keeps_lines=False) == [(BLANK, " ")]
    assert said(RULES, findings=SINUS, keeps_lines=False) == []


def test_unrelated_systems_in_the_only_paragraph_are_suspected():
    assert said(RULES, findings=SINUS) == [(MIX, SINUS[:-1])]
    assert said(RULES, findings=SINUS.replace("。", "。\n")[:-1]) == []


@pytest.mark.parametrize("text", [HEAD, CHEST])
def test_related_organs_may_share_the_only_paragraph(text):
    assert len(text) > 150
    assert said(RULES, findings=text) == []


def test_one_organ_cut_into_many_paragraphs_is_suspected():
    lines = [
        "肝脏形态、大小正常，边缘光滑，各叶比例协调。",
        "肝脏密度均匀，未见异常密度影，肝裂不宽。",
        "肝脏血管走行自然，未见充盈缺损及异常分流。",
        "脾脏不大，形态正常，边缘光滑规则，位置如常。",
        "脾脏密度均匀，未见异常密度影，脾门结构清楚。",
        "双肾大小对称，形态正常，皮髓质分界清楚可辨。",
        "双肾未见结石及占位，肾周脂肪间隙清晰，肾筋膜不厚。",
    ]
    assert said(RULES, findings="\n".join(lines)) == [(MIX, lines[0][:-1])]
    apart = [
        lines[0],
        lines[3],
        lines[5],
        "胰腺形态、密度正常，胰管未见扩张。",
        "胆囊不大，壁不厚。",
        "腹膜后未见肿大淋巴结。",
    ]
    assert said(RULES, findings="\n".join(apart)) == []


LIVER = (
    "肝脏形态、大小正常，边缘光滑，各叶比例协调，肝缘光整，肝裂不宽。",
    "肝脏密度均匀，未见异常密度影，肝裂不宽，肝门结构清楚可辨。",
    "肝脏血管走行自然，未见充盈缺损及异常分流，门静脉不宽。",
    "肝脏增强扫描未见异常强化灶，静脉期及延迟期未见异常密度。",
)
OTHERS = (
    "双肾大小对称，形态正常，皮髓质分界清楚可辨，肾盂及输尿管不宽，未见结石。",
    "胰腺形态正常，密度均匀，胰管未见扩张，胰周脂肪间隙清晰。",
    "脾脏不大，形态正常，边缘光滑规则，位置如常，脾门结构清楚。",
)


@pytest.mark.parametrize(
    ("lines", "is_told"),
    [
        ((*LIVER, *OTHERS[:2]), True),  # six paragraphs, three of them continue an organ
        ((*LIVER, OTHERS[0]), False),  # five paragraphs
        ((*LIVER[:3], *OTHERS), False),  # two continue an organ
        ((*LIVER, OTHERS[0], OTHERS[1] + "胃壁不厚。"), False),  # a paragraph of two sentences
    ],
)
def test_organ_is_cut_up_in_six_paragraphs_of_which_three_continue_it(lines, is_told):
    text = "\n".join(lines)
    assert len(text) > 150
    assert said(RULES, findings=text) == ([(MIX, lines[0][:-1])] if is_told else [])


def test_unknown_and_blank_texts_are_silent():
    assert said(RULES) == []
    assert said(RULES, findings="", impression="  \n") == []
