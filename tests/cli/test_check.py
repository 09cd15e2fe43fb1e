"""``tflab check`` on a tiny course: each kind of finding, what is printed, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.curriculum.courses import SmallCourse
from tests.grading import GradingLab
from tests.sessions import PATIENCE
from tflab.cli import course_tasks
from tflab.cli.course_check import CourseCheck
from tflab.cli.course_tasks import LessonTasks, Result
from tflab.client import throwaway_run
from tflab.client.throwaway import Adapt, NoSession, NotReady, ThrowawaySession
from tflab.client.throwaway_run import ThrowawayRun
from tflab.curriculum.course import read_course

TIMEOUT = 170


@pytest.fixture
def course(tmp_path: Path) -> SmallCourse:
    return SmallCourse(tmp_path / "course")


def found(course: SmallCourse, lab: GradingLab, jobs: int = 2) -> list[tuple[str, int, str]]:
    """What running the English lessons brings to light."""
    check = CourseCheck(lab.supervisor, read_course(course.folder).originals, jobs=jobs)
    check.start()
    assert check.wait(4 * PATIENCE)
    assert check.done == check.total
    return [(item.path.name, item.line, item.message) for item in check.findings()]


def test_a_good_course_gives_no_finding(course: SmallCourse, lab: GradingLab) -> None:
    course.add("02_again")
    assert found(course, lab) == []


def test_cells_and_checks_run_on_the_devices_that_the_lesson_asks_for(course: SmallCourse, lab: GradingLab) -> None:
    course.change("previous: []\n", "previous: []\ndevices: cpu:3\n")
    count = "len(tf.config.list_logical_devices('CPU'))"
    course.change(
        'two = tf.constant(2.0, name="two")', f'two = tf.constant(2.0, name="two")\nassert {count} == 3', "en"
    )
    course.change("check.equal(double(tf", f'check.equal({count}, 3, "devices")\ncheck.equal(double(tf', "en")
    assert found(course, lab) == []
    course.change("devices: cpu:3\n", "")
    assert len(found(course, lab)) > 1


def test_a_starter_must_not_pass(course: SmallCourse, lab: GradingLab) -> None:
    line = course.change("def double(x):\n    return x\n", "def double(x):\n    return 2 * x\n", "en")
    assert found(course, lab) == [("01_twice.md", line, "the starter of double passes its check")]


def test_a_starter_has_to_run(course: SmallCourse, lab: GradingLab) -> None:
    line = course.change("def double(x):\n    return x\n", "def double(x):\n    return x\ndouble(nothing)\n", "en")
    message = (
        "the starter of double does not run: the cell runs to its end: line 3: NameError: name 'nothing' is not defined"
    )
    assert found(course, lab) == [("01_twice.md", line, message)]


def test_every_solution_has_to_pass(course: SmallCourse, lab: GradingLab) -> None:
    line = course.change("def double(x):\n    return x + x", "def double(x):\n    return x + 1", "en")
    message = "solution 2 of double does not pass: twice 21: expected 42, saw 22"
    assert found(course, lab) == [("01_twice.md", line, message)]


def test_a_wrong_answer_must_not_pass(course: SmallCourse, lab: GradingLab) -> None:
    line = course.change("def double(x):\n    return x * x", "def double(x):\n    return 2.0 * x", "en")
    assert found(course, lab) == [("01_twice.md", line, "the wrong answer 1 of double passes")]


def test_a_wrong_answer_has_to_fail_with_its_own_words(course: SmallCourse, lab: GradingLab) -> None:
    course.change(":expect: saw 441", ":expect: squared", "en")
    line = course.change("def double(x):\n    return x * x", "def double(x):\n    return x * x", "en")
    message = "the evidence against wrong answer 1 of double does not say 'squared': twice 21: expected 42, saw 441"
    assert found(course, lab) == [("01_twice.md", line, message)]


def test_a_cell_that_fails_is_named_with_its_line_in_the_file(course: SmallCourse, lab: GradingLab) -> None:
    course.change("print(f", "two.append(1)\nprint(f", "en")
    line = course.change("two.append(1)", "two.append(1)", "en")
    findings = found(course, lab)
    assert findings[0][:2] == ("01_twice.md", line)
    assert findings[0][2].startswith("the cell fails: AttributeError: ")


def test_a_cell_that_ends_the_session_is_named(course: SmallCourse, lab: GradingLab) -> None:
    course.change("The end of the lesson", "```{code-cell}\nimport os\nos._exit(3)\n```\n\nThe end", "en")
    line = course.change("import os", "import os", "en")
    assert found(course, lab) == [("01_twice.md", line, "the cell fails: exit status 3")]


def test_a_slow_cell_is_looked_at_twice(course: SmallCourse, lab: GradingLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course_tasks, "CELL_SECONDS", 0.3)
    looks: list[Result] = []
    look = LessonTasks._run_straight_through

    def looked(tasks: LessonTasks) -> Result:
        looks.append(look(tasks))
        return looks[-1]

    monkeypatch.setattr(LessonTasks, "_run_straight_through", looked)
    course.change("The end of the lesson", "```{code-cell}\nimport time\ntime.sleep(0.4)\n```\n\nThe end", "en")
    line = course.change("import time", "import time", "en")
    findings = [finding for finding in found(course, lab) if finding[1] == line]
    first, second = ([each.message for each in result.findings if each.line == line] for result in looks)
    assert [message for _, _, message in findings] == second
    for (message,) in (first, second):
        # How much longer than it sleeps is the machine's affair.
        told = re.match(r"the cell takes (\d+\.\d) seconds \(at most 0\.3\)", message)
        assert told is not None, message
        assert float(told[1]) >= 0.4


def test_a_cell_without_end_is_given_up(course: SmallCourse, lab: GradingLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course_tasks, "PATIENCE", 2.0)
    # The time that is to run out is this cell's; all else may take as long as the machine needs.
    monkeypatch.setattr(throwaway_run, "INTERRUPT_GRACE", PATIENCE)
    run_cell = ThrowawayRun.run_cell
    monkeypatch.setattr(
        ThrowawayRun,
        "run_cell",
        lambda run, cell, limit: run_cell(run, cell, limit if "while True" in cell.source else PATIENCE),
    )
    course.change("The end of the lesson", "```{code-cell}\nx = 1\nwhile True: pass\n```\n\nThe end", "en")
    line = course.change("while True", "while True", "en")
    assert found(course, lab) == [
        ("01_twice.md", line, "the cell fails: still busy after 2 seconds: does it ever end?")
    ]


def test_a_slow_check_is_found(course: SmallCourse, lab: GradingLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course_tasks, "CHECK_SECONDS", 0.01)
    assert {message.partition(" takes ")[0] for _, _, message in found(course, lab)} == {"the check of double"}


def test_it_can_be_stopped(course: SmallCourse, lab: GradingLab) -> None:
    course.change("def double(x):\n    return x\n", "while True: pass\n", "en")
    check = CourseCheck(lab.supervisor, read_course(course.folder).originals, jobs=2)
    check.start()
    check.cancel()
    assert check.wait(PATIENCE)


class _NoSessions:
    """No session can be had."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def fork_aside(self, adapt: Adapt, on_event: object, on_end: object) -> ThrowawaySession:
        raise self.error


def test_what_cannot_be_run_is_no_success(course: SmallCourse) -> None:
    check = CourseCheck(_NoSessions(NoSession("TensorFlow is missing")), read_course(course.folder).originals, jobs=1)
    check.start()
    assert check.wait(PATIENCE)
    messages = {finding.message for finding in check.findings()}
    assert "the cell fails: TensorFlow is missing" in messages
    assert any("could not be checked: no session for the check: TensorFlow is missing" in told for told in messages)


def test_an_error_of_our_own_is_not_swallowed(course: SmallCourse) -> None:
    check = CourseCheck(_NoSessions(ZeroDivisionError()), read_course(course.folder).originals, jobs=1)
    check.start()
    assert check.wait(PATIENCE)
    with pytest.raises(ZeroDivisionError):
        check.findings()


def test_it_waits_for_tensorflow_and_can_be_stopped_there(course: SmallCourse) -> None:
    check = CourseCheck(_NoSessions(NotReady()), read_course(course.folder).originals, jobs=1)
    check.start()
    assert not check.wait(0.3)
    check.cancel()
    assert check.wait(PATIENCE)


# --- the command -------------------------------------------------------------------------------------------------


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "tflab", "check", *words]


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "TFLAB_LANG": "en", "XDG_STATE_HOME": str(folder / "state")}


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words),
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def test_good_lessons_end_with_0_and_one_line(course: SmallCourse) -> None:
    result = run(course.folder.parent, "--lessons", "course", "twice")
    assert (result.returncode, result.stdout, result.stderr) == (0, "lessons: 1, exercises: 1, all good\n", "")


def test_findings_end_with_1_and_a_line_each_that_names_file_and_line(course: SmallCourse) -> None:
    course.change("minutes: 5", "minutes: 6", "id")
    line = course.change("def double(x):\n    return x * x", "def double(x):\n    return 2 * x", "en")
    # The languages part as well.
    other = course.change("def double(x):\n    return x * x", "def double(x):\n    return x * x", "id") + 1
    result = run(course.folder.parent, "--lessons", "course", "--jobs", "1")
    assert result.returncode == 1
    assert result.stderr == ""
    assert result.stdout.splitlines() == [
        f"course/en/01_twice.md:{line}: the wrong answer 1 of double passes",
        "course/id/01_twice.md:7: minutes is 6 here and 5 in en/01_twice.md",
        f"course/id/01_twice.md:{other - 1}: the code differs from en/01_twice.md:"
        " return x * x here, return 2 * x there",
        "findings: 3, lessons: 1",
    ]


def test_files_that_cannot_be_read_need_no_tensorflow(course: SmallCourse) -> None:
    for language in ("en", "id"):
        course.path(language).write_text("no lesson")
    result = run(course.folder.parent, "--lessons", "course")
    assert result.returncode == 1
    assert "course/en/01_twice.md:1: the front matter needs title" in result.stdout


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--lessons", "course", "9"), "tflab: there is no lesson 9: `tflab lessons` lists them\n"),
        (("--lessons", "."), "tflab: . is no folder of lessons: it has no en\n"),
        (("--lessons", "empty"), "tflab: there is no lesson to check in empty\n"),
    ],
)
def test_a_wrong_call_ends_with_2_and_one_line(course: SmallCourse, words: tuple[str, ...], line: str) -> None:
    (course.folder.parent / "empty" / "en").mkdir(parents=True)
    result = run(course.folder.parent, *words)
    assert (result.returncode, result.stdout, result.stderr) == (2, "", line)


def test_ctrl_c_ends_it_with_130(course: SmallCourse) -> None:
    course.change("two = tf", "while True: pass\ntwo = tf", "en")
    with subprocess.Popen(
        command("--lessons", "course"),
        cwd=course.folder.parent,
        env=environment(course.folder.parent),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        timer = threading.Timer(TIMEOUT, process.kill)
        timer.start()
        try:
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            # The fork server is there: the command has taken over its signals.
            while not children.read_text().strip():
                assert process.poll() is None
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate()
        finally:
            timer.cancel()
    assert process.returncode == 130
    assert "Traceback" not in output
