"""The panels alone, over a process that runs elsewhere."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from tflab.curriculum.kept_runs import KeptRuns
from tflab.messages import text
from tflab.protocol.lifecycle import SessionEnded
from tflab.state.clock import Moment
from tflab.state.run_state import RunState
from tflab.ui.frame_clock import FRAME_SECONDS
from tflab.ui.panels.curve_canvas import CurveCanvas
from tflab.ui.panels.curves_panel import CurvesPanel
from tflab.ui.panels.inspector import Inspector
from tflab.ui.panels.tensor_view import TensorView
from tflab.ui.screens.compared_curves import choose_runs, write_curves
from tflab.ui.screens.loop_keys import LoopKeys, Steered
from tflab.ui.status_text import KeyHint, key_parts, loop_hints, session_text
from tflab.ui.tabs import tab_named
from tflab.ui.widgets.bar import Bar, Part
from tflab.ui.widgets.figures import duration
from tflab.ui.widgets.rows import Row


class Watched(Steered, Protocol):
    """What is shown: `tflab.client.watched.WatchedClient`."""

    def drain(self) -> Sequence[Any]:
        """What has happened since the last call; `SessionEnded` when the process is gone."""


class WatchScreen(LoopKeys):
    """Shows one watched process; it goes on whatever happens here."""

    DEFAULT_CSS = """
    WatchScreen { layout: vertical; background: $background; }
    WatchScreen Inspector { height: 1fr; }
    WatchScreen #panels { padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("alt+t", "tab('tensors')", priority=True, show=False),
        Binding("alt+g", "tab('gradients')", priority=True, show=False),
        Binding("alt+r", "tab('traces')", priority=True, show=False),
        Binding("alt+c", "tab('curves')", priority=True, show=False),
        Binding("alt+d", "tab('devices')", priority=True, show=False),
        Binding("alt+p", "tab('problems')", priority=True, show=False),
        Binding("f12", "next_tab", priority=True, show=False),
    ]

    def __init__(self, name: str, watched: Watched) -> None:
        super().__init__()
        self.state = RunState()
        self.steered = watched
        self._process = name
        self._watched = watched
        self._picked: Moment | None = None
        self._end = ""
        self._turns = 0
        self._status = Bar(id="status")
        self._inspector = Inspector(id="inspector")
        self._keys = Bar(id="keys")

    def compose(self) -> ComposeResult:
        """Status, panels, keys."""
        yield self._status
        yield self._inspector
        yield self._keys

    async def on_mount(self) -> None:
        """The panels, then twenty frames a second."""
        await self._inspector.fill("curves")
        await self._inspector.fill_rest()
        self._inspector.focus_panel()
        self.set_interval(FRAME_SECONDS, self._frame)

    def _frame(self) -> None:
        for event in self._watched.drain():
            if isinstance(event, SessionEnded):
                self._end = event.message
            else:
                self.state.apply(event)
        for turn in self.state.loop.turns[self._turns :]:
            change = {"before": f"{turn.before:g}", "after": f"{turn.after:g}"}
            self.notify(text("ui.loop.turned_at", name=turn.name, step=f"{turn.step:,}", **change), timeout=6)
        self._turns = len(self.state.loop.turns)
        self._inspector.show_state(self.state, self._picked)
        self._draw_bars()

    def _draw_bars(self) -> None:
        now = time.time()
        says: Row = [("✓ ", "good"), (self._end, "")] if self._end else session_text(self.state, now)
        if not self._end and self.state.phase == "running" and self.state.loop.paused is None:
            passed = duration(max(0.0, now - self.state.started))
            says = [("▶ ", "accent"), (text("ui.watch.running", time=passed), "")]
        last = self.state.curves.last_step()
        right = [] if last is None else [Part([(text("ui.status.training_step", step=f"{last:,}") + " ", "")])]
        self._status.show(
            [Part([(" tflab ", "chosen"), (" ", "")]), Part([(self._process, "strong"), ("   ", "")]), Part(says)],
            right,
        )
        hints = [] if self._end else loop_hints(self.state)
        for key, name, action in (("F12", "next_tab", "next_tab"), ("F10", "quit", "app.quit")):
            hints.append(KeyHint(key, text("ui.key." + name), action))
        self._keys.show(key_parts(hints, self.size.width))

    def action_tab(self, name: str) -> None:
        """Shows a panel."""
        tab = tab_named(name)
        if tab is not None:
            self._inspector.active = tab
            self._inspector.focus_panel()

    def action_next_tab(self) -> None:
        """Shows the panel to the right."""
        self._inspector.go(1)
        self._inspector.focus_panel()

    def on_curve_canvas_step_picked(self, event: CurveCanvas.StepPicked) -> None:
        """The other panels go to that step."""
        self._picked = event.moment

    def on_curves_panel_runs_wanted(self) -> None:
        """The kept runs are shown."""
        self.run_worker(choose_runs(self, KeptRuns(), self._inspector), group="runs", exclusive=True)

    def on_curves_panel_write_wanted(self, event: CurvesPanel.WriteWanted) -> None:
        """The curves are written to a file."""
        self.run_worker(write_curves(self, event), group="curve files")

    def on_tensor_view_asked(self, event: TensorView.Asked) -> None:
        """Elements stay where they are: a watched process tells what its probes saw, and no more."""
        self.notify(text("ui.watch.no_elements"), timeout=6)

    async def on_bar_pressed(self, event: Bar.Pressed) -> None:
        """A key's name was clicked."""
        if event.bar is self._keys:
            await self.run_action(event.name)
