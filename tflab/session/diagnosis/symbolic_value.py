"""``symbolic-value``: inside a tf.function, or among Keras's symbolic tensors, there is no value to look at yet."""

from __future__ import annotations

import ast
from typing import Any, Final

import tensorflow as tf

from tflab.protocol.events import ProblemEdit
from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.raised_error import RaisedError
from tflab.session.diagnosis.rule import Rule

_ATTRIBUTE: Final = r"'SymbolicTensor' object has no attribute '(numpy|item|tolist)'"
_TO_NUMPY: Final = r"Cannot convert a symbolic tf\.Tensor"
_TO_NUMBER: Final = r"(?:float|int|complex)\(\) argument must be .* not 'SymbolicTensor'"
_TO_BOOL: Final = r"Using a symbolic `tf\.Tensor` as a Python `bool`"
_ITERATION: Final = r"Iterating over a symbolic `tf\.Tensor`"
_ESCAPED: Final = r"is out of scope and cannot be used here"
_KERAS: Final = r"A KerasTensor cannot be used as input to a TensorFlow function"

_SAME_IN_TENSORFLOW: Final = {
    "mean": "reduce_mean",
    "sum": "reduce_sum",
    "max": "reduce_max",
    "min": "reduce_min",
    "prod": "reduce_prod",
    "log": "math.log",
    "concatenate": "concat",
    **{
        name: name
        for name in ("square", "exp", "sqrt", "abs", "sin", "cos", "tanh", "maximum", "minimum", "where", "reshape")
    },
}
"""Functions of NumPy, and what does the same in ``tf``."""


class SymbolicValue(Rule):
    """Explains the errors about values that are not there yet."""

    def error(self, error: RaisedError) -> None:
        """TensorFlow's, Keras's and Python's own."""
        if isinstance(error.exception, AttributeError) and (found := error.find(_ATTRIBUTE)):
            call = error.is_from_call_of(found[1])
            is_method = call is not None and isinstance(call.func, ast.Attribute)
            tensor = source_text.text_of(call.func.value) if is_method else "tensor"  # type: ignore[union-attr]
            self._tell(error, "numpy", tensor=tensor, method=found[1])
        elif isinstance(error.exception, NotImplementedError) and error.find(_TO_NUMPY):
            self._tell_of_numpy(error)
        elif isinstance(error.exception, TypeError) and error.find(_TO_NUMBER):
            call = error.is_from_call_of("float", "int", "complex")
            self._tell(error, "number", call="float(...)" if call is None else source_text.text_of(call))
        elif isinstance(error.exception, tf.errors.OperatorNotAllowedInGraphError):
            if error.find(_TO_BOOL):
                self._tell(error, "bool")
            elif error.find(_ITERATION):
                self._tell(error, "iteration")
        elif isinstance(error.exception, TypeError) and error.find(_ESCAPED):
            self._tell(error, "escaped")
        elif isinstance(error.exception, ValueError) and error.find(_KERAS):
            call_text = "tf..."
            for call in source_text.nodes_at(*error.place, ast.Call) if error.place else ():
                if source_text.text_of(call.func).startswith(("tf.", "tensorflow.")):
                    call_text = source_text.text_of(call)
            self._tell(error, "keras", call=call_text)

    def _tell_of_numpy(self, error: RaisedError) -> None:
        for call in source_text.nodes_at(*error.place, ast.Call) if error.place else ():
            if not isinstance(call.func, ast.Attribute) or not isinstance(call.func.value, ast.Name):
                continue
            if call.func.value.id not in ("np", "numpy"):
                continue
            text = source_text.text_of(call)
            same = _SAME_IN_TENSORFLOW.get(call.func.attr)
            if same is None:
                self._tell(error, "numpy-call", call=text)
                return
            old, new = f"{call.func.value.id}.{call.func.attr}", f"tf.{same}"
            edit = ProblemEdit(line=call.func.lineno, old=old + "(", new=new + "(")
            self._tell(error, "numpy-call.same", edit, call=text, old=old, new=new)
            return
        self._tell(error, "numpy-call", call="np...")

    def _tell(self, error: RaisedError, variant: str, edit: ProblemEdit | None = None, **values: Any) -> None:
        self.report(Finding("symbolic-value", error.place, values, variant=variant, edit=edit, said_by=error.said))
