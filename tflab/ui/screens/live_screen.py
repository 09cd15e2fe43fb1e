"""A screen over events that pour in: taken in by parts, drawn by a clock, and at once where a key changed something."""

from __future__ import annotations

import time
from typing import Final

from textual.screen import Screen
from textual.widget import Widget

from tflab.ui.frame_clock import FrameClock

_APPLY_SECONDS: Final = 0.03
"""How long one frame may take events in; what is left waits for the next one."""
_PART_SECONDS: Final = 0.006


class LiveScreen(Screen[None]):
    """Has the clock that says when to draw; `tflab.ui.live_app.LiveApp` tells it of keys."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.clock = FrameClock()
        self._draws_at_once = False
        self._echoes = False
        """Whether what is drawn next is what a key has changed."""

    def advance(self, seconds: float) -> bool:
        """Takes in what has happened, for at most so many seconds and only while no key waits; whether some is left."""
        raise NotImplementedError

    def follow(self, now: float) -> None:
        """Does what has to be done about what has happened, however fast someone types."""

    def draw(self, now: float) -> None:
        """Draws what has changed."""
        raise NotImplementedError

    def take_in(self) -> None:
        """One frame: takes in what has happened and draws it; in parts, so that keys come in between."""
        self._take_part(time.monotonic() + _APPLY_SECONDS)

    def _take_part(self, end: float) -> None:
        is_behind = self.advance(_PART_SECONDS)
        now = time.monotonic()
        if is_behind and now < end and not self.clock.key_waits(now):
            self.call_later(self._take_part, end)
            return
        self.follow(now)
        if self.clock.due(now):
            self.draw(now)
            self.draw_at_once()

    def draw_at_once(self) -> None:
        """What has changed is drawn as soon as the widgets have said so."""
        self._draws_at_once = True

    def echo(self) -> None:
        """A key has been dealt with: what it has changed is drawn at once, and before anything is taken in."""
        self._draws_at_once = self._echoes = True

    def _reset_focus(self, widget: Widget, avoiding: list[Widget] | None = None) -> None:
        """Finds another widget for the keys, unless ``widget`` has come back into sight since it was hidden.

        Textual says so in an event of its own, which may wait behind others in the widget's queue.
        """
        if avoiding or not widget.is_attached or not all(each.display for each in widget.ancestors_with_self):
            super()._reset_focus(widget, avoiding)

    def on_idle(self) -> None:
        """Draws what has changed, if it is to be drawn at once.

        Textual draws by a clock of 60 ticks a second, and after one that drew it waits for the next but one.
        """
        if self._draws_at_once and self._dirty_widgets:
            self._draws_at_once = False
            self._on_timer_update()
            if self._echoes:
                self._echoes = False
                self.clock.key_echoed(time.monotonic())
