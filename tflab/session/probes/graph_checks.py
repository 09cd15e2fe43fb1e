"""Checks inside graphs: which operation was the first, in the order in which they ran, to make a NaN or an infinity.

Each checked operation has two numbers in a table: at which tick of a common clock its result was first not a number,
and first infinite. A graph's own order of operations that share a resource makes the ticks one sequence.
"""

from __future__ import annotations

import os
import sys
import threading
import weakref
from types import FrameType
from typing import Any, Final, NamedTuple

import numpy as np
import tensorflow as tf
from tensorflow.python.eager import record
from tensorflow.python.framework import ops
from tensorflow.python.framework.func_graph import FuncGraph
from tensorflow.python.ops import control_flow_v2_func_graphs
from tensorflow.python.ops import gen_resource_variable_ops as raw
from tensorflow.python.saved_model import save_context

from tflab.protocol.events import Site
from tflab.protocol.operation_events import NonFiniteFound, NonFiniteKind
from tflab.session.probes import user_site
from tflab.session.probes.added_operations import counted
from tflab.session.probes.journal import Journal
from tflab.session.probes.ring import make_resource

_MOST_CHECKS: Final = 1 << 15
_NEVER: Final = float("inf")
_COLUMNS: Final[dict[NonFiniteKind, int]] = {"nan": 0, "inf": 1}
_UNCHECKED: Final = frozenset(
    {
        "BroadcastTo",
        "ConcatV2",
        "Const",
        "Enter",
        "Exit",
        "ExpandDims",
        "Fill",
        "GatherV2",
        "Identity",
        "IdentityN",
        "LoopCond",
        "Merge",
        "NextIteration",
        "OnesLike",
        "Pack",
        "Pad",
        "PadV2",
        "PartitionedCall",
        "PlaceholderWithDefault",
        "RandomUniform",
        "Reshape",
        "Shape",
        "Slice",
        "Squeeze",
        "StatefulPartitionedCall",
        "StopGradient",
        "StridedSlice",
        "Switch",
        "TensorListGetItem",
        "TensorListPopBack",
        "TensorListReserve",
        "TensorListStack",
        "Tile",
        "Transpose",
        "TruncatedNormal",
        "Unpack",
        "VariableV2",
        "ZerosLike",
    }
)
"""They only pass on what others made, or give what is meant."""

SOURCES: Final = frozenset({"Placeholder", "ReadVariableOp", "ResourceGather", "IteratorGetNext", "OptionalGetValue"})
"""They bring in what was there before."""


_TF_DATA: Final = os.path.join("tensorflow", "python", "data", "")

_PARTS: Final = (
    control_flow_v2_func_graphs.CondBranchFuncGraph,
    control_flow_v2_func_graphs.WhileBodyFuncGraph,
    control_flow_v2_func_graphs.WhileCondFuncGraph,
)


class _Check(NamedTuple):
    operation: Any
    graph: Any
    place: tuple[str, int] | None


class GraphChecks:
    """The checks of one recording."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._checks: list[_Check] = []
        self._table: Any = None
        self._clock: Any = None
        self._graphs: weakref.WeakKeyDictionary[Any, bool] = weakref.WeakKeyDictionary()
        """Those that were seen, and whether they take checks."""
        self._given: dict[int, Any] = {}
        """What functions are given, by identity."""
        self._lock = threading.Lock()

    @property
    def count(self) -> int:
        """Operations that are checked."""
        return len(self._checks)

    def add(self, outputs: Any) -> None:
        """Checks the operation that was just made, with these ``outputs``, and before it what it is given from outside
        of its function."""
        if not outputs or save_context.in_save_context():
            return
        operation = outputs[0].op
        graph = operation.graph
        if not isinstance(graph, FuncGraph) or not self._may_check(graph):
            return
        for given in operation.inputs:
            if given.op.type == "Placeholder" and id(given) not in self._given:
                self._given[id(given)] = given
                self._check(given.op, graph)
        if operation.type not in _UNCHECKED:
            self._check(operation, graph)

    def _may_check(self, graph: Any) -> bool:
        """Whether a graph takes operations of ours. Branches and loops do not, and are checked as a whole: their
        gradients keep account of all that they capture. tf.data's workers run its functions ahead of the program, on
        whatever device."""
        known = self._graphs.get(graph)
        if known is None:
            around = graph
            known = not _is_of_tf_data(sys._getframe(1))
            while known and isinstance(around, FuncGraph):
                known = not isinstance(around, _PARTS)
                around = around.outer_graph
            self._graphs[graph] = known
        return known

    def _check(self, operation: Any, graph: Any) -> None:
        outputs = [output for output in operation.outputs if output.dtype.is_floating]
        if not outputs or len(self._checks) >= _MOST_CHECKS:
            return
        with self._lock:
            if self._table is None:
                with tf.init_scope():
                    # Ticks as float64: GPUs find the least of those, not of integers, and they count exactly.
                    self._table = make_resource([_MOST_CHECKS, 2], tf.float64, _NEVER)
                    self._clock = make_resource([], tf.float64, 0)
            number = len(self._checks)
            # A replica of a strategy is traced in a thread of its own, below which the learner's code is not seen.
            is_aside = threading.current_thread() is not threading.main_thread()
            self._checks.append(_Check(operation, graph, user_site.traced_place() if is_aside else None))
        with counted(graph), record.stop_recording(), graph.as_default(), ops.name_scope("tflab/"):
            is_nan = [tf.reduce_any(tf.math.is_nan(output)) for output in outputs]
            is_infinite = [tf.reduce_any(tf.math.is_inf(output)) for output in outputs]
            faults = tf.stack([tf.reduce_any(is_nan), tf.reduce_any(is_infinite)])
            raw.assign_add_variable_op(self._clock, tf.constant(1.0, tf.float64))
            tick = raw.read_variable_op(self._clock, tf.float64)
            ticks = tf.where(faults, tick, tf.constant(_NEVER, tf.float64))
            raw.resource_scatter_min(self._table, tf.constant(number, tf.int32), ticks)

    def first(self, kind: NonFiniteKind) -> NonFiniteFound | None:
        """The first operation so far whose result was so; None where there is none."""
        if self._table is None:
            return None
        ticks = np.asarray(raw.read_variable_op(self._table, tf.float64).numpy())[: self.count, _COLUMNS[kind]]
        at = int(ticks.argmin()) if ticks.size else 0
        if not ticks.size or ticks[at] == _NEVER:
            return None
        operation, graph, place = self._checks[at]
        return NonFiniteFound(
            kind=kind,
            operation=str(operation.type),
            site=self._site(operation, place),
            function=str(graph.name),
            is_gradient="gradient_tape/" in operation.name,
            came_in=operation.type in SOURCES,
            inputs=tuple(map(_described, operation.inputs)),
            output=_described(operation.outputs[0]),
        )

    def _site(self, operation: Any, place: tuple[str, int] | None) -> Site | None:
        for entry in reversed(operation.traceback):
            if user_site.is_learners(entry.filename):
                place = entry.filename, entry.lineno
                break
        return None if place is None else self._journal.cells.traced_place(*place).site


def _is_of_tf_data(frame: FrameType | None) -> bool:
    """Whether tf.data makes the graph that an operation was added to."""
    while frame is not None:
        if _TF_DATA in frame.f_code.co_filename:
            return True
        frame = frame.f_back
    return False


def _described(tensor: Any) -> str:
    shape = "?" if tensor.shape.rank is None else tuple(tensor.shape.as_list())
    return f"{tensor.dtype.name} {shape}"
