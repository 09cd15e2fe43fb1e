"""The application: opens the lab, and leaves the terminal as it was; see `run_lab`."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Collection, Sequence
from typing import ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tflab.curriculum.document import Document
from tflab.curriculum.kept_runs import KeptRuns
from tflab.ui import splash
from tflab.ui.drawing import drawing_on_the_terminal
from tflab.ui.exercise_desk import Grader
from tflab.ui.launch import Drafts, Launch, Linter, Preferences, Save, SaveAs, Session, StaticNames
from tflab.ui.lesson_entry import LessonEntry
from tflab.ui.live_app import LiveApp, switch_threads_quickly
from tflab.ui.screens.lab_screen import LabScreen
from tflab.ui.terminal_pictures import TerminalPictures
from tflab.ui.terminal_replies import QUESTIONS, Capability, TerminalReplied, may_be_asked
from tflab.ui.themes import THEMES, preferred_theme

_END_PATIENCE: Final = 20.0
"""Seconds that a lab has for its own end after a signal; what was typed is kept before."""
_KINDS_OF_WIDGETS: Final = 512
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class LabApp(LiveApp):
    """The lab as an application; its result is the exit status."""

    CSS_PATH = "app.tcss"
    TITLE = "tflab"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q,f10", "quit", priority=True, show=False),
        Binding("ctrl+p", "palette", priority=True, show=False),
        Binding("ctrl+c", "nothing", show=False),
    ]

    def __init__(self, launch: Launch) -> None:
        super().__init__(ansi_color=False)
        self.lab = self.live = LabScreen(launch)
        self.pictures = TerminalPictures(self._write)
        self._capability = Capability()
        # Textual keeps the parsed styles of 64 classes of widgets; the lab has more, so each new one would have the
        # styles of all others parsed again.
        self.stylesheet._parse_cache.grow(_KINDS_OF_WIDGETS)
        for theme in THEMES:
            self.register_theme(theme)
        chosen = launch.preferences.now.theme if launch.preferences is not None else ""
        self.theme = preferred_theme(os.environ, chosen)

    def get_default_screen(self) -> Screen[None]:
        """The lab."""
        return self.lab

    def on_mount(self) -> None:
        """From here on the screen is the application's to restore."""
        splash.hand_over()
        if not self.is_headless:
            loop = asyncio.get_running_loop()
            for number in _SIGNALS:
                loop.add_signal_handler(number, self._end, number)
        # Half blocks are coloured as the terminal can; the number of a picture must be the very colour that it is.
        colours = self.console.color_system == "truecolor" and not self.no_color
        if colours and may_be_asked(os.environ) and not (self.is_headless or self.is_web):
            self.app_suspend_signal.subscribe(self, self._pictures_gone)
            self.call_after_refresh(self._write, QUESTIONS)

    def on_unmount(self) -> None:
        """The terminal keeps no pictures."""
        self.pictures.clear()

    @on(TerminalReplied)
    def _terminal_replied(self, reply: TerminalReplied) -> None:
        if not self.pictures.usable and self._capability.learn(reply):
            self.pictures.usable = True
            self.lab.panes.redraw_output()

    def _pictures_gone(self, _: object) -> None:
        """Another program gets the terminal, and may do away with them."""
        self.pictures.clear()
        self.lab.panes.redraw_output()

    def _write(self, commands: str) -> None:
        if self._driver is not None:
            self._driver.write(commands)
            self._driver.flush()

    def _end(self, number: int) -> None:
        """A signal asks the lab to end: what was typed is kept, the terminal restored."""
        self.lab.keep_typing()
        # Where the terminal is gone, what is still to be drawn there may keep the end from ever coming.
        last_resort = threading.Timer(_END_PATIENCE, os._exit, (128 + number,))
        last_resort.daemon = True
        last_resort.start()
        self.exit(128 + number)

    async def action_quit(self) -> None:
        """Ends the lab; nothing is asked, what was typed is kept."""
        self.lab.keep_typing()
        self.exit(0)

    def action_nothing(self) -> None:
        """Ctrl+C outside the lab's own screen means nothing."""

    def action_palette(self) -> None:
        """Everything that can be done, by name."""
        if self.screen is self.lab and self.lab.ready:
            self.lab.choose_command()


def run_lab(
    document: Document,
    supervisor: Session,
    drafts: Drafts,
    *,
    lessons: Sequence[LessonEntry] = (),
    open_document: Callable[[str], Document] | None = None,
    notes: Sequence[str] = (),
    doors: Sequence[str] = (),
    first_launch: bool = False,
    opened: Callable[[Document], None] | None = None,
    first_step: Callable[[Document], int] | None = None,
    step_shown: Callable[[Document, int], None] | None = None,
    step_ran: Callable[[Document, int], None] | None = None,
    grader: Grader | None = None,
    passed: Callable[[Document], Collection[str]] | None = None,
    exercise_passed: Callable[[Document, str], None] | None = None,
    summary: Callable[[], str] | None = None,
    static_names: StaticNames | None = None,
    preferences: Preferences | None = None,
    linter: Linter | None = None,
    runs: KeptRuns | None = None,
    save: Save | None = None,
    save_as: SaveAs | None = None,
) -> int:
    """Shows the lab until the person quits; the exit status, which is 128 + n where signal n ended it.

    Parameters as in `tflab.ui.launch.Launch`. The terminal is restored however the lab ends.
    """
    app = LabApp(
        Launch(
            document=document,
            session=supervisor,
            drafts=drafts,
            lessons=lessons,
            open_document=open_document,
            notes=notes,
            doors=doors,
            first_launch=first_launch,
            opened=opened,
            first_step=first_step,
            step_shown=step_shown,
            step_ran=step_ran,
            grader=grader,
            passed=passed,
            exercise_passed=exercise_passed,
            summary=summary,
            static_names=static_names,
            preferences=preferences,
            linter=linter,
            runs=runs,
            save=save,
            save_as=save_as,
        )
    )
    switch_threads_quickly()
    try:
        with drawing_on_the_terminal():
            status = app.run()
    finally:
        app.lab.copy.save()
    return status if status is not None else app.return_code or 0
