"""An uploaded packet with a report that its reader still has to judge is not verified for them (A2)."""

from django.db.models import Q

from audits.sampling.queries.withheld import DOCUMENT
from scoring.packet.verify import Verified
from scoring.packet.workbook import named_hashes
from scoring.sheets.models import Sheet
from staff.access.withholding import WithheldError


def refuse_withheld(found: Verified, sha256: str, content: bytes, withheld: frozenset[str]) -> None:
    """Raise WithheldError when the packet has one of the accession numbers `withheld`.

    A workbook or archive is not read for its reports: the sheet that it was made from names them.
    """
    if not withheld:
        return
    if found.document is not None:
        numbers = {case.report.accession_number for case in found.document.cases}
    else:
        numbers = _numbers_of(sha256, content)
    if numbers & withheld:
        raise WithheldError(sentence=DOCUMENT)


def _numbers_of(sha256: str, content: bytes) -> set[str]:
    made = Q(packet_files__sha256=sha256) | Q(unmask_requests__files__sha256=sha256)
    named = Q(content_hash__in=named_hashes(content)) & ~Q(content_hash="")
    cases = Sheet.objects.filter(made | named).order_by()
    return set(cases.values_list("audit__cases__report__accession_number", flat=True).distinct())
