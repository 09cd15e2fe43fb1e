"""What the lab does with a running training loop: it pauses, steps and stops it and turns its knobs."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from tflab.messages import text
from tflab.ui.screens.lab_editing import LabEditing


class LabSteering(LabEditing):
    """The keys of the loop."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f7", "step_loop", priority=True, show=False),
        Binding("f8", "pause_loop", priority=True, show=False),
        Binding("alt+k", "turn_knob", priority=True, show=False),
    ]

    def action_pause_loop(self) -> None:
        """Has the loop wait before its next step, or go on."""
        if self._there_is_a_loop():
            self.conductor.steer("resume" if self.state.loop.paused is not None else "pause")

    def action_step_loop(self) -> None:
        """Does one step of the loop, and waits again."""
        if self._there_is_a_loop():
            self.conductor.steer("step")

    def action_stop_loop(self) -> None:
        """Ends the loop between two steps."""
        if self._there_is_a_loop():
            self.conductor.steer("stop")

    def _there_is_a_loop(self) -> bool:
        if not self.state.busy:
            self.notify(text("ui.loop.nothing_runs"), timeout=4)
        return self.state.busy

    def action_turn_knob(self) -> None:
        """Changes a learning rate, or what the code offers by ``lab.knob``."""
        if not self.state.loop.knobs:
            self.notify(text("ui.knobs.none"), timeout=8)
            return
        from tflab.ui.screens.knobs_screen import KnobsScreen

        self.app.push_screen(KnobsScreen(self.state.loop), self._turn)

    def _turn(self, turn: tuple[str, float] | None) -> None:
        if turn is not None:
            self.conductor.turn_knob(*turn)
