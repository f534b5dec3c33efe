"""add_department, add_admin, reset_password: JSON out, exit 0 or 2, a sentence in Chinese."""

import json
import os
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from staff.accounts.models import User
from staff.departments.models import Department

pytestmark = pytest.mark.django_db
RAD = ("RAD", "--name", "放射科", "--institution", "示例医院", "--level", "tertiary")


def run(*words):
    out = StringIO()
    call_command(*words, stdout=out)
    return json.loads(out.getvalue())


def refused(*words):
    with pytest.raises(CommandError) as caught:
        call_command(*words, stdout=StringIO())
    assert caught.value.returncode == 2
    return str(caught.value)


def test_add_department_answers_what_it_made_and_again_that_it_was_there():
    answer = {"code": "RAD", "name": "放射科", "institution": "示例医院", "level": "tertiary"}
    assert run("add_department", *RAD) == answer | {"created": True}
    assert run("add_department", *RAD) == answer | {"created": False}
    assert Department.objects.count() == 1


def test_add_department_bad_level_names_the_three():
    assert refused("add_department", *RAD[:-1], "三级") == (
        "机构级别“三级”不认识，应为以下之一：tertiary（三级医院）、secondary（二级医院）、other（其他医疗机构）。"
    )


def test_add_department_taken_code_says_by_whom():
    run("add_department", *RAD)
    words = refused("add_department", "RAD", "--name", "影像科", *RAD[3:])
    assert "科室代码“RAD”已用于示例医院 放射科（三级医院）" in words


def test_add_admin_may_sign_in_once_and_administer_everything():
    answer = run("add_admin", "root", "--name", "管理甲")
    user = User.objects.get(username="root")
    assert set(answer) == {"username", "name", "password", "expires_at"}
    assert user.check_password(answer["password"])
    assert user.must_change_password
    assert user.reach("staff.manage_accounts") is None


@pytest.mark.parametrize(
    ("role", "may"), [("security_admin", "staff.grant_roles"), ("auditor", "staff.view_trail")]
)
def test_add_admin_makes_each_of_the_three_administrators(role, may):
    run("add_admin", "other", "--name", "管理乙", "--role", role)
    user = User.objects.get(username="other")
    assert (user.reach(may), user.may("staff.manage_accounts")) == (None, False)


def test_no_account_exists_before_a_command_makes_one():
    assert User.objects.count() == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("root", "--name", "又一个"), "已经存在"),
        (("a b", "--name", "甲"), "账号："),
        (("fine", "--name", " "), "姓名："),
        (("fine", "--name", "甲", "--role", "head"), "--role 应为 admin、security_admin、auditor 之一"),
    ],
)
def test_add_admin_that_cannot_be_is_refused(words, said):
    run("add_admin", "root", "--name", "管理甲")
    assert said in refused("add_admin", *words)
    assert User.objects.count() == 1


def test_reset_password_gives_a_new_one_and_refuses_strangers(officer):
    answer = run("reset_password", "officer")
    officer.refresh_from_db()
    assert officer.check_password(answer["password"])
    assert "没有“nobody”这个账号" in refused("reset_password", "nobody")


def test_reset_password_of_a_disabled_account_is_refused(officer):
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert "已停用" in refused("reset_password", "officer")


@pytest.mark.parametrize("command", [["demo"], ["verify_trail"], ["packet", "1", "--out", "."]])
def test_command_without_a_database_says_so_in_one_line_and_exits_two(tmp_path, command):
    env = os.environ | {
        "QC_DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'none.sqlite3'}",
    }
    run = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env=env,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 2
    assert "请先运行 manage.py migrate" in run.stderr
    assert "Traceback" not in run.stderr
