"""Many packets in one table: hospital, quarter, points, verdict, seal, draws, what fails."""

import io
import json
import os
import subprocess
import sys
import zipfile

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from scoring.packet.json import render_json
from scoring.packet.keys import as_certificate
from scoring.packet.verify import inner_digests
from scoring.packet.xlsx import render_xlsx
from scoring.verification.batch import owner_checked
from scoring.verification.certificates import Certificates, read_certificates
from tests.exports.sample import sample_document
from tests.exports.sample_rows import with_rows
from tests.exports.sealed import NAME, key_pair, seal_key, sealed_document, sealed_packet
from tests.paths import ROOT

pytestmark = pytest.mark.usefixtures("laid_out_once", "db")

HEADS = ("文件", "医疗机构", "科室", "季度", "版次", "得分", "判定", "核对结论", "系统签章", "历次抽样")
HOSPITAL = ("示例市第一人民医院", "放射科", "2025年第3季度", 2, 26, "合格")


def run(*args: object) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("verify_packet", *map(str, args), stdout=out, stderr=out)
    except SystemExit as left:
        return left.code, out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def certificates(tmp_path):
    folder = tmp_path / "证书"
    folder.mkdir()
    (folder / "示例市第一人民医院.cer").write_bytes(key_pair("rsa", 30)[1].public_bytes(Encoding.DER))
    return folder


@pytest.fixture
def packets(tmp_path):
    folder = tmp_path / "迎检包"
    folder.mkdir()
    (folder / "packet.pdf").write_bytes(sealed_packet())
    return folder


def test_folder_of_proved_packets_and_their_files_exits_0(packets, certificates, tmp_path):
    document = sealed_document()
    (packets / "a.json").write_bytes(render_json(document))
    with zipfile.ZipFile(packets / "b.zip", "w") as archive:
        archive.writestr("packet.xlsx", render_xlsx(document))
        archive.writestr("目录.html", "x")
        archive.writestr("清单.pdf", "x")
    table = tmp_path / "结果.xlsx"
    code, out = run(packets, "--certificates", certificates, "--json", "--xlsx", table)
    found = json.loads(out)
    assert (code, found["verdict"], found["notes"]) == (0, "proved", [])
    assert found["counts"] == {"proved": 3, "altered": 0, "unconfirmed": 0, "unread": 0}
    assert found["passed_over"] == ["迎检包/b.zip/清单.pdf", "迎检包/b.zip/目录.html"]
    seals = {line["file"]: line["seal"] for line in found["files"]}
    assert seals == {
        "迎检包/a.json": "随已证实的PDF签章",
        "迎检包/b.zip/packet.xlsx": "随已证实的PDF签章",
        "迎检包/packet.pdf": f"完好：{NAME}",
    }
    sheet = load_workbook(table)["核对结果"]
    rows = list(sheet.iter_rows(values_only=True))
    head = next(i for i, row in enumerate(rows) if row[0] == "文件")
    assert rows[head][:10] == HEADS
    draws = "核对一致：本抽样窗口共抽样1次"
    assert rows[-1] == ("迎检包/packet.pdf", *HOSPITAL, "已证实", f"完好：{NAME}", draws, "无", None)


def test_unknown_signer_is_said_and_leaves_the_packet_undecided(packets):
    code, out = run(packets)
    assert code == 3
    assert "签章人不在所给证书之列" in out
    assert "未能确认1个" in out


@pytest.mark.parametrize(
    ("institution", "stem", "verdict"),
    [
        ("示例市第一人民医院", "a", "proved"),
        ("另一医院", "另一医院", "proved"),
        ("另一医院", "a", "unconfirmed"),
        ("示例市第一人民医院东院", "a", "unconfirmed"),
    ],
)
def test_seal_of_another_known_hospital_confirms_no_packet(institution, stem, verdict):
    """A hospital whose certificate is known must not issue a packet in another one's name."""
    given = Certificates({"f": NAME}, {"f": (NAME, stem)}, ())
    signer = {"fingerprint": "f", "name": NAME}
    packet = {"institution": institution}
    answer = {"verdict": "proved", "signer": signer, "packet": packet, "checks": [], "problems": []}
    found = owner_checked(answer, given)
    assert found["verdict"] == verdict
    assert [words for words in found["problems"] if f"本册所载机构却是“{institution}”" not in words] == []
    assert bool(found["problems"]) == (verdict != "proved")


def test_one_altered_file_exits_1_and_bad_ones_are_said_by_name(tmp_path):
    (tmp_path / "good.json").write_bytes(render_json(sealed_document()))
    (tmp_path / "bad.json").write_bytes(render_json(sealed_document()).replace(b"2025-10-20", b"2025-10-21"))
    (tmp_path / "none.pdf").write_bytes(b"")
    code, out = run(tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "none.pdf")
    assert code == 1
    assert "2. bad.json：不是迎检包，或已损坏\n   不符：内容校验值与内容不符：文件在生成之后被改动。" in out
    assert "3. none.pdf：未能读取\n   不符：文件是空的（0字节）。" in out
    assert "共核对3个文件：已证实0个，已改动1个，未能确认1个，未能读取1个。" in out


def test_workbook_alone_is_added_up_and_says_what_it_cannot_show(tmp_path):
    path = tmp_path / "packet.xlsx"
    path.write_bytes(render_xlsx(sealed_document()))
    code, out = run(path, "--json")
    (line,) = json.loads(out)["files"]
    assert (code, line["verdict"], line["problems"]) == (3, "unconfirmed", [])
    assert line["packet"]["total"] == 26
    assert {c["name"]: c["ok"] for c in line["checks"]} == {
        "workbook_sum": True,
        "workbook_scope": None,
        "records": None,
    }


@pytest.mark.parametrize(
    ("cell", "value", "problem"),
    [
        ("G12", 27, "合计写作27分，各行得分相加为26分。"),
        ("H12", "不合格", "合计26分，判定却写作“不合格”。"),
        ("G5", 3, "评分表有一行的得分不在0分与该行分值之间。"),
        ("F5", 3, "评分表各行的分值与标准表B.1不符。"),
    ],
)
def test_workbook_typed_over_is_altered(tmp_path, cell, value, problem):
    book = load_workbook(io.BytesIO(render_xlsx(sealed_document())), data_only=True)
    book["评分表"][cell] = value
    book.save(tmp_path / "packet.xlsx")
    code, out = run(tmp_path / "packet.xlsx", "--json")
    (line,) = json.loads(out)["files"]
    assert (code, line["verdict"], line["problems"][0]) == (1, "altered", problem)


def test_one_file_with_a_folder_of_certificates_answers_as_before(packets, certificates):
    code, out = run(packets / "packet.pdf", "--certificates", certificates)
    assert (code, json.loads(out)["verdict"]) == (0, "proved")


def test_folder_without_a_packet_or_without_certificates_exits_2(tmp_path):
    for args in ((tmp_path,), (tmp_path, "--certificates", tmp_path / "none")):
        with pytest.raises(CommandError) as refused:
            call_command("verify_packet", *map(str, args))
        assert refused.value.returncode == 2


def test_certificates_are_read_from_any_file_and_others_are_said(certificates):
    pem = as_certificate(seal_key("ec"))
    (certificates / "两院.pem").write_bytes(pem + as_certificate(seal_key()))
    (certificates / "说明.txt").write_bytes("联系电话".encode())
    found = read_certificates(certificates)
    assert found.names == {seal_key("rsa").fingerprint: NAME, seal_key("ec").fingerprint: NAME}
    assert found.problems == ("“说明.txt”不是公开的证书文件（.cer、.pem、.der），未采用。",)


def test_no_database_is_needed(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_bytes(render_json(sample_document()))
    command = [sys.executable, str(ROOT / "manage.py"), "verify_packet", str(tmp_path), "--json"]
    unreachable = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/none/none.sqlite3",
        "QC_DATA_DIR": str(tmp_path / "d"),
    }
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | unreachable, cwd=tmp_path)
    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (3, "")
    assert [line["records"] for line in found["files"]] == ["unavailable"] * 2


def test_documents_beside_a_packet_are_vouched_for_by_its_list():
    document = with_rows()
    digests = {line.sha256 for row in document.evidence for line in row.documents if line.sha256}
    content = b"stream\n" + render_json(document) + b"\nendstream"
    assert digests
    assert digests < inner_digests(content)
    assert inner_digests(b"stream\n" + render_json(document)[1:] + b"\nendstream").isdisjoint(digests)
