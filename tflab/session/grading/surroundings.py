"""What the learner's code finds when a session starts, remembered so that a check finds it again.

A cell can replace what a check relies on: Python's own functions, NumPy's and TensorFlow's, the lab's. All of these
are put back when the learner's code has ended, and what would watch or interrupt the check is taken away: trace
functions, profilers, timers, signal handlers, collector callbacks.

Putting back happens often, so it first compares, quickly. The functions that do it are made beforehand and keep all
that they need in their own closures: by the time that they run, the names in this module may mean something else.
"""

from __future__ import annotations

import builtins
import gc
import operator
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType, ModuleType
from typing import Any, Final

PutBack = Callable[[], None]

_SIGNALS: Final = (signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF, signal.SIGUSR1, signal.SIGUSR2, signal.SIGCHLD)
_TIMERS: Final = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
_ANSWERS: Final = frozenset(
    {"numpy", "_numpy", "_numpy_internal", "__array__", "__float__", "__int__", "__bool__", "shape", "dtype"}
)
"""Through these a tensor tells its value."""
_MONITORS: Final = 6
"""Tools that ``sys.monitoring`` (Python 3.12) knows."""
_LIBRARIES: Final = frozenset(
    {"numpy", "numpy.linalg", "numpy.testing", "tensorflow", "keras", "msgspec", "math", "operator", "statistics"}
    | {"random", "re", "time", "threading", "linecache", "traceback", "os", "posixpath", "struct", "socket", "queue"}
    | {"collections", "functools", "itertools", "ast", "types"}
)
"""Modules that learners and the session use; what they hold is nothing that running code changes."""


def remember(session_objects: Iterable[object]) -> PutBack:
    """Remembers the surroundings as they are, and returns the function that puts them back.

    ``session_objects`` are the session's own: functions that the learner's code adds to them go, too.
    """
    ours = _modules(lambda name: name == "tflab" or name.startswith("tflab."))
    theirs = _modules(_is_public)
    namespaces = [vars(builtins), *(vars(module) for module in (*ours, *theirs))]
    classes = _classes_of(ours)
    functions = _functions_in([*namespaces, *(dict(vars(kind)) for kind in classes)])
    steps = (
        # What would be called in between goes first, then what all the rest calls.
        _same_lists(gc.callbacks, sys.meta_path),
        _without_watchers(),
        _same_handlers(),
        _same_builtins(),
        _same_namespaces(sys.modules, *namespaces),
        _nothing_added(*(vars(module) for module in ours), *(vars(thing) for thing in session_objects)),
        _same_code(functions),
        _same_members(classes, lambda _: True, removes=True),
        _same_members(_tensor_kinds(), _ANSWERS.__contains__, removes=False),
    )

    def put_back() -> None:
        for step in steps:
            step()

    return put_back


# --- what is kept ------------------------------------------------------------------------------------------------


def _same_builtins() -> PutBack:
    namespace, known = vars(builtins), dict(vars(builtins))

    def put_back() -> None:
        namespace.update(known)

    return put_back


def _same_namespaces(*namespaces: dict[str, Any]) -> PutBack:
    """Functions, classes and modules under their names; other values may have changed with good reason."""
    kept = []
    for namespace in namespaces:
        known = {name: value for name, value in namespace.items() if callable(value) or isinstance(value, ModuleType)}
        kept.append((namespace, known, tuple(known), tuple(known.values())))
    every, each, is_same = all, map, operator.is_

    def put_back() -> None:
        for namespace, known, names, values in kept:
            if not every(each(is_same, each(namespace.get, names), values)):
                namespace.update(known)

    return put_back


def _nothing_added(*namespaces: dict[str, Any]) -> PutBack:
    """No further functions: a name in a module hides the built-in function of that name, one in an object its method's.

    Modules stay: one that was imported meanwhile is an attribute of its package.
    """
    kept = [(namespace, frozenset(namespace)) for namespace in namespaces]
    size, is_function, copied, kind_of, module = len, callable, list, type, ModuleType

    def put_back() -> None:
        for namespace, names in kept:
            if size(namespace) > size(names):
                for name in copied(namespace):
                    if name not in names and is_function(namespace[name]) and kind_of(namespace[name]) is not module:
                        del namespace[name]

    return put_back


def _same_code(functions: list[FunctionType]) -> PutBack:
    """The code and the default values of functions, which can be exchanged under everybody's hands."""
    every, each, is_same = all, map, operator.is_
    kept = [
        (name, operator.attrgetter(name), tuple(getattr(function, name) for function in functions))
        for name in ("__code__", "__defaults__", "__kwdefaults__")
    ]
    paired, set_attribute = zip, setattr

    def put_back() -> None:
        for name, getter, values in kept:
            if not every(each(is_same, each(getter, functions), values)):
                for function, value in paired(functions, values):
                    if getter(function) is not value:
                        set_attribute(function, name, value)

    return put_back


def _same_members(kinds: list[type], wanted: Callable[[str], bool], *, removes: bool) -> PutBack:
    """Methods and other members of classes; with ``removes``, functions that were added go."""
    kept = []
    for kind in kinds:
        members = {name: value for name, value in vars(kind).items() if wanted(name)}
        kept.append((kind, vars(kind), members, tuple(members), tuple(members.values()), frozenset(vars(kind))))
    every, each, is_same, is_function = all, map, operator.is_, callable
    size, copied, set_attribute, delete_attribute = len, list, setattr, delattr
    failures = (AttributeError, TypeError)

    def put_back() -> None:
        for kind, current, members, names, values, all_names in kept:
            if not every(each(is_same, each(current.get, names), values)):
                for name, value in members.items():
                    if current.get(name) is not value:
                        try:
                            set_attribute(kind, name, value)
                        except failures:
                            pass
            if removes and size(current) > size(all_names):
                for name in copied(current):
                    if name not in all_names and is_function(current[name]):
                        delete_attribute(kind, name)

    return put_back


def _same_lists(*lists: list[Any]) -> PutBack:
    kept = [(current, list(current)) for current in lists]

    def put_back() -> None:
        for current, known in kept:
            current[:] = known

    return put_back


def _same_handlers() -> PutBack:
    handlers = [(number, signal.getsignal(number)) for number in _SIGNALS]
    set_signal, get_signal = signal.signal, signal.getsignal

    def put_back() -> None:
        for number, handler in handlers:
            if get_signal(number) is not handler:
                set_signal(number, handler)

    return put_back


def _without_watchers() -> PutBack:
    """Takes away what would be called while the check runs."""
    set_trace, set_profile = sys.settrace, sys.setprofile
    all_trace, all_profile = threading.settrace, threading.setprofile
    set_timer, timers, tools = signal.setitimer, _TIMERS, range(_MONITORS)
    set_threshold, thresholds = gc.set_threshold, gc.get_threshold()
    monitoring: Any = getattr(sys, "monitoring", None)
    get_tool: Any = getattr(monitoring, "get_tool", lambda tool: None)
    free_tool: Any = getattr(monitoring, "free_tool_id", None)
    set_events: Any = getattr(monitoring, "set_events", None)

    def take_away() -> None:
        set_trace(None)
        set_profile(None)
        all_trace(None)
        all_profile(None)
        set_threshold(*thresholds)
        for timer in timers:
            set_timer(timer, 0)
        for tool in tools:
            if get_tool(tool) is not None:
                set_events(tool, 0)
                free_tool(tool)

    return take_away


# --- what there is -----------------------------------------------------------------------------------------------


def _modules(wanted: Callable[[str], bool]) -> list[ModuleType]:
    return [module for name, module in list(sys.modules.items()) if isinstance(module, ModuleType) and wanted(name)]


def _is_public(name: str) -> bool:
    return name in _LIBRARIES or name.startswith(("tensorflow._api.v2.", "keras.api", "keras._tf_keras"))


def _classes_of(modules: Iterable[ModuleType]) -> list[type]:
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and value.__module__ == module.__name__
    ]


def _functions_in(namespaces: Iterable[Mapping[str, Any]]) -> list[FunctionType]:
    """The Python functions among the values, each once."""
    found: dict[int, FunctionType] = {}
    for namespace in namespaces:
        for value in namespace.values():
            if isinstance(value, property):
                value = value.fget
            elif isinstance(value, (staticmethod, classmethod)):
                value = value.__func__
            if isinstance(value, FunctionType):
                found[id(value)] = value
    return list(found.values())


def _tensor_kinds() -> list[type]:
    import tensorflow as tf

    found: list[type] = []
    waiting: list[type] = [tf.Tensor, tf.Variable, tf.RaggedTensor, tf.SparseTensor, tf.keras.Variable]
    while waiting:
        kind = waiting.pop()
        if kind not in found:
            found.append(kind)
            waiting += type.__subclasses__(kind)
            waiting += [base for base in kind.__mro__[1:] if base.__module__.startswith(("tensorflow", "keras"))]
    return found
