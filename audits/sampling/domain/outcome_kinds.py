"""结局来源: the kinds of proof, their strength and the two groups of Table B.1 (DOMAIN 3.1)."""

from collections.abc import Iterable

from audits.labels import LabelledEnum


class OutcomeKind(LabelledEnum):
    SURGICAL_PATHOLOGY = "surgical_pathology", "手术病理"
    SURGICAL_FINDING = "surgical_finding", "手术所见"
    BIOPSY = "biopsy", "穿刺/活检病理"
    ENDOSCOPY = "endoscopy", "内镜（含内镜病理）"
    CYTOLOGY = "cytology", "细胞学"
    LABORATORY = "laboratory", "实验室/病原学"
    IMAGING_FOLLOW_UP = "imaging_follow_up", "影像随访（动态复查）"
    CLINICAL_FOLLOW_UP = "clinical_follow_up", "临床随访结局"
    CASE_DISCUSSION = "case_discussion", "病例讨论/MDT共识"
    AUTOPSY = "autopsy", "尸检"


class OutcomeGroup(LabelledEnum):
    SURGICAL = "surgical", "手术结果"
    CLINICAL = "clinical", "临床随访结局"


_TIERS = (
    (OutcomeKind.AUTOPSY, OutcomeKind.SURGICAL_PATHOLOGY),
    (OutcomeKind.BIOPSY, OutcomeKind.CYTOLOGY, OutcomeKind.ENDOSCOPY),
    (OutcomeKind.SURGICAL_FINDING,),
    (OutcomeKind.LABORATORY,),
    (OutcomeKind.CASE_DISCUSSION,),
    (OutcomeKind.IMAGING_FOLLOW_UP,),
    (OutcomeKind.CLINICAL_FOLLOW_UP,),
)
_STRENGTH = {kind: len(_TIERS) - tier for tier, kinds in enumerate(_TIERS) for kind in kinds}
_SURGICAL = (OutcomeKind.SURGICAL_PATHOLOGY, OutcomeKind.SURGICAL_FINDING)


def strength(kind: str) -> int:
    """7 (autopsy, surgical pathology) to 1 (clinical follow-up). Raises ValueError for an unknown kind."""
    return _STRENGTH[OutcomeKind(kind)]


def strongest_first(kinds: Iterable[str]) -> list[OutcomeKind]:
    """Kinds by falling strength; equal ones in the order given."""
    return sorted(map(OutcomeKind, kinds), key=strength, reverse=True)


def outcome_group(kind: str) -> OutcomeGroup:
    """手术结果 for operation and its pathology, 临床随访结局 for everything else."""
    return OutcomeGroup.SURGICAL if OutcomeKind(kind) in _SURGICAL else OutcomeGroup.CLINICAL
