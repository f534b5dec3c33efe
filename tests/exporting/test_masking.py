"""Identity masking (docs/quality.md A3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporting.masking import mask_id, mask_in_text, mask_name, mask_unless_term

HAN = st.text(alphabet="张三丰欧阳修司马光诸葛𠮷田王·", min_size=2, max_size=6)
IDS = st.text(alphabet="0123456789Xab", min_size=4, max_size=18)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张三丰", "张**"),
        ("欧阳修", "欧阳*"),
        ("欧阳", "欧*"),
        ("欧阳震华", "欧阳**"),
        ("歐陽脩", "歐陽*"),
        ("𠮷田", "𠮷*"),
        ("𠮷\U000e0100田", "𠮷\U000e0100*"),
        ("䶮", "*"),
        ("张 三", "张 *"),
        (" 张三 ", "张*"),
        ("阿卜杜拉·买买提", "阿***·***"),
        ("欧阳·买买提", "欧*·***"),
        ("John Smith", "J*** S****"),
        ("O'Brien", "O******"),
        ("J", "*"),
        ("", ""),
        (None, ""),
    ],
)
def test_mask_name_keeps_the_surname_only(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("identity", "masked"),
    [
        ("11010519491231002X", "1***************2X"),
        ("P000123", "P****23"),
        ("123456", "1*****"),
        ("1234", "1***"),
        ("123", "***"),
        ("", ""),
        (None, ""),
    ],
)
def test_mask_id_keeps_first_and_last_two(identity, masked):
    assert mask_id(identity) == masked


@pytest.mark.parametrize(
    ("text", "name", "ids", "masked"),
    [
        ("患者张三，复查。", "张三", (), "患者张*，复查。"),
        ("患者张 三，复查。", "张三", (), "患者张 *，复查。"),
        ("纸张\n三处", "张三", (), "纸张\n三处"),
        ("欧阳修术后", "欧阳修", (), "欧阳*术后"),
        ("阿卜杜拉•买买提术后", "阿卜杜拉·买买提", (), "阿***•***术后"),
        ("SMITH, see john  smith", "John Smith", (), "SMITH, see j***  s****"),
        ("Lipiodol", "Li", (), "Lipiodol"),
        ("ID:P0001234住院", None, ("P0001234",), "ID:P*****34住院"),
        (
            "证件１１０１０５１９４９１２３１００２x",
            None,
            ("11010519491231002X",),
            "证件１***************２x",
        ),
        ("大小12mm，床号12", None, ("12",), "大小12mm，床号**"),
        ("张性气胸", "张", (), "张性气胸"),
        ("无关文字", "李四", ("99887766",), "无关文字"),
        (None, "张三", (), ""),
        ("张三", None, (None, ""), "张三"),
    ],
)
def test_mask_in_text_hides_this_patient_only(text, name, ids, masked):
    assert mask_in_text(text, name, ids) == masked


@given(st.text(max_size=30))
def test_mask_name_twice_is_once(name):
    assert mask_name(mask_name(name)) == mask_name(name)


@given(st.text(max_size=30))
def test_mask_id_twice_is_once(identity):
    assert mask_id(mask_id(identity)) == mask_id(identity)


@given(st.text(alphabet="张三丰欧阳修司𠮷田王· 0123X", max_size=40), HAN, IDS)
def test_mask_in_text_any_text_holds_no_identity_keeps_length_and_settles(text, name, identity):
    masked = mask_in_text(text, name, (identity,))
    assert len(masked) == len(text)
    assert mask_in_text(masked, name, (identity,)) == masked
    assert identity not in masked
    if len(name.strip()) > 1 and any(c != "·" for c in name[1:]):
        assert name not in masked


@given(HAN, IDS, st.text(max_size=10), st.text(max_size=10))
def test_mask_in_text_embedded_identity_is_found(name, identity, before, after):
    masked = mask_in_text(f"{before}{name}{after}{identity}", name, (identity,))
    assert identity not in masked
    if any(c != "·" for c in name[1:]):
        assert name not in masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("血管造影机", "血管造影机"),
        ("其他途径", "其他途径"),
        ("司徒青禾", "司***"),
        ("鹳雀儿", "鹳**"),
        ("买合木提·吐尔逊江", "买********"),
        ("MRN0071844", "M*******44"),
        ("John Smith", "J*** S****"),
        ("PX", "PX"),
        ("30", "30"),
        ("雌", "雌"),
        ("", ""),
    ],
)
def test_cell_without_a_term_of_its_column_is_masked_but_for_short_codes(text, shown):
    assert mask_unless_term(text, ("造影", "途径")) == shown
