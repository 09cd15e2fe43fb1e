"""How long ``for`` loops are and how far they have come, read from their source and the variables of their frame.

Nothing of the learner's runs for it: a length is known where the loop goes over ``range``, over ``enumerate`` of
something with a length, or over ``tqdm`` of either, and their arguments are plain numbers and names of such.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import FrameType
from typing import Any, Final

import numpy as np

_SIZED: Final = (list, tuple, dict, set, str, range, np.ndarray)
_WRAPPERS: Final = ("tqdm", "track")
Variables = Mapping[str, Any]


@dataclass(frozen=True)
class Loop:
    """A ``for`` loop in a source."""

    target: ast.expr
    iterable: ast.expr
    first: int
    """Lines of its body, 1-based."""
    last: int
    function: int
    """The line of the ``def`` that it is in; 0 at the top."""


@lru_cache(maxsize=64)
def _loops(lines: tuple[str, ...]) -> tuple[tuple[Loop, ...], tuple[tuple[int, int], ...]]:
    """The loops of a source, outer ones before inner ones, and the first and last lines of its functions."""
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError, RecursionError):
        return (), ()
    loops: list[Loop] = []
    functions: list[tuple[int, int]] = []

    def visit(node: ast.AST, function: int) -> None:
        for child in ast.iter_child_nodes(node):
            inside = function
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                functions.append((child.lineno, child.end_lineno or child.lineno))
                inside = child.lineno
            elif isinstance(child, ast.For):
                body = child.body
                loops.append(
                    Loop(child.target, child.iter, body[0].lineno, body[-1].end_lineno or body[-1].lineno, function)
                )
            visit(child, inside)

    visit(tree, 0)
    return tuple(loops), tuple(functions)


def counted(frame: FrameType) -> list[tuple[str, int, int]]:
    """The loops that ``frame`` is in: variable, rounds that have ended, rounds in all; outermost first."""
    lines = tuple(linecache.getlines(frame.f_code.co_filename))
    loops, functions = _loops(lines)
    if not loops:
        return []
    line = frame.f_lineno
    around = [first for first, last in functions if first <= line <= last]
    function = max(around, default=0)
    found = []
    variables = {**frame.f_globals, **frame.f_locals} if function else frame.f_globals
    for loop in loops:
        if loop.function == function and loop.first <= line <= loop.last:
            count = _count(loop, variables)
            if count is not None:
                found.append(count)
    return found


def _count(loop: Loop, variables: Variables) -> tuple[str, int, int] | None:
    iterable = _unwrapped(loop.iterable)
    target = loop.target
    if not isinstance(iterable, ast.Call) or not isinstance(iterable.func, ast.Name) or iterable.keywords:
        return None
    arguments = iterable.args
    if iterable.func.id in ("range", "trange") and isinstance(target, ast.Name) and 1 <= len(arguments) <= 3:
        numbers = [_number(each, variables) for each in arguments]
        if None in numbers or (len(numbers) == 3 and not numbers[2]):
            return None
        steps = range(*(number for number in numbers if number is not None))
        return _placed(target.id, steps, variables)
    enumerated = iterable.func.id == "enumerate" and isinstance(target, ast.Tuple) and len(arguments) == 1
    if enumerated and isinstance(target, ast.Tuple) and isinstance(target.elts[0], ast.Name):
        length = _length(_unwrapped(arguments[0]), variables)
        return None if length is None else _placed(target.elts[0].id, range(length), variables)
    return None


def _placed(name: str, steps: range, variables: Variables) -> tuple[str, int, int] | None:
    value = variables.get(name)
    if not isinstance(value, int) or value not in steps or len(steps) < 2:
        return None
    return name, steps.index(value), len(steps)


def _unwrapped(node: ast.expr) -> ast.expr:
    """What a progress bar goes over."""
    if isinstance(node, ast.Call) and node.args:
        called = node.func
        name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
        if name in _WRAPPERS:
            return node.args[0]
    return node


def _length(node: ast.expr, variables: Variables) -> int | None:
    value: Any = variables.get(node.id) if isinstance(node, ast.Name) else None
    return len(value) if type(value) in _SIZED else None


def _number(node: ast.expr, variables: Variables) -> int | None:
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) is int else None
    if isinstance(node, ast.Name):
        value = variables.get(node.id)
        if type(value) is int:
            return value
        return int(value) if isinstance(value, np.integer) else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len" and len(node.args) == 1:
        return _length(node.args[0], variables)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = _number(node.operand, variables)
        return None if number is None else -number
    if isinstance(node, ast.BinOp):
        left, right = _number(node.left, variables), _number(node.right, variables)
        if left is None or right is None:
            return None
        match node.op:
            case ast.Add():
                return left + right
            case ast.Sub():
                return left - right
            case ast.Mult():
                return left * right
            case ast.FloorDiv() if right:
                return left // right
    return None
