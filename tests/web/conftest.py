"""The world of the permission table, for every module that asks all pages as all roles."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings

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
