"""One row of a register as the person it is about and the records it holds."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from staff.intake import cells, words
from staff.intake.certificate_rows import certificate, equipment
from staff.intake.row_fields import NO_DAY, RowFields, RowIgnored, RowRefused, digits
from staff.intake.trainings import trainings
from staff.intake.values import IncomingRecord, IncomingRow

MEMBERS = {"physicians": "physician", "technologists": "technologist"}

_T = TypeVar("_T")
_KIND_WORDS = {"技": "technologist", "医": "physician", "诊断": "physician"}
_OTHER_TRADE = re.compile(r"护|工程|物理|登记|文员|药|检验|信息|保洁|司机")
_CERTIFICATE_NUMBER = re.compile(r"(?!(?:19|20)\d\d)[A-Za-z\d-]*\d{3,}[A-Za-z\d-]*")
_LINES = ("卫生健康", "生态环境")


@dataclass(frozen=True)
class RowReader(RowFields):
    """Reads a row of any kind of table."""

    def read(self) -> IncomingRow:
        """The person of the row and the records. Raises RowRefused or RowIgnored with the reason."""
        number, name = self.take("staff_number", cells.number) or "", self.take("full_name", cells.name) or ""
        if not number and (self.table.kind in MEMBERS or not name):
            raise RowRefused("staff_number", "没有工号，无法区分同名的人员。")
        if not name and self.table.kind in MEMBERS:
            raise RowRefused("full_name", "没有姓名。")
        whose = IncomingRow(self.table.sheet.name, self.row.number, number, name, columns=self.labels())
        if self.table.kind == "others":
            return self._of_certificate(whose)
        if kind := self._kind():
            records = self._of_physician() if kind == "physician" else ()
            return self._member(whose, kind, (*records, *self._beside()))
        return replace(whose, records=self._trainings())

    def _of_certificate(self, whose: IncomingRow) -> IncomingRow:
        """A row of one certificate; where it names the person's post it can enter the person too."""
        kind = self._named_kind() if whose.staff_number and whose.full_name else ""
        row = replace(whose, records=certificate(self), is_certificate=True)
        return self._member(row, kind, row.records) if kind else row

    def _kind(self) -> str:
        """The sheet's kind of people; a column that names each row's own decides, else the title may."""
        kind = MEMBERS.get(self.table.kind, "")
        if not kind:
            return ""
        if named := self._named_kind():
            return named
        title = self.text("title")
        if _OTHER_TRADE.search(title):
            raise RowRefused("title", f"职称为“{title}”，应为医师或技师。")
        return "technologist" if "技" in title else kind

    def names_its_kind(self) -> bool:
        """True if the row's post and title decide between physician and technologist, or it has no post."""
        try:
            self._named_kind()
        except RowRefused:
            return False
        except RowIgnored:  # a person's mapping leaves the row out
            return True
        return True

    def _named_kind(self) -> str:
        """By the post, or by the title where the post (科主任, CT室) leaves it open."""
        given = self.text("person_kind")
        if not given:
            return ""
        if not _OTHER_TRADE.search(given):
            for said in (given.replace("医技", ""), self.text("title")):
                if found := next((k for word, k in _KIND_WORDS.items() if word in said), ""):
                    return found
        raise RowRefused("person_kind", f"人员类别为“{given}”，应为医师或技师。")

    def _beside(self) -> Iterable[IncomingRecord]:
        """Trainings given beside a person's other columns."""
        for line in ("radiation", "ecology"):
            yield from self._radiation_beside(line)
        for field in self.table.columns:
            if field.partition(":")[0] == "equipment_on":
                yield from self._equipment_beside(field)

    def _radiation_beside(self, line: str) -> Iterable[IncomingRecord]:
        on, host = f"{line}_on", self.text(f"{line}_host") or self.text("organiser")
        number = self.take(f"{line}_number", digits) or ""
        given = self.result(f"{line}_result") or (self.result("result") if line == "radiation" else "")
        found = self.take(on, trainings) or ()
        if number and not found:
            raise RowRefused(on, f"有{self.table.label(f'{line}_number')}“{number}”，没有培训日期。")
        # A certificate is given to who passed; 合格日期 is the day of that.
        passed = "passed" if number or re.search("合格|通过|取得", self.table.label(on)) else ""
        for training in found:
            yield IncomingRecord(
                "radiation_training",
                number=number,
                issuer="" if host in _LINES else host,
                issued_on=training.on,
                valid_until=self.until(f"{line}_until", training.on),
                result=given or training.result or passed,
                organiser="ecology" if line == "ecology" else words.organiser(host),
            )

    def _equipment_beside(self, field: str) -> Iterable[IncomingRecord]:
        given = field.partition(":")[2]
        of = f":{given}" if given else ""
        for training in self.take(field, trainings) or ():
            named = tuple(given.split(":")) if given else training.modalities
            named = named or words.modalities(self.text("modalities"))[0]
            if not named:
                raise RowRefused(field, "设备操作培训没有写明设备类别，应为DR、CT或MRI。")
            for modality in named:
                yield IncomingRecord(
                    "equipment_training",
                    number=self.take(f"equipment_number{of}", digits) or "",
                    issued_on=training.on,
                    result=self.result(f"equipment_result{of}") or training.result,
                    modality=modality,
                )

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
                number=self.take("certificate_number", digits) or "",
                result="passed",
            ),
            IncomingRecord(
                "practice_licence",
                number=self.take("licence_number", digits) or "",
                practice_category=self.text("practice_category"),
                practice_scope=self.text("practice_scope"),
                result="passed",
            ),
        ]
        given = [r for r in found if r.number or r.practice_category or r.practice_scope]
        return (*given, *self._residency())

    def _residency(self) -> Iterable[IncomingRecord]:
        basis, on = self.text("basis"), self.take("residency_on", cells.day)
        number, given = self.take("residency_number", digits) or "", self.text("residency")
        # 规培合格证 alone has the certificate's number under it.
        is_number = _CERTIFICATE_NUMBER.fullmatch(given) is not None
        number = number or (given if is_number else "")
        result, shown = ("", None) if is_number else self._residency_result()
        on = on or shown
        # A certificate of one's own needs no ground on which it is deemed to be there.
        if not result and basis and not number:
            result = "deemed"
        if not result and (on or number):
            result = "passed"
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
        """The status; some registers give the day of passing instead."""
        given = self.text("residency")
        if re.match(r"(19|20)\d\d", given):
            return "passed", self.take("residency", cells.day)
        return self.take("residency", lambda _: words.result(given)) or "", None

    def _trainings(self) -> tuple[IncomingRecord, ...]:
        kind = self.table.kind
        if kind == "wide":
            found = tuple(self._beside())
            if not found:
                raise RowRefused("trained_on", NO_DAY)
            return found
        days = (day for field in ("trained_on", f"{kind}_on") if (day := self.take(field, cells.day)))
        on = next(days, None)
        if on is None:
            raise RowRefused("trained_on", NO_DAY)
        result = self.result("result") or self.result(f"{kind}_result")
        number = self.take("number", cells.number) or self.take(f"{kind}_number", cells.number) or ""
        end = self.until("valid_until", on) or self.until(f"{kind}_until", on)
        base = IncomingRecord(
            "",
            number=number,
            issuer=self.text("issuer"),
            issued_on=on,
            valid_until=end,
            result=result,
            days=self.take("days", cells.amount),
        )
        return equipment(self, base) if kind == "equipment" else (self._radiation(base),)

    def _radiation(self, base: IncomingRecord) -> IncomingRecord:
        given, name, host = self.text("course"), self.text("course_name"), self.text("organiser")
        host = host or self.text("radiation_host")
        course = words.course(given) or words.course(name)
        shown = name or ("" if words.course(given) else given)
        line = words.organiser(host or base.issuer, f"{given} {shown}")
        # A host that is not the name of either organiser line is stored by name.
        issuer = base.issuer or ("" if host in _LINES else host)
        return replace(
            base, type="radiation_training", organiser=line, course=course, course_name=shown, issuer=issuer
        )
