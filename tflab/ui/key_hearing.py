"""Keys are heard of when they come: before the loop that draws and takes events in gets round to them."""

from __future__ import annotations

from collections.abc import Callable

from textual.driver import Driver
from textual.events import Key
from textual.messages import Message


def hearing_keys(driver: type[Driver], heard: Callable[[], object]) -> type[Driver]:
    """``driver``, which calls ``heard`` for every key, on the thread that reads the terminal."""

    def process_message(self: Driver, message: Message) -> None:
        if isinstance(message, Key):
            heard()
        driver.process_message(self, message)

    return type(driver.__name__, (driver,), {"process_message": process_message})
