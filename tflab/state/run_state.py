"""Everything that is known of the session and of what ran in it; see `RunState.apply`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from tflab.messages import text
from tflab.protocol.editing_help import NameDescribed
from tflab.protocol.events import (
    CellError,
    CellFinished,
    CellStarted,
    CellStatus,
    CompletionsOffered,
    DevicesSampled,
    Event,
    FunctionTraced,
    InputRequested,
    MetricsLogged,
    OutputCleared,
    ProbeDisabled,
    ProblemFound,
    ResultShown,
    SessionReady,
    StreamWritten,
    TensorsRecorded,
)
from tflab.protocol.gradient_events import GradientsRecorded
from tflab.protocol.lifecycle import InterruptOverdue, Lifecycle, SessionEnded, SessionStarting
from tflab.protocol.loop_progress import LoopProgressed
from tflab.protocol.operation_events import OperationsRecorded
from tflab.protocol.pictures import PictureReduced
from tflab.protocol.server import ServerEvent, ServerFailed, ServerProgressed, ServerReady
from tflab.protocol.steering import KnobRefused, KnobsOffered, KnobTurned, LoopPaused, LoopResumed
from tflab.protocol.tensor_looks import TensorMeasured, TensorRead
from tflab.protocol.trace_events import CallsCounted, CaptureOutdated, GraphBuilt
from tflab.state.curves import Curves
from tflab.state.devices import Devices
from tflab.state.gradients import GradientSites
from tflab.state.graphs import Graphs
from tflab.state.loop import Loop
from tflab.state.operations import Operations
from tflab.state.output import OutputStore
from tflab.state.problems import Problems
from tflab.state.progress import Progress
from tflab.state.tensors import Tensors
from tflab.state.terminal_text import plain
from tflab.state.timeline import Timeline

LabEvent = Event | Lifecycle | ServerEvent
Phase = Literal["loading", "starting", "idle", "running", "interrupting", "failed"]
"""``loading``: TensorFlow is being imported; ``starting``: a session is being forked; ``failed``: none can ever be."""
StepStatus = Literal["fresh", "queued", "running"] | CellStatus


@dataclass(frozen=True)
class Loading:
    """How far the import of TensorFlow is."""

    fraction: float = 0.0
    stage: str = ""


@dataclass
class StepRun:
    """What became of one step of the document."""

    status: StepStatus = "fresh"
    error: CellError | None = None


class RunState:
    """The session, its cells and what its probes saw.

    Slices that panels draw (``output``, ``tensors``, ``gradients``, ``timeline``, ``graphs``, ``curves``, ``devices``,
    ``operations``, ``problems``, ``loop``) carry a ``version`` that changes with every change; ``version`` is that of
    all the rest.
    """

    def __init__(self) -> None:
        self.version = 0
        self.phase: Phase = "loading"
        self.loading = Loading()
        self.failure = ""
        """Why no session can be started; empty otherwise."""
        self.session: SessionReady | None = None
        self.running: int | None = None
        """The step that runs."""
        self.started = 0.0
        """When it began, Unix seconds."""
        self.input: InputRequested | None = None
        self.overdue: float | None = None
        """Seconds that an interrupt has had no effect; None where none is overdue."""
        self.steps: dict[int, StepRun] = {}
        self.armed: set[int] = set()
        """The steps whose next run is to be recorded: a problem of theirs waits for its operation, in a new session,
        too."""
        self.last_error: tuple[int, CellError] | None = None
        """Step and error of the last cell that failed; None once any cell runs again."""
        self.disabled: dict[str, str] = {}
        """Why a probe does not work, by its name."""
        self.completions: CompletionsOffered | None = None
        """The session's last answer to the editor, until it is taken."""
        self.described: NameDescribed | None = None
        self.progress = Progress()
        """How far the running cell has come."""
        self.output = OutputStore()
        self.devices = Devices()
        self.tensors = Tensors()
        self.gradients = GradientSites()
        self.timeline = Timeline()
        self.graphs = Graphs()
        self.curves = Curves()
        self.operations = Operations()
        self.problems = Problems()
        self.loop = Loop()
        self._fresh_session = False
        self._apply: dict[type[Any], Callable[[Any], None]] = {
            ServerProgressed: self._server_progressed,
            ServerReady: self._server_ready,
            ServerFailed: self._server_failed,
            SessionStarting: self._session_starting,
            SessionReady: self._session_ready,
            SessionEnded: self._session_ended,
            ProbeDisabled: self._probe_disabled,
            InterruptOverdue: self._interrupt_overdue,
            CellStarted: self._cell_started,
            StreamWritten: self._stream_written,
            LoopProgressed: self._loop_progressed,
            PictureReduced: lambda event: self.output.picture(event.width, event.height, event.pixels),
            ResultShown: self._result_shown,
            OutputCleared: self._output_cleared,
            CellFinished: self._cell_finished,
            InputRequested: self._input_requested,
            TensorsRecorded: self._tensors_recorded,
            GradientsRecorded: self._gradients_recorded,
            FunctionTraced: self._function_traced,
            CaptureOutdated: self._capture_outdated,
            CallsCounted: self._calls_counted,
            GraphBuilt: self._graph_built,
            MetricsLogged: self._metrics_logged,
            DevicesSampled: self._devices_sampled,
            ProblemFound: self._problem_found,
            CompletionsOffered: self._completions_offered,
            NameDescribed: self._name_described,
            OperationsRecorded: self._operations_recorded,
            TensorRead: self._tensor_asked,
            TensorMeasured: self._tensor_asked,
            LoopPaused: self._loop_paused,
            LoopResumed: self._loop_resumed,
            KnobsOffered: self._knobs_offered,
            KnobTurned: self._knob_turned,
            KnobRefused: self._knob_refused,
        }

    def apply(self, event: LabEvent) -> None:
        """Makes ``event`` part of the state. Events that say nothing to see change nothing."""
        change = self._apply.get(type(event))
        if change is not None:
            change(event)

    # --- what the lab itself does -------------------------------------------------------------------------------

    def step(self, index: int) -> StepRun:
        """What became of step ``index``."""
        return self.steps.get(index) or StepRun()

    def queue(self, index: int) -> None:
        """Step ``index`` waits for its turn."""
        if self.step(index).status != "running":
            self.steps[index] = StepRun("queued")
            self.version += 1

    def drop_queue(self) -> None:
        """No step waits any more."""
        for index, run in list(self.steps.items()):
            if run.status == "queued":
                del self.steps[index]
        self.version += 1

    def interrupting(self) -> None:
        """The running cell was asked to stop."""
        if self.phase == "running":
            self.phase = "interrupting"
        self.drop_queue()

    def answered(self) -> None:
        """The line that the cell waited for was typed."""
        self.input = None
        self.version += 1

    def forget_steps(self) -> None:
        """Another document is shown: its steps have not run."""
        self.steps.clear()
        self.armed.clear()
        self.last_error = None
        self.version += 1

    @property
    def busy(self) -> bool:
        """Whether a cell runs."""
        return self.running is not None

    # --- the server and the session -----------------------------------------------------------------------------

    def _server_progressed(self, event: ServerProgressed) -> None:
        if self.phase == "loading":
            self.loading = Loading(min(1.0, max(0.0, event.fraction)), plain(event.stage))
            self.version += 1

    def _server_ready(self, event: ServerReady) -> None:
        if self.phase == "loading":
            self.phase = "starting"
            self.version += 1

    def _server_failed(self, event: ServerFailed) -> None:
        self.phase = "failed"
        self.failure = plain(event.message)
        self.session = None
        self._no_cell_runs()
        self.drop_queue()
        self.output.note(self.failure)

    def _session_starting(self, event: SessionStarting) -> None:
        if self.phase != "failed":
            self.phase = "starting"
            self.version += 1

    def _session_ready(self, event: SessionReady) -> None:
        self.session = event
        self.phase = "idle"
        self._fresh_session = True
        self.tensors = Tensors(self.tensors.version + 1)
        self.disabled.clear()
        self._no_cell_runs()

    def _session_ended(self, event: SessionEnded) -> None:
        self.session = None
        if self.phase != "failed":
            self.phase = "starting"
        self._no_cell_runs()
        for run in self.steps.values():
            if run.status == "running":
                run.status = "killed"
        self.output.note(plain(event.message))
        if event.reason != "restarted":
            self.output.note(text("ui.output.replay"))
        self.devices.end_session()

    def _probe_disabled(self, event: ProbeDisabled) -> None:
        self.disabled[event.probe] = plain(event.reason)
        self.version += 1

    def _interrupt_overdue(self, event: InterruptOverdue) -> None:
        if self.busy:
            self.overdue = event.seconds
            self.version += 1

    def _no_cell_runs(self) -> None:
        self.running = None
        self.progress = Progress()
        self.input = None
        self.overdue = None
        self.loop.ends()
        self.version += 1

    def _forget_values(self) -> None:
        """What the probes of an earlier session saw goes when the first cell of the next one runs."""
        self.tensors = Tensors(self.tensors.version + 1)
        self.gradients = GradientSites(self.gradients.version + 1)
        self.timeline = Timeline(self.timeline.version + 1)
        self.graphs = Graphs(self.graphs.version + 1)
        self.curves = Curves(self.curves.version + 1)
        self.operations = Operations(self.operations.version + 1)
        self.problems = Problems(self.problems.version + 1)
        self.loop = Loop(self.loop.version + 1)

    # --- cells --------------------------------------------------------------------------------------------------

    def _cell_started(self, event: CellStarted) -> None:
        if self._fresh_session:
            self._fresh_session = False
            self._forget_values()
        self._no_cell_runs()
        self.phase = "running"
        self.running = event.cell
        self.started = event.time
        self.last_error = None
        if event.cell is not None:
            self.steps[event.cell] = StepRun("running")
        self.problems.begin(event.cell)
        self.output.begin(event.cell)
        self.curves.begin(event.cell, event.time)
        self.gradients.begin(event.cell)
        self.tensors.begin()

    def _cell_finished(self, event: CellFinished) -> None:
        self.output.finish(event.status, event.seconds, event.error)
        if event.cell is not None:
            self.steps[event.cell] = StepRun(event.status, event.error)
            if event.error is not None:
                self.last_error = (event.cell, event.error)
            self._arm(event.cell, has_ended=event.status == "ok")
        self._no_cell_runs()
        if self.phase in ("running", "interrupting"):
            self.phase = "idle"

    def _arm(self, cell: int, *, has_ended: bool) -> None:
        """Arms the recorder for the next run of ``cell``, or no longer: where it ran to its end without a question, or
        was recorded and has the answer."""
        if self.problems.has_question(cell):
            self.armed.add(cell)
        elif has_ended or self.operations.answers(cell):
            self.armed.discard(cell)

    def _loop_progressed(self, event: LoopProgressed) -> None:
        if self.busy:
            self.progress.record(event)
            self.version += 1

    def _stream_written(self, event: StreamWritten) -> None:
        self.output.write(event.name, event.text)

    def _result_shown(self, event: ResultShown) -> None:
        self.output.result(event.mime, event.display_id, event.update)

    def _output_cleared(self, event: OutputCleared) -> None:
        self.output.clear(event.wait)

    def _input_requested(self, event: InputRequested) -> None:
        self.input = event
        self.version += 1

    # --- what the probes saw ------------------------------------------------------------------------------------

    def _tensors_recorded(self, event: TensorsRecorded) -> None:
        self.tensors.record(event)

    def _operations_recorded(self, event: OperationsRecorded) -> None:
        self.operations.record(event)

    def _tensor_asked(self, event: TensorRead | TensorMeasured) -> None:
        self.tensors.answer(event)

    def _gradients_recorded(self, event: GradientsRecorded) -> None:
        self.gradients.record(event)

    def _function_traced(self, event: FunctionTraced) -> None:
        self.timeline.record(event)
        self.graphs.note_trace(event)

    def _capture_outdated(self, event: CaptureOutdated) -> None:
        self.timeline.note_outdated(event)

    def _calls_counted(self, event: CallsCounted) -> None:
        self.timeline.count(event)

    def _graph_built(self, event: GraphBuilt) -> None:
        self.graphs.record(event)

    def _metrics_logged(self, event: MetricsLogged) -> None:
        self.curves.log(event)

    def _devices_sampled(self, event: DevicesSampled) -> None:
        self.devices.sample(event)

    def _problem_found(self, event: ProblemFound) -> None:
        self.problems.record(event)

    def _loop_paused(self, event: LoopPaused) -> None:
        self.loop.waits(event)
        self.version += 1

    def _loop_resumed(self, event: LoopResumed) -> None:
        self.loop.runs()
        self.version += 1

    def _knobs_offered(self, event: KnobsOffered) -> None:
        self.loop.offers(event.knobs)

    def _knob_turned(self, event: KnobTurned) -> None:
        self.loop.turned(event)
        key = "ui.loop.turned" if event.site is None else "ui.loop.turned_at"
        change = {"before": f"{event.before:g}", "after": f"{event.after:g}"}
        self.output.note(text(key, name=plain(event.name), step=f"{event.step:,}", **change))

    def _knob_refused(self, event: KnobRefused) -> None:
        self.output.note(text("ui.loop.refused", name=plain(event.name), reason=plain(event.reason)))

    def _completions_offered(self, event: CompletionsOffered) -> None:
        self.completions = event
        self.version += 1

    def _name_described(self, event: NameDescribed) -> None:
        self.described = event
        self.version += 1
