"""The gate that SIGINT passes, and the ladder that sends it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.sessions import PATIENCE
from tflab.session import interrupt as interrupt_module
from tflab.session.interrupt import InterruptGate, InterruptLadder, TensorFlowCancellation


@pytest.fixture
def gate() -> Iterator[InterruptGate]:
    before = signal.getsignal(signal.SIGINT)
    gate = InterruptGate()
    gate.install()
    yield gate
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ladder that takes its next step only where a test is stuck: no machine is too slow for one step of it."""
    for grace in ("CANCEL_GRACE", "SIGNAL_GRACE", "LONGEST_GRACE"):
        monkeypatch.setattr(interrupt_module, grace, PATIENCE)


@pytest.fixture
def patient_after_the_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, of the step behind the signal alone."""
    for grace in ("SIGNAL_GRACE", "LONGEST_GRACE"):
        monkeypatch.setattr(interrupt_module, grace, PATIENCE)


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def sleep_after(action: Callable[[], object]) -> None:
    """The learner's code: sleeps until it is interrupted."""
    action()
    time.sleep(PATIENCE)


def test_an_interrupt_outside_the_learners_code_is_nothing(gate: InterruptGate) -> None:
    interrupt()


def test_an_interrupt_inside_is_raised_there(gate: InterruptGate) -> None:
    with pytest.raises(KeyboardInterrupt), gate.armed():
        sleep_after(interrupt)
    interrupt()


def test_an_interrupt_while_held_is_raised_on_release(gate: InterruptGate) -> None:
    reached = False
    with gate.armed():
        gate.hold()
        interrupt()
        reached = True
        with pytest.raises(KeyboardInterrupt):
            gate.release()
    assert reached


def test_an_interrupt_while_held_is_forgotten_where_the_code_has_ended(gate: InterruptGate) -> None:
    with gate.armed():
        gate.hold()
        interrupt()
        gate.disarm()
        gate.release()


def test_holding_nests(gate: InterruptGate) -> None:
    with gate.armed():
        gate.hold()
        gate.hold()
        interrupt()
        gate.release()
        with pytest.raises(KeyboardInterrupt):
            gate.release()


def test_other_threads_do_not_hold_for_the_main_thread(gate: InterruptGate) -> None:
    with gate.armed():
        thread = threading.Thread(target=gate.hold)
        thread.start()
        thread.join()
        with pytest.raises(KeyboardInterrupt):
            sleep_after(interrupt)


class FakeCancellation(TensorFlowCancellation):
    """Counts; ``on_cancel`` plays TensorFlow."""

    def __init__(self, *, available: bool = True) -> None:
        self._is_available = available
        self.cancels = 0
        self.renewals = 0
        self.cancelled = threading.Event()

    @property
    def available(self) -> bool:
        return self._is_available

    def renew(self) -> None:
        self.renewals += 1

    def cancel(self) -> None:
        self.cancels += 1
        self.cancelled.set()

    def clear(self) -> None:
        pass


@pytest.mark.usefixtures("patient")
def test_code_that_yields_to_the_cancellation_gets_no_signal(gate: InterruptGate) -> None:
    cancellation = FakeCancellation()
    ladder = InterruptLadder(cancellation, gate)
    ladder.cell_starts()

    with gate.armed():
        ladder.request()
        assert cancellation.cancelled.wait(PATIENCE)
        ladder.cell_ends()
        for thread in threading.enumerate():
            if thread.name == "tflab-interrupt":
                thread.join(PATIENCE)

    assert ladder.requested
    assert cancellation.cancels == 1


@pytest.mark.usefixtures("patient_after_the_signal")
def test_code_that_ignores_the_cancellation_gets_a_signal_and_a_fresh_manager(gate: InterruptGate) -> None:
    cancellation = FakeCancellation()
    gate = InterruptGate(cancellation.renew)
    gate.install()
    ladder = InterruptLadder(cancellation, gate)
    ladder.cell_starts()

    with gate.armed():
        try:
            sleep_after(ladder.request)
        except KeyboardInterrupt:
            # What cleans up may call TensorFlow.
            assert cancellation.renewals == 2
        else:
            pytest.fail("not interrupted")
    ladder.cell_ends()

    assert cancellation.cancels == 1


# Stands for TensorFlow's constructor, in which pybind11 would make another error of it.
ERRORS = os.path.join("tensorflow", "python", "framework", "errors_impl.py")
WAIT = "while not gate.unwelcome and time.monotonic() < deadline: pass"


@pytest.mark.parametrize(
    ("file", "code"),
    [(ERRORS, WAIT), ("<cell>", f"class Closed:\n    def __del__(self):\n        {WAIT}\nClosed()")],
    ids=["error of TensorFlow", "__del__"],
)
def test_a_signal_at_a_place_that_swallows_exceptions_is_sent_again(gate: InterruptGate, file: str, code: str) -> None:
    ladder = InterruptLadder(FakeCancellation(), gate)
    ladder.cell_starts()
    names: dict[str, Any] = {"gate": gate, "time": time, "deadline": time.monotonic() + PATIENCE, "reached": False}

    def learners_code() -> None:
        ladder.request()
        exec(compile(code, file, "exec"), names)
        names["reached"] = True
        time.sleep(PATIENCE)

    with pytest.raises(KeyboardInterrupt), gate.armed():
        learners_code()
    ladder.cell_ends()

    assert names["reached"]


@pytest.mark.usefixtures("patient_after_the_signal")
def test_where_the_learner_handles_the_signal_there_is_a_fresh_manager_before(gate: InterruptGate) -> None:
    cancellation = FakeCancellation()
    ladder = InterruptLadder(cancellation, gate)
    ladder.cell_starts()
    seen: list[int] = []
    signal.signal(signal.SIGINT, lambda *_: seen.append(cancellation.renewals))

    with gate.armed():
        ladder.request()
        deadline = time.monotonic() + PATIENCE
        while not seen and time.monotonic() < deadline:
            time.sleep(0.01)
    ladder.cell_ends()

    assert seen[0] == 2


def test_code_that_swallows_interrupts_gets_another(gate: InterruptGate) -> None:
    ladder = InterruptLadder(FakeCancellation(), gate)
    ladder.cell_starts()
    swallowed = 0

    with gate.armed():
        ladder.request()
        while swallowed < 3:
            try:
                time.sleep(PATIENCE)
            except KeyboardInterrupt:
                swallowed += 1
    ladder.cell_ends()

    assert swallowed == 3


def test_without_cancellation_the_signal_comes_at_once(gate: InterruptGate) -> None:
    cancellation = FakeCancellation(available=False)
    ladder = InterruptLadder(cancellation, gate)
    ladder.cell_starts()

    with pytest.raises(KeyboardInterrupt), gate.armed():
        sleep_after(ladder.request)
    ladder.cell_ends()


def test_a_request_while_nothing_runs_is_nothing(gate: InterruptGate) -> None:
    cancellation = FakeCancellation()
    ladder = InterruptLadder(cancellation, gate)

    ladder.request()

    assert not ladder.requested
    assert cancellation.cancels == 0


@pytest.mark.usefixtures("patient")
def test_a_second_request_starts_no_second_climb(gate: InterruptGate) -> None:
    cancellation = FakeCancellation()
    ladder = InterruptLadder(cancellation, gate)
    ladder.cell_starts()
    for _ in range(20):
        ladder.request()
    assert cancellation.cancelled.wait(PATIENCE)
    ladder.cell_ends()

    assert cancellation.cancels == 1


def test_an_interrupt_of_a_cell_that_is_expected_stops_it_before_it_runs(gate: InterruptGate) -> None:
    ladder = InterruptLadder(FakeCancellation(), gate)
    ladder.cell_expected()
    ladder.request()

    assert not ladder.cell_starts()
    assert ladder.requested
    # The next one is not meant.
    ladder.cell_expected()
    assert ladder.cell_starts()
    ladder.cell_ends()
    assert not ladder.requested


def test_a_request_for_the_next_cell_is_not_taken_for_one_of_the_last(gate: InterruptGate) -> None:
    # A climb that is over may not have noticed yet: every cell gets its own.
    ladder = InterruptLadder(FakeCancellation(), gate)
    for _ in range(20):
        assert ladder.cell_starts()
        with pytest.raises(KeyboardInterrupt), gate.armed():
            sleep_after(ladder.request)
        ladder.cell_ends()


def test_after_a_climb_in_vain_another_request_tries_again(
    gate: InterruptGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interrupt_module, "ROUNDS", 1)
    cancellation = FakeCancellation()
    ladder = InterruptLadder(cancellation, gate)
    ladder.cell_starts()

    for _ in range(2):
        # Not armed: the signal has no effect.
        ladder.request()
        for thread in threading.enumerate():
            if thread.name == "tflab-interrupt":
                thread.join(PATIENCE)
    ladder.cell_ends()

    assert cancellation.cancels == 2
