"""What a program can ask of the lab that runs it; ordinary code needs none of it.

>>> from tflab import lab
>>> lab.log(learning_rate=0.01)            # one more curve
>>> lab.traces(train_step)                 # every trace of a tf.function, with its cause
>>> lab.gradients()[-1].gradients          # the latest gradients, one record a variable
>>> lab.losses()                           # every loss of the tape that was used last

Outside a session, in a test for example, ``with lab.recording() as seen:`` installs the same probes around a block,
and ``seen`` answers the same questions. ``log`` is silent where nothing records, so that a program that logs also runs
by itself; the others raise `NotRecordingError`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tflab.lesson_files import data_file
from tflab.messages import text

if TYPE_CHECKING:
    from tflab.protocol.events import Event, FunctionTraced
    from tflab.protocol.gradient_events import GradientsRecorded
    from tflab.session.grading import Check
    from tflab.session.probes import ProbeSet
    from tflab.session.probes.knobs import Knobs

    check: Check
    """Claims about a program's work, as lessons make them: ``check.equal(y, 2.0, "y is twice x")``. Each prints whether
    it held; in the check of an exercise it becomes evidence. Loads TensorFlow."""

__all__ = [
    "NotRecordingError",
    "Recording",
    "check",
    "data",
    "gradients",
    "knob",
    "log",
    "losses",
    "recording",
    "traces",
]


class NotRecordingError(RuntimeError):
    """The question needs the lab: the program does not run in a session, nor in ``lab.recording()``."""


def data(name: str) -> Path:
    """The path of a data file that ships with the lessons: ``np.load(lab.data("digits.npz"))``.

    Works wherever tflab is installed, in Jupyter too. Raises FileNotFoundError, naming the files that there are.
    """
    return data_file(name)


def log(step: int | None = None, **values: Any) -> None:
    """Logs numbers as curves: ``lab.log(accuracy=0.9)``, ``lab.log(step, loss=loss, rate=rate)``.

    A value is a number or a scalar tensor, also inside a ``tf.function``, where it is logged each time the graph
    runs. Without ``step`` the values of a name are numbered 0, 1, 2, ... Raises TypeError or ValueError for what is
    no scalar.
    """
    probes = _active()
    if probes is not None:
        for name, value in values.items():
            probes.log(name, value, step, sys._getframe(1))


# AutoGraph is not to turn it into graph code: it decides by itself what belongs into the graph.
log.autograph_info__ = {}  # type: ignore[attr-defined]


def knob(name: str, value: Any) -> Any:
    """Offers a number that the lab can change while the program runs: ``rate = lab.knob("rate", 0.1)``.

    ``value`` is a number, or a scalar ``tf.Variable`` that exists already. Gives a ``tf.Variable``, the same one each
    time the name comes up; use it like the number, also inside a ``tf.function``, where a Python number would be
    frozen. By itself a program has the same variable with the same value. Raises TypeError for what is no number.
    """
    probes = _active()
    if probes is not None:
        variable = probes.knob(name, value)
        if variable is not None:
            return variable
    from tflab.session.probes.knobs import Knobs

    global _knobs
    if _knobs is None:
        _knobs = Knobs()
    return _knobs.offer(name, value)


knob.autograph_info__ = {}  # type: ignore[attr-defined]


def traces(function: Any = None) -> list[FunctionTraced]:
    """Every trace so far of ``function`` (a tf.function, a plain function or its qualified name), oldest first; of
    all functions without one. Raises `NotRecordingError`."""
    return _recorded().traces(function)


def gradients() -> list[GradientsRecorded]:
    """The latest gradients of each place in the code that took any, the latest last. Raises `NotRecordingError`."""
    return _recorded().gradients()


def losses(line: int | None = None) -> list[float]:
    """Every loss of the place in the code that took a gradient last, or on ``line``; oldest first, at most the last
    million. Raises `NotRecordingError`."""
    return _recorded().losses(line)


class Recording:
    """What was recorded so far, during a session or a ``with lab.recording()`` block."""

    def __init__(self, probes: ProbeSet) -> None:
        self._probes = probes
        self.events: list[Event] = []
        """Every event of the block; empty for a session, whose events go to the lab."""

    def traces(self, function: Any = None) -> list[FunctionTraced]:
        """See `lab.traces`."""
        self._probes.flush()
        return self._probes.traces(function)

    def gradients(self) -> list[GradientsRecorded]:
        """See `lab.gradients`."""
        self._probes.flush()
        return self._probes.journal.gradients()

    def losses(self, line: int | None = None) -> list[float]:
        """See `lab.losses`."""
        self._probes.flush()
        return self._probes.journal.losses(line)


@contextmanager
def recording(namespace: dict[str, Any] | None = None) -> Iterator[Recording]:
    """Records the block with the probes of a session: ``with lab.recording() as seen: train()``.

    ``namespace``, ``globals()`` say, is where tensors are looked for and variables without a name find theirs. In a
    session its probes are used. Everything that was patched is restored at the end of the block. Losses and gradients
    of a tf.function are seen where it was traced inside this or an earlier recording.
    """
    global _probes
    from tflab.session.probes import ProbeSet

    running = _active()
    if running is None and _probes is None:
        _probes = ProbeSet()
    probes = running or _probes
    assert probes is not None
    seen = Recording(probes)
    if running is not None:
        running.flush()
        stop = running.journal.copy_to(seen.events.append)
        try:
            yield seen
        finally:
            running.flush()
            stop()
        return
    probes.install()
    try:
        probes.start(seen.events.append, {} if namespace is None else namespace)
        probes.cell_started(0, "", 1)
        try:
            yield seen
        finally:
            probes.cell_finished()
            probes.stop()
    finally:
        probes.uninstall()


_knobs: Knobs | None = None
"""Those that are offered where nothing records."""

_probes: ProbeSet | None = None
"""Those of all recordings of this process: a function that one of them saw traced is heard in the later ones, too."""


def _active() -> ProbeSet | None:
    # Where the session's package is not even loaded, nothing records; it would load TensorFlow.
    module = sys.modules.get("tflab.session.probes.probe_set")
    return None if module is None else module.active()


def _recorded() -> Recording:
    probes = _active()
    if probes is None:
        raise NotRecordingError(text("probe.not_recording"))
    return Recording(probes)


def __getattr__(name: str) -> Any:
    if name == "check":
        from tflab.session.grading import printing_check

        return printing_check()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
