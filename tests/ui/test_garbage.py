"""When Python looks for garbage while a lab opens."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest

from tflab.ui import garbage


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    """Garbage is looked for again after each test, everywhere."""
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()
    gc.enable()


def test_garbage_is_left_alone_until_the_lab_is_there() -> None:
    garbage.pause()
    assert not gc.isenabled()
    garbage.resume()
    assert gc.isenabled()


def test_what_the_lab_was_opened_with_is_not_looked_through_again() -> None:
    garbage.pause()
    kept = [[]]  # type: ignore[var-annotated]
    garbage.resume()
    assert gc.get_freeze_count() > 0
    assert not any(each is kept for each in gc.get_objects())


def test_resuming_what_was_not_paused_freezes_nothing() -> None:
    before = gc.get_freeze_count()
    garbage.resume()
    assert gc.get_freeze_count() == before


def test_garbage_made_later_is_found() -> None:
    program = """
import gc, weakref
from tflab.ui import garbage
class Node: pass
garbage.pause()
garbage.resume()
node = Node(); node.itself = node
gone = weakref.ref(node)
del node
for _ in range(100_000): [[]]
kept = [[] for _ in range(10_000)]
print(gone() is None)
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout.strip() == "True"


class Node:
    """Refers to itself."""

    def __init__(self) -> None:
        self.itself = self


def test_old_garbage_is_found_when_nobody_types_and_enough_was_made() -> None:
    garbage.pause()
    garbage.resume()
    node = Node()
    # Twice seen alive, it counts as old.
    gc.collect(0)
    gc.collect(1)
    gone = weakref.ref(node)
    del node
    garbage.sweep(is_quiet=True)
    assert gone() is not None
    for _ in range(100):
        gc.collect(1)
    assert gone() is not None
    garbage.sweep(is_quiet=False)
    assert gone() is not None
    garbage.sweep(is_quiet=True)
    assert gone() is None


def test_old_garbage_is_found_in_the_end_however_long_someone_types() -> None:
    garbage.pause()
    garbage.resume()
    for _ in range(500):
        gc.collect(1)
    garbage.sweep(is_quiet=False)
    assert gc.get_count()[2] == 0


def test_where_the_lab_did_not_open_python_looks_as_it_always_does() -> None:
    gc.disable()
    before = gc.get_count()[2]
    garbage.sweep(is_quiet=False)
    assert gc.get_count()[2] == before
    assert gc.get_threshold()[2] < 1000
