"""The register's import page: tried out, then written; refusals in words; another's file is not confirmed."""

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from staff.register.models import Member, RegisterBatch
from tests.staff.factories import register_file
from tests.staff.registers import workbook
from trail.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(sign_in, officer):
    return sign_in(officer)


def upload(client, content=None, name="登记表.xlsx"):
    file = SimpleUploadedFile(name, register_file() if content is None else content)
    return client.post(reverse("register:import"), {"file": file})


def waiting() -> list[str]:
    try:
        return default_storage.listdir("register-uploads")[1]
    except FileNotFoundError:
        return []


def test_file_tried_out_writes_nothing_and_says_what_it_would(client, department):
    page = upload(client)
    assert page.status_code == 200
    assert page.context["tally"].counts == {"created": 3, "updated": 0, "unchanged": 0, "refused": 1}
    assert "J77" in page.content.decode()
    assert (Member.objects.count(), RegisterBatch.objects.count()) == (0, 0)
    assert Event.objects.get(action="staff.register_try_out").detail["created"] == 3


def test_file_confirmed_is_written_once_and_taken_from_the_store(client, department):
    before = set(waiting())
    upload(client)
    assert len(set(waiting()) - before) == 1
    assert client.post(reverse("register:import_commit")).status_code == 302
    assert set(Member.objects.values_list("staff_number", flat=True)) == {"D01", "J11"}
    assert set(waiting()) == before
    again = client.post(reverse("register:import_commit"), follow=True)
    assert "没有等待写入的登记表" in again.content.decode()
    assert RegisterBatch.objects.count() == 1


def test_file_taken_in_twice_changes_nothing(client, department):
    for _ in range(2):
        upload(client)
        client.post(reverse("register:import_commit"))
    page = upload(client)
    assert page.context["tally"].counts == {"created": 0, "updated": 0, "unchanged": 3, "refused": 1}
    assert "没有可写入的变化" in page.content.decode()


CERTIFICATES = {
    "证照": [
        ["工号", "持证人", "岗位", "证照名称", "证照编号", "发证日期"],
        ["J5", "技戊", "技师", "放射防护培训合格证", "F1", "2023-05-20"],
        ["J5", "技戊", "技师", "CT设备操作培训证明", None, "2020-05-08"],
        ["J5", "技戊", "技师", "放射工作人员证", "G1", "2019-05-08"],
    ],
    "护理": [["工号", "姓名", "护士执业证号"], ["N1", "护甲", "H1"]],
}


def test_what_is_passed_over_is_listed_and_the_person_of_certificates_is_entered(client, department):
    page = upload(client, workbook(CERTIFICATES))
    assert page.context["tally"].counts == {"created": 2, "updated": 0, "unchanged": 0, "refused": 0}
    body = page.content.decode()
    assert "“放射工作人员证”不是4.3、4.4要求的资质或培训记录，未导入。" in body
    assert "工作表“护理”未读取" in body
    client.post(reverse("register:import_commit"))
    (member,) = Member.objects.all()
    kept = member.qualifications.values_list("type", "modality").order_by("type")
    assert (member.kind, list(kept)) == (
        "technologist",
        [("equipment_training", "CT"), ("radiation_training", "")],
    )
    again = upload(client, workbook(CERTIFICATES))
    assert again.context["tally"].counts == {"created": 0, "updated": 0, "unchanged": 2, "refused": 0}


def test_file_of_another_session_cannot_be_confirmed(client, head, department):
    upload(client)
    other = Client()
    other.force_login(head, backend="django.contrib.auth.backends.ModelBackend")
    assert other.post(reverse("register:import_commit")).status_code == 403
    assert Member.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"no workbook", "a.xlsx"), (b"PK\x03\x04broken", "a.xlsx"), (b"a,b\n1,2\n", "a.csv")],
)
def test_file_that_is_no_register_is_refused_with_a_sentence(client, department, content, name):
    page = upload(client, content, name)
    assert (page.status_code, bool(page.context["form"].errors["file"])) == (400, True)
    assert "tally" not in page.context


def test_columns_with_data_that_go_nowhere_are_named_on_the_page(client, department):
    text = "工号,姓名,职称,执业证书编号,籍贯\n7,甲一,主治医师,11,北京\n"
    page = upload(client, text.encode(), "登记表.csv").content.decode()
    assert "以下列有数据，但没有对应的内容，未用于检查：籍贯" in page
