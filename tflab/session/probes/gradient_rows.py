"""What is known of each source of a gradient call before any number is: its name, shape and kind."""

from __future__ import annotations

from typing import Any, NamedTuple

import tensorflow as tf
from tensorflow.python.framework.indexed_slices import IndexedSlices

from tflab.protocol.events import GradientKind, GradientRecord
from tflab.session.probes.gradient_details import GradientDetails


class GradientRow(NamedTuple):
    """One source."""

    name: str
    shape: tuple[int | None, ...] | None
    kind: GradientKind
    cause: str | None


def row_of(name: str, source: Any, gradient: Any, cause: str | None) -> GradientRow:
    """The row of ``source``, whose gradient is ``gradient`` (None for ``cause``)."""
    kind: GradientKind = "none" if gradient is None else "sparse" if isinstance(gradient, IndexedSlices) else "dense"
    return GradientRow(name, shape_of(source), kind, cause if gradient is None else None)


def shape_of(value: Any) -> tuple[int | None, ...] | None:
    """The static shape; None for an unknown rank or a thing without one."""
    shape = getattr(value, "shape", None)
    if shape is None:
        return None
    try:
        return tuple(None if length is None else int(length) for length in tf.TensorShape(shape).as_list())
    except (TypeError, ValueError):
        return None


def records_of(
    rows: list[GradientRow],
    norms: list[float | None],
    ratios: dict[str, float],
    applied: dict[str, float],
    details: dict[str, GradientDetails],
) -> tuple[GradientRecord, ...]:
    """The rows with their numbers; the update ratios, the norms of what was applied instead and the details are those
    that are known, by name."""
    return tuple(
        _record(row, norm, ratios.get(row.name), applied.get(row.name), details.get(row.name))
        for row, norm in zip(rows, norms, strict=True)
    )


def _record(
    row: GradientRow, norm: float | None, ratio: float | None, applied: float | None, details: GradientDetails | None
) -> GradientRecord:
    if norm is None:
        details = applied = None
    return GradientRecord(
        name=row.name,
        shape=row.shape,
        norm=norm,
        kind=row.kind,
        cause=row.cause,
        update_ratio=ratio,
        applied_norm=applied,
        zeros=None if details is None else details.zeros,
        dead=None if details is None else details.dead,
        nan=None if details is None else details.nan,
        inf=None if details is None else details.inf,
    )
