"""What a traced function reads from outside of itself, and whether that has changed since it was traced.

The graph holds what Python read while it was traced: a global number, an attribute, an object. A later call that an
earlier trace serves goes on with it, whatever the name holds by then.
"""

from __future__ import annotations

import ast
from types import BuiltinFunctionType, FunctionType, ModuleType, SimpleNamespace
from typing import Any, Final, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from tflab.session.probes.function_code import ReachedFunction, definition, reached
from tflab.session.probes.source_names import is_learners_class
from tflab.session.probes.trace_effects import told_of

_SCALARS: Final = (bool, int, float, complex, str, bytes, type(None))
_MOST: Final = 48
_ABSENT: Final = object()


class OutdatedValue(NamedTuple):
    """One name that no longer holds what the trace read."""

    name: str
    traced: str
    current: str


class _Read:
    """One name: where its value lies and what it was."""

    __slots__ = ("holder", "key", "name", "told", "value")

    def __init__(self, name: str, holder: Any, key: Any, value: Any) -> None:
        self.name = name
        self.holder = holder
        self.key = key
        self.value = value
        self.told = value
        """The value that was last told as the current one, or the traced one."""


class CapturedValues:
    """What one tf.function read when it was traced last."""

    def __init__(self, function: Any, instance: Any) -> None:
        """To be made when ``function`` has been traced; ``instance`` is the object whose method it is."""
        functions = reached(function, instance)
        reads: dict[str, _Read] = {}
        stored: set[str] = set()
        for one in functions:
            node = definition(one.function.__code__)
            if node is not None:
                _collect(node, one, reads, stored)
        kept = [read for name, read in reads.items() if name not in stored][:_MOST]
        self._in_dicts = [read for read in kept if isinstance(read.holder, dict)]
        self._in_cells = [read for read in kept if not isinstance(read.holder, dict)]

    @property
    def is_any(self) -> bool:
        """Whether there is anything that could change."""
        return bool(self._in_dicts or self._in_cells)

    def forget_told(self) -> None:
        """What has changed since the trace is to be answered anew."""
        for read in (*self._in_dicts, *self._in_cells):
            read.told = read.value

    def outdated(self) -> list[OutdatedValue]:
        """What has changed since the trace; each change once, until `forget_told`. Cheap where nothing has."""
        changed: list[OutdatedValue] = []
        for read in self._in_dicts:
            value = read.holder.get(read.key, _ABSENT)
            if value is not read.told:
                _compare(read, value, changed)
        for read in self._in_cells:
            try:
                value = read.holder.cell_contents
            except ValueError:
                continue
            if value is not read.told:
                _compare(read, value, changed)
        return changed


def _compare(read: _Read, value: Any, changed: list[OutdatedValue]) -> None:
    if value is _ABSENT or _is_same(value, read.told):
        return
    read.told = value
    if not _is_same(value, read.value):
        traced, current = told_of(read.value), told_of(value)
        changed.append(OutdatedValue(read.name, traced, current))


def _is_same(one: Any, other: Any) -> bool:
    """Whether a graph made with ``one`` serves for ``other``, too."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if type(one) in _SCALARS:
        return bool(one == other or (one != one and other != other))
    if type(one) is np.ndarray:
        return bool(one.shape == other.shape and one.dtype == other.dtype and one.tobytes() == other.tobytes())
    if issubclass(type(one), tf.Tensor):
        return _is_same(_contents(one), _contents(other)) if hasattr(one, "numpy") else False
    if type(one) is FunctionType:
        a, b = one.__code__, other.__code__
        return bool(a.co_code == b.co_code and a.co_consts == b.co_consts and a.co_names == b.co_names)
    return False


def _contents(tensor: Any) -> Any:
    return tensor.numpy() if tf.executing_eagerly() and hasattr(tensor, "numpy") else object()


def _collect(node: ast.AST, one: ReachedFunction, reads: dict[str, _Read], stored: set[str]) -> None:
    """Adds what the code of ``one`` reads to ``reads``, and what it writes to ``stored``."""
    code = one.function.__code__
    local = set(code.co_varnames) | set(code.co_cellvars) | _inner_names(node)
    cells = dict(zip(code.co_freevars, one.function.__closure__ or (), strict=False))
    itself = code.co_varnames[0] if one.instance is not None and code.co_argcount else None
    names = one.function.__globals__

    def root(name: str) -> tuple[Any, Any, Any]:
        """Holder, key and value of a name that is not the function's own."""
        if name in cells:
            try:
                return cells[name], None, cells[name].cell_contents
            except ValueError:
                return None, None, _ABSENT
        if name in local:
            return None, None, _ABSENT
        return names, name, names.get(name, _ABSENT)

    for child in ast.walk(node):
        if isinstance(child, ast.Name):
            if not isinstance(child.ctx, ast.Load):
                if child.id not in local:
                    stored.add(child.id)
                continue
            holder, key, value = root(child.id)
            if holder is not None and value is not _ABSENT and _is_watched(value):
                reads.setdefault(child.id, _Read(child.id, holder, key, value))
        elif isinstance(child, ast.Attribute) and isinstance(child.value, ast.Name):
            owner = one.instance if child.value.id == itself else root(child.value.id)[2]
            path = f"{'self' if child.value.id == itself else child.value.id}.{child.attr}"
            if not isinstance(child.ctx, ast.Load):
                stored.add(path)
                continue
            attributes = _attributes(owner)
            value = attributes.get(child.attr, _ABSENT)
            if not child.attr.startswith("_") and _is_plain(value):
                reads.setdefault(path, _Read(path, attributes, child.attr, value))
        elif isinstance(child, ast.Subscript) and isinstance(child.value, ast.Name):
            if not isinstance(child.slice, ast.Constant):
                continue
            path = f"{child.value.id}[{child.slice.value!r}]"
            if not isinstance(child.ctx, ast.Load):
                stored.add(path)
                continue
            owner = root(child.value.id)[2]
            if type(owner) is dict and _is_plain(owner.get(child.slice.value, _ABSENT)):
                reads.setdefault(path, _Read(path, owner, child.slice.value, owner[child.slice.value]))


def _inner_names(node: ast.AST) -> set[str]:
    """Names that belong to functions, lambdas and comprehensions inside."""
    names: set[str] = set()
    for child in ast.walk(node):
        if isinstance(child, ast.arg):
            names.add(child.arg)
        elif isinstance(child, ast.comprehension):
            names |= {each.id for each in ast.walk(child.target) if isinstance(each, ast.Name)}
        elif child is not node and isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names.add(child.name)
    return names


def _attributes(owner: Any) -> dict[str, Any]:
    if owner is _ABSENT or not (issubclass(type(owner), SimpleNamespace) or is_learners_class(type(owner))):
        return {}
    try:
        attributes = object.__getattribute__(owner, "__dict__")
    except AttributeError:
        return {}
    return attributes if type(attributes) is dict else {}


def _is_plain(value: Any) -> bool:
    """Whether the graph holds a copy of ``value``, so that a new one in its place is not seen."""
    return value is not _ABSENT and (
        type(value) in _SCALARS
        or issubclass(type(value), (np.ndarray, np.generic))
        or (issubclass(type(value), tf.Tensor) and not tf.is_symbolic_tensor(value))
    )


def _is_watched(value: Any) -> bool:
    """Whether it matters that a name holds another object: not for modules, classes and containers."""
    if _is_plain(value):
        return True
    kind = type(value)
    if issubclass(kind, (type, ModuleType, BuiltinFunctionType, list, dict, set, tuple)):
        return False
    return issubclass(
        kind, (FunctionType, tf.Variable, keras.Variable, tf.Module, keras.Layer, keras.optimizers.Optimizer)
    )
