"""Read 申请单 of any vendor into IncomingRequest values; each is matched to its examination by number."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any

from reports.intake import cells
from reports.intake.checks import check_lengths
from reports.intake.headers import meaning
from reports.intake.heads import Head
from reports.intake.layout import Layout, understand
from reports.intake.mapping import FileMapping
from reports.intake.reading import Progress, RowReader, each_read
from reports.intake.refusing import RowRefused
from reports.intake.values import LIMITS, Ignored, IncomingRequest, ReadRequests
from spreadsheets import FileRefused, Row, sheets_of

_FIELDS = tuple(f.name for f in fields(IncomingRequest) if f.name != "row")
_OF_REQUESTS = {"request_number", "clinical_question", "requested_at"}


def read_requests(
    data: bytes,
    file_name: str,
    *,
    mapping: Mapping[str, Any] | FileMapping | None = None,
    progress: Progress | None = None,
    today: date | None = None,
) -> ReadRequests:
    """All requests of a file, in file order. Raises FileRefused when the file cannot be read."""
    layout = understand(sheets_of(data, file_name), "requests", mapping)
    return requests_of(layout, progress=progress, today=today)


def requests_of(
    layout: Layout, *, progress: Progress | None = None, today: date | None = None
) -> ReadRequests:
    """Requests of a file whose layout is known."""
    layout.require_readable()
    _refuse_reports(layout.head)
    requests: list[IncomingRequest] = []
    places: dict[tuple[str | None, str], list[int]] = defaultdict(list)
    for rows, row, request in each_read(layout, lambda rows: _Reader(rows.head, today).read, progress):
        earlier = places[request.request_number, request.accession_number]
        why = _join(request, requests, earlier)
        if why:
            rows.ignored.append(Ignored(row.number, why))
        else:
            earlier.append(len(requests))
            requests.append(request)
    return ReadRequests(requests=tuple(requests), **layout.facts)


def _refuse_reports(head: Head) -> None:
    """Raise FileRefused for a report export: it has 检查项目 and 临床诊断 too, but contains no requests."""
    texts = {meaning(label, "reports") for label in head.labels} & {"findings", "impression"}
    if len(texts) == 2 and not head.fields & _OF_REQUESTS:
        raise FileRefused(
            "这份文件有影像描述和诊断结论，没有申请单号、检查目的或申请时间，看来是检查报告而不是申请单。"
            "请在导入页面把内容改选为“检查报告”，或从HIS导出申请单后重新导入。"
        )


def _join(request: IncomingRequest, requests: list[IncomingRequest], earlier: list[int]) -> str:
    """Merge a further row into an earlier request where possible.

    Returns why the row adds no request (duplicate, or joined as one more item), or an empty string.
    """
    for place in earlier:
        other = requests[place]
        differing = [name for name in _FIELDS if getattr(request, name) != getattr(other, name)]
        if not differing:
            return "duplicate"
        items = _listed((other.requested_examination or "", request.requested_examination or ""))
        if differing == ["requested_examination"] and len(items) <= LIMITS["requested_examination"]:
            requests[place] = replace(other, requested_examination=items)
            return "joined"
    return ""


def _listed(texts: tuple[str, ...]) -> str:
    """Several items as one text, without items contained in another one."""
    items = dict.fromkeys(item for text in texts for item in text.split("；") if item)
    return "；".join(item for item in items if not any(item in other and item != other for other in items))


class _Reader(RowReader):
    """Reader for requests; before the examination the request number replaces the accession number."""

    needs_accession = False

    def read(self, row: Row) -> IncomingRequest:
        values = self.values(row)
        values["request_number"] = values.get("request_number") or None
        if not values["request_number"] and not values["accession_number"]:
            label = next((self.head.labels[i] for i in self.head.columns("accession_number")), "检查号")
            reason = "检查号与申请单号都为空，无法确定是哪一张申请单。请补齐后重新导出。"
            raise RowRefused(label, "", "检查号或申请单号", reason, "missing_accession")
        places = self.single.get("requested_examination", [])
        if len(places) > 1:
            texts = tuple(self.first(row, [place], cells.line) for place in places)
            values["requested_examination"] = _listed(texts)
        check_lengths(values, self.head)
        return IncomingRequest(row=row.number, **_known(values))


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in _FIELDS if name in values}
