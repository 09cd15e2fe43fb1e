"""``dtype-mismatch``: two operands of different types, float64 from NumPy against float32 above all."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from tflab.protocol.events import ProblemEdit
from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.raised_error import RaisedError
from tflab.session.diagnosis.rule import Rule

_EAGER: Final = r"cannot compute (\w+) as input .* expected to be an? (\w+) tensor but is an? (\w+) tensor"
_GRAPH: Final = r"Input '.*' of '(\w+)' Op has type (\w+) that does not match (?:type|expected type of) (\w+)"
_CONVERSION: Final = r"Tensor conversion requested dtype (\w+) for Tensor with dtype (\w+)"
_PYTHON: Final = r"Cannot convert (\S+) to EagerTensor of dtype (\w+)"
_SIGNATURE: Final = (
    r"Can not cast TensorSpec\(shape=.*?, dtype=tf\.(\w+), name=.*?\) to TensorSpec\(shape=.*?, dtype=tf\.(\w+)"
)

_NAMES: Final = {"double": "float64", "float": "float32", "half": "float16"}


class _Operand(NamedTuple):
    """One of the two."""

    text: str
    dtype: str
    node: ast.expr


class DtypeMismatch(Rule):
    """Says which operand has which type."""

    def error(self, error: RaisedError) -> None:
        """TensorFlow's errors about operands."""
        if isinstance(error.exception, (tf.errors.InvalidArgumentError, TypeError, ValueError)):
            for pattern, groups in ((_EAGER, (2, 3)), (_GRAPH, (3, 2)), (_CONVERSION, (1, 2)), (_SIGNATURE, (2, 1))):
                found = error.find(pattern)
                if found is not None:
                    wanted, given = (_NAMES.get(found[number], found[number]) for number in groups)
                    if wanted != given and _is_dtype(wanted) and _is_dtype(given):
                        self._tell(error, wanted, given)
                    return
            found = error.find(_PYTHON)
            if found is not None and isinstance(error.exception, TypeError) and _is_dtype(found[2]):
                values = {"value": found[1], "dtype": found[2]}
                self.report(Finding("dtype-mismatch", error.place, values, variant="python", said_by=error.said))

    def _tell(self, error: RaisedError, wanted: str, given: str) -> None:
        target = given if _rank(given) < _rank(wanted) else wanted
        if {wanted, given} == {"float64", "float32"}:
            target = "float32"
        values: dict[str, object] = {"one_dtype": wanted, "other_dtype": given, "dtype": target}
        pair = _operands(error, wanted, given)
        if pair is None or error.place is None:
            self.report(Finding("dtype-mismatch", error.place, values, said_by=error.said))
            return
        odd = next(operand for operand in pair if operand.dtype != target)
        values |= {"one": pair[0].text, "other": pair[1].text, "odd": odd.text}
        edit = _cast(error.place, odd, target)
        self.report(Finding("dtype-mismatch", error.place, values, variant="named", edit=edit, said_by=error.said))


def _is_dtype(name: str) -> bool:
    """Whether it is a type of numbers: a string is not to be cast."""
    dtype = getattr(tf, name, None)
    return isinstance(dtype, tf.DType) and (dtype.is_floating or dtype.is_integer or dtype.is_complex)


def _rank(name: str) -> int:
    """Lower for what others are better converted to: float32 first, then floating, then integers."""
    dtype = tf.as_dtype(name)
    return 0 if name == "float32" else 1 if dtype.is_floating else 2 if dtype.is_complex else 3


def _operands(error: RaisedError, wanted: str, given: str) -> tuple[_Operand, _Operand] | None:
    """The two operands of one operator or call on the line; None where that cannot be told."""
    found: list[tuple[_Operand, _Operand]] = []
    for group in _groups(error):
        typed = [(_typed(node, error), node) for node in group]
        one = [_Operand(source_text.text_of(node), dtype, node) for dtype, node in typed if dtype == wanted]
        other = [_Operand(source_text.text_of(node), dtype, node) for dtype, node in typed if dtype == given]
        if one and other:
            found.append((one[0], other[0]))
    return found[-1] if found else None


def _groups(error: RaisedError) -> Iterator[list[ast.expr]]:
    """The operands of each operator and call on the innermost line, outermost first."""
    for node in source_text.nodes_at(*error.place, ast.expr) if error.place else ():
        if isinstance(node, ast.BinOp):
            yield [node.left, node.right]
        elif isinstance(node, ast.Compare):
            yield [node.left, *node.comparators]
        elif isinstance(node, ast.Call):
            arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
            if isinstance(node.func, ast.Attribute):
                arguments.append(node.func.value)
            yield [part for each in arguments for part in (each.elts if isinstance(each, ast.List) else [each])]


def _typed(node: ast.expr, error: RaisedError) -> str | None:
    """The type of what an operand stands for, as far as it can be known without running anything."""
    try:
        value: Any = error.value_of(node)
    except LookupError:
        if isinstance(node, ast.BinOp):
            # An operator gives what its operands are.
            return _typed(node.left, error) or _typed(node.right, error)
        return None
    if isinstance(value, (tf.Tensor, tf.Variable)):
        return str(value.dtype.name)
    return str(value.dtype) if isinstance(value, (keras.Variable, np.ndarray, np.generic)) else None


def _cast(place: tuple[str, int], odd: _Operand, dtype: str) -> ProblemEdit | None:
    """The cast, where the operand is a name that stands once on its line."""
    line = source_text.line_of(place[0], odd.node.lineno)
    if not isinstance(odd.node, (ast.Name, ast.Attribute)) or line.count(odd.text) != 1:
        return None
    return ProblemEdit(line=odd.node.lineno, old=odd.text, new=f"tf.cast({odd.text}, tf.{dtype})")
