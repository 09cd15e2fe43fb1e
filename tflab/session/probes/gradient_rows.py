"""What is known of each source of a gradient call before any number is: its name, shape and kind."""

from __future__ import annotations

from typing import Any, NamedTuple

import tensorflow as tf
from tensorflow.python.framework.indexed_slices import IndexedSlices

from tflab.protocol.gradient_events import DerivativeKind, GradientKind, GradientRecord, MatrixFacts
from tflab.session.probes.gradient_details import GradientDetails
from tflab.session.probes.matrices import AS_MATRICES


class GradientRow(NamedTuple):
    """One source."""

    name: str
    shape: tuple[int | None, ...] | None
    kind: GradientKind
    cause: str | None
    derivative: DerivativeKind = "gradient"
    target_rank: int | None = None
    """How many axes of a jacobian are the target's; None where that is not known."""


def row_of(
    name: str, source: Any, gradient: Any, cause: str | None, derivative: DerivativeKind = "gradient"
) -> GradientRow:
    """The row of ``source``, whose gradient is ``gradient`` (None for ``cause``)."""
    kind: GradientKind = "none" if gradient is None else "sparse" if isinstance(gradient, IndexedSlices) else "dense"
    shape = shape_of(source)
    rank = None
    if derivative in AS_MATRICES and isinstance(gradient, tf.Tensor) and shape is not None:
        # A batch jacobian has the axis of the batch once.
        own = len(shape) - (derivative == "batch_jacobian")
        rank = None if gradient.shape.rank is None else gradient.shape.rank - own
    return GradientRow(name, shape, kind, cause if gradient is None else None, derivative, rank)


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
    matrices: dict[str, MatrixFacts],
) -> tuple[GradientRecord, ...]:
    """The rows with their numbers; the update ratios, the norms of what was applied instead, the details and what there
    is to tell of matrices are those that are known, by name."""
    return tuple(
        _record(row, norm, ratios.get(row.name), applied.get(row.name), details.get(row.name), matrices.get(row.name))
        for row, norm in zip(rows, norms, strict=True)
    )


def _record(
    row: GradientRow,
    norm: float | None,
    ratio: float | None,
    applied: float | None,
    details: GradientDetails | None,
    matrix: MatrixFacts | None,
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
        derivative=row.derivative,
        matrix=matrix,
    )
