"""Work grows with the length of a text and not with its square, whatever is written without end."""

from datetime import datetime

import pytest

from reports.domain.textcheck.report import CheckedReport, moment_of
from reports.domain.textcheck.rules import certainty
from tests.reports.textcheck.work_kit import assert_linear, count_work, times

FINDINGS = "右肺上叶见一结节，大小约1.2cm×1.0cm，较前增大，明显强化。左肺未见异常；双肾正常。\n子宫未显示。"
IMPRESSION = "1.右肺上叶结节。\n2.左侧气胸。"
UNITS = (
    *(
        "气胸",
        "左肺",
        "结节",
        "左附件",
        "脑疝",
        "胆囊缺如",
        "肝癌",
        "见",
        "左",
        "右肺结节，",
        "见右肺",
        "双肾囊肿。",
    ),
    *("1.", "1、", "1.右肺结节\n", "12", "1.2×", "1.2cm×1.30mm，", "L4/5椎间盘向左后突出。", "2025年1月1日"),
    *(
        "，",
        "。",
        "；",
        "、",
        "：",
        " ",
        "\n",
        "\t",
        "\u3000",
        "（",
        "）",
        "()",
        "[",
        "“",
        "《",
        "【",
        "_",
        "__a",
    ),
    *("T1WI，", "横断位：", "T1WI+", "T1WI：横断位、", "扫描范围：", "CT", "A", "XX", "×", "稍低信号，"),
    *("未见", "无", "未见但", "余", "较前", "与CT平扫检查比较", "与2024-03-05片比较，", "建议", "待查"),
    *("密度增高，", "未见明显强化", "结节明显强化，", "考虑癌或结核可能，", "？", "术后", "正常", "未见异常"),
)
# Findings and conclusion of about n characters, in which what decides stands at the far end or never comes.
PAIRS = {
    "normal against a lesion": lambda n: ("双肺见气胸" * (n // 5), "未见异常，脾正常"),
    "normal against sentences": lambda n: ("双肺见气胸。" * (n // 6), "肝脾胰" * (n // 3) + "未见异常"),
    "sides of one clause": lambda n: ("左肺" * (n // 2) + "右肺结节", "左肺" * (n // 2) + "左肺癌"),
    "side without structure": lambda n: ("右肺结节。" + "左侧约" * (n // 3), "左肺结节"),
    "side that is gone": lambda n: (
        "左侧附件未见显示" * (n // 8) + "右侧附件结节",
        "左侧附件缺如囊肿" * (n // 8),
    ),
    "old critical finding": lambda n: ("右肺", "脑疝脑出血" * (n // 5) + "吸收期"),
    "managed critical finding": lambda n: ("右肺", "脑疝脑出血，" * (n // 6) + "已处理，术后复查"),
    "hedged disease": lambda n: ("见脑膜尾征。", "脑膜瘤" * (n // 3) + "可能待排"),
    "treated disease": lambda n: ("右肺见结节", "肺癌" * (n // 2) + "术后"),
    "appendages of vertebrae": lambda n: ("左附件" * (n // 3) + "椎体", "右附件，" * (n // 4) + "椎体"),
    "organ gone": lambda n: ("胆囊缺如" * (n // 4) + "，术后", "无"),
    "question quoted": lambda n: ("右肺", "无" * (n // 2) + "临床" + "占位待查" * (n // 8)),
    "images of one examination": lambda n: ("与CT平扫检查比较" * (n // 9), "与CT平扫检查比较" * (n // 9)),
    "sides of items": lambda n: ("见" + "左肾" * (n // 2), "1.肝" + "右肾" * (n // 2) + "囊肿\n2.肝癌"),
}


@pytest.fixture
def work(monkeypatch):
    return count_work(monkeypatch)


def report(findings=FINDINGS, impression=IMPRESSION, technique="横断位：T1WI", **fields):
    return CheckedReport(
        findings=findings,
        impression=impression,
        technique=technique,
        examination_name="腹部MRI平扫+增强",
        modality="MRI",
        sex="男",
        has_prior=True,
        now=datetime(2026, 1, 1),
        **({"clinical_diagnosis": "腹痛", "surgical_history": "无"} | fields),
    )


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    "fields",
    [
        ("findings",),
        ("impression",),
        ("findings", "impression"),
        ("technique",),
        ("clinical_diagnosis", "surgical_history"),
    ],
    ids="+".join,
)
def test_repeated_unit_is_linear_work(work, unit, fields):
    assert_linear(work, lambda length: report(**dict.fromkeys(fields, times(unit, length))))


@pytest.mark.parametrize("unit", UNITS)
def test_repeated_unit_between_sentences_is_linear_work(work, unit):
    def made(length):
        middle = times(unit, length)
        return report(
            middle + FINDINGS, "右侧气胸，左肺癌" + middle + "右肺癌。左肾结石。", "横断位：T1WI，" + middle
        )

    assert_linear(work, made)


@pytest.mark.parametrize("name", PAIRS)
def test_findings_and_conclusion_at_odds_without_end_are_linear_work(work, name):
    assert_linear(work, lambda length: report(*PAIRS[name](length)))


@pytest.mark.parametrize("text", ["肺癌T1{}，肺癌", "肺癌I{}，肺癌"])
def test_stage_with_blanks_without_end_is_sought_at_once(text):
    """By every way of dividing the blanks among the pattern's parts, it would take hours."""
    assert certainty._STAGE.search(text.format(" " * 20_000)) is None


@pytest.mark.parametrize("text", ["2025-01-01{}x", "2025-01-01 10:30{}x", "2025{}x"])
def test_time_with_blanks_without_end_is_unreadable_at_once(text):
    assert moment_of(text.format(" " * 20_000)).at is None
