"""whole_document(): the sample packet with every chapter of today, and the files inside it."""

from dataclasses import replace

from scoring.content import parts
from scoring.content.document import SCHEMA, PacketDocument
from scoring.content.seal import Seal
from tests.exports.sample_evidence import FILES, ROWS
from tests.exports.sample_records import with_records

ENCLOSED = FILES
_SEAL = Seal("5a" * 32, "示例市第一人民医院 迎检包系统签章")


def whole_document(cases: int | None = None, states: dict[str, str] | None = None) -> PacketDocument:
    """Staffing, evidence with its files, monthly audits, history, both readers with reasons, a seal.

    `cases`: how many reports, the sample's ten again and again under numbers of their own; it is for
    measuring how a packet grows, since such a packet does not agree with its draw. `states`: rows rated
    otherwise than in the sample.
    """
    document = replace(with_records(states=states), schema=SCHEMA, evidence=ROWS, seal=_SEAL)
    if cases is None:
        return document
    known = document.cases
    return replace(document, cases=tuple(_again(known[n % len(known)], n + 1) for n in range(cases)))


def _again(case: parts.Case, position: int) -> parts.Case:
    report = replace(case.report, accession_number=f"{case.report.accession_number[:-3]}{position:03d}")
    return replace(case, position=position, report=report)
