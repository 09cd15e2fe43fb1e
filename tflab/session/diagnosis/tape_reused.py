"""``tape-reused``: a second gradient of a tape that gives only one."""

from __future__ import annotations

import ast

from tflab.protocol.events import ProblemEdit
from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.raised_error import RaisedError
from tflab.session.diagnosis.rule import Rule


class TapeReused(Rule):
    """Explains TensorFlow's error, and finds the tape's own line."""

    def error(self, error: RaisedError) -> None:
        """The error of the second call."""
        if not isinstance(error.exception, RuntimeError) or not error.find("non-persistent GradientTape can only"):
            return
        call = error.is_from_call_of("gradient", "jacobian", "batch_jacobian")
        tape = "tape"
        edit = None
        if call is not None and isinstance(call.func, ast.Attribute) and error.place is not None:
            tape = source_text.text_of(call.func.value)
            edit = _made_persistent(error.place, tape)
        self.report(Finding("tape-reused", error.place, {"tape": tape}, edit=edit, said_by=error.said))


def _made_persistent(place: tuple[str, int], tape: str) -> ProblemEdit | None:
    """The tape's own line, with ``persistent=True``."""
    file, line = place
    found: ast.Call | None = None
    tree = source_text.tree_of(file)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.With) and node.lineno <= line:
            for item in node.items:
                made = item.context_expr
                is_named = item.optional_vars is not None and source_text.text_of(item.optional_vars) == tape
                if is_named and isinstance(made, ast.Call) and (found is None or made.lineno > found.lineno):
                    found = made
    if found is None or any(keyword.arg == "persistent" for keyword in found.keywords):
        return None
    old = source_text.segment_of(file, found)
    if old is None:
        return None
    inside = "persistent=True" if old.endswith("()") else ", persistent=True"
    return ProblemEdit(line=found.lineno, old=old, new=f"{old[:-1]}{inside})")
