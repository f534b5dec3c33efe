"""What a correction changed is printed, not both whole texts."""

import pytest

from scoring.packet.difference import difference

AROUND = "双肺纹理清晰，走行自然，"
LONG = AROUND * 40


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("24分", "26分", ("24分", "26分")),
        (
            f"{LONG}未见结节。{LONG}",
            f"{LONG}见一结节。{LONG}",
            (f"…{AROUND}未见结节。双肺纹理清晰，走行…", f"…{AROUND}见一结节。双肺纹理清晰，走行…"),
        ),
        (LONG, f"{LONG}完。", (f"…{AROUND}", f"…{AROUND}完。")),
    ],
)
def test_difference_is_shown_with_a_little_of_what_surrounds_it(before, after, shown):
    assert difference(before, after) == shown
