"""The tf.function objects made of one piece of code: is a first trace the first of that code at all?"""

from __future__ import annotations

import weakref
from collections import deque
from types import CodeType
from typing import Any, Final, NamedTuple

from tensorflow.python.framework import ops

from tflab.session.probes import trace_reason
from tflab.session.probes.cell_runs import Place
from tflab.session.probes.trace_reason import Reason
from tflab.session.probes.traced_function import TracedFunction

_KEPT: Final = 16
_PLAIN_DATA: Final = (int, float, complex, bool, str, bytes, type(None))


class _Peer(NamedTuple):
    """An earlier tf.function object on the same code."""

    function: weakref.ref[Any]
    run: int
    place: Place | None
    instance: weakref.ref[Any] | None
    closure: tuple[Any, ...]
    """What its free variables held: weak references, or the type alone of plain data and tensors."""
    options: tuple[Any, ...]


class _OfOneCode:
    """The latest objects on one piece of code."""

    def __init__(self, code: CodeType) -> None:
        self.code = code
        """Kept, so that its id stays its own: an equal cell that runs again is other code."""
        self.count = 0
        self.latest: deque[_Peer] = deque(maxlen=_KEPT)


class Peers:
    """All that were traced so far."""

    def __init__(self) -> None:
        self._by_code: dict[int, _OfOneCode] = {}

    def reason(self, traced: TracedFunction, function: Any, run: int, place: Place | None) -> Reason:
        """Why the tf.function object ``function`` is traced for the first time, in the ``run``-th run of a cell and
        called from ``place``: was there another one on the same code?"""
        peers = self._by_code.setdefault(id(traced.code), _OfOneCode(traced.code))
        peers.count += 1
        new = _Peer(
            function=weakref.ref(function),
            run=run,
            place=place,
            instance=_weak(traced.instance),
            closure=tuple(map(_token, traced.closure)),
            options=(function._jit_compile, function._autograph, function._reduce_retracing, function.input_signature),
        )
        reason = trace_reason.first()
        if any(known.function() is function for known in peers.latest):
            # It calls itself: its first trace is not finished.
            return reason
        if traced.instance is not None:
            if any(known.instance is not None and known.instance() is not traced.instance for known in peers.latest):
                reason = trace_reason.other_self(type(traced.instance).__name__, peers.count)
        elif any(_is_repetition(known, new, traced.closure) for known in peers.latest):
            reason = trace_reason.new_function(traced.name, peers.count)
        peers.latest.append(new)
        return reason


def _weak(value: Any) -> weakref.ref[Any] | None:
    try:
        return None if value is None else weakref.ref(value)
    except TypeError:
        return None


def _token(value: Any) -> Any:
    if isinstance(value, _PLAIN_DATA):
        return "value"
    # Tensors come new at every call: another one does not make it another function.
    return "tensor" if isinstance(value, ops.EagerTensor) else _weak(value) or id(value)


def _is_repetition(known: _Peer, new: _Peer, closure: tuple[Any, ...]) -> bool:
    """Whether one line has wrapped the same code again and again: in the same run of a cell, from the same place,
    with the same options, closing over the same objects or other plain values."""
    return (
        known.run == new.run
        and known.place == new.place
        and known.options == new.options
        and len(known.closure) == len(new.closure)
        and all(
            before() is value if isinstance(before, weakref.ref) else before == token
            for before, token, value in zip(known.closure, new.closure, closure, strict=True)
        )
    )
