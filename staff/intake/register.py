"""The file of a register: bytes → rows and refusals."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from spreadsheets import FileRefused, Row, sheets_of, whole
from staff.intake import cells, words
from staff.intake.cells import Unreadable
from staff.intake.headers import Table, tables_of
from staff.intake.values import IncomingRecord, IncomingRegister, IncomingRow, Refusal

_T = TypeVar("_T")
_MEMBERS = {"physicians": "physician", "technologists": "technologist"}
_KIND_WORDS = {"技": "technologist", "医": "physician", "诊断": "physician"}
_SUMS = re.compile(r"^(合计|总计|小计|共计|共\d+人|注|备注|说明|制表|填表|审核人|制表人|填报)")


class RowRefused(Exception):  # noqa: N818  (an answer, not an error)
    """column, sentence."""


def read_register(data: bytes, file_name: str, types: Mapping[str, str]) -> IncomingRegister:
    """The register in a workbook or a CSV file. `types`: Chinese name → code of every kind of record.

    Raises FileRefused with a sentence when the file has no table of people at all.
    """
    tables = tables_of(sheets_of(data, file_name))
    if not tables:
        raise FileRefused(
            "文件中没有人员登记表：未找到同时有“工号”“姓名”和资质内容的表头。"
            "应有的工作表：医师、技师、放射防护培训、设备操作培训（列的次序不限）。"
        )
    taken: list[IncomingRow] = []
    refused: list[Refusal] = []
    for table in sorted(tables, key=lambda t: t.kind not in _MEMBERS):
        for row in table.rows:
            if _is_no_row(table, row):
                continue
            if row.problem:
                refused.append(_refusal(table, row, "", row.problem))
                continue
            try:
                taken.append(_Reader(table, row, types).read())
            except RowRefused as refusal:
                refused.append(_refusal(table, row, *refusal.args))
    unused = dict.fromkeys(label for table in tables for label in table.unused)
    return IncomingRegister(tuple(taken), tuple(refused), tuple(unused))


def _is_no_row(table: Table, row: Row) -> bool:
    """Blank, a head printed again, or a line of sums and remarks below the table."""
    if row.is_blank or table.is_head(row):
        return True
    given = [cell for cell in row.cells if not isinstance(cell, str) or cell.strip()]
    return len(given) <= 2 and isinstance(given[0], str) and bool(_SUMS.match(given[0].strip()))


def _refusal(table: Table, row: Row, field: str, sentence: str) -> Refusal:
    where = f"工作表“{table.sheet.name}”第{row.number}行：" if table.sheet.name else f"第{row.number}行："
    return Refusal(row.number, table.label(field), where + sentence)


@dataclass(frozen=True)
class _Reader:
    """One row of one table."""

    table: Table
    row: Row
    types: Mapping[str, str]

    def read(self) -> IncomingRow:
        number, name = self.take("staff_number", cells.number) or "", self.take("full_name", cells.name) or ""
        if not number and (self.table.kind in _MEMBERS or not name):
            raise RowRefused("staff_number", "没有工号，无法区分同名的人员。")
        if not name and self.table.kind in _MEMBERS:
            raise RowRefused("full_name", "没有姓名。")
        whose = IncomingRow(self.table.sheet.name, self.row.number, number, name, columns=self._labels())
        if kind := self._kind():
            records = self._of_physician() if kind == "physician" else ()
            return self._member(whose, kind, (*records, *self._beside()))
        return replace(whose, records=self._trainings())

    def _kind(self) -> str:
        """The sheet's kind of people; a column that names each row's own decides."""
        kind = _MEMBERS.get(self.table.kind, "")
        given = self.text("person_kind") if kind else ""
        if not given:
            return kind
        if found := next((k for word, k in _KIND_WORDS.items() if word in given), ""):
            return found
        raise RowRefused("person_kind", f"人员类别为“{given}”，应为医师或技师。")

    def _beside(self) -> Iterable[IncomingRecord]:
        """Days of training that stand beside a person's other columns."""
        if on := self.take("radiation_on", cells.day):
            result = self._result("radiation_result") or self._result("result")
            yield IncomingRecord("radiation_training", issued_on=on, result=result)
        if on := self.take("equipment_on", cells.day):
            for modality in words.modalities(self.text("modalities"))[0]:
                yield IncomingRecord("equipment_training", issued_on=on, modality=modality)

    def _result(self, field: str) -> str:
        return self.take(field, lambda cell: words.result(cells.text(cell))) or ""

    def _labels(self) -> tuple[tuple[str, str], ...]:
        return tuple((field, self.table.labels[place]) for field, place in self.table.columns.items())

    def take(self, field: str, reader: Callable[[Any], _T]) -> _T | None:
        """The cell under `field`, read; None where the table has no such column or the row ends before it."""
        place = self.table.columns.get(field)
        if place is None or place >= len(self.row.cells):
            return None
        cell = self.row.cells[place]
        try:
            return reader(cell)
        except Unreadable as unreadable:
            found = whole(str(cell))[:60]
            raise RowRefused(
                field, f"“{self.table.labels[place]}”为“{found}”：{unreadable}。"
            ) from unreadable

    def text(self, field: str) -> str:
        return self.take(field, cells.text) or ""

    def _member(self, whose: IncomingRow, kind: str, records: tuple[IncomingRecord, ...]) -> IncomingRow:
        entered, left = self.take("entered_on", cells.day), self.take("left_on", cells.day)
        if entered and left and left < entered:
            raise RowRefused("left_on", f"离职日期{left}早于入职日期{entered}。")
        named, _ = words.modalities(self.text("modalities"))
        return replace(
            whose,
            kind=kind,
            title=self.text("title"),
            group=self.text("group"),
            modalities=named,
            entered_on=entered,
            left_on=left,
            records=records,
        )

    def _of_physician(self) -> tuple[IncomingRecord, ...]:
        found = [
            IncomingRecord(
                "physician_certificate",
                number=self.take("certificate_number", cells.number) or "",
                result="passed",
            ),
            IncomingRecord(
                "practice_licence",
                number=self.take("licence_number", cells.number) or "",
                practice_category=self.text("practice_category"),
                practice_scope=self.text("practice_scope"),
                result="passed",
            ),
        ]
        kept = [r for r in found if r.number or r.practice_category or r.practice_scope]
        return (*kept, *self._residency())

    def _residency(self) -> Iterable[IncomingRecord]:
        basis, on = self.text("basis"), self.take("residency_on", cells.day)
        number = self.take("residency_number", cells.number) or ""
        result, shown = self._residency_result()
        on = on or shown
        if not result and (on or number):
            result = "passed"
        if not result and basis:
            result = "deemed"
        if not result:
            return ()
        return (
            IncomingRecord(
                "residency_stage_one",
                number=number,
                issued_on=on,
                result=result,
                basis=basis,
                basis_approver=self.text("basis_approver"),
            ),
        )

    def _residency_result(self) -> tuple[str, Any]:
        """The status; some registers write the day of passing in its place."""
        given = self.text("residency")
        if re.match(r"(19|20)\d\d", given):
            return "passed", self.take("residency", cells.day)
        return self.take("residency", lambda _: words.result(given)) or "", None

    def _trainings(self) -> tuple[IncomingRecord, ...]:
        if self.table.kind == "others":
            return (self._other(),)
        fields = ("trained_on", "radiation_on" if self.table.kind == "radiation" else "equipment_on")
        on = next((day for field in fields if (day := self.take(field, cells.day))), None)
        if on is None:
            raise RowRefused("trained_on", "没有培训日期，无法判断检查当日是否已受训。")
        result = self._result("result") or self._result("radiation_result")
        number, issuer = self.take("number", cells.number) or "", self.text("issuer")
        end, days = self.take("valid_until", cells.day), self.take("days", cells.amount)
        base = IncomingRecord(
            "", number=number, issuer=issuer, issued_on=on, valid_until=end, result=result, days=days
        )
        return self._equipment(base) if self.table.kind == "equipment" else (self._radiation(base),)

    def _radiation(self, base: IncomingRecord) -> IncomingRecord:
        given, name, host = self.text("course"), self.text("course_name"), self.text("organiser")
        course = words.course(given) or words.course(name)
        shown = name or ("" if words.course(given) else given)
        line = words.organiser(host or base.issuer, f"{given} {shown}")
        # A host that is neither line's word for itself is kept by name.
        issuer = base.issuer or ("" if host in ("卫生健康", "生态环境") else host)
        return replace(
            base, type="radiation_training", organiser=line, course=course, course_name=shown, issuer=issuer
        )

    def _equipment(self, base: IncomingRecord) -> tuple[IncomingRecord, ...]:
        given, model = self.text("modalities"), self.text("device_model")
        named, strange = words.modalities(given or model)
        if not named:
            named, _ = words.modalities(model)
        if not named:
            found = "、".join(strange) or "空"
            raise RowRefused("modalities", f"设备类别为“{found}”，应为DR、CT或MRI。")
        return tuple(
            replace(
                base, type="equipment_training", modality=m, device_model=model, trainer=self.text("trainer")
            )
            for m in named
        )

    def _other(self) -> IncomingRecord:
        given = self.text("record_type")
        code = next((c for name, c in self.types.items() if given and (given in name or name in given)), "")
        if not code:
            known = "、".join(self.types)
            raise RowRefused("record_type", f"资质类别“{given or '空'}”不认识，应为以下之一：{known}。")
        named, _ = words.modalities(self.text("modalities"))
        on = self.take("trained_on", cells.day)
        if code in ("radiation_training", "equipment_training"):
            raise RowRefused("record_type", f"{given}请填入“放射防护培训”或“设备操作培训”工作表。")
        return IncomingRecord(
            code,
            number=self.take("number", cells.number) or "",
            issuer=self.text("issuer"),
            issued_on=on,
            valid_until=self.take("valid_until", cells.day),
            result=self._result("result") or "passed",
            modality=named[0] if named else "",
            device_model=self.text("device_model"),
        )
