"""Precision and recall of the text checks against a key, code by code; nothing is stored.

    .venv/bin/python benchmarks/text_checks_accuracy.py FOLDER [--misses] [--codes PREFIX,...]

FOLDER holds clean.xlsx (reports), requests.csv, critical_alerts.csv and key.jsonl: one JSON line per report
with `accession`, `clean`, and lists of {"code", …} under `must` (应-level codes, all), `should_or_suspect`
(placed on purpose, not all) and `either_accepted`. Precision and recall are counted per (report, code) of
应-level codes; a code of 宜 level counts for recall only. Priors are the same patient's earlier reports.
"""

import argparse
import csv
import json
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from reports.domain.textcheck.engine import check
from reports.domain.textcheck.registry import bound_rules
from reports.domain.textcheck.report import Alert, CheckedReport, Moment, Prior, Request
from reports.intake.reports import read_reports
from standards.loader import current_edition

_PLAIN = [f for f in CheckedReport.__dataclass_fields__ if f not in ("request", "alerts", "priors", "now")]
_TIMES = ("examined_at", "reported_at", "signed_at", "last_modified_at")
_FORMS = {"day": "%Y-%m-%d", "minute": "%Y-%m-%d %H:%M", "second": "%Y-%m-%d %H:%M:%S"}


def moment(value: datetime | None, grain: str) -> Moment | None:
    if value is None:
        return Moment("", None, "")
    grain = grain or "second"
    return Moment(value.strftime(_FORMS[grain]), value, grain)  # type: ignore[arg-type]


def checked(row: Any, **around: Any) -> CheckedReport:
    values = {name: getattr(row, name) for name in _PLAIN if hasattr(row, name)}
    for name in _TIMES:
        values[name] = moment(getattr(row, name), getattr(row, f"{name}_precision", ""))
    return CheckedReport(**values, **around)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def load(folder: Path) -> list[CheckedReport]:
    """The folder's reports with their requests, alerts and priors."""
    rows = read_reports((folder / "clean.xlsx").read_bytes(), "clean.xlsx").reports
    requests = {r["检查号"]: r for r in rows_of(folder / "requests.csv")}
    alerts = defaultdict(list)
    for r in rows_of(folder / "critical_alerts.csv"):
        alerts[r["检查号"]].append(r)
    by_patient = defaultdict(list)
    for row in rows:
        by_patient[row.patient_id].append(row)
    return [
        checked(
            row,
            request=_request(requests.get(row.accession_number)),
            alerts=tuple(_alert(a) for a in alerts.get(row.accession_number, ())),
            priors=tuple(_prior(p) for p in by_patient[row.patient_id] if _is_before(p, row)),
            now=datetime(2026, 1, 1),
        )
        for row in rows
    ]


def _is_before(one: Any, other: Any) -> bool:
    return bool(one.examined_at and other.examined_at and one.examined_at < other.examined_at)


def _prior(row: Any) -> Prior:
    return Prior(
        examined_on=row.examined_at.date(),
        modality=row.modality,
        examination_name=row.examination_name or "",
        body_part=row.body_part or "",
        impression=row.impression or "",
    )


def _request(r: dict[str, str] | None) -> Request | None:
    if r is None:
        return None
    return Request(
        accession_number=r["检查号"],
        patient_id=r["受检者ID"],
        patient_name=r["姓名"],
        sex=r["性别"],
        age=r["年龄"],
        birth_on=datetime.fromisoformat(r["出生日期"]).date() if r["出生日期"] else None,
        clinical_diagnosis=r["临床诊断"],
        clinical_question=r["检查目的"],
        surgical_history=r["手术史"],
        requested_examination=r["申请项目"],
    )


def _alert(r: dict[str, str]) -> Alert:
    return Alert(
        content=r["危急值内容"],
        found_at=datetime.fromisoformat(r["发现时间"]) if r["发现时间"] else None,
        notified_at=datetime.fromisoformat(r["通知时间"]) if r["通知时间"] else None,
        notified_by=r["通知人"],
        received_by=r["接收人"],
    )


@dataclass
class Tally:
    """Counts per code, and the clean reports on which a violation was stated."""

    right: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    clean: int = 0
    loud: int = 0
    lines: list[str] = field(default_factory=list)

    @property
    def codes(self) -> list[str]:
        return sorted({*self.right, *self.false, *self.missed})


def compare(tally: Tally, report: CheckedReport, line: dict[str, Any], wanted: tuple[str, ...]) -> None:
    """Add one report: its findings compared with the key."""
    findings = [f for f in check(report, bound_rules()) if f.code.startswith(wanted)]
    by_code = {f.code: f for f in findings}
    placed = {e["code"]: e for e in (*line["should_or_suspect"], *line["must"])}
    allowed = {e["code"] for e in line["either_accepted"]} | set(placed)
    tally.clean += line["clean"]
    tally.loud += line["clean"] and any(f.severity == "violation" for f in findings)
    for code, found in by_code.items():
        if code in allowed:
            tally.right[code] += 1
        elif is_binding(code):
            tally.false[code] += 1
            place = f"{found.field}[{found.start}:{found.end}] {found.excerpt!r} {found.message}"
            tally.lines.append(f"FALSE {report.accession_number} {code} {place}")
    for code, entry in placed.items():
        if code not in by_code and code.startswith(wanted):
            tally.missed[code] += 1
            tally.lines.append(f"MISS  {report.accession_number} {code} {entry}")


def is_binding(code: str) -> bool:
    known = current_edition().checks_by_code.get(code)
    return known is not None and known.level in ("must", "must_not")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--misses", action="store_true", help="print each false alarm and each miss")
    parser.add_argument("--codes", default="", help="only codes with one of these prefixes")
    options = parser.parse_args()
    wanted = tuple(options.codes.split(","))
    with (options.folder / "key.jsonl").open(encoding="utf-8") as file:
        key = {k["accession"]: k for k in map(json.loads, file)}
    tally = Tally()
    for report in load(options.folder):
        if line := key.get(report.accession_number or ""):
            compare(tally, report, line, wanted)
    if options.misses:
        print(*tally.lines, sep="\n")
    for c in tally.codes:
        print(f"{c:38} right {tally.right[c]:3}  false {tally.false[c]:3}  missed {tally.missed[c]:3}")
    binding = [c for c in tally.codes if is_binding(c)]
    tp, fp, fn = (sum(c[k] for k in binding) for c in (tally.right, tally.false, tally.missed))
    print(f"应-level codes: precision {tp}/{tp + fp}, recall {tp}/{tp + fn}")
    print(f"clean reports with a violation: {tally.loud}/{tally.clean}")


if __name__ == "__main__":
    main()
