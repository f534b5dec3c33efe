"""How many seeded errors of meaning the text checks find, on any folder of reports; nothing is stored.

    .venv/bin/python benchmarks/text_checks_meaning.py FOLDER [--misses KIND]

FOLDER holds *.jsonl (a report in a line, by its glossary names, as for `check_text`) or clean.xlsx. Each
report gives twins with one error: a side, a level, an organ, a unit or the sex turned round, an item of the
conclusion dropped, an item or a contradiction added, words of another modality, an organ removed by the
history. A twin is found when a code of its kind is new. Twins without line breaks and with half-width marks
must differ in codes of punctuation only. Last come the codes of meaning on the untouched reports: alarms,
unless an error is real.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from reports.domain.textcheck.engine import check
from reports.domain.textcheck.registry import bound_rules
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Text
from reports.intake.check_lines import read_line

MEANING: Final = frozenset(
    (
        "6.1.2/conclusion-unsupported",
        "6.1.2/described-not-done",
        "6.1.2/done-not-described",
        "6.1.2/finding-not-concluded",
        "6.1.2/findings-contradict",
        "6.1.2/implausible-size",
        "6.1.2/other-modality-words",
        "6.1.2/sex-organ-conflict",
        "6.1.2/size-differs",
        "6.3.1/laterality-vs-request",
        "6.4.1.1c/suspected-organ-silent",
        "6.4.1.1d/absent-without-history",
        "6.4.1.1d/removed-organ-described",
        "6.4.2.1/urgent-late",
        "6.4.2.4/order-differs",
        "6.5.1/question-not-answered",
        "6.5.2/importance-order",
        "6.5.3/laterality-conflict",
        "6.5.3/level-conflict",
    )
)
CONSISTENCY: Final = frozenset(code for code in MEANING if code.startswith(("6.1.2/", "6.5.3/", "6.3.1/")))
PUNCTUATION: Final = ("6.4.3.5", "6.3.6", "6.2", "6.4.3.6")
_SWAP: Final = {"左": "右", "右": "左"}
_LESION: Final = "积液|结石|骨折线|肿大淋巴结|结节|肿块|囊性灶|血肿|积水|充盈缺损"
_SEEN: Final = re.compile(
    rf"(?:^|[。\n；，])(?P<place>[^。；，\n未无见]{{2,10}})(?:内)?见[^。；，\n未无]{{0,6}}?(?P<word>{_LESION})"
)
# Items that a conclusion may leave out, or that state no disease.
_MINOR: Final = re.compile(
    "未见|术后|^请|余|正常|陈旧|少许|少量|对比|相比|小淋巴结|钙化|生理|比较|变异|小囊肿|纤维|硬化|退"
)
_SIZED: Final = re.compile(
    r"(?:结节|肿块|占位|囊肿|囊性灶|血肿)[^。]{0,16}?\d(?:\.\d+)?(?P<u>cm|mm)(?:×\d+(?:\.\d+)?(?P=u)){0,2}"
)
_LEVELS: Final = (
    (r"L4/5", "L3/4"),
    (r"L5/S1", "L2/3"),
    (r"C5/6", "C3/4"),
    (r"(?<=肺)上叶", "下叶"),
    (r"(?<=肺)下叶", "上叶"),
    (r"额叶", "枕叶"),
    (r"颞叶", "顶叶"),
    (r"内侧半月板", "外侧半月板"),
    (r"胰头", "胰尾"),
    (r"(?<=第)[3-6](?=[肋前后])", "10"),
    (r"([TL])1(?=椎)", r"\g<1>3"),
    (r"(?<=[肾])上极", "下极"),
)
# Organ in the findings → an item about it, and the words that would support the item.
_ITEMS: Final = (
    ("胆囊", "胆囊结石", "结石|致密|高密度|充盈缺损|胆囊结|低信号"),
    ("脾", "脾大", "脾大|增大|脾肿"),
    ("胰腺", "急性胰腺炎", "胰腺炎|渗出|肿胀|模糊|胰腺增|饱满"),
    ("肝", "肝囊肿", "囊|低密度|水样|高信号|低信号"),
    ("双肾", "左肾结石", "结石|致密|高密度"),
    ("前列腺", "前列腺增生", "增生|增大|前列腺体积"),
    ("甲状腺", "甲状腺右叶结节", "结节|低密度|肿块"),
    ("前交叉韧带", "前交叉韧带断裂", "断裂|撕裂|信号增高|不连续|损伤"),
    ("胸腔", "右侧胸腔积液", "积液|液性|水样|肋膈角变钝|弧形"),
    ("纵隔", "纵隔淋巴结肿大", "肿大淋巴结，|淋巴结肿大，短径|大者短径"),
    ("心影", "心影增大", "增大|心影大|饱满"),
    ("垂体", "垂体微腺瘤", "垂体[^。]{0,20}(?:结节|异常|低信号|增大)"),
    ("子宫", "子宫肌瘤", "肌瘤|结节|肿块|低信号"),
)
_REMOVED: Final = (
    ("胆囊", "胆囊切除术后"),
    ("子宫", "子宫全切术后"),
    ("前列腺", "前列腺癌根治术后"),
    ("双肾", "左肾切除术后"),
    ("脾", "脾切除术后"),
    ("甲状腺", "甲状腺左叶切除术后"),
    ("阑尾", "阑尾切除术后"),
    ("右肺上叶", "右肺上叶切除术后"),
    ("双侧附件", "左侧附件切除术后"),
    ("膀胱", "膀胱全切术后"),
)
_GONE: Final = re.compile("术后|切除|缺如|未见显示|残")
_TO_HALF: Final = str.maketrans({"，": ",", "；": ";", "：": ":", "（": "(", "）": ")", "。": "."})
Twin = tuple[str, CheckedReport]


def items(report: CheckedReport) -> list[str]:
    text = Text(report.impression or "")
    return [span.of(text.raw).strip() for span in text.items]


def with_items(report: CheckedReport, given: list[str]) -> CheckedReport:
    lines = (f"{number}、{item.rstrip('。；')}。" for number, item in enumerate(given, start=1))
    return replace(report, impression="\n".join(lines))


def of_side(report: CheckedReport) -> Iterator[Twin]:
    """One item's side turned round, where the conclusion names that side only."""
    found = items(report)
    for at, item in enumerate(found):
        sides = set(re.findall(r"[左右](?!心|房|室|冠|主干|旋|径|移|偏|前降|回旋)", item))
        if len(sides) == 1 and not re.search(r"[双两]侧?|未见", item):
            turned = "".join(_SWAP.get(char, char) for char in item)
            yield item, with_items(report, [*found[:at], turned, *found[at + 1 :]])
            return


def of_drop(report: CheckedReport) -> Iterator[Twin]:
    """One item that states a disease dropped from several."""
    found = items(report)
    stated = [at for at, item in enumerate(found) if not _MINOR.search(item)]
    if len(found) > 1 and stated:
        at = stated[0]
        yield found[at], with_items(report, [*found[:at], *found[at + 1 :]])


def of_unit(report: CheckedReport) -> Iterator[Twin]:
    """The unit of the first size turned round."""
    text = report.findings or ""
    match = _SIZED.search(text)
    if match:
        turned = match[0].replace(match["u"], "mm" if match["u"] == "cm" else "cm")
        yield match[0], replace(report, findings=text.replace(match[0], turned, 1))


def of_sex(report: CheckedReport) -> Iterator[Twin]:
    """The other sex, where organs of one sex are described."""
    text = report.findings or ""
    sex = "女" if re.search("前列腺|精囊", text) else "男" if re.search("子宫|卵巢|附件区", text) else ""
    if sex:
        yield sex, replace(report, sex=sex)


def of_modality(report: CheckedReport) -> Iterator[Twin]:
    """密度 and signal exchanged once."""
    text = report.findings or ""
    for kind, one, other in (("CT", "密度", "信号"), ("MRI", "信号", "密度")):
        if report.modality == kind and (match := re.search(rf"[高低]{one}影?", text)):
            turned = match[0].replace(one, other)
            yield match[0], replace(report, findings=text.replace(match[0], turned, 1))


def of_contradiction(report: CheckedReport) -> Iterator[Twin]:
    """A sentence that denies what another describes."""
    match = _SEEN.search(report.findings or "")
    if match:
        added = f"{match['place']}未见{match['word']}。"
        yield added, replace(report, findings=f"{report.findings}{added}")


def of_level(report: CheckedReport) -> Iterator[Twin]:
    """One item's level, lobe or segment exchanged."""
    found = items(report)
    for at, item in enumerate(found):
        for pattern, other in _LEVELS:
            turned = re.sub(pattern, other, item, count=1)
            if turned != item and "未见" not in item and len(re.findall(r"[上中下]叶|[LC]\d/", item)) <= 1:
                yield item, with_items(report, [*found[:at], turned, *found[at + 1 :]])
                return


def of_support(report: CheckedReport) -> Iterator[Twin]:
    """An item about an organ that the findings describe without it."""
    text = report.findings or ""
    for organ, item, signs in _ITEMS:
        if organ in text and organ not in (report.impression or "") and not re.search(signs, text):
            yield item, with_items(report, [*items(report), item])
            return


def of_removal(report: CheckedReport) -> Iterator[Twin]:
    """A history of the removal of an organ that is described."""
    for organ, history in _REMOVED:
        text = report.findings or ""
        if organ in text and not _GONE.search(text):
            yield history, replace(report, surgical_history=history)
            return


KINDS: Final[dict[str, tuple[Callable[[CheckedReport], Iterator[Twin]], frozenset[str]]]] = {
    "side": (of_side, frozenset(("6.5.3/laterality-conflict", "6.3.1/laterality-vs-request"))),
    "dropped": (of_drop, frozenset(("6.1.2/finding-not-concluded", "6.1.2/conclusion-unsupported"))),
    "unit": (of_unit, frozenset(("6.1.2/implausible-size", "6.1.2/size-differs"))),
    "sex": (of_sex, frozenset(("6.1.2/sex-organ-conflict",))),
    "modality": (of_modality, frozenset(("6.1.2/other-modality-words",))),
    "contradiction": (of_contradiction, frozenset(("6.1.2/findings-contradict",))),
    "level": (of_level, frozenset(("6.5.3/level-conflict", "6.1.2/conclusion-unsupported"))),
    "unsupported": (of_support, frozenset(("6.1.2/conclusion-unsupported",))),
    "removed": (of_removal, frozenset(("6.4.1.1d/removed-organ-described",))),
}


def codes(report: CheckedReport) -> set[str]:
    return {found.code for found in check(report, bound_rules())}


def load(folder: Path) -> list[CheckedReport]:
    if (folder / "clean.xlsx").exists():
        from benchmarks.text_checks_accuracy import load as load_export

        return load_export(folder)
    lines = [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    return [read_line(line)[0] for line in lines if line.strip()]


def recall(reports: list[CheckedReport], shown: str) -> None:
    for kind, (twins, wanted) in KINDS.items():
        found = total = 0
        for report in reports:
            before = codes(report) & wanted
            for seed, twin in twins(report):
                total += 1
                hit = bool((codes(twin) & wanted) - before)
                found += hit
                if not hit and kind == shown:
                    print(f"  MISS {seed} | {twin.findings} | {twin.impression} | {sorted(before)}")
        print(f"{kind:14} found {found:4} of {total:4}  {100 * found / total if total else 0:5.0f} %")


def stability(reports: list[CheckedReport], shown: str) -> None:
    for kind in ("lines", "half-width"):
        differ = 0
        for report in reports:
            findings, impression = report.findings or "", report.impression or ""
            if kind == "lines":
                findings, impression = findings.replace("\n", ""), impression.replace("\n", "")
                twin = replace(report, keeps_lines=False, findings=findings, impression=impression)
            else:
                findings, impression = findings.translate(_TO_HALF), impression.translate(_TO_HALF)
                twin = replace(report, findings=findings, impression=impression)
            changed = {c for c in codes(report) ^ codes(twin) if c in MEANING}
            differ += bool(changed)
            if changed and kind == shown:
                print(f"  DIFFERS {sorted(changed)} | {twin.findings} | {twin.impression}")
        print(f"{kind:14} changes codes of meaning in {differ} of {len(reports)}")


def alarms(reports: list[CheckedReport], shown: str) -> None:
    by_code: Counter[str] = Counter()
    loud = consistency = 0
    for report in reports:
        found = [f for f in check(report, bound_rules()) if f.code in MEANING and f.severity != "note"]
        by_code.update({f.code for f in found})
        loud += bool(found)
        consistency += any(f.code in CONSISTENCY for f in found)
        if shown == "alarms":
            for f in found:
                print(f"  ALARM {f.code} {f.message} | {report.findings} | {report.impression}")
    print(f"untouched: {loud} of {len(reports)} with a suspect of meaning, {consistency} of consistency")
    for code, times in by_code.most_common():
        print(f"  {code:38} {times}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--misses", default="", help="print the misses of this kind, or the alarms")
    options = parser.parse_args()
    reports = load(options.folder)
    recall(reports, options.misses)
    stability(reports, options.misses)
    alarms(reports, options.misses)


if __name__ == "__main__":
    main()
