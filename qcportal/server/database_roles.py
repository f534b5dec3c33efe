"""PostgreSQL: the role of the app may work with rows, and own nothing (docs/quality.md L1).

Triggers refuse changes of the trail and of signed rows; whoever owns a table can switch its triggers off.
So the owner's role migrates, and the app signs in as another one, without TRUNCATE, TRIGGER and CREATE.
"""

from typing import Any

from django.db import connection, transaction

# Rows that are only ever added, and rows that only the owner writes: by migrations, and a checkpoint by
# `run_purges`, for where one stands, older events may be deleted (docs/quality.md L3).
_ADDED_ONLY = frozenset({"trail_event"})
_READ_ONLY = frozenset(
    {"django_migrations", "django_content_type", "auth_permission", "auth_group", "trail_checkpoint"}
)


class RolesError(ValueError):
    """The roles cannot be set up here; the message says why and what to do."""


@transaction.atomic
def separate_roles(app: str, *, password: str | None) -> dict[str, int]:
    """Make the role `app`, or set its rights anew, to what the app needs; counts of tables by rights.

    Run as the owner, after each migration: a new table has no rights until then. `password` None keeps the
    role's own. RolesError on another database, for the owner itself and for somebody who is not the owner.
    """
    with connection.cursor() as cursor:
        tables = _checked(cursor, app)
        name = connection.ops.quote_name(app)
        cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = %s", [app])
        found = cursor.fetchone()
        if found is None and password is None:
            raise RolesError(f"角色 {app} 尚不存在：请给出密码（--new-password 或 --password-file）。")
        if found is not None and found[0]:
            raise RolesError(f"{app} 是超级用户或可建立角色，不能作应用角色：请另取一个名称。")
        # Defaults of a new role are the least; to name them again takes a superuser.
        if password is not None:
            verb = "CREATE" if found is None else "ALTER"
            cursor.execute(f"{verb} ROLE {name} LOGIN PASSWORD %s", [password])
        _close_schema(cursor, name)
        return _grant(cursor, name, tables)


def _checked(cursor: Any, app: str) -> list[str]:
    """The tables of the app's schema; RolesError where the roles cannot be set up."""
    if connection.vendor != "postgresql":
        raise RolesError("只有 PostgreSQL 需要分设所有者与应用角色；SQLite 由数据目录的权限保护。")
    cursor.execute("SELECT current_user")
    owner = cursor.fetchone()[0]
    if owner == app:
        raise RolesError(f"{app} 是数据表的所有者，应用须用另一个角色：请另取一个名称。")
    cursor.execute("SELECT tablename, tableowner FROM pg_tables WHERE schemaname = 'public'")
    rows = cursor.fetchall()
    if not any(table == "trail_event" for table, _ in rows):
        raise RolesError("数据库尚未建立，请先以所有者运行 manage.py migrate。")
    others = sorted({of for _, of in rows} - {owner})
    if others:
        raise RolesError(f"请以数据表的所有者（{'、'.join(others)}）连接后运行本命令，现为 {owner}。")
    return sorted(table for table, _ in rows)


def _close_schema(cursor: Any, name: str) -> None:
    cursor.execute("SELECT current_database()")
    database = connection.ops.quote_name(cursor.fetchone()[0])
    cursor.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    cursor.execute(f"REVOKE ALL ON SCHEMA public FROM {name}")
    cursor.execute(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC")
    cursor.execute(f"GRANT CONNECT ON DATABASE {database} TO {name}")
    cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
    cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}, PUBLIC")
    cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}")


def _grant(cursor: Any, name: str, tables: list[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for table in tables:
        rights = "SELECT, INSERT, UPDATE, DELETE"
        if table in _READ_ONLY:
            rights = "SELECT"
        elif table in _ADDED_ONLY:
            rights = "SELECT, INSERT"
        cursor.execute(f"GRANT {rights} ON {connection.ops.quote_name(table)} TO {name}")
        counts[rights] = counts.get(rights, 0) + 1
    return counts
