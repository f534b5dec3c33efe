"""验真: the answer of the command on a page; what is handed in is kept nowhere."""

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from scoring.content.seal import verification_code
from scoring.packet.actions.files import packet_file
from scoring.packet.models import PacketFile
from scoring.sheets.queries.signed_records import signed_document
from scoring.verification.sources import Limits
from tests.exports.sealed import sealed_packet
from tests.scoring.sheets.factories import signed_sheet
from tests.stories import made_once
from trail.models import Event

pytestmark = pytest.mark.usefixtures("laid_out_once")

URL = "/sheets/packets/verify/"


@made_once
def signed(department, officer, head, assessor):
    return signed_sheet(department, by=officer, head=head, assessor=assessor)


def asked(client, content: bytes, name: str = "迎检包.pdf", **more: str) -> str:
    response = client.post(URL, {"file": SimpleUploadedFile(name, content)} | more)
    assert response.status_code == 200
    return response.content.decode()


def test_page_is_reached_from_the_packets_and_shows_no_answer_yet(sign_in, inspector):
    page = sign_in(inspector).get(URL).content.decode()
    assert "只读一遍，不保存" in page
    assert 'id="answer"' not in page
    assert URL in sign_in(inspector).get(reverse("scoring:packets")).content.decode()


def test_page_signed_packet_holds_and_is_recorded_but_not_stored(sign_in, officer, signed):
    content = packet_file(signed, "pdf", by=officer)
    kept = PacketFile.objects.count()
    page = asked(sign_in(officer), content)
    assert "已证实" in page
    assert "不符</span>" not in page
    event = Event.objects.filter(action="scoring.verify_packet").get()
    assert (event.target_id, event.detail["holds"], event.detail["kind"]) == (str(signed.pk), True, "pdf")
    assert PacketFile.objects.count() == kept


def test_page_says_what_a_tampered_packet_breaks(sign_in, officer, signed):
    content = packet_file(signed, "pdf", by=officer)
    page = asked(sign_in(officer), content + b"\n")
    assert "已改动" in page
    assert "其后另有1字节是后来加上的" in page
    assert Event.objects.get(action="scoring.verify_packet").detail["holds"] is False


@pytest.mark.parametrize("kind", ["json", "xlsx"])
def test_page_takes_data_and_workbook_too(sign_in, officer, signed, kind):
    assert "已证实" in asked(sign_in(officer), packet_file(signed, kind, by=officer), f"a.{kind}")


def test_page_takes_the_scanned_code_and_refuses_another_hash(sign_in, officer, signed):
    content, document = packet_file(signed, "json", by=officer), signed_document(signed)
    code = verification_code(document.content_hash(), document.seal).text
    assert "相符。" in asked(sign_in(officer), content, "a.json", printed=code)
    page = asked(sign_in(officer), content, "a.json", printed="0" * 16)
    assert "已改动" in page


def test_page_packet_of_a_stranger_is_refused_without_laying_it_out(sign_in, inspector, monkeypatch):
    content = sealed_packet()
    monkeypatch.setattr("scoring.packet.pdf.render_pdf", lambda *a: pytest.fail("laid out"))
    page = asked(sign_in(inspector), content)
    assert "不在已知之列" in page
    assert "未重新生成比较" in page
    assert "内容完整，但签章人或原件未能确认" in page
    assert ("已证实" in page, "已改动" in page) == (False, False)


def test_page_stranger_whose_fingerprint_is_given_is_taken_at_the_givers_word(sign_in, inspector):
    from tests.exports.sealed import seal_key

    page = asked(sign_in(inspector), sealed_packet(), fingerprint=seal_key().fingerprint.upper())
    assert "已证实" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "请选择要核验的文件。"),
        ({"file": (b"", "a.pdf")}, "所选文件是空的（0字节）。"),
        ({"file": (b"x", "a.pdf"), "printed": "不是"}, "内容校验值是十六进制数字"),
        ({"file": (b"x", "a.pdf"), "fingerprint": "12"}, "证书指纹是64位十六进制数字"),
    ],
)
def test_page_says_what_is_wrong_with_what_was_typed(sign_in, inspector, data, words):
    data = {k: SimpleUploadedFile(v[1], v[0]) if isinstance(v, tuple) else v for k, v in data.items()}
    response = sign_in(inspector).post(URL, data)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_page_file_over_the_limit_is_refused(sign_in, inspector, monkeypatch):
    monkeypatch.setattr("scoring.verification.forms.MOST_BYTES", 1_000_000)
    response = sign_in(inspector).post(
        URL, {"file": SimpleUploadedFile("a.pdf", b"%PDF-" + bytes(2_000_000))}
    )
    assert response.status_code == 422
    assert "文件有2 MB，上限为1 MB" in response.content.decode()


@pytest.mark.parametrize("content", [b"%PDF-1.7 cut", b"PK\x03\x04", b"{", b"\xff" * 100, b"[]"])
def test_page_other_files_are_refused_in_words(sign_in, inspector, content):
    assert "不是迎检包，或已损坏" in asked(sign_in(inspector), content, "a.bin")


def rows_of(client, files, **more) -> list[list[str]]:
    """The cells of the table that the page answers several files with."""
    response = client.post(URL, {"file": [SimpleUploadedFile(*file) for file in files]} | more)
    assert response.status_code == 200, response.content.decode()
    table = response.content.decode().partition('id="answers"')[2].partition("<tbody>")[2]
    rows = re.findall(r"<tr>(.*?)</tr>", table.partition("</tbody>")[0], re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[" ".join(re.sub(r"<[^>]+>", "", cell).split()) for cell in row] for row in cells]


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return out.getvalue()


def test_page_several_files_are_one_table_with_every_error_in_words(sign_in, officer, signed):
    content = packet_file(signed, "json", by=officer)
    files = [
        ("甲.json", content),
        ("乙.json", content.replace(b'"status": "signed"', b'"status": "draft"')),
        ("丙.pdf", b""),
        ("丁.zip", b"PK\x03\x04 cut"),
    ]
    good, altered, empty, damaged = rows_of(sign_in(officer), files)
    document = signed_document(signed)
    assert good[:6] == [
        "甲.json",
        document.institution.name,
        document.department,
        document.period.label,
        "1",
        str(document.result.total),
    ]
    assert (good[7], good[9].partition("：")[0]) == ("已证实", "核对一致，有须注意之处")
    assert good[10].startswith("注意 本抽样窗口共抽样1次，1次的随机种子由人指定。")
    assert (altered[7], altered[10]) == (
        "不是迎检包，或已损坏",
        "不符 内容校验值与内容不符：文件在生成之后被改动。",
    )
    assert empty[7:] == ["未能读取", "无数据", "无数据", "不符 文件是空的（0字节）。"]
    assert damaged[7:] == ["未能读取", "无数据", "无数据", "不符 压缩包已损坏，不能打开。"]
    events = Event.objects.filter(action="scoring.verify_packet")
    assert sorted(event.detail["holds"] for event in events) == [False, True]


def test_page_archive_and_folder_give_their_packets_and_name_what_lies_beside(sign_in, officer, signed):
    content = packet_file(signed, "json", by=officer)
    packed = zipped(packet_json=content, manifest_json=b"{}")
    found = rows_of(sign_in(officer), [("三季度.zip", packed)])
    assert [(row[0], row[7]) for row in found] == [("三季度.zip/packet.json", "已证实")]
    folder = [SimpleUploadedFile("packet.json", content), SimpleUploadedFile("目录.html", b"x")]
    page = sign_in(officer).post(URL, {"folder": folder}).content.decode()
    assert ('id="answer"' in page, "已证实" in page) == (True, True)


def test_page_sealed_packets_of_a_table_are_not_laid_out_again(sign_in, inspector, monkeypatch):
    from tests.exports.sealed import seal_key

    monkeypatch.setattr("scoring.packet.pdf.render_pdf", lambda *a: pytest.fail("laid out"))
    files = [("a.pdf", sealed_packet()), ("b.pdf", sealed_packet())]
    found = rows_of(sign_in(inspector), files, fingerprint=seal_key().fingerprint)
    assert [row[7] for row in found] == ["已证实"] * 2


@pytest.mark.parametrize(
    ("limits", "data", "words"),
    [
        ({"MOST_FILES": 2}, {}, "选了3个文件，一次最多2个：请分批核验，或改用命令 verify_packet。"),
        ({"MOST_TOGETHER": 5}, {}, "所选文件合计超过0 MB：请分批核验。"),
        ({}, {"printed": "0" * 16}, "内容校验值只用于核验一份文件：请只选一份，或不填。"),
        ({}, {"file": [], "folder": [("a.txt", b"x")]}, "所选文件夹里没有PDF、JSON、Excel或ZIP文件。"),
    ],
)
def test_page_too_much_at_once_is_refused_in_words(sign_in, inspector, monkeypatch, limits, data, words):
    for name, most in limits.items():
        monkeypatch.setattr(f"scoring.verification.forms.{name}", most)
    given = {"file": [("a.pdf", b"xx"), ("b.pdf", b"xx"), ("c.pdf", b"xx")]} | data
    for name in ("file", "folder"):
        given[name] = [SimpleUploadedFile(*file) for file in given.get(name, ())]
    response = sign_in(inspector).post(URL, given)
    assert (response.status_code, words in response.content.decode()) == (422, True)


def test_page_archive_beyond_its_limits_is_said_by_name(sign_in, inspector, monkeypatch):
    monkeypatch.setattr("scoring.verification.views.ARCHIVE_LIMITS", Limits(entries=1, unpacked=10))
    ((*_, words),) = rows_of(sign_in(inspector), [("a.zip", zipped(a_json=b"{}", b_json=b"{}"))])
    assert words == "不符 压缩包内有2个文件，超过1个，未读取：请分批核对。"
