"""The register of people: members, records, groups, import, the own entry."""

from django.core.files.uploadedfile import SimpleUploadedFile

from exporting.uploads import accept
from staff.conflicts.versions import fingerprint
from staff.register.actions.groups import shown_group
from staff.register.actions.members import shown_exemption, shown_member
from staff.register.actions.memberships import shown_membership
from staff.register.actions.qualifications import add_record, submit_record
from tests.scans import PDF
from tests.staff.factories import make_group, make_member, register_file
from tests.web.permission_table import row
from tests.web.world import World

TRAINING = {
    "type": "radiation_training",
    "issued_on": "2026-03-18",
    "result": "passed",
    "organiser": "health",
}


def build(world: World) -> None:
    department = world.department
    world.add("register_group", make_group(department, "神经"))
    world.add("technologist", make_member(department, "J01", "施工测", modalities=["MRI"]))
    own = make_member(department, "D10", "书写甲", kind="physician", user=world.users["member"])
    world.add("own_member", own)
    grouped = make_member(department, "D11", "组员乙", "physician", group=world["register_group"])
    world.add("membership", grouped.group_memberships.get())
    values = {"type": "radiation_training", "issued_on": "2026-03-18", "organiser": "health"}
    world.add("register_record", add_record(world["technologist"], values, by=None, scan=_scan()))
    licence = {"type": "practice_licence", "number": "ZY1", "practice_scope": "医学影像和放射治疗专业"}
    submitted = submit_record(own, licence, by=world.users["member"], scan=_scan())
    world.add("own_record", submitted)


def _scan():
    return accept(SimpleUploadedFile("证书.pdf", PDF))


def _of(name: str):
    return lambda world: {"pk": world[name].pk}


def _with_scan(world: World) -> dict[str, object]:
    return (
        TRAINING
        | {"type": "practice_licence", "number": "1", "practice_scope": "医学影像和放射治疗专业"}
        | {"scan": SimpleUploadedFile("证书.pdf", PDF)}
    )


def _file(world: World) -> dict[str, object]:
    return {"file": SimpleUploadedFile("登记表.xlsx", register_file())}


NEW = {"staff_number": "J99", "full_name": "新来工", "kind": "technologist", "modalities": ["CT"]}
CHANGED = {"staff_number": "J01", "full_name": "施工测", "kind": "technologist", "title": "技师"}


def _changed(world: World) -> dict[str, object]:
    return CHANGED | {"version": fingerprint(shown_member(world["technologist"]))}


def _exempt(world: World) -> dict[str, object]:
    return {"reason": "仅操作MRI", "version": fingerprint(shown_exemption(world["technologist"]))}


def _dated(world: World) -> dict[str, object]:
    version = fingerprint(shown_membership(world["membership"]))
    return {"since_on": "2026-01-05", "version": version}


def _renamed(world: World) -> dict[str, object]:
    return {"name": "头颈", "version": fingerprint(shown_group(world["register_group"]))}


ROWS = (
    row("register:members", qc_officer=200, head=200),
    row("register:member", kwargs=_of("technologist"), qc_officer=200, head=200),
    row("register:member_new", qc_officer=200),
    row("register:member_new", "POST", data=NEW, qc_officer=302),
    row("register:member_new", "POST", data={"full_name": "新来工"}, note="no number", qc_officer=400),
    row("register:member_edit", kwargs=_of("technologist"), qc_officer=200),
    row("register:member_edit", "POST", kwargs=_of("technologist"), data=_changed, qc_officer=302),
    row(
        "register:member_exempt",
        "POST",
        kwargs=_of("technologist"),
        data=_exempt,
        qc_officer=302,
    ),
    row("register:record_new", kwargs=_of("technologist"), qc_officer=200),
    row("register:record_new", "POST", kwargs=_of("technologist"), data=TRAINING, qc_officer=302),
    row(
        "register:record",
        kwargs=_of("register_record"),
        note="of another",
        qc_officer=200,
        head=200,
        member=404,
        assessor=404,
    ),
    row(
        "register:record",
        kwargs=_of("own_record"),
        note="one's own",
        qc_officer=200,
        head=200,
        member=200,
        assessor=404,
    ),
    row(
        "register:record_scan",
        kwargs=_of("own_record"),
        qc_officer=200,
        head=200,
        member=200,
        assessor=404,
    ),
    row(
        "register:record_decide",
        "POST",
        kwargs=_of("own_record"),
        data={"decision": "approve"},
        qc_officer=302,
        head=302,
    ),
    row(
        "register:record_decide",
        "POST",
        kwargs=_of("own_record"),
        note="refused without a reason",
        qc_officer=400,
        head=400,
    ),
    row(
        "register:record_withdraw",
        "POST",
        kwargs=_of("register_record"),
        data={"reason": "录错"},
        qc_officer=302,
    ),
    row("register:submitted", qc_officer=200, head=200),
    row("register:matrix", qc_officer=200, head=200),
    row("register:expiring", qc_officer=200, head=200),
    row("register:calendar", qc_officer=200, head=200),
    row("register:groups", qc_officer=200, head=200),
    row("register:group_new", qc_officer=200),
    row("register:group_new", "POST", data={"name": "骨关节"}, qc_officer=302),
    row("register:group_edit", kwargs=_of("register_group"), qc_officer=200),
    row("register:group_edit", "POST", kwargs=_of("register_group"), data=_renamed, qc_officer=302),
    row("register:membership", kwargs=_of("membership"), qc_officer=200),
    row("register:membership", "POST", kwargs=_of("membership"), data=_dated, qc_officer=302),
    row("register:group_remove", "POST", kwargs=_of("register_group"), qc_officer=302),
    row("register:import", qc_officer=200),
    row("register:import", "POST", data=_file, qc_officer=200),
    row("register:import_commit", "POST", note="nothing waits", qc_officer=302),
    row("register:mine", qc_officer=200, head=200, assessor=200, member=200),
    row(
        "register:own_record_new",
        kwargs=_of("own_member"),
        member=200,
        qc_officer=404,
        head=404,
        assessor=404,
    ),
    row(
        "register:own_record_new",
        "POST",
        kwargs=_of("own_member"),
        data=_with_scan,
        member=302,
        qc_officer=404,
        head=404,
        assessor=404,
    ),
    row("reports:qualified", qc_officer=200, head=200),
)
