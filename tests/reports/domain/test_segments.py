"""The text cut for the highlighter: nothing lost, nothing doubled, overlaps told."""

from hypothesis import given
from hypothesis import strategies as st

from reports.domain.segments import KINDS, Place, Segment, cut


def test_text_without_places_is_one_piece():
    assert cut("右肺结节", ()) == (Segment("右肺结节"),)


def test_place_of_the_first_character_alone_is_marked():
    assert cut("右肺", (Place(0, 1, "hard", "应", "1", "1"),)) == (
        Segment("右", "hard", "应", "1", "1"),
        Segment("肺"),
    )


def test_empty_text_has_no_piece():
    assert cut("", (Place(0, 3),)) == ()


def test_two_findings_apart_are_marked_each_with_its_label():
    places = (Place(4, 6, "soft", "6.4.3.3", "8", "2"), Place(0, 2, "hard", "6.1.1", "7", "1"))
    assert cut("右肺见一结节影", places) == (
        Segment("右肺", "hard", "6.1.1", "7", "1"),
        Segment("见一"),
        Segment("结节", "soft", "6.4.3.3", "8", "2"),
        Segment("影"),
    )


def test_overlapping_findings_share_the_stronger_colour_and_both_titles():
    places = (Place(0, 4, "advice", "宜", "1", "1"), Place(2, 6, "hard", "应", "2", "2"))
    assert cut("一二三四五六", places) == (
        Segment("一二", "advice", "宜", "1"),
        Segment("三四", "hard", "宜；应", "1 2", "1"),
        Segment("五六", "hard", "应", "2", "2"),
    )


def test_finding_that_reaches_out_of_the_text_ends_with_it():
    assert cut("结节", (Place(1, 9, "soft", "", "1", "1"), Place(5, 7))) == (
        Segment("结"),
        Segment("节", "soft", "", "1", "1"),
    )


@given(
    st.text(max_size=40),
    st.lists(
        st.builds(Place, st.integers(0, 45), st.integers(0, 45), st.sampled_from(KINDS), id=st.just("1")),
        max_size=12,
    ),
)
def test_pieces_joined_are_the_text_and_marked_exactly_where_findings_lie(text, places):
    pieces = cut(text, places)
    assert "".join(piece.text for piece in pieces) == text
    marked = [bool(piece.kind) for piece in pieces for _ in piece.text]
    assert marked == [any(p.start <= at < p.end for p in places) for at in range(len(text))]
