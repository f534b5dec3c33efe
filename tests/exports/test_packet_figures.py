"""Every figure of a packet is counted from rows of the same packet: changed alone, it is found out."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import page
import pytest
from pypdf import PdfReader

from audits.judging.domain.statistics import wilson
from scoring.content.document import PacketDocument
from scoring.packet.pdf import render_html, render_pdf
from scoring.packet.verify import document_problems
from scoring.packet.xlsx import render_xlsx
from tests.exports.reading import Sheets
from tests.exports.sample_rows import ALL_ENCLOSED, with_rows

# Names of things, not counts: they say which one, or where it is.
_NAMES = {
    *("number", "version", "position", "revision_number", "corrects", "start", "end", "seq"),
    *("audit", "opened_seq", "drawn_seq"),
    *("size of documents", "draw_size", "number of records", "number of outcomes"),
}
# Counts of what is not in the packet, which says so beside them: what did not fit into its lists.
_LEFT_OUT = {"records_left_out", "measures_left_out", "signature_left_out"}
# In a file of their own, named beside them by its hash: a month's frozen list, an earlier version's packet.
_ELSEWHERE = {"pool_size of months", "total of versions"}
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def raw() -> dict[str, Any]:
    return json.loads(with_rows().canonical())


def counts(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every whole number that is a count."""
    if isinstance(value, dict):
        for key, part in value.items():
            if path == ("draw",) and key == "document":
                continue  # the draw itself, which is repeated whole
            yield from counts(part, (*path, key))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from counts(part, (*path, place))
    elif type(value) is int and not _is_name(path):
        yield path


def _is_name(path: tuple[str | int, ...]) -> bool:
    name = str(path[-1])
    of = next((str(step) for step in reversed(path[:-1]) if isinstance(step, str)), "")
    return bool({name, f"{name} of {of}"} & (_NAMES | _LEFT_OUT | _ELSEWHERE))


def with_one_more(raw: dict[str, Any], path: tuple[str | int, ...]) -> PacketDocument:
    changed = json.loads(json.dumps(raw))
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] += 1
    return PacketDocument.from_dict(changed)


def test_sample_with_all_rows_agrees_with_itself():
    assert document_problems(with_rows()) == ()


def test_every_count_is_held_to_its_rows(raw):
    paths = list(counts(raw))
    loose = [path for path in paths if not document_problems(with_one_more(raw, path))]
    assert (loose, len(paths) > 80) == ([], True)


# Each chapter of the PDF, by its id or class, and the parts of the JSON that have the rows of its figures.
PARTS = {
    "cover": (
        *("institution", "department", "period", "sheet", "result", "sections", "statistics", "words"),
        *("edition", "seal", "anchor", "generated"),
    ),
    "contents": ("rows", "result", "statistics", "monthly", "evidence", "period"),
    "b1": ("rows", "words", "sections", "period", "sheet", "result", "evidence"),
    "lost": ("rows",),
    "cases": ("cases", "replaced"),
    "draw": ("draw", "draws", "period"),
    "evidence": ("evidence", "rows"),
    "staff": ("staffing", "period"),
    "months": ("monthly", "draws"),
    "follow-ups": ("follow_ups",),
    "history": ("history", "sheet", "cases"),
    "notes": ("statistics", "cases", "readings"),
    "annex": ("seal",),
}
# What the words of a chapter name: SHA-256 and the like, and the rows of Table B.1 it belongs to.
FIXED = {
    "cover": {"256"},
    "cases": {"2.1", "2.2"},
    "draw": {"256"},
    "evidence": {"256", "2.1", "2.2"},
    "months": {"1.2"},
    "follow-ups": {"1.3"},
    "annex": {"256", "509", "7", "8", "0", "3"},  # x509, pkcs7, UTF-8, sig0, Python 3
}
_SECTION = re.compile(r'<section class="(?P<first>[\w-]+)[^"]*"(?: id="(?P<id>[\w-]+)")?')
_UNREAD = re.compile(r'<span class="hash">.*?</span>|<svg.*?</svg>|<[^>]+>', re.DOTALL)


def numbers_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set().union(*map(numbers_in, value.values()))
    if isinstance(value, list):
        return set().union(*map(numbers_in, value))
    return set(_NUMBER.findall(str(value)))


def counted(document: PacketDocument) -> dict[str, set[str]]:
    """The figures that are printed but not in the JSON, counted here from its rows."""
    judged = [case.conclusion.judgement for case in document.cases if case.conclusion.judgement]
    strict = judged.count("concordant"), len(judged)
    interval = _NUMBER.findall(wilson(*strict).label)
    return {
        "draw": {str(len(document.draw.reserve)), str(len(document.draw.excluded))},
        "follow-ups": {str(len(document.follow_ups.records))},
        "notes": {str(strict[0]), str(strict[1]), f"{100 * strict[0] / strict[1]:.1f}", *interval},
    }


def without_rows(document: PacketDocument, html: str) -> list[tuple[str, str]]:
    """(chapter, number) of every printed number that no row of the chapter's data has."""
    raw, derived, found = json.loads(document.canonical()), counted(document), []
    for text in re.split(r"(?=<section )", html.partition("<body")[2])[1:]:
        begins = _SECTION.match(text)
        name = begins["id"] or begins["first"]
        known = set().union(*(numbers_in(raw[part]) for part in PARTS[name]))
        known |= derived.get(name, set()) | FIXED.get(name, set())
        printed = set(_NUMBER.findall(_UNREAD.sub(" ", text)))
        found += [(name, number) for number in sorted(printed - known)]
    return found


@pytest.fixture(scope="module")
def page_html() -> str:
    return render_html(with_rows())


def test_every_printed_number_has_its_rows_in_the_chapters_own_data(page_html):
    names = [found["id"] or found["first"] for found in _SECTION.finditer(page_html)]
    assert (without_rows(with_rows(), page_html), set(names)) == ([], set(PARTS))


@pytest.mark.parametrize(
    ("printed", "forged", "where"),
    [
        ("合计得分　26 分", "合计得分　28 分", ("cover", "28")),
        ("完整2例", "完整7777例", ("follow-ups", "7777")),
        ("备选次序21份", "备选次序22份", ("draw", "22")),
        ("80.0%", "81.0%", ("notes", "81.0")),
    ],
)
def test_printed_number_without_rows_is_found(page_html, printed, forged, where):
    assert printed in page_html
    assert without_rows(with_rows(), page_html.replace(printed, forged)) == [where]


def test_lists_that_the_pdf_only_counts_are_whole_in_the_workbook():
    document = with_rows()
    sheets = Sheets(render_xlsx(document)).book
    columns = {
        "人员核对": (1, [row.accession_number for row in document.staffing.checked.rows]),
        "随访与反馈": (2, [line.accession_number for line in document.follow_ups.records]),
        "抽样": (1, [line.accession_number for line in document.draw.excluded]),
        "结局来源": (2, [case.report.accession_number for case in document.cases for _ in case.outcomes]),
    }
    for name, (column, numbers) in columns.items():
        cells = [row[0] for row in sheets[name].iter_rows(min_col=column, max_col=column, values_only=True)]
        assert [number for number in numbers if number not in cells] == [], name


def test_pdf_with_all_rows_is_valid_and_opens_its_files():
    content = render_pdf(with_rows(), ALL_ENCLOSED)
    assert [failure.message for failure in page.validate_pdf_bytes(content).failures] == []
    reader = PdfReader(io.BytesIO(content))
    links = [link.get_object() for sheet in reader.pages for link in sheet.get("/Annots", ())]
    opened = {link["/A"]["/T"]["/N"] for link in links if link.get("/A", {}).get("/S") == "/GoToE"}
    assert opened == {"evidence-01.pdf"}
    assert opened <= set(reader.attachments)
    assert not [link for link in links if link.get("/A", {}).get("/S") == "/URI"]
