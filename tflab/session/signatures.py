"""What a callable takes and what is written about it, without running the learner's code."""

from __future__ import annotations

import inspect
from types import BuiltinFunctionType, FunctionType, MethodDescriptorType, MethodType
from typing import Any, Final

from tflab.session.trusted import is_trusted, static_attribute

_PLAIN: Final = (bool, int, float, complex, str, bytes, type(None), type(Ellipsis))
_CONTAINERS: Final = (tuple, list)
LONGEST_DOCUMENTATION: Final = 20_000
_LONGEST_DEFAULT: Final = 40


def parameters_of(value: Any) -> list[inspect.Parameter] | None:
    """The parameters that a call of ``value`` takes; None where it cannot be called or does not tell."""
    target = value
    if isinstance(value, type):
        if type(value) is not type and not is_trusted(value) and type(value).__module__ not in ("abc", "enum"):
            # A metaclass of the learner's own may do as it likes.
            return None
    elif not isinstance(value, (FunctionType, MethodType, BuiltinFunctionType, MethodDescriptorType)):
        call = static_attribute(type(value), "__call__", None)
        if not is_trusted(value) and isinstance(call, FunctionType):
            return _read(call, bound=True)
        if not callable(value) or not is_trusted(value):
            return None
    return _read(target)


def _read(target: Any, bound: bool = False) -> list[inspect.Parameter] | None:
    try:
        parameters = list(inspect.signature(target).parameters.values())
    # Builtins without a signature; odd objects fail in their own ways.
    except Exception:
        return None
    return parameters[1:] if bound else parameters


def written(parameter: inspect.Parameter) -> str:
    """As it would be written: ``learning_rate=0.001``, ``*args``."""
    if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
        return "*" + parameter.name
    if parameter.kind is inspect.Parameter.VAR_KEYWORD:
        return "**" + parameter.name
    if parameter.default is inspect.Parameter.empty:
        return parameter.name
    return f"{parameter.name}={default_of(parameter)}"


def default_of(parameter: inspect.Parameter) -> str:
    """The default as text; ``…`` where only the learner's own code could write it, or where it is long."""
    default = parameter.default
    if isinstance(default, (FunctionType, type)):
        return default.__name__
    if not _is_plain(default) and (type(default) in _CONTAINERS or not is_trusted(default)):
        return "…"
    try:
        text = repr(default)
    except Exception:
        return "…"
    return text if len(text) <= _LONGEST_DEFAULT and "\n" not in text else "…"


def _is_plain(value: Any) -> bool:
    """Whether writing it runs nobody's code."""
    if type(value) in _CONTAINERS:
        return all(map(_is_plain, value))
    return type(value) in _PLAIN


def active_parameter(parameters: list[inspect.Parameter], index: int, keyword: str) -> int | None:
    """Which of the parameters an argument is for, by its place and its keyword."""
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    if keyword:
        named = next((number for number, each in enumerate(parameters) if each.name == keyword), None)
        if named is not None:
            return named
        return next((n for n, each in enumerate(parameters) if each.kind is inspect.Parameter.VAR_KEYWORD), None)
    for number, each in enumerate(parameters):
        if each.kind is inspect.Parameter.VAR_POSITIONAL or (number == index and each.kind not in variable):
            keyword_only = each.kind is inspect.Parameter.KEYWORD_ONLY
            return None if keyword_only else number
    return None


def documentation_of(value: Any) -> str:
    """What is written about a class, a function or a module; empty for other values."""
    documented = isinstance(value, (type, FunctionType, MethodType, BuiltinFunctionType, MethodDescriptorType))
    if not documented and not is_trusted(value):
        return ""
    try:
        text = inspect.getdoc(value) if documented or inspect.ismodule(value) or callable(value) else None
    except Exception:
        return ""
    return (text if isinstance(text, str) else "")[:LONGEST_DOCUMENTATION]
