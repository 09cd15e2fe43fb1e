"""What a session says about derivatives: public event types, as in `tflab.protocol.events`."""

from __future__ import annotations

from typing import Literal

from tflab.protocol.events import Event, Record, Site

GradientKind = Literal["dense", "sparse", "none"]
DerivativeKind = Literal["gradient", "hessian_vector", "jacobian", "batch_jacobian", "hessian", "second"]
"""``hessian_vector``: the gradient of a gradient; ``hessian``: the jacobian of a gradient by what that was taken by;
``second``: by something else."""


class MatrixFacts(Record, frozen=True, kw_only=True):
    """What is known of a jacobian or a Hessian as a matrix: the target's elements are its rows, the source's its
    columns. Of a batch jacobian, over the matrices of all its examples."""

    shape: tuple[int, ...]
    """Of the derivative itself: the target's shape, then the source's."""
    symmetric: bool | None = None
    """Whether it is its own transpose, up to rounding; None where it is not square."""
    smallest: float | None = None
    largest: float | None = None
    """The range of the eigenvalues of a symmetric matrix, of the singular values of another; None where it is too
    large for that, or not finite."""
    condition: float | None = None
    """The largest singular value over the smallest; infinite where the matrix is singular."""
    tensor: str = ""
    """The name under which its elements can be read (`ReadTensorRequest`); empty where they were not kept."""


class GradientRecord(Record, frozen=True, kw_only=True):
    """One source of a gradient call."""

    name: str
    """The Keras path, the variable's name, or the name in the namespace."""
    shape: tuple[int | None, ...] | None
    norm: float | None
    """L2 norm; None where the gradient is None."""
    kind: GradientKind
    cause: str | None = None
    """Why it is None, where that is known: a cause of ``gradient-none``."""
    update_ratio: float | None = None
    """Norm of the last update over the norm of the weights; None where not known."""
    applied_norm: float | None = None
    """L2 norm of what the optimizer used in its place, after unscaling and clipping; None where it used the same."""
    zeros: float | None = None
    """Share of the elements that are zero, in this step or one shortly before; None where that was not measured."""
    dead: float | None = None
    """Share of the units (indices of the last axis) whose elements are all zero, in that step."""
    nan: int | None = None
    inf: int | None = None
    """Elements that are not finite, in that step."""
    derivative: DerivativeKind = "gradient"
    matrix: MatrixFacts | None = None
    """Of a jacobian or Hessian, in this step or one shortly before."""


class GradientsRecorded(Event, frozen=True, kw_only=True):
    """The latest gradients of one call of ``GradientTape.gradient``: at most 10 a second a site, last at the end."""

    site: Site
    step: int
    """0-based count of this site's gradient calls."""
    loss: float | None
    gradients: tuple[GradientRecord, ...]
    details_step: int | None = None
    """The step whose zeros, dead units and numbers that are not finite are told: they are asked for now and then, the
    more seldom the dearer they are. None where they never were."""
    update_step: int | None = None
    """The same for how far the weights moved, and in graphs for what was applied."""
