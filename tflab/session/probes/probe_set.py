"""All probes of a session together."""

from __future__ import annotations

import importlib
import linecache
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from types import FrameType
from typing import Any, Final, Protocol

import tensorflow as tf

from tflab.messages import text
from tflab.protocol.events import FunctionTraced, ProbeDisabled
from tflab.protocol.server import RecorderDoor
from tflab.protocol.steering import LoopAction
from tflab.session.probes.journal import Emit, Journal
from tflab.session.probes.pace import Pace
from tflab.session.probes.poller import Poller
from tflab.session.probes.private_names import PRIVATE_NAMES, missing_name
from tflab.session.probes.quiet import quiet

_PROBES: Final = {
    "loop": ("tflab.session.probes.loop", "LoopProbe"),
    "traces": ("tflab.session.probes.traces", "TraceProbe"),
    "graphs": ("tflab.session.probes.graphs", "GraphProbe"),
    "tape": ("tflab.session.probes.tape", "TapeProbe"),
    "metrics": ("tflab.session.probes.metrics", "MetricProbe"),
    "tensors": ("tflab.session.probes.tensors", "TensorProbe"),
    "progress": ("tflab.session.probes.loop_progress", "ProgressProbe"),
    "workers": ("tflab.session.probes.workers", "WorkersProbe"),
    "devices": ("tflab.session.probes.devices", "DeviceProbe"),
    "operations": ("tflab.session.probes.operations", "OperationProbe"),
    "diagnosis": ("tflab.session.diagnosis.diagnosis", "DiagnosisProbe"),
}
"""In the order in which they are polled: a trace is told before what it computed, and what is wrong with it last."""


_POLL_SHARE: Final = 0.01
_LONGEST_PAUSE: Final = 0.15
"""One probe's part of the time of a processor while a cell runs, and the seconds after which it is polled anyway."""

_active: ProbeSet | None = None


def active() -> ProbeSet | None:
    """The probes that are recording in this process; None where none are."""
    return _active


SourceOf = Callable[[str], str | None]
"""The source of a cell by its file name."""


class Probe(Protocol):
    """One probe."""

    @property
    def name(self) -> str:
        """As in `ProbeDisabled.probe`."""

    def patched(self) -> AbstractContextManager[None]:
        """Its patches of TensorFlow and Keras; they run no operation and are undone on exit."""

    def cell_started(self) -> None:
        """A cell is about to run."""

    def poll(self, *, final: bool) -> None:
        """Sends what is new; ``final`` at the end of a cell and when someone asks. One thread at a time calls it."""


class ProbeSet:
    """The probes of one session: installed before the fork, started in the child."""

    def __init__(self) -> None:
        self.journal = Journal()
        self.journal.settle = lambda name: self._poll(final=True, only=name)
        self._probes: list[Probe] = []
        self._reasons: dict[str, str] = {}
        self._patches = ExitStack()
        self._poller: Poller | None = None
        self._source_of: SourceOf | None = None
        self._lock = threading.RLock()
        self._paces: defaultdict[str, Pace] = defaultdict(lambda: Pace(0.0, _POLL_SHARE, _LONGEST_PAUSE))

    def install(self) -> None:
        """Patches TensorFlow and Keras. Runs no operation, starts no thread and leaves the context uninitialised.

        A probe whose private names are missing is left out; `names` says why.
        """
        if not self._probes:
            self._make()
        for probe in self._probes:
            self._patches.enter_context(probe.patched())

    def _make(self) -> None:
        for name, (module, attribute) in _PROBES.items():
            absent = missing_name(name)
            if absent is None:
                self._probes.append(getattr(importlib.import_module(module), attribute)(self.journal))
            else:
                self._reasons[name] = text("probe.missing_name", version=tf.__version__, name=absent)
        traces, graphs, diagnosis = self._find("traces"), self._find("graphs"), self._find("diagnosis")
        if traces is not None and graphs is not None:
            traces.followers.append(graphs)
        if traces is not None and diagnosis is not None:
            traces.followers.append(diagnosis.traced)

    def uninstall(self) -> None:
        """Puts back everything that `install` replaced. Functions that were traced meanwhile keep their rings, so the
        same set may be installed again and hears of them."""
        self._patches.close()

    def names(self) -> dict[str, str | None]:
        """Every probe, and why it is off; None where it works."""
        return {name: self._reasons.get(name) for name in PRIVATE_NAMES}

    def start(
        self,
        emit: Emit,
        namespace: dict[str, Any],
        source_of: SourceOf | None = None,
        *,
        recorder: RecorderDoor = "none",
    ) -> None:
        """Sends events to ``emit`` (any thread may call it; it may block) and starts the poller's thread.

        ``namespace`` is where the learner's names live. ``source_of`` gives the source of a cell by its file name
        where ``linecache`` does not have it. ``recorder`` is how a person comes to a recorded run.
        """
        global _active
        # What functions traced in an earlier recording did since is nobody's.
        self.flush()
        self._source_of = source_of
        self.journal.recorder = "none" if self._find("operations") is None else recorder
        self.journal.open(emit, namespace)
        _active = self
        for name, reason in self._reasons.items():
            self.journal.write(ProbeDisabled(probe=name, reason=reason))
        self._poller = Poller(self._tick)
        self._poller.start()

    def stop(self) -> None:
        """Ends the poller's thread; nothing is emitted any more."""
        if self._poller is not None:
            self._poller.stop()
            self._poller = None
        self.journal.close()
        global _active
        if _active is self:
            _active = None

    def cell_started(self, cell: int, filename: str, first_line: int, *, record: bool = False) -> None:
        """The learner's code of ``cell`` is about to run in this thread, compiled under ``filename``. With ``record``
        its operations are recorded."""
        from tflab.session.probes import user_site

        if filename:
            user_site.claim(filename)
            self._remember_source(filename)
        with self._lock:
            self.journal.cell = cell
            self.journal.run += 1
            self.journal.cells.started(filename, first_line, self.journal.run)
            operations = self._find("operations")
            self.journal.is_recorded = operations is not None and record
            if self.journal.is_recorded:
                operations.want()
            for probe in self._probes:
                probe.cell_started()
        if self._poller is not None:
            self._poller.set_busy(True)

    def _remember_source(self, filename: str) -> None:
        if self._source_of is None or filename in linecache.cache:
            return
        source = self._source_of(filename)
        if source is not None:
            linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)

    def cell_failed(self, exception: BaseException) -> None:
        """``exception`` has ended the learner's code; `cell_finished` follows."""
        self.flush()
        diagnosis = self._find("diagnosis")
        if diagnosis is not None:
            diagnosis.cell_failed(exception)

    def cell_finished(self) -> None:
        """The learner's code has ended, in whatever way: everything of the cell is emitted before this returns."""
        if self._poller is not None:
            self._poller.set_busy(False)
        operations = self._find("operations")
        if operations is not None:
            operations.cell_finished()
        self.flush()
        diagnosis = self._find("diagnosis")
        if diagnosis is not None:
            diagnosis.cell_finished()
            self._poll(final=True, only=diagnosis.name)
        self.journal.cell = None

    def log(self, name: str, value: Any, step: Any, caller: FrameType) -> None:
        """What ``lab.log`` does, called from ``caller``."""
        probe = self._find("metrics")
        if probe is not None:
            probe.log(name, value, step, caller)

    def steer(self, action: LoopAction) -> None:
        """Pauses, resumes, steps or stops the loop of the running cell. Any thread may call it."""
        probe = self._find("loop")
        if probe is not None:
            probe.steer(action)

    def turn_knob(self, name: str, value: float) -> None:
        """Gives a knob another value before the next step. Any thread may call it."""
        probe = self._find("loop")
        if probe is not None:
            probe.turn(name, value)

    def knob(self, name: str, value: Any) -> Any:
        """What ``lab.knob`` does; None where there is no probe for it. Raises TypeError for what is no number."""
        probe = self._find("loop")
        return None if probe is None else probe.knob(name, value)

    def abort_collectives(self, message: str) -> None:
        """Lets what waits for other workers fail with ``message``, once nothing is computed. Any thread may call it."""
        probe = self._find("workers")
        if probe is not None:
            probe.abort_collectives(message)

    def traces(self, function: Any = None) -> list[FunctionTraced]:
        """What ``lab.traces`` answers."""
        probe = self._find("traces")
        return [] if probe is None else list(probe.traces(function))

    def _find(self, name: str) -> Any:
        return next((probe for probe in self._probes if probe.name == name), None)

    def flush(self) -> None:
        """Emits all that there is to tell by now, the latest gradients included."""
        self._poll(final=True)

    def _tick(self) -> None:
        self._poll(final=False)

    def _poll(self, *, final: bool, only: str | None = None) -> None:
        with self._lock, quiet:
            for probe in self._probes:
                if self.journal.is_broken(probe.name) or only not in (None, probe.name):
                    continue
                pace = self._paces[probe.name]
                if not final and not pace.is_due(time.monotonic()):
                    continue
                began = time.thread_time()
                try:
                    probe.poll(final=final)
                except Exception as error:
                    self.journal.note_fault(probe.name, error)
                if not final:
                    pace.done(time.monotonic(), time.thread_time() - began)
