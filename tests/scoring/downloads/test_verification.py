"""已证实, 未能确认, 已改动: what a file of any kind can be told to be, here and elsewhere."""

import io
import json
import zipfile
from dataclasses import replace

import pytest
from django.core.management import call_command

from scoring.content.document import FIRST_SCHEMA, PacketDocument
from scoring.management.commands.verify_packet import EXITS
from scoring.packet.actions.files import packet_files
from scoring.packet.json import read_json, render_json
from scoring.packet.models import PacketFile
from scoring.packet.pdf import render_pdf
from scoring.packet.signature import seal
from scoring.packet.xlsx import render_xlsx
from scoring.sheets.queries.signed_records import signed_document
from scoring.signing import actions as signing
from scoring.verification.queries import answer_for
from staff.departments.models import Institution
from tests.exports.sample import sample_document
from tests.exports.sealed import NAME, seal_key, sealed_document
from tests.scoring.sheets.factories import signed_sheet
from tests.scoring.tampering import tamper
from tests.stories import made_once

pytestmark = pytest.mark.usefixtures("laid_out_once")
PROVED, ALTERED, UNCONFIRMED = EXITS


@made_once
def signed(department, officer, head, assessor):
    return signed_sheet(department, by=officer, head=head, assessor=assessor, discordant=1)


@pytest.fixture
def files(signed, officer):
    """The packet as it was signed here, by kind."""
    return packet_files(signed, ("pdf", "xlsx", "json"), by=officer)


def verdicts(files, **more):
    return {kind: answer_for(content, **more)["verdict"] for kind, content in files.items()}


def elsewhere(settings, tmp_path, signed):
    """Another installation: neither the records nor the key of this one."""
    settings.QC_KEYS_DIR = tmp_path / "elsewhere"
    PacketFile.objects.all().delete()
    Institution.objects.update(name="别的医院")
    tamper(signed, content_hash="0" * 64)


def first_schema(document: PacketDocument) -> PacketDocument:
    """The document rewritten as of the time before seals, with none of what came since."""
    parts = dict.fromkeys(("staffing", "evidence", "seal", "monthly", "history"))
    return read_json(render_json(replace(document, schema=FIRST_SCHEMA, **parts)))


def rewritten(files, document):
    """The document in every form, unsealed."""
    made = {"json": render_json(document), "xlsx": render_xlsx(document)}
    return made | ({"pdf": render_pdf(document)} if "pdf" in files else {})


def test_files_of_the_installation_that_signed_are_proved(files):
    assert verdicts(files) == dict.fromkeys(files, PROVED)


def test_genuine_files_elsewhere_are_unconfirmed_and_the_pdf_proved_with_the_certificate(
    files, signed, settings, tmp_path
):
    elsewhere(settings, tmp_path, signed)
    assert verdicts(files) == dict.fromkeys(files, UNCONFIRMED)
    fingerprint = signed_fingerprint(files["json"])
    assert verdicts(files, certificates={fingerprint: NAME}) == {
        "pdf": PROVED,
        "xlsx": UNCONFIRMED,
        "json": UNCONFIRMED,
    }


def signed_fingerprint(content: bytes) -> str:
    return json.loads(content)["seal"]["fingerprint"]


def test_packet_rewritten_as_of_the_first_schema_for_a_period_never_signed_is_not_proved(files, signed):
    """Unsealed, and consistent in itself: as forged at the hospital that could have issued it."""
    document = signed_document(signed)
    never = replace(document.period, label="2026年第2季度")
    made = rewritten(files, first_schema(replace(document, period=never)))
    assert verdicts(made) == {"pdf": UNCONFIRMED, "json": UNCONFIRMED, "xlsx": UNCONFIRMED}
    for content in (made["pdf"], made["json"]):
        assert "没有签发过这份评分表" in str(answer_for(content)["checks"])


def test_packet_rewritten_as_of_the_first_schema_for_a_signed_period_is_altered(files, signed):
    made = rewritten(files, first_schema(signed_document(signed)))
    assert (verdicts(made)["pdf"], verdicts(made)["json"]) == (ALTERED, ALTERED)


def test_json_with_another_department_and_a_refitted_hash_is_not_proved_elsewhere(
    files, signed, settings, tmp_path
):
    document = signed_document(signed)
    elsewhere(settings, tmp_path, signed)
    assert answer_for(render_json(replace(document, department="影像科")))["verdict"] == UNCONFIRMED


def test_packet_of_the_first_schema_in_the_records_is_proved_by_them(
    department, officer, head, assessor, monkeypatch
):
    """As an early program signed it: without a seal."""
    real = signing.packet_document
    monkeypatch.setattr(signing, "packet_document", lambda *a, **more: first_schema(real(*a, **more)))
    sheet = signed_sheet(department, by=officer, head=head, assessor=assessor)
    document = signed_document(sheet)
    made = {"json": render_json(document), "pdf": render_pdf(document)}
    assert (document.schema, verdicts(made)) == (FIRST_SCHEMA, {"json": PROVED, "pdf": PROVED})
    changed = {kind: content[:-9] + b"x" + content[-8:] for kind, content in made.items()}
    assert verdicts(changed) == {"json": ALTERED, "pdf": ALTERED}


@pytest.mark.parametrize("kind", ["pdf", "json", "xlsx"])
def test_changed_byte_is_altered_where_it_was_signed(files, kind):
    content = files[kind]
    changed = content[:-200] + bytes([content[-200] ^ 1]) + content[-199:]
    assert answer_for(changed)["verdict"] == ALTERED


def test_workbook_saved_anew_is_altered_here(files):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(files["xlsx"])) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            new.writestr(part.filename, old.read(part).replace(b">29<", b">30<"))
    answer = answer_for(out.getvalue())
    assert (answer["verdict"], answer["kind"]) == (ALTERED, "xlsx")


def test_packet_sealed_by_a_stranger_is_unconfirmed_even_with_recorded_content(signed):
    content = seal(render_pdf(signed_document(signed)), seal_key("ec"))
    answer = answer_for(content)
    assert (answer["verdict"], answer["records"]) == (UNCONFIRMED, "signed")


def test_genuine_packet_of_another_program_and_an_unknown_key_is_unconfirmed_not_altered(db):
    document = sealed_document()
    document = replace(document, generated=replace(document.generated, program="qcportal 9.9"))
    content = seal(render_pdf(document), seal_key())
    assert answer_for(content)["verdict"] == UNCONFIRMED
    assert answer_for(content, certificates={seal_key().fingerprint: NAME})["verdict"] == PROVED


def test_sealed_packet_without_its_seal_is_altered(db):
    document = replace(sealed_document(), seal=None)
    assert answer_for(render_pdf(document))["verdict"] == ALTERED


def test_record_that_was_edited_here_proves_nothing(files, signed):
    document = replace(signed_document(signed), department="影像科")
    tamper(signed, content=document.to_dict(), content_hash=document.content_hash())
    answer = answer_for(render_json(document))
    assert (answer["verdict"], answer["records"]) == (UNCONFIRMED, "damaged")
    assert answer_for(files["pdf"])["verdict"] == PROVED  # by its seal


@pytest.mark.parametrize(
    ("content", "verdict", "words"),
    [
        (b"", ALTERED, "不是迎检包，或已损坏"),
        (b"%PDF-1.7", ALTERED, "不是迎检包，或已损坏"),
        (b"PK\x03\x04", ALTERED, "不是迎检包，或已损坏"),
        (b"PK\x05\x06" + bytes(18), UNCONFIRMED, "未能确认：文件本身不能核对，本机也没有留存"),
        (render_json(sample_document(status="draft")), UNCONFIRMED, "内容完整，但签章人或原件未能确认"),
    ],
)
def test_other_files_are_named_for_what_they_are(db, content, verdict, words):
    answer = answer_for(content)
    assert (answer["verdict"], answer["verdict_zh"], answer["ok"]) == (verdict, words, False)


def test_command_exits_with_a_code_for_each_verdict(files, signed, tmp_path):
    document = signed_document(signed)
    never = replace(document.period, label="2026年第2季度")
    cases = {
        0: files["pdf"],
        1: files["pdf"][:-1],
        3: render_json(first_schema(replace(document, period=never))),
    }
    for code, content in cases.items():
        path = tmp_path / f"{code}"
        path.write_bytes(content)
        try:
            call_command("verify_packet", str(path), stdout=io.StringIO())
            found = 0
        except SystemExit as left:
            found = left.code
        assert found == code
