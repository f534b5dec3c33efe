"""The documents of a row: which are shown, which count, and which are missing (DOMAIN 1.5)."""

from dataclasses import dataclass
from datetime import date

from scoring.evidence.domain.facts import DocumentFact, Facts
from scoring.evidence.domain.suggestion import SupportingFact
from standards.evidence import DocumentKind, RowEvidence

NO_FILE = "未附文件"


@dataclass(frozen=True)
class RowDocuments:
    """`missing`: deciding kinds without a document that counts; `notes`: what costs no point."""

    records: tuple[SupportingFact, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]


def documents_of(facts: Facts, evidence: RowEvidence) -> RowDocuments:
    """The row's documents. One without a file is shown and counts for nothing."""
    records: list[SupportingFact] = []
    missing: list[str] = []
    notes: dict[str, None] = {}
    for kind in evidence.documents:
        of_kind = [document for document in facts.documents if kind.code in document.kinds]
        shown = [document for document in of_kind if _is_shown(document, kind, facts)]
        records += [_document(document, kind, facts) for document in shown]
        valid = [document for document in of_kind if document.validity.on(facts.last)]
        if kind.weight == "decides" and not any(document.has_file for document in valid):
            missing.append(_lacking(kind, of_kind, valid, facts.last))
        elif kind.weight == "asked" and not any(document.has_file for document in valid):
            notes[_lacking(kind, of_kind, valid, facts.last)] = None
        elif kind.weight == "optional":
            notes |= {
                f"《{document.title}》{NO_FILE}，不计": None for document in shown if not document.has_file
            }
    return RowDocuments(tuple(records), tuple(missing), tuple(notes))


def _lacking(kind: DocumentKind, of_kind: list[DocumentFact], valid: list[DocumentFact], day: date) -> str:
    why = f"（《{valid[-1].title}》{NO_FILE}，不计）" if valid else _ended(of_kind, day)
    return f"{kind.name_zh}：{day}没有有效的文件{why}"


def _is_shown(document: DocumentFact, kind: DocumentKind, facts: Facts) -> bool:
    if kind.dated:
        return document.validity.first is not None and facts.first <= document.validity.first <= facts.last
    return document.validity.touches(facts.first, facts.last)


def _document(document: DocumentFact, kind: DocumentKind, facts: Facts) -> SupportingFact:
    validity = document.validity
    holds = kind.dated or validity.on(facts.last)
    if kind.dated:
        says = ""
    elif not holds:
        says = f"{validity.last} 已到期，窗口最后一日无效"
    elif document.has_file:
        says = f"有效期至 {validity.last}" if validity.last else "长期有效"
    else:
        says = NO_FILE
    title = f"{document.title} {document.version}".strip()
    return SupportingFact(
        "document",
        document.id,
        title,
        validity.first,
        says,
        holds and document.has_file,
        kind.name_zh,
        counts_as=kind.counts_as,
    )


def _ended(documents: list[DocumentFact], day: date) -> str:
    """What the nearest document of the kind says about the day, when there is one."""
    over = [found for found in documents if found.validity.last and found.validity.last < day]
    if over:
        last = max(over, key=lambda found: found.validity.last or day)
        return f"（《{last.title}》{last.validity.last}已到期）"
    later = [found for found in documents if found.validity.first and found.validity.first > day]
    if later:
        first = min(later, key=lambda found: found.validity.first or day)
        return f"（《{first.title}》{first.validity.first}起才生效）"
    return ""
