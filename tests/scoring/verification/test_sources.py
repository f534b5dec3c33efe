"""Files, folders and archives to verify: each by its name, or said why not; nothing stops the others."""

import zipfile

import pytest

from scoring.verification import sources as module
from scoring.verification.sources import Source, sources


def zipped(path, **files: bytes):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return path


def encrypted(path):
    """Marked as protected by a password, as an archive program marks it."""
    content = bytearray(zipped(path, a_pdf=b"%PDF-1").read_bytes())
    content[content.index(b"PK\x03\x04") + 6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    return path


def test_folder_gives_packets_by_name_and_passes_over_what_lies_beside_them(tmp_path):
    folder = tmp_path / "三季度"
    (folder / "第一医院").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / ".git" / "a.pdf").write_bytes(b"x")
    for name in ("b.pdf", "第一医院/a.json", "目录.html", "manifest.json", "month-2026-07-draw.json"):
        (folder / name).write_bytes(b"x")
    assert list(sources([str(folder)])) == [
        Source("三季度/b.pdf", b"x"),
        Source("三季度/manifest.json"),
        Source("三季度/month-2026-07-draw.json"),
        Source("三季度/目录.html"),
        Source("三季度/第一医院/a.json", b"x"),
    ]


def test_archive_gives_its_packets_and_a_file_named_on_the_command_line_is_always_read(tmp_path):
    archive = zipped(
        tmp_path / "all.zip", 甲院__packet_pdf=b"%PDF", 乙院__packet_json=b"{}", SHA256SUMS_txt=b"x"
    )
    (tmp_path / "note.txt").write_bytes(b"x")
    assert list(sources([str(archive), str(tmp_path / "note.txt")])) == [
        Source("all.zip/SHA256SUMS.txt"),
        Source("all.zip/乙院/packet.json", b"{}"),
        Source("all.zip/甲院/packet.pdf", b"%PDF"),
        Source("note.txt", b"x"),
    ]


def test_archive_of_chinese_windows_keeps_its_names(tmp_path):
    path = zipped(tmp_path / "a.zip", abcd_pdf=b"%PDF")
    path.write_bytes(path.read_bytes().replace(b"abcd.pdf", "甲院".encode("gbk") + b".pdf"))
    assert [source.name for source in sources([str(path)])] == ["a.zip/甲院.pdf"]


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (encrypted, "压缩包设有密码：请先用密码解压，再核对其中的文件。"),
        (lambda path: zipped(path), "压缩包是空的，没有文件。"),
        (lambda path: zipped(path, a_zip=b"PK\x03\x04"), "压缩包里还有压缩包：请先解压，再核对其中的文件。"),
        (lambda path: zipped(path, a_pdf=bytes(1001)), "文件超过50 MB，不是迎检包，未读取。"),
        (
            lambda path: zipped(path, a_pdf=bytes(900), b_pdf=bytes(900)),
            "压缩包解压后超过0 MB，可能是恶意文件，未读取。",
        ),
        (
            lambda path: zipped(path, **{f"a{i}_pdf": b"x" for i in range(9)}),
            "压缩包内有9个文件，超过8个，未读取：请分批核对。",
        ),
        (lambda path: zipped(path, a_pdf=b""), "文件是空的（0字节）。"),
        (lambda path: path, "找不到这个文件，或不是普通文件。"),
    ],
    ids=["encrypted", "empty", "nested", "large", "bomb", "many", "no bytes", "missing"],
)
def test_archive_that_cannot_be_read_is_said_by_name_and_the_next_file_is_read(
    tmp_path, monkeypatch, made, problem
):
    monkeypatch.setattr(module, "MOST_ENTRIES", 8)
    monkeypatch.setattr(module, "MOST_BYTES", 1_000)
    monkeypatch.setattr(module, "MOST_UNPACKED", 1_500)
    bad, good = made(tmp_path / "bad.zip"), tmp_path / "good.json"
    good.write_bytes(b"{}")
    first, last = sources([str(bad), str(good)])
    assert (first.name.split("/")[0], first.content, first.problem) == ("bad.zip", b"", problem)
    assert last == Source("good.json", b"{}")


def test_archive_with_a_damaged_member_still_gives_the_others(tmp_path):
    path = zipped(tmp_path / "a.zip", a_pdf=b"%PDF-aaaa", b_pdf=b"%PDF-bbbb")
    path.write_bytes(path.read_bytes().replace(b"%PDF-aaaa", b"%PDF-aaab"))
    assert list(sources([str(path)])) == [
        Source("a.zip/a.pdf", problem="压缩包中的这个文件已损坏，不能解压。"),
        Source("a.zip/b.pdf", b"%PDF-bbbb"),
    ]


def test_folder_that_cannot_be_read_is_said(tmp_path, monkeypatch):
    (tmp_path / "a.pdf").write_bytes(b"x")

    def walk(top, onerror):
        onerror(PermissionError(13, "Permission denied", "/media/内部"))
        yield str(top), [], ["a.pdf"]

    monkeypatch.setattr(module.os, "walk", walk)
    *_, refused = sources([str(tmp_path)])
    assert refused == Source("/media/内部", problem="文件夹无法读取：没有权限。")
