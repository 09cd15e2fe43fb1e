"""What eager code computed inside a tape's block, kept the first time that the block runs.

A gradient that is None can then be explained by the way from the source to the target, and at the very first step.
Later runs of the same block are not recorded: recording makes a step a little slower.
"""

from __future__ import annotations

import ast
import contextlib
import linecache
import sys
import threading
from types import FrameType, ModuleType
from typing import Any, Final, NamedTuple

import numpy as np
import tensorflow as tf
from tensorflow.python.eager import record
from tensorflow.python.framework import op_callbacks, ops
from tensorflow.python.ops.gen_resource_variable_ops import read_variable_op

from tflab.session.probes import user_site
from tflab.session.probes.gradient_cut import cut_by
from tflab.session.probes.quiet import is_quiet

_MOST_OPERATIONS: Final = 20_000
_CONVERTERS: Final = frozenset({"numpy", "item", "tolist", "__array__", "numpy_function", "py_func"})
_PYTHON_NUMBERS: Final = frozenset({"float", "int", "bool"})


class _Made(NamedTuple):
    """How a tensor came about."""

    inputs: tuple[int, ...]
    cut: str | None


class TrailStep(NamedTuple):
    """One operation, kept so that an id never comes to mean another tensor."""

    kind: str
    inputs: tuple[Any, ...]
    outputs: tuple[Any, ...]
    place: tuple[str, int] | None
    """File and line of the learner's statement that ran it."""
    function: Any = None
    """The AtomicFunction that was called; None for an operation."""


class TapeTrail:
    """The operations of one block, from `start` to `stop`."""

    def __init__(self, frame: FrameType) -> None:
        """``frame`` is the learner's code at the ``with`` statement."""
        self.file = frame.f_code.co_filename
        """As Python names it."""
        self.line = frame.f_lineno
        """Of the ``with`` statement."""
        self._globals = frame.f_globals
        self._made: dict[int, _Made] = {}
        self._reads: list[Any] = []
        self.steps: list[TrailStep] = []
        """Oldest first."""
        self.first = self._last = 0
        """TensorFlow's count of tensors when the block began and ended."""
        self._is_recording = False
        self._thread = threading.get_ident()

    def start(self) -> None:
        """The block begins, in this thread."""
        self.first = ops.uid()
        op_callbacks.add_op_callback(self._note)
        self._is_recording = True

    def stop(self) -> None:
        """The block ends."""
        if self._is_recording:
            self._is_recording = False
            self._last = ops.uid()
            # Where another thread began the block, the callback is that thread's, and ends with it.
            with contextlib.suppress(KeyError):
                op_callbacks.remove_op_callback(self._note)

    def forget(self) -> None:
        """Lets go of the tensors."""
        self.stop()
        self._made.clear()
        self._reads.clear()
        self.steps.clear()

    @property
    def is_cut_short(self) -> bool:
        """Whether the block had more operations than are kept."""
        return len(self.steps) > _MOST_OPERATIONS

    # TensorFlow calls it with these names.
    def _note(
        self, op_type: Any, inputs: Any, attrs: Any, outputs: Any, op_name: Any = None, graph: Any = None
    ) -> None:
        kind = op_type.decode() if isinstance(op_type, bytes) else str(op_type)
        # Calls of functions come here only where they cannot be cancelled.
        if graph is None and not is_quiet() and not kind.startswith("__"):
            self._add(TrailStep(kind, tuple(inputs), tuple(outputs), user_site.eager_place(sys._getframe(1))))

    def note_call(self, function: Any, inputs: Any, outputs: Any, caller: FrameType) -> None:
        """``function`` (an AtomicFunction) was called, in any thread."""
        if self._is_recording and threading.get_ident() == self._thread:
            place = user_site.eager_place(caller)
            self._add(TrailStep(function.name.decode(), tuple(inputs), tuple(outputs), place, function))

    def _add(self, step: TrailStep) -> None:
        if self.is_cut_short:
            return
        self.steps.append(step)
        ids = tuple(map(id, step.inputs))
        for output in step.outputs:
            self._made[id(output)] = _Made(ids, cut_by(step.kind, output.dtype))

    def cause(self, targets: list[Any], source: Any) -> str | None:
        """Why no gradient flows from ``targets`` to ``source``, which is a variable or a tensor of the right kind."""
        if self.is_cut_short:
            return None
        wanted = self.stand_ins(source)
        cuts = self._cuts(targets, wanted)
        if cuts:
            # A way without a cut would have had a gradient, had the tape been asked in the usual way.
            return next((cut for cut in cuts if cut is not None), None)
        assigned = [step.inputs[1] for step in self.steps if step.kind.startswith("Assign") and len(step.inputs) > 1]
        if self._cuts(assigned, wanted):
            # It went into another variable, and no gradient goes through what that holds.
            return None
        made_here = [target for target in targets if id(target) in self._made]
        if not made_here:
            return "left-tensorflow" if all(map(self._is_from_here, targets)) else "outside-tape"
        was_used = any(not wanted.isdisjoint(made.inputs) for made in self._made.values())
        return "left-tensorflow" if was_used and self._leaves_tensorflow() else "unused"

    def leads(self, targets: list[Any], source: Any) -> bool:
        """Whether the variable ``source`` and ``targets`` are connected in the block, by operations that let gradients
        through, whether or not the tape recorded them."""
        return not self.is_cut_short and None in self._cuts(targets, self.stand_ins(source))

    def stand_ins(self, source: Any) -> set[int]:
        """The ids of the tensors that are ``source`` to the operations of the block."""
        if not isinstance(source, tf.Variable):
            return {id(source)}
        return {id(source.handle), *map(id, self.reads_unseen(source))}

    def unexplained(self) -> list[Any]:
        """Tensors that came into being in the block, by no operation, beside others that an operation was given: read
        from a variable, or made of a Python number."""
        found = {
            id(tensor): tensor
            for step in self.steps
            if len(step.inputs) > 1
            for tensor in step.inputs
            if id(tensor) not in self._made and self._is_from_here(tensor) and tensor.dtype.is_floating
        }
        return list(found.values())

    def note_reads(self, tensors: list[Any]) -> None:
        """The tape has ``tensors`` on record, so they are no Python numbers: variables were read."""
        self._reads += tensors

    def reads_unseen(self, variable: Any) -> list[Any]:
        """Tensors that hold what ``variable`` was when an operation was given it as it is: TensorFlow reads it then
        without an operation of its own. Told by shape, type and values, for operations that take nothing else (a
        number beside it may hold the same) and what the tape has on record; the variable must be unchanged since."""
        found: list[Any] = []
        value: Any = None
        alone = [step.inputs[0] for step in self.steps if len(step.inputs) == 1 and step.kind != "Cast"]
        for tensor in (*alone, *self._reads):
            if id(tensor) in self._made or not self._is_from_here(tensor):
                continue
            if tensor.dtype != variable.dtype or tensor.shape != variable.shape:
                continue
            if value is None:
                with record.stop_recording():
                    value = read_variable_op(variable.handle, variable.dtype)._numpy()
            if np.array_equal(tensor._numpy(), value, equal_nan=tensor.dtype.is_floating):
                found.append(tensor)
        return found

    def _cuts(self, targets: list[Any], wanted: set[int]) -> list[str | None]:
        found: list[str | None] = []
        seen: set[tuple[int, str | None]] = set()
        waiting: list[tuple[int, str | None]] = [(id(target), None) for target in targets]
        while waiting:
            tensor, cut = waiting.pop()
            if tensor in wanted:
                found.append(cut)
            elif (tensor, cut) not in seen and tensor in self._made:
                seen.add((tensor, cut))
                made = self._made[tensor]
                waiting += [(source, cut or made.cut) for source in made.inputs]
        return found

    def _is_from_here(self, tensor: Any) -> bool:
        """Whether a tensor that no operation made was made of a Python value inside the block."""
        number = getattr(tensor, "_id", None)
        return number is not None and self.first < number < (self._last or number + 1)

    def _leaves_tensorflow(self) -> bool:
        """Whether the block turns tensors into NumPy's or Python's numbers, as far as its own lines show."""
        try:
            tree = ast.parse("".join(linecache.getlines(self.file)))
        except (SyntaxError, ValueError, RecursionError):
            return False
        blocks = [node for node in ast.walk(tree) if isinstance(node, ast.With) and node.lineno <= self.line]
        blocks = [block for block in blocks if self.line < block.body[0].lineno or block.lineno == self.line]
        return any(self._converts(node) for block in blocks[-1:] for body in block.body for node in ast.walk(body))

    def _converts(self, node: ast.AST) -> bool:
        if not isinstance(node, ast.Call):
            return False
        if isinstance(node.func, ast.Name):
            return node.func.id in _PYTHON_NUMBERS
        root: ast.AST = node.func
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name):
            module = self._globals.get(root.id)
            if isinstance(module, ModuleType) and module.__name__ == "numpy":
                return True
        return isinstance(node.func, ast.Attribute) and node.func.attr in _CONVERTERS
