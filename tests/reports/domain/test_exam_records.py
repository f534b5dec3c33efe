"""Which alert a row speaks of, and what a row adds to a paper already known."""

from datetime import datetime

import pytest

from reports.domain.exam_records import contradicting, revised, which_alert

AT, LATER = datetime(2026, 3, 5, 8, 0), datetime(2026, 3, 5, 9, 0)


def alert(content="气胸", found_at=AT, **fields):
    exact = {"found_at_precision": "minute" if found_at else ""}
    return {"accession_number": "A1", "content": content, "found_at": found_at} | exact | fields


@pytest.mark.parametrize(
    ("incoming", "known", "claimed", "expected"),
    [
        (alert(), [], [], None),
        (alert(), [alert()], [False], 0),
        (alert(), [alert("脑疝"), alert()], [False, False], 1),
        (alert(), [alert(found_at=LATER)], [False], None),
        (alert("脑疝"), [alert()], [False], None),
        # What was open is completed, and an older row that knows less is no other alert.
        (alert(received_by="甲"), [alert(received_by="")], [False], 0),
        (alert(), [alert(found_at=None)], [False], 0),
        (alert(found_at=None), [alert()], [False], 0),
        (alert(), [alert("")], [False], 0),
        (alert(), [alert("", None)], [False], 0),
        (alert(), [alert(found_at=AT.replace(second=30), found_at_precision="second")], [False], 0),
        # Which of two is completed cannot be told; but nothing new is said of one of them.
        (alert(found_at=None, received_by="甲"), [alert(), alert(found_at=LATER)], [False, False], None),
        (alert(found_at=None), [alert(), alert(found_at=LATER)], [False, False], 0),
        # A correction of a later file, and a second notification in the same one.
        (alert(received_by="乙"), [alert(received_by="甲")], [False], 0),
        (alert(received_by="乙"), [alert(received_by="甲")], [True], None),
        (alert(received_by="乙"), [alert(received_by="甲"), alert(received_by="乙")], [True, False], 1),
    ],
)
def test_alert_row_speaks_of(incoming, known, claimed, expected):
    assert which_alert(incoming, known, claimed) == expected


@pytest.mark.parametrize(
    ("known", "incoming", "changed"),
    [
        ({"content": "气胸"}, {"content": "气胸"}, ()),
        ({"received_by": "甲"}, {"received_by": ""}, ()),
        ({"received_by": "甲"}, {"received_by": None}, ()),
        ({"received_by": None}, {"received_by": ""}, ("received_by",)),
        ({"received_by": ""}, {"received_by": "甲"}, ("received_by",)),
        ({"received_by": "甲"}, {"received_by": "乙"}, ("received_by",)),
        ({"age": "63岁", "age_days": 23011}, {"age": "成人", "age_days": None}, ("age", "age_days")),
        (
            alert(notified_at=None),
            alert(notified_at=None, notified_at_precision=""),
            ("notified_at_precision",),
        ),
        (
            {"found_at": AT.replace(second=9), "found_at_precision": "second"},
            {"found_at": AT, "found_at_precision": "minute"},
            (),
        ),
        (
            {"found_at": AT, "found_at_precision": "minute"},
            {"found_at": AT.replace(second=9), "found_at_precision": "second"},
            ("found_at", "found_at_precision"),
        ),
    ],
)
def test_row_changes_what_it_says_otherwise_and_erases_nothing(known, incoming, changed):
    merged, found = revised(known, incoming)
    assert found == changed
    assert merged == {k: merged[k] if k in changed else v for k, v in known.items()} | {
        k: incoming[k] for k in changed
    }


def test_contradiction_is_what_both_give_and_not_alike():
    known = {"sex": "男", "age": "63岁", "age_days": 23011, "surgical_history": "", "requested_at": AT}
    incoming = {"sex": "女", "age": None, "age_days": 1, "surgical_history": "无", "requested_at": LATER}
    assert contradicting(known, incoming) == ("sex", "requested_at")
