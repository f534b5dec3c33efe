"""诊断符合性: the tables of DOMAIN 3.2 and 3.3."""

import itertools

import pytest

from audits.judging.domain.concordance import (
    Characterisation,
    ConcordanceRuling,
    ErrorKind,
    Judgement,
    Localisation,
    Rate,
    consistent,
    counts_as_discordant,
    needs_replacement,
    rate,
    suggest_error_kind,
    suggest_judgement,
)
from audits.sampling.domain.outcome_kinds import (
    OutcomeGroup,
    OutcomeKind,
    outcome_group,
    strength,
    strongest_first,
)

RIGHT, WRONG, NA = Localisation.CORRECT, Localisation.WRONG, Localisation.NOT_APPLICABLE
FIRST, LISTED, OTHER = Characterisation.FIRST_CHOICE, Characterisation.LISTED, Characterisation.WRONG
UNNAMED, NO_CHAR = Characterisation.NOT_GIVEN, Characterisation.NOT_APPLICABLE
NONE, MISSED = ErrorKind.NONE, ErrorKind.MISSED
MISDIAGNOSED, OVERCALLED = ErrorKind.MISDIAGNOSED, ErrorKind.OVERCALLED
AGREES, PARTLY = Judgement.CONCORDANT, Judgement.PARTLY
DIFFERS, UNDECIDABLE = Judgement.DISCORDANT, Judgement.UNDECIDABLE

TABLE_3_3 = [
    (RIGHT, FIRST, NONE, AGREES, 0),
    (RIGHT, LISTED, NONE, PARTLY, 0),
    (RIGHT, UNNAMED, NONE, PARTLY, 0),
    (RIGHT, OTHER, MISDIAGNOSED, DIFFERS, 1),
    (WRONG, FIRST, MISDIAGNOSED, DIFFERS, 1),
    (WRONG, LISTED, MISDIAGNOSED, DIFFERS, 1),
    (WRONG, OTHER, MISDIAGNOSED, DIFFERS, 1),
    (NA, UNNAMED, MISSED, DIFFERS, 1),
    (NA, NO_CHAR, MISSED, DIFFERS, 1),
    (NA, OTHER, OVERCALLED, DIFFERS, 1),
]


@pytest.mark.parametrize(("place", "nature", "error", "judgement", "k"), TABLE_3_3)
def test_suggest_judgement_follows_the_table(place, nature, error, judgement, k):
    assert suggest_judgement(place, nature, error) is judgement
    assert int(bool(counts_as_discordant(judgement))) == k


@pytest.mark.parametrize(("place", "nature", "error", "judgement", "k"), TABLE_3_3)
def test_consistent_accepts_every_row_of_the_table(place, nature, error, judgement, k):
    assert consistent(ConcordanceRuling(place, nature, error, judgement, "理由")) == ()


def test_suggest_judgement_outcome_that_cannot_decide_is_undecidable():
    assert suggest_judgement(RIGHT, FIRST, NONE, outcome_decides=False) is UNDECIDABLE
    assert suggest_judgement(NA, NO_CHAR, NONE) is UNDECIDABLE


def test_suggest_judgement_undetermined_without_advice_is_left_to_a_person():
    assert suggest_judgement(RIGHT, UNNAMED, NONE, concrete_recommendation=False) is None


def test_suggest_judgement_stage_alone_changes_nothing():
    assert consistent(ConcordanceRuling(RIGHT, FIRST, NONE, AGREES, "", stage_differs=True)) == ()


@pytest.mark.parametrize(
    ("place", "nature", "error"),
    [
        (WRONG, FIRST, MISDIAGNOSED),
        (RIGHT, OTHER, MISDIAGNOSED),
        (RIGHT, FIRST, NONE),
        (RIGHT, UNNAMED, None),
    ],
)
def test_suggest_error_kind_only_what_the_fields_tell(place, nature, error):
    assert suggest_error_kind(place, nature) is error


@pytest.mark.parametrize(
    ("ruling", "sentence"),
    [
        ((RIGHT, FIRST, MISSED, AGREES), "却记为漏诊"),
        ((WRONG, FIRST, NONE, AGREES), "定位却错误"),
        ((RIGHT, OTHER, NONE, PARTLY), "定性却为其他诊断"),
        ((RIGHT, NO_CHAR, NONE, AGREES), "不能为“不适用”"),
        ((RIGHT, LISTED, NONE, AGREES), "应判为“基本符合”"),
        ((RIGHT, UNNAMED, NONE, AGREES), "应判为“基本符合”"),
        ((RIGHT, FIRST, NONE, PARTLY), "应判为“符合”"),
        ((RIGHT, OTHER, NONE, DIFFERS), "须指明漏诊、误诊或过诊"),
        ((RIGHT, FIRST, MISDIAGNOSED, DIFFERS), "记为误诊，定位却无误"),
        ((RIGHT, LISTED, OVERCALLED, DIFFERS), "记为过诊"),
        ((NA, NO_CHAR, MISSED, UNDECIDABLE), "无法判定者不计差错"),
    ],
)
def test_consistent_names_the_contradiction(ruling, sentence):
    (problem,) = consistent(ConcordanceRuling(*ruling, "理由"))
    assert sentence in problem


@pytest.mark.parametrize("ruling", [(RIGHT, OTHER, MISDIAGNOSED, DIFFERS), (NA, NO_CHAR, NONE, UNDECIDABLE)])
def test_consistent_losing_judgement_needs_a_reason(ruling):
    (problem,) = consistent(ConcordanceRuling(*ruling, "  "))
    assert "须写明理由" in problem


def test_consistent_every_combination_is_answered_and_suggestions_hold_together():
    for place, nature, error in itertools.product(Localisation, Characterisation, ErrorKind):
        for judgement in Judgement:
            consistent(ConcordanceRuling(place, nature, error, judgement, "理由"))
        suggested = suggest_judgement(place, nature, error)
        if suggested in (AGREES, PARTLY):
            assert consistent(ConcordanceRuling(place, nature, error, suggested, "理由")) == ()


@pytest.mark.parametrize(
    ("judgement", "counts"), [(AGREES, False), (PARTLY, False), (DIFFERS, True), (UNDECIDABLE, None)]
)
def test_counts_as_discordant_and_needs_replacement(judgement, counts):
    assert counts_as_discordant(judgement) is counts
    assert needs_replacement(judgement) is (counts is None)


def test_rate_counts_undecidable_and_open_in_no_denominator():
    found = rate([AGREES] * 6 + [PARTLY] * 2 + [DIFFERS, UNDECIDABLE, None])
    assert found == Rate(6, 2, 1, 1, 1)
    assert (found.numerator, found.strict_numerator, found.denominator) == (8, 6, 9)


@pytest.mark.parametrize("kind", OutcomeKind)
def test_outcome_kinds_operation_and_its_pathology_are_surgical(kind):
    surgical = kind in (OutcomeKind.SURGICAL_PATHOLOGY, OutcomeKind.SURGICAL_FINDING)
    assert outcome_group(kind) is (OutcomeGroup.SURGICAL if surgical else OutcomeGroup.CLINICAL)
    assert 1 <= strength(kind) <= 7


def test_strongest_first_pathology_before_follow_up():
    assert strongest_first(["clinical_follow_up", "laboratory", "biopsy", "autopsy", "cytology"]) == [
        OutcomeKind.AUTOPSY,
        OutcomeKind.BIOPSY,
        OutcomeKind.CYTOLOGY,
        OutcomeKind.LABORATORY,
        OutcomeKind.CLINICAL_FOLLOW_UP,
    ]
