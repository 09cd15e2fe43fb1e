"""The operation recorder: what one run of a cell computed, operation by operation, and where NaN began.

Only a cell that is run for it is recorded; every other one runs as ever. Eager operations are listed and their results
looked at where they lie. Functions are traced once more for the recording, with checks in their graphs.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, Final, NamedTuple

import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context
from tensorflow.python.eager.polymorphic_function import function_context
from tensorflow.python.framework import op_callbacks
from tensorflow.python.framework.ops import EagerTensor

from tflab.protocol.events import Site
from tflab.protocol.operation_events import NonFiniteFound, NonFiniteKind, OperationRecord, OperationsRecorded
from tflab.session.probes import user_site
from tflab.session.probes.graph_checks import SOURCES, GraphChecks
from tflab.session.probes.journal import Journal
from tflab.session.probes.patching import replaced
from tflab.session.probes.quiet import is_quiet, quiet
from tflab.session.probes.recorded_scope import RecordedScope
from tflab.session.probes.tensor_values import short_device, view

_MOST_ROWS: Final = 2000
_FUNCTION_NAME: Final = re.compile(r"^__(?:inference|forward|backward)_(?P<name>.*?)(?:_\d+)*$")
_MEANT: Final = frozenset({"Const", "Fill", "EagerConst"})
"""What is written down is meant."""


class _Key(NamedTuple):
    operation: str
    place: tuple[str, int] | None
    inputs: tuple[Any, ...]
    outputs: tuple[Any, ...]
    device: str


class OperationProbe:
    """Records a run of a cell, where it was asked to."""

    name: Final = "operations"

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._is_wanted = False
        self._recording: _Recording | None = None
        self._number = 0

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Has functions traced apart while a recording is on, for the block."""
        with replaced(function_context, "make_function_context", self._apart):
            yield

    def _apart(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def make_function_context(scope_type: Any = None) -> Any:
            found = original(scope_type)
            recording = self._recording
            if recording is None or not recording.is_here():
                return found
            return found._replace(scope_type=RecordedScope(found.scope_type, recording.number))

        return make_function_context

    def want(self) -> None:
        """The next cell is to be recorded."""
        self._is_wanted = True

    def cell_started(self) -> None:
        """A cell is about to run, in this thread."""
        self._end()
        if self._is_wanted:
            self._is_wanted = False
            self._number += 1
            self._recording = _Recording(self._number, self._journal)
            self._recording.start()

    def poll(self, *, final: bool) -> None:
        """All that there is to tell comes at the cell's end."""

    def cell_finished(self) -> None:
        """The cell has ended: what was recorded is sent."""
        recording = self._recording
        if recording is not None:
            self._end()
            with quiet:
                self._journal.write(recording.told())

    def _end(self) -> None:
        if self._recording is not None:
            self._recording.stop()
            self._recording = None


class _Recording:
    """One run."""

    def __init__(self, number: int, journal: Journal) -> None:
        self.number = number
        self._journal = journal
        self._counts: dict[_Key, int] = {}
        self._total = 0
        self._left_out = 0
        self._spoilt: dict[int, Any] = {}
        """The tensors that are not finite and known to be, by identity; kept, so that an identity stays its own."""
        self._found: dict[NonFiniteKind, NonFiniteFound] = {}
        self._checks = GraphChecks(journal)
        self._patches = ExitStack()
        self._is_on = False

    def start(self) -> None:
        """From here on in this thread."""
        op_callbacks.add_op_callback(self._note)
        # Calls of functions do not come to the callbacks.
        self._patches.enter_context(replaced(context.Context, "call_function", self._watch_calls))
        self._is_on = True

    def stop(self) -> None:
        """No longer."""
        self._is_on = False
        self._patches.close()
        with suppress(KeyError, ValueError):
            op_callbacks.remove_op_callback(self._note)

    def is_here(self) -> bool:
        """Whether the calling thread is being recorded."""
        return self._is_on and not is_quiet() and op_callbacks.should_invoke_op_callbacks()

    def _watch_calls(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def call_function(current: Any, name: str, tensor_inputs: Any, num_outputs: int) -> Any:
            outputs = original(current, name, tensor_inputs, num_outputs)
            if self.is_here():
                self._note(name, tensor_inputs, None, outputs)
            return outputs

        return call_function

    # TensorFlow calls it with these names.
    def _note(
        self, op_type: Any, inputs: Any, attrs: Any, outputs: Any, op_name: Any = None, graph: Any = None
    ) -> None:
        if self._is_on and not is_quiet():
            with quiet:
                try:
                    if graph is None:
                        self._note_eager(op_type, inputs, outputs)
                    else:
                        self._checks.add(outputs)
                except Exception as error:
                    self._journal.note_fault(OperationProbe.name, error)

    def _note_eager(self, op_type: Any, inputs: Any, outputs: Any) -> None:
        kind = op_type.decode() if isinstance(op_type, bytes) else str(op_type)
        place = user_site.eager_place(sys._getframe(2))
        operation = _operation_name(kind)
        device = short_device(outputs[0].device) if outputs else ""
        # The variables of a function, and the recorder's own, are no arguments.
        given = [each for each in inputs if each.dtype != tf.resource] if operation.endswith("()") else inputs
        key = _Key(operation, place, tuple(map(_signature, given)), tuple(map(_signature, outputs)), device)
        self._total += 1
        if key in self._counts or len(self._counts) < _MOST_ROWS:
            self._counts[key] = self._counts.get(key, 0) + 1
        else:
            self._left_out += 1
        if len(self._found) < 2:
            for output in outputs:
                if (fault := _fault_of(output)) is not None:
                    self._spoilt[id(output)] = output
                    if fault not in self._found and kind not in _MEANT:
                        self._find(fault, operation, place, inputs, output)

    def _find(
        self, kind: NonFiniteKind, operation: str, place: tuple[str, int] | None, inputs: Any, output: Any
    ) -> None:
        inside = self._checks.first(kind)
        if inside is not None:
            # What ran in a function so far ran before this.
            self._found[kind] = inside
            return
        given = [each for each in inputs if _fault_of(each) == kind]
        if given and any(id(each) in self._spoilt for each in given):
            # It was there before, in something that may be infinite on purpose.
            return
        self._found[kind] = NonFiniteFound(
            kind=kind,
            operation=operation,
            site=self._site(place),
            came_in=bool(given) or operation in SOURCES,
            inputs=tuple(map(_description, inputs)),
            output=_description(output),
        )

    def _site(self, place: tuple[str, int] | None) -> Site | None:
        return None if place is None else self._journal.cells.place(*place).site

    def told(self) -> OperationsRecorded:
        """All of it."""
        for kind in ("nan", "inf"):
            # Inside a function what is not finite need not reach its results.
            inside = self._checks.first(kind) if kind not in self._found else None
            if inside is not None:
                self._found[kind] = inside
        return OperationsRecorded(
            cell=self._journal.cell,
            operations=tuple(
                OperationRecord(
                    operation=key.operation,
                    site=self._site(key.place),
                    inputs=tuple(map(_signature_text, key.inputs)),
                    outputs=tuple(map(_signature_text, key.outputs)),
                    device=key.device,
                    count=count,
                )
                for key, count in self._counts.items()
            ),
            total=self._total,
            left_out=self._left_out,
            checked=self._checks.count,
            nan=self._found.get("nan"),
            inf=self._found.get("inf"),
        )


def _operation_name(kind: str) -> str:
    found = _FUNCTION_NAME.match(kind)
    return f"{found['name']}()" if found is not None else kind


def _signature(tensor: Any) -> tuple[Any, Any]:
    return (tensor.dtype, tensor.shape) if isinstance(tensor, EagerTensor) else (type(tensor).__name__, None)


def _signature_text(signature: tuple[Any, Any]) -> str:
    dtype, shape = signature
    return str(dtype) if shape is None else f"{dtype.name} {tuple(shape.as_list())}"


def _fault_of(tensor: Any) -> NonFiniteKind | None:
    if not isinstance(tensor, EagerTensor) or not (tensor.dtype.is_floating or tensor.dtype.is_complex):
        return None
    array = view(tensor)
    if array is None:
        if bool(tf.reduce_all(tf.math.is_finite(tensor))):
            return None
        return "nan" if bool(tf.reduce_any(tf.math.is_nan(tensor))) else "inf"
    if np.isfinite(array).all():
        return None
    return "nan" if np.isnan(array).any() else "inf"


def _description(tensor: Any) -> str:
    """``float32 (3,) from 0 to 2, 1 zero``."""
    told = _signature_text(_signature(tensor))
    if not isinstance(tensor, EagerTensor) or not (tensor.dtype.is_floating or tensor.dtype.is_integer):
        return told
    array = view(tensor)
    if array is None or not array.size:
        return told
    numbers = array.astype(np.float64)
    finite = numbers[np.isfinite(numbers)]
    if finite.size:
        told += f" from {finite.min():.5g} to {finite.max():.5g}"
    zeros = numbers.size - int(np.count_nonzero(numbers))
    for count, what in ((zeros, "zero"), (int(np.isnan(numbers).sum()), "NaN"), (int(np.isinf(numbers).sum()), "inf")):
        if count:
            told += f", {count:,} {what}"
    return told
