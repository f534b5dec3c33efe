"""What the text checks cost as a text grows: seconds at 10,000 to 80,000 characters of one repeated unit.

    .venv/bin/python benchmarks/text_checks_length.py [UNIT ...] default: every third word of the vocabularies

A unit fills the findings and the conclusion, once alone and once between ordinary sentences. Printed are the
slowest, with the ratio of the longest text to the shortest: 8 is linear, 64 is by the square. No text of a
report is longer than 32,767 characters (reports.intake.values.LONGEST_TEXT).
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from reports.domain.textcheck.engine import check
from reports.domain.textcheck.registry import bound_rules
from reports.domain.textcheck.report import CheckedReport
from standards.loader import current_edition

LENGTHS = (10_000, 20_000, 40_000, 80_000)
SHOWN = 20
BEFORE, AFTER = "右肺上叶见一结节，较前增大。", "右肺癌，左侧气胸。双肾正常。"


def vocabulary() -> list[str]:
    lists = current_edition().terms.vocabularies.values()
    given = [
        (*listed.words, *(word for words in listed.groups.values() for word in words)) for listed in lists
    ]
    return sorted({word for words in given for word in words})


def seconds(unit: str, length: int, around: bool) -> float:
    text = unit * (length // len(unit))
    findings, impression = (BEFORE + text + AFTER, AFTER + text + AFTER) if around else (text, text)
    report = CheckedReport(
        findings=findings,
        impression=impression,
        technique="横断位：T1WI，T2WI",
        examination_name="胸部CT平扫+增强",
        modality="CT",
        sex="男",
    )
    began = time.process_time()
    check(report, bound_rules())
    return time.process_time() - began


def main() -> None:
    units = sys.argv[1:] or vocabulary()[::3]
    seconds(BEFORE, 1000, False)  # what is worked out once
    taken = {
        (unit, around): [seconds(unit, length, around) for length in LENGTHS]
        for unit in units
        for around in (False, True)
    }
    slowest = sorted(taken.items(), key=lambda one: -one[1][-1])[:SHOWN]
    print(f"{len(units)} units; seconds at {', '.join(f'{length:,}' for length in LENGTHS)} characters")
    for (unit, around), times in slowest:
        ratio = times[-1] / max(times[0], 0.001)
        shape = "between sentences" if around else "alone"
        print(f"  {'  '.join(f'{one:7.3f}' for one in times)}   {ratio:5.1f} ×   {unit!r} {shape}")


if __name__ == "__main__":
    main()
