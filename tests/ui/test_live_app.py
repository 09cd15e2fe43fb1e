"""Keys come before events that pour in, and what they change is drawn at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver
from textual.events import Key, Resize
from textual.geometry import Size
from textual.message import Message
from textual.pilot import Pilot

from tests.sessions import PATIENCE
from tests.ui.doubles import READY, MemorySession, printed, started
from tests.ui.lab_driver import lab
from tests.ui.test_watch_curves import WatchedOnce
from tflab.protocol.events import Event, StreamWritten
from tflab.ui.screens.seen_process import SeenProcess
from tflab.ui.screens.watch_screen import WatchScreen
from tflab.ui.watch_app import WatchApp


class _Receiving(HeadlessDriver):
    """Keeps what it is given."""

    received: list[Message]

    def process_message(self, message: Message) -> None:
        self.received.append(message)


class Flood(WatchedOnce):
    """A process that has printed much."""

    def __init__(self, lines: int) -> None:
        super().__init__()
        said: list[Any] = [StreamWritten(cell=0, name="stdout", text=f"{number}\n") for number in range(lines)]
        self._events: list[Any] = [READY, started(0), *said]


class Speaking(WatchedOnce):
    """A process that goes on saying something."""

    def __init__(self) -> None:
        super().__init__()
        self._events: list[Any] = [READY]
        self._tell: Callable[[], object] = bool

    def on_arrival(self, tell: Callable[[], object], /) -> None:
        """As the protocol in `tflab.ui.screens.live_screen.Source`."""
        self._tell = tell

    def say(self, event: Event) -> None:
        """On the thread of the caller."""
        self._events.append(event)
        self._tell()


async def until(pilot: Pilot[int], condition: Callable[[], object]) -> None:
    for _ in range(600):
        if condition():
            return
        await pilot.pause(0.02)
    raise AssertionError("never happened")


def texts(process: SeenProcess) -> Sequence[str]:
    output = process.state.output
    return [output.line(number).text for number in range(len(output))]


def test_a_key_is_heard_of_on_the_way_to_the_application(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(App, "get_driver_class", lambda self: _Receiving)
    app = WatchApp([("train", WatchedOnce())])
    heard: list[bool] = []
    monkeypatch.setattr(app.live.clock, "key_heard", lambda now, *, is_typing: heard.append(is_typing))
    kind = app.driver_class
    driver = kind.__new__(kind)
    assert isinstance(driver, _Receiving)
    driver.received = []

    resize = Resize(Size(80, 24), Size(80, 24))
    driver.process_message(resize)
    assert heard == []
    keys = [
        Key("a", "a"),
        Key("f", "f"),
        Key("left", None),
        Key("f5", None),
        Key("shift+f5", None),
        Key("ctrl+r", None),
    ]
    for key in keys:
        driver.process_message(key)
    assert heard == [True, True, True, False, False, False]
    assert driver.received == [resize, *keys]


async def test_what_a_key_changed_is_drawn_without_waiting_for_the_clock_of_the_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with lab() as running:
        await running.until(lambda: not running.screen._dirty_widgets)
        # From now on its ticks draw nothing.
        running.screen._update_timer.stop()
        running.editor.focus()
        echoed = asyncio.Event()
        draw = running.screen._on_timer_update

        def drawing() -> None:
            if "Qx = 1" in running.text():
                echoed.set()
            draw()

        monkeypatch.setattr(running.screen, "_on_timer_update", drawing)
        # The pilot draws by itself whenever it waits.
        key = Key("Q", "Q")
        key.set_sender(running.app)
        running.app.post_message(key)
        await asyncio.wait_for(echoed.wait(), PATIENCE)


async def test_what_comes_after_a_quiet_time_does_not_wait_for_the_clock() -> None:
    async with lab() as running:
        running.screen.frames.stop()
        await running.until(lambda: running.screen.clock.is_rested(time.monotonic()))
        running.session.put(started(0), printed("here at once\n"))
        await running.sees("here at once")


async def test_what_a_watched_process_says_after_a_quiet_time_does_not_wait_for_the_clock() -> None:
    process = Speaking()
    app = WatchApp([("train", process)])
    async with app.run_test(size=(120, 40)) as pilot:
        screen = app.screen
        assert isinstance(screen, WatchScreen)
        await until(pilot, lambda: screen.state.session is not None)
        screen.frames.stop()
        await until(pilot, lambda: screen.clock.is_rested(time.monotonic()))
        # As its reader does: on a thread of its own.
        await asyncio.to_thread(process.say, started(0))
        await until(pilot, lambda: screen.state.busy)


async def test_keys_are_taken_while_events_pour_in_and_no_event_is_lost() -> None:
    async with lab(session=MemorySession()) as running:
        lines = 20_000
        running.session.put(started(0), *(StreamWritten(cell=0, name="stdout", text=f"{n}\n") for n in range(lines)))
        await running.press(*"abc")
        await running.until(lambda: running.source().startswith("abcx = 1"))
        await running.until(lambda: len(running.screen.state.output) > lines)
        output = running.screen.state.output
        shown = [output.line(number).text for number in range(len(output))]
        assert [text for text in shown if text.isdecimal()] == [str(number) for number in range(lines)]


def test_what_a_process_says_is_taken_in_by_parts_in_order() -> None:
    process = SeenProcess("train", Flood(1000))
    asked = 0

    def after_some(now: float) -> bool:
        nonlocal asked
        asked += 1
        return asked > 100

    process.follow(stops=after_some)
    assert process.is_behind
    assert 0 < len(texts(process)) < 1000
    process.follow(end=time.monotonic() - 1)
    before = len(texts(process))
    assert process.is_behind
    process.follow()
    assert len(texts(process)) > before
    assert [text for text in texts(process) if text.isdecimal()] == [str(number) for number in range(1000)]
