"""Rows of the Tensors panel for values that have elements: tensors, variables, arrays and what is made of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec
import tensorflow as tf

from tflab.messages import text
from tflab.protocol.events import TensorRecord
from tflab.session.probes.gradient_rows import shape_of
from tflab.session.probes.statistics import SAMPLE, Array, Statistics, fingerprint, is_numeric, sampled, statistics_of
from tflab.session.probes.tensor_values import fetched_sample, first_elements, short_device, tensor_of_variable, view

_SHOWN: Final = 6
_LONGEST_TEXT: Final = 60
_NOTHING: Final = Statistics(None, None, None, None)

Known = Callable[[str, object], TensorRecord | None]
"""The record of a name whose mark is still the same, so that its statistics hold; None otherwise."""


class Row(NamedTuple):
    """A record, and a mark that differs when the value does."""

    record: TensorRecord
    mark: object


def tensor_row(name: str, tensor: Any, known: Known) -> Row:
    """An eager tensor."""
    kind = "string" if tensor.dtype == tf.string else "tensor"
    if tensor.dtype in (tf.resource, tf.variant):
        record = bare_record("resource", name, dtype=tensor.dtype.name, device=short_device(tensor.device))
        return Row(record, id(tensor))
    return _dense_row(kind, name, tensor, known)


def variable_row(name: str, variable: Any, known: Known, kind: str = "variable") -> Row:
    """A variable of TensorFlow or Keras."""
    value = tensor_of_variable(variable)
    if value is None:
        dtype = getattr(variable.dtype, "name", variable.dtype)
        return Row(bare_record(kind, name, shape=shape_of(variable), dtype=str(dtype)), None)
    return _dense_row(kind, name, value, known)


def array_row(name: str, array: Array, known: Known) -> Row:
    """A NumPy array."""
    kind = "string" if array.dtype.kind in "US" else "array"
    return _row_of_array(kind, name, array, known, {"shape": array.shape, "dtype": str(array.dtype)}, array.nbytes)


def ragged_row(name: str, ragged: Any, known: Known) -> Row:
    """A ragged tensor: the statistics of its flat values, its row lengths as the preview."""
    row = _dense_row("ragged", name, ragged.flat_values, known)
    lengths = ragged.row_lengths()
    shown = _listed(first_elements(lengths._numpy(), _SHOWN), int(lengths.shape[0] or 0))
    return _described(row, shape_of(ragged), text("probe.tensor.ragged", lengths=shown))


def sparse_row(name: str, sparse: Any, known: Known) -> Row:
    """A sparse tensor: the statistics of the values it stores."""
    row = _dense_row("sparse", name, sparse.values, known)
    stored = int(sparse.values.shape[0] or 0)
    return _described(row, shape_of(sparse), text("probe.tensor.sparse", stored=stored))


def slices_row(name: str, slices: Any, known: Known) -> Row:
    """`tf.IndexedSlices`: the gradient of a lookup, only the rows that were looked up."""
    row = _dense_row("indexed_slices", name, slices.values, known)
    rows = int(slices.values.shape[0] or 0)
    shape = None if slices.dense_shape is None else tuple(tf.get_static_value(slices.dense_shape).tolist())
    return _described(row, shape, text("probe.tensor.slices", rows=rows))


def _described(row: Row, shape: tuple[int | None, ...] | None, preview: str) -> Row:
    return Row(with_fields(row.record, shape=shape, preview=preview), row.mark)


def _dense_row(kind: str, name: str, tensor: Any, known: Known) -> Row:
    facts = {"shape": shape_of(tensor), "dtype": tensor.dtype.name, "device": short_device(tensor.device)}
    size = tensor.shape.num_elements() or 0
    array = view(tensor)
    if array is None:
        array = fetched_sample(tensor)
    return _row_of_array(kind, name, array, known, facts, size * tensor.dtype.size if tensor.dtype.size else None, size)


def _row_of_array(
    kind: str,
    name: str,
    array: Array,
    known: Known,
    facts: dict[str, Any],
    size_in_bytes: int | None,
    size: int | None = None,
) -> Row:
    mark = (kind, facts["shape"], facts["dtype"], fingerprint(array))
    record = known(name, mark)
    if record is None:
        statistics = _NOTHING
        if array.size and is_numeric(array):
            statistics = statistics_of(sampled(array))
        record = bare_record(
            kind,
            name,
            statistics,
            bytes=size_in_bytes,
            sampled=0 < statistics.examined < (array.size if size is None else size),
            preview=_preview(array, array.size if size is None else size),
            **facts,
        )
    return Row(record, mark)


def bare_record(kind: str, name: str, statistics: Statistics = _NOTHING, **fields: Any) -> TensorRecord:
    """A record with these statistics, and none where nothing was examined."""
    return TensorRecord(name=name, kind=kind, **_figures(statistics), **fields)


def with_statistics(record: TensorRecord, statistics: Statistics) -> TensorRecord:
    """``record`` with the statistics of all its elements."""
    return with_fields(record, **_figures(statistics), sampled=False)


def _figures(statistics: Statistics) -> dict[str, Any]:
    counted = statistics.examined > 0
    return {
        "min": statistics.min,
        "max": statistics.max,
        "mean": statistics.mean,
        "std": statistics.std,
        "nan": statistics.nan if counted else None,
        "inf": statistics.inf if counted else None,
        "zeros": statistics.zeros if counted else None,
        "negative": statistics.negative if counted else None,
        "negative_inf": statistics.negative_inf if counted else None,
        "histogram": statistics.histogram,
        "examined": statistics.examined if counted else None,
    }


def with_fields(record: TensorRecord, **fields: Any) -> TensorRecord:
    """``record`` with some fields replaced."""
    return msgspec.structs.replace(record, **fields)


def _preview(array: Array, size: int) -> str:
    if not size or array.dtype.names is not None:
        return ""
    if size > SAMPLE and array.size < size:
        return ""
    first = first_elements(array, _SHOWN)
    return _element(first[0]) if array.ndim == 0 else _listed(first, size)


def _listed(first: list[Any], size: int) -> str:
    more = ", …" if size > len(first) else ""
    return f"[{', '.join(map(_element, first))}{more}]"


def _element(value: Any) -> str:
    # Elements of an object array may be the learner's: only plain ones are asked for anything.
    kind = type(value)
    if kind is bytes:
        value, kind = value.decode("utf-8", "replace"), str
    if kind is str:
        return repr(value if len(value) <= _LONGEST_TEXT else value[:_LONGEST_TEXT] + "…")
    if kind is float:
        return f"{value:.5g}"
    return str(value) if kind in (bool, int, complex) else kind.__name__
