"""Has anything changed? A stamp of a department's register and of its reports, kept by the database itself.

    register, reports = stamp_of(department.pk)      # equal stamps: nothing was written in between

What is worked out from many rows (who was qualified on the day of every report) may be kept as long as the
stamp stays. Triggers change it, so no way of writing can forget to. On SQLite it is a random value replaced
at each write: there is one writer at a time. On PostgreSQL every writing transaction adds its number, which
others see when they see its rows; so nobody waits for anybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, models

REGISTER, REPORTS = "register", "reports"
Stamp = tuple[tuple[str, ...], tuple[str, ...]]
_MOST = 64  # transactions kept on PostgreSQL before those that no snapshot can be without are dropped


class ChangeStamp(models.Model):
    """One value of a department's stamp; see the module."""

    # Without a constraint: the rows of a department that is being deleted stamp it a last time.
    department = models.ForeignKey("staff.Department", models.CASCADE, related_name="+", db_constraint=False)
    about = models.CharField(max_length=10)
    token = models.CharField(max_length=32)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("department", "about", "token"), name="change_stamp_once"),
        )

    def __str__(self) -> str:
        return f"{self.about} {self.token}"


def stamp_of(department_id: int) -> Stamp | None:
    """What to compare; None within a transaction, whose own writes would come after what was read."""
    if _in_transaction():
        return None
    rows = ChangeStamp.objects.filter(department=department_id).order_by("about", "token")
    found: dict[str, list[str]] = {REGISTER: [], REPORTS: []}
    for about, token in rows.values_list("about", "token"):
        found[about].append(token)
    if connection.vendor == "sqlite" and not all(found.values()):
        return None  # made while there were no triggers yet: nothing would tell of a change
    if max(map(len, found.values())) > _MOST:
        _drop_old(department_id)
    return tuple(found[REGISTER]), tuple(found[REPORTS])


def _in_transaction() -> bool:
    return connection.in_atomic_block


def _drop_old(department_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_DROP_OLD, [department_id])


# The newest stays: a stamp never becomes one it has been.
_DROP_OLD = """
DELETE FROM staff_changestamp s
WHERE department_id = %s
  AND token::bigint < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
  AND EXISTS (SELECT 1 FROM staff_changestamp n WHERE n.department_id = s.department_id
              AND n.about = s.about AND n.id > s.id)
"""


@dataclass(frozen=True)
class Watched:
    """Rows of `table` belong to `departments`, a query of ids in which {row} is the row that was written.

    `columns`: an update that writes none of these changes nothing that matters; all matter when not given.
    """

    table: str
    about: str
    departments: str
    columns: Sequence[str] = ()


def watch(*watched: Watched) -> None:
    """(Re)create the triggers of tables: one that a migration makes anew has lost them."""
    build = _postgresql if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        for one in watched:
            for statement in build(one):
                cursor.execute(statement)


def begin() -> None:
    """Give every department its first stamps on SQLite, where later writes replace them."""
    if connection.vendor != "sqlite":
        return
    first = [
        f"""INSERT INTO staff_changestamp (department_id, about, token)
            SELECT id, '{about}', hex(randomblob(16)) FROM staff_department d WHERE NOT EXISTS
            (SELECT 1 FROM staff_changestamp s WHERE s.department_id = d.id AND s.about = '{about}')"""  # noqa: S608
        for about in (REGISTER, REPORTS)
    ]
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER IF EXISTS stamp_begin")
        cursor.execute(
            f"CREATE TRIGGER stamp_begin AFTER INSERT ON staff_department BEGIN {first[0]}; {first[1]}; END"
        )
        for statement in first:
            cursor.execute(statement)


_EVENTS = (("insert", ("NEW",)), ("update", ("OLD", "NEW")), ("delete", ("OLD",)))


def _sqlite(watched: Watched) -> list[str]:
    found = []
    for event, rows in _EVENTS:
        name = f"stamp_{watched.table}_{event}"
        asked = " UNION ".join(watched.departments.format(row=row) for row in rows)
        found += [
            f"DROP TRIGGER IF EXISTS {name}",
            f"""CREATE TRIGGER {name} AFTER {_event(event, watched)} ON {watched.table} BEGIN
                  UPDATE staff_changestamp SET token = hex(randomblob(16))
                  WHERE about = '{watched.about}' AND department_id IN ({asked}); END""",  # noqa: S608
        ]
    return found


def _postgresql(watched: Watched) -> list[str]:
    found = []
    for event, rows in _EVENTS:
        name = f"stamp_{watched.table}_{event}"
        asked = " UNION ".join(watched.departments.format(row=row) for row in rows)
        found += [
            f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN
                  INSERT INTO staff_changestamp (department_id, about, token)
                  SELECT department_id, '{watched.about}', pg_current_xact_id()::text
                  FROM ({asked}) asked (department_id) WHERE department_id IS NOT NULL
                  ON CONFLICT DO NOTHING;
                  RETURN NULL; END $$ LANGUAGE plpgsql""",  # noqa: S608
            f"DROP TRIGGER IF EXISTS {name} ON {watched.table}",
            f"""CREATE TRIGGER {name} AFTER {_event(event, watched)} ON {watched.table}
                FOR EACH ROW EXECUTE FUNCTION {name}()""",
        ]
    return found


def _event(event: str, watched: Watched) -> str:
    return (
        f"UPDATE OF {', '.join(watched.columns)}" if event == "update" and watched.columns else event.upper()
    )


_OF_MEMBER = "SELECT department_id FROM staff_member WHERE id = {row}.member_id"
_OF_USER = "SELECT department_id FROM staff_member WHERE user_id = {row}.id"
_OF_INSTITUTION = "SELECT id FROM staff_department WHERE institution_id = {row}.id"
# Everything an answer of `staff.people.roster_of` is made from.
REGISTER_TABLES = (
    Watched("staff_member", REGISTER, "SELECT {row}.department_id"),
    Watched("staff_qualification", REGISTER, _OF_MEMBER),
    Watched("staff_user", REGISTER, _OF_USER, ("full_name", "aliases")),
    Watched("staff_department", REGISTER, "SELECT {row}.id", ("institution_id", "one_step_reporting")),
    Watched("staff_institution", REGISTER, _OF_INSTITUTION, ("level",)),
)
