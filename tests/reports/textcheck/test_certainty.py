"""6.5.4 and 6.5.5: recommendations owed, possibilities counted and ranked, typical signs, stages."""

import pytest

from reports.domain.textcheck.rules.certainty import RULES
from tests.reports.textcheck.said_kit import messages, said

ADVICE, UNRANKED, MANY = "6.5.4d/no-recommendation", "6.5.4b/unranked", "6.5.4c/more-than-three"
TYPICAL, STAGE = "6.5.4a/hedged-typical", "6.5.5/no-stage"


def codes(impression, **fields):
    return {code for code, _ in said(RULES, impression=impression, **fields)}


@pytest.mark.parametrize(
    "impression",
    [
        "肝右叶占位，性质待定，请结合临床。",
        "1、右肾下极占位性病变，性质待定。",
        "左肺上叶结节，性质不明。",
        "1、胰头占位，定性困难。",
        "右侧附件区囊实性占位，性质待定，请结合临床及相关检查。",
        "纵隔占位待查。",
        "颅内多发异常信号，性质待定，请结合临床病史。",
        "右侧胸腔积液，原因待查。",
        "考虑占位性病变，性质待定。",
        "左侧股骨下段病变，难以定性，请结合病史。",
        "胸椎椎体异常信号，意义不明，请结合临床。",
        "1、肝右叶占位，性质待进一步明确；2、胆囊结石。",
        "右乳结节，性质待定。请结合临床。",
        "左肾占位性质待查",
        "盆腔包块，定性困难，请结合临床考虑。",
        "双肺多发结节，性质待定，较前相仿",
    ],
)
def test_undetermined_lesion_without_advice_is_told(impression):
    assert ADVICE in codes(impression)


@pytest.mark.parametrize(
    "impression",
    [
        "肝右叶占位，性质待定，建议行上腹部MRI增强检查。",
        "左肺结节，性质待定，建议3个月后复查。",
        "左肺结节，性质待定，建议随诊。",
        "左肺结节，性质待定，随诊观察。",
        "左肺结节，性质待定，必要时穿刺活检。",
        "考虑炎性病变可能性大，性质待定。",
        "肝内结节，性质待定，请结合超声检查。",
        "发热待查",
        "临床：右肾占位待查。右肾囊肿。",
        "左肺结节，性质待定，请专科会诊。",
        "右肺结节，性质待定，6个月后复查。",
        "右肺结节，性质待定，动态观察。",
        "右肺结节，性质待定，建议进一步检查。",
        "右肺结节，恶性不除外，性质待定。",
        "右肺结节性质待定，短期复查",
        "右肺结节性质待定，请MDT讨论",
        "肾占位，良恶性待定，穿刺活检明确",
        "右侧额叶病变，性质待定，胶质瘤？请结合临床。",
        "胰腺病变性质待定，增强CT进一步检查。",
        "1、肺结节，建议复查；2、肝占位，性质待定。",
        "双肺未见明显异常，请结合临床。",
        "右侧胸腔积液，原因待查，建议胸穿。",
        "右肺结节，性质待定，建议切除。",
        "肝占位，性质待定，结合临床考虑血管瘤。",
    ],
)
def test_advice_or_possibility_given_or_nothing_undetermined_is_silent(impression):
    assert ADVICE not in codes(impression)


def test_advice_in_the_findings_counts():
    assert codes("肝右叶占位，性质待定。", findings="肝右叶见占位，建议增强扫描。") == set()


@pytest.mark.parametrize(
    ("impression", "expected"),
    [
        ("肺癌或结核或炎症", {UNRANKED}),
        ("考虑肺癌可能性大，结核待排", set()),
        ("右肺上叶结节，考虑肺癌、结核球、炎性假瘤或错构瘤可能", {UNRANKED, MANY}),
        ("左侧腮腺占位，考虑多形性腺瘤、Warthin瘤、肌上皮瘤或淋巴瘤可能。", {UNRANKED, MANY}),
        ("右肺上叶结节，考虑肺癌可能性大，结核球、炎性假瘤待排", set()),
        ("鞍区占位，考虑垂体瘤，颅咽管瘤、脑膜瘤、生殖细胞瘤待排", {MANY}),
        ("鉴别：脑膜瘤、血管外皮细胞瘤、转移瘤、淋巴瘤。", {MANY}),
        ("左侧肾上腺结节，考虑腺瘤或增生", {UNRANKED}),
        ("考虑炎症可能", set()),
        ("双肺慢性支气管炎、肺气肿、肺大疱", set()),
        ("考虑慢性支气管炎、肺气肿、肺大疱、肺心病", set()),
        ("慢性或亚急性炎症", set()),
        ("左侧第3或第4肋骨骨折", set()),
        ("右肺结节，建议CT或PET检查", set()),
        ("左侧额叶梗死。无出血、肿瘤或炎症征象。", set()),
        ("1、考虑肺癌可能，结合其他检查；伴左肺上叶阻塞性炎症", set()),
        ("1、考虑肺癌；结核、真菌感染、炎性假瘤待排", {MANY}),
        ("1、左侧锁骨结节、囊肿。右肾错构瘤；左肾结石或钙化灶", set()),
    ],
)
def test_possibilities_are_counted_and_their_ranking_asked_for(impression, expected):
    assert codes(impression) & {UNRANKED, MANY} == expected


def test_consequence_of_a_tumour_is_no_further_possibility():
    assert not codes("考虑肺癌，纵隔淋巴结转移，肺内转移，骨转移可能") & {UNRANKED, MANY}


@pytest.mark.parametrize(
    ("findings", "impression", "told"),
    [
        ("增强明显强化，可见脑膜尾征。", "左侧额部占位性病变", True),
        ("可见脑膜尾征", "左侧额部占位，脑膜瘤可能", True),
        ("动脉期明显强化，呈快进快出，可见假包膜", "肝右叶占位，肝癌待排", True),
        ("可见脑膜尾征", "左侧额部脑膜瘤", False),
        ("可见脑膜尾征", "考虑脑膜瘤可能性大", False),
        ("未见脑膜尾征", "左侧额部占位", False),
        ("右侧额叶见爆米花样混杂信号", "右侧额叶异常信号，考虑海绵状血管瘤", False),
        ("呈快进快出", "肝右叶占位", False),
    ],
)
def test_typical_sign_asks_for_a_plain_diagnosis(findings, impression, told):
    assert (TYPICAL in codes(impression, findings=findings)) is told


@pytest.mark.parametrize(
    ("impression", "told"),
    [
        ("1、右肺上叶周围型肺癌，纵隔淋巴结转移。", True),
        ("考虑前列腺癌可能性大，建议穿刺活检", True),
        ("考虑早期肺腺癌可能性大，炎性结节待排", True),
        ("考虑肺癌可能性大，结核球、炎性假瘤待排", False),
        ("肝癌伴门静脉癌栓形成", True),
        ("考虑淋巴瘤可能性大，建议穿刺", True),
        ("1、右肺上叶周围型肺癌（cT2aN2M0，ⅢA期）。", False),
        ("肝细胞癌（BCLC B期）", False),
        ("宫颈癌 FIGO ⅡB期", False),
        ("右肺癌（IIIa期）", False),
        ("直肠癌，mrT3bN1", False),
        ("膀胱癌，T2期", False),
        ("右肺癌，T1WI呈低信号", True),
        ("右肺癌术后改变", False),
        ("食管癌化疗后", False),
        ("考虑转移癌可能性大", False),
        ("考虑肺癌可能", False),
        ("肺癌？", False),
        ("未见恶性肿瘤征象", False),
        ("CA199升高，胰头占位", False),
        ("肺原位腺癌可能性大", False),
        ("左乳外上象限肿块，BI-RADS 4C类，考虑恶性可能性大", False),
    ],
)
def test_stated_malignancy_asks_for_its_stage(impression, told):
    assert (STAGE in codes(impression)) is told


def test_chest_film_cannot_stage():
    assert codes("右肺门肺癌。", modality="DR") == set()


ALTERNATIVES = "淋巴瘤，鉴别转移瘤、结核"


def test_tumour_with_two_alternatives_beside_it_needs_no_stage():
    assert STAGE in codes(ALTERNATIVES)
    assert STAGE not in codes(f"{ALTERNATIVES}、结节病")


@pytest.mark.parametrize(("length", "needs_stage"), [(300, False), (301, True)])
def test_alternatives_are_read_in_the_first_300_characters_of_an_item(length, needs_stage):
    item = f"{ALTERNATIVES}、结节病"
    item = item.replace("结节病", "甲" * (length - len(item)) + "结节病")
    assert (STAGE in codes(item)) is needs_stage


@pytest.mark.parametrize(("before", "needs_stage"), [(19, False), (20, True)])
def test_alternatives_are_read_in_twenty_items(before, needs_stage):
    items = [f"{number}、双肾囊肿。" for number in range(1, before + 1)]
    items.append(f"{before + 1}、{ALTERNATIVES}、结节病")
    assert (STAGE in codes("\n".join(items))) is needs_stage


@pytest.mark.parametrize(("hedged", "needs_stage"), [(19, True), (20, False)])
def test_twenty_tumours_of_a_conclusion_are_looked_at(hedged, needs_stage):
    assert (STAGE in codes("；".join(["肺癌可能"] * hedged) + "。肝癌。")) is needs_stage


def test_questioned_tumour_is_passed_over_and_the_next_is_quoted():
    assert messages(RULES, impression="1、肺癌？2、肝癌", examination_name="胸部CT") == [
        "结论为恶性肿瘤（“肝癌”），未给出影像学分期。"
    ]


def test_tumour_is_quoted_up_to_forty_characters():
    found = messages(RULES, impression="1、右肺" + "甲" * 40 + "肺癌", examination_name="胸部CT")
    assert found == ["结论为恶性肿瘤（“右肺" + "甲" * 38 + "”），未给出影像学分期。"]


def test_possibilities_are_counted_and_the_first_six_named():
    named = "肺癌、结核、肺炎、肺脓肿、错构瘤、血管瘤"
    assert messages(RULES, impression=f"右肺占位，考虑{named}、转移瘤可能", examination_name="胸部CT") == [
        f"并列给出{named}7种可能，未说明可能性大小的顺序。",
        f"同一病灶给出{named}共7种可能，超过三个。",
    ]
