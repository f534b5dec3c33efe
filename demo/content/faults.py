"""Faults put into clean findings: each breaks one 应/不应 clause of 6.4, at a place that can be shown."""

import re
from collections.abc import Callable

from demo.content.dice import Dice
from demo.content.values import DescriptionFault

Maker = Callable[[str], tuple[str, DescriptionFault] | None]
_DEGREE = re.compile(r"(稍低|中度低|稍高|中度高)(密度|信号)")
_REFERENCE = re.compile(r"与(?!\d)[^，。；、\d]{2,9}相比(?P<rest>[^，。；]+)")
_MEASURE = re.compile(
    r"(?P<before>[^，。；：\n\d]{4,})，(?:大小|直径|最大径|长|厚|管径|断端[^，。；]{0,6}|移位|范围|长径)约"
    r"[\d.]+cm(?:×[\d.]+cm)*"
)
_MARGIN = re.compile(r"，(?:边界|边缘)(?:较|欠|不)?(?:清楚|清|模糊|光滑)(?=[，；。])")
_LESION = re.compile(r"见[^，。；]*(?:结节|肿块|病灶|血肿|结石|实变影|软组织影|片状影)$")
_HOUNSFIELD = re.compile(r"(?<=，)CT值约(-?\d+)HU")


def vague_enhancement(findings: str) -> tuple[str, DescriptionFault] | None:
    """6.4.3.4: 未见明显强化 is named by the clause."""
    if "无强化" not in findings:
        return None
    reason = "“未见明显强化”为模糊描述；无强化应直接写“无强化”，有强化应写明轻度、中度或明显。"
    return findings.replace("无强化", "未见明显强化", 1), DescriptionFault(
        "6.4.3.4", "findings", "未见明显强化", reason
    )


def off_list_degree(findings: str) -> tuple[str, DescriptionFault] | None:
    """6.4.3.3: a degree that is not one of the seven."""
    found = _DEGREE.search(findings)
    if not found:
        return None
    words = f"略{found[1][-1]}{found[2]}"
    reason = f"“{words}”不在明显低至明显高的七级分度之内，应改为规定的分度用语。"
    text = findings[: found.start()] + words + findings[found.end() :]
    return text, DescriptionFault("6.4.3.3", "findings", words, reason)


def no_reference(findings: str) -> tuple[str, DescriptionFault] | None:
    """6.4.3.2: density or signal without the tissue it is compared with."""
    found = _REFERENCE.search(findings)
    if not found:
        return None
    words = found["rest"]
    text = findings[: found.start()] + words + findings[found.end() :]
    reason = f"“{words}”未指定参照组织，应写明与何组织相比。"
    return text, DescriptionFault("6.4.3.2", "findings", words, reason)


def no_size(findings: str) -> tuple[str, DescriptionFault] | None:
    """6.4.1.2 d): a lesion without its size."""
    found = _MEASURE.search(findings)
    if not found:
        return None
    words = found["before"]
    text = findings[: found.start()] + words + findings[found.end() :]
    reason = "病灶未写大小，应测量并写明。"
    return text, DescriptionFault("6.4.1.2d", "findings", words, reason)


def no_margin(findings: str) -> tuple[str, DescriptionFault] | None:
    """6.4.1.2 d): a lesion without its margin."""
    found = _MARGIN.search(findings)
    if not found:
        return None
    words = re.split("[。；\n]", findings[: found.start()])[-1].split("，")[0]
    if not _LESION.search(words):
        return None
    text = findings[: found.start()] + findings[found.end() :]
    return text, DescriptionFault("6.4.1.2d", "findings", words, "病灶未描述边界，应写明边界是否清楚。")


def no_reference_for_density(findings: str) -> tuple[str, DescriptionFault] | None:
    """6.4.3.2: a graded density in place of the CT value, and nothing it is compared with."""
    found = _HOUNSFIELD.search(findings)
    if not found:
        return None
    words = "呈稍低密度" if int(found[1]) < 20 else "呈稍高密度"
    text = findings[: found.start()] + words + findings[found.end() :]
    reason = f"“{words}”未指定参照组织，也未给出CT值，应写明与何组织相比。"
    return text, DescriptionFault("6.4.3.2", "findings", words, reason)


MAKERS: tuple[Maker, ...] = (
    vague_enhancement,
    off_list_degree,
    no_reference,
    no_reference_for_density,
    no_size,
    no_margin,
)


def make_faulty(findings: str, dice: Dice) -> tuple[str, DescriptionFault] | None:
    """The findings with one fault of a kind they can have; None when they can have none."""
    for maker in dice.shuffled(MAKERS):
        made = maker(findings)
        if made:
            return made
    return None
