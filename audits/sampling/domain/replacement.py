"""更换: a drawn report found ineligible gives way to the next reserve, with a reason (DOMAIN 2, step 6)."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from audits.labels import LabelledEnum
from audits.sampling.domain.draw import Draw
from audits.sampling.domain.frozen_list import Entry


class ReplacementRefusedError(ValueError):
    """The replacement may not be made; the message is a Chinese sentence."""


class Source(LabelledEnum):
    SAME_SYSTEM = "same_system", "同系统备选"
    FILL_ORDER = "fill_order", "补足次序备选"
    NONE = "none", "无备选"


@dataclass(frozen=True)
class Replacement:
    """`removed` gives its place to `added`; None: the reserve is used up and the place stays empty."""

    removed: str
    added: str | None
    reason: str
    source: Source


@dataclass(frozen=True)
class Sample:
    """A draw with the replacements made since, in order. `judged`: accession numbers whose concordance is
    judged; 无法判定 is not a judgement here, since it is the very reason to replace (DOMAIN 3.3)."""

    draw: Draw
    replacements: tuple[Replacement, ...] = ()
    judged: frozenset[str] = frozenset()

    @property
    def places(self) -> tuple[Entry | None, ...]:
        """The present cases by place (place 1 first); None: removed without a reserve."""
        by_number = {entry.accession_number: entry for entry in self.draw.entries}
        numbers: list[str | None] = [entry.accession_number for entry in self.draw.drawn]
        for step in self.replacements:
            numbers[numbers.index(step.removed)] = step.added
        return tuple(by_number[number] if number is not None else None for number in numbers)

    @property
    def current(self) -> tuple[Entry, ...]:
        """The reports in the present sample."""
        return tuple(entry for entry in self.places if entry is not None)


def replacement_for(sample: Sample, accession_number: str, reason: str) -> Replacement:
    """The replacement the rules prescribe: next reserve of the same system, else by the fill order.

    Never a report that was in the sample before, nor one of a patient who is in it. Raises
    ReplacementRefusedError without a reason, for a report not in the sample, or one already judged.
    """
    leaving = next((e for e in sample.current if e.accession_number == accession_number), None)
    if leaving is None:
        raise ReplacementRefusedError(f"检查号 {accession_number} 不在当前抽样之中，不能更换。")
    if accession_number in sample.judged:
        raise ReplacementRefusedError(f"检查号 {accession_number} 的诊断符合性已评定，不能再更换。")
    if not reason.strip():
        raise ReplacementRefusedError("更换抽中的报告须写明理由。")
    patients = {entry.patient_key for entry in sample.current if entry is not leaving}
    used = {step.added for step in sample.replacements}
    free = [
        e for e in sample.draw.reserve if e.accession_number not in used and e.patient_key not in patients
    ]
    same = _first(free, leaving.system)
    if same is not None:
        return Replacement(accession_number, same.accession_number, reason.strip(), Source.SAME_SYSTEM)
    if free:
        return Replacement(accession_number, free[0].accession_number, reason.strip(), Source.FILL_ORDER)
    return Replacement(accession_number, None, reason.strip(), Source.NONE)


def with_replacement(sample: Sample, accession_number: str, reason: str) -> Sample:
    """The sample after `replacement_for`."""
    step = replacement_for(sample, accession_number, reason)
    return replace(sample, replacements=(*sample.replacements, step))


def _first(entries: Collection[Entry], system: str) -> Entry | None:
    return next((entry for entry in entries if entry.system == system), None)
