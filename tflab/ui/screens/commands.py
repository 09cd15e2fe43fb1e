"""What the command palette offers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tflab.messages import text
from tflab.ui.screens.lab_screen import LabScreen
from tflab.ui.tabs import PANELS


class Command(NamedTuple):
    """One line of the palette."""

    name: str
    run: Callable[[], Any]
    keys: str = ""


class LabCommands(Provider):
    """Everything that can be done, by name, with its key where it has one."""

    def _commands(self) -> Iterator[Command]:
        lab = self.screen
        if not isinstance(lab, LabScreen):
            return
        for action, keys in (
            ("run_step", "Ctrl+R"),
            ("run_to_here", "F5"),
            ("restart_and_run", "Shift+F5"),
            ("restart", ""),
            ("next_step", "F4"),
            ("previous_step", "F3"),
            ("lesson_or_code", "F2"),
            ("maximise", "F11"),
            ("reset_step", ""),
            ("welcome", ""),
            ("help", "F1"),
        ):
            yield Command(text("ui.command." + action), partial(lab.run_action, action), keys)
        for name, letter in zip(PANELS, "TGRCDP", strict=True):
            label = text("ui.command.show", panel=text("ui.tab." + name))
            yield Command(label, partial(lab.action_tab, name), f"Alt+{letter}")
        yield Command(text("ui.command.show", panel=text("ui.tab.output")), lab.action_output, "Alt+O")
        for entry in lab.launch.lessons:
            label = text("ui.command.lesson", number=f"{entry.number:02d}", title=entry.title)
            yield Command(label, partial(lab.open_lesson, entry.ref))
        yield Command(text("ui.command.theme"), lab.action_switch_theme)
        yield Command(text("ui.command.quit"), partial(lab.app.run_action, "quit"), "F10")

    async def discover(self) -> Hits:
        """All of them."""
        for command in self._commands():
            yield DiscoveryHit(command.name, command.run, help=command.keys or None)

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for command in self._commands():
            score = matcher.match(command.name)
            if score > 0:
                yield Hit(score, matcher.highlight(command.name), command.run, help=command.keys or None)
