"""Items of a conclusion: their rank, the place they name, and the findings that describe them."""

import pytest

from reports.domain.textcheck.conclusion_items import ACUTE, BENIGN, MALIGNANT, ItemText, items_of
from reports.domain.textcheck.report import CheckedReport


@pytest.mark.parametrize(
    ("said", "rank", "word"),
    [
        ("右肺上叶肺癌", MALIGNANT, "癌"),
        ("肺癌可能性大", MALIGNANT, "癌"),
        ("肝囊肿伴肺癌", MALIGNANT, "癌"),
        ("肺炎", ACUTE, "肺炎"),
        ("肝囊肿，脾大", BENIGN, "囊肿"),
        ("右肺上叶肺癌可能", None, ""),
        ("肺癌？", None, ""),
        ("肺癌，肝癌可能", None, ""),
        ("淋巴瘤可能", None, ""),
        ("淋巴瘤", MALIGNANT, "淋巴瘤"),
        ("肝硬化", None, ""),
        ("未见肺癌", None, ""),
        ("老年脑", None, ""),
    ],
)
def test_item_has_the_rank_of_its_most_important_certain_word(said, rank, word):
    assert ItemText(said).ranked == (rank, word)


@pytest.mark.parametrize(
    ("said", "weight"),
    [("右肺癌可能", MALIGNANT), ("肺炎，肝囊肿", ACUTE), ("肝囊肿", BENIGN), ("未见肺癌", 7), ("老年脑", 7)],
)
def test_item_weighs_by_its_words_however_certain(said, weight):
    assert ItemText(said).weight == weight


@pytest.mark.parametrize(("said", "urgent"), [("未见肺癌", True), ("急性脑出血", True), ("肝囊肿", False)])
def test_item_may_be_urgent_by_a_word_of_the_two_highest_ranks(said, urgent):
    assert ItemText(said).may_be_urgent is urgent


@pytest.mark.parametrize(
    ("said", "apart"),
    [("肠癌术后：", True), ("附见：肝囊肿", True), ("腰椎退行性变", True), ("肝囊肿", False)],
)
def test_heading_incidental_and_diffuse_items_have_no_order(said, apart):
    assert ItemText(said).is_apart is apart


@pytest.mark.parametrize(
    ("said", "length", "places"),
    [
        ("右肺上叶肺癌", 2, [("肺", "右", "上叶")]),
        ("双肺上叶肺气肿", 2, [("肺", "双", "上叶")]),  # the second 肺 is part of the disease
        ("肝囊肿，脾大", 2, [("肝", "", ""), ("脾", "", "")]),
        ("左肾囊肿、右肾结石", 2, [("肾", "左", ""), ("肾", "右", "")]),
        ("L4/5椎间盘左旁突出", 7, [("椎间盘", "左", "L4/5")]),
        ("未见肝囊肿", 0, [("肝", "", "")]),
        ("老年脑", 0, []),
    ],
)
def test_item_names_its_places_with_side_and_lobe_or_level(said, length, places):
    named = ItemText(said).named
    assert named.length == length
    assert [(mention.structure, mention.side, finer) for mention, finer in named.places] == places


def items(findings, impression):
    return items_of(CheckedReport(findings=findings, impression=impression))


def test_item_has_the_abnormal_clauses_about_its_place():
    findings = "肝左叶见囊状影。胆囊见结石影。右肺上叶见结节影。肝右叶见囊性影。肾正常。"
    conclusion = "1、胆囊结石；2、肝囊肿；3、右肺结节；4、脾大；5、肝左叶囊肿；6、肾正常"
    found = items(findings, conclusion)
    assert [list(item.places) for item in found] == [[1], [0, 3], [2], [], [0], []]
    stone, cysts, nodule, spleen, left, _ = found
    assert (stone.is_after(left), left.is_after(stone)) == (True, False)
    assert (nodule.is_after(cysts), cysts.is_after(stone)) == (False, False)
    assert (nodule.is_after(stone), nodule.is_after(spleen), spleen.is_after(stone)) == (True, False, False)
    assert (cysts.shares(left), cysts.shares(stone)) == (True, False)
    segment = cysts.segment(0), cysts.segment(-1)
    assert [span.of(findings) for span in segment] == ["肝左叶见囊状影", "肝右叶见囊性影"]


@pytest.mark.parametrize(
    ("item", "places"),
    [
        ("右侧肺上叶结节", [0, 2]),  # the whole right lung may mean the lobe, another lobe may not
        ("右侧肺上叶尖段结节", [0, 2]),
        ("右侧肺结节", [0, 1, 2]),
        ("肺结节", [0, 1, 2, 3]),
    ],
)
def test_place_in_other_words_is_found_by_structure_side_and_lobe(item, places):
    findings = "右肺上叶见结节。右肺下叶见结节。右肺见索条影。左肺上叶见结节。"
    (found,) = items(findings, item)
    assert list(found.places) == places


def test_item_is_not_after_another_of_the_same_sentence():
    stone, cyst = items("肝见囊状影，胆囊见结石影。", "1、胆囊结石；2、肝囊肿")
    assert stone.may_be_after(cyst)
    assert not stone.is_after(cyst)


@pytest.mark.parametrize(("count", "read"), [(19, 19), (20, 20), (21, 20)])
def test_twenty_items_of_a_conclusion_are_read(count, read):
    assert len(items("", "".join(f"{number}、肝囊肿。\n" for number in range(1, count + 1)))) == read


@pytest.mark.parametrize(("before", "places"), [(199, [199]), (200, [])])
def test_two_hundred_clauses_about_a_place_are_looked_at(before, places):
    (found,) = items("右肺正常。" * before + "右肺见结节。", "右侧肺结节")
    assert list(found.places) == places
