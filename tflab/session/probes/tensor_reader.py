"""Answers what the lab asks about one tensor: the elements around a place, a whole plane condensed, exact statistics.

The tensor is looked at where it lies. Datasets, iterators and queues are described, and nothing is taken from them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

import msgspec
import numpy as np
import tensorflow as tf

from tflab.messages import text
from tflab.protocol.events import TensorRecord
from tflab.protocol.requests import MeasureTensorRequest, ReadTensorRequest
from tflab.protocol.tensor_looks import TensorMeasured, TensorRead
from tflab.session.probes.irregular_planes import RaggedPlane, SparsePlane
from tflab.session.probes.measuring import measured, pieces_of
from tflab.session.probes.owner_rows import rows_of
from tflab.session.probes.planes import condensed, elements_in, window_of
from tflab.session.probes.quiet import quiet
from tflab.session.probes.statistics import Array
from tflab.session.probes.tensor_details import details_of
from tflab.session.probes.tensor_kinds import kind_of
from tflab.session.probes.tensor_paths import value_at
from tflab.session.probes.tensor_rows import with_statistics
from tflab.session.probes.tensor_values import tensor_of_variable, view

_PIECE: Final = 1 << 22
"""Elements of a tensor on another device that are copied here at a time."""


class TensorReader:
    """Looks into the values of ``namespace``; any thread may ask."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self._namespace = namespace

    def read(self, request: ReadTensorRequest) -> TensorRead:
        """The answer. Whatever is wrong with the value becomes its ``problem``."""
        try:
            with quiet:
                return self._read(request, value_at(request.name, self._namespace))
        except Exception as error:
            return TensorRead(request_id=request.request_id, name=request.name, problem=_problem(request.name, error))

    def measure(self, request: MeasureTensorRequest) -> TensorMeasured:
        """The answer; takes about a second for a billion bytes."""
        answer = TensorMeasured(request_id=request.request_id, name=request.name)
        started = time.perf_counter()
        try:
            with quiet:
                value = value_at(request.name, self._namespace)
                statistics = measured(lambda: _pieces(value))
                record = _record(request.name, value)
        except Exception as error:
            return _with(answer, problem=_problem(request.name, error))
        if statistics is None:
            return _with(answer, problem=text("probe.tensor.no_numbers"))
        return _with(answer, record=with_statistics(record, statistics), seconds=time.perf_counter() - started)

    def _read(self, request: ReadTensorRequest, value: Any) -> TensorRead:
        answer = TensorRead(
            request_id=request.request_id,
            name=request.name,
            record=_record(request.name, value),
            details=details_of(value),
        )
        kind = kind_of(value)
        value = _tensor_of(value)
        if value is None:
            return answer if answer.details else _with(answer, problem=text("probe.tensor.no_elements"))
        labels: Array | None = None
        if kind == "ragged":
            ragged = RaggedPlane([_all(part) for part in value.nested_row_splits], _all(value.flat_values), request.at)
            window = ragged.window(request.at, request.rows, request.columns)
            lengths = ragged.lengths
            overview = ragged.condensed(window) if request.overview else None
            elements = () if overview is not None else ragged.elements(window)
        elif kind == "sparse":
            lengths = tuple(_all(value.dense_shape).tolist())
            sparse = SparsePlane(_all(value.indices), _all(value.values), lengths)
            window = window_of(lengths, request.at, request.axes, request.rows, request.columns)
            overview = sparse.condensed(window) if request.overview else None
            elements = () if overview is not None else sparse.elements(window)
        else:
            if kind == "indexed_slices":
                labels, value = _all(value.indices), value.values
            fetch = _Fetch(value)
            lengths = fetch.lengths
            window = window_of(lengths, request.at, request.axes, request.rows, request.columns)
            overview = condensed(window, lengths, fetch) if request.overview else None
            elements = () if overview is not None else elements_in(window, lengths, fetch)
        if overview is not None:
            answer = _with(answer, step=overview.step, elements=overview.elements, sampled=overview.sampled)
        else:
            answer = _with(answer, elements=elements)
            if labels is not None and window.axes[:1] == (0,):
                first = window.at[0]
                answer = _with(answer, labels=tuple(labels[first : first + len(elements)].tolist()))
        return _with(answer, lengths=lengths, axes=window.axes, at=window.at)


class _Fetch:
    """The elements of an array, or of a tensor, at an index; of a tensor on another device no more than that."""

    def __init__(self, value: Any) -> None:
        self._value = value
        if isinstance(value, np.ndarray):
            self._array: Array | None = value
        else:
            # All of a tensor of strings would be made anew as Python's.
            self._array = None if value.dtype == tf.string else view(value)
        self.lengths = tuple(map(int, value.shape))

    def __call__(self, index: tuple[Any, ...]) -> Array:
        basic = tuple(slice(None) if isinstance(part, np.ndarray) else part for part in index)
        left = [part for part in index if not isinstance(part, int)]
        if self._array is not None:
            found = np.asarray(self._array[basic])
            for axis, part in enumerate(left):
                if isinstance(part, np.ndarray):
                    found = found.take(part, axis=axis)
            return found
        tensor = self._value[basic] if basic else self._value
        for axis, part in enumerate(left):
            if isinstance(part, np.ndarray):
                tensor = tf.gather(tensor, part, axis=axis)
        return np.asarray(tensor.numpy())


def _tensor_of(value: Any) -> Any:
    """What has the elements of ``value``; None where it has none."""
    kind = kind_of(value)
    if kind in ("variable", "keras_variable"):
        return tensor_of_variable(value)
    if kind == "tensor" and value.dtype in (tf.resource, tf.variant):
        return None
    return value if kind in ("tensor", "array", "ragged", "sparse", "indexed_slices") else None


def _all(tensor: Any) -> Array:
    array = view(tensor)
    return np.asarray(tensor.numpy()) if array is None else array


def _pieces(value: Any) -> Iterator[Array]:
    """All stored elements of ``value`` in flat pieces."""
    kind = kind_of(value)
    value = _tensor_of(value)
    if kind == "ragged":
        value = value.flat_values
    elif kind in ("sparse", "indexed_slices"):
        value = value.values
    if value is None:
        return
    array = value if isinstance(value, np.ndarray) else view(value)
    if array is not None:
        yield from pieces_of(array)
        return
    flat = tf.reshape(value, [-1])
    for start in range(0, int(flat.shape[0]), _PIECE):
        yield from pieces_of(np.asarray(flat[start : start + _PIECE].numpy()))


def _record(name: str, value: Any) -> TensorRecord:
    return next(rows_of(name, value, lambda name, mark: None)).record


def _problem(name: str, error: Exception) -> str:
    if isinstance(error, KeyError):
        return text("probe.tensor.gone", name=name)
    return text("probe.tensor.unreadable", error=type(error).__name__)


_Answer = TypeVar("_Answer", TensorRead, TensorMeasured)


def _with(answer: _Answer, **fields: Any) -> _Answer:
    return msgspec.structs.replace(answer, **fields)
