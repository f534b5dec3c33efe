"""The draw document: what it holds, its digest, and what it refuses."""

import copy
import hashlib
import json
import re

import pytest

from audits.sampling.domain.document import UnfitDocumentError, digest_of, draw_document, parse_draw_document
from audits.sampling.domain.draw import draw
from audits.sampling.domain.replacement import Sample, with_replacement
from tests.audits.sampling.domain.draw_kit import even_list

SAMPLE = Sample(draw(even_list(3), "种子1"))
CHANGED = with_replacement(SAMPLE, SAMPLE.current[0].accession_number, "影像不可读")


def document() -> dict:
    return copy.deepcopy(draw_document(CHANGED))


def test_draw_document_holds_everything_to_repeat_the_draw():
    found = document()
    assert (found["schema"], found["version"], found["seed"], found["size"]) == (
        "qcportal.draw",
        1,
        "种子1",
        10,
    )
    assert found["drawn"] == [row.accession_number for row in SAMPLE.draw.drawn]
    assert found["list"] == [row._asdict() for row in SAMPLE.draw.entries]
    assert found["list_sha256"] == SAMPLE.draw.list_hash
    step = CHANGED.replacements[0]
    assert found["replacements"] == [{"removed": step.removed, "added": step.added, "reason": "影像不可读"}]


def test_draw_document_digest_is_that_of_the_canonical_json():
    found = document()
    digest = found.pop("digest")
    text = json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert digest == hashlib.sha256(text.encode()).hexdigest() == digest_of(found)


def test_draw_document_survives_a_trip_through_json():
    parsed = parse_draw_document(json.loads(json.dumps(document(), indent=4)))
    assert parsed.entries == SAMPLE.draw.entries
    assert [step.reason for step in parsed.replacements] == ["影像不可读"]


@pytest.mark.parametrize("reason", ["删\x7f除", "半\ud800字"])
def test_draw_document_reason_no_file_can_carry_is_refused(reason):
    sample = with_replacement(SAMPLE, SAMPLE.current[0].accession_number, reason)
    with pytest.raises(ValueError, match="无法保存的字符"):
        draw_document(sample)


def without(key):
    return lambda d: d.pop(key)


def having(key, value):
    return lambda d: d.__setitem__(key, value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (having("schema", "other"), "不是抽样文件"),
        (without("schema"), "空值"),
        (having("version", 2), "版本应为1，实为“2”（整数）"),
        (having("version", True), "版本应为1"),
        (having("version", 1.0), "版本应为1"),
        (without("seed"), "缺少应有的项：随机种子"),
        (having("extra", 1), "不应有的项：“extra”"),
        (having("seed", 5), "随机种子应为文本，实为“5”（整数）"),
        (having("size", 0), "抽样份数应为不小于1的整数"),
        (having("size", True), "抽样份数应为不小于1的整数"),
        (having("size", "10"), "实为“10”（文本）"),
        (having("list", {}), "名单应逐行列出，实为一组数据"),
        (having("list", ["x"]), "名单第1行应有各项内容，实为文本"),
        (lambda d: d["list"][1].pop("system"), "名单第2行缺少应有的项：系统"),
        (lambda d: d["list"][1].__setitem__("name", "x"), "名单第2行中有不应有的项：“name”"),
        (lambda d: d["list"][0].__setitem__("modality", None), "名单第1行的检查种类应为文本，实为空值"),
        (having("list_sha256", "ABC"), "名单校验值应为64位"),
        (having("digest", 1), "文件校验值应为64位"),
        (having("drawn", "A1"), "抽中的检查号应逐个列出"),
        (having("drawn", [1]), "抽中的检查号应逐个列出"),
        (having("replacements", None), "更换记录应逐行列出，实为空值"),
        (having("replacements", [{"removed": "A", "added": 1, "reason": "x"}]), "换上的检查号应为文本"),
        (having("replacements", [{"removed": None, "added": None, "reason": "x"}]), "换下的检查号应为文本"),
    ],
)
def test_parse_draw_document_unfit_value_is_refused_in_words(change, sentence):
    found = document()
    change(found)
    with pytest.raises(UnfitDocumentError, match=sentence.replace("(", r"\(")) as unfit:
        parse_draw_document(found)
    unquoted = re.sub("“[^”]*”", "", str(unfit.value))
    assert re.findall("[A-Za-z_]+", unquoted) == [], "an inspector knows the thing, not its key"


@pytest.mark.parametrize("raw", [None, [], "x", 1, 1.5, True])
def test_parse_draw_document_no_object_is_refused(raw):
    with pytest.raises(UnfitDocumentError, match="不是抽样文件：其中应有"):
        parse_draw_document(raw)


def test_parse_draw_document_names_every_problem_at_once():
    found = document() | {"seed": 1, "size": -1, "drawn": None}
    with pytest.raises(UnfitDocumentError) as unfit:
        parse_draw_document(found)
    assert len(unfit.value.problems) == 3
