"""Holds every lesson to ``lessons/README.md``, by what ``tflab check`` does: nothing to be found."""

from __future__ import annotations

import os

import pytest

from tests.grading import GradingLab
from tflab.cli.course_check import CourseCheck
from tflab.curriculum.course import read_course
from tflab.lesson_files import lessons_folder

TIMEOUT = 1800


def test_files_and_languages_keep_the_rules() -> None:
    assert read_course(lessons_folder()).findings == ()


@pytest.mark.timeout(TIMEOUT)
def test_starters_fail_solutions_pass_and_wrong_answers_fail_as_they_should(lab: GradingLab) -> None:
    lessons = read_course(lessons_folder()).originals
    check = CourseCheck(lab.supervisor, lessons, jobs=len(os.sched_getaffinity(0)))
    check.start()
    if not check.wait(TIMEOUT - 60):
        check.cancel()
        pytest.fail(f"not done: {check.done} of {check.total}")
    assert check.findings() == []
