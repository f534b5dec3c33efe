"""How readings settle; open is never conforming."""

import itertools

import pytest

from audits.judging.domain.concordance import (
    Characterisation,
    ConcordanceRuling,
    ErrorKind,
    Judgement,
    Localisation,
)
from audits.judging.domain.rulings import (
    Progress,
    SettlementState,
    refuse_concordance,
    refuse_description,
    refuse_reveal,
    settle_concordance,
    settle_description,
)

OPEN, DISPUTE, SETTLED = SettlementState.OPEN, SettlementState.ARBITRATION, SettlementState.SETTLED


def ruling(judgement: str, error: str = "none") -> ConcordanceRuling:
    return ConcordanceRuling(
        Localisation.CORRECT, Characterisation.LISTED, ErrorKind(error), Judgement(judgement), "理由"
    )


@pytest.mark.parametrize(
    ("readings", "arbiter", "state", "faulty"),
    [
        ([], None, OPEN, None),
        ([None], None, OPEN, None),
        ([True, None], None, OPEN, None),
        ([None, False], True, OPEN, None),
        ([True], None, SETTLED, True),
        ([False], None, SETTLED, False),
        ([True, True], None, SETTLED, True),
        ([False, False], True, SETTLED, False),
        ([True, False], None, DISPUTE, None),
        ([True, False], True, SETTLED, True),
        ([False, True], False, SETTLED, False),
    ],
)
def test_settle_description(readings, arbiter, state, faulty):
    found = settle_description(readings, arbiter)
    assert (found.state, found.faulty) == (state, faulty)


@pytest.mark.parametrize(
    ("judgements", "arbiter", "state", "judgement", "discordant"),
    [
        ([], None, OPEN, None, None),
        ([None], None, OPEN, None, None),
        (["concordant", None], None, OPEN, None, None),
        (["concordant"], None, SETTLED, "concordant", False),
        (["discordant"], None, SETTLED, "discordant", True),
        (["undecidable"], None, SETTLED, "undecidable", None),
        (["concordant", "partly"], None, SETTLED, "partly", False),
        (["partly", "concordant"], None, SETTLED, "partly", False),
        (["discordant", "discordant"], None, SETTLED, "discordant", True),
        (["concordant", "discordant"], None, DISPUTE, None, None),
        (["discordant", "undecidable"], None, DISPUTE, None, None),
        (["concordant", "discordant"], "concordant", SETTLED, "concordant", False),
        (["partly", "discordant"], "discordant", SETTLED, "discordant", True),
        (["concordant", "concordant"], "discordant", SETTLED, "concordant", False),
    ],
)
def test_settle_concordance(judgements, arbiter, state, judgement, discordant):
    readings = [ruling(word) if word else None for word in judgements]
    found = settle_concordance(readings, ruling(arbiter) if arbiter else None)
    expected = Judgement(judgement) if judgement else None
    assert (found.state, found.judgement, found.discordant) == (state, expected, discordant)


def test_settle_concordance_names_every_error_of_the_deciding_readers():
    found = settle_concordance([ruling("discordant", "misdiagnosed"), ruling("discordant", "missed")])
    assert found.error_kinds == (ErrorKind.MISSED, ErrorKind.MISDIAGNOSED)
    dispute = [ruling("discordant", "missed"), ruling("concordant")]
    assert settle_concordance(dispute, ruling("discordant", "overcalled")).error_kinds == (
        ErrorKind.OVERCALLED,
    )


def test_settle_more_than_two_readers_is_refused():
    with pytest.raises(ValueError, match="最多2名"):
        settle_description([True, True, True])
    with pytest.raises(ValueError, match="最多2名"):
        settle_concordance([None, None, None])


@pytest.mark.parametrize("pair", list(itertools.product([True, False, None], repeat=2)))
def test_settle_description_order_of_readers_does_not_matter(pair):
    assert settle_description(pair) == settle_description(pair[::-1])


def test_reveal_only_after_the_description():
    assert refuse_reveal(Progress()) == "请先评定影像描述：结局在描述评定之后才揭示，以免后见之明。"
    assert refuse_reveal(Progress(description_judged=True)) is None


def test_conclusion_only_after_description_and_outcome():
    assert refuse_concordance(Progress()) == "请先评定影像描述，再评定诊断结论。"
    assert refuse_concordance(Progress(True)) == "请先查看结局，再评定诊断结论。"
    assert refuse_concordance(Progress(True, True)) is None


def test_description_again_after_the_outcome_needs_a_reason():
    assert refuse_description(Progress(True)) is None
    assert refuse_description(Progress(True, True)) == "结局已揭示，重新评定影像描述须写明理由。"
    assert refuse_description(Progress(True, True), " ") is not None
    assert refuse_description(Progress(True, True), "看漏一处") is None
