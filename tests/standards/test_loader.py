"""The loader: what it makes of the files, and everything it refuses."""

import copy
import json

import pytest

from reports.domain.textcheck.registry import RULES
from standards import checks
from standards.consistency import inconsistencies
from standards.loader import (
    CURRENT,
    DATA,
    FILES,
    build_edition,
    edition_ids,
    load_edition,
    parse_yaml,
)
from tests.paths import ROOT

COPIES = ROOT / "tests" / "data" / "standard"
# The verified copies are of this edition; sheets are signed under it, so it stays installed for good.
EDITION = "db11-draft"
DRAFT = load_edition(EDITION)
VERIFIED = json.loads((COPIES / "clauses.json").read_text(encoding="utf-8"))
CODES = {check["code"] for clause in VERIFIED for check in clause["how"]["checks"]}
ADDED = set(DRAFT.checks_by_code) - CODES
PARSED = {name: parse_yaml((DATA / EDITION / f"{name}.yaml").read_text(encoding="utf-8")) for name in FILES}


def built(file, change):
    """The draft edition built from its files, one of which went through `change`."""
    changed = copy.deepcopy(PARSED[file])
    change(changed)
    return build_edition(EDITION, {**PARSED, file: changed})


def by_number(clauses, number):
    return next(clause for clause in clauses if clause["number"] == number)


def test_register_of_clauses_equals_the_verified_copy_field_by_field():
    written = copy.deepcopy(PARSED["clauses"])
    for clause in written:
        checks_of_it = clause["how"]["checks"]
        clause["how"]["checks"] = [check for check in checks_of_it if check["code"] in CODES]
    assert [{"id": clause.pop("number"), **clause} for clause in written] == VERIFIED


def test_check_beyond_the_verified_copy_is_one_that_a_text_rule_carries_out():
    assert {"6.3.6/unknown-orientation", "6.3.6/orientation-repeated"} <= ADDED
    assert {rule.code for rule in RULES} >= ADDED


def test_clause_texts_equal_the_verified_copy():
    assert {c.number: c.text_zh for c in DRAFT.clauses} == {c["id"]: c["text_zh"] for c in VERIFIED}


def test_edition_holds_77_clauses_the_verified_checks_and_27_decisions():
    edition = DRAFT
    assert len(edition.clauses) == 77
    assert sum(len(clause.how.checks) for clause in edition.clauses) == 132 + len(ADDED)
    assert [decision.id for decision in edition.decisions] == [f"D-{n:02}" for n in range(1, 28)]


def test_score_sheet_words_are_printed_in_the_draft():
    draft = "".join((COPIES / "standard-draft.txt").read_text(encoding="utf-8").split())
    sheet = DRAFT.sheet
    printed = [sheet.title_zh, sheet.table_zh, sheet.total_zh, sheet.verdict_rule_zh, sheet.item_zh]
    printed += [
        sheet.columns[name] for name in ("item", "content", "material", "method", "points", "score", "reason")
    ]
    printed += [section.title_zh for section in sheet.sections]
    printed += [text for row in sheet.rows for text in (row.content_zh, row.material_zh, row.method_zh)]
    assert [text for text in printed if "".join(text.split()) not in draft] == []


def test_score_sheet_rows_say_the_same_as_the_register():
    edition = DRAFT
    rows = [(r.clause, r.content_zh, r.material_zh, r.method_zh, r.points) for r in edition.sheet.rows]
    clauses = (edition.clauses_by_number[row.clause] for row in edition.sheet.rows)
    assert rows == [(c.number, c.text_zh, c.material_zh, c.method_zh, c.points) for c in clauses]


def test_chapter_of_every_clause_follows_its_number():
    chapters = DRAFT.clauses_by_number
    numbers = ("4.3a", "5.2.2.1", "6.1.2", "6.4.1.1a", "6.5.7", "A-06", "B-total", "C")
    assert [chapters[number].chapter for number in numbers] == ["4", "5", "6.1", "6.4", "6.5", "A", "B", "C"]


def test_alias_of_a_clause_leads_to_the_clause():
    edition = DRAFT
    assert edition.clauses_by_number["6.4.1.2a"] is edition.clauses_by_number["6.4.1.2d"]


def test_shared_check_code_is_described_by_the_clause_that_owns_it():
    edition = DRAFT
    owner = edition.clauses_by_number["6.1.1"].how.checks[0]
    assert edition.checks_by_code["6.1.1/component-missing"] is owner


def test_template_lines_place_the_fifteen_elements_as_printed():
    lines = DRAFT.template.lines
    assert [[element.label_zh for element in line] for line in lines] == [
        ["XX医院放射影像检查报告"],
        ["检查号", "姓名", "性别", "年龄"],
        ["科别", "临床诊断"],
        ["检查名称", "检查时间"],
        ["技术参数"],
        ["影像描述"],
        ["诊断结论"],
        ["报告医师", "审核医师", "报告时间"],
    ]


@pytest.mark.parametrize(
    ("body_part", "system"),
    [
        ("头颅", "nervous"),
        ("胸部", "respiratory"),
        ("肺动脉", "circulatory"),
        ("头颅CTA", "circulatory"),
        ("腹部", "digestive_urogenital"),
        ("骨盆", "skeletal"),
        ("盆腔", "digestive_urogenital"),
        ("膝关节", "skeletal"),
        ("乳腺", "other"),
        ("", "other"),
    ],
)
def test_default_system_of_a_body_part_is_that_of_its_longest_word(body_part, system):
    assert DRAFT.terms.default_system(body_part) == system


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        (
            "clauses",
            lambda c: by_number(c, "6.4.3.4").update(colour=1),
            "clause 6.4.3.4: unknown keys ['colour']",
        ),
        ("clauses", lambda c: by_number(c, "4.1").pop("text_zh"), "clause 4.1: missing keys ['text_zh']"),
        ("clauses", lambda c: c[0].pop("number"), "clause at position 1: missing keys ['number']"),
        (
            "clauses",
            lambda c: c.append("4.9"),
            "clause at position 78: expected a mapping with text keys, found str",
        ),
        (
            "clauses",
            lambda c: by_number(c, "4.1")["how"]["checks"][0].pop("level"),
            "clause 4.1.how.checks[0]: missing keys ['level']",
        ),
        (
            "clauses",
            lambda c: by_number(c, "4.1").update(strength="shall"),
            "clause 4.1.strength: 'shall' not in "
            "['may', 'must', 'must_not', 'should', 'should_not', 'statement']",
        ),
        (
            "clauses",
            lambda c: by_number(c, "4.1").update(text_zh=41),
            "clause 4.1.text_zh: expected str, found int 41",
        ),
        (
            "clauses",
            lambda c: by_number(c, "4.1").update(draft_lines="50"),
            "clause 4.1.draft_lines: expected list, found str '50'",
        ),
        ("scoresheet", lambda c: c.update(bonus=1), "scoresheet: unknown keys ['bonus']"),
        (
            "scoresheet",
            lambda c: c["rows"][0].update(points=True),
            "scoresheet.rows[0].points: expected int, found bool True",
        ),
        (
            "scoresheet",
            lambda c: c.update(pass_line=21.0),
            "scoresheet.pass_line: expected int, found float 21.0",
        ),
        ("decisions", lambda c: c[0].pop("shown_zh"), "decision D-01: missing keys ['shown_zh']"),
        (
            "terms",
            lambda c: c["systems"][0].update(aim="2"),
            "terms.systems[0].aim: expected int, found str '2'",
        ),
        ("template", lambda c: c.pop("layout"), "template: missing keys ['layout']"),
        ("edition", lambda c: c.update(id="other"), "edition 'db11-draft': its file names 'other'"),
        ("edition", lambda c: c.pop("chapters"), "edition: missing keys ['chapters']"),
    ],
)
def test_file_with_a_key_or_type_it_does_not_know_is_refused(file, change, message):
    with pytest.raises(ValueError) as refused:  # noqa: PT011  the whole message is compared below
        built(file, change)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "keys given twice ['a'] near line 1"),
        ("- {number: '4.1', number: '4.2'}\n", "keys given twice ['number'] near line 1"),
    ],
)
def test_key_given_twice_is_refused(text, message):
    with pytest.raises(ValueError) as refused:  # noqa: PT011  the whole message is compared below
        parse_yaml(text)
    assert str(refused.value) == message


def test_yaml_that_is_not_plain_data_is_refused():
    with pytest.raises(ValueError, match="could not determine a constructor"):
        parse_yaml("!!python/object/apply:os.getcwd []")


@pytest.mark.parametrize("name", ["db11-2030", "../data/db11-draft", "", "."])
def test_edition_that_is_not_installed_is_refused(name):
    with pytest.raises(ValueError, match="not installed"):
        load_edition(name)


@pytest.mark.parametrize(
    ("file", "change", "problems"),
    [
        (
            "scoresheet",
            lambda c: c["rows"][0].update(points=3),
            (
                "rows sum to 31, not 30",
                "section 1 sums to 11, not 10",
                "row 1.1: state met deducts without a printed rule",
                "row 1.1: no state gives the full 3",
            ),
        ),
        ("scoresheet", lambda c: c["rows"][3].update(clause="B-9"), ("row 1.4: clause B-9 does not exist",)),
        (
            "scoresheet",
            lambda c: c["rows"][0]["states"][1].update(rule_zh="酌情扣分"),
            ("row 1.1: 「酌情扣分」 is not printed in its 考评方法",),
        ),
        (
            "scoresheet",
            lambda c: c["rows"][6]["rate"].update(below_flag="low"),
            ("row 2.2: flag low does not exist",),
        ),
        ("scoresheet", lambda c: c.update(pass_line=31), ("pass line 31 lies outside 1..30",)),
        (
            "decisions",
            lambda c: c[9].update(clauses=["4.9"]),
            ("D-10: clause 4.9 does not exist",),
        ),
        (
            "decisions",
            lambda c: c[25].update(rows=["1.4"]),
            (
                "row 1.3: readings ['D-26'] are named on one side only",
                "row 1.4: readings ['D-26'] are named on one side only",
            ),
        ),
        (
            "clauses",
            lambda c: c[0]["how"]["checks"][1].update(code="4.1/critical-suspect"),
            (
                "clause 4.1: check 4.1/critical-suspect is given 2 times",
                "gists do not match the checks: ['4.1/alert-incomplete']",
            ),
        ),
        (
            "template",
            lambda c: c["layout"].pop(),
            ("template: the layout does not place every element once and in order",),
        ),
        ("terms", lambda c: c["body_parts"].update(dental=["牙"]), ("terms: system dental does not exist",)),
    ],
)
def test_edition_that_contradicts_itself_is_told_how(file, change, problems):
    assert inconsistencies(built(file, change)) == problems


def test_system_check_of_the_shipped_editions_finds_nothing():
    assert {CURRENT, EDITION} <= set(edition_ids())
    assert checks.editions_are_sound() == []


def alone(monkeypatch, read):
    """Only the draft is installed, and `read` reads it."""
    monkeypatch.setattr(checks, "edition_ids", lambda: (EDITION,))
    monkeypatch.setattr(checks, "CURRENT", EDITION)
    monkeypatch.setattr(checks, "read_edition", read)


def test_system_check_of_a_broken_edition_names_it(monkeypatch):
    broken = built("scoresheet", lambda c: c.update(total_points=31))
    alone(monkeypatch, lambda edition_id: broken)
    assert [(error.id, error.msg) for error in checks.editions_are_sound()] == [
        ("standards.E002", "edition db11-draft: rows sum to 30, not 31")
    ]


def test_system_check_of_an_unreadable_edition_says_where(monkeypatch):
    def refuse(edition_id):
        return built("clauses", lambda c: by_number(c, "4.1").pop("how"))

    alone(monkeypatch, refuse)
    assert [(error.id, error.msg) for error in checks.editions_are_sound()] == [
        ("standards.E001", "clause 4.1: missing keys ['how']")
    ]
