"""Rows of the Tensors panel for what holds tensors or makes them: models, optimizers, datasets, lists, ..."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, Final

import keras
import tensorflow as tf

from tflab.messages import text
from tflab.session.probes.gradient_rows import shape_of
from tflab.session.probes.tensor_details import dataset_steps
from tflab.session.probes.tensor_kinds import kind_of
from tflab.session.probes.tensor_paths import OWNERS, kind_of_part, parts_of, size_in_bytes, variables_of
from tflab.session.probes.tensor_rows import (
    Known,
    Row,
    array_row,
    bare_record,
    ragged_row,
    slices_row,
    sparse_row,
    tensor_row,
    variable_row,
)
from tflab.session.probes.tensor_values import tensor_of_variable

_LONGEST_CHAIN: Final = 12

_ELEMENT_ROWS: Final[dict[str, Callable[[str, Any, Known], Row]]] = {
    "tensor": tensor_row,
    "variable": variable_row,
    "array": array_row,
    "ragged": ragged_row,
    "sparse": sparse_row,
    "indexed_slices": slices_row,
}


def rows_of(name: str, value: Any, known: Known) -> Iterator[Row]:
    """The rows of ``value``: its own, then one for each variable or tensor that it holds. None where it has none."""
    kind = kind_of(value)
    if kind is None:
        return
    if kind in _ELEMENT_ROWS:
        yield _ELEMENT_ROWS[kind](name, value, known)
    elif kind == "keras_variable":
        yield variable_row(name, value, known, kind)
    elif kind in OWNERS:
        yield _owner_row(kind, name, value)
    elif kind == "dataset":
        yield _row(kind, name, value, preview=_dataset_text(value))
    elif kind == "iterator":
        yield _row(kind, name, value, preview=_spec_text(value.element_spec))
    elif kind == "tensor_array":
        yield _tensor_array_row(name, value)
    elif kind == "queue":
        size = int(value.size())
        yield Row(bare_record(kind, name, preview=text("probe.tensor.items", count=size)), (id(value), size))
    elif kind == "table":
        size = int(value.size())
        types = f"{value.key_dtype.name} → {value.value_dtype.name}"
        told = f"{types}, {text('probe.tensor.items', count=size)}"
        yield Row(bare_record(kind, name, preview=told), (id(value), size))
    elif kind == "per_replica":
        told = text("probe.tensor.replicas", count=len(value.values))
        yield _row(kind, name, value, preview=f"{type(value).__name__}: {told}")
    elif kind == "symbolic":
        yield _row(kind, name, value, shape=shape_of(value), dtype=value.dtype.name)
    for path, inner in parts_of(name, value):
        yield from rows_of(path, inner, known) if kind not in OWNERS else [_variable_row(path, inner, known)]


def _variable_row(name: str, variable: Any, known: Known) -> Row:
    return variable_row(name, variable, known, kind_of_part(variable))


def _row(kind: str, name: str, value: Any, **fields: Any) -> Row:
    return Row(bare_record(kind, name, **fields), id(value))


def _owner_row(kind: str, name: str, value: Any) -> Row:
    variables = variables_of(value)
    sizes = [math.prod(length or 0 for length in shape_of(variable) or ()) for variable in variables]
    preview = text("probe.tensor.parameters", count=f"{sum(sizes):,}")
    mark: object = (id(value), len(variables))
    if kind == "optimizer":
        preview, mark = _optimizer_text(value)
    elif kind == "metric":
        result = _mean_so_far(value)
        preview = "" if result is None else f"{result:.5g}"
        mark = (id(value), result)
    elif kind in ("model", "layer") and not value.built:
        preview = text("probe.tensor.unbuilt")
    total = sum(size_in_bytes(variable, size) for variable, size in zip(variables, sizes, strict=True))
    return Row(bare_record(kind, name, bytes=total, preview=f"{type(value).__name__}: {preview}"), mark)


def _optimizer_text(optimizer: Any) -> tuple[str, tuple[object, ...]]:
    rate = optimizer._learning_rate
    if isinstance(rate, keras.Variable):
        value = tensor_of_variable(rate)
        told = "" if value is None else f"{float(value):.5g}"
    else:
        # A schedule may be the learner's own code: its name has to do.
        told = type(rate).__name__
    steps = tensor_of_variable(optimizer.iterations)
    taken = 0 if steps is None else int(steps)
    return text("probe.tensor.optimizer", rate=told, steps=taken), (id(optimizer), told, taken)


def _mean_so_far(metric: Any) -> float | None:
    """The result of Keras's running means, computed here: ``result()`` of others may be the learner's code."""
    if not isinstance(metric, keras.metrics.Mean) or not type(metric).__module__.startswith("keras."):
        return None
    total, count = tensor_of_variable(metric.total), tensor_of_variable(metric.count)
    if total is None or count is None or float(count) == 0:
        return None
    return float(total) / float(count)


def _tensor_array_row(name: str, array: Any) -> Row:
    size = int(array.size())
    inner = array.element_shape
    record = bare_record(
        "tensor_array",
        name,
        shape=None if inner.rank is None else (size, *inner.as_list()),
        dtype=array.dtype.name,
        preview=text("probe.tensor.items", count=size),
    )
    return Row(record, (id(array), size))


def _dataset_text(dataset: Any) -> str:
    """What a dataset is made of, by its parts' own descriptions. Its elements are never asked for."""
    chain = dataset_steps(dataset)[:_LONGEST_CHAIN]
    cardinality = int(dataset.cardinality()) if hasattr(dataset, "cardinality") else -2
    count = "∞" if cardinality == tf.data.INFINITE_CARDINALITY else "?" if cardinality < 0 else f"{cardinality:,}"
    return f"{count} × {_spec_text(dataset.element_spec)} ← {' ← '.join(chain)}"


def _spec_text(spec: Any) -> str:
    if isinstance(spec, tf.TensorSpec):
        lengths = "?" if spec.shape.rank is None else ", ".join(map(str, spec.shape.as_list()))
        return f"{spec.dtype.name} ({lengths})"
    if isinstance(spec, dict):
        return "{" + ", ".join(f"{key}: {_spec_text(part)}" for key, part in spec.items()) + "}"
    if isinstance(spec, (list, tuple)):
        return "(" + ", ".join(map(_spec_text, spec)) + ")"
    return type(spec).__name__.removesuffix("Spec")
