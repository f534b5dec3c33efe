"""A list of people in a file: its table is found by the words of the header, in any order of columns."""

from collections.abc import Callable, Mapping
from typing import Any

from spreadsheets import Cell, FileRefused, Row, Sheet, half_width, sheets_of
from staff.enrolment.domain.lines import Line, Refusal
from staff.intake.cells import Unreadable, day, name, number, text

LABELS = {
    "full_name": "姓名",
    "staff_number": "工号",
    "username": "用户名",
    "role": "角色",
    "department": "科室",
    "email": "邮箱",
    "expires_on": "账号有效期至",
    "aliases": "报告署名",
}
_SYNONYMS = {
    "full_name": "姓名 名字 人员姓名 员工姓名",
    "staff_number": "工号 员工号 职工号 员工编号 人员编号",
    "username": "用户名 账号 帐号 登录名 登录账号 系统账号",
    "role": "角色 系统角色 岗位角色",
    "department": "科室 科室代码 科室名称 部门",
    "email": "邮箱 电子邮箱 邮件 电子邮件 email e-mail",
    "expires_on": "账号有效期至 有效期至 截止日期 到期日 失效日期",
    "aliases": "报告署名 署名 别名 曾用名",
}
_MEANING = {word: field for field, words in _SYNONYMS.items() for word in words.split()}
_LOOK_AT = 30  # rows: a header may follow titles
_MOST_ROWS = 1000
_READERS: dict[str, Callable[[Cell], Any]] = {"full_name": name, "staff_number": number, "expires_on": day}


def read_list(data: bytes, file_name: str) -> tuple[list[Line], list[Refusal]]:
    """The people of the file and the rows that cannot be read. FileRefused when it holds no such list."""
    lines: list[Line] = []
    refused: list[Refusal] = []
    tables = 0
    for sheet in sheets_of(data, file_name):
        found = _header(sheet)
        if found is None:
            continue
        tables += 1
        header, columns = found
        for row in sheet.rows:
            if row.number <= header.number or row.is_blank:
                continue
            wanted = len(header.cells) if sheet.counts_fields else None
            line = _line(row, columns, sheet, wanted)
            if isinstance(line, Line):
                lines.append(line)
            else:
                refused.append(line)
    if not tables:
        raise FileRefused(
            "没有找到人员名单的表头：应有“姓名”一列，以及工号、用户名、角色、科室、邮箱中的任意几列。"
        )
    if len(lines) + len(refused) > _MOST_ROWS:
        raise FileRefused(f"名单有{len(lines) + len(refused)}行，一次最多{_MOST_ROWS}行，请分成几个文件。")
    return lines, refused


def _header(sheet: Sheet) -> tuple[Row, Mapping[str, int]] | None:
    """(the row, column of each field) of the first row that names 姓名 and another column."""
    for row in sheet.rows[:_LOOK_AT]:
        if row.problem:
            continue
        columns: dict[str, int] = {}
        for place, cell in enumerate(row.cells):
            word = half_width(str(cell)).strip().strip("*:：").lower() if isinstance(cell, str) else ""
            if field := _MEANING.get("".join(word.split())):
                columns.setdefault(field, place)
        if "full_name" in columns and len(columns) > 1:
            return row, columns
    return None


def _line(row: Row, columns: Mapping[str, int], sheet: Sheet, wanted: int | None) -> Line | Refusal:
    if row.problem:
        return Refusal(row.number, "整行", "无法确定各列的内容", row.problem, sheet.name)
    if wanted is not None and len(row.cells) != wanted:
        return Refusal(row.number, "整行", f"{len(row.cells)}列", f"与表头相同的{wanted}列", sheet.name)
    values: dict[str, Any] = {}
    for field, place in columns.items():
        cell = row.cells[place] if place < len(row.cells) else ""
        try:
            values[field] = _READERS.get(field, text)(cell)
        except Unreadable as why:
            return Refusal(row.number, LABELS[field], str(cell)[:40], str(why), sheet.name)
    if not values["full_name"]:
        return Refusal(row.number, LABELS["full_name"], "空", "姓名", sheet.name)
    aliases = str(values.pop("aliases", "")).replace("，", "、").replace(",", "、").split("、")
    named = tuple(one for one in map(str.strip, aliases) if one)
    return Line(row=row.number, sheet=sheet.name, aliases=named, **values)
