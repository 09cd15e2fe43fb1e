"""When Python looks for garbage while a lab opens."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tflab.ui import garbage


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    """Garbage is looked for again after each test, everywhere."""
    yield
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
