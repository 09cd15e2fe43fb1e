"""Grading from outside: progress, limits, interruption, cells that failed, and the live session untouched."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from tests.grading import IMPORTS, GradingLab, order
from tests.sessions import LOADING, PATIENCE
from tflab import messages
from tflab.client.grading import CheckLimits, CheckProgress, ExerciseGrader, RunningCheck
from tflab.client.throwaway import Adapt, NoSession, NotReady, ThrowawaySession
from tflab.protocol.events import CellFinished, CheckFinished, SessionReady
from tflab.protocol.lifecycle import SessionEnded
from tflab.protocol.requests import RunCellRequest

CHECK = "check.equal(double(2.0), 4.0, 'twice 2')"
RIGHT = "def double(x):\n    return 2 * x\n"


def test_a_right_answer_passes_and_every_turn_is_told(lab: GradingLab) -> None:
    turns: list[CheckProgress] = []
    running = ExerciseGrader(lab.supervisor).start(
        order(RIGHT, CHECK, replay=(IMPORTS, "x = 1")), lambda check: turns.append(check.progress)
    )
    assert running.wait(LOADING)
    assert running.outcome is not None
    assert running.outcome.finished.passed
    assert running.outcome.finished.token == ""
    assert running.outcome.finished.cell == 2
    assert running.outcome.answer is not None
    assert running.outcome.answer.status == "ok"
    assert [turn.stage for turn in turns] == ["replaying", "replaying", "answering", "checking", "done"]
    assert [turn.sentence for turn in turns[:3]] == [
        "replaying step 1 (1 of 2)",
        "replaying step 2 (2 of 2)",
        "running your cell",
    ]
    fractions = [turn.fraction for turn in turns]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_the_live_session_never_notices(lab: GradingLab) -> None:
    supervisor = lab.supervisor

    def run(source: str) -> CellFinished:
        supervisor.run(RunCellRequest(cell=0, source=source))
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            supervisor.wait(1.0)
            for event in supervisor.drain():
                assert not isinstance(event, (CheckFinished, SessionEnded))
                if isinstance(event, CellFinished):
                    return event
        raise TimeoutError

    assert run("import os\nmine = os.getpid()\nopen('mine', 'w').write('kept')").status == "ok"
    # GIVEN a live session that is busy
    supervisor.run(RunCellRequest(cell=1, source="import time\nfor _ in range(40): time.sleep(0.05)"))
    outcome = lab.grade(f"import os\nopen('mine', 'w').write('other')\nmine = os.getpid()\n{RIGHT}", CHECK)
    assert outcome.finished.passed
    # WHEN that has ended THEN it is as it was
    while not any(isinstance(event, CellFinished) for event in supervisor.drain()):
        assert supervisor.wait(PATIENCE)
    assert (
        run("assert mine == os.getpid() and open('mine').read() == 'kept' and 'double' not in globals()").status == "ok"
    )


def test_several_checks_go_side_by_side(lab: GradingLab) -> None:
    checks = [lab.start(f"def double(x):\n    return {n} * x\n", CHECK) for n in range(4)]
    for check in checks:
        assert check.wait(LOADING)
    assert [check.outcome.finished.passed for check in checks if check.outcome] == [False, False, True, False]


@pytest.mark.parametrize(
    ("answer", "observed"),
    [
        ("x = 1\nraise ValueError('no such thing')", "line 2: ValueError: no such thing"),
        ("def f(:\n    pass", "line 1 is not yet Python: Python cannot make sense of it"),
        ("print('a'", "line 1 is not yet Python: the bracket `(` that opens there is never closed"),
        ("x = 1)", "line 1 is not yet Python: the closing bracket `)` has no partner"),
        ("x = [1, 2)", "line 1 is not yet Python: the closing bracket `)` has no partner"),
        ("def f()\n    pass", "line 1 is not yet Python: something is missing there, most likely `:`"),
        ("def f():\npass", "line 2 is not yet Python: the line below a colon has to be indented"),
        ("x = 1\n  y = 2", "line 2 is not yet Python: it is indented more than the line above, for no reason"),
        ("if 1:\n        x = 1\n    y = 2", "line 3 is not yet Python: its indentation fits no line above"),
        ("x = 'tea", "line 1 is not yet Python: the text in quotation marks is never closed"),
        ("x = [1 2]", "line 1 is not yet Python: a comma seems to be missing"),
        ("if x = 1:\n    pass", "line 1 is not yet Python: `=` gives a name to a value; to compare, write `==`"),
        ("return 1", "line 1 is not yet Python: `return` works only inside a function"),
        ("input('name? ')", "line 1 waits for input, and in a check nobody answers"),
    ],
)
def test_a_cell_that_fails_is_the_evidence(lab: GradingLab, answer: str, observed: str) -> None:
    outcome = lab.grade(answer, CHECK)
    assert not outcome.finished.passed
    (evidence,) = outcome.finished.evidence
    assert evidence.claim == "the cell runs to its end"
    assert evidence.observed.startswith(observed), evidence.observed


def test_an_error_in_the_check_names_the_learners_line(lab: GradingLab) -> None:
    outcome = lab.grade("def double(x):\n    y = 2 * x\n    return {}[y]\n", CHECK)
    (evidence,) = outcome.finished.evidence
    assert (evidence.claim, evidence.observed) == ("your code does what it is asked for", "line 3: KeyError: 4.0")


def test_a_name_that_the_exercise_asks_for_is_missed_in_plain_words(lab: GradingLab) -> None:
    outcome = lab.grade("def twice(x):\n    return 2 * x\n", CHECK)
    (evidence,) = outcome.finished.evidence
    assert evidence.observed == "there is no `double`: the exercise asks for something of that name"


def test_an_earlier_cell_that_fails_is_named(lab: GradingLab) -> None:
    outcome = lab.grade(RIGHT, CHECK, replay=(IMPORTS, "x = 1\n1 / 0"))
    (evidence,) = outcome.finished.evidence
    assert evidence.observed == (
        "an earlier cell that this one builds on fails (step 2, line 2): ZeroDivisionError: division by zero"
    )


def test_a_loop_without_end_is_found_with_its_line(lab: GradingLab) -> None:
    outcome = lab.grade("n = 0\nwhile True:\n    n += 1\n", CHECK, limits=CheckLimits(answer=1.0))
    (evidence,) = outcome.finished.evidence
    assert evidence.observed in {
        f"still busy after 1 seconds, in line {line}: does the loop ever end?" for line in (2, 3)
    }


def test_a_loop_that_hears_nothing_is_ended(lab: GradingLab) -> None:
    answer = "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass\n"
    outcome = lab.grade(answer, CHECK, limits=CheckLimits(answer=0.5))
    (evidence,) = outcome.finished.evidence
    assert evidence.observed == "still busy after 0.5 seconds: does it ever end?"


def test_processor_time_is_limited(lab: GradingLab) -> None:
    outcome = lab.grade("while True:\n    pass\n", CHECK, limits=CheckLimits(answer=PATIENCE, processor=2))
    (evidence,) = outcome.finished.evidence
    assert evidence.observed == "it used more than 2 seconds of processor time"


def test_no_process_can_be_started_and_no_network_reached(lab: GradingLab) -> None:
    answer = (
        "import subprocess, socket\nfailures = []\n"
        "for attempt in (lambda: subprocess.run(['true']), lambda: socket.create_connection(('127.0.0.1', 9))):\n"
        "    try:\n        attempt()\n    except OSError as error:\n        failures.append(type(error).__name__)\n"
    )
    (evidence,) = lab.evidence(answer, "check.equal(len(failures), 2, 'both are refused')")
    assert evidence.held


def test_a_check_can_be_stopped(lab: GradingLab) -> None:
    reached = threading.Event()

    def on_change(check: RunningCheck) -> None:
        if check.progress.stage == "answering":
            reached.set()

    running = ExerciseGrader(lab.supervisor).start(order("while True: pass", CHECK), on_change)
    assert reached.wait(PATIENCE)
    running.cancel()
    assert running.wait(PATIENCE)
    assert running.outcome is None
    assert running.stopped == "the check was stopped"


def test_nothing_is_left_of_a_check(lab: GradingLab) -> None:
    answer = "import os\nopen('left', 'w').close()\nprint(os.getcwd())\nhere, mine = os.getcwd(), os.getpid()\n"
    (evidence,) = lab.evidence(answer, "check.that(True, 'c', f'{here} {mine}')")
    folder, pid = evidence.observed.split()
    assert not Path(folder).exists()
    assert not Path(f"/proc/{pid}").exists()


def test_an_exercise_without_a_check_is_said(lab: GradingLab) -> None:
    running = lab.start(RIGHT, "  ")
    assert running.wait(PATIENCE)
    assert running.stopped == "no session for the check: this exercise has no check"


class _Unready:
    """A source that is loading, then refuses."""

    def __init__(self, *answers: Exception) -> None:
        self.answers = list(answers)

    def fork_aside(self, adapt: Adapt, on_event: object, on_end: object) -> ThrowawaySession:
        raise self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def test_a_check_waits_for_tensorflow_and_says_why_it_cannot_come() -> None:
    refusing = ExerciseGrader(_Unready(NotReady(), NotReady(), NoSession("TensorFlow is missing")))
    running = refusing.start(order(RIGHT, CHECK))
    assert running.progress.sentence == "waiting for TensorFlow"
    assert running.wait(PATIENCE)
    assert running.stopped == "no session for the check: TensorFlow is missing"


def test_waiting_for_tensorflow_can_be_stopped() -> None:
    running = ExerciseGrader(_Unready(NotReady())).start(order(RIGHT, CHECK))
    running.cancel()
    assert running.wait(PATIENCE)
    assert running.stopped == "the check was stopped"


def test_a_supervisor_that_is_closed_grades_no_more(lab: GradingLab) -> None:
    from tests.grading import make_spec
    from tflab.client.supervisor import Supervisor

    closed = Supervisor(make_spec, sample_devices=None)
    closed.close()
    running = ExerciseGrader(closed).start(order(RIGHT, CHECK))
    assert running.wait(PATIENCE)
    assert running.stopped.startswith("no session for the check: ")


def test_sessions_for_checks_are_ready_like_any_other(lab: GradingLab) -> None:
    ready = threading.Event()
    session = lab.supervisor.fork_aside(
        lambda spec: spec, lambda event: ready.set() if isinstance(event, SessionReady) else None, lambda: None
    )
    assert ready.wait(PATIENCE)
    session.end()
    assert session.client.status is not None
    assert not Path(session.client.spec.permissions.scratch).exists()


def test_evidence_speaks_the_language_in_use(lab: GradingLab) -> None:
    messages.use_language("id")
    try:
        wrong = lab.grade("def double(x):\n    return x\n", "check.shape(double(2.0), ())\n" + CHECK)
        broken = lab.grade("print('a'", CHECK)
    finally:
        messages.use_language("en")
    assert [(found.claim, found.observed) for found in wrong.finished.evidence] == [
        ("bentuknya ()", "terlihat ()"),
        ("twice 2", "seharusnya 4, terlihat 2"),
    ]
    assert broken.finished.evidence[0].observed == (
        "baris 1 belum merupakan Python: kurung `(` yang dibuka di sana tidak pernah ditutup"
    )
