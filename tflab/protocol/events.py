"""What a session says happened: the public event types of ``tflab run --events``.

Every event carries ``cell`` (0-based index of the code cell it belongs to, or None) and ``time`` (Unix seconds).
Units: bytes, seconds, degrees Celsius, fractions from 0 to 1. Non-finite floats are plain floats here and in the
binary channel; only the JSON Lines form writes them as the strings ``"nan"``, ``"inf"``, ``"-inf"``
(`tflab.protocol.codec.to_json_line`).

The tag of a type in the channel and in JSON is its name in snake case: ``CellStarted`` is ``cell_started``.
"""

from __future__ import annotations

import re
import time
from typing import Literal

import msgspec

Isolation = Literal["full", "good", "files", "limits", "none"]
CellStatus = Literal["ok", "error", "interrupted", "timeout", "killed"]
StreamName = Literal["stdout", "stderr"]
MetricSource = Literal["tape", "keras", "summary", "log"]
MetricScope = Literal["step", "epoch"]
EffectKind = Literal["print", "changed", "added", "random"]
Severity = Literal["error", "warning"]


def snake_case(name: str) -> str:
    """``CellStarted`` -> ``cell_started``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an event; frozen, so that it can cross threads."""


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag=snake_case):
    """Something that happened in a session."""

    cell: int | None = None
    """0-based index of the code cell it belongs to; None outside any cell."""
    time: float = msgspec.field(default_factory=time.time)
    """Unix seconds, when it happened (for batches: when the batch was closed)."""


# --- the session's life ------------------------------------------------------------------------------------------


class Device(Record, frozen=True, kw_only=True):
    """One device. What is not known is None."""

    name: str
    """``CPU``, ``GPU:0``, as TensorFlow numbers it; the machine's own CPU is ``CPU``."""
    kind: str
    """``cpu``, ``gpu``, ``tpu``, ``logical_cpu``, ...; ``process`` for the session's own process."""
    description: str = ""
    """The model, for people: ``NVIDIA H200``, ``16 cores``."""
    memory_used: int | None = None
    memory_peak: int | None = None
    memory_total: int | None = None
    memory_reserved: int | None = None
    """Of ``memory_used`` what the lab's sessions have taken from the card, whether tensors are in it or not."""
    utilization: float | None = None
    """0 to 1."""
    temperature: float | None = None
    """Degrees Celsius."""
    power: float | None = None
    """Watts."""


class SessionReady(Event, frozen=True, kw_only=True):
    """The session can run cells; sent once, first."""

    tensorflow: str
    keras: str
    python: str
    isolation: Isolation
    """Measured in this session, not promised."""
    isolation_details: tuple[str, ...] = ()
    """What is missing for ``full``, a short phrase each."""
    devices: tuple[Device, ...] = ()
    pid: int = 0


class ProbeDisabled(Event, frozen=True, kw_only=True):
    """A probe cannot work on this TensorFlow; its panel shows why instead of staying empty."""

    probe: str
    """``tape``, ``traces``, ``graphs``, ``tensors``, ``metrics``, ``devices``."""
    reason: str


class HeartbeatAnswered(Event, frozen=True, kw_only=True):
    """The session's reader thread is alive (`PingRequest`)."""

    sequence: int


# --- cells -------------------------------------------------------------------------------------------------------


class CellStarted(Event, frozen=True, kw_only=True):
    """A cell began to run."""

    source: str


class StreamWritten(Event, frozen=True, kw_only=True):
    """Text written to stdout or stderr, in order.

    What subprocesses and C libraries write to descriptors 1 and 2 belongs to it: each stream is in order, while which
    of two streams such text came to first is known to some milliseconds.
    """

    name: StreamName
    text: str


class ResultShown(Event, frozen=True, kw_only=True):
    """A result or something displayed: a mimebundle, binary parts in base64, ``text/plain`` always there."""

    mime: dict[str, str]
    display_id: str | None = None
    update: bool = False
    """True where this replaces an earlier display of the same ``display_id``."""
    is_result: bool = False
    """True for the value of a cell's last expression, False for what ``display()`` shows."""


class OutputCleared(Event, frozen=True, kw_only=True):
    """``clear_output()``: what the cell showed so far goes (with ``wait``, when the next output comes)."""

    wait: bool


class CellError(Record, frozen=True, kw_only=True):
    """The exception that ended a cell."""

    name: str
    """The class: ``ValueError``."""
    message: str
    line: int | None
    """1-based line of the learner's code that it came from: in the file for a ``.py``, else in the cell."""
    traceback: str
    """For people: the learner's own frames, without colour codes."""


class CellFinished(Event, frozen=True, kw_only=True):
    """A cell ended. Every event of the cell comes before it."""

    status: CellStatus
    seconds: float
    error: CellError | None = None
    exit_status: int | None = None
    """What ``sys.exit(n)`` asked for; None where the cell did not exit."""


class InputRequested(Event, frozen=True, kw_only=True):
    """The cell waits in ``input()`` or ``getpass()`` for an `AnswerInputRequest`."""

    prompt: str
    secret: bool


# --- what the probes saw -----------------------------------------------------------------------------------------


class TensorRecord(Record, frozen=True, kw_only=True):
    """A name in the learner's namespace and what it holds. Statistics are None where there are none."""

    name: str
    kind: str
    """``tensor``, ``variable``, ``keras_variable``, ``ragged``, ``sparse``, ``string``, ``dataset``, ``model``, ..."""
    shape: tuple[int | None, ...] | None = None
    """None for an axis of unknown length; None as a whole for an unknown rank or a thing without a shape."""
    dtype: str | None = None
    device: str | None = None
    bytes: int | None = None
    min: float | None = None
    max: float | None = None
    mean: float | None = None
    std: float | None = None
    nan: int | None = None
    """How many of the examined elements are NaN."""
    inf: int | None = None
    """How many of the examined elements are infinite, of either sign."""
    zeros: int | None = None
    negative: int | None = None
    """How many of the examined elements are below zero, minus infinity not among them."""
    negative_inf: int | None = None
    """How many of ``inf`` are minus infinity."""
    histogram: tuple[int, ...] = ()
    """How many of the finite examined elements lie in each of equally wide bins from ``min`` to ``max``."""
    sampled: bool = False
    """True where the statistics come from a sample of ``examined`` elements."""
    examined: int | None = None
    changed: bool = False
    """True where the value differs from the last time it was recorded, or is new."""
    preview: str = ""
    """One short line for people: the value of a scalar, the first elements, what a dataset is made of."""


class TensorsRecorded(Event, frozen=True, kw_only=True):
    """The tensors of the learner's namespace: after each cell, and while one runs at most 4 times a second."""

    tensors: tuple[TensorRecord, ...]


class Site(Record, frozen=True, kw_only=True):
    """A place in the learner's code."""

    file: str
    line: int
    """1-based; counts as `CellError.line` does."""
    call: int = 0
    """Which of the calls on that line, from 0: a line may take two gradients."""


class SideEffect(Record, frozen=True, kw_only=True):
    """Something that Python did while a function was being traced: it does not happen again when the graph runs."""

    kind: EffectKind
    """``print``: text was printed; ``added``: a list, dictionary, set or the like has another length; ``changed``: a
    name or attribute holds another value; ``random``: Python's or NumPy's random numbers were drawn."""
    name: str
    """What it happened to: ``history``, ``self.steps``, ``config['rate']``, ``numpy.random``; empty for a print."""
    detail: str = ""
    """One short line for people: the text printed, ``3 became 4``."""
    file: str = ""
    line: int | None = None
    """Where in the learner's code; None where that cannot be told."""


class FunctionTraced(Event, frozen=True, kw_only=True):
    """A tf.function was traced."""

    function: str
    """Its qualified name."""
    line: int | None
    """Where it is defined; 1-based, counts as `CellError.line` does."""
    ordinal: int
    """1 for the first trace of this function object."""
    cause: str
    """``first``, ``shape``, ``rank``, ``dtype``, ``python_value``, ``python_type``, ``structure``, ``object``,
    ``new_function``, ``context``, ..."""
    reason: str
    """One sentence: what differed from the closest earlier trace."""
    fix: str
    """One sentence: how to avoid it; empty where there is nothing to mend."""
    signature: str
    milliseconds: float
    operations: int
    file: str = ""
    site: Site | None = None
    """Where it was called from."""
    effects: tuple[SideEffect, ...] = ()
    """What happened only because it was traced."""


class MetricsLogged(Event, frozen=True, kw_only=True):
    """Values of one metric, every step of it; batched at will, never dropped for a slow reader."""

    name: str
    steps: tuple[int, ...]
    values: tuple[float, ...]
    source: MetricSource
    scope: MetricScope
    missed: int = 0
    """Steps overwritten in a ring before they were read, before ``steps[0]``."""
    site: Site | None = None
    """The gradient call, for ``source`` tape: two call sites are two curves of one name."""
    after_step: int | None = None
    """For epochs: how many steps the losses of the training had at its end; None where that is not known."""


class DevicesSampled(Event, frozen=True, kw_only=True):
    """Devices as of now."""

    devices: tuple[Device, ...]
    origin: Literal["machine", "tensorflow"] = "machine"
    """Who measured: the lab (psutil, NVML), or TensorFlow's own allocator in the session."""
    reason: str = ""
    """Why there is no GPU among them, one line for people; empty where there is one."""


class ProblemEdit(Record, frozen=True, kw_only=True):
    """A mend that can be made without thinking: on ``line``, ``old`` becomes ``new``."""

    line: int
    """1-based; counts as `CellError.line` does."""
    old: str
    """A part of the line, as it was when the problem was found."""
    new: str


class ProblemFound(Event, frozen=True, kw_only=True):
    """Something is wrong, in the learner's own names, and how to mend it."""

    code: str
    cause: str | None
    severity: Severity
    line: int | None
    """1-based; counts as `CellError.line` does."""
    message: str
    """One sentence: what is wrong."""
    fix: str
    """One sentence: what to write instead."""
    lesson: str | None = None
    """The name of the lesson that teaches it."""
    file: str = ""
    """Where ``line`` counts: a file or ``<cell 3>``, as in `Site`."""
    evidence: str = ""
    """What showed it; empty where the message says that already."""
    edit: ProblemEdit | None = None
    """Where the mend is mechanical."""
    unexplained: bool = False
    """Whether the operation to blame is not known for certain; a recorded run of the cell would name it."""


# --- exercises ---------------------------------------------------------------------------------------------------


class Evidence(Record, frozen=True, kw_only=True):
    """One claim of a check and what the run showed."""

    claim: str
    held: bool
    observed: str


class CheckFinished(Event, frozen=True, kw_only=True):
    """An exercise was checked."""

    exercise: str
    passed: bool
    evidence: tuple[Evidence, ...]
    token: str = ""
    """The secret of the `CheckExerciseRequest` that it answers; empty once the lab has compared it."""


# --- editing help ------------------------------------------------------------------------------------------------


class Completion(Record, frozen=True, kw_only=True):
    """One name that could stand here."""

    name: str
    detail: str = ""
    """``float32 (32, 10)`` for a tensor, the kind of thing otherwise."""


class CompletionsOffered(Event, frozen=True, kw_only=True):
    """The answer to a `CompleteRequest`."""

    request_id: int
    start: int
    """Offset in the source where the completed word begins."""
    completions: tuple[Completion, ...]
