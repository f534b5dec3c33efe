"""The register of the demonstration's people: complete, except for gaps as real departments have them.

The gaps: a technologist whose radiation training ran out three weeks ago, one whose training was
renewed two weeks late, two whose training ends soon, one who started on another kind of equipment before
being trained on it, a physician in residency training who signs nothing, a reviewer who passed stage one
after beginning to sign, a signing certificate about to end.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from demo.content.people import staff
from demo.content.values import DemoDepartment, Person

GROUPS = ("头颈和中枢神经", "呼吸和循环", "消化及泌尿生殖", "骨关节")
SCOPE = "医学影像和放射治疗专业"
EXEMPT = "仅操作MRI，不接触电离辐射；科室讨论后由质控员认定（D-20）。"
_APPROVED = "医务处认定"
_REPORTING_TITLES = ("主治医师", "主治医师", "主治医师", "住院医师", "住院医师")
_REVIEWING_TITLES = ("主任医师", "副主任医师", "副主任医师", "主任医师", "副主任医师")
_TECHNOLOGIST_TITLES = ("主管技师", "技师", "主管技师", "副主任技师", "技师", "技师", "技师", "主管技师")
_TWO_YEARS = timedelta(days=730)

Sheets = Mapping[str, Sequence[Sequence[str]]]


def register_sheets(demo: DemoDepartment) -> Sheets:
    """The register as the workbook a department would hand in: sheet → lines, the head first."""
    physicians = [person for person in staff() if person.post != "technologist"]
    technologists = [person for person in staff() if person.post == "technologist"]
    return {
        "医师": (
            (
                *("工号", "姓名", "职称", "专业组", "医师资格证书编号", "医师执业证书编号", "执业类别"),
                *("执业范围", "第一阶段规培", "通过日期", "视同通过依据", "认定人", "入职日期"),
            ),
            *(_physician(person, place, demo) for place, person in enumerate(physicians)),
        ),
        "技师": (
            ("工号", "姓名", "职称", "操作设备类别", "专业组"),
            *(
                (person.staff_number, person.name, title, "、".join(person.modalities), "")
                for person, title in zip(technologists, _TECHNOLOGIST_TITLES, strict=True)
            ),
        ),
        "放射防护培训": (
            ("工号", "姓名", "培训类别", "主办系统", "培训日期", "天数", "考核结果"),
            *(line for person in technologists for line in _radiation(person, demo)),
        ),
        "设备操作培训": (
            ("工号", "姓名", "设备类别", "设备型号", "培训日期", "带教人"),
            *(line for person in technologists for line in _equipment(person, demo)),
        ),
        "其他资质": (
            ("工号", "姓名", "资质类别", "证书编号", "取得日期", "有效期至"),
            *(line for person in technologists for line in _appraisal(person)),
            *(line for person in physicians for line in _signature(person, demo.today)),
        ),
    }


def mri_only() -> tuple[str, ...]:
    """Staff numbers of those who operate MRI alone; the first of them is marked 不适用 (D-20)."""
    return tuple(person.staff_number for person in staff() if person.modalities == ("MRI",))


def _physician(person: Person, place: int, demo: DemoDepartment) -> Sequence[str]:
    number = person.staff_number
    reviewing = person.post == "reviewing"
    titles = _REVIEWING_TITLES if reviewing else _REPORTING_TITLES
    title = titles[int(number[1:]) % 5]
    group = GROUPS[place % len(GROUPS)]
    stage, passed, basis = "已通过", f"{2006 + place % 8}-07-18", ""
    if title == "主任医师":
        stage, passed, basis = "视同通过", "", "2006年前取得主治医师资格"
    if number == "D205":
        passed = str(demo.quarters[0].window_start + timedelta(days=15))
    if number == "D110":
        stage, passed = "", ""
    return (
        *(number, person.name, title, group, f"2002110{number}", f"1101{number}00", "临床", SCOPE),
        *(stage, passed, basis, _APPROVED if basis else "", f"{2004 + place % 10}-07-01"),
    )


def _radiation(person: Person, demo: DemoDepartment) -> Iterator[Sequence[str]]:
    """Before taking up the work, then every two years; some were not sent again in time."""
    number, today = person.staff_number, demo.today
    if number == mri_only()[0]:
        return
    left = {"T306": -20, "T307": 25, "T301": 5}.get(number, 200 + int(number[1:]) % 5 * 60)
    last, before = today + timedelta(days=left) - _TWO_YEARS, timedelta(days=20)
    if number == "T308":
        last, before = demo.quarters[2].window_start + timedelta(days=12), -timedelta(days=15)
    yield (number, person.name, "上岗前", "卫生健康", str(_earlier(last, 3)), "4", "合格")
    yield (number, person.name, "复训", "卫生健康", str(last - _TWO_YEARS + before), "2", "合格")
    yield (number, person.name, "复训", "卫生健康", str(last), "2", "合格")
    if number == "T306":
        yield (number, person.name, "复训", "生态环境", str(today - timedelta(days=40)), "1", "合格")


def _earlier(last: date, times: int) -> date:
    return last - times * (_TWO_YEARS - timedelta(days=20))


def _equipment(person: Person, demo: DemoDepartment) -> Iterator[Sequence[str]]:
    for modality in person.modalities:
        day = date(2018, 5, 9) + timedelta(days=int(person.staff_number[1:]) % 7 * 40)
        if (person.staff_number, modality) == ("T303", "DR"):
            day = demo.quarters[0].window_start + timedelta(days=25)
        model = {"CT": "CT-64", "MRI": "MR-3.0T", "DR": "DR-A"}[modality]
        yield (person.staff_number, person.name, modality, model, str(day), "设备厂家/科室带教")


def _appraisal(person: Person) -> Iterator[Sequence[str]]:
    if person.staff_number != "T302":
        yield (person.staff_number, person.name, "影像质量与伪影识别考核", "", "2019-11-20", "")


def _signature(person: Person, today: date) -> Iterator[Sequence[str]]:
    if person.post == "reviewing":
        left = 12 if person.staff_number == "D202" else 300 + int(person.staff_number[1:]) % 5 * 50
        end = today + timedelta(days=left)
        began = end - timedelta(days=1095)
        yield (
            *(person.staff_number, person.name, "经认证的电子签名证书"),
            *(f"CA{person.staff_number}", str(began), str(end)),
        )
