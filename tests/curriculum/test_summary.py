"""The sum of all progress, and what comes next."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.curriculum.documents import lessons_folder
from tflab.curriculum.lesson import list_lessons
from tflab.curriculum.parts import part_of
from tflab.curriculum.progress import Progress
from tflab.curriculum.summary import CourseSummary, summarize

NAMES = ("01_tensors", "04_variables", "20_clipping", "41_detour")
"""Each of one exercise, ``double_it``, in its second step; each names 01_tensors as groundwork."""


class Course:
    """Four lessons and the progress in them."""

    def __init__(self, folder: Path) -> None:
        self.lessons = list_lessons(folder=lessons_folder(folder, *NAMES)).lessons
        self.progress = Progress(folder / "state")

    def do(self, name: str, *, passes: bool, seconds: float = 0.0) -> None:
        """The learner opens a lesson, runs its first step, and may pass its exercise."""
        self.progress.open_step(name, 1, steps=2, exercises=1)
        self.progress.step_ran(name, 0)
        self.progress.spent(name, 1, seconds)
        if passes:
            self.progress.exercise_passed(name, "double_it")

    @property
    def summary(self) -> CourseSummary:
        self.progress.close()
        return summarize(self.lessons, self.progress)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path)


@pytest.mark.parametrize(
    ("number", "part"), [(1, "document"), (18, "document"), (19, "beyond"), (40, "beyond"), (41, "clinic")]
)
def test_the_number_says_the_part(number: int, part: str) -> None:
    assert part_of(number) == part


def test_a_fresh_course_begins_at_its_first_lesson(course: Course) -> None:
    summary = course.summary
    assert [state.state for state in summary.lessons] == ["fresh"] * 4
    assert (summary.exercises, summary.exercises_passed, summary.lessons_done, summary.seconds) == (4, 0, 0, 0)
    assert summary.passes == ()
    assert not summary.is_complete
    assert summary.following is not None
    assert summary.following.lesson.name == "01_tensors"
    assert [(part.part, len(part.lessons)) for part in summary.parts] == [("document", 2), ("beyond", 1), ("clinic", 1)]


def test_exercises_and_time_are_counted_by_lesson_and_part(course: Course) -> None:
    course.do("20_clipping", passes=True, seconds=60.0)
    course.do("04_variables", passes=False, seconds=30.0)
    summary = course.summary
    assert [state.state for state in summary.lessons] == ["fresh", "started", "done", "fresh"]
    assert (summary.exercises_passed, summary.lessons_done, summary.seconds) == (1, 1, 90.0)
    assert [part.done for part in summary.parts] == [0, 1, 0]
    (exercise,) = summary.lessons[2].exercises
    assert (exercise.name, exercise.seconds) == ("double_it", 60.0)
    assert summary.passes == (exercise.passed_at,)


def test_next_is_what_was_left_off_then_what_has_its_groundwork(course: Course) -> None:
    course.do("20_clipping", passes=False)
    following = course.summary.following
    assert following is not None
    assert following.lesson.name == "20_clipping"
    course.do("20_clipping", passes=True)
    # 04 needs 01, which is not done.
    following = course.summary.following
    assert following is not None
    assert following.lesson.name == "01_tensors"
    course.do("01_tensors", passes=True)
    following = course.summary.following
    assert following is not None
    assert following.lesson.name == "04_variables"


def test_in_the_end_there_is_nothing_left(course: Course) -> None:
    for name in NAMES:
        course.do(name, passes=True)
    summary = course.summary
    assert summary.is_complete
    assert summary.following is None
    assert list(summary.passes) == sorted(summary.passes)


def test_an_exercise_that_the_lesson_has_no_more_does_not_count(course: Course) -> None:
    course.progress.exercise_passed("01_tensors", "of_an_earlier_edition")
    state = course.summary.lessons[0]
    assert (state.passed, state.state) == (0, "started")


def test_a_lesson_that_breaks_off_counts_without_exercises(course: Course) -> None:
    path = course.lessons[0].path
    path.write_text(path.read_text() + "```{code-cell}\nx = 1\n")
    assert course.summary.lessons[0].exercises == ()
