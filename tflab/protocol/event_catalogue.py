"""Every event that a session can send, and which of them are public."""

from __future__ import annotations

from tflab.protocol.editing_help import NameDescribed
from tflab.protocol.events import (
    CellFinished,
    CellStarted,
    CheckFinished,
    CompletionsOffered,
    DevicesSampled,
    Event,
    FunctionTraced,
    HeartbeatAnswered,
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
from tflab.protocol.loop_progress import LoopProgressed
from tflab.protocol.operation_events import OperationsRecorded
from tflab.protocol.pictures import PictureReduced
from tflab.protocol.steering import KnobRefused, KnobsOffered, KnobTurned, LoopPaused, LoopResumed
from tflab.protocol.tensor_looks import TensorMeasured, TensorRead
from tflab.protocol.trace_events import CallsCounted, CaptureOutdated, GraphBuilt
from tflab.protocol.worker_events import WorkersAwaited, WorkersMet

SessionEvent = (
    SessionReady
    | ProbeDisabled
    | HeartbeatAnswered
    | CellStarted
    | StreamWritten
    | ResultShown
    | OutputCleared
    | CellFinished
    | InputRequested
    | TensorsRecorded
    | GradientsRecorded
    | FunctionTraced
    | CaptureOutdated
    | CallsCounted
    | GraphBuilt
    | MetricsLogged
    | DevicesSampled
    | ProblemFound
    | CheckFinished
    | CompletionsOffered
    | NameDescribed
    | PictureReduced
    | LoopProgressed
    | OperationsRecorded
    | TensorRead
    | TensorMeasured
    | LoopPaused
    | LoopResumed
    | KnobsOffered
    | KnobTurned
    | KnobRefused
    | WorkersAwaited
    | WorkersMet
)
"""Everything a session can send; the decoder accepts nothing else."""

PUBLIC_EVENTS: tuple[type[Event], ...] = (
    SessionReady,
    CellStarted,
    StreamWritten,
    ResultShown,
    CellFinished,
    TensorsRecorded,
    GradientsRecorded,
    FunctionTraced,
    CaptureOutdated,
    CallsCounted,
    GraphBuilt,
    MetricsLogged,
    DevicesSampled,
    OperationsRecorded,
    InputRequested,
    ProblemFound,
    CheckFinished,
    LoopPaused,
    LoopResumed,
    KnobTurned,
    WorkersAwaited,
    WorkersMet,
)
"""What ``--events`` writes."""
