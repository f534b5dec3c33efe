"""What is blotted out before the reveal, and where a fault lies: code points, whatever the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.judging.domain.blinding import HIDDEN, hide, people_secrets, shown_system, shown_texts
from audits.judging.domain.places import Place, UnfitPlaceError, locate

CONTENT = {
    "patient_name": "张三丰",
    "patient_id": "P-77",
    "reporting_physician": "李四（0417）/王 五 主任医师",
    "operator": "ＺＨＡＯ Liu",
    "findings": "𠮷田张三丰：右肺见结节，李 四报告。\n第二行：边界清楚。",
    "impression": "1、结节。",
    "technique": "TR 10417ms，工号0417，Zhao Liu操作",
}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("张三丰右肺", "＊＊＊右肺"),
        ("张 三丰右肺", "＊＊＊＊右肺"),
        ("工号0417，TR 10417ms", "工号＊＊＊＊，TR 10417ms"),
        ("０４１７", "＊＊＊＊"),
        ("P-77与P-770", "＊＊＊＊与P-770"),
        ("zhao liu", "＊＊＊＊＊＊＊＊"),
        ("无人", "无人"),
        ("", ""),
        (None, ""),
    ],
)
def test_hide_names_and_numbers_in_every_writing(text, shown):
    assert hide(text, {"张三丰", "0417", "P-77", "Zhao Liu"}) == shown


def test_hide_one_character_is_no_secret():
    assert hide("高密度", {"高", ""}) == "高密度"


@given(st.text(max_size=60), st.lists(st.text(min_size=2, max_size=6), max_size=4))
def test_hide_keeps_length_and_leaves_no_secret(text, secrets):
    shown = hide(text, secrets)
    assert len(shown) == len(text)
    assert all(a in (b, HIDDEN) for a, b in zip(shown, text, strict=True))
    han = [s for s in secrets if all("\u4e00" <= c <= "\u9fff" for c in s)]
    assert not [s for s in han if s in shown]


def test_people_secrets_short_staff_number_is_not_one():
    assert people_secrets({"operator": "赵六 012"}) >= {"赵六"}
    assert "012" not in people_secrets({"operator": "赵六 012"})


def test_shown_texts_blind_hides_people_and_patient():
    shown = shown_texts(CONTENT, "A0001", blind=True)
    assert shown["findings"] == "𠮷田＊＊＊：右肺见结节，＊＊＊报告。\n第二行：边界清楚。"
    assert shown["technique"] == "TR 10417ms，工号＊＊＊＊，＊＊＊＊＊＊＊＊操作"


def test_shown_texts_revealed_still_hides_the_patient():
    shown = shown_texts(CONTENT, "A0001", blind=False)
    assert shown["findings"] == "𠮷田＊＊＊：右肺见结节，李 四报告。\n第二行：边界清楚。"


def test_shown_texts_hide_the_patient_id_before_and_after_the_reveal():
    content = {"patient_id": "P-77", "findings": "住院号P-77，右肺结节。"}
    for blind in (True, False):
        assert shown_texts(content, "A0001", blind=blind)["findings"] == "住院号＊＊＊＊，右肺结节。"


@pytest.mark.parametrize(("blind", "shown"), [(True, "呼吸系统"), (False, "循环系统")])
def test_shown_system_blind_is_what_the_examination_suggests(blind, shown):
    content = {"examination_name": "胸部CT平扫", "body_part": "胸部", "impression": None}
    assert shown_system("circulatory", content, blind=blind) == shown


def test_shown_system_without_a_name_is_its_code():
    assert shown_system("unheard_of", {}, blind=False) == "unheard_of"


def place(**more):
    return locate(CONTENT, "A0001", Place(field="findings", **more))


def test_locate_counts_code_points_after_an_astral_character():
    start = CONTENT["findings"].index("右肺")
    assert place(start=start, end=start + 2, excerpt="右肺") == Place("findings", start, start + 2, "右肺")


def test_locate_excerpt_is_stored_without_names():
    assert place(start=0, end=5, excerpt="𠮷田＊＊＊").excerpt == "𠮷田＊＊＊"
    assert place(excerpt="李 四报告").excerpt == "＊＊＊报告"


def test_locate_wrong_offsets_are_mended_by_the_words():
    start = CONTENT["findings"].index("边界清楚")
    assert place(start=0, end=4, excerpt="边界清楚") == Place("findings", start, start + 4, "边界清楚")


def test_locate_excerpt_over_a_line_break_is_found():
    start = CONTENT["findings"].index("报告。")
    found = place(start=start, end=start + 7, excerpt="报告。 第二行")
    assert found.excerpt == "报告。\n第二行"


@pytest.mark.parametrize("half", [{"start": 3}, {"end": 3}])
def test_locate_half_a_range_is_searched_by_its_words(half):
    start = CONTENT["findings"].index("边界清楚")
    assert place(excerpt="边界清楚", **half) == Place("findings", start, start + 4, "边界清楚")


def test_locate_refusal_names_the_first_twenty_characters_looked_for():
    with pytest.raises(UnfitPlaceError, match=f"^影像描述中没有“{'无' * 20}”，"):
        place(excerpt="无" * 21)


def test_locate_nothing_marked_is_no_place():
    assert locate(CONTENT, "A0001", Place()) == Place()
    assert place() == Place("findings")


@pytest.mark.parametrize(
    ("given_place", "sentence"),
    [
        (Place("findings", 0, 999, ""), "超出报告文字的范围"),
        (Place("findings", 3, 3, ""), "超出报告文字的范围"),
        (Place("findings", -1, 3, ""), "超出报告文字的范围"),
        (Place("findings", None, None, "没有的话"), "影像描述中没有“没有的话”"),
        (Place("findings", 0, 3, "没有的话"), "影像描述中没有"),
        (Place("patient_name", 0, 2, "张三"), "请选明问题在哪一部分"),
        (Place("", None, None, "右肺"), "请选明问题在哪一部分"),
    ],
)
def test_locate_unfit_place_is_refused(given_place, sentence):
    with pytest.raises(UnfitPlaceError, match=sentence):
        locate(CONTENT, "A0001", given_place)
