"""What a packet costs, side by side in one run: our PDF and workbook beside the naive ways to make them.

    python benchmarks/packet.py [ROUNDS [VARIANT...]]     default 5 rounds of all variants

Each variant lives in a process of its own (fontconfig is read once a process) and is asked in turn, so that
a noisy machine is noisy for all. Printed: the median CPU time of a warm render, the size, and the ratios
SPEED names, each the median over the rounds of what two neighbours in a round took. Nothing is kept.

The content is one and the same: a signed packet of today's schema with ten reports and every chapter, its
workbook, its JSON and two evidence files inside, tagged (PDF/A-3a).

    naive     WeasyPrint alone: the Noto CJK collection, tables with automatic columns
    raw       WeasyPrint alone on our finished HTML and files, our fonts
    ours      scoring.packet.pdf.render_pdf: template, checks of characters, workbook, JSON, the seal's place
    sheet     the same of a packet in which one row of the sheet was rated otherwise since the last render
    50, 200   the same with so many reports, for the cost of a page as packets grow
    made      scoring.actions.files.packet_file: a packet in a database, its PDF made, sealed and stored
    kept      the same asked again, nothing having changed
    xlsx      the workbook beside the bare values of its cells

The naive fonts are Debian's fonts-noto-cjk; QC_NOTO_CJK names their folder where they are not installed.
"""

import io
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FONTS = Path(os.environ.get("QC_NOTO_CJK", "/usr/share/fonts/opentype/noto"))
NEEDED = ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc", "NotoSerifCJK-Regular.ttc")
VARIANTS = ("naive", "raw", "ours", "sheet", "50", "200", "made", "kept", "xlsx", "bare xlsx")


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    chosen = [name for name in VARIANTS if name in sys.argv[2:] or not sys.argv[2:]]
    absent = [name for name in NEEDED if not (FONTS / name).is_file()]
    if absent and "naive" in chosen:
        print(
            f"{FONTS} has no {', '.join(absent)}: install fonts-noto-cjk, or name its folder in QC_NOTO_CJK"
        )
        return 1
    with tempfile.TemporaryDirectory() as folder:
        children = {name: _started(name, folder) for name in chosen}
        for child in children.values():
            _asked(child)  # the first render reads fonts and templates; only warm ones count
        answers: dict[str, list[dict]] = {name: [] for name in chosen}
        for number in range(rounds):
            for name, child in children.items():
                if name != "200" or number < 3:  # it takes as long as all others together
                    answers[name].append(_asked(child))
        for child in children.values():
            child.stdin.close()
            child.wait()
    _print(answers)
    return 0


def _started(name: str, folder: str) -> subprocess.Popen:
    settings = {"DJANGO_SETTINGS_MODULE": "qcportal.settings", "QC_DATA_DIR": f"{folder}/{name}"}
    settings |= {"FONTCONFIG_FILE": str(_naive_fonts(folder))} if name == "naive" else {}
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | settings
    command = [sys.executable, __file__, "--child", name]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, env=environment, text=True, **pipes)


def _naive_fonts(folder: str) -> Path:
    """The machine's own list of fonts, and the collection wherever it lies."""
    path = Path(folder) / "fonts.conf"
    includes = f"<include ignore_missing='yes'>/etc/fonts/fonts.conf</include><dir>{FONTS}</dir>"
    path.write_text(f"<fontconfig>{includes}<cachedir>{folder}/cache</cachedir></fontconfig>")
    return path


def _asked(child: subprocess.Popen) -> dict:
    child.stdin.write("go\n")
    child.stdin.flush()
    return json.loads(child.stdout.readline())


def _print(answers: dict[str, list[dict]]) -> None:
    cpu = {name: statistics.median(a["cpu"] for a in found) for name, found in answers.items()}
    for name, found in answers.items():
        pages, size = found[0]["pages"], found[0]["size"] / 1024
        paper = f"{pages:3} pages {1000 * cpu[name] / pages:5.1f} ms/page" if pages else ""
        print(f"{name:<10} {cpu[name]:7.3f} s CPU   {size:6.0f} kB   {paper}")
    for words, mine, other, measure in (
        ("ours / raw (target 1.05)", "ours", "raw", "cpu"),
        ("ours / naive (target 0.65, stretch 0.57)", "ours", "naive", "cpu"),
        ("size, ours / naive (target 0.5)", "ours", "naive", "size"),
        ("unchanged again / made (target 0.01)", "kept", "made", "cpu"),
        ("only the sheet changed / ours (target 0.25)", "sheet", "ours", "cpu"),
        ("a page, 200 reports / 50 reports (target 1.1)", "200", "50", "page"),
        ("workbook / its bare values", "xlsx", "bare xlsx", "cpu"),
    ):
        if mine in answers and other in answers:
            pairs = zip(answers[mine], answers[other], strict=False)
            ratio = statistics.median(_of(one, measure) / _of(two, measure) for one, two in pairs)
            print(f"{words:<46} {ratio:6.3f}")
    if {"ours", "xlsx"} <= cpu.keys():
        made = 60 / (cpu["ours"] + cpu["xlsx"])
        print(f"{'packets a minute and core, PDF and workbook':<46} {made:6.1f}")


def _of(answer: dict, measure: str) -> float:
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


def _ours(cases: int | None = None):
    from scoring.packet.pdf import render_pdf
    from tests.exports.sample_whole import ENCLOSED, whole_document

    document = whole_document(cases)
    return lambda: render_pdf(document, ENCLOSED)


def _sheet():
    """Two packets that differ in how a row of section 1 was rated, each in its turn."""
    from itertools import cycle

    from scoring.packet.pdf import render_pdf
    from tests.exports.sample_whole import ENCLOSED, whole_document

    turns = cycle([whole_document(), whole_document(states={"1.4": "absent"})])
    return lambda: render_pdf(next(turns), ENCLOSED)


def _alone(html: str, files):
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
        return document.write_pdf(
            pdf_variant="pdf/a-3a", pdf_identifier=b"raw", attachments=inside, pdf_tags=True
        )

    return render


def _finished(css: str):
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


def _raw():
    from exporting import pdf

    os.environ["FONTCONFIG_FILE"] = str(pdf._fonts_conf())
    html, files = _finished(_css())
    return _alone(html, files)


def _naive():
    css = _css().replace("table-layout: fixed", "table-layout: auto")
    css = css.replace("Noto Serif SC", "Noto Serif CJK SC").replace("Noto Sans SC", "Noto Sans CJK SC")
    html, files = _finished(css)
    return _alone(re.sub(r"<colgroup>.*?</colgroup>", "", html), files)


def _stored(again: bool):
    """The PDF of a sheet signed in a database of its own; forgotten before each render unless `again`."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from scoring.actions.files import packet_file
    from scoring.models import PacketFile
    from tests.people import radiology
    from tests.sheet_factories import cast, signed_sheet

    department = radiology()
    sheet = signed_sheet(department, **cast(department), discordant=1, faulty=2)

    def render() -> bytes:
        if not again:
            PacketFile.objects.all().delete()
        return packet_file(sheet, "pdf", by=None)

    return render


def _xlsx():
    from scoring.packet.xlsx import render_xlsx
    from tests.exports.sample_whole import whole_document

    document = whole_document()
    return lambda: render_xlsx(document)


def _bare_xlsx():
    """The same values appended without looks, types, merges or fixed times."""
    from openpyxl import Workbook, load_workbook

    source = load_workbook(io.BytesIO(_xlsx()()))
    values = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in source.worksheets}

    def render() -> bytes:
        book = Workbook()
        for title, rows in values.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return render


_RENDERERS = {
    "naive": _naive,
    "raw": _raw,
    "ours": _ours,
    "sheet": _sheet,
    "50": lambda: _ours(50),
    "200": lambda: _ours(200),
    "made": lambda: _stored(again=False),
    "kept": lambda: _stored(again=True),
    "xlsx": _xlsx,
    "bare xlsx": _bare_xlsx,
}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _child(sys.argv[2])
    else:
        sys.exit(main())
