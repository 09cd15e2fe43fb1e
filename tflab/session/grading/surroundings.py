"""What the learner's code finds when a session starts, remembered so that a check finds it again.

A cell can replace what a check relies on: Python's own functions, NumPy's and TensorFlow's, the lab's. All of these
are put back between the learner's cell and the check, and what would watch or interrupt the check is taken away:
trace functions, profilers, timers, signal handlers, collector callbacks.

The function that puts back is made beforehand and keeps all that it needs in its own closure.
"""

from __future__ import annotations

import builtins
import gc
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from types import FunctionType, ModuleType
from typing import Any, Final

_SIGNALS: Final = (signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF, signal.SIGUSR1, signal.SIGUSR2, signal.SIGCHLD)
_TIMERS: Final = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
_ANSWERS: Final = (
    "numpy",
    "_numpy",
    "_numpy_internal",
    "__array__",
    "__float__",
    "__int__",
    "__bool__",
    "shape",
    "dtype",
)
"""Through these a tensor tells its value."""
_MONITORS: Final = 6
"""Tools that ``sys.monitoring`` (Python 3.12) knows."""

_LIBRARIES: Final = frozenset(
    {
        "numpy",
        "numpy.linalg",
        "numpy.testing",
        "tensorflow",
        "keras",
        "math",
        "operator",
        "statistics",
        "random",
        "re",
        "time",
        "threading",
        "linecache",
        "traceback",
        "os",
        "posixpath",
        "struct",
        "socket",
        "queue",
        "collections",
        "functools",
        "itertools",
        "msgspec",
    }
)
PutBack = Callable[[], None]


def remember(session_objects: Iterable[object]) -> PutBack:
    """Remembers the surroundings as they are, and returns the function that puts them back.

    ``session_objects`` are the session's own: attributes that the learner's code adds to them go, too.
    """
    ours = _modules(lambda name: name == "tflab" or name.startswith("tflab."))
    theirs = _modules(_is_public)
    modules = [(module, vars(module), dict(vars(module))) for module in ours]
    libraries = [(vars(module), _code_of(vars(module))) for module in theirs]
    listed = dict(sys.modules)
    classes = [(kind, dict(vars(kind))) for kind in _classes(ours)]
    tensors = [(kind, name, vars(kind)[name]) for kind in _tensor_kinds() for name in _ANSWERS if name in vars(kind)]
    functions = [
        (function, function.__code__, function.__defaults__, function.__kwdefaults__)
        for function in _functions([*(known for _, _, known in modules), *(known for _, known in libraries)], classes)
    ]
    objects = [(vars(thing), frozenset(vars(thing))) for thing in session_objects]
    finders, callbacks = list(sys.meta_path), list(gc.callbacks)
    handlers = [(number, signal.getsignal(number)) for number in _SIGNALS]
    basics, known_basics = vars(builtins), dict(vars(builtins))
    put_back_watchers = _watchers()
    # Bound here: by the time that these are used, the names in this module may mean something else.
    set_attribute, delete_attribute, module_type = setattr, delattr, ModuleType
    set_signal, get_signal = signal.signal, signal.getsignal
    all_modules, all_finders, all_callbacks = sys.modules, sys.meta_path, gc.callbacks
    failures = (AttributeError, TypeError)

    def put_back() -> None:
        put_back_watchers()
        basics.update(known_basics)
        for name, module in listed.items():
            if all_modules.get(name) is not module:
                all_modules[name] = module
        for _, current, known in modules:
            for name in list(current):
                # A submodule that was imported meanwhile is an attribute, too.
                if name not in known and not isinstance(current[name], module_type):
                    del current[name]
            for name, value in known.items():
                if callable(value) and current.get(name) is not value:
                    current[name] = value
        for current, known in libraries:
            for name, value in known.items():
                if current.get(name) is not value:
                    current[name] = value
        for function, code, defaults, keyword_defaults in functions:
            if function.__code__ is not code:
                function.__code__ = code
            if function.__defaults__ is not defaults:
                function.__defaults__ = defaults
            if function.__kwdefaults__ is not keyword_defaults:
                function.__kwdefaults__ = keyword_defaults
        for kind, members in classes:
            added = [name for name, value in vars(kind).items() if name not in members and callable(value)]
            for name in added:
                try:
                    delete_attribute(kind, name)
                except failures:
                    pass
            for name, value in members.items():
                if vars(kind).get(name) is not value:
                    try:
                        set_attribute(kind, name, value)
                    except failures:
                        pass
        for kind, name, value in tensors:
            if vars(kind).get(name) is not value:
                set_attribute(kind, name, value)
        for attributes, names in objects:
            for name in [name for name in attributes if name not in names and callable(attributes[name])]:
                del attributes[name]
        all_finders[:] = finders
        all_callbacks[:] = callbacks
        for number, handler in handlers:
            if get_signal(number) is not handler:
                set_signal(number, handler)

    return put_back


def _watchers() -> PutBack:
    """A function that takes away what would be called while the check runs."""
    set_trace, set_profile = sys.settrace, sys.setprofile
    all_trace, all_profile = threading.settrace, threading.setprofile
    set_timer, timers = signal.setitimer, _TIMERS
    monitoring: Any = getattr(sys, "monitoring", None)
    get_tool = monitoring.get_tool if monitoring is not None else None
    free_tool = monitoring.free_tool_id if monitoring is not None else None
    set_events = monitoring.set_events if monitoring is not None else None

    def take_away() -> None:
        set_trace(None)
        set_profile(None)
        all_trace(None)
        all_profile(None)
        for timer in timers:
            set_timer(timer, 0)
        if get_tool is not None and set_events is not None and free_tool is not None:
            for tool in range(_MONITORS):
                if get_tool(tool) is not None:
                    set_events(tool, 0)
                    free_tool(tool)

    return take_away


def _modules(wanted: Callable[[str], bool]) -> list[ModuleType]:
    return [module for name, module in list(sys.modules.items()) if isinstance(module, ModuleType) and wanted(name)]


def _is_public(name: str) -> bool:
    """Whether a module is a place where learners find functions: those hold nothing that running code changes."""
    if name in _LIBRARIES:
        return True
    return name.startswith(("tensorflow._api.v2.", "keras.api", "keras._tf_keras"))


def _code_of(namespace: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in namespace.items() if callable(value) or isinstance(value, ModuleType)}


def _classes(modules: Iterable[ModuleType]) -> list[type]:
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and value.__module__ == module.__name__
    ]


def _functions(
    namespaces: Iterable[dict[str, Any]], classes: Iterable[tuple[type, dict[str, Any]]]
) -> list[FunctionType]:
    """The Python functions among the values: their code can be exchanged under everybody's hands."""
    found: dict[int, FunctionType] = {}
    for members in [*namespaces, *(known for _, known in classes)]:
        for value in members.values():
            if isinstance(value, property):
                value = value.fget
            elif isinstance(value, (staticmethod, classmethod)):
                value = value.__func__
            if isinstance(value, FunctionType):
                found[id(value)] = value
    return list(found.values())


def _tensor_kinds() -> list[type]:
    import tensorflow as tf

    starts: tuple[type, ...] = (tf.Tensor, tf.Variable, tf.RaggedTensor, tf.SparseTensor, tf.keras.Variable)
    found: list[type] = []
    waiting = list(starts)
    while waiting:
        kind = waiting.pop()
        if kind not in found:
            found.append(kind)
            waiting += type.__subclasses__(kind)
            waiting += [base for base in kind.__mro__[1:] if base.__module__.startswith(("tensorflow", "keras"))]
    return found
