"""``tensor-assignment``: ``t[0] = 5`` on a tensor, which never changes, or on a variable, which has its own way."""

from __future__ import annotations

import ast
from typing import Final

from tflab.protocol.events import ProblemEdit
from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.raised_error import RaisedError
from tflab.session.diagnosis.rule import Rule

_ASSIGNED: Final = r"'(?P<kind>[\w.]*(?:EagerTensor|SymbolicTensor|Variable))' object does not support item assignment"
_METHODS: Final[dict[type[ast.operator], str]] = {ast.Add: "assign_add", ast.Sub: "assign_sub"}


class TensorAssignment(Rule):
    """Explains Python's error, with the code to write instead."""

    def error(self, error: RaisedError) -> None:
        """``object does not support item assignment``."""
        found = error.find(_ASSIGNED)
        if found is None or not isinstance(error.exception, TypeError):
            return
        variant = "variable" if found["kind"].endswith("Variable") else "tensor"
        statement = _assignment(error)
        if statement is None:
            self.report(Finding("tensor-assignment", error.place, variant=variant + ".unnamed", said_by=error.said))
            return
        target, value, method = statement
        name = source_text.text_of(target.value)
        if variant == "variable":
            instead = f"{ast.unparse(target)}.{method}({ast.unparse(value)})"
        else:
            index = f"[[{ast.unparse(target.slice).strip('()')}]]"
            instead = f"{name} = tf.tensor_scatter_nd_update({name}, {index}, [{ast.unparse(value)}])"
        edit = _edit(error, instead) if variant == "variable" else None
        values = {"name": name, "target": source_text.text_of(target), "instead": instead}
        self.report(Finding("tensor-assignment", error.place, values, variant=variant, edit=edit, said_by=error.said))


def _assignment(error: RaisedError) -> tuple[ast.Subscript, ast.expr, str] | None:
    """Target, value and method of the assignment to an item on the innermost line."""
    for node in source_text.nodes_at(*error.place, ast.stmt) if error.place else ():
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            return node.targets[0], node.value, "assign"
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Subscript) and type(node.op) in _METHODS:
            return node.target, node.value, _METHODS[type(node.op)]
    return None


def _edit(error: RaisedError, instead: str) -> ProblemEdit | None:
    assert error.place is not None
    statement = source_text.statement_at(*error.place)
    if statement is None or statement.end_lineno != statement.lineno:
        return None
    old = source_text.line_of(error.place[0], statement.lineno).encode()
    text = old[statement.col_offset : statement.end_col_offset].decode()
    return ProblemEdit(line=statement.lineno, old=text, new=instead)
