"""What a packet costs, side by side in one run: our PDF and workbook beside the naive ways to make them.

    python benchmarks/packet.py [ROUNDS]                  default 5

Each variant lives in a process of its own (fontconfig is read once a process) and is asked in turn, so that
a noisy machine is noisy for all. Printed: the median CPU time of a warm render, its ratio to the naive way,
the size, and the ratios SPEED names. Nothing is kept.

    naive     the same HTML by WeasyPrint alone: the machine's Noto CJK collection, automatic tables
    raw       WeasyPrint alone on our finished HTML and files: what template and checks add is seen beside it
    ours      scoring.packet.pdf.render_pdf
    long      the same with 50 reports, for the cost of a page as packets grow
"""

import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VARIANTS = ("naive", "raw", "ours", "long", "xlsx", "bare xlsx")


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        children = {name: _started(name, folder) for name in VARIANTS}
        for child in children.values():
            _asked(child)  # the first render reads fonts and templates; only warm ones count
        answers: dict[str, list[dict]] = {name: [] for name in VARIANTS}
        for _ in range(rounds):
            for name, child in children.items():
                answers[name].append(_asked(child))
        for child in children.values():
            child.stdin.close()
            child.wait()
    _print(answers)
    return 0


def _started(name: str, folder: str) -> subprocess.Popen:
    settings = {"DJANGO_SETTINGS_MODULE": "qcportal.settings", "QC_DATA_DIR": f"{folder}/{name}"}
    command = [sys.executable, __file__, "--child", name]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, env=os.environ | settings, text=True, **pipes)


def _asked(child: subprocess.Popen) -> dict:
    child.stdin.write("go\n")
    child.stdin.flush()
    return json.loads(child.stdout.readline())


def _print(answers: dict[str, list[dict]]) -> None:
    cpu = {name: statistics.median(a["cpu"] for a in found) for name, found in answers.items()}
    for name, found in answers.items():
        base = cpu["bare xlsx"] if "xlsx" in name else cpu["naive"]
        pages = found[0]["pages"]
        paper = f"{pages:3} pages {1000 * cpu[name] / pages:5.1f} ms/page" if pages else ""
        size = found[0]["size"] / 1024
        print(f"{name:<10} {cpu[name]:6.2f} s CPU   {cpu[name] / base:5.2f}   {size:6.0f} kB   {paper}")
    a_page = {name: cpu[name] / answers[name][0]["pages"] for name in ("ours", "long")}
    sizes = {name: answers[name][0]["size"] for name in ("ours", "naive")}
    for words, ratio in (
        ("ours / raw (target 1.05)", cpu["ours"] / cpu["raw"]),
        ("ours / naive (target 0.65)", cpu["ours"] / cpu["naive"]),
        ("size, ours / naive (target 0.5)", sizes["ours"] / sizes["naive"]),
        ("a page, 50 reports / 10 reports (target 1.1)", a_page["long"] / a_page["ours"]),
    ):
        print(f"{words:<46} {ratio:5.2f}")
    made = 60 / (cpu["ours"] + cpu["xlsx"])
    print(f"{'packets a minute and core, PDF and workbook':<46} {made:5.1f}")


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


def _sample(copies: int = 1):
    from dataclasses import replace

    from tests.exports.sample import sample_document

    document = sample_document()
    return replace(document, cases=document.cases * copies)


def _ours(copies: int = 1):
    from scoring.packet.pdf import render_pdf

    document = _sample(copies)
    return lambda: render_pdf(document)


def _raw():
    from exporting.pdf import html_to_pdf
    from scoring.packet.pdf import packet_files, render_html

    html, files = render_html(_sample()), packet_files(_sample())
    return lambda: html_to_pdf(html, identifier="raw", attached=files)


def _naive():
    import weasyprint

    from scoring.packet.pdf import render_html

    css = (ROOT / "static/css/print.css").read_text(encoding="utf-8")
    css = css.replace("table-layout: fixed", "table-layout: auto")
    css = css.replace("Noto Serif SC", "Noto Serif CJK SC").replace("Noto Sans SC", "Noto Sans CJK SC")
    link = '<link rel="stylesheet" href="project:/css/print.css">'
    html = render_html(_sample()).replace(link, f"<style>{css}</style>")
    return lambda: weasyprint.HTML(string=html).write_pdf()


def _xlsx():
    from scoring.packet.xlsx import render_xlsx

    document = _sample()
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
    "long": lambda: _ours(copies=5),
    "xlsx": _xlsx,
    "bare xlsx": _bare_xlsx,
}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _child(sys.argv[2])
    else:
        sys.exit(main())
