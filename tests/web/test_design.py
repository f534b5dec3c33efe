"""The design language holds what docs/design.md says: safe markup, real files, enough contrast."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.template.loader import get_template

from tests.markup import unwrapped
from tests.paths import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OWN_STATIC = sorted(
    p for p in (ROOT / "static").rglob("*") if p.suffix in {".css", ".js", ".svg"} and "vendor" not in p.parts
)
# Documents for WeasyPrint are no browser pages: the policy does not reach them.
PAGES = [p for p in TEMPLATES if "pdf" not in p.parts and p.name != "print.html"]
DOCUMENTS = [p for p in TEMPLATES if p not in PAGES]
SCHEMES = ("light", "dark")

TEXT_PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in ("desk", "paper", "paper-2")),
    *(("action", ground) for ground in ("desk", "paper", "paper-2", "action-soft")),
    ("action-hover", "paper"),
    ("action-ink", "action"),
    ("action-ink", "action-hover"),
    *((kind, ground) for kind in ("pass", "fail", "due", "open") for ground in ("paper", f"{kind}-soft")),
    *(("ink", f"{kind}-soft") for kind in ("pass", "fail", "due", "open", "action")),
    ("ink-3", "fail-soft"),
    ("pass", "desk"),
    ("mark-ink", "mark"),
    ("mark-ink", "mark-2"),
]
# WCAG 1.4.11: what must be seen to find a control or the focus.
SHAPE_PAIRS = [
    ("field-line", "paper"),
    ("focus", "desk"),
    ("focus", "paper"),
    ("mark-line", "paper"),
    ("mark-2-line", "paper"),
]


def _found(look: Callable[[str], list[str]], paths: list[Path]) -> dict[str, list[str]]:
    """What is looked for, by the file that has it: one test for all files, for each test costs 5 ms."""
    found = {str(p.relative_to(ROOT)): look(p.read_text(encoding="utf-8")) for p in paths}
    return {name: values for name, values in found.items() if values}


def _tokens() -> dict[str, dict[str, str]]:
    """Scheme -> token -> colour, read from the style sheet itself."""
    css = (ROOT / "static/css/tokens.css").read_text(encoding="utf-8")
    light = re.search(r"^:root \{(.*?)^\}", css, re.S | re.M).group(1)
    system = re.search(r'not\(\[data-theme="light"\]\) \{(.*?)\}', css, re.S).group(1)
    chosen = re.search(r'^\[data-theme="dark"\] \{(.*?)^\}', css, re.S | re.M).group(1)

    def declared(block: str) -> dict[str, str]:
        return {k: " ".join(v.split()) for k, v in re.findall(r"--([\w-]+):\s*([^;]+);", block)}

    return {"light": declared(light), "system": declared(system), "dark": declared(chosen)}


def _luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two #rrggbb colours."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_black_on_white_is_twenty_one():
    assert round(contrast("#000000", "#ffffff"), 2) == 21.0


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("pair", TEXT_PAIRS, ids="/".join)
def test_text_pair_in_each_scheme_reads_at_four_and_a_half(scheme, pair):
    tokens = _tokens()[scheme]
    assert contrast(tokens[pair[0]], tokens[pair[1]]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("pair", SHAPE_PAIRS, ids="/".join)
def test_shape_pair_in_each_scheme_is_seen_at_three(scheme, pair):
    tokens = _tokens()[scheme]
    assert contrast(tokens[pair[0]], tokens[pair[1]]) >= 3


def test_dark_tokens_system_and_chosen_are_equal():
    tokens = _tokens()
    assert tokens["system"] == tokens["dark"]


def test_dark_tokens_name_only_what_light_names():
    tokens = _tokens()
    assert tokens["dark"].keys() - tokens["light"].keys() == set()


def test_custom_properties_used_are_declared():
    sheets = {p.name: p.read_text(encoding="utf-8") for p in (ROOT / "static/css").glob("*.css")}
    declared = {name for css in sheets.values() for name in re.findall(r"(--[\w-]+)\s*:", css)}
    used = {name for css in sheets.values() for name in re.findall(r"var\((--[\w-]+)", css)}
    # --aside-top is set by base.js, each use has a fallback.
    assert {name for name in used - declared if not name.startswith("--bs-")} <= {"--aside-top"}


def test_colours_stand_only_in_tokens():
    # The white sheet of a printer and shadows are the printer's and the light's, not the scheme's.
    found = {
        path.name: hits
        for path in (ROOT / "static/css").glob("*.css")
        if path.name not in {"tokens.css", "print.css", "print-unmasked.css"}
        and (
            hits := set(re.findall(r"(?<![\w&%])#[0-9a-fA-F]{3,8}\b", path.read_text(encoding="utf-8")))
            - {"#fff", "#000"}
        )
    }
    assert {
        name: {h for h in hits if not re.fullmatch(r"#(rows|main)", h)} for name, hits in found.items()
    } == {}


def _lines_over(columns: int, paths: list[Path]) -> int:
    return sum(len(line) > columns for p in paths for line in p.read_text(encoding="utf-8").splitlines())


def test_lines_of_templates_keep_to_120_columns_but_for_few():
    # The formatter breaks markup, not a sentence, a tag of the template language or what must not gain a
    # blank. Too many: prepare the value in Python, or make an include.
    thousandth = _lines_over(0, TEMPLATES) / 1000
    assert _lines_over(120, TEMPLATES) <= 15 * thousandth
    assert _lines_over(200, TEMPLATES) <= thousandth


def test_lines_of_styles_and_scripts_keep_to_120_columns():
    assert _lines_over(120, OWN_STATIC) == 37  # Fewer: lower the number.


@pytest.mark.parametrize(
    ("paths", "keeps_lines"), [(PAGES, "pre-line"), (DOCUMENTS, "pre|a1-text")], ids=["pages", "documents"]
)
def test_texts_with_their_own_lines_stand_on_one_line_of_the_template(paths, keeps_lines):
    # white-space: pre-line shows a line break of the template too.
    opened = re.compile(rf'class="(?:[^"]* )?(?:{keeps_lines})(?: [^"]*)?"[^>]*>\s*\n')
    assert {str(p.relative_to(ROOT)) for p in paths if opened.search(p.read_text(encoding="utf-8"))} == set()


def test_printed_text_ends_where_its_element_ends():
    # WeasyPrint writes a blank before an end tag into the page: packets signed before would differ.
    ended = re.compile(r"(?:[^\s>%]\}|[^\s>}]|</(?:a|b|i|mark|span|sup)>)[ \n]+</(?:h\d|li|p|td|th)>")
    assert _found(ended.findall, DOCUMENTS) == {}


def _inline(template: str) -> list[str]:
    text = re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}", "", template, flags=re.S)
    inside_tags = " ".join(re.findall(r"<[a-zA-Z][^<]*", text))
    found = re.findall(r"""(?:\sstyle=|\son[a-z]+=|\shx-on[:=-]|javascript:)""", inside_tags)
    return found + re.findall(r"<style|<script(?![^>]*\ssrc=)", text)


def test_templates_carry_no_inline_style_or_script():
    assert _inline('<p style="a" onclick="b"><script>c</script>') == [" style=", " onclick=", "<script"]
    assert _found(_inline, PAGES) == {}


def test_files_name_no_outside_address():
    address = re.compile(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}")
    look = lambda text: address.findall(text.replace("http://www.w3.org/2000/svg", ""))  # noqa: E731
    assert look('<a href="https://example.com/">') == ["https://example.com"]
    assert _found(look, [*TEMPLATES, *OWN_STATIC]) == {}


def test_static_files_and_components_named_exist():
    static = re.compile(r"""\{%\s*static\s+["']([^"']+)["']""")
    part = re.compile(r"""\{%\s*(?:include|extends)\s+["'](components/[^"']+|base\.html)["']""")

    def missing(text: str) -> list[str]:
        named = [ROOT / "static" / name for name in static.findall(text)]
        named += [ROOT / "templates" / name for name in part.findall(text)]
        return [str(path) for path in named if not path.is_file()]

    assert len(missing("{% static 'no.css' %}{% include 'components/no.html' %}")) == 2
    assert _found(missing, TEMPLATES) == {}


def test_icons_named_are_drawn():
    sprite = (ROOT / "static/icons.svg").read_text(encoding="utf-8")
    icon = re.compile(r"""_icon\.html["']\s+with\s+[^%]*?\bname=["']([\w-]+)["']""")

    def missing(text: str) -> list[str]:
        return [name for name in icon.findall(text) if f'id="i-{name}"' not in sprite]

    assert missing('{% include "components/_icon.html" with name="nothing" %}') == ["nothing"]
    assert _found(missing, TEMPLATES) == {}


def test_icons_of_the_navigation_are_drawn():
    from qcportal.navigation import ENTRIES

    sprite = (ROOT / "static/icons.svg").read_text(encoding="utf-8")
    assert [e.icon for e in ENTRIES if f'id="i-{e.icon}"' not in sprite] == []


def test_components_documented_and_existing_are_the_same():
    documented = set(
        re.findall(r"^\| `(_\w+\.html)`", (ROOT / "docs/design.md").read_text(encoding="utf-8"), re.M)
    )
    existing = {p.name for p in (ROOT / "templates/components").glob("*.html")}
    assert documented == existing


def test_style_sheet_urls_point_to_files():
    missing = [
        (path.name, url)
        for path in (ROOT / "static/css").glob("*.css")
        for url in re.findall(r"""url\(["']?(?!data:)([^"')]+)""", path.read_text(encoding="utf-8"))
        if not (path.parent / url).resolve().is_file()
    ]
    assert missing == []


def test_style_sheets_keep_to_chromium_109():
    css = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "static/css").glob("*.css"))
    assert re.findall(r"color-mix\(|light-dark\(|@scope|@starting-style|\n\s+&", css) == []


def test_templates_of_the_shell_and_errors_compile():
    names = [
        "base.html",
        "styleguide.html",
        "django_tables2/qc.html",
        *(p.name for p in (ROOT / "templates").glob("[45]*.html")),
    ]
    assert [get_template(name).template.name for name in names] == names


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("400.html", "提交的内容有误"),
        ("403.html", "没有权限"),
        ("403_csrf.html", "页面已过期"),
        ("404.html", "没有找到"),
        ("405.html", "不接受这种操作"),
        ("409.html", "内容已被他人修改"),
        ("413.html", "文件过大"),
        ("500.html", "系统出错"),
    ],
)
def test_error_page_without_any_context_still_speaks(name, heading):
    page = get_template(name).render()
    assert re.findall(r"<h1>(.*?)</h1>", page) == [heading]
    assert re.findall(r"<nav[ >]", page) == []


def test_error_page_signed_in_keeps_the_navigation(sign_in, officer):
    answer = sign_in(officer).get("/nowhere/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert re.findall(r"<h1>(.*?)</h1>", page) == ["没有找到"]
    assert "检查报告" in page
    assert officer.full_name in page


def test_department_choice_two_departments_offers_both_and_one_offers_none(
    sign_in, admin, officer, other_department
):
    both = unwrapped(sign_in(admin).get("/nowhere/").content.decode())
    assert re.findall(r"<option[^>]*>(.*?)</option>", both) == ["邻县医院 影像科", "示例医院 放射科"]
    one = sign_in(officer).get("/nowhere/").content.decode()
    assert re.findall(r"<option", one) == []
    assert "示例医院 放射科" in one
