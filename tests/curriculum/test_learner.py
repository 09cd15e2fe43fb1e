"""The way through lessons is written down; files of one's own are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.curriculum.documents import lessons_folder
from tflab.curriculum.document import Document
from tflab.curriculum.learner import LONGEST_PAUSE, Learner
from tflab.curriculum.lesson import read_lesson
from tflab.curriculum.notebook import read_document
from tflab.curriculum.progress import Place, Progress


@pytest.fixture
def lesson(tmp_path: Path) -> Document:
    return read_lesson(lessons_folder(tmp_path, "03_dtypes") / "en" / "03_dtypes.md")


def test_a_lesson_begins_where_it_was_left(tmp_path: Path, lesson: Document) -> None:
    progress = Progress(tmp_path / "state")
    learner = Learner(progress)
    assert learner.first_step(lesson) == 0
    learner.opened(lesson)
    learner.step_shown(lesson, 1)
    learner.step_ran(lesson, 0)
    progress.close()
    later = Progress(tmp_path / "state")
    assert Learner(later).first_step(lesson) == 1
    assert later.last() == Place(lesson="03_dtypes", step=1)
    record = later.lesson("03_dtypes")
    assert (record.ran, record.steps, record.exercises) == (frozenset({0}), 2, 1)


def test_opening_another_lesson_keeps_the_place_in_the_first(tmp_path: Path, lesson: Document) -> None:
    second = read_lesson(lessons_folder(tmp_path, "17_tracing") / "en" / "17_tracing.md")
    progress = Progress(tmp_path / "state")
    learner = Learner(progress)
    learner.step_shown(lesson, 2)
    learner.opened(second)
    learner.opened(lesson)
    assert learner.first_step(lesson) == 2


def test_a_place_that_is_gone_is_the_beginning(tmp_path: Path, lesson: Document) -> None:
    progress = Progress(tmp_path / "state")
    progress.open_step("03_dtypes", 7, steps=9)
    assert Learner(progress).first_step(lesson) == 0


def test_time_is_counted_for_the_step_in_sight_and_long_pauses_are_not_work(tmp_path: Path, lesson: Document) -> None:
    now = 100.0
    progress = Progress(tmp_path / "state")
    learner = Learner(progress, clock=lambda: now)
    learner.opened(lesson)
    now += 20
    learner.step_ran(lesson, 0)
    now += 10
    learner.step_shown(lesson, 1)
    now += 3600
    learner.exercise_passed(lesson, "cast")
    now += 5
    learner.left()
    now += 50
    learner.left()
    progress.close()
    assert Progress(tmp_path / "state").lesson("03_dtypes").times == {0: 30.0, 1: LONGEST_PAUSE + 5}


def test_a_file_of_ones_own_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "loop.py").write_text("x = 1")
    document = read_document(tmp_path / "loop.py")
    progress = Progress(tmp_path / "state")
    learner = Learner(progress)
    learner.opened(document)
    learner.step_shown(document, 0)
    learner.step_ran(document, 0)
    progress.close()
    assert learner.first_step(document) == 0
    assert not (tmp_path / "state").exists()
