"""Nobody judges a report they took part in, however the RIS writes them."""

import pytest

from audits.sampling.domain.judges import CasePeople, barred_from, name_forms


@pytest.mark.parametrize(
    ("written", "forms"),
    [
        ("张三", {"张三"}),
        ("张 三", {"张三"}),
        ("张三（0123）", {"张三", "0123"}),
        ("张三 副主任医师", {"张三"}),
        ("报告医师：张三", {"张三"}),
        ("张三012", {"张三", "012"}),
        ("张三 李四", {"张三李四", "张三", "李四"}),
        ("张三/李四", {"张三", "李四"}),
        ("张三、李四", {"张三", "李四"}),
        ("ＬＩ　Ｍｉｎｇ", {"liming"}),
        ("买买提·艾力", {"买买提艾力"}),
        ("主任医师", set()),
        ("", set()),
    ],
)
def test_name_forms_of_what_a_ris_writes(written, forms):
    assert forms <= name_forms(written)
    if not forms:
        assert not name_forms(written)


@pytest.mark.parametrize(
    ("role", "word"),
    [
        ("reporting", "书写"),
        ("reviewing", "审核"),
        ("signing", "签发"),
        ("last_modifying", "最后修改"),
        ("operating", "操作"),
    ],
)
def test_barred_from_own_part_in_the_report(role, word):
    people = CasePeople(**{role: "张 三（0123）主治医师"})
    assert barred_from(people, ["张三"]) == f"该报告由评审医师本人{word}，不能由其评审；请另行指定评审医师。"
    assert barred_from(people, ["李四"]) is None


def test_barred_from_every_role_is_named():
    sentence = barred_from(CasePeople(reporting="张三", signing="张三"), ["张三"])
    assert "本人书写、签发" in sentence


@pytest.mark.parametrize("names", [["张三", "1007"], ["z", "张三丰", "1007"]])
def test_barred_from_staff_number_or_alias(names):
    assert barred_from(CasePeople(reviewing="（1007）"), names) is not None


def test_barred_from_another_person_with_a_longer_name_is_allowed():
    assert barred_from(CasePeople(reporting="张三丰"), ["张三"]) is None


def test_barred_from_unknown_people_is_allowed():
    assert barred_from(CasePeople(), ["张三"]) is None


WRITINGS = (
    *("沈 试 二", "沈　试　二", "沈试二\u200b", "沈.试二", "沈-试二", "沈*二", "沈**"),
    *(f"沈{dot}试二" for dot in "·•‧∙⋅・"),
    *("沈试二(D001)", "[0123]沈试二", "0123-沈试二", "0123沈试二", "沈试二_0123", "沈试二 2026-09-01 10:20"),
    *(
        "沈试二主治",
        "沈试二 副主任医师",
        "主任医师沈试二",
        "Dr.沈试二",
        "Prof 沈试二",
        "沈试二教授",
        "沈试二（进修）",
    ),
    *(
        "电子签名：沈试二",
        "电子签名沈试二",
        "审:沈试二",
        "初写:沈试二 终审:顾试三",
        "初写：顾试三；终审：沈试二",
    ),
    *(
        '"沈试二"',
        "“沈试二”",
        "'沈试二'",
        "「沈试二」",
        "<沈试二>",
        "【沈试二】",
        '{"name":"沈试二"}',
        "沈试二@rad",
    ),
    *(f"顾试三{between}沈试二" for between in "、,，;；/\\|&+-→>和 \n\t"),
    *("沈试二顾试三", "顾试三沈试二", "顾试三代沈试二签"),
    *("SHEN^SHIER=沈^试二", "SHEN^SHIER=沈^试二=", "=沈^试二", "沈^试二^^^"),
)


@pytest.mark.parametrize("written", WRITINGS)
def test_barred_from_the_name_is_found_anywhere_in_the_field(written):
    assert barred_from(CasePeople(reporting=written), ["沈试二"]) is not None
    assert barred_from(CasePeople(reporting=written), ["林试四"]) is None


@pytest.mark.parametrize("written", [w for w in WRITINGS if "*" not in w])
def test_barred_from_a_name_of_two_signs_is_found_by_itself(written):
    short = (
        written.replace("SHIER", "ER").replace("试 二", "二").replace("试　二", "二").replace("试二", "二")
    )
    assert barred_from(CasePeople(reporting=short), ["沈二"]) is not None
    assert barred_from(CasePeople(reporting=short), ["沈三"]) is None


@pytest.mark.parametrize(
    "written",
    ["王伟明", "王伟明 主治医师", "王伟明/李四", "李王伟", "王伟明(123) 李强", "王维", "沈试三", "李*"],
)
def test_barred_from_another_person_whose_name_merely_resembles_is_allowed(written):
    assert barred_from(CasePeople(reporting=written), ["王伟", "沈试二"]) is None


@pytest.mark.parametrize(
    "written",
    [
        "LI MING",
        "ＬＩ　Ｍｉｎｇ",
        "Ming Li",
        "LI^MING",
        "LI, MING",
        "LiMing",
        "Dr. Li Ming",
        "LI^MING=李^明",
        "Li Ming/GU",
    ],
)
def test_barred_from_a_name_in_letters_stands_in_any_order(written):
    assert barred_from(CasePeople(reporting=written), ["李试一", "Li Ming"]) is not None
    assert barred_from(CasePeople(reporting=written), ["李试一", "Li Min", "Ming"[:2]]) is None


@pytest.mark.parametrize(
    ("written", "own"),
    [("SHEN SHI ER MD", "Shen Shier"), ("王 伟 李 强", "王伟"), ("李 强 2026 王 伟", "王伟")],
)
def test_barred_from_a_name_parted_otherwise(written, own):
    assert barred_from(CasePeople(reporting=written), [own]) is not None


@pytest.mark.parametrize(
    ("written", "number", "barred"),
    [
        ("顾试三(D01)", "D01", True),
        ("顾试三(D02)", "D01", False),
        ("顾试三(7)", "7", True),
        ("顾试三 17", "7", False),
    ],
)
def test_barred_from_a_short_staff_number_only_as_a_whole(written, number, barred):
    assert (barred_from(CasePeople(reporting=written), ["沈试二", number]) is not None) is barred


@pytest.mark.parametrize("names", [[], [""], ["主任医师"]])
def test_barred_from_nameless_assessor_cannot_be_compared(names):
    assert "没有登记姓名" in barred_from(CasePeople(reporting="张三"), names)


PINYIN = (
    *("SHEN SHIER", "Shen Shi Er", "shier shen", "Shi-Er Shen", "Shen, Shier", "SHEN^SHIER", "ShenShier"),
    *("Dr. Shen Shier", "Shěn Shì'èr", "shen_shier", "ＳＨＥＮ　ＳＨＩＥＲ", "Gu Shisan/Shen Shier"),
)


@pytest.mark.parametrize("written", PINYIN)
def test_barred_from_a_name_written_in_pinyin_alone(written):
    assert barred_from(CasePeople(signing=written), ["沈试二"]) is not None
    assert barred_from(CasePeople(signing=written), ["林试四"]) is None
    assert barred_from(CasePeople(signing=written), ["沈试"]) is None


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Zeng Guofan", "曾国藩"),
        ("Xiu Ouyang", "欧阳修"),
        ("Zhai Zhigang", "翟志刚"),
        ("LV BU", "吕布"),
        ("Lyu Bu", "吕布"),
        ("Lü Bu", "吕布"),
        ("An Lushan", "安禄山"),
    ],
)
def test_barred_from_pinyin_of_unusual_syllables(written, name):
    assert barred_from(CasePeople(operating=written), [name]) is not None


@pytest.mark.parametrize("written", ["沈医生", "沈主任", "沈某", "顾试三/沈老师"])
def test_barred_from_a_surname_alone_bars_everybody_of_it(written):
    assert barred_from(CasePeople(reviewing=written), ["沈试二"]) is not None
    assert barred_from(CasePeople(reviewing=written), ["林试四"]) is None


@pytest.mark.parametrize("written", ["123", "0123", "D-0123", "d0123", "工号0123", "No.0123", "顾试三/0123"])
def test_barred_from_a_staff_number_without_its_letters_or_zeros(written):
    assert barred_from(CasePeople(reviewing=written), ["沈试二", "D0123"]) is not None
    assert barred_from(CasePeople(reviewing=written), ["沈试二", "D0124"]) is None
    assert barred_from(CasePeople(reviewing=written.replace("123", "0123")), ["沈试二", "0123"]) is not None


def test_barred_from_staff_numbers_with_different_letters_are_two_people():
    assert barred_from(CasePeople(reviewing="E0123"), ["D0123"]) is None


@pytest.mark.parametrize("written", ["Gu Shisan", "SHEN SAN", "CT", "RIS", "admin", "张三主治", "主治医师"])
def test_barred_from_letters_or_titles_of_others_are_allowed(written):
    assert barred_from(CasePeople(reporting=written), ["沈试二", "张三丰"]) is None


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("陳國強", "陈国强"),
        ("陈国强", "陳國強"),
        ("報告醫師：陳國強", "陈国强"),
        ("陳 國 強(0123)", "陈国强"),
        ("劉麗/陳國強", "陈国强"),
        ("陳醫師", "陈国强"),
        ("蕭燕", "肖燕"),
    ],
)
def test_barred_from_a_name_in_traditional_characters(written, name):
    assert barred_from(CasePeople(reviewing=written), [name]) is not None
    assert barred_from(CasePeople(reviewing=written), ["林試四"]) is None


@pytest.mark.parametrize(
    "written", ["CZS", "czs", "chenzs", "ChenZS", "ZS Chen", "C.Z.S.", "chenzs(0123)", "顾试三/CZS"]
)
def test_barred_from_a_name_abbreviated_to_its_initials(written):
    assert barred_from(CasePeople(reporting=written), ["陈志试"]) is not None
    assert barred_from(CasePeople(reporting=written), ["陳誌試"]) is not None
    assert barred_from(CasePeople(reporting=written), ["林志试", "陈志", "沈试二"]) is None


def test_barred_from_initials_of_two_characters_only_as_a_whole():
    assert barred_from(CasePeople(reporting="ZS"), ["张三"]) is not None
    assert barred_from(CasePeople(reporting="ZSF"), ["张三"]) is None
