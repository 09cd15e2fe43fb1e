"""``python -m tests.ui.record_run``: runs the lesson in ``recordings`` in a real session and keeps what it says.

The recordings are what screens are drawn from in tests, so that they show what a real run shows and never differ:
``run.frames`` holds the events of its cells, ``answers.frames`` what the session answers when the lab asks about a
tensor or a name, ``checks.frames`` the verdicts on its exercise, of a wrong answer and of a right one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from tests.sessions import LOADING, PATIENCE
from tests.ui.recorded import ANSWERS, CHECKS, RECORDED_STEP, RUN, recorded_lesson
from tflab.cli.session_spec import lesson_session
from tflab.client.grading import ExerciseGrader
from tflab.client.supervisor import Supervisor
from tflab.curriculum.exercises import exercises_of, order_check
from tflab.protocol import codec
from tflab.protocol.editing_help import NameDescribed
from tflab.protocol.events import CellFinished, CheckFinished, CompletionsOffered, Event, HeartbeatAnswered
from tflab.protocol.requests import (
    CompleteRequest,
    DescribeRequest,
    MeasureTensorRequest,
    ReadTensorRequest,
    RunCellRequest,
)
from tflab.protocol.tensor_looks import TensorMeasured, TensorRead

LOOKED_AT: Final = "waves"
"""The tensor that is looked into."""
E = TypeVar("E", bound=Event)


def until(supervisor: Supervisor, seen: list[Event], matches: Callable[[Event], bool]) -> Event:
    """Adds events to ``seen`` until one matches; that one. Raises TimeoutError."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        supervisor.wait(0.1)
        for event in supervisor.drain():
            if isinstance(event, Event) and not isinstance(event, HeartbeatAnswered):
                seen.append(event)
                if matches(event):
                    return event
        time.sleep(0.01)
    raise TimeoutError(f"it never came: {seen[-3:]}")


def run_lesson(supervisor: Supervisor) -> list[Event]:
    """Runs the cells one after the other; everything that the session says meanwhile."""
    events: list[Event] = []
    for step in recorded_lesson().steps:
        supervisor.run(RunCellRequest(cell=step.index, source=step.source, record=step.index == RECORDED_STEP))
        until(supervisor, events, lambda event: isinstance(event, CellFinished))
    return events


def ask(supervisor: Supervisor) -> list[Event]:
    """What the session answers to questions about a tensor and about names."""
    heard: list[Event] = []

    def answer(kind: type[E]) -> Event:
        return until(supervisor, heard, lambda event: isinstance(event, kind))

    answers = []
    for overview in (False, True):
        supervisor.ask_tensor(ReadTensorRequest(request_id=1, name=LOOKED_AT, rows=64, columns=64, overview=overview))
        answers.append(answer(TensorRead))
    supervisor.ask_tensor(MeasureTensorRequest(request_id=1, name=LOOKED_AT))
    answers.append(answer(TensorMeasured))
    supervisor.complete(CompleteRequest(request_id=1, source="tf.reduce_m", position=11))
    answers.append(answer(CompletionsOffered))
    for source, what in (("tf.reduce_mean", "name"), ("tf.reduce_mean(", "call")):
        supervisor.describe(
            DescribeRequest(
                request_id=1, source=source, position=len(source), what="name" if what == "name" else "call"
            )
        )
        answers.append(answer(NameDescribed))
    return answers


def check_answers(supervisor: Supervisor) -> list[CheckFinished]:
    """The verdicts on the exercise's starter and on its solution."""
    lesson = recorded_lesson()
    exercises = exercises_of(lesson.path)
    (exercise,) = exercises
    verdicts = []
    for answer in (exercise.starter, exercise.solutions[0]):
        check = ExerciseGrader(supervisor).start(order_check(lesson, exercises, exercise, answer, {}))
        assert check.wait(LOADING)
        assert check.outcome is not None, check.stopped
        verdicts.append(check.outcome.finished)
    return verdicts


def record() -> None:
    """Writes the recordings anew."""
    supervisor = Supervisor(lesson_session().make_spec)
    supervisor.start()
    try:
        parts: dict[Path, Sequence[Event]] = {
            RUN: run_lesson(supervisor),
            ANSWERS: ask(supervisor),
            CHECKS: check_answers(supervisor),
        }
    finally:
        supervisor.close()
    for file, events in parts.items():
        file.write_bytes(b"".join(map(codec.frame, events)))


if __name__ == "__main__":
    record()
