"""An application over events that pour in: keys come first, and what they change is drawn at once."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from typing import Final

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.message import Message
from textual.widget import Widget

from tflab.ui.screens.live_screen import LiveScreen
from tflab.ui.turns import Turns

_SWITCH_SECONDS: Final = 0.0005


class LiveApp(App[int]):
    """Tells its screen of keys; its result is the exit status."""

    live: LiveScreen
    """The screen that takes events in."""

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self.turns = Turns(self, self._deal, lambda: self.live.ready)
        """Of what a person does."""

    def get_driver_class(self) -> type[Driver]:
        """The usual one, which says when a key has come."""
        return _hearing_keys(super().get_driver_class(), self._key_heard)

    def _key_heard(self, key: events.Key) -> None:
        self.live.clock.key_heard(time.monotonic(), is_typing=_is_typing(key))

    async def on_event(self, event: events.Event) -> None:
        """Has keys, pastes and the mouse take turns."""
        if isinstance(event, events.InputEvent | events.Paste):
            # A key that comes while the application closes finds no screen any more.
            if not self.screen_stack:
                return
            if not event.is_forwarded:
                await self.turns.take(event)
                return
        await self._deal(event)

    async def _deal(self, event: events.Event) -> None:
        """Notes key presses, whatever they are for: typing comes before drawing."""
        if not isinstance(event, events.Key):
            await super().on_event(event)
            return
        self.live.clock.key_pressed(time.monotonic(), is_typing=_is_typing(event))
        await super().on_event(event)
        focused = self._in_focus()
        if focused is not None and not self.turns.is_awaited:
            # Once the widget has taken the key.
            focused.call_later(self.live.echo)

    def simulate_key(self, key: str) -> None:
        """Presses a key on behalf of the one that is being dealt with: before those that have come meanwhile."""
        self.turns.take_next(events.Key(key, None))

    def _in_focus(self) -> Widget | None:
        # A key that comes while the application closes finds no screen any more.
        return self.focused if self.screen_stack else None


def _is_typing(key: events.Key) -> bool:
    """Whether it is a letter or moves the cursor, and not a key that asks for something."""
    return not re.match(r"(ctrl|alt)\+|(shift\+)?f\d", key.key)


def switch_threads_quickly() -> None:
    """What reads the events must not keep the screen waiting for each of Python's usual 5 ms."""
    sys.setswitchinterval(_SWITCH_SECONDS)


def _hearing_keys(driver: type[Driver], heard: Callable[[events.Key], object]) -> type[Driver]:
    """``driver``, which calls ``heard`` for every key, on the thread that reads the terminal: before the loop that
    draws and takes events in gets round to it."""

    def process_message(self: Driver, message: Message) -> None:
        if isinstance(message, events.Key):
            heard(message)
        driver.process_message(self, message)

    return type(driver.__name__, (driver,), {"process_message": process_message})
