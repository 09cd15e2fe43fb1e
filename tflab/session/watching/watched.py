"""A process that is watched: the probes of a session, installed in it, and their events at its door."""

from __future__ import annotations

import atexit
import linecache
import os
import platform
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

import keras
import tensorflow as tf

from tflab.doors.door import Reply, WatchDoor
from tflab.doors.event_log import EventLog
from tflab.protocol import requests
from tflab.protocol.events import CellError, CellFinished, CellStarted, CellStatus, SessionReady
from tflab.session.probes import ProbeSet, user_site
from tflab.session.tensor_desk import TensorDesk
from tflab.session.watching.command_line import COMMAND, code_given

_Hook = Callable[[type[BaseException], BaseException, TracebackType | None], Any]


class WatchedProcess:
    """This process, from ``tflab.watch()`` to its end.

    A script is one cell that begins now; under IPython every cell is one.
    """

    def __init__(self, name: str, namespace: dict[str, Any], shell: Any = None) -> None:
        """Raises OSError where no door can be opened."""
        self._log = EventLog()
        self._probes = ProbeSet()
        self._namespace = namespace
        self._tensors = TensorDesk(namespace)
        self._pid = os.getpid()
        self._door = WatchDoor(name, self._log, self._take, self._resume)
        self._count = 0
        """Cells of a notebook that have begun since."""
        self._cell: int | None = None
        self._began = 0.0
        self._error: CellError | None = None
        self._excepthook: _Hook = sys.excepthook
        _claim_command()
        self._probes.install()
        self._open()
        if shell is None:
            sys.excepthook = self._note_error
        else:
            shell.events.register("pre_run_cell", self._cell_begins)
            shell.events.register("post_run_cell", self._cell_ends)
        # Whoever asks to be watched is running a cell already.
        self._begin(0, "")
        atexit.register(self._end)
        os.register_at_fork(after_in_child=self._leave_to_parent)

    def _open(self) -> None:
        """The first of what watchers read; from here on the probes tell the rest."""
        self._log.write(
            SessionReady(
                tensorflow=tf.__version__,
                keras=keras.__version__,
                python=platform.python_version(),
                isolation="none",
                pid=os.getpid(),
            )
        )
        self._probes.start(self._log.write, self._namespace)

    @property
    def name(self) -> str:
        """What the lab calls this process."""
        return self._door.name

    # --- cells ---------------------------------------------------------------------------------------------------

    def _begin(self, cell: int, source: str) -> None:
        self._cell, self._began = cell, time.monotonic()
        self._log.write(CellStarted(cell=cell, source=source))
        self._probes.cell_started(cell, "", 1)

    def _finish(self, error: CellError | None) -> None:
        if self._cell is None:
            return
        self._probes.cell_finished()
        seconds = time.monotonic() - self._began
        status: CellStatus = "ok" if error is None else "interrupted" if error.name == "KeyboardInterrupt" else "error"
        self._log.write(CellFinished(cell=self._cell, status=status, seconds=seconds, error=error))
        self._cell = None

    def _cell_begins(self, info: Any) -> None:
        self._finish(None)
        self._count += 1
        self._begin(self._count, str(info.raw_cell))

    def _cell_ends(self, result: Any) -> None:
        error = result.error_before_exec or result.error_in_exec
        self._finish(None if error is None else _described(error))

    def _note_error(self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        self._error = _described(error)
        self._excepthook(kind, error, traceback)

    # --- watchers (their threads) ----------------------------------------------------------------------------------

    def _take(self, request: requests.Request, reply: Reply) -> None:
        match request:
            case requests.ReadTensorRequest() | requests.MeasureTensorRequest():
                self._tensors.ask(request, reply)
            case requests.SteerLoopRequest():
                self._probes.steer(request.action)
            case requests.TurnKnobRequest():
                self._probes.turn_knob(request.name, request.value)
            case _:
                # Whatever else a session can be asked is not for a process that only lets the lab look in.
                pass

    def _resume(self) -> None:
        """A loop must not wait for who has left."""
        self._probes.steer("resume")

    # --- the end -------------------------------------------------------------------------------------------------

    def _end(self) -> None:
        self._finish(self._error)
        self._probes.stop()
        self._log.close()
        self._door.close()

    @property
    def is_parents(self) -> bool:
        """Whether this process was forked, and the one that is watched is another."""
        return os.getpid() != self._pid

    def watch_child(self, name: str) -> None:
        """Opens a door of this forked process's own, under ``name`` or one like it. Raises OSError."""
        self._pid = os.getpid()
        self._log = EventLog()
        self._tensors = TensorDesk(self._namespace)
        self._door = WatchDoor(name, self._log, self._take, self._resume)
        self._open()
        self._begin(0, "")
        atexit.register(self._end)

    def _leave_to_parent(self) -> None:
        """Runs in a process that this one forked, which has none of its threads."""
        atexit.unregister(self._end)
        self._log.is_closed = True
        self._door.abandon()


def _described(error: BaseException) -> CellError:
    return CellError(name=type(error).__name__, message=str(error), line=None, traceback="")


def _claim_command() -> None:
    """Makes the program of ``python -c`` the learner's to the probes, and its lines known to whoever reads them.

    From Python 3.13 on Python itself does the latter.
    """
    source = code_given(sys.orig_argv)
    if source is None:
        return
    user_site.claim(COMMAND)
    if COMMAND not in linecache.cache:
        linecache.cache[COMMAND] = (len(source), None, [line + "\n" for line in source.splitlines()], COMMAND)
