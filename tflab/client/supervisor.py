"""Keeps one session alive: the one object through which the interface and the commands reach TensorFlow.

Every method may be called from any thread and none blocks for long. What happens comes out of `Supervisor.drain`
as one stream, in order. Where nobody drains, the session's prints wait; the supervisor itself does not.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tflab.client import endings
from tflab.client.cell_queue import OVERDUE, CellQueue, Due
from tflab.client.devices import DeviceWatch
from tflab.client.inbox import Inbox, LabEvent
from tflab.client.launchers import launcher_for
from tflab.client.processes import kill_all, left_behind
from tflab.client.scratch import remove_scratch
from tflab.client.server_keeper import ProcessEvent, ServerKeeper
from tflab.client.session_client import LEAVING, SessionClient
from tflab.client.session_source import Launcher
from tflab.client.throwaway import Adapt, NoSession, NotReady, Throwaways, ThrowawaySession
from tflab.client.watchdog import SessionWatch, Verdict
from tflab.messages import text
from tflab.protocol import lifecycle, requests, server
from tflab.protocol.events import CellFinished, CellStarted, Event, HeartbeatAnswered, SessionReady
from tflab.protocol.steering import LoopAction

GRACE: Final = 1.0
"""Seconds that a session has for its own end, and between the end of its channel and that of its process."""
POLL_BUSY, POLL_IDLE = 0.075, 0.5
MOST_FAILURES: Final = 3
"""Sessions in a row that may end before they are ready."""


class Supervisor:
    """Launches the fork server, keeps one session alive, runs cells in order.

    ``make_spec`` gets the fresh scratch folder of a session that is about to be forked and says how it is to start;
    ``sample_devices`` is the pace of `DevicesSampled`, in seconds, None for none; ``launcher`` starts another source
    of sessions than a fork server under ``python``.
    """

    def __init__(
        self,
        make_spec: Callable[[Path], server.SessionSpec],
        *,
        python: str = sys.executable,
        sample_devices: float | None = 1.0,
        launcher: Launcher | None = None,
    ) -> None:
        self._make_spec = make_spec
        self._inbox = Inbox()
        self._server = ServerKeeper(launcher or launcher_for(python), self, self._inbox.put)
        self._lock = threading.RLock()
        self._session: SessionClient | None = None
        self._watch: SessionWatch | None = None
        self._verdict: Verdict | None = None
        """Why the present session is being ended, where the lab ends it."""
        self._failures = 0
        self._cells = CellQueue()
        self._throwaways = Throwaways()
        self._closing = threading.Event()
        self._busy = threading.Event()
        self._devices = DeviceWatch(self._inbox.offer, sample_devices) if sample_devices else None

    # --- what the lab asks ---------------------------------------------------------------------------------------

    def start(self) -> None:
        """Launches the fork server; a session is forked as soon as that is ready."""
        self._server.launch()
        threading.Thread(target=self._keep_watch, name="tflab-watchdog", daemon=True).start()
        if self._devices is not None:
            self._devices.start()

    def run(self, request: requests.RunCellRequest, timeout: float | None = None) -> None:
        """Runs a cell after those before it, as soon as a session is ready.

        After ``timeout`` seconds it is interrupted, and where that has no effect its session ended; its status is
        then ``timeout``.
        """
        with self._lock:
            self._cells.add(request, timeout)
            self._run_next()

    def interrupt(self) -> None:
        """Stops the running cell and drops those that wait."""
        with self._lock:
            self._drop_waiting()
            self._interrupt()

    def restart(self) -> None:
        """Kills the session, whatever it does, and forks a fresh one; waiting cells are dropped."""
        with self._lock:
            self._drop_waiting()
            if self._session is not None:
                self._end_session(Verdict("restarted", text("client.session_restarted")))
            else:
                self._failures = 0
                if self._server.is_running:
                    self._fork()
                else:
                    self._server.launch(afresh=True)

    def answer_input(self, line: str | None) -> None:
        """The line typed for an `InputRequested`; None: the input has ended."""
        self._send(requests.AnswerInputRequest(text=line or "", end=line is None))

    def steer(self, action: LoopAction) -> None:
        """Pauses, resumes, steps or stops the training loop of the running cell."""
        self._send(requests.SteerLoopRequest(action=action))

    def turn_knob(self, name: str, value: float) -> None:
        """Gives a number of the running program another value; `KnobTurned` or `KnobRefused` answers."""
        self._send(requests.TurnKnobRequest(name=name, value=value))

    def abort_collectives(self, message: str) -> None:
        """Other workers have ended: what waits for them fails with ``message``."""
        self._send(requests.AbortCollectivesRequest(message=message))

    def complete(self, request: requests.CompleteRequest) -> None:
        """Asks what could stand at the cursor; `CompletionsOffered` answers, unless no session is ready."""
        self._send(request)

    def describe(self, request: requests.DescribeRequest) -> None:
        """Asks what a name is; `NameDescribed` answers, unless no session is ready."""
        self._send(request)

    def ask_tensor(self, request: requests.ReadTensorRequest | requests.MeasureTensorRequest) -> None:
        """Asks for elements or exact statistics; `TensorRead` or `TensorMeasured` answers, unless none is ready."""
        self._send(request)

    def fork_aside(
        self, adapt: Adapt, on_event: Callable[[Event], None], on_end: Callable[[], None]
    ) -> ThrowawaySession:
        """Forks a session beside the live one, for a check say; the caller ends it.

        ``adapt`` gets the specification of an ordinary session, its scratch folder included. What the session says goes
        to ``on_event`` alone; ``on_end`` is called when it has said all. Raises `NotReady` while TensorFlow is being
        loaded, `NoSession` where it cannot be.
        """
        with self._lock:
            if self._server.has_failed or self._closing.is_set():
                raise NoSession(text("check.no_server"))
            if not self._server.is_ready:
                raise NotReady
            return self._throwaways.fork(
                self._server, lambda scratch: adapt(self._make_spec(scratch)), on_event, on_end
            )

    def drain(self) -> list[LabEvent]:
        """Everything since the last drain, in order."""
        return self._inbox.drain()

    def on_arrival(self, tell: Callable[[], object]) -> None:
        """From now on calls ``tell``, on some thread, when something has come and all before it had been drained."""
        self._inbox.on_arrival(tell)

    def wait(self, timeout: float | None = None) -> bool:
        """Blocks until there is something to drain; False where ``timeout`` seconds passed without."""
        return self._inbox.wait(timeout)

    def close(self) -> None:
        """Ends session and server and removes what they left. What was still said can be drained afterwards."""
        with self._lock:
            self._closing.set()
            session, idle = self._session, self._cells.running is None
        if self._devices is not None:
            self._devices.stop()
        if session is not None and idle and session.is_ready:
            session.leave(GRACE)
        self._server.close()
        if session is not None:
            session.ended.wait(LEAVING)

    # --- what the server tells -----------------------------------------------------------------------------------

    def on_server_ready(self) -> None:
        """Sessions can be forked."""
        with self._lock:
            self._fork()

    def on_server_lost(self) -> None:
        """The server ended, and every session with it; what they started may live on."""
        with self._lock:
            if self._session is not None:
                self._verdict = self._verdict or Verdict("server", text("client.session_server"))
                if self._session.pid is not None:
                    kill_all(left_behind(self._session.pid))
                kill_all(self._watch.family if self._watch is not None else ())
                self._session.exited.set()
        self._throwaways.source_ended()

    def on_process(self, event: ProcessEvent) -> None:
        """A session's process exists, could not be made, or is gone."""
        if self._throwaways.take(self._server, event):
            return
        with self._lock:
            session = self._session
            match event:
                case server.SessionForked() if session is not None and session.fork_id == event.fork_id:
                    session.pid = event.pid
                    if self._is_ending():
                        self._kill(session)
                    elif session.is_ready:
                        # Its own word was faster.
                        self._watch_over(session)
                case server.SessionExited() if session is not None and session.pid == event.pid:
                    session.status = event.status
                    session.exited.set()
                case server.ForkFailed() if session is not None and session.fork_id == event.fork_id:
                    session.last_output = event.message
                    session.exited.set()

    # --- the session ---------------------------------------------------------------------------------------------

    def _fork(self) -> None:
        if self._session is not None or not self._server.is_ready or self._closing.is_set():
            return
        try:
            spec = self._make_spec(Path(tempfile.mkdtemp(prefix="tflab-")))
        except OSError as error:
            self._server.fail(str(error))
            return
        session = SessionClient(spec, self._on_session_events, self._on_session_end)
        try:
            session.fork_id = self._server.fork(spec, session.descriptors)
        except OSError:
            # The server is gone, and its end is about to be told.
            session.discard()
            remove_scratch(spec)
            return
        self._verdict, self._watch, self._session = None, None, session
        self._inbox.put(lifecycle.SessionStarting())
        session.start()

    def _end_session(self, verdict: Verdict) -> None:
        with self._lock:
            if self._session is not None:
                self._verdict = self._verdict or verdict
                self._kill(self._session)

    def _kill(self, session: SessionClient) -> None:
        if session.pid is not None:
            self._server.kill(session.pid)

    def _on_session_events(self, session: SessionClient, events: Sequence[tuple[Event, int]]) -> None:
        told: list[tuple[Event, int]] = []
        for event, size in events:
            if (judged := self._judged(session, event)) is None:
                continue
            told.append((judged, size))
            if isinstance(judged, (CellFinished, SessionReady)):
                self._inbox.put_all(told, unless=self._is_ending)
                told = []
                self._go_on(session)
        if told:
            self._inbox.put_all(told, unless=self._is_ending)

    def _judged(self, session: SessionClient, event: Event) -> Event | None:
        """``event`` as it is told; None for what is told to nobody."""
        with self._lock:
            if session is not self._session:
                return None
            match event:
                case HeartbeatAnswered():
                    if self._watch is not None:
                        self._watch.answered(event)
                    return None
                case SessionReady() if self._verdict is not None:
                    # Too late: it is being ended.
                    return None
                case SessionReady():
                    self._failures = 0
                    self._watch_over(session)
                case CellStarted():
                    self._cells.begun(event.cell)
                case CellFinished():
                    running = self._cells.running
                    if running is None or running.request.cell != event.cell:
                        return None
                    # Before anyone hears of its end, and closes the lab, say.
                    self._cells.running = None
                    return running.judged(event)
        return event

    def _watch_over(self, session: SessionClient) -> None:
        """Holds a session to its limits once it is ready and its process is known, whichever comes first."""
        if session.pid is not None and self._watch is None:
            self._watch = SessionWatch(session.pid, session.spec.permissions)

    def _go_on(self, session: SessionClient) -> None:
        """The session is free for the next cell."""
        with self._lock:
            if session is self._session:
                self._run_next()

    def _is_ending(self) -> bool:
        return self._verdict is not None or self._closing.is_set()

    def _on_session_end(self, session: SessionClient) -> None:
        """On the session's reader thread: nothing more can be read from it."""
        if session.broken:
            self._end_session(Verdict("crashed", text("client.session_broken")))
        if not session.exits(GRACE):
            self._end_session(Verdict("unresponsive", text("client.session_unresponsive")))
            session.exited.wait(GRACE)
        with self._lock:
            if session is self._session:
                self._session, self._watch = None, None
                self._report_end(session)
                self._fork_again(session)
        remove_scratch(session.spec)

    def _report_end(self, session: SessionClient) -> None:
        verdict = self._verdict
        if verdict is None:
            reason = endings.reason_of(session.status)
            verdict = Verdict(reason, text(f"client.session_{reason}", how=endings.how(session.status)))
        running, self._cells.running = self._cells.running, None
        if running is not None:
            if (problem := running.problem(verdict.reason, verdict.message)) is not None:
                self._inbox.put(problem)
            self._inbox.put(running.killed(verdict.reason, verdict.message, time.monotonic()))
        if verdict.reason != "restarted":
            # Those that came after the wish for a restart are meant for the fresh session.
            self._drop_waiting()
        if not self._closing.is_set():
            ended = lifecycle.SessionEnded(reason=verdict.reason, status=session.status, message=verdict.message)
            self._inbox.put(ended)

    def _fork_again(self, ended: SessionClient) -> None:
        if not ended.is_ready and self._verdict is None:
            self._failures += 1
        if self._failures < MOST_FAILURES:
            self._fork()
        else:
            how = endings.how(ended.status)
            self._server.fail(text("client.session_failed", how=how, output=ended.last_line).strip())

    # --- cells ---------------------------------------------------------------------------------------------------

    def _usable_session(self) -> SessionClient | None:
        """The present session, where it takes requests: it is ready and not being ended."""
        usable = self._session is not None and self._session.is_ready and self._verdict is None
        return self._session if usable else None

    def _send(self, request: requests.Request) -> None:
        with self._lock:
            if (session := self._usable_session()) is not None:
                session.send(request)

    def _run_next(self) -> None:
        if (session := self._usable_session()) is not None and (request := self._cells.take()) is not None:
            session.send(request)
            self._busy.set()

    def _drop_waiting(self) -> None:
        if cells := self._cells.drop():
            self._inbox.put(lifecycle.CellsDropped(cells=cells))

    def _interrupt(self) -> None:
        if self._cells.running is not None and self._session is not None:
            self._cells.interrupted()
            self._session.send(requests.InterruptRequest())

    # --- the watchdog thread -------------------------------------------------------------------------------------

    def _keep_watch(self) -> None:
        while not self._closing.is_set():
            self._busy.clear()
            if self._cells.running is None:
                self._busy.wait(POLL_IDLE)
            else:
                self._closing.wait(POLL_BUSY)
            with self._lock:
                session, watch = self._session, self._watch
                self._check_running()
            if session is not None and watch is not None:
                self._check_session(session, watch)

    def _check_running(self) -> None:
        match self._cells.due():
            case Due.TIME_LIMIT:
                self._interrupt()
            case Due.OVERDUE:
                self._inbox.put(lifecycle.InterruptOverdue(seconds=OVERDUE))
            case Due.HOPELESS:
                self._end_session(Verdict("timeout", self._cells.hopeless_message))

    def _check_session(self, session: SessionClient, watch: SessionWatch) -> None:
        verdict = watch.look(session.send, unread=self._inbox.is_full)
        with self._lock:
            if verdict is not None and session is self._session:
                self._end_session(verdict)
