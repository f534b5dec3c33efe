"""The demonstration's evidence register, made by the actions the pages use."""

import hashlib
from html import escape

from django.core.files.uploadedfile import SimpleUploadedFile

from demo.content import DemoDepartment
from demo.content.evidence import DemoDocument, documents_of
from exporting.pdf import html_to_pdf, printable
from exporting.uploads import Accepted, accept
from scoring.evidence.actions import DocumentValues, register_document, replace_document
from scoring.evidence.models import EvidenceDocument
from staff.accounts.models import User
from staff.departments.models import Department
from staff.register.models import Member

_PAGE = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>
<meta name="dcterms.created" content="{day}"><link rel="stylesheet" href="project:/css/print.css"></head>
<body><h1>{title}</h1><p>{department}　{version}　自{day}起施行</p><ol>{lines}</ol>
<p class="small muted">演示文件，机构与内容均为虚构。</p></body></html>"""


def make_evidence(demo: DemoDepartment, department: Department, by: User) -> None:
    """Before the first sheet is filled: its first section is suggested from these."""
    owner = (
        Member.objects.filter(department=department, title__contains="主任医师")
        .order_by("staff_number")
        .first()
    )
    known: dict[str, EvidenceDocument] = {}
    for given in documents_of(demo):
        values = DocumentValues(
            title=given.title,
            kinds=given.kinds,
            valid_from=given.valid_from,
            version_label=given.version,
            valid_until=given.valid_until,
            owner=owner,
            review_due_on=given.review_due_on,
            note=given.note,
            conference_period=given.conference_period,
        )
        file = _file(given, department)
        if given.replaces:
            old = known[given.title]
            known[given.title] = replace_document(old, values, version=old.version, by=by, file=file)
        else:
            known[given.title] = register_document(department, values, by=by, file=file)


def _file(given: DemoDocument, department: Department) -> Accepted:
    html = _PAGE.format(
        title=escape(given.title),
        version=escape(given.version),
        department=escape(str(department)),
        day=given.valid_from,
        lines="".join(f"<li>{escape(line)}</li>" for line in given.lines),
    )
    digest = hashlib.sha256(html.encode()).hexdigest()
    content = html_to_pdf(printable(html), identifier=digest)
    return accept(SimpleUploadedFile(f"{given.title}（{given.version}）.pdf", content))
