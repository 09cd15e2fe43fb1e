"""The loss as the learner thinks of it, where mixed precision differentiates a scaled one."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from keras.src.optimizers.base_optimizer import BaseOptimizer
from keras.src.optimizers.loss_scale_optimizer import LossScaleOptimizer

from tflab.session.probes.patching import replaced

_REMEMBERED: Final = 8
"""Pairs kept: a step scales its loss and differentiates it at once, so few are ever under way."""


class LossScales:
    """Remembers which tensor ``optimizer.scale_loss`` made out of which."""

    def __init__(self) -> None:
        self._pairs: deque[tuple[Any, Any]] = deque(maxlen=_REMEMBERED)

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches ``scale_loss`` of Keras's optimizers for the block."""
        with ExitStack() as stack:
            for owner in (BaseOptimizer, LossScaleOptimizer):
                stack.enter_context(replaced(owner, "scale_loss", self._watch))
            yield

    def _watch(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def scale_loss(optimizer: Any, loss: Any) -> Any:
            scaled = original(optimizer, loss)
            if scaled is not loss:
                self._pairs.append((scaled, loss))
            return scaled

        return scale_loss

    def unscaled(self, target: Any) -> Any:
        """What ``target`` was before it was scaled; ``target`` itself where it was not."""
        for scaled, loss in reversed(self._pairs):
            if scaled is target:
                return loss
        return target

    def forget(self) -> None:
        """Lets go of the tensors."""
        self._pairs.clear()
