"""manage.py database_roles APP [--password-file FILE]: the role the app signs in to PostgreSQL with."""

import json
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from qcportal.server.database_roles import RolesError, separate_roles


class Command(BaseCommand):
    help = (
        "PostgreSQL：建立应用角色，只授予读写行的权限，不能清空表、停用触发器或改动留痕。"
        "以所有者连接运行，每次 migrate 之后再运行一次。Prints {role, password, tables}."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("app", help="应用角色的名称，如 qcportal_app")
        given = parser.add_mutually_exclusive_group()
        given.add_argument("--password-file", type=Path, metavar="FILE", help="密码文件（第一行）")
        given.add_argument("--new-password", action="store_true", help="随机生成密码并打印这一次")

    def handle(self, *args: Any, **options: Any) -> None:
        password, answer = None, {"role": options["app"]}
        if options["new_password"]:
            password = answer["password"] = secrets.token_urlsafe(24)
        try:
            if options["password_file"] is not None:
                password = options["password_file"].read_text(encoding="utf-8").splitlines()[0]
            tables = separate_roles(options["app"], password=password)
        except (RolesError, OSError, IndexError) as error:
            raise CommandError(str(error) or "密码文件是空的。", returncode=2) from error
        except DatabaseError as error:
            raise CommandError(f"数据库拒绝了设置：{error}", returncode=2) from error
        self.stdout.write(json.dumps(answer | {"tables": tables}, ensure_ascii=False))
