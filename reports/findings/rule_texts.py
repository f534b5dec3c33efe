"""Titles and advice of each rule in the current edition, falling back to the clause text; style classes."""

from dataclasses import dataclass
from functools import lru_cache

from reports.domain.textcheck.engine import BoundRule
from reports.domain.textcheck.registry import bound_rules
from standards.edition import Check, Clause, RuleWords
from standards.loader import current_edition

# Style classes by severity: of margin notes and highlights, and of tags.
KIND_OF = {"violation": "hard", "suspect": "soft", "note": "advice"}
TAG_OF = {"violation": "fail", "suspect": "due", "note": "info"}
FIELD_ZH = {
    "accession_number": "检查号",
    "patient_name": "姓名",
    "patient_id": "受检者ID",
    "sex": "性别",
    "age": "年龄",
    "requesting_department": "科别",
    "clinical_diagnosis": "临床诊断",
    "surgical_history": "手术史",
    "examination_name": "检查名称",
    "modality": "检查种类",
    "body_part": "检查部位",
    "examined_at": "检查时间",
    "technique": "技术参数",
    "findings": "影像描述",
    "impression": "诊断结论",
    "reporting_physician": "报告医师",
    "reviewing_physician": "审核医师",
    "signed_by": "签发医师",
    "signature_method": "签名方式",
    "signed_at": "签名时间",
    "last_modified_by": "末次修改医师",
    "last_modified_at": "末次修改时间",
    "reported_at": "报告时间",
    "report_title": "报告标题",
    "institution_name": "机构名称",
    "critical_alert": "危急值记录",
}


@dataclass(frozen=True)
class RuleCard:
    """One rule as pages show it: clause, texts, and the examples of the register."""

    code: str
    clause: Clause
    severity: str
    words: RuleWords
    check: Check

    @property
    def title(self) -> str:
        return self.words.title_zh


@lru_cache(maxsize=1)
def rule_cards() -> dict[str, RuleCard]:
    """Every rule of the installation by code, in the order of the clauses."""
    edition = current_edition()
    places = {clause.number: place for place, clause in enumerate(edition.clauses)}
    bound = sorted(bound_rules(), key=lambda one: places[one.clause])
    return {one.rule.code: _card(one) for one in bound}


def _card(bound: BoundRule) -> RuleCard:
    edition, code = current_edition(), bound.rule.code
    clause, check = edition.clauses_by_number[bound.clause], edition.checks_by_code[code]
    words = edition.rules.get(code) or RuleWords(
        clause.title_zh, edition.gists_zh.get(code, clause.title_zh), ""
    )
    return RuleCard(code, clause, bound.severity, words, check)


def title_of(code: str) -> str:
    """The title of the rule; the code itself when it is no longer a rule."""
    card = rule_cards().get(code)
    return card.title if card else code


def advice_of(code: str) -> str:
    """The advice on the correct wording; "" when there is none."""
    card = rule_cards().get(code)
    return card.words.advice_zh if card else ""


def field_zh(field: str) -> str:
    """Label of the report element that a finding concerns."""
    return FIELD_ZH.get(field, field)
