"""6.5.3: lesions of the conclusion without a place."""

import pytest

from reports.domain.textcheck.rules.conclusion import RULES
from tests.reports.textcheck.said_kit import messages, said

CODE = "6.5.3/no-location"


@pytest.mark.parametrize(
    ("impression", "excerpt"),
    [
        (
            "1、右侧顶部脑膜瘤；\n2、多发腔梗软化灶；\n3、缺血性脑白质病变；\n4、老年性脑改变。",
            "多发腔梗软化灶",
        ),
        ("1、多发陈旧性腔隙灶；\n2、双侧大脑半球缺血性脑白质病变。", "多发陈旧性腔隙灶"),
        ("1、混合斑块，管腔轻度狭窄（CAD-RADS 2）。", "混合斑块，管腔轻度狭窄（CAD-RADS 2）"),
        ("1、多发囊肿；2、胆囊结石。", "多发囊肿"),
        ("1、占位性病变，性质待定，建议增强", "占位性病变，性质待定，建议增强"),
        ("多发软化灶。", "多发软化灶"),
        ("1、骨折，对位尚可；", "骨折，对位尚可"),
        ("1.多发腔隙性梗死；2.脑萎缩", "多发腔隙性梗死"),
        ("1、海绵状血管瘤；2、脾大", "海绵状血管瘤"),
        ("1、右肺上叶结节；\n2、多发小囊肿；", "多发小囊肿"),
        ("结节，建议6个月复查", "结节，建议6个月复查"),
        ("1、炎症，建议抗炎治疗后复查", "炎症，建议抗炎治疗后复查"),
        ("多发缺血灶", "多发缺血灶"),
        ("1、陈旧性骨折", "陈旧性骨折"),
        ("1、结石", "结石"),
        ("1、少量积液", "少量积液"),
        ("右肺上叶结节，大小：1.2cm；\n2、多发囊肿", "多发囊肿"),
    ],
)
def test_lesion_without_a_place_is_told(impression, excerpt):
    assert said(RULES, impression=impression) == [(CODE, excerpt)]


@pytest.mark.parametrize(
    "impression",
    [
        "1、双肺肺气肿；\n2、主动脉硬化。",
        "脑膜瘤",
        "1、腰椎间盘突出；2、骨质疏松；3、退行性变",
        "1、轻度脂肪肝；2、副脾",
        "肝脏：1、囊肿；2、血管瘤",
        "1、肝脏：\n2、囊肿",
        "右肺结节。考虑恶性肿瘤可能性大。",
        "右肺中叶结节；占位待排",
        "未见明显占位性病变。",
        "L4/5椎间盘突出",
        "1、L1压缩性骨折",
        "1、半月板损伤Ⅱ级",
        "1、老年性脑改变；2、空蝶鞍",
        "1、考虑转移瘤",
        "1、副鼻窦炎；2、腺样体肥大",
        "1、BI-RADS 2类",
        "1、胆囊结石；2、病灶较前缩小",
        "S3段结节",
        "1、动脉瘤",
        "1、7区淋巴结肿大",
        "1、新生儿肺炎；2、PICC管末端位于T6水平",
        "1、肠梗阻",
        "急性阑尾炎",
        "1、多发性骨髓瘤",
        "1、右股骨骨折术后；\n2、骨折线模糊，内固定在位",
        "LAD近段混合斑块",
        "1、左上2根尖周囊肿",
        "1、髓内病变",
        "1、腘窝囊肿；2、会厌囊肿；3、左侧豆状核出血；4、梨状窝肿物",
        "1、L3椎体血管瘤；2、许莫氏结节；3、纳氏囊肿；4、Rathke囊肿",
        "双肺弥漫性病变，鉴别：1.肺水肿；2.感染；3.出血。",
        "脑干异常信号，考虑：①脱髓鞘；②梗死；③炎症。",
        "与2024-11-08胸部CT比较：\n1、右肺结节",
        "",
        "，。；",
    ],
)
def test_place_in_the_word_the_heading_or_the_running_text_is_silent(impression):
    assert said(RULES, impression=impression) == []


def test_conclusion_not_known_is_silent():
    assert said(RULES, findings="右肺见结节。") == []


def test_lesion_without_a_place_is_quoted_up_to_forty_characters():
    found = messages(RULES, impression="1、多发囊肿" + "甲" * 40)
    assert found == ["结论“多发囊肿" + "甲" * 36 + "”未写明病变部位，每一类病灶应给出准确的定位诊断。"]


@pytest.mark.parametrize(
    ("impression", "told"),
    [
        ("右肺上叶病灶。结节，考虑良性。", []),
        ("右肺上叶病灶。\n结节，考虑良性。", ["结节，考虑良性"]),  # another paragraph
        ("1、右肺上叶病灶。\n2、结节，考虑良性。", ["结节，考虑良性"]),
        ("多发囊肿。右肺上叶病灶。", ["多发囊肿"]),
    ],
)
def test_place_given_once_holds_for_its_paragraph_of_continuous_text(impression, told):
    assert said(RULES, impression=impression) == [(CODE, excerpt) for excerpt in told]
