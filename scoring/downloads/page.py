"""A signed packet as it is read in the browser: Table B.1, each row with its evidence."""

from dataclasses import dataclass

from scoring.content.document import PacketDocument
from scoring.content.parts import FollowUpLine, MonthLine, TableRow
from scoring.packet.case_pages import CasePage, case_page
from scoring.packet.page_parts import LostLine, RowEvidence, evidence_rows, lost_lines, plain_facts


@dataclass(frozen=True)
class ReadRow:
    """A row of Table B.1 and its evidence: documents and records, months, follow-ups, or the ten reports.

    `months` and `follow_ups` belong to 1.2 and 1.3, `cases` to section 2.
    """

    row: TableRow
    facts: str
    lost: tuple[LostLine, ...]
    evidence: RowEvidence | None
    months: tuple[MonthLine, ...]
    follow_ups: tuple[FollowUpLine, ...]
    cases: tuple[CasePage, ...]

    @property
    def count(self) -> int:
        """How many documents, records and reports open under the row."""
        listed = len(self.evidence.lines) if self.evidence else 0
        return listed + len(self.follow_ups) + len(self.cases)


@dataclass(frozen=True)
class PacketPage:
    """The packet's heading facts are read from `document`; `rows` in printed order."""

    document: PacketDocument
    rows: tuple[ReadRow, ...]


def packet_page(document: PacketDocument) -> PacketPage:
    """From the signed, masked document alone: the page shows what the files hold, and nothing else."""
    evidence = {found.row.id: found for found in evidence_rows(document)}
    lost = lost_lines(document)
    cases = tuple(case_page(case) for case in document.cases)
    months = document.monthly.months if document.monthly else ()
    follow_ups = document.follow_ups.records if document.follow_ups else ()
    return PacketPage(
        document,
        tuple(
            ReadRow(
                row=row,
                facts=plain_facts(row),
                lost=tuple(line for line in lost if line.row == row.id),
                evidence=evidence.get(row.id),
                months=months if row.id == "1.2" else (),
                follow_ups=follow_ups if row.id == "1.3" else (),
                cases=cases if row.case_points else (),
            )
            for row in document.rows
        ),
    )
