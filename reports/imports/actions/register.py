"""人员登记表: read and taken by the rules of the register, as one more kind of file of the import page."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from reports.imports.actions.receive import RowRefusal, Tally
from reports.intake.mapping import FileMapping, mapping_of
from spreadsheets import sheets_of
from staff.accounts.models import User
from staff.departments.models import Department
from staff.intake.labels import label_of
from staff.intake.mapping import RegisterMapping
from staff.intake.register import register_in, tables_in
from staff.intake.unknown import unknown_values
from staff.intake.values import IncomingRegister
from staff.register.actions.imports import record_types, take_register


@dataclass(frozen=True)
class ReadRegister:
    """A register that was read; its refused rows are counted when it is taken."""

    register: IncomingRegister
    file_name: str
    digest: str
    refusals: tuple[Any, ...] = ()


def register_mapping(given: Mapping[str, Any] | FileMapping | None) -> RegisterMapping:
    """The stored or given mapping as the reader of registers takes it."""
    known = mapping_of(given)
    return RegisterMapping(known.columns, known.values, known.constants)


def read_register_file(
    source: bytes | Path, file_name: str, mapping: Mapping[str, Any] | FileMapping | None
) -> tuple[ReadRegister, dict[str, Any]]:
    """The register, and how it was read, as ImportBatch.reading stores it. Raises FileRefused."""
    sheets, types, known = sheets_of(source, file_name), record_types(), register_mapping(mapping)
    register = register_in(sheets, types, known)
    tables = [table for sheet in sheets for table in tables_in(sheet, known)]
    unknown = [
        asdict(value) | {"label": label_of(value.field), "value": value.text}
        for value in unknown_values(tables, types)
        if value.text not in known.values.get(value.field, {})
    ]
    data = source.read_bytes() if isinstance(source, Path) else source
    return ReadRegister(register, file_name, hashlib.sha256(data).hexdigest()), {
        "labels": [],
        "columns": {header: field for row in register.rows for field, header in row.columns},
        "passed": [[line.row, line.reason] for line in register.ignored],
        "passed_count": len(register.ignored),
        "unknown": unknown,
    }


def take_register_rows(
    read: ReadRegister, *, department: Department, by: User | None, dry_run: bool
) -> Tally:
    """Import the people and records, or only count them in a dry run."""
    taken = take_register(
        read.register, read.file_name, read.digest, department=department, by=by, dry_run=dry_run
    )
    return Tally(
        created=taken.created,
        updated=taken.updated,
        unchanged=taken.unchanged,
        refused=[RowRefusal(one.row, one.column, one.reason) for one in taken.refused],
        unused_columns=taken.unused_columns,
    )
