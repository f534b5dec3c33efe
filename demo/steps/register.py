"""The demonstration's register, imported and completed by the actions the pages use."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from demo.content import DemoDepartment
from demo.content.register import EXEMPT, SCOPE, mri_only, register_sheets
from exporting.uploads import accept
from exporting.xlsx import HEAD, TEXT, Book
from staff.accounts.models import User
from staff.departments.models import Department
from staff.register.actions.groups import change_group
from staff.register.actions.imports import import_register
from staff.register.actions.members import change_member, exempt_member, values_of
from staff.register.actions.qualifications import submit_record
from staff.register.models import Member, SubspecialtyGroup

# A page with one line of nothing: the scan of an invented certificate.
_SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
_SCAN += b"trailer<</Root 1 0 R>>\n%%EOF\n"


def make_register(demo: DemoDepartment, department: Department, by: User, users: list[User]) -> None:
    """Import, lead the groups, link the accounts, mark one 不适用, leave one certificate waiting."""
    tally = import_register(_workbook(demo), "人员登记表.xlsx", department=department, by=by)
    if tally.refused:
        raise RuntimeError(f"demo register was not taken: {tally.refused}")
    numbers = {user.staff_number: user for user in users if user.staff_number}
    for member in Member.objects.filter(department=department, staff_number__in=numbers):
        values = values_of(member)
        user = numbers[member.staff_number]
        change_member(member, type(values)(**vars(values) | {"user": user}), by=by)
    _lead_groups(department, by)
    exempt_member(Member.objects.get(department=department, staff_number=mri_only()[0]), reason=EXEMPT, by=by)
    _hand_in(demo, department, users)


def _lead_groups(department: Department, by: User) -> None:
    """The most senior of each group; the last group has nobody yet."""
    groups = list(SubspecialtyGroup.objects.filter(department=department).order_by("pk"))
    for group in groups[:-1]:
        members = list(Member.objects.filter(group=group))
        lead = max(members, key=lambda member: ("主任" in member.title, member.staff_number))
        change_group(group, name=group.name, lead=lead, members=members, by=by, since=lead.entered_on)


def _hand_in(demo: DemoDepartment, department: Department, users: list[User]) -> None:
    member = Member.objects.filter(department=department, full_name=demo.member).first()
    user = next((user for user in users if member and member.user_id == user.pk), None)
    if member is None or user is None:
        return
    values = {
        "type": "practice_licence",
        "number": f"1101{member.staff_number}01",
        "practice_category": "临床",
        "practice_scope": SCOPE,
        "issued_on": demo.today,
    }
    scan = accept(SimpleUploadedFile("医师执业证书（变更后）.pdf", _SCAN))
    submit_record(member, values, by=user, scan=scan)


def _workbook(demo: DemoDepartment) -> bytes:
    book = Book(title="人员登记表", author="qcportal", created=timezone.now())
    for name, lines in register_sheets(demo).items():
        page = book.page(name, [18] * len(lines[0]))
        page.add(list(lines[0]), HEAD)
        for line in lines[1:]:
            page.add(list(line), TEXT)
    return book.to_bytes()
