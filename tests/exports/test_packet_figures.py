"""Every figure of a packet is counted from rows of the same packet: changed alone, it is found out."""

import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import page
import pytest
from pypdf import PdfReader

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


class _Texts(HTMLParser):
    """The visible text, without what the department and the readers wrote themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def numbers_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set().union(*map(numbers_in, value.values()))
    if isinstance(value, list):
        return set().union({str(len(value))}, *map(numbers_in, value))
    return set(_NUMBER.findall(str(value)))


def test_every_printed_number_is_in_the_json_or_fixed_text(raw, settings):
    document = with_rows()
    reader = _Texts()
    reader.feed(render_html(document).partition("<body")[2])
    templates = settings.BASE_DIR.glob("templates/scoring/pdf/*.html")
    sources = [*templates, *settings.BASE_DIR.glob("scoring/**/*.py")]
    fixed = {number for path in sources for number in _NUMBER.findall(path.read_text(encoding="utf-8"))}
    judged = [case.conclusion.judgement for case in document.cases]
    fixed.add(f"{100 * judged.count('concordant') / len(judged):.1f}")  # beside its part and whole
    hashed = set(_NUMBER.findall(document.content_hash()))
    hashed |= set(_NUMBER.findall(f"{document.seal.grouped} {document.content_hash()[:16]}"))
    printed = {number for text in reader.found for number in _NUMBER.findall(text)}
    assert sorted(printed - numbers_in(raw) - fixed - hashed) == []


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
