"""Which derivatives are taken of gradients: Hessians, and their products with vectors."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import tensorflow as tf

from tflab.protocol.gradient_events import DerivativeKind
from tflab.session.probes.optimizer_updates import plain_variable

_REMEMBERED: Final = 64
"""Gradients of tensors that may yet be differentiated: the latest ones. None of them is kept alive."""


class _Taken(NamedTuple):
    gradient: weakref.ref[Any]
    source: weakref.ref[Any]


class SecondOrder:
    """Remembers the latest gradients, by what they were taken."""

    def __init__(self) -> None:
        self._taken: deque[_Taken] = deque(maxlen=_REMEMBERED)

    def note(self, sources: Sequence[Any], gradients: Sequence[Any]) -> None:
        """``gradients`` were taken while another tape recorded, one for each source."""
        for source, gradient in zip(sources, gradients, strict=True):
            source = plain_variable(source)
            if isinstance(gradient, tf.Tensor) and isinstance(source, (tf.Tensor, tf.Variable)):
                self._taken.append(_Taken(weakref.ref(gradient), weakref.ref(source)))

    def kind(self, call: DerivativeKind, target: Any, source: Any) -> DerivativeKind:
        """What a derivative of ``target`` by ``source`` is, which ``call`` gave: ``gradient`` or a jacobian."""
        taken = next((each for each in reversed(self._taken) if each.gradient() is target), None)
        if taken is None or not isinstance(target, tf.Tensor) or call == "batch_jacobian":
            return call
        if call == "gradient":
            return "hessian_vector"
        return "hessian" if taken.source() is plain_variable(source) else "second"
