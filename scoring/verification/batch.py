"""Verify many packets at once: one line for each file, independent of the others."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from scoring.packet.file_checks import Check
from scoring.packet.keys import known_certificates
from scoring.packet.verify import inner_digests
from scoring.sheets.domain.verdict import VERDICT_ZH
from scoring.verification.certificates import Certificates
from scoring.verification.queries import ALTERED, PROVED, UNCONFIRMED, VERDICTS_ZH, answer_for
from scoring.verification.sources import Source
from scoring.verification.workbook_checks import workbook_answer

Answers = Callable[[bytes], dict[str, Any]]
UNREAD = "unread"
_UNREAD_ZH = "未能读取"
_CUT_NAME = 14  # hanzi of a hospital that fit into a certificate made by the app
_HEEDED = frozenset({"draws_shown", "left_out", "status", "unmasked", "workbook_scope", "later_key"})


@dataclass(frozen=True)
class FileLine:
    """A file and its answer (scoring.verification.queries.answer_for), also in the words of a table."""

    file: str
    answer: dict[str, Any]

    @property
    def verdict(self) -> str:
        return str(self.answer["verdict"])

    @property
    def verdict_zh(self) -> str:
        return str(self.answer["verdict_zh"])

    @property
    def packet(self) -> dict[str, Any]:
        """What the packet states of itself; {} where none could be read."""
        return self.answer["packet"] or {}

    @property
    def result_zh(self) -> str:
        """合格, 不合格 and the like as the packet states it; "" where none could be read."""
        return VERDICT_ZH.get(self.packet.get("verdict", ""), "")

    @property
    def seal(self) -> str:
        """The seal in a few words, with whom its certificate names."""
        checks, signer = self._checks(), self.answer["signer"] or {}
        states = [checks[name]["ok"] for name in ("signature", "coverage", "changes") if name in checks]
        if False in states:
            return "签章不完好，或已缺失"
        if "signer" in checks:
            known = "" if checks["signer"]["ok"] else "，签章人不在所给证书之列"
            return f"完好{known}：{signer.get('name', '')}"
        if "enclosed" in checks:
            return "随已证实的PDF签章"
        return "文件本身不带签章" if self.answer["kind"] in ("json", "xlsx") else "没有签章"

    @property
    def draws(self) -> str:
        """The chain of draws in a few words."""
        checks = self._checks()
        if "draws" not in checks:
            return "" if not self.answer["content_hash"] else "较早的版式，未载历次抽样"
        if checks["draws"]["ok"] is False:
            return "不符"
        shown = checks.get("draws_shown", checks["draws"])
        heed = "，有须注意之处" if "draws_shown" in checks else ""
        return f"核对一致{heed}：{shown['sentence'].partition('。')[0]}"

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(self.answer["problems"])

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of a file, though nothing fails."""
        return tuple(
            check["sentence"]
            for check in self.answer["checks"]
            if check["ok"] is None and check["name"] in _HEEDED
        )

    def _checks(self) -> dict[str, dict[str, Any]]:
        """By name; of several answers to one question the last, and one that fails before all."""
        ordered = sorted(self.answer["checks"], key=lambda check: check["ok"] is False)
        return {check["name"]: check for check in ordered}


@dataclass(frozen=True)
class Batch:
    """The lines in the order of the files. `passed_over`: names of files beside the packets."""

    lines: tuple[FileLine, ...]
    passed_over: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """ALTERED with any file that was, PROVED where all are, else UNCONFIRMED."""
        verdicts = {line.verdict for line in self.lines}
        if ALTERED in verdicts:
            return ALTERED
        return PROVED if verdicts == {PROVED} else UNCONFIRMED

    def count(self, verdict: str) -> int:
        return sum(line.verdict == verdict for line in self.lines)


def verify_many(found: Iterable[Source], certificates: Certificates, answers: Answers | None = None) -> Batch:
    """Each file as `answers` (answer_for) answers it; files inside a proved PDF of the same batch are proved
    by it."""
    answers = answers or partial(answer_for, certificates=certificates.names)
    lines, passed_over = list[FileLine](), list[str]()
    inside: dict[str, str] = {}
    for source in found:
        if source.passed_over:
            passed_over.append(source.name)
            continue
        line = _line(source, certificates, answers)
        lines.append(line)
        if line.verdict == PROVED and line.answer["kind"] == "pdf":
            inside |= dict.fromkeys(inner_digests(source.content), source.name)
    return Batch(tuple(_enclosed(line, inside) for line in lines), tuple(passed_over))


def _line(source: Source, certificates: Certificates, answers: Answers) -> FileLine:
    if source.problem:
        return FileLine(source.name, _unread(source.problem))
    answer = answers(source.content)
    if answer["kind"] == "xlsx" and answer["verdict"] == UNCONFIRMED:
        answer = _of_workbook(answer, source.content)
    return FileLine(source.name, owner_checked(answer, certificates))


def _unread(problem: str) -> dict[str, Any]:
    """In the shape of an answer, so that no reader of the list needs a second one."""
    nothing = dict.fromkeys(("superseded_by", "sha256", "content_hash", "packet", "records", "signer"))
    check = asdict(Check("file", None, problem))
    verdict = {"ok": False, "verdict": UNREAD, "verdict_zh": _UNREAD_ZH, "kind": ""}
    return {**verdict, **nothing, "checks": [check], "problems": [problem]}


def _of_workbook(answer: dict[str, Any], content: bytes) -> dict[str, Any]:
    packet, checks = workbook_answer(content)
    if packet is None:
        return answer
    others = [check for check in answer["checks"] if check["name"] != "content"]
    problems = [check.sentence for check in checks if check.ok is False]
    verdict = ALTERED if problems else UNCONFIRMED
    return answer | {
        "verdict": verdict,
        "verdict_zh": VERDICTS_ZH[verdict] if problems else answer["verdict_zh"],
        "packet": packet,
        "checks": [*map(asdict, checks), *others],
        "problems": problems,
    }


def owner_checked(answer: dict[str, Any], certificates: Certificates) -> dict[str, Any]:
    """The answer, doubted where the seal is of a known certificate, but of another hospital's."""
    digits = (answer["signer"] or {}).get("fingerprint")
    names = certificates.owners.get(digits or "")
    if answer["verdict"] != PROVED or names is None or not answer["packet"] or digits in known_certificates():
        return answer
    institution = answer["packet"]["institution"]
    if _belongs(institution, *names):
        return answer
    words = (
        f"签章证书属于“{names[0]}”（证书文件“{names[1]}”），本册所载机构却是“{institution}”。"
        "确为同一机构的，请把证书文件改以机构全称命名后重新核对。"
    )
    return answer | {
        "ok": False,
        "verdict": UNCONFIRMED,
        "verdict_zh": VERDICTS_ZH[UNCONFIRMED],
        "checks": [*answer["checks"], asdict(Check("owner", False, words))],
        "problems": [*answer["problems"], words],
    }


def _belongs(institution: str, named: str, stem: str) -> bool:
    hospital = named.partition(" ")[0]
    cut = len(hospital) >= _CUT_NAME and institution.startswith(hospital)
    return institution in (hospital, named, stem) or cut


def _enclosed(line: FileLine, inside: Mapping[str, str]) -> FileLine:
    """A file that is inside a proved PDF, byte for byte, is as genuine as that."""
    name = inside.get(line.answer["sha256"] or "")
    if name is None or line.verdict == PROVED:
        return line
    check = Check("enclosed", True, f"与已证实的“{name}”内附或所列的文件逐字节相同。")
    verdict = {"ok": True, "verdict": PROVED, "verdict_zh": VERDICTS_ZH[PROVED]}
    others = (found for found in line.answer["checks"] if found["ok"] is not False)
    checks = [found for found in others if found["name"] != "workbook_scope"]
    return replace(line, answer=line.answer | verdict | {"checks": [*checks, asdict(check)], "problems": []})
