"""``fixed-signature``: a call whose shape the function's ``input_signature`` does not allow."""

from __future__ import annotations

import ast
import re
from typing import Any, Final

from tflab.protocol.events import ProblemEdit
from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.raised_error import RaisedError
from tflab.session.diagnosis.rule import Rule

_CAST: Final = (
    r"Can not cast TensorSpec\(shape=(?P<given>\([^)]*\)|<unknown>), dtype=tf\.(?P<given_dtype>\w+).*?\) "
    r"to TensorSpec\(shape=(?P<wanted>\([^)]*\)|<unknown>), dtype=tf\.(?P<wanted_dtype>\w+)"
)


class FixedSignature(Rule):
    """Explains the error, and finds the axis in the signature."""

    def error(self, error: RaisedError) -> None:
        """``Binding inputs to tf.function failed``."""
        found = error.find(_CAST)
        if found is None or not isinstance(error.exception, TypeError):
            return
        if found["given_dtype"] != found["wanted_dtype"]:
            return
        given, wanted = _lengths(found["given"]), _lengths(found["wanted"])
        values = {"function": _function(error), "given": found["given"], "wanted": found["wanted"]}
        if len(given) != len(wanted):
            self.report(Finding("fixed-signature", error.place, values, variant="rank", said_by=error.said))
            return
        axes = [axis for axis, pair in enumerate(zip(given, wanted, strict=True)) if pair[0] != pair[1] != "None"]
        opened = ["None" if axis in axes else length for axis, length in enumerate(wanted)]
        values["spec"] = f"tf.TensorSpec([{', '.join(opened)}], tf.{found['wanted_dtype']})"
        place, edit = _in_signature(error, wanted, opened)
        self.report(Finding("fixed-signature", place, values, edit=edit, said_by=error.said))


def _lengths(shape: str) -> list[str]:
    return re.findall(r"\d+|None", shape)


def _function(error: RaisedError) -> str:
    for call in source_text.nodes_at(*error.place, ast.Call) if error.place else ():
        if _traced_code(error, call) is not None:
            return source_text.text_of(call.func)
    return "tf.function"


def _traced_code(error: RaisedError, call: ast.Call) -> Any:
    """The code of the tf.function that is called; None where it is something else."""
    try:
        function: Any = error.value_of(call.func)
    except LookupError:
        function = None
        if isinstance(call.func, ast.Attribute):
            # A method: its class has it.
            try:
                function = vars(type(error.value_of(call.func.value))).get(call.func.attr)
            except LookupError:
                return None
    return getattr(getattr(function, "python_function", None), "__code__", None)


def _in_signature(
    error: RaisedError, wanted: list[str], opened: list[str]
) -> tuple[tuple[str, int] | None, ProblemEdit | None]:
    """The line of the signature that has the shape, and the edit that opens it; where that is not found, the call's."""
    for call in source_text.nodes_at(*error.place, ast.Call) if error.place else ():
        code = _traced_code(error, call)
        tree = None if code is None else source_text.tree_of(code.co_filename)
        for spec in ast.walk(tree) if tree is not None else ():
            if not isinstance(spec, ast.Call) or source_text.called_name(spec) != "TensorSpec":
                continue
            shape = _shape_argument(spec)
            if shape is None or [ast.unparse(length) for length in shape.elts] != wanted:
                continue
            old = source_text.segment_of(code.co_filename, shape)
            if old is not None:
                ends = old[0], old[-1]
                comma = "," if ends[0] == "(" and len(opened) == 1 else ""
                new = f"{ends[0]}{', '.join(opened)}{comma}{ends[1]}"
                return (code.co_filename, shape.lineno), ProblemEdit(line=shape.lineno, old=old, new=new)
    return error.place, None


def _shape_argument(spec: ast.Call) -> ast.List | ast.Tuple | None:
    shape = spec.args[0] if spec.args else None
    for keyword in spec.keywords:
        if keyword.arg == "shape":
            shape = keyword.value
    return shape if isinstance(shape, (ast.List, ast.Tuple)) else None
