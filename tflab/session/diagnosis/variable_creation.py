"""``variable-created-in-function``: a variable, layer or optimizer that comes into being inside a tf.function."""

from __future__ import annotations

from typing import Final

from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.creations import creation_behind
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.raised_error import RaisedError
from tflab.session.diagnosis.rule import Rule

LATER_CALL: Final = r"tf\.function only supports singleton tf\.Variables|tried to create variables on non-first call"


class VariableCreation(Rule):
    """Explains TensorFlow's error about variables after the first call."""

    def error(self, error: RaisedError) -> None:
        """The error of a tf.function that makes variables each time it is traced."""
        if not isinstance(error.exception, ValueError) or not error.find(LATER_CALL):
            return
        made = creation_behind(error)
        if made is None:
            self.report(Finding("variable-created-in-function", error.place, said_by=error.said))
        elif not (made.made == "layer" and made.function == "call"):
            # That one has a code of its own.
            values = {"name": made.name, "function": _traced(error) or made.function or "tf.function"}
            self.report(
                Finding("variable-created-in-function", made.place, values, variant=made.made, said_by=error.said)
            )


def _traced(error: RaisedError) -> str:
    """The name of the innermost function on the way that is decorated as a tf.function; empty where none is."""
    for place in reversed(error.places):
        function = source_text.function_at(*place)
        for decorator in getattr(function, "decorator_list", ()):
            if "function" in source_text.text_of(decorator):
                return str(getattr(function, "name", ""))
    return ""
