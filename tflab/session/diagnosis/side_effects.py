"""``python-side-effect``: what Python did while a function was traced, and does not do when its graph runs.

The trace probe notes what happened during a trace, and how often the function was called. It is told once a call was
served by an earlier trace: before that, everything happened each time. A print or a counter that says that it is about
tracing means it, and so does what is done in ``tf.init_scope``.
"""

from __future__ import annotations

import ast
import re
from typing import Final

from tflab.protocol.events import Event, FunctionTraced, MetricsLogged, SideEffect, Site
from tflab.protocol.trace_events import CallsCounted
from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.rule import Report, Rule
from tflab.session.probes.journal import Journal

_OF_TRACING: Final = re.compile(r"trac|jejak|retrac", re.IGNORECASE)
_OBJECT: Final = re.compile(r"(?:→ |\A)(?!True|False|None|nan|inf)[A-Za-z_]\w*\Z")
"""An object in the place of another: variables and layers are made on the first call, and kept."""
_STEPS: Final = (".train_step", ".test_step")
_Function = tuple[str, str, int | None]


class SideEffects(Rule):
    """Waits for a call that did not do what the trace did."""

    def __init__(self, report: Report, journal: Journal) -> None:
        super().__init__(report, journal)
        self._effects: dict[_Function, dict[tuple[str, str, int | None], SideEffect]] = {}
        self._traced_by_keras: dict[_Function, int] = {}
        """The steps of models that Keras traced, and how often. Their calls are not counted; their losses are told."""

    def event(self, event: Event) -> None:
        """A trace, or how often functions were called."""
        if isinstance(event, FunctionTraced):
            known = self._effects.setdefault((event.function, event.file, event.line), {})
            if event.ordinal == 1 or not event.effects:
                # Another function, or one that does it no longer.
                known.clear()
            for effect in event.effects:
                # An attribute is met as `self.steps` and under the object's own name.
                key = (effect.kind, effect.name.rpartition(".")[2], effect.line)
                if key not in known or effect.name.startswith("self."):
                    known[key] = effect
            if event.function.endswith(_STEPS):
                key3 = (event.function, event.file, event.line)
                self._traced_by_keras[key3] = 1 if event.ordinal == 1 else self._traced_by_keras.get(key3, 0) + 1
        elif isinstance(event, MetricsLogged) and event.source == "tape" and event.site is not None:
            for function, traces in self._traced_by_keras.items():
                if self._effects.get(function) and event.steps[-1] >= traces and self._is_inside(event.site, function):
                    for effect in self._effects[function].values():
                        self._tell(function[0], effect, event.steps[-1] + 1, traces)
        elif isinstance(event, CallsCounted):
            for calls in event.functions:
                effects = self._effects.get((calls.function, calls.file, calls.line))
                if effects and calls.hits:
                    for effect in effects.values():
                        self._tell(calls.function, effect, calls.calls, calls.calls - calls.hits)

    def _is_inside(self, site: Site, function: _Function) -> bool:
        """Whether the gradient on ``site`` is taken in the function."""
        if site.file != function[1] or function[2] is None:
            return False
        around = source_text.function_at(self.journal.cells.latest(site.file), site.line)
        return getattr(around, "lineno", None) == function[2]

    def _tell(self, function: str, effect: SideEffect, calls: int, traces: int) -> None:
        if effect.line is None or _OF_TRACING.search(effect.detail if effect.kind == "print" else effect.name):
            return
        if effect.kind == "changed" and _OBJECT.search(effect.detail):
            return
        place = (self.journal.cells.latest(effect.file), effect.line)
        if _is_lifted(place):
            return
        values = {
            "function": function,
            "name": effect.name,
            "detail": effect.detail,
            "calls": calls,
            "traces": max(1, traces),
        }
        self.report(
            Finding("python-side-effect", place, values, variant=effect.kind, severity="warning", subject=effect.name)
        )


def _is_lifted(place: tuple[str, int]) -> bool:
    """Whether the line lies in a ``with tf.init_scope()``, which says that it is for the trace alone."""
    contexts = [item.context_expr for node in source_text.nodes_at(*place, ast.With) for item in node.items]
    return any(isinstance(each, ast.Call) and source_text.called_name(each) == "init_scope" for each in contexts)
