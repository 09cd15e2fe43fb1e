"""What a fork becomes: one learner's namespace behind one channel.

Order in the child: descriptors, confinement, seeds, logical devices, channel, probes, requests; only then is the
session ready. The main thread runs cells; a reader thread answers pings and completions and climbs the interrupt
ladder while it does.
"""

from __future__ import annotations

import atexit
import os
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue
from typing import Any, NoReturn

import msgspec

from tflab import messages
from tflab.protocol import codec, requests
from tflab.protocol.events import CellStarted, CompletionsOffered, Event, HeartbeatAnswered, SessionReady
from tflab.protocol.server import SessionDescriptors, SessionSpec
from tflab.session import forking
from tflab.session.cell_end import exit_status, finished_event
from tflab.session.cells import CellRunner, Outcome
from tflab.session.channel import Channel, lose_connection
from tflab.session.class_files import classes_of_cells
from tflab.session.completion import complete
from tflab.session.description import describe
from tflab.session.devices import show_gpus, shown_devices, split_devices
from tflab.session.grading.grader import Grader
from tflab.session.grading.surroundings import PutBack, remember
from tflab.session.inputs import InputBroker
from tflab.session.interrupt import InterruptGate, InterruptLadder, TensorFlowCancellation
from tflab.session.learner_frames import LearnerFrames
from tflab.session.prebuilt import Prebuilt
from tflab.session.raw_order import RawOrder
from tflab.session.sandbox import Kernel, confine, measure_isolation
from tflab.session.sources import CellSources
from tflab.session.tensor_desk import TensorDesk
from tflab.session.tracebacks import TracebackWriter

_exit = os._exit
_Work = requests.RunCellRequest | requests.CheckExerciseRequest


class Session:
    """One session, in its own process."""

    def __init__(
        self,
        prebuilt: Prebuilt,
        spec: SessionSpec,
        connection: socket.socket,
        parent: int | None,
        kernel: Kernel | None,
    ) -> None:
        self._prebuilt = prebuilt
        self._spec = spec
        self._connection = connection
        self._pid = os.getpid()
        self._patches = ExitStack()
        self._parent = parent
        self._kernel = kernel
        cancellation = TensorFlowCancellation()
        self._gate = InterruptGate(cancellation.renew)
        self._channel = Channel(connection, self._gate)
        self._raw_order = RawOrder(1, 2)
        self._inputs = InputBroker(self._channel)
        self._ladder = InterruptLadder(cancellation, self._gate)
        self._sources = CellSources()
        self._frames = LearnerFrames(self._sources, spec.script)
        self._tracebacks = TracebackWriter(self._frames)
        self._cells = CellRunner(prebuilt.shell, self._gate, self._ladder)
        self._requests: SimpleQueue[_Work | None] = SimpleQueue()
        self._tensors: TensorDesk
        self._grader: Grader | None = None
        self._put_back: PutBack = _nothing

    def serve(self) -> None:
        """Confines this process, says that it is ready, runs cells until asked to end."""
        messages.use_language(self._spec.language)
        confinement = confine(self._spec.permissions, keep={self._connection.fileno()}, kernel=self._kernel)
        if self._parent is not None:
            # A change of credentials, which a user namespace brings, had taken it back.
            forking.die_with(self._parent)
        forking.adopt_orphans()
        isolation, missing = measure_isolation(confinement)
        self._prepare_interpreter()
        show_gpus(self._spec.gpus)
        split_devices(self._spec.logical_devices)
        self._channel.start()
        self._connect_streams()
        namespace = self._prepare_main()
        self._tensors = TensorDesk(namespace, is_open=self._spec.probes)
        threading.Thread(target=self._read_requests, name="tflab-reader", daemon=True).start()
        self._channel.emit(
            SessionReady(
                tensorflow=self._prebuilt.tensorflow,
                keras=self._prebuilt.keras,
                python=self._prebuilt.python,
                isolation=isolation,
                isolation_details=missing,
                devices=shown_devices(self._prebuilt.devices, self._spec.gpus),
                pid=self._pid,
            )
        )
        if self._spec.probes:
            self._prebuilt.probes.start(self._channel.emit, namespace, recorder=self._spec.recorder)
        else:
            self._prebuilt.probes.uninstall()
        if self._spec.grading:
            self._grader = Grader(namespace, self._prebuilt.probes, self._frames, self._tracebacks)
            self._put_back = remember((self, self._channel, self._cells, self._gate, *self._grader.parts))
        while (request := self._next_request()) is not None:
            if isinstance(request, requests.CheckExerciseRequest):
                self._judge(request)
            else:
                self._run_cell(request)
        try:
            atexit._run_exitfuncs()
        finally:
            self._channel.flush()

    # --- before the first cell -----------------------------------------------------------------------------------

    def _prepare_interpreter(self) -> None:
        import numpy as np

        # Python's, TensorFlow's and Keras's generators differ in every fork already.
        np.random.seed(int.from_bytes(os.urandom(4), "little"))
        self._gate.install()
        # What the server's libraries registered belongs to the server.
        atexit._clear()
        os.register_at_fork(after_in_child=self._leave_to_parent)
        self._patches.enter_context(classes_of_cells(self._sources))

    def _connect_streams(self) -> None:
        self._prebuilt.stdout.bind(self._channel, self._raw_order.catch_up)
        self._prebuilt.stderr.bind(self._channel, self._raw_order.catch_up)
        self._inputs.install()
        threading.excepthook = self._show_thread_error
        os._exit = self._exit_at_once

    def _prepare_main(self) -> dict[str, Any]:
        shell = self._prebuilt.shell
        shell.connect(self._show, self._write_traceback)
        namespace: dict[str, Any] = shell.user_module.__dict__
        sys.modules["__main__"] = shell.user_module
        sys.argv = list(self._spec.arguments) if self._spec.arguments is not None else [""]
        if self._spec.script:
            namespace["__file__"] = self._spec.script
        if self._spec.import_path:
            sys.path.insert(0, self._spec.import_path)
        return namespace

    def _show(self, event: Event) -> None:
        """Emits a result behind what was written below Python before it."""
        self._raw_order.catch_up()
        self._channel.emit(event)

    def _exit_at_once(self, status: int) -> NoReturn:
        """``os._exit`` as the learner's code finds it: what was printed is out before."""
        self._channel.flush()
        _exit(status)

    def _leave_to_parent(self) -> None:
        """Runs in a process that the learner's code forked: its prints go to the raw descriptors."""
        self._channel.abandon()
        self._inputs.close()
        self._prebuilt.stdout.bind(None)
        self._prebuilt.stderr.bind(None)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    # --- requests ------------------------------------------------------------------------------------------------

    def _next_request(self) -> _Work | None:
        while True:
            try:
                return self._requests.get()
            # The learner's own SIGINT handler may raise here.
            except BaseException:
                continue

    def _read_requests(self) -> None:
        frames = codec.FrameReader()
        try:
            while data := self._connection.recv(65536):
                for body in frames.feed(data):
                    self._dispatch(codec.decode_request(body))
        # Unread frames make the peer's end a reset instead of an end of file.
        except (OSError, codec.ProtocolError):
            pass
        lose_connection()

    def _dispatch(self, request: requests.Request) -> None:
        match request:
            case requests.RunCellRequest():
                self._ladder.cell_expected()
                self._requests.put(request)
            case requests.CheckExerciseRequest() if self._grader is not None:
                self._requests.put(request)
            case requests.InterruptRequest():
                self._ladder.request()
            case requests.AnswerInputRequest():
                self._inputs.answer(None if request.end else request.text)
            case requests.PingRequest():
                self._channel.emit(HeartbeatAnswered(sequence=request.sequence), wait=False)
            case requests.CompleteRequest():
                start, found = complete(request.source, request.position, self._prebuilt.shell.user_ns)
                self._channel.emit(
                    CompletionsOffered(request_id=request.request_id, start=start, completions=found), wait=False
                )
            case requests.DescribeRequest():
                self._channel.emit(describe(request, self._prebuilt.shell.user_ns), wait=False)
            case requests.ReadTensorRequest() | requests.MeasureTensorRequest():
                self._tensors.ask(request, self._channel.emit)
            case requests.SteerLoopRequest():
                self._prebuilt.probes.steer(request.action)
            case requests.TurnKnobRequest():
                self._prebuilt.probes.turn_knob(request.name, request.value)
            case requests.AbortCollectivesRequest():
                self._prebuilt.probes.abort_collectives(request.message)
            case requests.ShutdownRequest():
                self._requests.put(None)
            case _:
                raise codec.ProtocolError(f"not a request to a session: {request!r}")

    # --- a cell --------------------------------------------------------------------------------------------------

    def _run_cell(self, request: requests.RunCellRequest) -> None:
        source = self._sources.register(request)
        shell, probes, channel = self._prebuilt.shell, self._prebuilt.probes, self._channel
        channel.cell = shell.cell = request.cell
        self._raw_order.cell_starts()
        # Out before the learner's code can end this process.
        channel.emit(CellStarted(cell=request.cell, source=request.source), now=True)
        if self._spec.probes:
            with self._failures_shown():
                probes.cell_started(request.cell, source.filename, source.first_line, record=request.record)
        if self._grader is not None:
            self._grader.cell_starts(source.filename)
        put_back = self._put_back
        outcome = self._cells.run(source)
        put_back()
        if os.getpid() != self._pid:
            # A process forked by the cell ran off its end.
            self._end_forked(outcome)
        finished = finished_event(request.cell, source.filename, outcome, self._tracebacks)
        if isinstance(outcome.exception, SystemExit) and isinstance(outcome.exception.code, str):
            sys.stderr.write(outcome.exception.code + "\n")
        # Inline figures are drawn here.
        shell.events.trigger("post_execute")
        if shell.widget_texts is not None:
            shell.widget_texts.cell_ends()
        if self._spec.probes:
            with self._failures_shown():
                if finished.status == "error" and outcome.exception is not None:
                    probes.cell_failed(outcome.exception)
                probes.cell_finished()
        channel.emit(msgspec.structs.replace(finished, time=time.time()))
        channel.cell = shell.cell = None

    def _judge(self, request: requests.CheckExerciseRequest) -> None:
        assert self._grader is not None
        self._channel.emit(self._grader.judge(request, self._put_back))
        self._channel.flush()
        # Nothing that the learner's code left for the end of the process is to run.
        _exit(0)

    def _end_forked(self, outcome: Outcome) -> None:
        status = 0
        if isinstance(outcome.exception, SystemExit):
            status = exit_status(outcome.exception)
        elif outcome.exception is not None:
            traceback.print_exception(outcome.exception)
            status = 1
        sys.stdout.flush()
        sys.stderr.flush()
        _exit(status)

    @contextmanager
    def _failures_shown(self) -> Iterator[None]:
        """A probe that fails costs what it would have told, not the session."""
        try:
            yield
        except Exception:
            sys.stderr.write(traceback.format_exc())

    def _write_traceback(self, exception: BaseException) -> None:
        sys.stderr.write("".join(self._tracebacks.lines(exception)))

    def _show_thread_error(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is None or isinstance(arguments.exc_value, SystemExit):
            return
        thread = arguments.thread.name if arguments.thread is not None else "?"
        sys.stderr.write(messages.text("client.thread_error", thread=thread) + "\n")
        self._write_traceback(arguments.exc_value)


def run_session(
    prebuilt: Prebuilt,
    spec: SessionSpec,
    descriptors: SessionDescriptors,
    parent: int | None = None,
    kernel: Kernel | None = None,
) -> None:
    """Makes this process, which ran no operation yet, a session and serves until it is asked to end.

    With ``parent`` (the process that forked this one) the session dies with it; else it ends where the channel does.
    ``kernel`` says which of the sandbox's mechanisms are used; all there are where None.
    """
    if os.getsid(0) != os.getpid():
        os.setsid()
    if parent is not None:
        forking.die_with(parent)
    for pipe, standard in ((descriptors.stdout, 1), (descriptors.stderr, 2)):
        os.dup2(pipe, standard)
        os.close(pipe)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    Session(prebuilt, spec, socket.socket(fileno=descriptors.channel), parent, kernel).serve()


def _nothing() -> None:
    """What there is to put back after a cell of an ordinary session."""
