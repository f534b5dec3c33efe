"""A packet in the browser: who may read it, masked as the files are, every row with its evidence."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from scoring.downloads.actions import grant_packet
from scoring.sheets.queries.signed_records import signed_document
from tests import people
from tests.scoring.sheets.factories import signed_sheet
from tests.stories import made_once
from trail.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("laid_out_once")]


@made_once
def signed(department, officer, head, assessor):
    return signed_sheet(department, by=officer, head=head, assessor=assessor, discordant=1, faulty=1)


def place(sheet) -> str:
    return reverse("scoring:packet", args=[sheet.pk])


def test_granted_inspector_reads_rows_reports_and_masked_names(signed, inspector, head, sign_in):
    grant_packet(signed, inspector=inspector, until=timezone.localdate() + timedelta(days=3), by=head)
    text = sign_in(inspector).get(place(signed)).content.decode()
    document = signed_document(signed)
    wanted = [
        *(row.content for row in document.rows),
        *(case.report.accession_number for case in document.cases),
        *(fault.reason for case in document.cases for fault in case.description.faults),
        *(case.outcomes[0].text for case in document.cases),
        document.content_hash(),
    ]
    assert [words for words in wanted if words not in text] == []
    names = [case.report.patient_name for case in signed.audit.cases.select_related("report")]
    assert [name for name in names if name in text] == []
    assert Event.objects.filter(action="scoring.read_packet").count() == 1


def test_inspector_without_grant_gets_404_and_leaves_an_event(signed, inspector, sign_in):
    assert sign_in(inspector).get(place(signed)).status_code == 404
    assert Event.objects.filter(action="access.refused", result="refused").count() == 1


def test_officer_of_another_department_gets_404(signed, other_department, sign_in):
    stranger = people.person("stranger", "外甲", "qc_officer", other_department)
    assert sign_in(stranger).get(place(signed)).status_code == 404
