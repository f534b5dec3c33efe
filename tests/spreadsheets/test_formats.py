"""What a number format shows of a number, and where that is all there is to know."""

import pytest

from spreadsheets.formats import format_of, shown, shown_text


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("00000000", 123456, "00123456"),
        ("00000000;@", 123456, "00123456"),
        ("[$-804]000", 7, "007"),
        ("[Red]0000;[Blue]-0000", 42, "0042"),
        ('"CT"00000000', 123456, "CT00123456"),
        (r"\C\T000000", 42, "CT000042"),
        ('"P"0000;"N"0000', -5, "N0005"),
        ('"P"0000', -5, "-P0005"),
        (r"000\-000", 123456, "123-456"),
        ("000-00-0000", 123456789, "123-45-6789"),
        ("0!-0", 12, "1-2"),
        ("00000000", 123456789012, "123456789012"),
        ('0"月"', 5, "5月"),
        ("0岁", 45, "45岁"),
        ('General"岁"', 5.5, "5.5岁"),
        ('G/通用格式"天"', 5, "5天"),
        ('0.0"月"', 5.25, "5.3月"),
        ('#,##0"份"', 1234567, "1,234,567份"),
        ('[<12]0"月";0"岁"', 5, "5月"),
        ('[<12]0"月";0"岁"', 45, "45岁"),
        ('0"月";;"无"', 0, "无"),
        ("0%", 0.5, "50%"),
        ('0_ "例"', 3, "3例"),
    ],
)
def test_format_that_adds_to_a_number_gives_the_text_shown(code, value, text):
    assert shown(format_of(code), value) == text


@pytest.mark.parametrize(
    "code",
    [
        "General",
        "0",
        "#,##0",
        "0.00",
        "@",
        "",
        "# ?/?",
        "0.00E+00",
        "#,##0.00_);(#,##0.00)",
        "[$¥-804]#,##0.00",
    ],
)
def test_format_of_a_plain_number_adds_nothing(code):
    form = format_of(code)
    assert (form.is_plain, shown(form, 1234.5)) == (True, None)


@pytest.mark.parametrize("code", ["yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "[h]:mm", "h:mm AM/PM", "[$-804]aaaa"])
def test_format_of_a_date_is_none_of_these(code):
    form = format_of(code)
    assert (form.is_plain, shown(form, 46023.5)) == (False, None)


@pytest.mark.parametrize(
    ("code", "value"),
    [('[DBNum1]0"月"', 5), ('"CT"0', 1e15), ('"x"' + "0" * 300, 5), ("0." + "0" * 40 + '"x"', 5)],
)
def test_format_that_cannot_be_worked_out_is_said_to_be_one(code, value):
    with pytest.raises(ValueError, match=r"worked out|decimal places"):
        shown(format_of(code), value)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ('"CT"@', "CT12"),
        (';;;"CT"@', "CT12"),
        ("@", "12"),
        ("00000000;@", "12"),
        ('0"月"', "12"),
        (";;;", "12"),
    ],
)
def test_text_has_what_the_format_for_texts_adds(code, text):
    assert shown_text(format_of(code), "12") == text
