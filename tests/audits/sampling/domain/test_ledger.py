"""The ledger adds up and says the same in every form."""

from audits.sampling.domain.ledger import Exclusion, Ledger, Reason

LEDGER = Ledger(
    5,
    2,
    (
        Exclusion("A1", "nervous", "CT", (Reason.NO_OUTCOME,)),
        Exclusion("A2", "nervous", "CT", (Reason.OUTSIDE_WINDOW, Reason.NO_OUTCOME)),
        Exclusion("A3", "skeletal", "DR", (Reason.NO_OUTCOME,)),
    ),
)


def test_by_reason_first_reasons_add_up_to_the_excluded():
    assert LEDGER.by_reason() == {Reason.OUTSIDE_WINDOW: 1, Reason.NO_OUTCOME: 2}
    assert sum(LEDGER.by_reason().values()) == LEDGER.total - LEDGER.eligible


def test_by_any_reason_counts_every_reason():
    assert LEDGER.by_any_reason() == {Reason.OUTSIDE_WINDOW: 1, Reason.NO_OUTCOME: 3}


def test_by_cell_groups_by_system_and_modality():
    assert LEDGER.by_cell() == {
        ("nervous", "CT"): {Reason.OUTSIDE_WINDOW: 1, Reason.NO_OUTCOME: 1},
        ("skeletal", "DR"): {Reason.NO_OUTCOME: 1},
    }


def test_as_json_holds_counts_cells_and_rows_with_words():
    assert LEDGER.as_json() == {
        "total": 5,
        "eligible": 2,
        "excluded": 3,
        "by_reason": [
            {"code": "outside_window", "zh": "报告时间不在窗口", "count": 1},
            {"code": "no_outcome", "zh": "无结局", "count": 2},
        ],
        "by_cell": [
            {
                "system": "nervous",
                "modality": "CT",
                "code": "outside_window",
                "zh": "报告时间不在窗口",
                "count": 1,
            },
            {"system": "nervous", "modality": "CT", "code": "no_outcome", "zh": "无结局", "count": 1},
            {"system": "skeletal", "modality": "DR", "code": "no_outcome", "zh": "无结局", "count": 1},
        ],
        "rows": [
            {
                "accession_number": "A1",
                "system": "nervous",
                "modality": "CT",
                "reasons": ["no_outcome"],
                "zh": "无结局",
            },
            {
                "accession_number": "A2",
                "system": "nervous",
                "modality": "CT",
                "reasons": ["outside_window", "no_outcome"],
                "zh": "报告时间不在窗口；无结局",
            },
            {
                "accession_number": "A3",
                "system": "skeletal",
                "modality": "DR",
                "reasons": ["no_outcome"],
                "zh": "无结局",
            },
        ],
    }


def test_empty_ledger_has_no_reasons():
    assert Ledger(0, 0, ()).by_reason() == {}
