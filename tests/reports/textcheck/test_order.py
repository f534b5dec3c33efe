"""6.4.2 and 6.5.2: what stands before what, in the conclusion and in the findings."""

import pytest

from reports.domain.textcheck.rules.order import RULES
from tests.reports.textcheck.said_kit import messages, said

LATE, DIFFERS, UNIMPORTANT = "6.4.2.1/urgent-late", "6.4.2.4/order-differs", "6.5.2/importance-order"


def codes(findings, impression):
    return [code for code, _ in said(RULES, findings=findings, impression=impression)]


@pytest.mark.parametrize(
    ("findings", "impression", "expected"),
    [
        ("肝内见囊肿，大小约1cm。右肺上叶见结节。", "1、右肺上叶结节；2、肝囊肿", [DIFFERS]),
        (
            "肝左叶见囊状水样密度影。右肺上叶见肿块，约4cm。",
            "1、肝囊肿；2、右肺上叶肺癌",
            [LATE, UNIMPORTANT],
        ),
        ("肝左叶见囊状水样密度影。右肺动脉见缺损。", "1、肝囊肿；2、急性肺栓塞", [UNIMPORTANT]),
        ("右肾见囊状水样密度影。胃窦部胃壁不规则增厚。", "1、胃窦癌；2、右肾囊肿", [LATE]),
        (
            "颈椎骨质增生。左侧额叶见团片状高密度影。",
            "1、颈椎退行性变；\n2、左侧额叶急性脑出血",
            [LATE, UNIMPORTANT],
        ),
        ("L5/S1椎间盘向后突出。L4/5椎间盘向后膨出。", "1、L4/5椎间盘膨出；2、L5/S1椎间盘突出", [DIFFERS]),
        ("左肾盂见结石影。胆囊内见结石影。", "1、胆囊结石；2、左肾结石", [DIFFERS]),
        (
            "左肺下叶支气管呈柱状扩张；双肺上叶见多发无壁透亮区。主动脉壁见钙化。",
            "1、双肺上叶肺气肿、肺大疱；\n2、主动脉硬化；\n3、左肺下叶支气管扩张伴感染。",
            [DIFFERS],
        ),
    ],
)
def test_order_that_is_turned_round_is_told(findings, impression, expected):
    assert codes(findings, impression) == expected


@pytest.mark.parametrize(
    ("findings", "impression"),
    [
        ("右肺上叶见结节。肝右叶见囊性灶。左肾见结石。", "1、右肺上叶结节；\n2、肝囊肿；\n3、左肾结石。"),
        ("右肺上叶见肿块。肝右叶见囊状影。", "1、右肺上叶肺癌；\n2、肝囊肿"),
        ("肝右叶见肿块，肝内另见囊状影。胆囊见结石。", "1、肝癌；2、胆囊结石；3、肝囊肿"),
        ("双肺纹理清晰。纵隔居中。肝右叶见囊状影，右肾见结石影。", "1、肝囊肿；2、右肾结石"),
        ("肝脏大小正常。胆囊见结石。肝右叶见囊状影。", "1、胆囊结石；2、肝囊肿"),
        ("左肺下叶见斑片影。右肺下叶见斑片影。", "1、双肺炎症"),
        ("胃术后改变，吻合口未见异常。肝内见多发结节。", "1、胃癌术后；2、肝多发转移瘤"),
        ("肝囊肿同前。", "1、肝囊肿；2、肺癌术后"),
        ("脑沟增宽。双侧基底节区见腔隙灶。", "1、双侧基底节区腔隙灶；2、老年性脑改变"),
        ("腰椎曲度变直。L4椎体前移。", "1、L4椎体滑脱；2、腰椎退行性变"),
        ("双肺见斑片影。左侧硬膜下见慢性血肿", "1、双肺炎症；2、左侧慢性硬膜下血肿"),
        ("肝硬化。肝右叶见肿块", "1、肝硬化；2、肝癌不除外"),
        ("肝囊肿。右肺未见异常。", "1、肝囊肿；2、右肺癌术后未见复发"),
        ("肝见囊状影。", "肝囊肿"),
        (
            "双肺见多发结节。肝内见多发结节。结肠术后，吻合口壁增厚。",
            "结肠癌术后：\n1、双肺多发转移瘤；\n2、肝多发转移瘤",
        ),
        ("双肺见结节，同前。T8椎体见骨质破坏。", "1、T8椎体转移，较前进展；2、双肺结节，同前"),
        ("肝内见囊状影。右肺上叶见肿块。", "1、右肺上叶占位，肺癌可能；2、肝囊肿"),
        ("胸椎骨质增生，见囊状影。肝内见囊状影。", "1、肝囊肿；2、附见：胸椎体囊变"),
        ("左侧额叶见斑片影。左侧颞部见新月形影。", "1、左侧额叶脑挫裂伤；2、左侧颞部硬膜下血肿"),
        (
            "双侧乳腺腺体致密，结构无扭曲。右乳见约5枚散在圆形钙化。",
            "1、右乳良性钙化，BI-RADS 2类；2、双侧乳腺未见恶性征象。",
        ),
        ("", "1、肝囊肿；2、未见肺癌征象"),
    ],
)
def test_order_that_agrees_or_cannot_be_known_is_silent(findings, impression):
    assert codes(findings, impression) == []


def test_same_lesion_of_one_organ_in_paragraphs_apart_is_noted():
    apart = "肝左叶见囊肿，大小约1cm。\n胆囊正常。\n脾脏正常。\n肝右叶见囊肿。"
    assert said(RULES, findings=apart) == [("6.4.2.3/scattered", "囊肿")]
    assert said(RULES, findings="肝左叶见囊肿。\n右肾见囊肿。\n脾脏正常。") == []


def test_findings_not_known_leave_the_order_of_the_conclusion():
    assert said(RULES, impression="1、肝囊肿；2、右肺上叶肺癌") == [(UNIMPORTANT, "肝囊肿")]


SCATTERED = [("6.4.2.3/scattered", "囊肿")]


@pytest.mark.parametrize(
    ("findings", "is_noted"),
    [
        ("肝左叶见囊肿。\n胆囊正常。\n肝右叶见囊肿。", True),
        ("肝左叶见囊肿。\n肝右叶见囊肿。\n脾脏正常。", False),  # neighbouring paragraphs
        ("肝左叶见囊肿。\n脾脏正常。肝右叶见囊肿。", False),
        ("胆囊正常。\n脾脏正常。\n肝左叶见囊肿，肝右叶见囊肿。", False),
        ("肝左叶见囊肿。\n胆囊正常。\n肝右叶未见囊肿。", False),
        ("肝左叶见囊肿。\n胆囊正常。\n肝右叶" + "甲" * 17 + "囊肿。", True),  # the organ is 20 before
        ("肝左叶见囊肿。\n胆囊正常。\n肝右叶" + "甲" * 18 + "囊肿。", False),
    ],
)
def test_same_lesion_of_an_organ_is_scattered_with_a_paragraph_between(findings, is_noted):
    assert said(RULES, findings=findings) == (SCATTERED if is_noted else [])


LIVER_AND_LUNG = "肝左叶" + "甲" * 20 + "见囊状水样密度影。右肺上叶见肿块，约4cm。"
STONES = "左肾盂见结石影。胆囊内见结石影。"


@pytest.mark.parametrize(
    ("findings", "impression", "message"),
    [
        (
            LIVER_AND_LUNG,
            "1、右肺上叶肺癌；2、肝囊肿",
            "“肝左叶" + "甲" * 17 + "”先于更重要的病变“癌”描述，有异常者应按临床重要性高低描述。",
        ),
        (
            "",
            "1、肝囊肿" + "甲" * 40 + "；2、急性脑出血",
            "“肝囊肿" + "甲" * 37 + "”排在更重要的“急性脑出血”之前，多种疾病应按重要程度确定顺序。",
        ),
        (
            STONES,
            "1、胆囊结石；2、左肾结石",
            "影像描述先写“左肾结石”后写“胆囊结石”的部位，诊断结论的顺序与之相反。",
        ),
        (
            STONES,
            "1、胆囊" + "甲" * 40 + "结石；2、左肾" + "乙" * 40 + "结石",
            "影像描述先写“左肾" + "乙" * 38 + "”后写“胆囊" + "甲" * 38 + "”的部位，诊断结论的顺序与之相反。",
        ),
    ],
)
def test_order_that_is_reversed_is_quoted(findings, impression, message):
    assert messages(RULES, findings=findings, impression=impression) == [message]


def test_lesion_described_too_early_is_marked_at_its_first_place():
    findings = "肝左叶见囊状水样密度影。肝右叶见囊状影。右肺上叶见肿块，约4cm。"
    found = said(RULES, findings=findings, impression="1、右肺上叶肺癌；2、肝囊肿")
    assert found == [(LATE, "肝左叶见囊状水样密度影")]
