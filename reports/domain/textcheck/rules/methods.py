"""6.1.2: words of another modality, and what is described though not done or done though not described."""

import re
from collections.abc import Iterator
from typing import Final

from reports.domain.textcheck import facts
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.vocabulary import any_of, group, pattern

_FOREIGN: Final = {kind: re.compile(any_of(words)) for kind, words in group("foreign_words").items()}
_KIND_ZH: Final = {"DR": "X线检查", "CT": "CT", "MRI": "MRI"}
# Another examination is quoted: its words are right there.
_QUOTED: Final = pattern("other_examination_words")
_METHODS: Final = {name: re.compile(any_of(words)) for name, words in group("method_words").items()}
_DONE: Final = {name: re.compile(any_of(words)) for name, words in group("method_done").items()}
_NOT_DONE: Final = re.compile(
    r"(?:未[行做能]|建议|必要时|请|进一步|无法|拒绝|可行|宜|结合|前次|前片|外院|原)[^，。；\n]{0,16}$"
)
_FIELDS: Final = ("findings", "impression")


def other_modality_words(report: CheckedReport) -> Iterator[Hit]:
    """低密度 in an MRI, 低信号 in a CT, 强回声 in either: text of another examination."""
    kind = facts.kind(report)
    if kind not in _FOREIGN or len(facts.kinds_in(facts.named(report))) > 1:
        return
    for field in _FIELDS:
        text = report.texts[field]
        for match in _FOREIGN[kind].finditer(text.plain):
            sentence = text.sentence_at(match.start())
            if _QUOTED.search(sentence.of(text.plain).replace(match.group(), "")):
                continue
            message = f"这是{_KIND_ZH[kind]}报告，文中却写“{match.group()}”，请核对是否误用其他检查的描述。"
            yield Hit(field, match.start(), match.end(), message)
            return


def described_not_done(report: CheckedReport) -> Iterator[Hit]:
    """Enhancement or a sequence is described, and name and technique say that it was not done."""
    done = facts.examined(report)
    if facts.kind(report) not in ("CT", "MRI") or not report.texts["examination_name"].plain.strip():
        return
    text = report.texts["findings"]
    for name, words in _METHODS.items():
        if name == "MRA" or not _may_tell(report, name) or _DONE[name].search(done):
            continue
        for match in words.finditer(text.plain):
            clause = text.clause_at(match.start())
            before = text.plain[clause.start : match.start()]
            if _NOT_DONE.search(before) or _QUOTED.search(text.sentence_at(match.start()).of(text.plain)):
                continue
            message = f"描述写有“{match.group()}”，检查名称和技术参数中没有{name}，请核对。"
            yield Hit("findings", match.start(), match.end(), message)
            return


def _may_tell(report: CheckedReport, name: str) -> bool:
    """Would name or technique name the method had it been done? Enhancement: also 平扫 in the name alone."""
    technique = report.texts["technique"].plain
    if name == "增强":
        return "平扫" in facts.named(report) or bool(technique.strip())
    return facts.kind(report) == "MRI" and _DONE["加权"].search(technique) is not None


def done_not_described(report: CheckedReport) -> Iterator[Hit]:
    """The name of the examination has DWI, SWI, MRA …, and the findings say nothing of it."""
    text = report.texts["findings"]
    name = facts.named(report)
    if text.is_blank or facts.kind(report) != "MRI":
        return
    whole = text.plain + report.texts["impression"].plain
    for method, done in _DONE.items():
        if method in _SEQUENCES and done.search(name) and not _METHODS[method].search(whole):
            message = f"检查名称写有{method}，影像描述没有写{method}所见。"
            yield Hit("findings", 0, 0, message)
            return


_SEQUENCES: Final = ("DWI", "SWI", "MRS", "MRA")
RULES: Final[tuple[Rule, ...]] = (
    Rule("6.1.2/other-modality-words", other_modality_words),
    Rule("6.1.2/described-not-done", described_not_done, reads=("findings", "technique")),
    Rule("6.1.2/done-not-described", done_not_described, reads=("findings", "examination_name")),
)
