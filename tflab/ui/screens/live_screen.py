"""A screen over events that pour in: taken in by parts, drawn by a clock, and at once after a quiet time or where a key
changed something."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Final, Protocol

from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from tflab.ui.frame_clock import FRAME_SECONDS, FrameClock

_APPLY_SECONDS: Final = 0.03
"""How long one frame may take events in; what is left waits for the next one."""
_PART_SECONDS: Final = 0.006


class Source(Protocol):
    """Where events come from."""

    def on_arrival(self, tell: Callable[[], object], /) -> None:
        """From now on calls ``tell``, on some thread, when something has come and all before it had been drained."""


class LiveScreen(Screen[None]):
    """Has the clock that says when to draw; `tflab.ui.live_app.LiveApp` tells it of keys."""

    frames: Timer
    """The clock's ticks, once there is something to draw."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.clock = FrameClock()
        self._has_news = False
        """Whether something has come since the last frame."""
        self._draws_at_once = False
        self._echoes = False
        """Whether what is drawn next is what a key has changed."""

    @property
    def ready(self) -> bool:
        """Whether there is something to type in."""
        return self.is_mounted

    def advance(self, seconds: float) -> bool:
        """Takes in what has happened, for at most so many seconds and only while no key waits; whether some is left."""
        raise NotImplementedError

    def follow(self, now: float) -> None:
        """Does what has to be done about what has happened, however fast someone types."""

    def draw(self, now: float) -> None:
        """Draws what has changed."""
        raise NotImplementedError

    def begin(self, *sources: Source, frame: Callable[[], object] | None = None) -> None:
        """From now on does ``frame`` by the clock, `take_in` unless said otherwise, and takes in at once what comes
        from ``sources`` after a quiet time."""
        self.frames = self.set_interval(FRAME_SECONDS, frame or self.take_in)
        for source in sources:
            source.on_arrival(self._tell_arrival)

    def _tell_arrival(self) -> None:
        """Called on the thread that reads."""
        # The loop may have ended since the screen was asked whether it has.
        with contextlib.suppress(RuntimeError):
            self.call_later(self._arrived)

    def _arrived(self) -> None:
        self._has_news = True
        if self.clock.is_rested(time.monotonic()):
            self.take_in()

    def take_in(self) -> None:
        """One frame: takes in what has happened and draws it; in parts, so that keys come in between."""
        if self._has_news:
            self._has_news = False
            self.clock.took_in(time.monotonic())
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
