"""Keys, pastes and clicks take turns: each goes where the one before has led.

Textual hands a key to whatever has the focus at that moment, though the key before may still be on its way through the
queues of widgets: one that opens a line to type in, or leaves one, has not done so yet. Whoever types quickly, or on a
busy machine, would type into the wrong place.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Final

from textual.app import App
from textual.events import Event, MouseMove
from textual.message_pump import MessagePump

_QUICK_LOOKS: Final = 100
"""How often the queues are looked at without a pause."""
_SLOW_LOOKS: Final = 400
_PAUSE: Final = 0.005
"""Seconds between two slow looks."""


class Turns:
    """Deals with one event after the other."""

    def __init__(
        self,
        app: App[Any],
        deal: Callable[[Event], Awaitable[None]],
        is_ready: Callable[[], bool] = lambda: True,
    ) -> None:
        """``deal`` hands an event on; what it brings about is done once no queue of ``app`` has anything left. What is
        typed before the application ``is_ready`` waits for that."""
        self._app = app
        self._deal = deal
        self._is_ready = is_ready
        self._waiting: deque[Event] = deque()
        self._turn: asyncio.Task[None] | None = None

    async def take(self, event: Event) -> None:
        """Deals with ``event``, now or once those before have had their turns; to be called by the application."""
        if self.are_over and self._is_ready():
            await self._deal(event)
        else:
            self._wait(event)
        self._begin()

    def take_next(self, event: Event) -> None:
        """Deals with ``event`` before those that wait: it is what the one whose turn it is has become."""
        self._waiting.appendleft(event)
        self._begin()

    @property
    def are_over(self) -> bool:
        """Whether all that has come is dealt with, and what it brought about is done."""
        return self._turn is None or self._turn.done()

    @property
    def is_awaited(self) -> bool:
        """Whether another event has come already."""
        return bool(self._waiting)

    @property
    def is_quiet(self) -> bool:
        """Whether no widget has anything to do at this moment."""
        app = self._app
        if not app.is_running:
            return True
        return (
            self._is_ready() and _rests(app) and all(_rests(node) for node in app._registry if node._task is not None)
        )

    def _wait(self, event: Event) -> None:
        before = self._waiting[-1] if self._waiting else None
        if isinstance(event, MouseMove) and isinstance(before, MouseMove) and event.button == before.button:
            # A mouse moves faster than panes that follow it are laid out.
            event._delta_x += before._delta_x
            event._delta_y += before._delta_y
            self._waiting.pop()
        self._waiting.append(event)

    def _begin(self) -> None:
        if self.are_over:
            self._turn = asyncio.create_task(self._take_turns())

    async def _take_turns(self) -> None:
        await self._done()
        while self._waiting and self._app.is_running:
            self._app.call_later(self._deal, self._waiting.popleft())
            await self._done()

    async def _done(self) -> None:
        """Waits until nothing is left to do; no longer than a few seconds, lest a widget that is stuck keep the keys.

        The patience is counted in looks: on a machine that stands still the clock goes on and nothing else does.
        """
        was_quiet = False
        for look in range(_QUICK_LOOKS + _SLOW_LOOKS):
            await asyncio.sleep(0 if look < _QUICK_LOOKS else _PAUSE)
            is_quiet = self.is_quiet
            if is_quiet and was_quiet:
                return
            # A task that has just been started has had no chance yet: another look tells.
            was_quiet = is_quiet


def _rests(pump: MessagePump) -> bool:
    """Whether ``pump`` has nothing to do and waits for a message."""
    queue: Any = pump._message_queue
    # What is being dealt with is no longer in the queue, and nobody waits for the next message.
    return queue.empty() and bool(queue.ready_event._waiters)
