"""The world in which the permission table is asked: two departments, one person per role, and objects.

`world.department`, `world.other_department`; `world.users["head"]` (one per role, and "foreign", a QC officer
of the other department); `world["report"]`, whatever the apps' `build(world)` added.
"""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse

from staff.accounts.models import User
from staff.departments.models import Department
from tests import people
from tests.web.permission_table import ACTORS, Row, modules, values


@dataclass
class World:
    """Made once for the whole table; each request is rolled back, so the next one finds it unchanged."""

    department: Department
    other_department: Department
    users: dict[str, User]
    objects: dict[str, Any] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.objects[name]

    def add(self, name: str, thing: Any) -> Any:
        """Keep `thing` under a name no other app has taken, and return it."""
        if name in self.objects:
            raise ValueError(f"the world already has a {name}")
        self.objects[name] = thing
        return thing

    def status(self, actor: str, row: Row) -> int:
        """What `actor` gets for this row."""
        send = getattr(self.client(actor), row.method.lower())
        return send(self.address(row), values(row.data, self)).status_code

    def client(self, actor: str, **options: Any) -> Client:
        """A browser in which `actor` is signed in."""
        client = Client(**options)
        if actor != "anonymous":
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[actor]
        return client

    def address(self, row: Row) -> str:
        """The row's URL in this world."""
        return reverse(row.url, kwargs=values(row.kwargs, self))


def build_world() -> World:
    """Everything the table's rows speak of. Runs in the caller's transaction."""
    department, other = people.radiology(), people.elsewhere()
    users = {role: make(department) for role, make in people.ROLES.items()}
    users["foreign"] = people.person("foreign", "邻县甲", "qc_officer", other)
    assert set(users) | {"anonymous"} == set(ACTORS)
    world = World(department, other, users)
    for module in modules():
        build = getattr(module, "build", None)
        if build is not None:
            build(world)
    world.sessions = {actor: _session(user) for actor, user in users.items()}
    return world


def _session(user: User) -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value
