"""One call of ``tape.gradient``, with what was computed on the way to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import FrameType
from typing import Any

import tensorflow as tf

from tflab.session.diagnosis.computation import Computation, computed_in_graph, computed_on_tape
from tflab.session.probes import user_site
from tflab.session.probes.gradient_call import GradientCall
from tflab.session.probes.journal import Journal


@dataclass(frozen=True)
class GradientTaken:
    """A call, as rules see it."""

    call: GradientCall
    caller: FrameType
    place: tuple[str, int]
    """File, as events call it, and line of the learner's statement."""

    @cached_property
    def targets(self) -> list[Any]:
        """The losses."""
        return list(tf.nest.flatten(self.call.target))

    @cached_property
    def sources(self) -> list[Any]:
        """What the gradient is taken of."""
        return list(tf.nest.flatten(self.call.sources))

    @cached_property
    def gradients(self) -> list[Any]:
        """One a source, None among them."""
        return list(tf.nest.flatten(self.call.result))

    @cached_property
    def computation(self) -> Computation:
        """The operations that led to the targets."""
        if tf.executing_eagerly():
            return computed_on_tape(self.call.trail, self.call.tape.watched_variables())
        return computed_in_graph()


def gradient_taken(call: GradientCall, caller: FrameType, journal: Journal) -> GradientTaken | None:
    """The call made from ``caller``; None where it is not the learner's."""
    if tf.executing_eagerly():
        place = user_site.eager_place(caller)
        found = None if place is None else journal.cells.place(*place).site
    else:
        place = user_site.traced_place()
        found = None if place is None else journal.cells.traced_place(*place).site
    return None if found is None else GradientTaken(call, caller, (found.file, found.line))
