"""What there is to say about things without elements: how a dataset is made, what a table maps, a model's layers."""

from __future__ import annotations

import math
from typing import Any, Final

import keras
import tensorflow as tf

from tflab.messages import text
from tflab.session.probes.gradient_rows import shape_of
from tflab.session.probes.planes import plain
from tflab.session.probes.tensor_kinds import kind_of

_MOST_LINES: Final = 200
_LARGEST_TABLE: Final = 10_000
"""Entries; a table gives all that it has or none."""


def details_of(value: Any) -> tuple[str, ...]:
    """A line each; none for what has elements. No element is asked for, and no code of the learner's runs."""
    kind = kind_of(value)
    lines: list[str] = []
    if kind == "dataset":
        lines = [*_spec_lines(value.element_spec), "", *dataset_steps(value)]
    elif kind == "iterator":
        lines = _spec_lines(value.element_spec)
    elif kind == "table":
        lines = _entries(value)
    elif kind == "queue":
        shapes = [shape.as_list() if shape.rank is not None else "?" for shape in value.shapes]
        lines = [f"{dtype.name} {shape}" for dtype, shape in zip(value.dtypes, shapes, strict=False)]
    elif kind == "model":
        layers = keras.Model.layers.fget(value)
        lines = [f"{layer.name}  {type(layer).__name__}  {_parameters(layer)}" for layer in layers]
    elif kind == "optimizer" and type(value).__module__.startswith("keras."):
        lines = [f"{name} = {setting}" for name, setting in value.get_config().items()]
    return tuple(lines[:_MOST_LINES])


def dataset_steps(dataset: Any) -> list[str]:
    """The transformations that made a dataset, the last first."""
    steps: list[str] = []
    part: Any = dataset
    while part is not None and len(steps) < _MOST_LINES:
        steps.append(type(part).__name__.strip("_").removesuffix("V2").removesuffix("Dataset"))
        inputs = part._inputs() if hasattr(part, "_inputs") else ()
        part = inputs[0] if inputs else None
    return steps


def _spec_lines(spec: Any, label: str = "") -> list[str]:
    if isinstance(spec, dict):
        return [line for key, part in spec.items() for line in _spec_lines(part, f"{label}[{key!r}]")]
    if isinstance(spec, (list, tuple)):
        return [line for index, part in enumerate(spec) for line in _spec_lines(part, f"{label}[{index}]")]
    if isinstance(spec, tf.TensorSpec):
        shape = "?" if spec.shape.rank is None else spec.shape.as_list()
        return [f"{label} {spec.dtype.name} {shape}".strip()]
    return [f"{label} {type(spec).__name__.removesuffix('Spec')}".strip()]


def _entries(table: Any) -> list[str]:
    if int(table.size()) > _LARGEST_TABLE or not hasattr(table, "export"):
        return []
    keys, values = (plain(part.numpy().reshape(-1)) for part in table.export())
    each = len(values) // max(1, len(keys))
    shown = [values[index * each : (index + 1) * each] for index in range(len(keys))]
    return [
        f"{key!r} → {found[0]!r}" if each == 1 else f"{key!r} → {found!r}"
        for key, found in zip(keys, shown, strict=True)
    ]


def _parameters(layer: Any) -> str:
    count = sum(math.prod(length or 0 for length in shape_of(variable) or ()) for variable in layer.variables)
    return text("probe.tensor.parameters", count=f"{count:,}")
