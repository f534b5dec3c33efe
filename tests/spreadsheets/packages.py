"""XLSX packages put together part by part, as no program writes them or as only some do."""

import io
import zipfile
from dataclasses import replace

from spreadsheets.kinds import read

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = (
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"


def text(value, reference=None, style=None):
    """A cell with its text in itself."""
    return _cell(f"<is><t>{value}</t></is>", reference, style, "inlineStr")


def number(value, reference=None, style=None):
    return _cell(f"<v>{value}</v>", reference, style, None)


def _cell(inside, reference, style, kind):
    given = (("r", reference), ("s", style), ("t", kind))
    attributes = "".join(f' {name}="{value}"' for name, value in given if value is not None)
    return f"<c{attributes}>{inside}</c>"


def rows(*lines):
    """Rows of cells that are XML already, or texts; without references."""
    cells = ("".join(c if c.startswith("<") else text(c) for c in line) for line in lines)
    return "".join(f"<row>{inside}</row>" for inside in cells)


def package(
    *sheets,
    strings="",
    styles="",
    formats=(),
    folder="xl/worksheets",
    separator="/",
    namespaces=(MAIN, OFFICE),
    properties="",
    before="",
    after="",
):
    """A workbook whose sheets have the rows given; style 0 is plain, the next ones have `formats` in turn."""
    main, office = namespaces
    names = [f"{folder}/sheet{i}.xml" for i in range(1, len(sheets) + 1)]
    listed = "".join(f'<sheet name="表{i}" sheetId="{i}" r:id="r{i}"/>' for i in range(1, len(sheets) + 1))
    links = [(f"r{i}", "worksheet", f"/{name}") for i, name in enumerate(names, 1)]
    links += [("t", "sharedStrings", "sharedStrings.xml"), ("f", "styles", "styles.xml")]
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relationships(office, [("r", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": (
            f'<workbook xmlns="{main}" xmlns:r="{office}">{properties}<sheets>{listed}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": relationships(office, links),
        "xl/sharedStrings.xml": strings or f'<sst xmlns="{main}"/>',
        "xl/styles.xml": styles or _styles(main, formats),
    }
    for name, inside in zip(names, sheets, strict=True):
        parts[name] = f'<worksheet xmlns="{main}">{before}<sheetData>{inside}</sheetData>{after}</worksheet>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("/", separator), content)
    return out.getvalue()


def shared(*values, counted=""):
    """A part of shared texts; `counted` is what it says of itself."""
    items = "".join(f"<si><t>{value}</t></si>" for value in values)
    return f'<sst xmlns="{MAIN}" {counted}>{items}</sst>'


def relationships(office, links):
    given = "".join(f'<Relationship Id="{i}" Type="{office}/{kind}" Target="{to}"/>' for i, kind, to in links)
    return f'<Relationships xmlns="{_LINKS}">{given}</Relationships>'


def _styles(main, formats):
    escaped = [code.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;") for code in formats]
    codes = "".join(f'<numFmt numFmtId="{176 + i}" formatCode="{code}"/>' for i, code in enumerate(escaped))
    cells = "".join(f'<xf numFmtId="{176 + i}"/>' for i in range(len(formats)))
    return (
        f'<styleSheet xmlns="{main}"><numFmts>{codes}</numFmts>'
        f'<cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>{cells}</cellXfs>'
        "</styleSheet>"
    )


def read_workbook(data):
    """The sheets of a file, read in this process; hidden and empty ones too."""
    return [replace(sheet, rows=tuple(rows)) for sheet, rows in read(data, "")]
