"""``shape-broadcast``: a loss compares shape ``(n,)`` with ``(n, 1)`` and gets ``(n, n)`` without a word.

The evidence: on the way to a scalar loss, a subtraction of these two shapes, one side of which depends on what is
trained (the prediction) and the other not (the target), neither of them shaped on purpose with a new axis, and whose
every element is averaged or summed: the smallest of each row, say, is meant.
"""

from __future__ import annotations

import ast
from typing import Any, Final

import tensorflow as tf

from tflab.protocol.events import ProblemEdit
from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.computation import Computation, Operation
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.gradient_taken import GradientTaken
from tflab.session.diagnosis.rule import Rule
from tflab.session.probes.trace_signature import shape_text

_COMPARISONS: Final = frozenset({"Sub", "SquaredDifference"})
_CALLS: Final = frozenset({"subtract", "squared_difference"})
_AVERAGES: Final = frozenset({"Mean", "Sum"})
_WIDENED: Final = frozenset({"ExpandDims", "StridedSlice"})
"""Operations that give an axis on purpose."""


class ShapeBroadcast(Rule):
    """Looks at the subtractions behind each loss."""

    def gradient(self, taken: GradientTaken) -> None:
        """A gradient of a scalar."""
        if len(taken.targets) != 1 or getattr(taken.targets[0], "shape", None) != ():
            return
        operations = list(taken.computation.behind(taken.targets))
        for operation in operations:
            is_suspicious = operation.kind in _COMPARISONS and _is_suspicious(operation, taken)
            if is_suspicious and _is_averaged(operation, operations, taken.computation):
                self._tell(operation)

    def _tell(self, operation: Operation) -> None:
        left, right = operation.inputs
        values: dict[str, object] = {
            "left_shape": shape_text(left.shape),
            "right_shape": shape_text(right.shape),
            "result_shape": shape_text(operation.outputs[0].shape),
        }
        texts = None if operation.place is None else _operands(operation.place)
        if texts is None or operation.place is None:
            self.report(Finding("shape-broadcast", operation.place, values))
            return
        column = texts[0] if left.shape.rank == 2 else texts[1]
        values |= {"left": source_text.text_of(texts[0]), "right": source_text.text_of(texts[1])}
        values["column"] = source_text.text_of(column)
        edit = None
        line = source_text.line_of(operation.place[0], column.lineno)
        if isinstance(column, ast.Name) and line.count(column.id) == 1:
            edit = ProblemEdit(line=column.lineno, old=column.id, new=f"tf.squeeze({column.id}, axis=-1)")
        self.report(Finding("shape-broadcast", operation.place, values, variant="named", edit=edit))


def _is_suspicious(operation: Operation, taken: GradientTaken) -> bool:
    if len(operation.inputs) != 2:
        return False
    flat, column = sorted(operation.inputs, key=lambda tensor: tensor.shape.rank or 0)
    if flat.shape.rank != 1 or column.shape.rank != 2 or column.shape[1] != 1:
        return False
    length, other = flat.shape[0], column.shape[0]
    if length != other or length == 1:
        return False
    made = taken.computation.maker(column)
    if made is not None and made.kind in _WIDENED:
        return False
    trained = _trained(taken)
    return _depends(taken.computation, flat, trained) != _depends(taken.computation, column, trained)


def _is_averaged(operation: Operation, operations: list[Operation], computation: Computation) -> bool:
    """Whether what becomes of the result, element by element, is averaged or summed."""
    users: dict[int, list[Operation]] = {}
    for each in operations:
        for tensor in each.inputs:
            made = computation.maker(tensor)
            if made is not None:
                users.setdefault(id(made), []).append(each)
    shape = operation.outputs[0].shape.as_list()
    waiting, seen = [operation], {id(operation)}
    while waiting:
        for user in users.get(id(waiting.pop()), ()):
            same = user.outputs and user.outputs[0].shape.rank is not None and user.outputs[0].shape.as_list() == shape
            if not same and user.kind in _AVERAGES:
                return True
            if same and id(user) not in seen:
                seen.add(id(user))
                waiting.append(user)
    return False


def _trained(taken: GradientTaken) -> set[int]:
    return {id(source) for source in taken.sources if isinstance(source, tf.Tensor)}


def _depends(computation: Computation, tensor: Any, trained: set[int]) -> bool:
    """Whether ``tensor`` was computed of a variable or of what the gradient is taken of."""
    return any(
        id(source) in trained or (getattr(source, "dtype", None) == tf.resource)
        for source in computation.inputs_of(tensor)
    )


def _operands(place: tuple[str, int]) -> tuple[ast.expr, ast.expr] | None:
    """The two sides of the one subtraction on a line; None where there are several or none."""
    found: list[tuple[ast.expr, ast.expr]] = []
    for node in source_text.nodes_at(*place, ast.expr):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
            found.append((node.left, node.right))
        elif isinstance(node, ast.Call) and source_text.called_name(node) in _CALLS and len(node.args) == 2:
            found.append((node.args[0], node.args[1]))
    return found[0] if len(found) == 1 else None
