"""Nobody judges a report they took part in, however the RIS writes them."""

import pytest

from audits.domain.judges import CasePeople, barred_from, name_forms


@pytest.mark.parametrize(
    ("written", "forms"),
    [
        ("张三", {"张三"}),
        ("张 三", {"张三"}),
        ("张三（0123）", {"张三", "0123"}),
        ("张三 副主任医师", {"张三"}),
        ("报告医师：张三", {"张三"}),
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


@pytest.mark.parametrize("names", [[], [""], ["主任医师"]])
def test_barred_from_nameless_assessor_cannot_be_compared(names):
    assert "没有登记姓名" in barred_from(CasePeople(reporting="张三"), names)
