"""manage.py verify_packet: the answer, the exit, and what the department's records add."""

import io
import json
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from scoring.packet.actions.files import packet_file
from scoring.packet.json import render_json
from scoring.packet.keys import as_certificate
from scoring.packet.pdf import render_pdf
from scoring.sheets.queries.signed_records import signed_document
from scoring.verification.queries import answer_for
from tests.exports.sample import sample_document
from tests.exports.sealed import NAME, seal_key, sealed_packet
from tests.scoring.sheets.factories import cast, signed_sheet

pytestmark = pytest.mark.usefixtures("laid_out_once")


def test_command_file_that_holds_answers_in_json(tmp_path, db):
    path = tmp_path / "packet.json"
    path.write_bytes(render_json(sample_document()))
    out = io.StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("verify_packet", str(path), stdout=out)
    answer = json.loads(out.getvalue())
    assert (left.value.code, answer["verdict"]) == (3, "unconfirmed")
    assert (answer["ok"], answer["kind"], answer["records"], answer["problems"]) == (
        False,
        "json",
        "unknown",
        [],
    )
    assert answer["packet"]["total"] == 26


def test_command_changed_file_exits_1(tmp_path, db):
    path = tmp_path / "packet.json"
    path.write_bytes(render_json(sample_document()).replace(b"2025-10-20", b"2025-10-21"))
    with pytest.raises(SystemExit) as left:
        call_command("verify_packet", str(path), stdout=io.StringIO())
    assert left.value.code == 1


def test_command_takes_the_hospitals_certificate_as_a_file_or_by_its_fingerprint(tmp_path, db):
    path, pem = tmp_path / "packet.pdf", tmp_path / "seal.pem"
    path.write_bytes(sealed_packet())
    pem.write_bytes(as_certificate(seal_key()))
    for given in (str(pem), seal_key().fingerprint):
        out = io.StringIO()
        call_command("verify_packet", str(path), "--certificate", given, stdout=out)
        answer = json.loads(out.getvalue())
        assert (answer["ok"], answer["problems"]) == (True, [])
        assert answer["signer"] == {"fingerprint": seal_key().fingerprint, "name": NAME}
    with pytest.raises(CommandError) as refused:
        call_command("verify_packet", str(path), "--certificate", str(path))
    assert refused.value.returncode == 2


def test_command_cannot_confirm_a_packet_of_the_time_before_seals(db):
    content = render_pdf(sample_document())
    assert (answer_for(content)["verdict"], answer_for(content)["problems"]) == ("unconfirmed", [])
    answer = answer_for(content, certificates={seal_key().fingerprint: NAME})
    assert answer["verdict"] == "unconfirmed"
    assert answer["problems"] == ["没有系统签章：本册签发时应已加盖，可能被移除。"]


def test_command_missing_file_exits_2(tmp_path):
    with pytest.raises(CommandError) as refused:
        call_command("verify_packet", str(tmp_path / "none.pdf"))
    assert refused.value.returncode == 2


def test_answer_signed_packet_is_in_the_records_and_a_forged_one_is_not(department):
    people = cast(department)
    sheet = signed_sheet(department, **people)
    for kind in ("json", "xlsx"):
        answer = answer_for(packet_file(sheet, kind, by=people["head"]))
        assert (answer["ok"], answer["records"]) == (True, "signed")
    forged = answer_for(render_json(replace(signed_document(sheet), department="影像科")))
    assert (forged["ok"], forged["records"]) == (False, "differs")
    assert forged["problems"] == [
        "本机记录中，该科室该期间同一版次签发的是另一内容：此文件不是签发时的文件。"
    ]


def test_answer_holds_the_file_against_the_printed_hash(db):
    document = sample_document()
    content, printed = render_json(document), document.content_hash()[:16]
    # What paper says proves nothing: who forges the file prints its hash.
    assert answer_for(content, printed_hash=printed)["verdict"] == "unconfirmed"
    assert answer_for(content, printed_hash="0" * 16)["verdict"] == "altered"
    assert answer_for(content, printed_hash="0" * 16)["problems"] == [
        f"内容校验值为{document.content_hash()}，与所给的“{'0' * 16}”不同。"
    ]
