"""A packet's layout belongs to a program version: whoever changes the one must raise the other."""

import hashlib
import re
import tomllib
from dataclasses import replace

import pytest

from scoring.content.parts import Generated
from scoring.content.seal import Seal
from scoring.packet.file_checks import layout_check
from scoring.packet.pdf import render_html
from scoring.packet.program import PROGRAM
from scoring.packet.signature import SealCheck
from scoring.packet.verify import Trust
from scoring.packet.xlsx import render_xlsx
from tests.exports.sample_rows import with_rows
from tests.paths import DATA, ROOT

LAYOUTS = DATA / "packet" / "layouts.txt"
FILES = (
    *("docs/recheck_packet.py", "docs/packet.schema.json"),
    *("templates/print.html", "static/css/print.css", "static/css/print-unmasked.css"),
    "templates/scoring/pdf/*.html",
    "static/fonts/*.ttf",
)
_LIBRARIES = re.compile(r"^(?:weasyprint|openpyxl|segno)==\S+", re.MULTILINE)
RAISE = (
    "Packets get other bytes than those of {version}. Raise the version in scoring/packet/program.py and "
    "pyproject.toml, so that packets sealed before are checked by their seal, and add this line to {file}:\n"
    "{line}"
)


def parts() -> dict[str, bytes]:
    """What decides on the bytes of a packet: files, libraries, and a sample as laid out by the code."""
    paths = [path for pattern in FILES for path in sorted(ROOT.glob(pattern)) if path.stem != "blank"]
    found = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths}
    pins = _LIBRARIES.findall((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    document = replace(
        with_rows(), generated=Generated("2025-10-20 16:05", "任主任", ""), seal=Seal("ab" * 32, "签章")
    )
    printed = {"page": render_html(document).encode(), "workbook": render_xlsx(document)}
    return found | {"libraries": " ".join(pins).encode()} | printed


def digest(named: dict[str, bytes]) -> str:
    lines = [f"{name} {hashlib.sha256(content).hexdigest()}\n" for name, content in sorted(named.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def recorded() -> list[list[str]]:
    """[version, digest] of every version, oldest first."""
    lines = LAYOUTS.read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines if not line.startswith("#")]


def test_packet_layout_changed_without_a_new_version_is_refused():
    versions = [version for version, _ in recorded()]
    line = f"{PROGRAM.split()[1]} {digest(parts())}"
    assert len(set(versions)) == len(versions), "a version that was given out keeps its layout"
    words = RAISE.format(version=PROGRAM, file=LAYOUTS.relative_to(ROOT), line=line)
    assert " ".join(recorded()[-1]) == line, words


def test_version_of_the_package_is_that_of_the_packets():
    with (ROOT / "pyproject.toml").open("rb") as file:
        assert f"qcportal {tomllib.load(file)['project']['version']}" == PROGRAM


@pytest.mark.parametrize("name", ["docs/recheck_packet.py", "docs/packet.schema.json", "libraries", "page"])
def test_digest_changes_with_every_part_of_the_layout(name):
    found = parts()
    assert digest(found | {name: found[name] + b"\n"}) != digest(found)


def test_sealed_packet_of_an_earlier_version_rests_on_its_seal():
    document = replace(with_rows(), generated=Generated("2025-10-20 16:05", "任主任", "qcportal 0.1.1"))
    seal = SealCheck("ab" * 32, "签章", "", "", "")
    found = layout_check(b"%PDF-1.7 of then", document, {}, seal, True, Trust())
    assert (found.ok, found.sentence) == (
        None,
        "由另一版本的程序（qcportal 0.1.1）生成，未重新生成比较；以系统签章为准。",
    )
