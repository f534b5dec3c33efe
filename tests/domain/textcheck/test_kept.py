"""What is kept for speed changes no answer: values of an object, answers by text, gates, quick signs."""

import pytest

from reports.domain.textcheck.engine import BoundRule, BoundRules, Rule, check
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.kept import forget, lazy, remembered
from reports.domain.textcheck.registry import bound_rules
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.words import Sieve, any_of, rarest, signs_of


class Counted:
    def __init__(self):
        self.times = 0

    @lazy
    def value(self):
        """Worked out."""
        self.times += 1
        return "答"


def test_lazy_value_is_worked_out_once_for_each_object():
    one, other = Counted(), Counted()
    assert (one.value, one.value, one.times, other.times) == ("答", "答", 1, 0)
    assert Counted.value.__doc__ == "Worked out."


def test_remembered_answer_is_asked_once_until_forgotten():
    asked = []
    answer = remembered(lambda text: asked.append(text) or len(text))
    assert [answer("胸部"), answer("胸部"), answer("头")] == [2, 2, 1]
    forget()
    assert answer("胸部") == 2
    assert asked == ["胸部", "头", "胸部"]


def test_report_gives_the_same_findings_before_and_after_what_others_taught():
    report = CheckedReport(
        modality="CT",
        findings="右肺上叶见结节，边界清。肝内见囊肿，未见强化；左肾见结石。",
        impression="1、左肺上叶结节；2、肝囊肿；3、右肾结石。",
    )
    forget()
    first = check(report, bound_rules())
    again = CheckedReport(modality="CT", findings=report.findings, impression=report.impression)
    assert [f.code for f in first if f.code == "6.5.3/laterality-conflict"] != []
    assert check(again, bound_rules()) == first


def _asking(*, when=None, gate=(), gate_in=()):
    rule = Rule(
        "4.1/critical-suspect", lambda _: [Hit("findings", 0, 1, "…")], gate=gate, gate_in=gate_in, when=when
    )
    return BoundRules((BoundRule(rule, "4.1", "suspect"),))


@pytest.mark.parametrize(
    ("rules", "spoken"),
    [
        (_asking(), 1),
        (_asking(when=lambda report: report.sex), 0),
        (_asking(when=lambda report: report.findings), 1),
        (_asking(gate=("气胸", "肺")), 1),
        (_asking(gate=("气胸",)), 0),
        (_asking(gate=("肺",), gate_in=("impression",)), 0),
        (_asking(gate=("炎",), gate_in=("impression",)), 1),
    ],
)
def test_family_is_held_back_by_its_question_or_its_gate_alone(rules, spoken):
    report = CheckedReport(findings="肺", impression="炎")
    assert len(check(report, rules)) == spoken
    assert len(check(report, rules, gates=False)) == 1


def test_question_of_a_family_is_asked_once():
    asked = []

    def ask(report):
        asked.append(report)
        return True

    rules = (Rule(code, lambda _: (), when=ask) for code in ("4.5/not-signed", "4.5/signer-not-last-editor"))
    check(CheckedReport(findings="肺"), BoundRules(BoundRule(rule, "4.5", "note") for rule in rules))
    assert len(asked) == 1


def test_every_word_has_one_of_its_signs():
    words = ("囊肿", "血管瘤", "囊性灶", "结石")
    signs = signs_of(words)
    assert all(any(sign in word for sign in signs) for word in words)
    assert (rarest("肺栓"), rarest("骨")) == ("栓", "骨")


def test_sieve_passes_words_and_holds_longer_expressions_back():
    sieve = Sieve(("癌", "结节", "癌栓塞"), ("癌栓", "结节性硬化"))
    assert [m.group() for m in sieve.finditer("肝癌伴癌栓，结节性硬化，结节，癌栓塞")] == ["癌", "结节"]
    assert sieve.search("癌栓") is None


def test_further_alternatives_come_after_the_words():
    assert any_of(("肺", "肺门"), "见(?!异)") == "(?:肺(?:门)?|见(?!异))"
    assert any_of((), "见") == "(?:见)"
    assert any_of(()) == "(?!)"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("肺，肝。", ["肺", "肝"]),
        (" 肺 ，，肝", ["肺", "肝"]),
        ("肺；。\n肝?", ["肺", "肝"]),
    ],
)
def test_clauses_are_those_around_their_places(text, parts):
    cut = Text(text)
    assert [span.of(cut.plain) for span in cut.clauses] == parts
    around = [cut.clause_at(span.start) for span in cut.clauses]
    assert [(span.start, span.end) for span in around] == [(span.start, span.end) for span in cut.clauses]
    assert cut.clause_ends[-1] == len(text)


def test_negation_ends_with_its_clause_however_long_the_clause_is():
    for filling in ("", "肺" * 200):
        text = Text(f"肝{filling}未见{filling}结节，肾见结石，但无积液")
        denied = [text.is_negated(text.plain.index(word)) for word in ("肝", "结节", "结石", "积液")]
        assert denied == [False, True, False, True]


def test_lines_are_kept_for_other_reports_and_their_own_texts_are_not():
    line, own = "头颅MRI平扫，横断位T1WI", "右肺上叶见结节。"
    one, other = (
        CheckedReport(technique=line, findings=own, impression=own, body_part=line[:2]) for _ in range(2)
    )
    kept = [name for name in one.texts if one.texts[name] is other.texts[name] and one.texts[name].raw]
    assert kept == ["technique", "body_part"]
    forget()
    assert CheckedReport(technique=line).texts["technique"] is not one.texts["technique"]
