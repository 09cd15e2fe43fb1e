"""Operations behind a loss that can give what is no number, or a slope that is none.

In eager code the values of the first step are there to be looked at, which makes an answer certain; otherwise only
the kinds of the operations are known, and the answer is a suspicion.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
from tensorflow.python.framework.ops import EagerTensor

from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.computation import Computation, Operation
from tflab.session.diagnosis.gradient_taken import GradientTaken

_MOST_VALUES: Final = 1 << 20
_MOST_BRANCH: Final = 32
_SELECTS: Final = frozenset({"SelectV2", "Select"})
_ELEMENTWISE: Final = frozenset({"Mul", "Neg", "AddV2", "Sub", "Log", "Sqrt", "RealDiv", "Square", "Exp"})
_GUARDS: Final = frozenset(
    {"Maximum", "Softmax", "Sigmoid", "Softplus", "AddV2", "Exp", "Const", "Cast", "Prod", "Size", "Sum"}
)
"""Operations whose result is seldom 0."""


class Suspect(NamedTuple):
    """One operation."""

    kind: str
    """``log``, ``div``, ``exp``, ``sqrt``, or ``where`` for a branch that tf.where does not take."""
    operation: str
    """As it is written in the learner's code, as far as that can be told."""
    operand: str
    place: tuple[str, int] | None
    in_gradient: bool
    """Whether the loss is a number all the same, and only its gradient is none."""
    is_certain: bool


def suspects_of(taken: GradientTaken) -> list[Suspect]:
    """The suspects of one gradient, those that lie nearest to the loss first."""
    computation = taken.computation
    operations = list(computation.behind(taken.targets))
    selected = {id(part) for op in operations if op.kind in _SELECTS for part in _branches(op, computation)}
    return [suspect for op in operations for suspect in _judge(op, computation, id(op.outputs[0]) in selected)]


def _judge(operation: Operation, computation: Computation, is_selected: bool) -> Iterator[Suspect]:
    kind = operation.kind
    if kind in ("Log", "RealDiv"):
        name = "log" if kind == "Log" else "div"
        operand = operation.inputs[0 if kind == "Log" else 1]
        is_zero = _has_zero(operand)
        if is_selected:
            yield _suspect(operation, "where", in_gradient=True, is_certain=bool(is_zero))
        elif is_zero or not _is_guarded(operand, computation):
            yield _suspect(operation, name, in_gradient=False, is_certain=_gave(operation))
    elif kind == "Exp" and _gave(operation):
        yield _suspect(operation, "exp", in_gradient=False, is_certain=True)
    elif kind == "Sqrt":
        is_zero = _has_zero(operation.inputs[0])
        if is_zero or not _is_guarded(operation.inputs[0], computation):
            yield _suspect(operation, "sqrt", in_gradient=True, is_certain=bool(is_zero))


def _branches(select: Operation, computation: Computation) -> list[Any]:
    """The tensors behind the two branches of a tf.where, as far as only elementwise operations lie between."""
    found: list[Any] = []
    waiting = list(select.inputs[1:])
    while waiting and len(found) < _MOST_BRANCH:
        tensor = waiting.pop()
        found.append(tensor)
        made = computation.maker(tensor)
        if made is not None and made.kind in _ELEMENTWISE:
            waiting += made.inputs
    return found


def _values(tensor: Any) -> Any:
    if not isinstance(tensor, EagerTensor) or not tensor.dtype.is_floating:
        return None
    if (tensor.shape.num_elements() or 0) > _MOST_VALUES:
        return None
    return tensor.numpy().astype(np.float64)


def _has_zero(tensor: Any) -> bool | None:
    """Whether there is a 0 in it; None where its values are not at hand."""
    values = _values(tensor)
    return None if values is None else bool((values == 0).any())


def _gave(operation: Operation) -> bool:
    """Whether its result is not finite although its operands are."""
    result = _values(operation.outputs[0])
    if result is None or np.isfinite(result).all():
        return False
    operands = [_values(tensor) for tensor in operation.inputs]
    return all(each is None or np.isfinite(each).all() for each in operands)


def _is_guarded(tensor: Any, computation: Computation) -> bool:
    made = computation.maker(tensor)
    return made is None or made.kind in _GUARDS


_WRITTEN: Final[dict[str, tuple[str, tuple[str, ...], type[ast.operator] | None]]] = {
    "Log": ("tf.math.log(...)", ("log",), None),
    "Sqrt": ("tf.sqrt(...)", ("sqrt", "norm", "reduce_std", "euclidean_norm"), None),
    "Exp": ("tf.exp(...)", ("exp",), None),
    "RealDiv": ("a / b", ("divide", "truediv"), ast.Div),
}
"""By operation: how it is written in general, the functions and the operator that lead to it."""


def _suspect(operation: Operation, kind: str, *, in_gradient: bool, is_certain: bool) -> Suspect:
    place = operation.place
    text, operand = _written(place, operation.kind) if place is not None else (_WRITTEN[operation.kind][0], "x")
    return Suspect(kind, text, operand, place, in_gradient, is_certain)


def _written(place: tuple[str, int], kind: str) -> tuple[str, str]:
    """The one expression of that kind on the line and its operand; as in general where there are several or none."""
    general, calls, operator = _WRITTEN[kind]
    found: list[tuple[str, str]] = []
    for node in source_text.nodes_at(*place, ast.expr):
        if isinstance(node, ast.Call) and source_text.called_name(node) in calls and node.args:
            found.append((source_text.text_of(node), source_text.text_of(node.args[0])))
        elif operator is not None and isinstance(node, ast.BinOp) and isinstance(node.op, operator):
            found.append((source_text.text_of(node), source_text.text_of(node.right)))
    return found[0] if len(found) == 1 else (general, "x")
