"""The palette: everything that can be done, found by typing a part of its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.fuzzy import FuzzySearch
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tflab.messages import text
from tflab.ui.screens.page import Page
from tflab.ui.widgets.rows import pad

_NAME_WIDTH = 54


@dataclass(frozen=True)
class Command:
    """One line of the palette."""

    name: str
    run: Callable[[], Any]
    key: str = ""
    """The key that does the same; empty where there is none."""


def matching(commands: Sequence[Command], query: str) -> list[Command]:
    """The commands whose names hold the letters of ``query`` in order, the best first; all for an empty one."""
    if not query.strip():
        return list(commands)
    search = FuzzySearch()
    scored = [(search.match(query.strip(), command.name)[0], command) for command in commands]
    return [command for score, command in sorted(scored, key=lambda pair: -pair[0]) if score > 0]


class Palette(Page[Command | None]):
    """Answers with the command that was chosen."""

    DEFAULT_CSS = """
    Palette { align: center top; background: $background 60%; }
    Palette > Vertical {
        width: 76; max-width: 100%; height: auto; max-height: 90%; margin-top: 2;
        border: round $accent; background: $background;
    }
    Palette Input { height: 1; border: none; padding: 0 1; background: $background; }
    Palette Input:focus { border: none; background: $background; }
    Palette OptionList { height: auto; max-height: 24; border: none; padding: 0; background: $background; }
    Palette Static { padding: 0 1; color: $text-muted; display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("pagedown", "move(10)", show=False, priority=True),
        Binding("pageup", "move(-10)", show=False, priority=True),
    ]

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._commands = commands
        self._shown: list[Command] = []

    def compose(self) -> ComposeResult:
        """A line to type in above the commands."""
        with Vertical():
            yield Input(placeholder=text("ui.palette.placeholder"))
            yield OptionList()
            yield Static(text("ui.palette.nothing"))

    def on_mount(self) -> None:
        """Shows all."""
        self._show("")

    def _show(self, query: str) -> None:
        self._shown = matching(self._commands, query)
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(_label(command)) for command in self._shown])
        options.highlighted = 0 if self._shown else None
        options.can_focus = False
        self.query_one(Static).display = not self._shown

    def action_move(self, by: int) -> None:
        """Up or down the list."""
        options = self.query_one(OptionList)
        if self._shown:
            options.highlighted = max(0, min((options.highlighted or 0) + by, len(self._shown) - 1))

    def action_leave(self) -> None:
        """Nothing is to be done."""
        self.dismiss(None)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._show(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        index = self.query_one(OptionList).highlighted
        if index is not None:
            self.dismiss(self._shown[index])

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._shown[event.option_index])


def _label(command: Command) -> Text:
    return Text.assemble(" " + pad(command.name, _NAME_WIDTH) + " ", (command.key, "dim"), no_wrap=True)
