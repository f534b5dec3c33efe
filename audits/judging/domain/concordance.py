"""诊断符合性: a conclusion compared with its outcome, and what counts in row 2.2 (DOMAIN 3.2, 3.3, D-18)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from audits.labels import LabelledEnum


class Localisation(LabelledEnum):
    CORRECT = "correct", "定位正确"
    WRONG = "wrong", "定位错误"
    NOT_APPLICABLE = "not_applicable", "不适用"


class Characterisation(LabelledEnum):
    FIRST_CHOICE = "first_choice", "首选诊断与结局一致"
    LISTED = "listed", "结局列为第二或第三诊断"
    WRONG = "wrong", "定性为其他诊断"
    NOT_GIVEN = "not_given", "未定性"
    NOT_APPLICABLE = "not_applicable", "不适用"


class ErrorKind(LabelledEnum):
    NONE = "none", "无差错"
    MISSED = "missed", "漏诊"
    MISDIAGNOSED = "misdiagnosed", "误诊"
    OVERCALLED = "overcalled", "过诊"


class Judgement(LabelledEnum):
    CONCORDANT = "concordant", "符合"
    PARTLY = "partly", "基本符合"
    DISCORDANT = "discordant", "不符合"
    UNDECIDABLE = "undecidable", "无法判定"


@dataclass(frozen=True)
class ConcordanceRuling:
    """One assessor's ruling on one conclusion. `stage_differs` is noted and changes nothing (DOMAIN 3.3)."""

    localisation: Localisation
    characterisation: Characterisation
    error_kind: ErrorKind
    judgement: Judgement
    reason: str = ""
    stage_differs: bool = False


@dataclass(frozen=True)
class Rate:
    """Counts of judgements; `open`: not judged yet. Undecidable and open ones are in no denominator."""

    concordant: int
    partly: int
    discordant: int
    undecidable: int
    open: int

    @property
    def numerator(self) -> int:
        return self.concordant + self.partly

    @property
    def strict_numerator(self) -> int:
        """符合 alone."""
        return self.concordant

    @property
    def denominator(self) -> int:
        return self.concordant + self.partly + self.discordant


def suggest_judgement(
    localisation: Localisation,
    characterisation: Characterisation,
    error_kind: ErrorKind,
    *,
    concrete_recommendation: bool = True,
    outcome_decides: bool = True,
) -> Judgement | None:
    """The table of DOMAIN 3.3; None where it has no entry and a person must decide.

    `concrete_recommendation`: an undetermined nature came with a concrete recommendation (6.5.4 d);
    `outcome_decides`: False when the outcome cannot decide or the lesion is beyond the method.
    """
    if not outcome_decides:
        return Judgement.UNDECIDABLE
    wrong = localisation is Localisation.WRONG or characterisation is Characterisation.WRONG
    if wrong or error_kind is not ErrorKind.NONE:
        return Judgement.DISCORDANT
    if characterisation is Characterisation.FIRST_CHOICE:
        return Judgement.CONCORDANT
    if characterisation is Characterisation.LISTED:
        return Judgement.PARTLY
    if localisation is Localisation.CORRECT and characterisation is Characterisation.NOT_GIVEN:
        return Judgement.PARTLY if concrete_recommendation else None
    if localisation is Localisation.NOT_APPLICABLE and characterisation is Characterisation.NOT_APPLICABLE:
        return Judgement.UNDECIDABLE
    return None


def suggest_error_kind(localisation: Localisation, characterisation: Characterisation) -> ErrorKind | None:
    """误诊 for a wrong place or another diagnosis; None where the fields do not decide it.

    A wrong characterisation may be an overcall as well: the suggestion stays a suggestion.
    """
    if localisation is Localisation.WRONG or characterisation is Characterisation.WRONG:
        return ErrorKind.MISDIAGNOSED
    if characterisation in (Characterisation.FIRST_CHOICE, Characterisation.LISTED):
        return ErrorKind.NONE
    return None


def consistent(ruling: ConcordanceRuling) -> tuple[str, ...]:
    """Contradictions in a ruling, as Chinese sentences; empty when it is consistent."""
    if ruling.judgement is Judgement.DISCORDANT:
        problems = _discordant_problems(ruling)
    elif ruling.judgement is Judgement.UNDECIDABLE:
        problems = _undecidable_problems(ruling)
    else:
        problems = _agreeing_problems(ruling)
    if ruling.judgement in (Judgement.DISCORDANT, Judgement.UNDECIDABLE) and not ruling.reason.strip():
        problems.append(f"判为“{ruling.judgement.zh}”须写明理由。")
    return tuple(problems)


def _agreeing_problems(ruling: ConcordanceRuling) -> list[str]:
    word = ruling.judgement.zh
    problems = []
    if ruling.error_kind is not ErrorKind.NONE:
        problems.append(f"判为“{word}”，却记为{ruling.error_kind.zh}：请改判为“不符合”，或取消差错类型。")
    if ruling.localisation is Localisation.WRONG:
        problems.append(f"判为“{word}”，定位却错误：定位错误应判为“不符合”。")
    if ruling.characterisation is Characterisation.WRONG:
        problems.append(f"判为“{word}”，定性却为其他诊断：应判为“不符合”。")
    if ruling.characterisation is Characterisation.NOT_APPLICABLE:
        problems.append(f"判为“{word}”，须写明定性结果，不能为“不适用”。")
    if ruling.judgement is Judgement.CONCORDANT:
        if ruling.characterisation in (Characterisation.LISTED, Characterisation.NOT_GIVEN):
            problems.append(f"“{ruling.characterisation.zh}”应判为“基本符合”，不是“符合”。")
    elif ruling.characterisation is Characterisation.FIRST_CHOICE:
        problems.append("首选诊断与结局一致应判为“符合”；分期不同只作备注。")
    return problems


def _discordant_problems(ruling: ConcordanceRuling) -> list[str]:
    right = (Characterisation.FIRST_CHOICE, Characterisation.LISTED)
    problems = []
    if ruling.error_kind is ErrorKind.NONE:
        problems.append("判为“不符合”须指明漏诊、误诊或过诊。")
    misplaced = ruling.localisation is Localisation.WRONG
    if ruling.error_kind is ErrorKind.MISDIAGNOSED and not misplaced and ruling.characterisation in right:
        problems.append(f"记为误诊，定位却无误且“{ruling.characterisation.zh}”：请核对定位、定性或差错类型。")
    if ruling.error_kind is ErrorKind.OVERCALLED and ruling.characterisation in right:
        problems.append(f"记为过诊（结局并无该病），却“{ruling.characterisation.zh}”：请核对。")
    return problems


def _undecidable_problems(ruling: ConcordanceRuling) -> list[str]:
    if ruling.error_kind is ErrorKind.NONE:
        return []
    return [f"判为“无法判定”，却记为{ruling.error_kind.zh}：无法判定者不计差错，应更换该例。"]


def counts_as_discordant(judgement: Judgement) -> bool | None:
    """Whether a case is one of k in row 2.2. None for 无法判定: it is not counted but replaced."""
    if judgement is Judgement.UNDECIDABLE:
        return None
    return judgement is Judgement.DISCORDANT


def needs_replacement(judgement: Judgement | None) -> bool:
    """无法判定: the case leaves the sample and the next reserve takes its place."""
    return judgement is Judgement.UNDECIDABLE


def rate(judgements: Iterable[Judgement | None]) -> Rate:
    """Counts for 诊断符合率; None is a case not judged yet."""
    counts = Counter(judgements)
    return Rate(
        counts[Judgement.CONCORDANT],
        counts[Judgement.PARTLY],
        counts[Judgement.DISCORDANT],
        counts[Judgement.UNDECIDABLE],
        counts[None],
    )
