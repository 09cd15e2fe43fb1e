"""multiprocessing without /dev/shm: the stand-in for its locks behaves as the original does."""

from __future__ import annotations

import importlib
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.session.sandbox.confined import run_confined
from tflab.session.sandbox import Kernel, survey
from tflab.session.sandbox.semaphores import SharedSemaphore

MUTEX, SEMAPHORE = 0, 1


def original(kind: int, value: int, maxvalue: int) -> Any:
    locks = importlib.import_module("_multiprocessing")
    return locks.SemLock(kind, value, maxvalue, f"/tflab-{os.getpid()}-{time.monotonic_ns()}", True)


def stand_in(kind: int, value: int, maxvalue: int) -> Any:
    return SharedSemaphore(kind, value, maxvalue, "/name", True)


@pytest.fixture(params=[original, stand_in], ids=["original", "stand-in"])
def make(request: pytest.FixtureRequest) -> Callable[[int, int, int], Any]:
    made: Callable[[int, int, int], Any] = request.param
    return made


def test_a_semaphore_counts(make: Callable[[int, int, int], Any]) -> None:
    two = make(SEMAPHORE, 2, 2)
    assert (two.kind, two.maxvalue, two.name) == (SEMAPHORE, 2, None)
    assert two.acquire()
    assert two.acquire(False)
    assert not two.acquire(False)
    assert two._is_zero()
    began = time.monotonic()
    assert not two.acquire(True, 0.05)
    assert time.monotonic() - began >= 0.04
    two.release()
    assert two._get_value() == 1
    two.release()
    with pytest.raises(ValueError, match="too many times"):
        two.release()


def test_a_recursive_lock_belongs_to_a_thread(make: Callable[[int, int, int], Any]) -> None:
    lock = make(MUTEX, 1, 1)
    taken: list[bool] = []
    with lock, lock:
        assert (lock._count(), lock._is_mine()) == (2, True)
        thread = threading.Thread(target=lambda: taken.append(lock.acquire(False)))
        thread.start()
        thread.join()
    assert taken == [False]
    assert lock._count() == 0
    with pytest.raises(AssertionError):
        lock.release()


def test_a_waiting_thread_is_woken(make: Callable[[int, int, int], Any]) -> None:
    lock = make(SEMAPHORE, 0, 1)
    woken = threading.Event()

    def wait() -> None:
        assert lock.acquire(True, 30)
        woken.set()

    thread = threading.Thread(target=wait)
    thread.start()
    lock.release()
    assert woken.wait(30)
    thread.join()


def test_a_forked_process_shares_it(make: Callable[[int, int, int], Any]) -> None:
    import warnings

    lock = make(SEMAPHORE, 0, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        lock.release()
        os._exit(0)
    assert lock.acquire(True, 30)
    os.waitpid(child, 0)


@pytest.fixture
def raising_alarm() -> Iterator[None]:
    """An alarm raises once and is the last one: another would hit whatever runs then."""
    raised = False

    def on_alarm(*_: object) -> None:
        nonlocal raised
        signal.setitimer(signal.ITIMER_REAL, 0)
        if not raised:
            raised = True
            raise InterruptedError

    before = signal.signal(signal.SIGALRM, on_alarm)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("raising_alarm")
def test_a_signal_ends_the_wait(make: Callable[[int, int, int], Any]) -> None:
    lock = make(SEMAPHORE, 0, 1)

    def wait() -> None:
        # Again and again: the first may come before the wait has begun, and then it ends no wait.
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
        lock.acquire()

    with pytest.raises(InterruptedError):
        wait()


def test_wrong_values_are_refused() -> None:
    with pytest.raises(ValueError, match="invalid value"):
        stand_in(SEMAPHORE, 3, 2)


def test_a_name_for_others_is_refused() -> None:
    with pytest.raises(PermissionError):
        SharedSemaphore(SEMAPHORE, 1, 1, "/name", False)
    with pytest.raises(PermissionError):
        SharedSemaphore._rebuild(0, SEMAPHORE, 1, "/name")


def test_queues_pools_and_events_work_without_dev_shm() -> None:
    code = """
import concurrent.futures, multiprocessing
context = multiprocessing.get_context("fork")
queue, event = context.Queue(), context.Event()
def work():
    queue.put(os.getpid()); event.set()
process = context.Process(target=work)
process.start()
assert queue.get(timeout=50) == process.pid
assert event.wait(50)
process.join()
with context.Pool(2) as pool:
    assert pool.map(abs, range(-50, 0)) == list(range(50, 0, -1))
with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
    assert list(pool.map(abs, [-1, -2])) == [1, 2]
with multiprocessing.pool.ThreadPool(2) as pool:
    assert pool.map(abs, [-1]) == [1]
barrier = context.Barrier(2); array = context.Array("d", 8); value = context.Value("i", 3)
condition = context.Condition(); bounded = context.BoundedSemaphore(2)
print(os.path.exists("/dev/shm") and "done")
"""
    here = survey()
    with tempfile.TemporaryDirectory(prefix="tflab-test-", dir="/var/tmp") as scratch:
        kernel = Kernel(here.landlock_abi, here.seccomp, namespaces=False)
        assert run_confined(code, scratch=scratch, kernel=kernel) == "done"
