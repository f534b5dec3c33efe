"""docs/recheck_packet.py: the inspector's own script comes to the app's draw, points and hash."""

import random
import re
import subprocess
import sys
from dataclasses import asdict, replace
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.monthly.domain.monthly import monthly_document, monthly_draw
from audits.sampling.domain.draw import draw
from audits.sampling.domain.frozen_list import Entry
from audits.sampling.domain.replacement import Sample, replacement_for
from scoring.packet.json import render_json
from scoring.packet.queries.month_reports import draw_file
from tests.exports.sample import sample_document
from tests.exports.sample_rows import with_rows
from tests.exports.sealed import sealed_document
from tests.paths import ROOT

SCRIPT = ROOT / "docs" / "recheck_packet.py"
_spec = spec_from_file_location("recheck_packet", SCRIPT)
recheck = module_from_spec(_spec)
_spec.loader.exec_module(recheck)


def run(tmp_path, content: bytes, *more: str) -> subprocess.CompletedProcess:
    path = tmp_path / "packet.json"
    path.write_bytes(content)
    # -I: nothing of this checkout can be imported.
    command = [sys.executable, "-I", str(SCRIPT), str(path), *more]
    return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, encoding="utf-8")


@pytest.mark.parametrize(
    "document",
    [
        sealed_document(),
        sample_document(),
        sample_document(status="draft", judged=6),
        sample_document(status="draft", states={"1.1": None}),
        sample_document(states={"1.5": "absent", "1.2": "absent"}),
    ],
    ids=["sealed", "first schema", "six judged", "open row", "two rows lost"],
)
def test_script_comes_to_the_packets_own_figures(tmp_path, document):
    found = run(tmp_path, render_json(document))
    *lines, verdict, last = found.stdout.splitlines()
    assert (found.returncode, found.stderr) == (3, "")
    asked = ["内容校验值", "机构级别（示例市第一人民医院）", "期间（2025-07-01至2025-09-30）"]
    asked += ["本次抽样的期间"] if document.draws else []
    asked += ["抽中", "更换之后"]
    asked += ["种子哈希", "冻结名单之后才公布的种子哈希"] if document.draws else []
    asked += ["各行得分", "各部分得分", "合计", "判定", "符合率"]
    assert [line.split()[:2] for line in lines] == [["相符", what] for what in asked]
    assert verdict.startswith("结论：内容完整，但签章人或原件未能确认")
    assert last.startswith("最后请与系统签章完好的PDF封面核对：示例市第一人民医院，放射科，2025年第3季度")
    assert document.content_hash() in last


def test_script_prints_what_differs_and_what_is_open_without_a_programs_codes(tmp_path):
    draft = sample_document(status="draft", states={"1.1": None})
    content = render_json(draft).decode().replace('"verdict": "unjudged_rows"', '"verdict": "pass"')
    said = run(tmp_path, content.encode()).stdout
    assert "不符 判定 尚有未评项目，不作判定 所载：尚有未评项目，不作判定，又作合格" in said.splitlines()
    assert "相符 各部分得分 未评、" in said
    assert re.findall(r"[\[\]'(){}]|None|True|False|[a-z]+_[a-z_]+", said) == []


@pytest.mark.parametrize(
    ("given", "code", "verdict"),
    [
        (lambda digits: digits, 0, "结论：已证实"),
        (lambda digits: digits.upper()[:32] + " " + digits[32:], 0, "结论：已证实"),
        (lambda digits: digits[:16], 1, "结论：已改动"),
        (lambda digits: "0" * 64, 1, "结论：已改动"),
    ],
)
def test_script_proves_a_file_by_the_whole_hash_of_a_sealed_cover_alone(tmp_path, given, code, verdict):
    document = sealed_document()
    found = run(tmp_path, render_json(document), given(document.content_hash()))
    assert (found.returncode, found.stdout.splitlines()[-2]) == (code, verdict)


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"", b"[]", b"{}", b'{"content_hash": "0"}'])
def test_script_given_no_json_exits_2(tmp_path, content):
    found = run(tmp_path, content)
    assert (found.returncode, found.stderr, found.stdout[:4]) == (2, "", "不能读取")


@pytest.mark.parametrize(
    ("old", "new", "differs"),
    [
        ('"total": 26', '"total": 27', ["内容校验值", "合计"]),
        ('"discordant": true', '"discordant": false', ["内容校验值", "各行得分", "各部分得分", "合计"]),
        ('"judgement": "discordant"', '"judgement": "concordant"', ["内容校验值", "符合率"]),
        ('"verdict": "pass"', '"verdict": "fail"', ["内容校验值", "判定"]),
        ('"rate": "90.0%"', '"rate": "95.0%"', ["内容校验值", "符合率"]),
        (
            '"level_zh": "三级医院"',
            '"level_zh": "二级医院"',
            ["内容校验值", "机构级别（示例市第一人民医院）"],
        ),
        (
            '"label": "2025年第3季度"',
            '"label": "2025年第4季度"',
            ["内容校验值", "期间（2025-07-01至2025-09-30）"],
        ),
        ('"seed": "1-5e0d', '"seed": "1-5e0e', ["内容校验值", "抽中", "更换之后"]),
    ],
)
def test_script_says_what_differs(tmp_path, old, new, differs):
    content = render_json(sample_document()).decode()
    assert old in content
    found = run(tmp_path, content.replace(old, new).encode())
    assert found.returncode == 1
    assert [line.split()[1] for line in found.stdout.splitlines() if line.startswith("不符")] == differs


def test_script_finds_another_seed_and_a_late_commitment_and_names_a_chosen_seed(tmp_path):
    document = sealed_document()
    (own,) = document.draws.window
    lines = {}
    for name, changed in {
        "seed": replace(own, commitment="0" * 64),
        "late": replace(own, opened_seq=9),
        "chosen": replace(own, seed_origin="chosen", commitment=""),
    }.items():
        packet = replace(document, draws=replace(document.draws, window=(changed,)))
        found = run(tmp_path, render_json(packet)).stdout.splitlines()
        lines[name] = [line.split()[:2] for line in found if not line.startswith(("相符", "结论", "最后"))]
    assert lines == {
        "seed": [["不符", "种子哈希"]],
        "late": [["不符", "冻结名单之后才公布的种子哈希"]],
        "chosen": [["注意：", "2025年第3季度"]],
    }


_SYSTEMS = st.sampled_from(recheck.SYSTEMS)


@st.composite
def lists(one):
    size = one(st.integers(0, 40))
    return [
        Entry(
            f"A{i:03d}",
            one(_SYSTEMS),
            one(st.sampled_from(["DR", "CT", "MRI"])),
            f"p{one(st.integers(0, 25))}",
            one(st.sampled_from(["", "r1", "r2", "r3"])),
        )
        for i in range(size)
    ]


@given(entries=lists(), seed=st.text("0123456789abcdef-", min_size=1, max_size=20), places=st.randoms())
def test_script_draws_and_replaces_as_the_app_does(entries, seed, places):
    drawn = draw(entries, seed)
    sample = Sample(drawn)
    for _ in range(random.Random(places.random()).randrange(4)):
        if not sample.current:
            break
        leaving = places.choice(sample.current)
        step = replacement_for(sample, leaving.accession_number, "不符合入选条件")
        sample = Sample(drawn, (*sample.replacements, step))
    plain = [entry._asdict() if hasattr(entry, "_asdict") else asdict(entry) for entry in entries]
    first, reserve = recheck.redraw(plain, seed, 10)
    assert [e["accession_number"] for e in first] == [e.accession_number for e in drawn.drawn]
    assert [e["accession_number"] for e in reserve] == [e.accession_number for e in drawn.reserve]
    steps = [{"removed": step.removed, "added": step.added} for step in sample.replacements]
    assert recheck.replaced(first, reserve, steps) == [e.accession_number for e in sample.current]


def monthly_packet(tmp_path, **changed):
    """A packet with one month drawn, and its draw file beside it, `changed` in the file."""
    pool = [Entry(f"CT{i:03d}", "other", ("CT", "DR", "MRI")[i % 3], f"p{i // 2}", "r") for i in range(40)]
    drawn = monthly_draw(pool, "1-" + "ab" * 16)
    file = draw_file(date(2025, 7, 1), monthly_document(drawn, date(2025, 7, 1)) | changed)
    (tmp_path / file.name).write_bytes(file.content)
    document = with_rows()
    july = replace(
        document.monthly.months[0],
        seed=drawn.seed,
        list_hash=drawn.list_hash,
        draw_file=file.name,
        draw_sha256=file.sha256,
        draw_size=file.size,
        reports=tuple(
            replace(report, accession_number=entry.accession_number)
            for report, entry in zip(document.monthly.months[0].reports, drawn.drawn, strict=True)
        ),
    )
    months = (july, *document.monthly.months[2:])
    return replace(document, monthly=replace(document.monthly, months=months)), tmp_path / file.name


def months_said(found) -> list[str]:
    lines = found.stdout.splitlines()
    return [line.split()[0] for line in lines if "抽样文件" in line or "月抽样" in line]


def test_script_redraws_the_months_from_the_files_beside_it_or_given(tmp_path):
    document, path = monthly_packet(tmp_path)
    assert months_said(run(tmp_path, render_json(document))) == ["相符"] * 3
    elsewhere = tmp_path / "away"
    elsewhere.mkdir()
    assert months_said(run(elsewhere, render_json(document))) == ["未核"]
    assert months_said(run(elsewhere, render_json(document), str(path))) == ["相符"] * 3
    path.write_text(path.read_text().replace('"seed":"1-ab', '"seed":"1-ac'))
    found = run(tmp_path, render_json(document))
    assert (found.returncode, months_said(found)) == (1, ["不符"])


def test_script_redraws_a_month_whose_file_was_forged_with_its_digest(tmp_path):
    document, _ = monthly_packet(tmp_path, seed="1-" + "ac" * 16)
    assert months_said(run(tmp_path, render_json(document))) == ["相符", "不符", "不符"]


def test_script_given_another_packets_month_says_so(tmp_path):
    (tmp_path / "month-2024-01-draw.json").write_text("{}")
    found = run(tmp_path, render_json(sealed_document()), str(tmp_path / "month-2024-01-draw.json"))
    assert (found.returncode, months_said(found)) == (1, ["不符"])


@given(entries=lists(), seed=st.text("0123456789abcdef-", min_size=1, max_size=20), size=st.integers(1, 20))
def test_script_draws_a_month_as_the_app_does(entries, seed, size):
    drawn = monthly_draw(entries, seed, size)
    plain = [entry._asdict() for entry in entries]
    again = recheck.redraw_month(plain, seed, size)
    assert [e["accession_number"] for e in again] == [e.accession_number for e in drawn.drawn]
    assert recheck.list_hash(plain) == drawn.list_hash
