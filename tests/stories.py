"""What many tests of a module begin with, made once: each of them starts at a savepoint behind it.

A signed sheet takes a thousand statements. A module says so of the one fixture that is worth keeping:

    @made_once
    def signed(department, officer, head, assessor): ...

Its tests that ask for it run together, inside a transaction that holds these rows, and get copies of the
objects; what each writes is rolled back to that point. The module's others run without it, on an empty
database. The fixtures `_story` and `told` are in conftest.
"""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from tests import people

Told = dict[str, Any]
Story = Callable[..., Any]
_STORIES: dict[str, Story] = {}  # by module


def made_once(story: Story) -> Any:
    """A fixture in whose stead `story` is told once; it may ask for the department and for its people."""
    if story.__module__ in _STORIES:
        raise ValueError(f"{story.__module__}: more than one story")
    _STORIES[story.__module__] = story

    @pytest.fixture(name=story.__name__)
    def _fixture(told: Told) -> Any:
        return told[story.__name__]

    return _fixture


def tell(story: Story) -> Told:
    """What the story is about, by fixture name; written in the caller's transaction."""
    department = people.radiology()
    told = {"department": department}
    for name in inspect.signature(story).parameters:
        if name != "department":
            told[name] = getattr(people, name)(department)
    return told | {story.__name__: story(**told)}


def group_by_story(metafunc: pytest.Metafunc) -> None:
    """Tests that ask for the module's story get it, the others of the module get none: two groups."""
    story = _STORIES.get(metafunc.module.__name__)
    if story is not None:
        asked = story if story.__name__ in metafunc.fixturenames else None
        metafunc.parametrize("_story", [asked], ids=[pytest.HIDDEN_PARAM], indirect=True, scope="module")
