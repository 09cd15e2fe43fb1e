"""Judges one exercise: runs its check cell after the learner's and answers with a `CheckFinished`."""

from __future__ import annotations

import builtins
import linecache
import random
import re
import sys
import time
from types import ModuleType
from typing import Any, Final

import numpy as np
import tensorflow as tf

from tflab import lab
from tflab.messages import text
from tflab.protocol.events import CellError, CheckFinished, Evidence
from tflab.protocol.requests import CheckExerciseRequest
from tflab.session.grading.claims import Check
from tflab.session.grading.guarded import PUT_BACK, compiled, guarded, settling
from tflab.session.grading.left_threads import ThreadWatch
from tflab.session.grading.observations import CellObservations
from tflab.session.grading.surroundings import PutBack
from tflab.session.grading.values import one_line
from tflab.session.learner_frames import LearnerFrames
from tflab.session.probes import ProbeSet
from tflab.session.tracebacks import TracebackWriter

SEED: Final = 20
"""Of every generator, at the start of the session and again before the check."""

_UNDISTURBED: Final = 0.25
"""Seconds that this thread computes before another gets its turn: more than putting back takes, and not so long that
a thread that never rests could hold everything up."""
_PATIENCE: Final = 1.0
"""Seconds that threads of the learner's have to end by themselves."""
_POLL: Final = 0.005

_NO_NAME: Final = re.compile(r"name '(\w+)' is not defined")


class Grader:
    """One check of one exercise, in a session made for it.

    To be made when the session is complete, before any of the lesson's code runs.
    """

    def __init__(
        self,
        namespace: dict[str, Any],
        probes: ProbeSet,
        frames: LearnerFrames,
        tracebacks: TracebackWriter,
    ) -> None:
        self._namespace = namespace
        self._probes = probes
        self._tracebacks = tracebacks
        self._threads = ThreadWatch(frames.owns)
        self._observations = CellObservations(probes.flush)
        self._names_before: dict[str, Any] = {}
        self._answer_file = ""
        probes.journal.copy_to(self._observations.record)
        seed_everything()
        self.parts = (self, probes, probes.journal, self._observations, self._threads)
        """The objects that a verdict rests on, for `surroundings.remember`."""

    def cell_starts(self, filename: str) -> None:
        """A cell is about to run, compiled as ``filename``; the last one before the check is the learner's answer."""
        self._observations.cell_starts()
        self._names_before = dict(self._namespace)
        self._answer_file = filename

    def judge(self, request: CheckExerciseRequest, put_back: PutBack) -> CheckFinished:
        """Runs the check, in surroundings put back by ``put_back``.

        Passed is what has at least one piece of evidence, all of it held, and ran to its end.
        """
        evidence: list[Evidence] = []
        left = self._evidence_of_thread(put_back)
        if left is not None:
            evidence.append(left)
        else:
            failure = self._run(request, evidence, put_back) or self._evidence_of_thread(put_back)
            if failure is not None:
                evidence.append(failure)
        return CheckFinished(
            cell=request.cell,
            exercise=request.exercise,
            passed=bool(evidence) and all(item.held for item in evidence),
            evidence=tuple(evidence),
            token=request.token,
        )

    def _evidence_of_thread(self, put_back: PutBack) -> Evidence | None:
        """That a thread does not end in time; with None, nothing has been changed since ``put_back``."""
        deadline = time.monotonic() + _PATIENCE
        interval = sys.getswitchinterval()
        while True:
            sys.setswitchinterval(_UNDISTURBED)
            # Whoever waits for its turn counts by the new interval after this.
            time.sleep(_POLL)
            put_back()
            running = self._threads.running()
            sys.setswitchinterval(interval)
            if running is None:
                return None
            if time.monotonic() >= deadline:
                return _failure(text("check.claim.alone"), text("check.ended.thread", name=running))

    def _run(self, request: CheckExerciseRequest, evidence: list[Evidence], put_back: PutBack) -> Evidence | None:
        """Runs the check cell, which adds to ``evidence``; what ended it before its end."""
        filename = f"<check {request.exercise}>"
        lines = [line + "\n" for line in request.source.splitlines()]
        # AutoGraph reads the source of functions that a check defines.
        linecache.cache[filename] = (len(request.source), None, lines, filename)
        names = self._names(Check(self._observations, evidence.append), put_back)
        seed_everything()
        self._probes.cell_started(request.cell, filename, 1)
        try:
            exec(compiled(request.source, filename), names)
        # The learner's functions may raise anything, SystemExit too.
        except BaseException as error:
            put_back()
            return self._failure_of(error, filename)
        finally:
            self._probes.cell_finished()
        return None

    def _names(self, check: Check, put_back: PutBack) -> dict[str, Any]:
        """What the check cell sees: the learner's names, but modules and built-in functions as they were."""
        names = dict(self._namespace)
        for name in vars(builtins):
            if name in names and name not in self._names_before:
                del names[name]
        names.update({name: value for name, value in self._names_before.items() if isinstance(value, ModuleType)})
        names.update({"tf": tf, "np": np, "lab": lab, "check": guarded(check, put_back), "__builtins__": builtins})
        names[PUT_BACK] = settling(put_back)
        return names

    def _failure_of(self, error: BaseException, filename: str) -> Evidence:
        claim = text("check.claim.check_runs")
        if isinstance(error, SystemExit):
            return _failure(claim, text("check.ended.exit.in_check"))
        missing = _NO_NAME.search(str(error)) if isinstance(error, NameError) else None
        if missing is not None and _raised_in(error, filename):
            return _failure(claim, text("check.ended.name", name=missing[1]))
        return _failure(claim, describe(self._tracebacks.error(error, self._answer_file)))


def describe(error: CellError) -> str:
    """An exception in one line, with the line of the learner's code that it came from."""
    if error.line is None:
        return text("check.ended.error.no_line", name=error.name, message=error.message)
    return text("check.ended.error", line=error.line, name=error.name, message=error.message)


def seed_everything() -> None:
    """Gives every generator the same start; runs no operation."""
    random.seed(SEED)
    np.random.seed(SEED)
    tf.random.set_seed(SEED)


def _failure(claim: str, observed: str) -> Evidence:
    return Evidence(claim=claim, held=False, observed=one_line(observed))


def _raised_in(error: BaseException, filename: str) -> bool:
    """Whether the innermost frame of ``error`` is the check cell's own."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_code.co_filename == filename
