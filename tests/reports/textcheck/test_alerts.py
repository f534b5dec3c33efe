"""4.1: critical findings of the conclusion, and the records of their notification."""

from dataclasses import replace
from datetime import datetime

import pytest

from reports.domain.textcheck.report import Alert, CheckedReport
from reports.domain.textcheck.rules.alerts import RULES, alert_incomplete
from tests.reports.textcheck.said_kit import messages, said
from tests.reports.textcheck.work_kit import assert_linear, count_work, times

SUSPECT, INCOMPLETE = "4.1/critical-suspect", "4.1/alert-incomplete"
ALERT = Alert(
    content="急性肺栓塞", found_at=datetime(2025, 5, 6, 10, 24), notified_at=datetime(2025, 5, 6, 10, 29),
    notified_by="张测", received_by="李护士",
)  # fmt: skip

CRITICAL = """
1、急性肺栓塞。|右肺动脉栓塞|双肺动脉及分支多发栓塞|右肺动脉干及其分支血栓形成|肺动脉栓塞不除外|肺栓塞较前进展
右肺癌术后，左肺动脉急性栓塞|主动脉夹层（DeBakey I型）
腹主动脉瘤破裂|降主动脉壁间血肿|心包大量积液，考虑心包填塞
左侧张力性气胸|右侧气胸，右肺压缩约70%|两侧气胸，左肺压缩约90%|左侧大量胸腔积液|右侧大量液气胸|右主支气管异物
急性期脑梗塞|左侧额叶、岛叶急性脑梗死|脑干急性梗死|右侧放射冠区新发脑梗死|大面积脑梗死|左侧小脑半球急性梗死灶
左侧大脑中动脉供血区急性-亚急性期脑梗死|双侧基底节区陈旧性脑梗死，左侧丘脑急性脑梗死|左侧丘脑出血|左侧基底节区出血破入脑室
右侧颞叶脑内血肿|左侧额颞部硬膜外血肿|右侧急性硬膜下血肿|蛛网膜下腔出血|脑疝形成|大脑镰下疝|急性梗阻性脑积水
胃窦穿孔|1、十二指肠球部穿孔，膈下游离气体。|上消化道穿孔可能|脾破裂，腹腔积血|肝右叶挫裂伤|绞窄性肠梗阻
L1椎体爆裂骨折，骨折片突入椎管，脊髓受压|急性出血坏死性胰腺炎|左侧膈疝|1、脑萎缩 2、急性蛛网膜下腔出血
"""
ORDINARY = """
1、双侧基底节区多发腔隙性脑梗死。|左侧基底节区脑梗死（陈旧性）|亚急性期脑梗死|1.颅脑CT平扫未见明显异常，未见颅内出血及骨折。
双肺未见肺动脉栓塞征象|右侧少量气胸，右肺压缩约15%|左侧额颞部慢性硬膜下血肿|左侧额颞顶部慢性硬膜下血肿钻孔引流术后改变，残留少量硬膜下血肿
主动脉夹层腔内修复术后，支架在位，未见内漏|腹主动脉段夹层大致同前|小脑扁桃体下疝畸形（ChiariⅠ型）|双侧胸腔少量积液，心包少量积液
食管裂孔疝|肝癌TACE术后改变|脾动脉栓塞术后|陈旧性心肌梗死|急性心肌梗死PCI术后|建议行CTPA检查除外肺栓塞|脑出血后遗改变，右侧基底节区软化灶
右侧基底节区脑出血吸收期|蛛网膜下腔出血治疗后复查|右侧胸腔中等量积液|L1椎体压缩性骨折，椎管未见狭窄|右肾囊肿破裂可能|脑内多发微出血灶
鼓膜穿孔，中耳乳突炎|急性胰腺炎，胰周渗出|肝硬化，脾大，食管胃底静脉曲张|肺动脉高压|主动脉硬化|双侧大脑半球多发缺血灶
肠梗阻，请结合临床|左侧髋关节骨折|肺动脉主干未见充盈缺损，不支持肺栓塞|左侧丘脑陈旧出血灶|与前片比较，左侧颞叶脑出血较前吸收好转
右侧少量气胸，大量皮下气肿|硬膜下积液|额部头皮血肿|脑室系统扩张，考虑脑积水|颈内动脉夹层动脉瘤支架术后|腰椎滑脱，椎管狭窄
建议复查急性肺栓塞情况|请结合急性脑出血病史|支气管动脉栓塞术后|肺癌伴癌栓形成|下肢静脉血栓形成|右侧颞叶海绵状血管瘤伴出血|余未见明显异常|胆囊结石，慢性胆囊炎
"""


def cases(text):
    return [case for line in text.split("\n") for case in line.split("|") if case]


@pytest.mark.parametrize("impression", cases(CRITICAL))
def test_critical_finding_without_a_record_is_suspected(impression):
    assert [code for code, _ in said(RULES, impression=impression)] == [SUSPECT]
    assert [code for code, _ in said(RULES, impression=impression, alerts=())] == [SUSPECT]
    assert said(RULES, impression=impression, alerts=(ALERT,)) == []


@pytest.mark.parametrize("impression", cases(ORDINARY))
def test_conclusion_that_is_not_critical_or_not_new_is_silent(impression):
    assert said(RULES, impression=impression) == []


@pytest.mark.parametrize(
    ("percent", "suspected"), [(49, False), (50, True), (51, True), (99, True), (100, True), (101, False)]
)
def test_pneumothorax_is_large_from_half_the_lung_on(percent, suspected):
    marked = f"压缩约{percent}%"
    found = said(RULES, impression=f"右侧气胸，右肺{marked}。")
    assert found == ([(SUSPECT, marked)] if suspected else [])


def test_each_critical_item_is_told_once_with_its_words():
    impression = (
        "1、右侧基底节区急性脑出血破入脑室；\n2、双侧基底节区陈旧性腔隙性脑梗死；\n3、蛛网膜下腔出血。"
    )
    assert said(RULES, impression=impression) == [
        (SUSPECT, "基底节区急性脑出血"),
        (SUSPECT, "蛛网膜下腔出血"),
    ]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"received_by": ""}, "缺少接收人"),
        ({"notified_by": " ", "content": ""}, "缺少内容、通知人"),
        ({"notified_at": None}, "缺少通知时间"),
        ({"notified_at": datetime(2025, 5, 6, 10, 20)}, "通知时间早于发现时间"),
    ],
)
def test_record_that_lacks_something_is_incomplete(change, says):
    record = {name: getattr(ALERT, name) for name in Alert.__dataclass_fields__} | change
    assert said(RULES, alerts=(Alert(**record),)) == [(INCOMPLETE, "")]
    rule = next(rule for rule in RULES if rule.code == INCOMPLETE)
    assert [hit.message for hit in rule.find(CheckedReport(alerts=(Alert(**record),)))] == [
        f"危急值记录{says}。"
    ]


def test_record_with_notification_at_the_moment_of_finding_is_complete():
    assert said(RULES, alerts=(replace(ALERT, notified_at=ALERT.found_at),)) == []


def test_first_incomplete_record_is_told():
    second, third = replace(ALERT, received_by=""), replace(ALERT, notified_by="")
    assert messages(RULES, alerts=(ALERT, second, third)) == ["危急值记录缺少接收人。"]


@pytest.mark.parametrize(
    ("alerts", "why"), [(None, "未导入危急值记录，请核对是否已通知"), ((), "没有对应的危急值记录")]
)
def test_critical_finding_is_told_with_its_kind_and_what_is_lacking(alerts, why):
    told = messages(RULES, impression="1、急性肺栓塞。", alerts=alerts)
    assert told == [f"“肺栓塞”可能属于危急值（急性肺栓塞），{why}。"]


def test_record_of_a_file_without_columns_of_times_is_not_incomplete_for_them():
    bare = replace(ALERT, found_at=None, notified_at=None)
    known = replace(bare, unknown_times=frozenset(["found_at", "notified_at"]))
    assert said(RULES, alerts=(known,)) == []
    (found,) = alert_incomplete(CheckedReport(alerts=(replace(bare, unknown_times=frozenset(["found_at"])),)))
    assert found.message == "危急值记录缺少通知时间。"


def test_record_of_a_file_without_a_receiver_column_is_not_incomplete():
    record = {name: getattr(ALERT, name) for name in Alert.__dataclass_fields__} | {"received_by": None}
    assert said(RULES, alerts=(Alert(**record),)) == []


@pytest.mark.parametrize(
    "piece", ["出血", "急性", "未见", "肺动脉", "骨折", "1、", "，", "压缩约60%气胸", "脑出血。", "大量"]
)
def test_adversarial_conclusion_is_linear_work(monkeypatch, piece):
    work = count_work(monkeypatch)
    assert_linear(work, lambda length: CheckedReport(impression=times(piece, length), alerts=()))
