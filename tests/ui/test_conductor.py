"""What runs next, by plain values."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.ui.doubles import READY, MemoryDrafts, MemorySession, finished, lesson, printed, started
from tflab.curriculum.document import Document, Step
from tflab.protocol.events import CellError, ProblemFound, Site
from tflab.protocol.lifecycle import CellsDropped, InterruptOverdue, SessionEnded
from tflab.protocol.operation_events import NonFiniteFound, OperationsRecorded
from tflab.protocol.server import ServerFailed
from tflab.state.run_state import RunState
from tflab.ui.conductor import Conductor
from tflab.ui.frame_clock import FRAME_SECONDS, FrameClock
from tflab.ui.working_copy import SAVE_AFTER, WorkingCopy

RESTARTED = SessionEnded(reason="restarted", status=-9, message="restarted")


class Bench:
    """A conductor of a lesson with three steps, and what is around it."""

    def __init__(self) -> None:
        self.session = MemorySession()
        self.state = RunState()
        self.ran: list[int] = []
        copy = WorkingCopy(lesson("a = 1", "b = 2", "c = 3"), MemoryDrafts({1: "b = 20"}))
        self.conductor = Conductor(self.session, self.state, copy, lambda document, index: self.ran.append(index))

    def happens(self, *events: object) -> None:
        """These come from the session."""
        self.session.put(*events)
        self.conductor.advance()

    @property
    def sent(self) -> list[tuple[int, str]]:
        """What the session was asked to run."""
        return [(request.cell, request.source) for request in self.session.requests]

    def statuses(self) -> list[str]:
        """Of the three steps."""
        return [self.state.step(index).status for index in range(3)]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_step_runs_with_its_draft(bench: Bench) -> None:
    bench.conductor.run(1)
    assert bench.sent == [(1, "b = 20")]
    assert bench.statuses() == ["fresh", "queued", "fresh"]


def test_steps_run_one_after_the_other(bench: Bench) -> None:
    bench.conductor.run_to(2)
    assert bench.sent == [(0, "a = 1")]
    bench.happens(READY, started(0), finished(0))
    assert [cell for cell, _ in bench.sent] == [0, 1]
    assert bench.statuses() == ["ok", "queued", "queued"]
    bench.happens(started(1), finished(1), started(2), finished(2))
    assert [cell for cell, _ in bench.sent] == [0, 1, 2]
    assert bench.statuses() == ["ok", "ok", "ok"]
    assert bench.ran == [0, 1, 2]
    assert not bench.conductor.waiting


def test_the_first_that_fails_stops_the_others(bench: Bench) -> None:
    bench.conductor.run_to(2)
    bench.happens(READY, started(0), finished(0, "error"))
    assert [cell for cell, _ in bench.sent] == [0]
    assert bench.statuses() == ["error", "fresh", "fresh"]
    assert bench.ran == []
    assert not bench.conductor.waiting


def test_a_step_asked_for_while_one_runs_waits_and_is_not_asked_for_twice(bench: Bench) -> None:
    bench.conductor.run(0)
    bench.happens(READY, started(0))
    bench.conductor.run(1)
    bench.conductor.run(1)
    assert len(bench.sent) == 1
    bench.happens(finished(0))
    bench.happens(started(1), finished(1))
    assert [cell for cell, _ in bench.sent] == [0, 1]


def test_an_interrupt_drops_what_waits(bench: Bench) -> None:
    bench.conductor.run_to(2)
    bench.happens(READY, started(0))
    bench.conductor.interrupt()
    assert bench.session.interrupts == 1
    assert bench.statuses() == ["running", "fresh", "fresh"]
    bench.happens(finished(0, "interrupted"))
    assert len(bench.sent) == 1
    assert not bench.conductor.waiting


def test_the_second_interrupt_restarts(bench: Bench) -> None:
    bench.conductor.run(0)
    bench.happens(READY, started(0))
    bench.conductor.interrupt()
    bench.happens(InterruptOverdue(seconds=3.0))
    bench.conductor.interrupt()
    assert (bench.session.interrupts, bench.session.restarts) == (1, 1)


def test_a_queued_step_can_be_given_up_before_there_is_a_session(bench: Bench) -> None:
    bench.conductor.run_to(1)
    bench.conductor.interrupt()
    assert bench.statuses() == ["fresh", "fresh", "fresh"]
    assert not bench.conductor.waiting


def test_news_of_the_session_before_that_come_after_a_restart_lose_no_step(bench: Bench) -> None:
    # GIVEN a session that was ready just before it was to be restarted
    bench.session.put(READY)
    bench.conductor.restart()
    bench.conductor.run_to(2)

    bench.happens(RESTARTED, READY, started(0), finished(0))
    assert bench.statuses() == ["ok", "queued", "queued"]
    bench.happens(started(1), finished(1), started(2), finished(2))

    assert [cell for cell, _ in bench.sent] == [0, 1, 2]
    assert bench.statuses() == ["ok"] * 3


def test_after_a_restart_steps_wait_for_the_fresh_session(bench: Bench) -> None:
    # GIVEN a running step
    bench.conductor.run(0)
    bench.happens(READY, started(0))
    # WHEN the session is restarted and all is to run again
    bench.conductor.restart()
    bench.conductor.run_to(1)
    assert len(bench.sent) == 1
    # THEN nothing is sent to the session that dies
    bench.happens(finished(0, "killed"), RESTARTED)
    assert len(bench.sent) == 1
    assert bench.statuses() == ["queued", "queued", "fresh"]
    # ... and all to the fresh one
    bench.happens(READY)
    bench.happens(started(0), finished(0), started(1), finished(1))
    assert [cell for cell, _ in bench.sent] == [0, 0, 1]


def test_the_death_of_a_session_drops_what_waits(bench: Bench) -> None:
    bench.conductor.run_to(1)
    ended = SessionEnded(reason="crashed", status=-11, message="crashed")
    bench.happens(READY, started(0), finished(0, "killed"), ended, READY)
    assert len(bench.sent) == 1
    assert bench.statuses() == ["killed", "fresh", "fresh"]
    assert not bench.conductor.waiting


def test_steps_that_the_session_drops_do_not_wait(bench: Bench) -> None:
    bench.conductor.run_to(1)
    bench.happens(CellsDropped(cells=(0,)))
    assert not bench.conductor.waiting


def test_without_tensorflow_nothing_runs_and_the_reason_is_said(bench: Bench) -> None:
    bench.conductor.run(0)
    bench.happens(ServerFailed(message="TensorFlow is missing."))
    assert not bench.conductor.waiting
    assert bench.conductor.run(0) is False
    assert any("TensorFlow is missing." in bench.state.output.line(i).text for i in range(len(bench.state.output)))


def test_another_document_gets_a_fresh_session_if_this_one_was_used(bench: Bench) -> None:
    other = WorkingCopy(lesson("z = 0"), MemoryDrafts())
    bench.conductor.change_document(other)
    assert bench.session.restarts == 0
    bench.conductor.run(0)
    bench.happens(READY, started(0), finished(0))
    bench.conductor.change_document(WorkingCopy(lesson("y = 0"), MemoryDrafts()))
    assert bench.session.restarts == 1
    assert bench.statuses() == ["fresh", "fresh", "fresh"]


def test_a_document_with_devices_of_its_own_gets_a_session_of_its_own(bench: Bench) -> None:
    split = replace(lesson("z = 0"), devices=(("cpu", 2),))
    bench.conductor.change_document(WorkingCopy(split, MemoryDrafts()))
    assert bench.session.restarts == 1
    bench.happens(RESTARTED, READY)
    bench.conductor.change_document(WorkingCopy(split, MemoryDrafts()))
    assert bench.session.restarts == 1


def test_a_flood_of_events_is_taken_in_over_several_frames(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 0.01, 0.02, 0.5, 10.0, 10.01, 10.02, 10.025])
    monkeypatch.setattr("tflab.ui.conductor.time.monotonic", lambda: next(times))
    bench.session.put(*(printed(f"{number}\n") for number in range(5)))
    assert bench.conductor.advance()
    assert len(bench.state.output) == 2
    assert bench.conductor.advance()
    assert len(bench.state.output) == 5
    assert not bench.conductor.advance()


def test_a_key_stops_the_taking_in_of_events_and_none_is_lost(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 0.01, 0.02, 0.03, 10.0, 10.01, 10.02, 10.025])
    monkeypatch.setattr("tflab.ui.conductor.time.monotonic", lambda: next(times))
    bench.session.put(*(printed(f"{number}\n") for number in range(4)))
    clock = FrameClock()
    clock.key_heard(0.025)
    assert bench.conductor.advance(stops=lambda now: now > 0.025 and clock.key_waits(now))
    assert len(bench.state.output) == 2
    clock.key_echoed(0.04)
    assert bench.conductor.advance(stops=clock.key_waits)
    assert [bench.state.output.line(number).text for number in range(4)] == ["0", "1", "2", "3"]
    assert not bench.conductor.is_behind


def test_drafts_are_saved_when_typing_pauses() -> None:
    drafts = MemoryDrafts()
    copy = WorkingCopy(lesson("a = 1", "b = 2"), drafts)
    copy.edit(0, "a = 10", now=100.0)
    copy.save_if_due(100.1)
    assert drafts.kept == {}
    copy.save_if_due(100.0 + SAVE_AFTER)
    assert drafts.kept == {0: "a = 10"}
    copy.edit(1, "b = 20", now=101.0)
    copy.save()
    assert drafts.kept == {0: "a = 10", 1: "b = 20"}
    assert copy.is_edited(0)
    assert WorkingCopy(lesson("a = 1", "b = 2"), drafts).source(1) == "b = 20"


def test_lines_of_a_script_count_in_the_file_with_the_drafts_in_place() -> None:
    steps = (Step(index=0, prose="", source="a\nb", first_line=2), Step(index=1, prose="", source="c", first_line=5))
    script = Document(path=Path("x.py"), kind="script", title="x.py", steps=steps, filename="/x.py")
    copy = WorkingCopy(script, MemoryDrafts({0: "a\nb\nb2\nb3", 9: "left over"}))
    assert (copy.first_line(0), copy.first_line(1)) == (2, 7)
    assert copy.line_in_step(1, 7) == 1


def test_frames_yield_to_typing_but_not_for_ever() -> None:
    clock = FrameClock()
    assert clock.due(0.0)
    clock.key_pressed(1.0)
    assert [clock.due(1.0 + tick / 100) for tick in range(6)] == [False, False, False, False, True, False]
    assert clock.due(2.0)


def test_what_comes_after_a_quiet_time_need_not_wait_unless_someone_types() -> None:
    clock = FrameClock()
    assert clock.is_rested(1.0)
    clock.took_in(1.0)
    assert not clock.is_rested(1.04)
    assert clock.is_rested(1.0 + FRAME_SECONDS)
    clock.key_pressed(2.0)
    clock.key_echoed(2.01)
    assert not clock.is_rested(2.02)
    assert clock.is_rested(3.0)


def test_a_key_that_asks_for_something_keeps_no_frame_back_once_it_is_dealt_with() -> None:
    clock = FrameClock()
    clock.key_pressed(1.0, is_typing=False)
    assert not clock.due(1.01)
    clock.key_echoed(1.02)
    assert clock.due(1.03)
    assert clock.is_rested(1.03)
    assert not clock.is_quiet(1.03)


def test_a_key_waits_from_when_it_is_heard_of_until_it_is_drawn() -> None:
    clock = FrameClock()
    assert not clock.key_waits(0.0)
    clock.key_heard(1.0)
    assert clock.key_waits(1.01)
    assert not clock.due(1.01)
    clock.key_pressed(1.02)
    assert clock.key_waits(1.02)
    clock.key_echoed(1.03)
    assert not clock.key_waits(1.03)
    clock.key_pressed(1.04)
    assert clock.key_waits(1.05)
    # Keys that change nothing in sight do not stop the lab, however fast they come.
    clock.key_pressed(1.13)
    assert not clock.key_waits(1.15)


@pytest.mark.parametrize("cell", [-1, 3, 2**62])
def test_news_of_steps_that_do_not_exist_are_made_up_and_change_nothing(bench: Bench, cell: int) -> None:
    error = CellError(name="E", message="made up", line=1, traceback="")
    bench.session.put(started(cell), printed("made up", cell), finished(cell, "error", error))
    bench.conductor.advance()

    assert bench.state.last_error is None
    assert cell not in bench.state.steps
    assert not any("made up" in bench.state.output.line(i).text for i in range(len(bench.state.output)))


def unexplained(cell: int) -> ProblemFound:
    """A problem whose operation is not known."""
    return ProblemFound(
        cell=cell, code="loss-not-finite", cause=None, severity="error", line=1, message="", fix="", unexplained=True
    )


def test_a_question_records_the_next_run_of_its_step_alone(bench: Bench) -> None:
    bench.conductor.run_to(1)
    bench.happens(READY, started(0), finished(0), started(1), unexplained(1), finished(1))
    bench.conductor.run_to(2)
    bench.happens(started(0), finished(0), started(1), finished(1), started(2), finished(2))
    assert [request.record for request in bench.session.requests] == [False, False, False, True, False]
    assert bench.state.armed == set()


def test_a_question_outlives_its_session_and_an_interrupted_run(bench: Bench) -> None:
    bench.conductor.run(1)
    bench.happens(READY, started(1), unexplained(1), finished(1))
    bench.conductor.restart()
    bench.happens(RESTARTED, READY)
    bench.conductor.run(1)
    bench.happens(started(1), finished(1, "interrupted"))
    assert bench.state.armed == {1}
    bench.conductor.run(1)
    assert [request.record for request in bench.session.requests] == [False, True, True]


def test_an_answer_ends_the_question_though_the_step_fails(bench: Bench) -> None:
    bench.conductor.run(1)
    bench.happens(READY, started(1), unexplained(1), finished(1))
    bench.conductor.run(1)
    made = NonFiniteFound(kind="nan", operation="Log", site=Site(file="<cell 2>", line=1))
    recorded = OperationsRecorded(cell=1, operations=(), total=1, nan=made)
    bench.happens(started(1), recorded, finished(1, "error"))
    assert bench.state.armed == set()


def test_another_document_has_no_questions(bench: Bench) -> None:
    bench.conductor.run(1)
    bench.happens(READY, started(1), unexplained(1), finished(1))
    bench.conductor.change_document(WorkingCopy(lesson("d = 4"), MemoryDrafts()))
    assert bench.state.armed == set()
