"""Structures, their sides, and the regions an examination covers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.domain.textcheck.anatomy import mentions, organ_of, organs_named, region_of, regions_in
from reports.domain.textcheck.engine import bind, check
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.rules import organs, questions, sex, sides, surgery
from reports.domain.textcheck.text import Text
from standards.loader import current_edition
from tests.reports.textcheck.work_kit import assert_linear, count_work, times

RULES = (*sex.RULES, *organs.RULES, *surgery.RULES, *questions.RULES, *sides.RULES)
BOUND = bind(RULES, current_edition())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("右肺上叶", [("右肺", "肺", "右")]),
        ("右中下肺野", [("右中下肺野", "肺", "右")]),
        ("左、右肾", [("左、右肾", "肾", "双")]),
        ("左肾上腺", [("左肾上腺", "肾上腺", "左")]),
        ("左侧上颌窦、筛窦", [("左侧上颌窦", "上颌窦", "左"), ("筛窦", "筛窦", "左")]),
        ("右肺及肝", [("右肺", "肺", "右"), ("肝", "肝", "")]),
        ("右侧第3～5肋骨", [("右侧第3～5肋骨", "肋骨", "右")]),
        ("甲状腺左叶", [("甲状腺左", "甲状腺", "左")]),
        ("甲状腺双叶", [("甲状腺双叶", "甲状腺", "双")]),
        ("子宫右侧壁", [("子宫右侧", "子宫", "右")]),
        ("左心室", [("左心室", "心脏", "")]),
        ("左主干", [("左主干", "冠状动脉", "")]),
        ("L4/5左侧椎间孔", [("左侧椎间孔", "椎间孔", "左")]),
        ("左右径3cm", []),
        ("左侧卧位", []),
        ("右上叶", [("右上叶", "肺", "右")]),
        ("左乳", [("左乳", "乳腺", "左")]),
    ],
)
def test_mentions_carry_their_side(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(text[m.start : m.end], m.structure, m.side) for m in mentions(Text(text))] == expected


def test_structures_belong_to_organs_and_regions() -> None:
    assert [organ_of("肾盂"), organ_of("上颌窦"), organ_of("肝")] == ["肾", "鼻窦", "肝"]
    assert [region_of("肾"), region_of("脑"), region_of("淋巴结")] == ["腹", "头", ""]
    assert organs_named(Text("右肾盂扩张，肝内胆管扩张。")) == {"肾", "胆管"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("头颅CT平扫", {"头"}),
        ("胸部CT平扫", {"胸"}),
        ("全腹部CT平扫", {"腹", "盆"}),
        ("左膝关节MRI平扫", {"四肢"}),
        ("腰椎MRI平扫", {"脊柱"}),
        ("头颅、胸部、全腹部CT平扫", {"头", "胸", "腹", "盆"}),
        ("MRI平扫", set()),
    ],
)
def test_regions_of_an_examination(name: str, expected: set[str]) -> None:
    assert regions_in(name) == expected


ALPHABET = st.sampled_from(
    "左右双两侧肺肾肝胆囊脾，。；、\n 见未无结节0123～/L()（）😀第肋上下叶切除术后？Ａ１"
)


@given(st.text(ALPHABET, max_size=80), st.text(ALPHABET, max_size=60), st.text(ALPHABET, max_size=30))
def test_any_text_is_read_without_error(findings: str, impression: str, history: str) -> None:
    report = CheckedReport(
        sex="男",
        modality="CT",
        examination_name="头颅、左膝、双肾、全腹部CT平扫",
        clinical_diagnosis=history,
        surgical_history=history,
        findings=findings,
        impression=impression,
    )
    for finding in check(report, BOUND):
        value = report.value(finding.field) or ""
        assert finding.excerpt == value[finding.start : finding.end]


@pytest.mark.parametrize(
    "unit", ["与", "未见", "1×", "左", "左肾、", "右肺结节", "肝脏大小正常，", "胆囊未见", "左1、"]
)
def test_long_repetitions_are_linear_work(monkeypatch: pytest.MonkeyPatch, unit: str) -> None:
    def made(length: int) -> CheckedReport:
        text = times(unit, length)
        return CheckedReport(
            sex="男",
            modality="CT",
            examination_name="头颅、左膝、双肾、全腹部CT平扫",
            clinical_diagnosis=text,
            surgical_history=text,
            findings=text,
            impression="左肺上叶结节。左侧丘脑梗死。右肾囊肿。" + text,
        )

    assert_linear(count_work(monkeypatch), made)
