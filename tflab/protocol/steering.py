"""A running training loop from outside: paused, stepped, stopped, its knobs turned."""

from __future__ import annotations

from typing import Literal

from tflab.protocol.events import Event, Record, Site

LoopAction = Literal["pause", "resume", "step", "stop"]
"""What the lab can ask of a loop. ``stop`` ends it between two steps: ``fit`` as by ``stop_training``, a loop of the
learner's own as by Ctrl+C."""


class LoopPaused(Event, frozen=True, kw_only=True):
    """The loop waits between two steps; so it does after each single step."""

    step: int
    """The step that comes next, counted as on the curve of ``site``."""
    site: Site | None
    """The gradient call that ran last; None where none has run in this cell."""


class LoopResumed(Event, frozen=True, kw_only=True):
    """The loop goes on."""


class Knob(Record, frozen=True, kw_only=True):
    """A number of the learner's program that can be changed while it runs."""

    name: str
    """``optimizer.learning_rate`` under the learner's own name of the optimizer, or what ``lab.knob`` was told."""
    value: float
    fixed: str = ""
    """Why it cannot be turned, one line for people; empty where it can."""


class KnobsOffered(Event, frozen=True, kw_only=True):
    """All knobs there are, whenever one is new, has gone or has another value."""

    knobs: tuple[Knob, ...]


class KnobTurned(Event, frozen=True, kw_only=True):
    """A knob was turned from outside. All steps before ``step`` ran with ``before``."""

    name: str
    before: float
    after: float
    step: int
    """The first step with ``after``, counted as on the curve of ``site``."""
    site: Site | None


class KnobRefused(Event, frozen=True, kw_only=True):
    """A knob could not be turned."""

    name: str
    reason: str
    """One line for people."""
