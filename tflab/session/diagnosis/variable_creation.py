"""``variable-created-in-function``: a variable that comes into being again and again, inside a tf.function."""

from __future__ import annotations

import ast
from typing import Final

from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.raised_error import RaisedError
from tflab.session.diagnosis.rule import Rule

_LATER_CALL: Final = r"tf\.function only supports singleton tf\.Variables|tried to create variables on non-first call"


class VariableCreation(Rule):
    """Explains TensorFlow's error about variables after the first call."""

    def error(self, error: RaisedError) -> None:
        """The error of a tf.function that makes variables each time it is traced."""
        if not isinstance(error.exception, ValueError) or not error.find(_LATER_CALL):
            return
        place = error.place
        function, variable = "", ""
        if place is not None:
            place, variable = _creation(place)
            around = source_text.function_at(*place)
            function = getattr(around, "name", "")
        self.report(
            Finding(
                "variable-created-in-function",
                place,
                {"function": function or "tf.function", "variable": variable},
                variant="named" if variable and function else "",
                said_by=error.said,
            )
        )


def _creation(place: tuple[str, int]) -> tuple[tuple[str, int], str]:
    """Where the variable is made, and what it is assigned to."""
    for assignment in source_text.nodes_at(*place, ast.Assign):
        made = [node for node in ast.walk(assignment.value) if isinstance(node, ast.Call)]
        if made:
            return (place[0], assignment.lineno), source_text.text_of(assignment.targets[0])
    return place, ""
