"""What Python did while a function was traced, and will not do again when its graph runs: prints, appended lists,
changed names and attributes, random numbers.

The state of the program that a function can name is compared before and after. What has changed counts where the
source of the functions that the trace can have gone through has a statement that changes it; that is its line.
"""

from __future__ import annotations

import ast
import os
import random
import sys
import threading
from collections import deque
from types import ModuleType
from typing import Any, Final, NamedTuple

import numpy as np
import tensorflow as tf

from tflab.protocol.events import SideEffect
from tflab.session.probes import user_site
from tflab.session.probes.cell_runs import CellRuns
from tflab.session.probes.function_code import ReachedFunction, definition, free_variables, reached
from tflab.session.probes.source_names import is_learners_class
from tflab.session.probes.trace_signature import shorten

_SCALARS: Final = (bool, int, float, complex, str, bytes, type(None))
_CONTAINERS: Final = (list, dict, set, deque)
_AUTOGRAPH_LOG: Final = os.path.join("tensorflow", "python", "autograph", "utils", "ag_logging.py")
"""At a prompt it prints its warnings, too."""
_MOST_NAMES: Final = 5000
_LARGEST_ARRAY: Final = 1 << 16
_MOST_EFFECTS: Final = 50
_LONGEST_PRINT: Final = 200
_MUTATORS: Final = frozenset(
    {"append", "extend", "insert", "add", "update", "pop", "popitem", "popleft", "appendleft", "remove", "discard"}
    | {"clear", "setdefault", "extendleft", "fill", "sort", "reverse"}
)


class _Mark(NamedTuple):
    """What a name held, as far as it can be compared later."""

    kind: str
    """``value``, ``length``, ``array`` or ``object``."""
    token: Any
    told: str
    held: Any
    """Kept, so that an id never comes to mean another object."""


def mark_of(value: Any) -> _Mark:
    """``value`` as it is now. Looks at types alone: an object of the learner's may run code where it is asked."""
    kind = type(value)
    if kind in _SCALARS:
        return _Mark("value", value, shorten(repr(value)), None)
    if issubclass(kind, _CONTAINERS):
        # Not as a subclass of the learner's counts.
        length = next(each for each in _CONTAINERS if issubclass(kind, each)).__len__(value)
        return _Mark("length", length, str(length), None)
    if kind is np.ndarray and value.nbytes <= _LARGEST_ARRAY and value.dtype != object:
        return _Mark("array", value.tobytes(), "", None)
    return _Mark("object", id(value), told_of(value), value)


def told_of(value: Any) -> str:
    """A value in a few words, without running code of the learner's."""
    if type(value) in _SCALARS:
        return shorten(repr(value))
    if issubclass(type(value), (tf.Tensor, np.ndarray)):
        shape = "?" if issubclass(type(value), tf.Tensor) and value.shape.rank is None else str(tuple(value.shape))
        kind = value.dtype.name
        return f"{'symbolic ' if tf.is_symbolic_tensor(value) else ''}{kind} {shape}"
    return type(value).__name__


class _Tee:
    """Standard output while a function is traced: everything goes on, and what this thread writes is remembered."""

    def __init__(self, stream: Any, prints: list[tuple[tuple[str, int] | None, str]]) -> None:
        self.stream = stream
        self._prints = prints
        self._thread = threading.get_ident()

    def write(self, text: str) -> Any:
        """As of the stream."""
        is_warning = sys._getframe(1).f_code.co_filename.endswith(_AUTOGRAPH_LOG)
        if threading.get_ident() == self._thread and not is_warning and len(self._prints) < _MOST_EFFECTS:
            place = user_site.traced_place()
            if self._prints and (self._prints[-1][0] == place or not text.strip()):
                before, told = self._prints.pop()
                self._prints.append((before, (told + text)[:_LONGEST_PRINT]))
            elif text.strip():
                self._prints.append((place, text[:_LONGEST_PRINT]))
        return self.stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


class TraceEffects:
    """The state before one trace, compared with that after it."""

    def __init__(self, function: Any, instance: Any) -> None:
        """``function`` is about to be traced; ``instance`` is the object whose method it is."""
        self._functions = reached(function, instance)
        self._before = _marks(self._functions)
        self._random = _random_states()
        self._prints: list[tuple[tuple[str, int] | None, str]] = []
        self._tee = _Tee(sys.stdout, self._prints)
        sys.stdout = self._tee

    def restore(self) -> None:
        """The trace has ended: standard output is what it was."""
        if sys.stdout is self._tee:
            sys.stdout = self._tee.stream

    def found(self, cells: CellRuns) -> tuple[SideEffect, ...]:
        """What the trace did, prints first."""
        self.restore()
        effects = [_effect("print", "", _one_line(told), place, cells) for place, told in self._prints]
        changes = _changes(self._functions)
        after = _marks(self._functions)
        for path, mark in after.items():
            before = self._before.get(path)
            if before == mark or (before is None and "[" in path):
                continue
            place = changes.get(path) or changes.get("." + path.rpartition(".")[2] if "." in path else path)
            is_new = before is None
            if place is None and (is_new or mark.kind != "length" or "." in path):
                continue
            kind = "added" if mark.kind == "length" and not is_new else "changed"
            effects.append(_effect(kind, path, _transition(before, mark), place, cells))
        for name, state in _random_states().items():
            place = changes.get(name)
            if place is not None and state != self._random.get(name):
                effects.append(_effect("random", name, "", place, cells))
        return tuple(effects[:_MOST_EFFECTS])


def _effect(kind: Any, name: str, detail: str, place: tuple[str, int] | None, cells: CellRuns) -> SideEffect:
    if place is None:
        return SideEffect(kind=kind, name=name, detail=detail)
    site = cells.traced_place(*place).site
    return SideEffect(kind=kind, name=name, detail=detail, file=site.file, line=site.line)


def _one_line(told: str) -> str:
    return " ".join(told.split())


def _transition(before: _Mark | None, after: _Mark) -> str:
    if before is None or after.kind == "array":
        return after.told
    return f"{before.told} → {after.told}"


def _random_states() -> dict[str, int]:
    # A normal number leaves a second one for the next time, and the generator where it was.
    legacy: Any = np.random.get_state(legacy=False)
    generator = legacy["state"]
    numpys = hash((bytes(generator["key"]), generator.get("pos"), legacy["has_gauss"], legacy["gauss"]))
    return {"random": hash(random.getstate()), "numpy.random": numpys}


def _marks(functions: list[ReachedFunction]) -> dict[str, _Mark]:
    """Every name that ``functions`` can reach, by the path that leads to it."""
    marks: dict[str, _Mark] = {}
    for names in _scopes(functions):
        for name, value in list(names.items()):
            if len(marks) > _MOST_NAMES:
                return marks
            if name.startswith("_") or name in ("In", "Out") or issubclass(type(value), (ModuleType, type)):
                continue
            marks[name] = mark_of(value)
            if type(value) is dict:
                for key, item in list(value.items())[:64]:
                    if isinstance(key, (str, int)) and type(item) in (*_SCALARS, list):
                        marks[f"{name}[{key!r}]"] = mark_of(item)
            elif is_learners_class(type(value)):
                marks.update({f"{name}.{key}": mark for key, mark in _attributes(value).items()})
    for one in functions:
        if one.instance is not None:
            marks.update({f"self.{key}": mark for key, mark in _attributes(one.instance).items()})
    return marks


def _scopes(functions: list[ReachedFunction]) -> list[dict[str, Any]]:
    scopes = {id(one.function.__globals__): one.function.__globals__ for one in functions}
    return [*scopes.values(), *(free_variables(one.function) for one in functions)]


def _attributes(value: Any) -> dict[str, _Mark]:
    try:
        attributes = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}
    return {name: mark_of(item) for name, item in list(attributes.items())[:256] if not name.startswith("_")}


def _changes(functions: list[ReachedFunction]) -> dict[str, tuple[str, int]]:
    """The statements that change something, by what they change: ``name``, ``.attribute``, ``name['key']``, or the
    module of a random number."""
    found: dict[str, tuple[str, int]] = {}
    for one in functions:
        node = definition(one.function.__code__)
        if node is None:
            continue
        for path, line in _changed_in(node, one.function.__globals__):
            found.setdefault(path, (one.function.__code__.co_filename, line))
    return found


def _changed_in(tree: ast.AST, names: dict[str, Any]) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete)):
            targets = node.targets if isinstance(node, (ast.Assign, ast.Delete)) else [node.target]
            for target in targets:
                parts = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
                found += [(path, node.lineno) for part in parts for path in _paths(part)]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in _MUTATORS:
                found += [(path, node.lineno) for path in _paths(node.func.value)]
            generator = _random_module(node.func.value, names)
            if generator:
                found.append((generator, node.lineno))
    return found


def _paths(target: ast.expr) -> list[str]:
    if isinstance(target, ast.Name):
        return [target.id]
    if isinstance(target, ast.Attribute):
        return ["." + target.attr]
    if isinstance(target, ast.Subscript):
        # Both the item and the container: a new key makes it longer.
        whole = _paths(target.value)
        if isinstance(target.value, ast.Name) and isinstance(target.slice, ast.Constant):
            return [f"{target.value.id}[{target.slice.value!r}]", *whole]
        return whole
    return []


def _random_module(value: ast.expr, names: dict[str, Any]) -> str:
    if isinstance(value, ast.Name):
        found = names.get(value.id)
    elif isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
        found = getattr(names.get(value.value.id), value.attr, None) if value.attr == "random" else None
    else:
        return ""
    return "random" if found is random else "numpy.random" if found is np.random else ""
