"""Measure the cost of a packet: the whole build against WeasyPrint alone on the same HTML, in one run.

    python benchmarks/packet.py [ROUNDS [VARIANT...]]     default 5 rounds of all variants

Each variant lives in a process of its own (fontconfig is read once a process) and is asked in turn, so that
a noisy machine is noisy for all. Printed: the median CPU time of a warm render, the size, and the ratios of
docs/performance.md, each the median over the rounds of two neighbouring times in a round. Nothing is stored.

The content is one and the same: a signed packet of today's schema with ten reports and every chapter, its
workbook, its JSON and two evidence files inside, tagged (PDF/A-3a).

    `raw`     WeasyPrint alone on our finished HTML and files, our fonts
    `ours`    scoring.packet.pdf.render_pdf: template, checks of characters, workbook, JSON, the seal's place
    `50`, `200` the same with so many reports, for the cost of a page as packets grow
    `made`    scoring.packet.actions.files: a packet in a database, its PDF made, sealed and stored
    `kept`    the same requested again without a change
"""

import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_Answer = dict[str, float]
_Render = Callable[[], bytes]
VARIANTS = ("raw", "ours", "50", "200", "made", "kept")


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    chosen = [name for name in VARIANTS if name in sys.argv[2:] or not sys.argv[2:]]
    with tempfile.TemporaryDirectory() as folder:
        children = {name: _started(name, folder) for name in chosen}
        for child in children.values():
            _asked(child)  # the first render reads fonts and templates; only warm ones count
        answers: dict[str, list[_Answer]] = {name: [] for name in chosen}
        for number in range(rounds):
            for name, child in children.items():
                if name != "200" or number < 3:  # it takes as long as all others together
                    answers[name].append(_asked(child))
        for child in children.values():
            assert child.stdin is not None
            child.stdin.close()
            child.wait()
    _print(answers)
    return 0


def _started(name: str, folder: str) -> "subprocess.Popen[str]":
    settings = {"DJANGO_SETTINGS_MODULE": "qcportal.settings", "QC_DATA_DIR": f"{folder}/{name}"}
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | settings
    command = [sys.executable, __file__, "--child", name]
    return subprocess.Popen(
        command,
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _asked(child: "subprocess.Popen[str]") -> _Answer:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write("go\n")
    child.stdin.flush()
    answer: _Answer = json.loads(child.stdout.readline())
    return answer


def _print(answers: dict[str, list[_Answer]]) -> None:
    cpu = {name: statistics.median(a["cpu"] for a in found) for name, found in answers.items()}
    for name, found in answers.items():
        pages, size = found[0]["pages"], found[0]["size"] / 1024
        paper = f"{pages:3} pages {1000 * cpu[name] / pages:5.1f} ms/page" if pages else ""
        print(f"{name:<10} {cpu[name]:7.3f} s CPU   {size:6.0f} kB   {paper}")
    for words, mine, other, measure in (
        ("ours / raw (target 1.15)", "ours", "raw", "cpu"),
        ("unchanged again / made (target 0.01)", "kept", "made", "cpu"),
        ("a page, 200 reports / 50 reports (target 1.1)", "200", "50", "page"),
    ):
        if mine in answers and other in answers:
            pairs = zip(answers[mine], answers[other], strict=False)
            ratio = statistics.median(_of(one, measure) / _of(two, measure) for one, two in pairs)
            print(f"{words:<46} {ratio:6.3f}")


def _of(answer: _Answer, measure: str) -> float:
    return answer["cpu"] / answer["pages"] if measure == "page" else answer[measure]


def _child(name: str) -> None:
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    render = _RENDERERS[name]()
    for _ in sys.stdin:
        began = time.process_time()
        content = render()
        took = time.process_time() - began
        print(json.dumps({"cpu": took, "size": len(content), "pages": _pages(content)}), flush=True)


def _pages(content: bytes) -> int:
    if not content.startswith(b"%PDF"):
        return 0
    from pypdf import PdfReader

    return len(PdfReader(io.BytesIO(content)).pages)


def _ours(cases: int | None = None) -> _Render:
    from scoring.packet.pdf import render_pdf
    from tests.exports.sample_whole import ENCLOSED, whole_document

    document = whole_document(cases)
    return lambda: render_pdf(document, ENCLOSED)


def _alone(html: str, files: Iterable[Any]) -> _Render:
    """WeasyPrint by itself, with the same structure and the same files inside as ours."""
    import weasyprint

    def render() -> bytes:
        inside = [
            weasyprint.Attachment(
                file_obj=io.BytesIO(file.content),
                name=file.name,
                description=file.description,
                created=file.at,
                modified=file.at,
                relationship="Data",
            )
            for file in files
        ]
        document = weasyprint.HTML(string=html)
        content: bytes = document.write_pdf(
            pdf_variant="pdf/a-3a", pdf_identifier=b"raw", attachments=inside, pdf_tags=True
        )
        return content

    return render


def _finished(css: str) -> tuple[str, Iterable[Any]]:
    """Our finished HTML with the style sheet inside, and the files of the packet."""
    from scoring.packet.pdf import inner_files, render_html
    from tests.exports.sample_whole import ENCLOSED, whole_document

    document = whole_document()
    link = '<link rel="stylesheet" href="project:/css/print.css">'
    html = render_html(document)
    if link not in html:
        raise SystemExit("the packet links another style sheet: what is compared would have none")
    return html.replace(link, f"<style>{css}</style>"), inner_files(document, ENCLOSED)


def _css() -> str:
    return (ROOT / "static/css/print.css").read_text(encoding="utf-8")


def _raw() -> _Render:
    from exporting import pdf

    os.environ["FONTCONFIG_FILE"] = str(pdf._fonts_conf())
    html, files = _finished(_css())
    return _alone(html, files)


def _stored(again: bool) -> _Render:
    """The PDF of a sheet signed in a database of its own; forgotten before each render unless `again`."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from scoring.packet.actions.files import packet_file
    from scoring.packet.models import PacketFile
    from tests.people import radiology
    from tests.scoring.sheets.factories import cast, signed_sheet

    department = radiology()
    sheet = signed_sheet(department, **cast(department), discordant=1, faulty=2)

    def render() -> bytes:
        if not again:
            PacketFile.objects.all().delete()
        return packet_file(sheet, "pdf", by=None)

    return render


_RENDERERS: dict[str, Callable[[], _Render]] = {
    "raw": _raw,
    "ours": _ours,
    "50": lambda: _ours(50),
    "200": lambda: _ours(200),
    "made": lambda: _stored(again=False),
    "kept": lambda: _stored(again=True),
}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _child(sys.argv[2])
    else:
        sys.exit(main())
