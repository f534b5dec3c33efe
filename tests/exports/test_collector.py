"""The collector is calm while a long work lasts, and as before after it."""

import gc

import pytest

from exporting.collector import calm_collector, settled_collector


@pytest.fixture(autouse=True)
def usual():
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield (700, 10, 10)
    gc.set_threshold(*before)


def test_calm_collector_looks_less_often_until_left(usual):
    with calm_collector():
        within = gc.get_threshold()
    assert within[0] > usual[0]
    assert gc.get_threshold() == usual


def test_calm_collector_stays_calm_until_the_last_has_left(usual):
    first, second = calm_collector(), calm_collector()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)  # as of two threads the one that came first may leave first
    after_one = gc.get_threshold()
    second.__exit__(None, None, None)
    assert (after_one[0] > usual[0], gc.get_threshold()) == (True, usual)


def test_calm_collector_is_left_by_an_error_too(usual):
    with pytest.raises(ZeroDivisionError), calm_collector():
        1 / 0  # noqa: B018
    assert gc.get_threshold() == usual


def test_settled_collector_lets_go_of_what_it_kept(usual):
    before = gc.get_freeze_count()
    with settled_collector():
        within = gc.get_freeze_count()
    assert within > before
    assert (gc.get_freeze_count(), gc.get_threshold()) == (0, usual)
