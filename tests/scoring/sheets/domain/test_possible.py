"""The points a row can have at all."""

from scoring.sheets.domain.possible import possible_points
from standards.loader import load_edition

SHEET = load_edition("db11-draft").sheet


def test_possible_points_are_those_of_the_printed_table():
    assert {row.id: possible_points(row, SHEET) for row in SHEET.rows} == {
        "1.1": (2, 0),
        "1.2": (2, 0),
        "1.3": (2, 1, 0),
        "1.4": (2, 0),
        "1.5": (2, 0),
        "2.1": tuple(range(10, -1, -1)),
        "2.2": (10, 9, 3, 2, 1, 0),
    }


def test_possible_points_of_a_level_that_loses_none_for_groups_are_all():
    groups = SHEET.rows_by_id["1.5"]
    assert possible_points(groups, SHEET, ["secondary"]) == (2,)
    assert possible_points(groups, SHEET, ["secondary", "tertiary"]) == (2, 0)
