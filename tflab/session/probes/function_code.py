"""The source of the learner's functions as a tree, and which of them a function may come to call."""

from __future__ import annotations

import ast
import linecache
from types import CodeType, FunctionType, MethodType
from typing import Any, Final, NamedTuple

from tensorflow.python.eager.polymorphic_function import polymorphic_function

from tflab.session.probes import user_site

_MOST_FUNCTIONS: Final = 32
_KEPT_FILES: Final = 64
_CALLED: Final = frozenset({"call", "__call__"})
"""Methods that are called without being named."""

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class ReachedFunction(NamedTuple):
    """A function of the learner's that runs where another one is traced, as far as names tell."""

    function: Any
    """A plain function."""
    instance: Any
    """The object whose method it is; None for a plain function."""


def reached(function: Any, instance: Any) -> list[ReachedFunction]:
    """``function`` and the learner's functions that it and those that it calls name, at most a few dozen."""
    found: dict[CodeType, ReachedFunction] = {}
    waiting = [ReachedFunction(function, instance)] if isinstance(function, FunctionType) else []
    while waiting and len(found) < _MOST_FUNCTIONS:
        one = waiting.pop(0)
        if one.function.__code__ in found:
            continue
        found[one.function.__code__] = one
        waiting += _named_in(one)
    return list(found.values())


def _named_in(one: ReachedFunction) -> list[ReachedFunction]:
    names = set(names_in(one.function.__code__))
    values = [one.function.__globals__[name] for name in names if name in one.function.__globals__]
    values += free_variables(one.function).values()
    if one.instance is not None:
        values.append(one.instance)
    named: list[ReachedFunction] = []
    for value in values:
        plain, owner = _plain(value)
        if plain is not None:
            named.append(ReachedFunction(plain, owner))
        elif not issubclass(type(value), type):
            named += _methods(value, names | _CALLED)
    return [each for each in named if user_site.is_learners(each.function.__code__.co_filename)]


def _plain(value: Any) -> tuple[Any, Any]:
    """The plain function that ``value`` is or wraps, and the object that it is bound to; two None for anything else.
    By types alone: an object of the learner's may run code where it is asked for an attribute."""
    kind = type(value)
    if issubclass(kind, polymorphic_function.Function):
        return _plain(value.python_function)
    if kind is MethodType:
        return _plain(value.__func__)[0], value.__self__
    if kind is FunctionType:
        # A decorator names what it decorates.
        inner = vars(value).get("__wrapped__")
        return _plain(inner) if type(inner) is FunctionType else (value, None)
    return None, None


def _methods(value: Any, names: set[str] | frozenset[str]) -> list[ReachedFunction]:
    members = {name: member for kind in reversed(type(value).__mro__) for name, member in vars(kind).items()}
    plain = [_plain(members[name])[0] for name in names if name in members]
    return [ReachedFunction(member, value) for member in plain if member is not None]


def names_in(code: CodeType) -> list[str]:
    """The global names and attributes that ``code`` mentions, inner functions included."""
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return [*code.co_names, *(name for each in inner for name in names_in(each))]


def free_variables(function: Any) -> dict[str, Any]:
    """What the free variables of ``function`` hold, by name; those without a value are left out."""
    values: dict[str, Any] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
        try:
            values[name] = cell.cell_contents
        except ValueError:
            continue
    return values


_definitions: dict[str, tuple[int, dict[int, list[Definition]]]] = {}


def definition(code: CodeType) -> Definition | None:
    """The tree of the ``def`` or ``lambda`` that ``code`` was compiled from; None where its source is not at hand."""
    lines = linecache.getlines(code.co_filename)
    text = "".join(lines)
    known = _definitions.get(code.co_filename)
    if known is None or known[0] != hash(text):
        if len(_definitions) >= _KEPT_FILES:
            _definitions.clear()
        known = _definitions[code.co_filename] = (hash(text), _by_line(text))
    candidates = known[1].get(code.co_firstlineno, [])
    is_lambda = code.co_name == "<lambda>"
    fitting = [node for node in candidates if isinstance(node, ast.Lambda) == is_lambda]
    # Of several lambdas on one line the one with these arguments, if it is one alone.
    names = list(code.co_varnames[: code.co_argcount])
    same = [node for node in fitting if [each.arg for each in (*node.args.posonlyargs, *node.args.args)] == names]
    return same[0] if same else fitting[0] if fitting else None


def _by_line(text: str) -> dict[int, list[Definition]]:
    found: dict[int, list[Definition]] = {}
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return found
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            found.setdefault(first_line(node), []).append(node)
    return found


def first_line(node: Definition) -> int:
    """The line that the code of ``node`` starts at: its first decorator's, where it has any."""
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def source_of(code: CodeType) -> tuple[int, str] | None:
    """The first line, and the lines, of the function with ``code``; None where they are not at hand."""
    node = definition(code)
    if node is None:
        return None
    first = first_line(node)
    lines = linecache.getlines(code.co_filename)[first - 1 : node.end_lineno]
    return (first, "".join(lines)) if lines else None
