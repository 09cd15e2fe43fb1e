"""What a session says of tf.functions beside `FunctionTraced`: their graphs, their calls, and what they go by."""

from __future__ import annotations

from typing import Literal

from tflab.protocol.events import Event, Record, Site

StatementKind = Literal["if", "for", "while"]


class CaptureOutdated(Event, frozen=True, kw_only=True):
    """A tf.function ran with the value that something outside of it had when it was traced; it has another by now.

    Told once a run of a cell for each value of each name.
    """

    function: str
    file: str
    line: int | None
    """Where the function is defined."""
    name: str
    """What it reads: ``scale``, ``self.rate``, ``config['rate']``."""
    traced: str
    """What it held when the function was traced, for people."""
    current: str
    """What it held when the function was called."""
    site: Site | None = None
    """The call."""


class FunctionCalls(Record, frozen=True, kw_only=True):
    """How often the tf.functions made of one piece of code were called from eager code."""

    function: str
    file: str
    line: int | None
    calls: int
    """All calls so far."""
    hits: int
    """Of these, the calls that an earlier trace served."""


class CallsCounted(Event, frozen=True, kw_only=True):
    """Counts that have changed: at most twice a second, and at the end of a cell."""

    functions: tuple[FunctionCalls, ...]


class TracedStatement(Record, frozen=True, kw_only=True):
    """An ``if``, ``for`` or ``while`` of a function, and what became of it while the function was traced."""

    line: int
    """1-based; counts as `CellError.line` does."""
    kind: StatementKind
    graph: int = 0
    """How often it was built into the graph."""
    python: int = 0
    """How often Python ran it: then the graph holds what it led to, and nothing of the statement."""
    iterations: int = 0
    """For loops that Python ran: how often the body was built into the graph, over all times."""
    taken: int = 0
    """For an ``if`` that Python ran: how often its condition was true."""


class TracedSource(Record, frozen=True, kw_only=True):
    """One of the learner's functions that a trace went through."""

    name: str
    file: str
    line: int
    """Of the first line of ``source``, in the file."""
    source: str
    generated: str = ""
    """What AutoGraph made of it; empty where AutoGraph left it as it is."""
    origins: tuple[int, ...] = ()
    """For each line of ``generated`` the line of the file that it came from; 0 where it came from none."""
    statements: tuple[TracedStatement, ...] = ()


class GraphOperation(Record, frozen=True, kw_only=True):
    """One operation of a graph."""

    name: str
    type: str
    inputs: tuple[str, ...] = ()
    """The operations whose outputs it takes."""
    output: str = ""
    """Dtype and shape of what it gives: ``float32 (32, 10)``, several separated by commas."""
    device: str = ""
    """Where it was placed by the learner; empty where TensorFlow decides."""
    within: str = ""
    """The part of the graph that it is in: empty for the graph proper, else ``while:body`` and the like, from outside
    to inside, separated by ``/``."""
    file: str = ""
    line: int | None = None
    """The line of the learner's that made it."""


class GraphBuilt(Event, frozen=True, kw_only=True):
    """What a trace made: the learner's code, AutoGraph's, and the operations. Of a function that is traced many times
    in a short time, the latest only."""

    function: str
    file: str
    line: int | None
    ordinal: int
    """As in `FunctionTraced`, which tells of the same trace."""
    sources: tuple[TracedSource, ...]
    """The function itself first, then those that it called and AutoGraph converted."""
    operations: tuple[GraphOperation, ...]
    """In the order in which they were made, those of a branch or a loop's body after the operation that holds them."""
    omitted: int = 0
    """Operations beyond those listed."""
