"""The keys of a running training loop: it is paused, stepped and stopped, and its knobs are turned."""

from __future__ import annotations

from typing import ClassVar, Protocol

from textual.binding import Binding, BindingType

from tflab.messages import text
from tflab.protocol.steering import LoopAction
from tflab.state.run_state import RunState
from tflab.ui.screens.live_screen import LiveScreen


class Steered(Protocol):
    """Reaches the process whose loop runs: `tflab.ui.conductor.Conductor`, `tflab.client.watched.WatchedClient`."""

    def steer(self, action: LoopAction, /) -> None:
        """Asks the loop for ``action``."""

    def turn_knob(self, name: str, value: float, /) -> None:
        """Asks for another value of a knob."""


class LoopKeys(LiveScreen):
    """A screen that shows a `RunState` and reaches the process behind it."""

    state: RunState
    steered: Steered

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f7", "step_loop", priority=True, show=False),
        Binding("f8", "pause_loop", priority=True, show=False),
        Binding("alt+k", "turn_knob", priority=True, show=False),
    ]

    def action_pause_loop(self) -> None:
        """Has the loop wait before its next step, or go on."""
        self._steer("resume" if self.state.loop.paused is not None else "pause")

    def action_step_loop(self) -> None:
        """Does one step of the loop, and waits again."""
        self._steer("step")

    def action_stop_loop(self) -> None:
        """Ends the loop between two steps."""
        self._steer("stop")

    def _steer(self, action: LoopAction) -> None:
        if self.state.busy:
            self.state.loop.asked(action)
            self.steered.steer(action)
        else:
            self.notify(text("ui.loop.nothing_runs"), timeout=4)

    def action_turn_knob(self) -> None:
        """Changes a learning rate, or what the code offers by ``lab.knob``."""
        if not self.state.loop.knobs:
            self.notify(text("ui.knobs.none"), timeout=8)
            return
        from tflab.ui.screens.knobs_screen import KnobsScreen

        self.app.push_screen(KnobsScreen(self.state.loop), self._turn)

    def _turn(self, turn: tuple[str, float] | None) -> None:
        if turn is not None:
            self.steered.turn_knob(*turn)
