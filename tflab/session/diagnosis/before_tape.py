"""Which sources of a gradient went into something that was computed before the tape's block and is used in it.

The tape cannot know: to it such a tensor came from outside. The source tells what was assigned before the block, and
what the expression means there tells whether a source is part of it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import FrameType
from typing import Any

import keras
import tensorflow as tf

from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.gradient_taken import GradientTaken


def used_before(taken: GradientTaken) -> frozenset[int]:
    """The positions of these sources; empty where the block was not recorded."""
    trail = taken.call.trail
    if trail is None or not tf.executing_eagerly():
        return frozenset()
    block = _block(trail.file, trail.line)
    found: set[int] = set()
    for value in _assigned_before(block, trail.file) if block is not None else ():
        meant = [known for node in ast.walk(value) for known in _meant(node, taken.caller)]
        parts = {id(part) for known in meant for part in _variables(known)}
        found |= {position for position, source in enumerate(taken.sources) if id(source) in parts}
    return frozenset(found)


def _block(file: str, line: int) -> ast.With | None:
    """The innermost ``with`` whose head is on the line."""
    found = None
    for node in source_text.nodes_at(file, line, ast.With):
        if line < node.body[0].lineno or node.lineno == line:
            found = node
    return found


def _assigned_before(block: ast.With, file: str) -> Iterator[ast.expr]:
    """What the names that the block uses were assigned before it, in the same function or cell."""
    inside = [node for statement in block.body for node in ast.walk(statement) if isinstance(node, ast.Name)]
    stored = {node.id for node in inside if isinstance(node.ctx, ast.Store)}
    used = {node.id for node in inside if isinstance(node.ctx, ast.Load)} - stored
    around: ast.AST | None = source_text.function_at(file, block.lineno) or source_text.tree_of(file)
    for node in ast.walk(around) if around is not None else ():
        if isinstance(node, ast.Assign) and node.lineno < block.lineno:
            names = {each.id for target in node.targets for each in ast.walk(target) if isinstance(each, ast.Name)}
            if names & used:
                yield node.value


def _meant(node: ast.AST, frame: FrameType) -> list[Any]:
    """What a name, or attributes of one, means in ``frame``, without running code of the learner's; at most one."""
    if isinstance(node, ast.Name):
        scopes = (frame.f_locals, frame.f_globals)
        return [scope[node.id] for scope in scopes if node.id in scope][:1]
    if isinstance(node, ast.Attribute):
        return [_attributes(owner)[node.attr] for owner in _meant(node.value, frame) if node.attr in _attributes(owner)]
    return []


def _attributes(owner: Any) -> dict[str, Any]:
    try:
        attributes = object.__getattribute__(owner, "__dict__")
    except AttributeError:
        return {}
    return attributes if type(attributes) is dict else {}


def _variables(known: Any) -> list[Any]:
    """The variables that ``known`` is or has."""
    if isinstance(known, (tf.Variable, keras.Variable)):
        return [known]
    return list(known.variables) if isinstance(known, (keras.Layer, tf.Module)) else []
