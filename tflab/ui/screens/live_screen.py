"""A screen over events that pour in: it draws by a clock, and at once where a key has changed something."""

from __future__ import annotations

from textual.screen import Screen

from tflab.ui.frame_clock import FrameClock


class LiveScreen(Screen[None]):
    """Has the clock that says when to draw; `tflab.ui.live_app.LiveApp` tells it of keys."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.clock = FrameClock()
        self._draws_at_once = False

    def draw_at_once(self) -> None:
        """What has changed is drawn as soon as the widgets have said so."""
        self._draws_at_once = True

    def on_idle(self) -> None:
        """Draws what has changed, if it is to be drawn at once.

        Textual draws by a clock of 60 ticks a second, and after one that drew it waits for the next but one.
        """
        if self._draws_at_once and self._dirty_widgets:
            self._draws_at_once = False
            self._on_timer_update()
