"""The world of the permission table, for every module that asks all pages as all roles."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from qcportal import navigation
from tests.web.world import World, build_world

_HASHER = "django.contrib.auth.hashers.MD5PasswordHasher"  # conftest sets it for tests, not for modules


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Built once: making the people and objects anew for each row would take most of the time."""
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(PASSWORD_HASHERS=[_HASHER]):
            made = build_world()
        yield made
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def shell_made_once(world: World) -> Iterator[None]:
    """The navigation of an actor, made for their first page: half the work where only a status is asked."""
    make = navigation._shell
    made: dict[int, dict[str, Any]] = {}

    def _shell(request: Any) -> dict[str, Any]:
        if request.user.pk not in made:
            made[request.user.pk] = make(request)
        return made[request.user.pk]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(navigation, "_shell", _shell)
        yield
