"""Jacobians and Hessians as matrices: whether they are symmetric, their spectrum, and their elements for a closer look.

The elements of the latest are kept under names such as ``hessian (line 12): x``, which the Tensors panel lists beside
the learner's own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import numpy as np
import tensorflow as tf
from tensorflow.python.framework import ops

from tflab.protocol.gradient_events import DerivativeKind, MatrixFacts
from tflab.session.probes.on_demand import NumbersOnDemand
from tflab.session.probes.statistics import Array

AS_MATRICES: Final = frozenset({"jacobian", "batch_jacobian", "hessian", "second"})
"""The kinds of derivatives that are matrices."""

MOST_IN_GRAPH: Final = 1 << 14
"""Elements of a matrix that a graph leaves behind when it is asked."""

_LARGEST_SPECTRUM: Final = 256
"""Rows and columns up to which eigenvalues are computed: some milliseconds."""

_MOST_COMPARED: Final = 1 << 22
"""Elements of the largest matrix that is compared with its transpose."""

_ROUNDING: Final = 1e-4
"""What may lie between a symmetric matrix and its transpose, against its largest element."""

_MOST_KEPT: Final = 16
_KEPT_BYTES: Final = 32 << 20


class KeptMatrices:
    """The elements of the latest matrices, by name."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    def keep(self, kind: str, line: int, source: str, elements: Any) -> str:
        """Keeps the tensor or array; returns its name, empty where it is too large."""
        if _bytes_of(elements) > _KEPT_BYTES:
            return ""
        name = f"{kind} (line {line}): {source}"
        self._kept.pop(name, None)
        self._kept[name] = elements
        while len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return name

    def items(self) -> Iterator[tuple[str, Any]]:
        """Names and elements."""
        yield from tuple(self._kept.items())

    def clear(self) -> None:
        """Lets go of all of them."""
        self._kept.clear()


kept: Final = KeptMatrices()
"""Those of this process: sessions are processes of their own."""


def facts_of(kind: DerivativeKind, elements: Array, rows: int) -> MatrixFacts | None:
    """The facts of a derivative; the first ``rows`` axes are the target's. None for complex numbers and the like."""
    if elements.dtype.kind != "f" or not elements.size:
        return None
    shape = tuple(map(int, elements.shape))
    if kind == "batch_jacobian":
        matrices = elements.reshape(shape[0], math.prod(shape[1:rows]), -1)
    else:
        matrices = elements.reshape(1, math.prod(shape[:rows]), -1)
    matrices = matrices.astype(np.float64)
    is_finite = bool(np.isfinite(matrices).all())
    is_square = matrices.shape[1] == matrices.shape[2]
    symmetric = None
    if is_square and is_finite and matrices.size <= _MOST_COMPARED:
        apart = np.abs(matrices - matrices.transpose(0, 2, 1)).max()
        symmetric = bool(apart <= _ROUNDING * np.abs(matrices).max())
    if not is_finite or max(matrices.shape[1:]) > _LARGEST_SPECTRUM or matrices.size > _MOST_COMPARED:
        return MatrixFacts(shape=shape, symmetric=symmetric)
    if symmetric:
        values = np.linalg.eigvalsh((matrices + matrices.transpose(0, 2, 1)) / 2)
    else:
        values = np.linalg.svd(matrices, compute_uv=False)
    sizes = np.abs(values)
    # Below this a singular value is nothing but rounding, as in `numpy.linalg.matrix_rank`.
    least = sizes.max(axis=1) * max(matrices.shape[1:]) * np.finfo(elements.dtype).eps
    singular = bool((sizes.min(axis=1) <= least).any())
    condition = math.inf if singular else float((sizes.max(axis=1) / sizes.min(axis=1)).max())
    return MatrixFacts(
        shape=shape,
        symmetric=symmetric,
        smallest=float(values.min()),
        largest=float(values.max()),
        condition=condition,
    )


def told(kind: DerivativeKind, line: int, source: str, elements: Any, rows: int) -> MatrixFacts | None:
    """The facts of a derivative that is at hand, whose elements are kept; see `facts_of`."""
    facts = facts_of(kind, np.asarray(elements), rows)
    return None if facts is None else msgspec.structs.replace(facts, tensor=kept.keep(kind, line, source, elements))


class MatrixInGraph:
    """The elements of one matrix that a graph computes, when it is asked."""

    def __init__(self, shape: tuple[int, ...], *, on_host: bool) -> None:
        self.shape = shape
        self._on_demand = NumbersOnDemand(math.prod(shape), on_host=on_host)

    def write(self, step: Any, matrix: Any) -> None:
        """Adds to the graph being traced what answers."""
        self._on_demand.write(step, lambda: [tf.reshape(matrix, [-1])])

    def read(self) -> Array | None:
        """What was answered since the last call; asks anew. None where there is nothing new."""
        reading = self._on_demand.read()
        return None if reading is None else np.asarray(reading.numbers, np.float32).reshape(self.shape)


def shape_in_graph(matrix: Any) -> tuple[int, ...] | None:
    """The shape of a matrix whose elements a graph can leave behind; None for the others."""
    if not isinstance(matrix, tf.Tensor) or matrix.dtype not in (tf.float16, tf.bfloat16, tf.float32, tf.float64):
        return None
    if not matrix.shape.is_fully_defined() or not 0 < math.prod(matrix.shape) <= MOST_IN_GRAPH:
        return None
    return tuple(map(int, matrix.shape))


def _bytes_of(elements: Any) -> int:
    if isinstance(elements, np.ndarray):
        return int(elements.nbytes)
    if not isinstance(elements, ops.EagerTensor):
        return _KEPT_BYTES + 1
    return int(elements.shape.num_elements() or 0) * int(elements.dtype.size)
