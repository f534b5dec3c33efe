"""Canary patients, from the database to the packet: their identity is in no output (docs/quality.md A3)."""

import io
import zipfile

from audits.sampling.models import Case
from reports.archive.models import Report
from reports.outcomes.models import Outcome
from scoring.packet.json import render_json
from scoring.packet.pdf import render_pdf
from scoring.packet.queries.document import packet_document
from scoring.packet.xlsx import render_xlsx
from scoring.sheets.queries.scored import scored_sheet
from tests.exports.reading import pdf_text
from tests.scoring.sheets.factories import cast, draft_sheet

NAME, IDENTITY = "鹳雀儿", "11010519491231002X"


def test_canary_patient_is_in_no_output(department):
    people = cast(department)
    sheet = draft_sheet(department, by=people["by"], assessor=people["assessor"], faulty=1, discordant=1)
    case = Case.objects.filter(audit=sheet.audit, position=1).select_related("report", "revision").get()
    text = f"受检者{NAME}（鹳 雀 儿，{IDENTITY}）右肺结节。"
    texts = {"findings": text, "impression": text, "clinical_diagnosis": text, "technique": text}
    identity = {"patient_name": NAME, "patient_id": IDENTITY}
    case.revision.content |= texts | identity
    case.revision.save()
    Report.objects.filter(pk=case.report_id).update(**texts, **identity)
    Outcome.objects.filter(report_id=case.report_id).update(text=text)

    document = packet_document(scored_sheet(sheet))
    with zipfile.ZipFile(io.BytesIO(render_xlsx(document))) as parts:
        workbook = "".join(parts.read(name).decode() for name in parts.namelist())
    outputs = (render_json(document).decode(), workbook, pdf_text(render_pdf(document)))
    for output in outputs:
        assert "鹳**" in output
        assert [
            found for found in (NAME, "鹳雀", "雀儿", "鹳 雀", IDENTITY, IDENTITY[3:14]) if found in output
        ] == []
