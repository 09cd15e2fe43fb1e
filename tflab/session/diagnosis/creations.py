"""What the learner's line makes: a variable, a layer, an optimizer, and the name that it gets."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import keras

from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.raised_error import RaisedError

Made = Literal["variable", "layer", "optimizer"]


class Creation(NamedTuple):
    """Something that is made where it should only be used."""

    made: Made
    name: str
    """What it is assigned to; the call where it is not."""
    function: str
    """The innermost function around it; empty where there is none."""
    place: tuple[str, int]


def creation_behind(error: RaisedError) -> Creation | None:
    """What the line that failed makes, or uses after another line of the same function made it."""
    if error.place is None:
        return None
    function = source_text.function_at(*error.place)
    name = getattr(function, "name", "")
    for assigned, call in _calls(error.place, function):
        made = _made_by(call, error)
        if made is not None:
            text = source_text.text_of(call) if assigned is None else source_text.text_of(assigned)
            return Creation(made, text, name, (error.place[0], call.lineno))
    return None


def _calls(place: tuple[str, int], function: ast.AST | None) -> Iterator[tuple[ast.expr | None, ast.Call]]:
    """The calls on the line, and those whose result the line uses under a name; each with what it is assigned to."""
    statement = source_text.statement_at(*place)
    if statement is None:
        return
    yield from _with_target(statement)
    used = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
    for node in ast.walk(function) if function is not None else ():
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in used:
            yield from _with_target(node)


def _with_target(statement: ast.stmt) -> Iterator[tuple[ast.expr | None, ast.Call]]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Call):
            is_value = isinstance(statement, ast.Assign) and statement.value is node
            yield (statement.targets[0] if is_value and isinstance(statement, ast.Assign) else None), node


def _made_by(call: ast.Call, error: RaisedError) -> Made | None:
    name = source_text.called_name(call)
    if name in ("Variable", "add_weight", "get_variable"):
        return "variable"
    try:
        value: Any = error.value_of(call.func)
    except LookupError:
        value = None
    if not isinstance(value, type):
        return None
    if issubclass(value, keras.Layer):
        return "layer"
    return "optimizer" if issubclass(value, keras.optimizers.Optimizer) else None
