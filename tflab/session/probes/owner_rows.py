"""Rows of the Tensors panel for what holds tensors or makes them: models, optimizers, datasets, lists, ..."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, Final

import keras
import tensorflow as tf

from tflab.messages import text
from tflab.session.probes.gradient_rows import shape_of
from tflab.session.probes.source_names import names_of, own_name
from tflab.session.probes.tensor_kinds import kind_of
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

_LONGEST_CONTAINER: Final = 64
_LONGEST_CHAIN: Final = 12
_MOST_VARIABLES: Final = 400

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
    elif kind in ("model", "layer", "module", "metric", "optimizer"):
        yield from _owner_rows(kind, name, value, known)
    elif kind in ("list", "dict"):
        yield from _container_rows(name, value, known)
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
    elif kind == "symbolic":
        yield _row(kind, name, value, shape=shape_of(value), dtype=value.dtype.name)


def _row(kind: str, name: str, value: Any, **fields: Any) -> Row:
    return Row(bare_record(kind, name, **fields), id(value))


def _owner_rows(kind: str, name: str, value: Any, known: Known) -> Iterator[Row]:
    variables = list(value.variables)
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
    size_in_bytes = sum(
        size * tf.as_dtype(variable.dtype).size for size, variable in zip(sizes, variables, strict=True)
    )
    yield Row(bare_record(kind, name, bytes=size_in_bytes, preview=f"{type(value).__name__}: {preview}"), mark)
    shown = variables[:_MOST_VARIABLES]
    if kind == "module":
        # Its variables often have no names but those of the attributes that hold them.
        names = names_of(shown, {name: value}, None)
        names = [path if path.startswith(name) else f"{name}.{path}" for path in names]
    else:
        own = f"{value.name}/"
        names = [
            f"{name}.{(own_name(variable) or str(position)).removeprefix(own)}"
            for position, variable in enumerate(shown)
        ]
    for path, variable in zip(names, shown, strict=True):
        inner = "keras_variable" if isinstance(variable, keras.Variable) else "variable"
        yield variable_row(path, variable, known, inner)


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


def _container_rows(name: str, value: Any, known: Known) -> Iterator[Row]:
    """A list, tuple or dictionary of tensors: one row each. Others are no business of the panel."""
    if not 0 < len(value) <= _LONGEST_CONTAINER:
        return
    items = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    for key, inner in items:
        kind = kind_of(inner)
        if isinstance(key, (str, int)) and (kind in _ELEMENT_ROWS or kind == "keras_variable"):
            yield from rows_of(f"{name}[{key!r}]", inner, known)


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
    chain: list[str] = []
    part: Any = dataset
    while part is not None and len(chain) < _LONGEST_CHAIN:
        chain.append(type(part).__name__.strip("_").removesuffix("Dataset").removesuffix("DatasetV2"))
        inputs = part._inputs() if hasattr(part, "_inputs") else ()
        part = inputs[0] if inputs else None
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
