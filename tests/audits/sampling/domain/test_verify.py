"""verify_draw accepts what was drawn and refuses every change."""

import copy
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.sampling.domain.document import digest_of, draw_document
from audits.sampling.domain.draw import draw
from audits.sampling.domain.frozen_list import Entry, list_hash
from audits.sampling.domain.replacement import Sample, with_replacement
from audits.sampling.domain.verify import verify_draw
from tests.audits.sampling.domain.draw_kit import even_list

SAMPLE = Sample(draw(even_list(4), "seed-1"))
CHANGED = with_replacement(SAMPLE, SAMPLE.current[0].accession_number, "影像不可读")
CHANGED = with_replacement(CHANGED, CHANGED.current[5].accession_number, "无法判定")


def document(sample: Sample = CHANGED) -> dict:
    return copy.deepcopy(draw_document(sample))


def forged(change) -> dict:
    """A document changed and given a digest that fits: the forger knows the format."""
    found = document()
    change(found)
    return found | {"digest": digest_of(found)}


@pytest.mark.parametrize(
    "sample", [SAMPLE, CHANGED, Sample(draw([], "s")), Sample(draw(even_list(1), "短"))], ids=str
)
def test_verify_draw_true_document_is_ok(sample):
    found = verify_draw(json.loads(json.dumps(document(sample))))
    assert (found.ok, found.problems) == (True, ())


def test_verify_draw_true_document_states_its_facts():
    facts = dict(verify_draw(document()).facts)
    assert (facts["种子"], facts["名单份数"], facts["应抽份数"], facts["更换次数"]) == (
        "seed-1",
        "20",
        "10",
        "2",
    )
    assert facts["更换后的抽样"].split("、") == [row.accession_number for row in CHANGED.current]


def swap_first_two(found):
    found["drawn"][0], found["drawn"][1] = found["drawn"][1], found["drawn"][0]


def drop_entry(found):
    gone = next(row for row in found["list"] if row["accession_number"] not in found["drawn"])
    found["list"].remove(gone)


def drop_successor_and_rehash(found):
    successor = found["replacements"][0]["added"]
    found["list"] = [row for row in found["list"] if row["accession_number"] != successor]
    found["list_sha256"] = list_hash([Entry(**row) for row in found["list"]])


def choose_another(found):
    spare = next(r["accession_number"] for r in found["list"] if r["accession_number"] not in found["drawn"])
    found["drawn"][3] = spare


def choose_successor(found):
    found["replacements"][0]["added"] = found["replacements"][1]["added"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda d: d.__setitem__("seed", "seed-2"), "重抽"),
        (lambda d: d.__setitem__("size", 9), "未抽中"),
        (lambda d: d["list"][0].__setitem__("system", "other"), "名单校验值不符"),
        (lambda d: d["list"][0].__setitem__("patient_key", "other"), "名单校验值不符"),
        (drop_entry, "名单校验值不符"),
        (drop_successor_and_rehash, "第1次更换.*应换为"),
        (lambda d: d["list"].reverse(), "未按检查号次序"),
        (lambda d: d["list"].append(dict(d["list"][0])), "检查号重复"),
        (lambda d: d["list"][0].__setitem__("modality", "US"), "未知的检查种类"),
        (lambda d: d.__setitem__("list_sha256", "0" * 64), "名单校验值不符"),
        (swap_first_two, "抽中次序不同：第1例"),
        (choose_another, "文件中有、按种子重抽未抽中"),
        (lambda d: d["drawn"].pop(), "按种子重抽应抽中、文件中没有"),
        (lambda d: d["drawn"].append(d["drawn"][0]), "抽中名单中重复"),
        (choose_successor, "第1次更换.*应换为"),
        (lambda d: d["replacements"][0].__setitem__("reason", " "), "第1次更换不成立"),
        (lambda d: d["replacements"][0].__setitem__("reason", "影像不可读 "), "首尾有多余空白"),
        (lambda d: d["replacements"][0].__setitem__("added", None), "文件中为 无备选"),
        (lambda d: d["replacements"][0].__setitem__("removed", "NONE"), "不在当前抽样"),
        (lambda d: d.__setitem__("seed", "a\nb"), "控制字符"),
    ],
)
def test_verify_draw_forged_document_is_refused_even_with_a_fitting_digest(change, sentence):
    found = verify_draw(forged(change))
    assert not found.ok
    assert any(re.search(sentence, problem) for problem in found.problems), found.problems


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.__setitem__("seed", "seed-2"),
        lambda d: d["replacements"][0].__setitem__("reason", "别的理由"),
        lambda d: d["replacements"].pop(),
        lambda d: d["replacements"].reverse(),
        drop_entry,
        lambda d: d.__setitem__("digest", "0" * 64),
    ],
)
def test_verify_draw_change_under_the_old_digest_is_refused(change):
    found = document()
    change(found)
    assert any(problem.startswith("文件校验值不符") for problem in verify_draw(found).problems)


def test_verify_draw_ten_of_ten_seed_is_still_tied_by_the_digest():
    found = document(Sample(draw(even_list(2), "seed-1")))
    found["seed"] = "seed-2"
    assert not verify_draw(found).ok


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_verify_draw_any_json_value_is_answered_not_raised(value):
    assert verify_draw(value).ok is False


@given(st.sampled_from(sorted(document())), json_values)
def test_verify_draw_any_value_in_any_place_is_answered(key, value):
    found = document() | {key: value}
    assert verify_draw(found).ok is (value == document()[key] and type(value) is type(document()[key]))
