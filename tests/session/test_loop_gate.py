"""The gate between two steps, with plain threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue

import pytest

from tflab.session.loop_gate import LoopGate, LoopStopped

PATIENCE = 60.0


class Loop:
    """A loop of a thread that tells what it does."""

    def __init__(self, *, ends_by_itself: bool = False) -> None:
        self.said: SimpleQueue[str] = SimpleQueue()
        self.gate = LoopGate(self)
        self.steps = 0
        self.is_over = False
        self._ends_by_itself = ends_by_itself

    def paused(self) -> None:
        self.said.put("paused")

    def resumed(self) -> None:
        self.said.put("resumed")

    def stop(self) -> None:
        self.is_over = True
        if not self._ends_by_itself:
            raise LoopStopped

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            while not self.is_over:
                self.gate.pass_step()
                self.steps += 1
            self.said.put("ended")
        except LoopStopped:
            self.said.put("stopped")

    def hears(self, *words: str) -> None:
        assert [self.said.get(timeout=PATIENCE) for _ in words] == list(words)


@pytest.fixture
def loop() -> Loop:
    loop = Loop()
    loop.gate.ask("pause")
    loop.start()
    loop.hears("paused")
    assert loop.steps == 0
    return loop


def test_a_step_is_one_step(loop: Loop) -> None:
    for number in range(1, 4):
        loop.gate.ask("step")
        loop.hears("resumed", "paused")
        assert loop.steps == number
    loop.gate.ask("stop")
    loop.hears("resumed", "stopped")


def test_a_loop_goes_on_and_waits_again(loop: Loop) -> None:
    loop.gate.ask("resume")
    loop.hears("resumed")
    loop.gate.ask("pause")
    loop.hears("paused")
    loop.gate.ask("stop")
    loop.hears("resumed", "stopped")


def test_a_single_step_of_a_running_loop_is_a_pause() -> None:
    loop = Loop()
    loop.start()
    loop.gate.ask("step")
    loop.hears("paused")
    loop.gate.ask("stop")
    loop.hears("resumed", "stopped")


def test_a_loop_that_ends_by_itself_goes_on_to_its_end() -> None:
    loop = Loop(ends_by_itself=True)
    loop.start()
    loop.gate.ask("stop")
    loop.hears("ended")


def test_work_is_done_between_two_steps_in_order_while_the_loop_waits_and_while_it_runs(loop: Loop) -> None:
    done: SimpleQueue[tuple[int, int | None]] = SimpleQueue()

    def work(number: int) -> Callable[[], None]:
        return lambda: done.put((number, threading.get_ident()))

    loop.gate.do(work(1))
    loop.gate.do(work(2))
    first = [done.get(timeout=PATIENCE) for _ in range(2)]
    assert [number for number, _ in first] == [1, 2]
    assert {thread for _, thread in first}.isdisjoint({threading.get_ident()})
    loop.gate.ask("resume")
    loop.hears("resumed")
    loop.gate.do(work(3))
    assert done.get(timeout=PATIENCE) == (3, first[0][1])
    loop.gate.ask("stop")
    loop.hears("stopped")


def test_what_no_step_has_met_is_left_and_a_pause_is_forgotten() -> None:
    loop = Loop()
    loop.gate.ask("pause")
    loop.gate.do(lambda: loop.said.put("worked"))
    [work] = loop.gate.work_left()
    work()
    loop.hears("worked")
    assert loop.gate.is_open
    loop.gate.pass_step()
    assert loop.gate.work_left() == []


def test_nothing_asked_costs_nothing() -> None:
    gate = LoopGate(Loop())
    gate.pass_step()
    assert gate.is_open
