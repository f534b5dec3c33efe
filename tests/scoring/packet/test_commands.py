"""manage.py packet and the kept files behind it; manage.py score stays right."""

import hashlib
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audits.conflicts import RefusedError
from scoring.packet.actions.files import packet_file
from scoring.packet.models import PacketFile
from scoring.sheets.queries.signed_records import signed_document
from tests.paths import DATA
from tests.scoring.sheets.factories import draft_sheet, signed_sheet
from tests.scoring.tampering import tamper
from tests.stories import made_once
from trail.models import Event

pytestmark = pytest.mark.usefixtures("laid_out_once")

KINDS = ["pdf", "xlsx", "json"]


@made_once
def signed(department, officer, head, assessor):
    return signed_sheet(department, by=officer, head=head, assessor=assessor, discordant=1)


def run(*words) -> dict:
    out = io.StringIO()
    call_command("packet", *map(str, words), stdout=out)
    return json.loads(out.getvalue())


def test_packet_of_signed_sheet_writes_three_files(signed, tmp_path):
    answer = run(signed.pk, "--out", tmp_path / "new")
    files = answer.pop("files")
    assert answer == {
        "sheet": signed.pk,
        "department": "RAD",
        "period": "2026年第3季度",
        "number": 1,
        "status": "signed",
        "total": 29,
        "verdict": "pass",
        "content_hash": signed.content_hash,
    }
    assert [row["kind"] for row in files] == KINDS
    for row in files:
        content = Path(row["path"]).read_bytes()
        assert (row["sha256"], row["size"]) == (hashlib.sha256(content).hexdigest(), len(content))
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        f"迎检包_RAD_2026年第3季度_第1版.{kind}" for kind in ("json", "pdf", "xlsx")
    ]


def test_packet_by_department_and_period_is_the_same(signed, tmp_path):
    by_name = run("RAD/2026年第3季度", "--out", tmp_path / "a")
    by_id = run(signed.pk, "--out", tmp_path / "b")
    assert [row["sha256"] for row in by_name["files"]] == [row["sha256"] for row in by_id["files"]]


def test_packet_of_draft_is_written_and_marked(department, officer, assessor, tmp_path):
    sheet = draft_sheet(department, by=officer, assessor=assessor)
    answer = run(sheet.pk, "--out", tmp_path)
    found = (answer["status"], answer["total"], answer["verdict"], PacketFile.objects.count())
    assert found == ("draft", 30, "pass", 0)
    assert all("草稿" in Path(row["path"]).name for row in answer["files"])


def test_packet_json_repeats_its_draw(signed, tmp_path):
    files = run(signed.pk, "--out", tmp_path)["files"]
    out = io.StringIO()
    call_command("verify_draw", files[2]["path"], stdout=out)
    assert json.loads(out.getvalue())["ok"] is True


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("999", "没有编号为 999 的评分表。现有："),
        ("9" * 40, "没有编号为"),
        ("RAD", "评分表应写作编号，或“科室代码/期间”"),
        ("RAD/2020年第1季度", "科室 RAD 没有“2020年第1季度”的评分表。"),
        ("²", "评分表应写作编号"),
    ],
)
def test_packet_of_unknown_sheet_says_what_exists(signed, tmp_path, given, sentence):
    with pytest.raises(CommandError) as refused:
        run(given, "--out", tmp_path)
    assert (sentence in str(refused.value), refused.value.returncode) == (True, 2)


def test_packet_without_any_sheet_says_so(db, tmp_path):
    with pytest.raises(CommandError, match="目前还没有任何评分表"):
        run("1", "--out", tmp_path)


def test_packet_into_a_file_is_refused(signed, tmp_path):
    (tmp_path / "taken").write_text("x")
    with pytest.raises(CommandError, match="不能建立目录") as refused:
        run(signed.pk, "--out", tmp_path / "taken")
    assert refused.value.returncode == 2


# --- kept files ------------------------------------------------------------------------------------


def test_packet_file_is_rendered_once_and_then_read(signed, officer, monkeypatch):
    first = packet_file(signed, "json", by=officer)
    monkeypatch.setattr("scoring.packet.actions.files.render", lambda *given: pytest.fail("rendered twice"))
    assert packet_file(signed, "json", by=officer) == first
    assert list(PacketFile.objects.values_list("kind", "sha256", "size")) == [
        ("json", hashlib.sha256(first).hexdigest(), len(first))
    ]


def test_packet_file_that_is_gone_is_rendered_again(signed, officer):
    first = packet_file(signed, "json", by=officer)
    Path(PacketFile.objects.get().file.path).unlink()
    assert packet_file(signed, "json", by=officer) == first
    assert Path(PacketFile.objects.get().file.path).read_bytes() == first


def test_packet_file_that_was_altered_is_never_handed_out(signed, officer):
    first = packet_file(signed, "json", by=officer)
    Path(PacketFile.objects.get().file.path).write_bytes(first.replace(b"29", b"30"))
    assert packet_file(signed, "json", by=officer) == first
    event = Event.objects.order_by("seq").last()
    assert (event.action, event.result) == ("scoring.packet_damaged", "refused")


def test_packet_of_altered_content_is_refused(signed, officer):
    signed.content["result"]["total"] = 30
    changed = tamper(signed, content=signed.content)
    with pytest.raises(RefusedError, match="校验值不符"):
        packet_file(changed, "json", by=officer)
    assert PacketFile.objects.count() == 0


def test_packet_file_of_draft_is_refused(department, officer, assessor):
    with pytest.raises(RefusedError, match="尚未签发"):
        signed_document(draft_sheet(department, by=officer, assessor=assessor))


# --- manage.py score -------------------------------------------------------------------------------

VECTORS = DATA / "standard" / "score_vectors.json"


def test_score_of_all_worked_cases_answers_as_expected(capsys):
    out = io.StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("score", str(VECTORS), stdout=out)
    answers = {row.pop("id"): row for row in json.loads(out.getvalue())["vectors"]}
    expected = {row["id"]: row["expected"] for row in json.loads(VECTORS.read_text())["vectors"]}
    assert left.value.code == 1
    assert set(answers) == set(expected)
    for name, wanted in expected.items():
        assert {key: answers[name].get(key) for key in wanted} == wanted, name


def test_score_of_unreadable_file_leaves_2(tmp_path, capsys):
    with pytest.raises(SystemExit) as left:
        call_command("score", str(tmp_path / "none.json"))
    assert left.value.code == 2


@pytest.mark.parametrize("period", ["2026-Q3", "2026年第3季度", " 2026q3"])
def test_packet_and_packets_take_every_way_to_write_a_quarter(signed, tmp_path, period):
    assert run(f"RAD/{period}", "--out", tmp_path)["sheet"] == signed.pk
    for named in (period, f"RAD/{period}"):
        out = io.StringIO()
        words = ("packets", "--quarter", named, "--out", str(tmp_path), "--workers", "1")
        call_command(*words, stdout=out)
        answer = json.loads(out.getvalue())
        assert (answer["period"], [file["packets"] for file in answer["files"]]) == ("2026Q3", [1])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("packet", "RAD/2026Q2"), "科室 RAD 没有“2026Q2”的评分表。现有："),
        (("packet", "RAD/2026"), "请指明季度，如 2026Q3，收到“2026”。"),
        (("packet", "RAD/2026Q5"), "科室 RAD 没有“2026Q5”的评分表。现有："),
        (("packet", "2026Q3"), "评分表应写作编号，或“科室代码/期间”（如 RAD/2026Q3），收到“2026Q3”。"),
        (("packets", "--quarter", "RAD/2026Q5"), "期间应写作 2026Q3（季度）或 2026（年度），收到“2026Q5”。"),
        (("packets", "--quarter", "XX/2026Q3"), "没有代码为“XX”的科室。现有：RAD。"),
        (
            ("packets", "--quarter", "RAD/2026Q3", "--department", "XX"),
            "“RAD”与 --department XX 不是同一科室，请只写一个。",
        ),
    ],
)
def test_period_that_means_no_packet_is_refused_in_words(signed, tmp_path, words, sentence):
    with pytest.raises(CommandError) as refused:
        call_command(*words, "--out", str(tmp_path))
    assert (str(refused.value).startswith(sentence), refused.value.returncode) == (True, 2)
