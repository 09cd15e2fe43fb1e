"""Answers that are wrong and try to pass all the same. The exercise asks for ``double(x)``, twice ``x``."""

from __future__ import annotations

import pytest

from tests.grading import GradingLab
from tests.session.grading.attacks import (
    FORGED_FRAME,
    MONITOR,
    OBJECTS,
    PATCHES,
    THREADS,
    WATCHERS,
    delayed,
    inside_values,
)
from tflab.client.grading import CheckLimits

CHECK = """
check.equal(double(21.0), 42.0, "twice 21")
check.equal(double(tf.constant([1.5, -2.0])), [3.0, -4.0], "twice two numbers")
check.shape(double(tf.ones([2, 3])), (2, 3), "any shape")
"""
ATTACKS = [*WATCHERS.values(), *PATCHES.values()]
"""Those that give names another meaning, which the others then trip over, come last."""
ONE_CLAIM = "check.equal(double(21.0), 42.0, 'twice 21')"
WRONG = "def double(x):\n    return x\n"
RIGHT = "def double(x):\n    return 2 * x\n"


@pytest.mark.parametrize("attack", PATCHES.values(), ids=PATCHES)
def test_what_a_cell_replaces_is_put_back_before_the_check(lab: GradingLab, attack: str) -> None:
    outcome = lab.grade(WRONG + attack, CHECK)
    assert outcome.answer is not None
    assert outcome.answer.status == "ok", outcome.answer.error
    assert not outcome.finished.passed, outcome.finished
    assert not outcome.finished.evidence[0].held
    if outcome.finished.evidence[0].claim == "twice 21":
        assert outcome.finished.evidence[0].observed == "expected 42, saw 21"


def test_a_right_answer_passes_whatever_else_its_cell_replaces(lab: GradingLab) -> None:
    outcome = lab.grade(RIGHT + "\n".join(PATCHES.values()), CHECK)
    assert outcome.finished.passed, outcome.finished


def test_what_an_answer_replaces_when_the_check_calls_it_is_put_back_too(lab: GradingLab) -> None:
    outcome = lab.grade(delayed(ATTACKS), len(ATTACKS) * f"{ONE_CLAIM}\n")
    assert outcome.answer is not None
    assert outcome.answer.status == "ok", outcome.answer.error
    seen = [(evidence.held, evidence.observed) for evidence in outcome.finished.evidence]
    assert seen == len(ATTACKS) * [(False, "expected 42, saw 21")]


LOOKING = """
    check.that(double(1), "true")
    check.equal(double(1), 2, "equal")
    check.shape(double(1), (2,))
    check.dtype(double(1), "float32")
    check.raises(lambda: bool(double(1)), ValueError, "raises")
    check.equal([double(1)], [2], "in a list")
    check.traces(double(1), 1)
"""


def test_what_a_value_replaces_when_it_is_looked_at_is_put_back_too(lab: GradingLab) -> None:
    outcome = lab.grade(inside_values(ATTACKS), f"for _ in range({len(ATTACKS)}):{LOOKING}")
    assert outcome.answer is not None
    assert outcome.answer.status == "ok", outcome.answer.error
    assert [evidence.held for evidence in outcome.finished.evidence] == [False] * 7 * len(ATTACKS), outcome.finished


def test_threads_that_begin_during_the_check_are_no_better(lab: GradingLab) -> None:
    outcome = lab.grade(delayed([THREADS["that patches"]]), CHECK)
    assert not outcome.finished.passed
    assert outcome.finished.evidence[-1].observed.startswith("a thread of the cell is still running (")


@pytest.mark.parametrize("attack", WATCHERS.values(), ids=WATCHERS)
def test_what_would_watch_the_check_is_taken_away(lab: GradingLab, attack: str) -> None:
    outcome = lab.grade(WRONG + attack, CHECK)
    assert outcome.answer is not None
    assert outcome.answer.status == "ok", outcome.answer.error
    assert [evidence.held for evidence in outcome.finished.evidence] == [False, False, True], outcome.finished


def test_monitoring_is_taken_away(lab: GradingLab) -> None:
    outcome = lab.grade(WRONG + MONITOR, CHECK)
    assert [evidence.held for evidence in outcome.finished.evidence] == [False, False, True], outcome.finished


@pytest.mark.parametrize("answer", OBJECTS.values(), ids=OBJECTS)
def test_values_are_compared_and_not_asked(lab: GradingLab, answer: str) -> None:
    outcome = lab.grade(answer, CHECK)
    assert not outcome.finished.passed, outcome.finished
    assert not outcome.finished.evidence[0].held


@pytest.mark.parametrize(
    "attack",
    [
        "sys.__stdout__.write(frame.decode('latin-1')); print(frame.decode('latin-1')); sys.stdout.flush()",
        "os.write(1, frame); os.write(2, frame)",
        "[os.write(fd, frame) for fd in channels]",
        "[os.write(fd, ended + frame) for fd in channels]",
        "[os.write(fd, ended + frame) for fd in channels]; os._exit(0)",
        "import atexit; atexit.register(lambda: [os.write(fd, frame) for fd in channels])",
    ],
    ids=["printed", "descriptors", "channel", "cell ended first", "and the process", "at exit"],
)
@pytest.mark.parametrize("token", ["''", "'0' * 32"], ids=["no token", "a token"])
def test_a_frame_without_the_token_is_no_verdict(lab: GradingLab, attack: str, token: str) -> None:
    outcome = lab.grade(WRONG + FORGED_FRAME.replace("TOKEN", token) + attack, CHECK)
    assert not outcome.finished.passed, outcome.finished


@pytest.mark.parametrize(
    ("attack", "observed"),
    [
        ("import sys\nsys.exit(3)", "line 4 ends the program before the check could begin"),
        ("import sys\nsys.exit(0)", "the program ended before the check could begin"),
        ("raise SystemExit", "the program ended before the check could begin"),
        ("exit()", "the program ended before the check could begin"),
        ("import os\nos._exit(0)", "the session ended while the cell ran: exit status 0"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "the session ended while the cell ran: SIGKILL"),
    ],
)
def test_who_leaves_early_has_not_passed(lab: GradingLab, attack: str, observed: str) -> None:
    outcome = lab.grade(WRONG + attack, CHECK)
    assert not outcome.finished.passed
    assert [evidence.observed for evidence in outcome.finished.evidence] == [observed]


@pytest.mark.parametrize(
    ("leave", "observed"),
    [
        ("raise SystemExit(0)", "your code ended the program when the check called it"),
        ("import os\n    os._exit(0)", "the session ended while the check called your code: exit status 0"),
    ],
)
def test_who_leaves_during_the_check_has_not_passed(lab: GradingLab, leave: str, observed: str) -> None:
    outcome = lab.grade(f"def double(x):\n    {leave}\n", "check.that(True, 'a start')\n" + CHECK)
    assert not outcome.finished.passed
    assert outcome.finished.evidence[-1].observed == observed


@pytest.mark.parametrize("attack", THREADS.values(), ids=THREADS)
def test_nothing_is_judged_while_a_thread_goes_on(lab: GradingLab, attack: str) -> None:
    outcome = lab.grade(RIGHT + attack, CHECK)
    assert not outcome.finished.passed, outcome.finished
    (evidence,) = outcome.finished.evidence
    assert evidence.observed.startswith(
        ("a thread of the cell is still running (", "something in the cell answered in place of the check")
    )


def test_threads_that_end_in_time_do_not_matter(lab: GradingLab) -> None:
    honest = (
        "import threading, time\nfrom concurrent.futures import ThreadPoolExecutor\n"
        "threading.Thread(target=lambda: time.sleep(0.2)).start()\n"
        "with ThreadPoolExecutor(2) as pool:\n    list(pool.map(double, [1.0, 2.0]))\n"
        "data = tf.data.Dataset.range(100).map(lambda n: tf.numpy_function(lambda m: m + 1, [n], tf.int64),"
        " num_parallel_calls=2).prefetch(2)\nfirst = next(iter(data))\n"
    )
    outcome = lab.grade(RIGHT + honest, CHECK)
    assert outcome.finished.passed, outcome.finished


def test_the_check_needs_evidence_to_pass(lab: GradingLab) -> None:
    assert not lab.grade(RIGHT, "x = double(1)").finished.passed
    assert not lab.grade(RIGHT, "check.mistake(False, 'no')").finished.passed


def test_time_is_limited_in_the_check_too(lab: GradingLab) -> None:
    outcome = lab.grade("def double(x):\n    while True:\n        pass\n", CHECK, limits=CheckLimits(check=1.0))
    (evidence,) = outcome.finished.evidence
    assert evidence.observed == "the check called your code, which was still busy after 1 seconds"
