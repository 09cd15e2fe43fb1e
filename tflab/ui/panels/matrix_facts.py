"""What the Gradients panel tells of a jacobian or a Hessian, below its norm."""

from __future__ import annotations

import math

from tflab.messages import text
from tflab.protocol.gradient_events import GradientRecord, MatrixFacts
from tflab.state.terminal_text import plain
from tflab.ui.widgets.figures import number, shape
from tflab.ui.widgets.rows import Row


def matrix_facts(record: GradientRecord, matrix: MatrixFacts) -> Row:
    """Its shape, symmetry, spectrum and condition, and where its elements can be looked at."""
    told = [shape(matrix.shape)]
    if matrix.symmetric is not None:
        told.append(text("ui.matrix.symmetric" if matrix.symmetric else "ui.matrix.not_symmetric"))
    if matrix.smallest is not None and matrix.largest is not None:
        values = "ui.matrix.eigenvalues" if matrix.symmetric else "ui.matrix.singular_values"
        told.append(text(values, smallest=number(matrix.smallest), largest=number(matrix.largest)))
    row: Row = [(" · ".join(told), "muted")]
    if matrix.condition is not None:
        if math.isfinite(matrix.condition):
            row.append((" · " + text("ui.matrix.condition", condition=number(matrix.condition)), "muted"))
        else:
            row.append((" · " + text("ui.matrix.singular"), "warning"))
    if record.derivative == "hessian" and matrix.smallest is not None and matrix.symmetric:
        row.append((" · " + text("ui.matrix." + _curvature(matrix)), "accent"))
    if matrix.tensor:
        row.append((" · " + text("ui.matrix.elements", name=plain(matrix.tensor)), "muted"))
    return row


def _curvature(matrix: MatrixFacts) -> str:
    """Which way the loss bends, by the signs of a Hessian's eigenvalues."""
    smallest, largest = matrix.smallest or 0.0, matrix.largest or 0.0
    if matrix.condition == math.inf:
        return "flat"
    if smallest > 0:
        return "minimum"
    return "maximum" if largest < 0 else "saddle"
