"""What the text checks cost, side by side in one run: reports a second on one core, full rule set.

    .venv/bin/python benchmarks/text_checks.py [SECONDS] [--rules]       default 4 seconds a variant

The reports are those of tests/data/ris/clean.xlsx: as they are, and joined in pairs to the length of a full
report (about 640 characters). The variants, interleaved, take the same reports:

    one by one    every rule by itself, its texts cut afresh: what a list of plain checks costs
    product       texts cut once and shared

Both must give identical findings. docs/performance.md asks for at least 500 full reports a second and core.
`--rules` prints the costliest rules too (the first rule that asks for a shared cut pays for it).
"""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from statistics import mean, median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.text_checks_accuracy import checked
from reports.domain.textcheck.engine import BoundRule, check
from reports.domain.textcheck.finding import Finding
from reports.domain.textcheck.registry import bound_rules
from reports.domain.textcheck.report import CheckedReport
from reports.intake.reports import read_reports

CLEAN = Path(__file__).resolve().parent.parent / "tests" / "data" / "ris" / "clean.xlsx"
TEXTS = ("technique", "findings", "impression")
FULL = 640
Rules = Sequence[BoundRule]
Check = Callable[[CheckedReport, Rules], tuple[Finding, ...]]


def fresh(report: CheckedReport) -> CheckedReport:
    """Forget what an earlier variant cut from its texts."""
    report.__dict__.pop("texts", None)
    report.__dict__.pop("facts", None)
    return report


def one_by_one(report: CheckedReport, rules: Rules) -> tuple[Finding, ...]:
    found = [f for rule in rules for f in check(fresh(report), (rule,))]
    return tuple(sorted(found, key=lambda f: (f.field, f.start, f.end, f.code)))


def product(report: CheckedReport, rules: Rules) -> tuple[Finding, ...]:
    return check(fresh(report), rules)


VARIANTS: dict[str, Check] = {"one by one": one_by_one, "product": product}


def stored_reports() -> list[CheckedReport]:
    around = {"priors": (), "alerts": (), "now": datetime(2026, 1, 1)}
    return [checked(row, **around) for row in read_reports(CLEAN.read_bytes(), CLEAN.name).reports]


def length(report: CheckedReport) -> int:
    return sum(len(getattr(report, name) or "") for name in TEXTS)


def joined(reports: Sequence[CheckedReport]) -> list[CheckedReport]:
    """Findings and conclusions of neighbours of one kind put together until a report has its full length."""
    found = []
    for kind in ("DR", "CT", "MRI"):
        given = [r for r in reports if r.modality == kind]
        while given:
            report = given.pop()
            while given and length(report) < FULL - 100:
                more = given.pop()
                report = replace(
                    report,
                    findings=f"{report.findings}\n{more.findings}",
                    impression=f"{report.impression}\n{more.impression}",
                )
            found.append(report)
    return found


def seconds(variant: Check, reports: Sequence[CheckedReport], rules: Rules) -> float:
    began = time.process_time()
    for report in reports:
        variant(report, rules)
    return time.process_time() - began


def compare(name: str, reports: Sequence[CheckedReport], budget: float) -> None:
    rules = bound_rules()
    found = {label: [set(variant(r, rules)) for r in reports] for label, variant in VARIANTS.items()}
    assert found["one by one"] == found["product"], "the variants differ in their findings"
    times: dict[str, list[float]] = {label: [] for label in VARIANTS}
    until = time.process_time() + budget * len(times)
    while time.process_time() < until:
        for label, variant in VARIANTS.items():
            times[label].append(seconds(variant, reports, rules))
    findings = sum(map(len, found["product"]))
    shape = f"{len(reports)} reports of {mean(map(length, reports)):.0f} characters, {findings} findings"
    print(f"{name}: {shape}, {len(rules)} rules; identical in all variants")
    slowest = median(times["one by one"])
    for label, taken in times.items():
        middle = median(taken)
        print(f"  {label:<12}{len(reports) / middle:9,.0f} reports/s/core   {slowest / middle:5.2f} ×")


def costs(reports: Sequence[CheckedReport], times: int = 5) -> None:
    """What each rule costs of a report, dearest first."""
    spent: defaultdict[str, float] = defaultdict(float)
    for report in [r for _ in range(times) for r in reports]:
        fresh(report)
        for bound in bound_rules():
            began = time.perf_counter()
            check(report, (bound,))
            spent[bound.rule.code] += time.perf_counter() - began
    for code, taken in sorted(spent.items(), key=itemgetter(1), reverse=True)[:20]:
        print(f"  {code:40}{taken / times / len(reports) * 1e6:8.1f} µs a report")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("seconds", nargs="?", type=float, default=4.0)
    parser.add_argument("--rules", action="store_true", help="print the costliest rules")
    options = parser.parse_args()
    reports = stored_reports()
    lots = {"as they are": reports, "full length": joined(reports)}
    for name, lot in lots.items():
        compare(name, lot, options.seconds)
    if options.rules:
        costs(lots["full length"])


if __name__ == "__main__":
    main()
