"""How far a learner has come in the whole course, and what is best done next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from tflab.curriculum.document import UnreadableDocument
from tflab.curriculum.exercises import exercises_of
from tflab.curriculum.lesson import Lesson
from tflab.curriculum.parts import PARTS, Part, part_of
from tflab.curriculum.progress import Place, Progress

State = Literal["fresh", "started", "done"]


@dataclass(frozen=True)
class ExerciseState:
    """One exercise of a lesson."""

    name: str
    passed_at: float | None
    """Unix seconds of its first pass; None where there was none."""
    seconds: float
    """Spent on its step."""


@dataclass(frozen=True)
class LessonState:
    """One lesson."""

    lesson: Lesson
    exercises: tuple[ExerciseState, ...]
    ran: int
    """Steps that ran without an error."""
    steps: int
    """Steps with code; 0 where the lesson was never opened."""
    seconds: float
    """Spent in it."""
    was_opened: bool

    @property
    def passed(self) -> int:
        """Exercises that have passed."""
        return sum(exercise.passed_at is not None for exercise in self.exercises)

    @property
    def state(self) -> State:
        """A lesson is done when its exercises are, and without any when its steps ran."""
        if self.exercises:
            is_done = self.passed == len(self.exercises)
        else:
            is_done = 0 < self.steps <= self.ran
        return "done" if is_done else "started" if self.was_opened else "fresh"


@dataclass(frozen=True)
class PartState:
    """One part of the curriculum: its lessons."""

    part: Part
    lessons: tuple[LessonState, ...]

    @property
    def done(self) -> int:
        """Lessons that are done."""
        return sum(lesson.state == "done" for lesson in self.lessons)


@dataclass(frozen=True)
class CourseSummary:
    """All lessons that there are."""

    lessons: tuple[LessonState, ...]
    following: LessonState | None
    """What is best done next; None where everything is done."""

    @property
    def parts(self) -> tuple[PartState, ...]:
        """The parts that have lessons."""
        groups = (
            PartState(part, tuple(state for state in self.lessons if part_of(state.lesson.number) == part))
            for part in PARTS
        )
        return tuple(group for group in groups if group.lessons)

    @property
    def lessons_done(self) -> int:
        return sum(state.state == "done" for state in self.lessons)

    @property
    def exercises(self) -> int:
        return sum(len(state.exercises) for state in self.lessons)

    @property
    def exercises_passed(self) -> int:
        return sum(state.passed for state in self.lessons)

    @property
    def seconds(self) -> float:
        """Spent in all lessons together."""
        return sum(state.seconds for state in self.lessons)

    @cached_property
    def passes(self) -> tuple[float, ...]:
        """Unix seconds of every pass, in order."""
        return tuple(
            sorted(
                exercise.passed_at
                for state in self.lessons
                for exercise in state.exercises
                if exercise.passed_at is not None
            )
        )

    @property
    def is_complete(self) -> bool:
        """Whether every lesson is done."""
        return bool(self.lessons) and self.lessons_done == len(self.lessons)


def summarize(lessons: Iterable[Lesson], progress: Progress) -> CourseSummary:
    """Reads the lessons' files for their exercises; one that cannot be read counts without any."""
    states = tuple(_state(lesson, progress) for lesson in lessons)
    return CourseSummary(states, _following(states, progress.last()))


def _state(lesson: Lesson, progress: Progress) -> LessonState:
    record = progress.lesson(lesson.name)
    try:
        exercises = exercises_of(lesson.path)
    except UnreadableDocument:
        exercises = ()
    return LessonState(
        lesson=lesson,
        exercises=tuple(
            ExerciseState(each.name, record.passed.get(each.name), record.times.get(each.step_index, 0.0))
            for each in exercises
        ),
        ran=len(record.ran),
        steps=record.steps,
        seconds=sum(record.times.values()),
        was_opened=record.started,
    )


def _following(states: Sequence[LessonState], last: Place | None) -> LessonState | None:
    """The lesson that was left off in, if it is not done; else the first one that is not done and whose groundwork
    is; else the first that is not done."""
    waiting = [state for state in states if state.state != "done"]
    done = {state.lesson.name for state in states if state.state == "done"}
    known = {state.lesson.name for state in states}
    for state in waiting:
        if last is not None and state.lesson.name == last.lesson and state.was_opened:
            return state
    for state in waiting:
        if all(name in done or name not in known for name in state.lesson.previous):
            return state
    return waiting[0] if waiting else None
