"""The application of ``tflab attach``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from tflab.ui.drawing import drawing_on_the_terminal
from tflab.ui.live_app import LiveApp, switch_threads_quickly
from tflab.ui.screens.seen_process import Watched
from tflab.ui.screens.watch_screen import WatchScreen
from tflab.ui.themes import THEMES, preferred_theme


class WatchApp(LiveApp):
    """Shows watched processes; its result is the exit status."""

    CSS_PATH = "app.tcss"
    TITLE = "tflab"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q,f10,ctrl+c", "quit", priority=True, show=False)]

    def __init__(self, processes: Sequence[tuple[str, Watched]], theme: str = "") -> None:
        super().__init__(ansi_color=False)
        self.live = WatchScreen(processes)
        for each in THEMES:
            self.register_theme(each)
        self.theme = preferred_theme(os.environ, theme)

    def get_default_screen(self) -> Screen[None]:
        """The panels."""
        return self.live

    async def action_quit(self) -> None:
        """Stops watching."""
        self.exit(0)


def run_watch(processes: Sequence[tuple[str, Watched]], theme: str = "") -> int:
    """Shows the processes until the person quits; the exit status."""
    switch_threads_quickly()
    with drawing_on_the_terminal():
        return WatchApp(processes, theme).run() or 0
