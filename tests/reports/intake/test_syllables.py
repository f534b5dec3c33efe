"""Headers in full pinyin, recognised through the Chinese terms."""

import re

import pytest

from reports.intake import concepts
from reports.intake.headers import FIELDS_OF, is_counter, is_unwanted, meaning
from reports.intake.syllables import in_both, spelled, spellings
from reports.intake.synonyms import COUNTER, UNWANTED
from tests.reports.intake.test_layout import mapped, table


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("xingming", "patient_name"),
        ("BingRenXingMing", "patient_name"),
        ("XINGBIE", "sex"),
        ("nianling", "age"),
        ("jianchahao", "accession_number"),
        ("jiancha_liushuihao", "accession_number"),
        ("yingxiang_hao", "accession_number"),
        ("zhuyuanhao", "patient_id"),
        ("shebei", "modality"),
        ("shebeileixing", "modality"),
        ("jianchabuwei", "body_part"),
        ("jiancha_riqi", "examined_at"),
        ("yingxiangsuojian", "findings"),
        ("ZhenDuanYiJian", "impression"),
        ("linchuangzhenduan", "clinical_diagnosis"),
        ("shenqingkeshi", "requesting_department"),
        ("baogaoyisheng", "reporting_physician"),
        ("shenheyishi", "reviewing_physician"),
        ("caozuojishi", "operator"),
        ("baogaoshijian", "reported_at"),
        ("baogao_zhuangtai", "report_status"),
        ("jiancha_id", "accession_number"),
    ],
)
def test_header_in_full_pinyin_names_the_field_of_its_term(header, field):
    assert meaning(header, "reports") == field


@pytest.mark.parametrize("header", ["bianhao", "riqi", "baogaodayinshijian", "dengjiyisheng", "shijian"])
def test_pinyin_that_names_nothing_clearly_names_nothing(header):
    assert meaning(header, "reports") == ""


@pytest.mark.parametrize(
    ("header", "field"), [("ris_bianhao", "accession_number"), ("rpt_haoma", ""), ("his_riqi", "")]
)
def test_short_pinyin_after_the_name_of_a_system_means_no_more_than_its_characters(header, field):
    characters = {"bianhao": "编号", "haoma": "号码", "riqi": "日期"}
    system, _, short = header.partition("_")
    assert meaning(header, "reports") == meaning(f"{system}{characters[short]}", "reports") == field


def test_personal_data_and_row_numbers_are_known_in_pinyin():
    heads = ("shenfenzhenghao", "LianXiDianHua", "jiatingzhuzhi", "xingming")
    assert [is_unwanted(head) for head in heads] == [True, True, True, False]
    assert (is_counter("xuhao"), is_counter("jianchahao")) == (True, False)


def test_table_in_full_pinyin_is_read_whole():
    heads = "JianChaHao|XingMing|XingBie|SheBei|JianChaXiangMu|JianChaShiJian|YingXiangMiaoShu|ZhenDuanJieLun"
    heads += "|BaoGaoYiShi|ZhongShenYiShi|ShenHeYiShi|BaoGaoShiJian|CaoZuoJiShi"
    found = mapped(table(heads, "acc name sex mod item exam find concl write final review report operator"))

    assert [found.get(head) for head in heads.split("|")] == [
        *("accession_number", "patient_name", "sex", "modality", "examination_name", "examined_at"),
        *("findings", "impression", "reporting_physician", "signed_by", "reviewing_physician"),
        *("reported_at", "operator"),
    ]


def test_every_character_of_a_term_has_its_syllable():
    patterns = [p for fields in FIELDS_OF.values() for given in fields.values() for p in given]
    for pattern in (*patterns, COUNTER, UNWANTED):
        assert not re.search(r"\[[^\]]*[\u4e00-\u9fff]", pattern), "a set of characters cannot be spelled"
        re.compile(spelled(pattern))
    for word in concepts._CONCEPTS:
        assert all(letters.isascii() for letters in spellings(word))


def test_pattern_in_characters_and_in_pinyin_matches_both():
    both = re.compile(in_both("(影像)?所见|大夫"))
    assert [bool(both.fullmatch(text)) for text in ("影像所见", "yingxiangsuojian", "daifu", "suo见")] == [
        *(True, True, True, False)
    ]
