"""A page over the lab."""

from __future__ import annotations

from typing import TypeVar

from textual import events
from textual.screen import ModalScreen

T = TypeVar("T")


class Page(ModalScreen[T]):
    """Is left by a click beside it as by its key: its action ``leave``."""

    async def on_click(self, event: events.Click) -> None:
        """Leaves the page where what was clicked is the lab beneath."""
        if event.widget is self:
            event.stop()
            await self.run_action("leave")
