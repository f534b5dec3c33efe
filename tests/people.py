"""A small cast, always the same, so that a test reads like a story."""

from staff.accounts.models import RoleGrant, User
from staff.departments.models import Department, Institution

PASSWORD = "Test-passw0rd"


def radiology() -> Department:
    """Department RAD of a tertiary hospital."""
    institution, _ = Institution.objects.get_or_create(name="示例医院", defaults={"level": "tertiary"})
    values = {"institution": institution, "name": "放射科"}
    return Department.objects.get_or_create(code="RAD", defaults=values)[0]


def elsewhere() -> Department:
    """Department FAR of another, secondary hospital."""
    institution, _ = Institution.objects.get_or_create(name="邻县医院", defaults={"level": "secondary"})
    values = {"institution": institution, "name": "影像科"}
    return Department.objects.get_or_create(code="FAR", defaults=values)[0]


def person(username: str, full_name: str, role: str, department: Department | None, **more) -> User:
    """An active account holding one role."""
    user = User.objects.create_user(username=username, password=PASSWORD, full_name=full_name, **more)
    RoleGrant.objects.create(user=user, role=role, department=department)
    return user


def officer(department: Department) -> User:
    return person("officer", "测一鸣", "qc_officer", department, staff_number="1007")


def head(department: Department) -> User:
    return person("head", "任主任", "head", department, staff_number="1001")


def assessor(department: Department) -> User:
    return person("assessor", "评一", "assessor", department, staff_number="1002")


def second_assessor(department: Department) -> User:
    return person("assessor2", "评二", "assessor", department, staff_number="1003")


def member(department: Department) -> User:
    return person("member", "书写甲", "member", department, staff_number="1010")


def inspector(department: Department) -> User:
    return person("inspector", "检查甲", "inspector", department)


def admin(department: Department | None = None) -> User:
    return person("admin", "管理甲", "admin", None)


def security_admin(department: Department | None = None) -> User:
    return person("security", "安全乙", "security_admin", None)


def auditor(department: Department | None = None) -> User:
    return person("auditor", "审计丙", "auditor", None)


ROLES = {
    "qc_officer": officer,
    "assessor": assessor,
    "head": head,
    "member": member,
    "inspector": inspector,
    "admin": admin,
    "security_admin": security_admin,
    "auditor": auditor,
}
